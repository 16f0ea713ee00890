//! The OAuth 2 flow of a browser to a provider and back. The state is in the URL and in a cookie,
//! so that a flow ends in the browser that began it.
//!
//! Each flow has its own cookie, so two tabs can sign in at the same time. This module is the same
//! for all providers. The data of a state is in the database, which accepts each state once.

use axum::response::{IntoResponse, Redirect, Response};
use base16ct::lower::encode_string;
use http::{HeaderMap, HeaderValue, header};
use jiff::SignedDuration;
use prox_core::session::{clear_cookie, read_cookie, set_cookie};
use prox_integrations::oauth;
use prox_types::Timestamp;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::http::reply;
use crate::ports::Ports;

/// The time that a person has at the provider.
const FLOW_TIMEOUT: SignedDuration = SignedDuration::from_mins(15);

/// The flows of one provider, with the prefix of their cookies.
pub(crate) struct OAuthFlow(pub(crate) &'static str);

/// A new state.
pub(crate) struct State {
    /// The text for the URL and the cookie.
    pub(crate) text: String,
    /// The hash for the database.
    pub(crate) hash: [u8; 32],
    /// The time after which the state is not accepted.
    pub(crate) expires_at: Timestamp,
}

/// The parameters with which a provider sends the browser back.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Callback {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

/// A callback whose state belongs to this browser.
pub(crate) struct Returned {
    /// The authorization code, for the provider.
    pub(crate) code: String,
    /// The hash of the state, for the database.
    pub(crate) state_hash: [u8; 32],
}

impl OAuthFlow {
    /// Makes a new state.
    pub(crate) fn begin(ports: &Ports) -> State {
        let text = oauth::token(&ports.secret());
        let now = ports.clock.now();
        State {
            hash: Sha256::digest(&text).into(),
            text,
            expires_at: now.saturating_add(FLOW_TIMEOUT).unwrap_or(now),
        }
    }

    /// Redirects the browser to the provider's URL, with the state in a cookie.
    pub(crate) fn redirect_to_provider(
        &self,
        ports: &Ports,
        address: &str,
        state: &State,
    ) -> Response {
        let secure = ports.config.secure();
        let cookie = set_cookie(
            &self.cookie(secure, &state.text),
            &state.text,
            FLOW_TIMEOUT.as_secs(),
            secure,
        );
        let mut response = Redirect::to(address).into_response();
        reply::set(&mut response, header::SET_COOKIE, &cookie);
        response
    }

    /// Checks a callback. The error is the outcome for the app: `declined` or `expired`.
    pub(crate) fn returned(
        &self,
        ports: &Ports,
        callback: &Callback,
        headers: &HeaderMap,
    ) -> Result<Returned, &'static str> {
        let (Some(code), Some(state), None) = (&callback.code, &callback.state, &callback.error)
        else {
            return Err("declined");
        };
        let cookies = headers
            .get_all(header::COOKIE)
            .iter()
            .map(HeaderValue::as_bytes);
        let name = self.cookie(ports.config.secure(), state);
        let expected = read_cookie(cookies, &name).unwrap_or_default();
        if !oauth::same_state(state, expected) {
            return Err("expired");
        }
        Ok(Returned {
            code: code.clone(),
            state_hash: Sha256::digest(state).into(),
        })
    }

    /// Redirects the browser to the app, and deletes the cookie of this flow.
    pub(crate) fn return_to_app(&self, ports: &Ports, callback: &Callback, path: &str) -> Response {
        let secure = ports.config.secure();
        let mut response = Redirect::to(path).into_response();
        if let Some(state) = &callback.state {
            let cookie = clear_cookie(&self.cookie(secure, state), secure);
            reply::set(&mut response, header::SET_COOKIE, &cookie);
        }
        response
    }

    /// The name of a flow's cookie, made from its state. With https no other host of the domain can
    /// set it (`__Host-`, RFC 6265bis 4.1.3.2).
    fn cookie(&self, secure: bool, state: &str) -> String {
        let flow = encode_string(&Sha256::digest(state));
        let host = if secure { "__Host-" } else { "" };
        format!("{host}{}-{flow:.16}", self.0)
    }
}
