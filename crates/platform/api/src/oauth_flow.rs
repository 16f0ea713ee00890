//! A browser's way to a provider and back (OAuth 2): the state that it carries, in the
//! address and in a cookie, so that nobody can finish what somebody else began.
//!
//! Knows no provider. What lies behind a state is in the database, spent once.

use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, header};
use jiff::SignedDuration;
use prox_core::session::{clear_cookie, read_cookie, set_cookie};
use prox_integrations::oauth;
use prox_types::Timestamp;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::http::reply;
use crate::ports::Ports;

/// How long a person may take at the provider.
const FLOW_TIMEOUT: SignedDuration = SignedDuration::from_mins(15);

/// One provider's oauth_flow, by the name of its cookie.
pub(crate) struct OAuthFlow(pub(crate) &'static str);

/// A fresh state.
pub(crate) struct State {
    /// For the address and the cookie.
    pub(crate) text: String,
    /// For the database.
    pub(crate) hash: [u8; 32],
    /// When it is worth nothing any more.
    pub(crate) expires_at: Timestamp,
}

/// What a provider sends the browser back with.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Callback {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

/// What came back, and belongs to this browser.
pub(crate) struct Returned {
    /// To spend at the provider.
    pub(crate) code: String,
    /// To spend in the database.
    pub(crate) state_hash: [u8; 32],
}

impl OAuthFlow {
    /// A state that was never used.
    pub(crate) fn begin(ports: &Ports) -> State {
        let text = oauth::token(&ports.secret());
        let now = ports.clock.now();
        State {
            hash: Sha256::digest(&text).into(),
            text,
            expires_at: now.saturating_add(FLOW_TIMEOUT).unwrap_or(now),
        }
    }

    /// Sends the browser to the provider's address, with the state in a cookie.
    pub(crate) fn leave(&self, ports: &Ports, address: &str, state: &State) -> Response {
        let secure = ports.config.secure();
        let cookie = set_cookie(
            &self.cookie(secure),
            &state.text,
            FLOW_TIMEOUT.as_secs(),
            secure,
        );
        let mut response = Redirect::to(address).into_response();
        reply::set(&mut response, header::SET_COOKIE, &cookie);
        response
    }

    /// What came back, or the word for what is wrong with it.
    pub(crate) fn returned(
        &self,
        ports: &Ports,
        callback: Callback,
        headers: &HeaderMap,
    ) -> Result<Returned, &'static str> {
        let (Some(code), Some(state), None) = (callback.code, callback.state, callback.error)
        else {
            return Err("declined");
        };
        let cookies = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|v| v.to_str().ok());
        let kept = read_cookie(cookies, &self.cookie(ports.config.secure())).unwrap_or_default();
        if !oauth::same_state(&state, kept) {
            return Err("expired");
        }
        Ok(Returned {
            code,
            state_hash: Sha256::digest(&state).into(),
        })
    }

    /// Sends the browser back into the app, and takes the cookie away.
    pub(crate) fn arrive(&self, ports: &Ports, path: &str) -> Response {
        let secure = ports.config.secure();
        let mut response = Redirect::to(path).into_response();
        reply::set(
            &mut response,
            header::SET_COOKIE,
            &clear_cookie(&self.cookie(secure), secure),
        );
        response
    }

    /// On https no other host of the domain can set it (`__Host-`, RFC 6265bis 4.1.3.2).
    fn cookie(&self, secure: bool) -> String {
        format!("{}{}", if secure { "__Host-" } else { "" }, self.0)
    }
}
