//! Sign-in with Google, or another OpenID Connect provider that works the same way: authorization
//! code, PKCE S256, a nonce, and a state that is bound to the browser.

use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::TryFutureExt;
use http::HeaderMap;
use jwt_simple::prelude::{
    RS256PublicKey, RSAPublicKeyLike, Token, UnixTimeStamp, VerificationOptions,
};
use prox_core::origin;
use prox_db::account::GoogleIdentity;
use prox_integrations::oauth;
use prox_types::{ErrorCode, clean_line, is_email};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use super::auth::{ascii_email, give_session, local_part, prepare_sign_in};
use crate::areas::with_free_slug;
use crate::config::Google;
use crate::egress::{Outbound, fetch};
use crate::http::access::{Anonymous, SigningIn, Viewer};
use crate::http::path::Query;
use crate::http::problem::ApiError;
use crate::oauth_flow::{Callback, OAuthFlow, Returned};
use crate::ports::Ports;

const FLOW: OAuthFlow = OAuthFlow("prox-google");

/// The parameters of a sign-in.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SignInQuery {
    /// Path of the app to open afterwards; `/` when absent or on another origin.
    return_to: Option<String>,
}

/// What the database stores while the user is at the provider.
#[derive(Serialize, Deserialize)]
struct PendingSignIn {
    verifier: String,
    nonce: String,
    return_to: String,
}

/// The provider's discovery document (OpenID Connect Discovery 1.0, 3).
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

/// Begins a sign-in: sends the browser to the provider.
#[utoipa::path(get, path = "/api/auth/google", tag = "auth", params(SignInQuery), security(()), responses((status = 303, description = "To Google")))]
pub(crate) async fn begin_google(
    anonymous: Anonymous,
    Query(query): Query<SignInQuery>,
) -> Result<Response, ApiError> {
    let ports = anonymous.call.ports();
    let google = google(ports)?;
    let discovery = discover(ports, google).await?;
    let state = OAuthFlow::begin(ports);
    let pending = PendingSignIn {
        verifier: oauth::token(&ports.secret()),
        nonce: oauth::token(&ports.secret()),
        return_to: origin::return_to(query.return_to.as_deref().unwrap_or("/")).to_owned(),
    };
    let statement = prox_db::account::begin_google_sign_in(
        ports.id(),
        state.hash,
        &json!(pending),
        state.expires_at,
    );
    anonymous.run(statement).await?;
    let address = oauth::authorize_url(
        &discovery.authorization_endpoint,
        &[
            ("client_id", &google.client_id),
            ("redirect_uri", &redirect_uri(ports)),
            ("response_type", "code"),
            ("scope", "openid email profile"),
            ("state", &state.text),
            ("nonce", &pending.nonce),
            ("code_challenge", &oauth::pkce_challenge(&pending.verifier)),
            ("code_challenge_method", "S256"),
            ("prompt", "select_account"),
        ],
    );
    Ok(FLOW.redirect_to_provider(ports, &address, &state))
}

/// Finishes a sign-in: uses the state up, verifies the user's identity, and opens a session.
#[utoipa::path(get, path = "/api/auth/google/callback", tag = "auth", params(Callback), security(()), responses((status = 303, description = "To the app")))]
pub(crate) async fn finish_google(
    anonymous: Anonymous,
    SigningIn(caller): SigningIn,
    Query(callback): Query<Callback>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let ports = anonymous.call.ports();
    let Returned { code, state_hash } = match FLOW.returned(ports, &callback, &headers) {
        Ok(returned) => returned,
        Err(word) => return Ok(back(ports, &callback, word)),
    };
    let pending: PendingSignIn = match anonymous
        .run(prox_db::account::consume_google_state(state_hash))
        .await
    {
        Ok(answer) => parse(answer.body.as_bytes())?,
        Err(error) if error.code == ErrorCode::NotFound => {
            return Ok(back(ports, &callback, "expired"));
        }
        Err(error) => return Err(error),
    };
    let Some(claims) = exchange(ports, &code, &pending).await? else {
        return Ok(back(ports, &callback, "unverified"));
    };
    sign_in(&caller, &headers, claims, &callback, &pending.return_to).await
}

/// Opens a session for the verified user, which replaces the caller's, and sends the browser to
/// `return_to`.
async fn sign_in(
    caller: &Viewer,
    headers: &HeaderMap,
    claims: Claims,
    callback: &Callback,
    return_to: &str,
) -> Result<Response, ApiError> {
    let ports = caller.call.ports();
    let email = claims.email;
    let name = claims
        .name
        .and_then(|name| clean_line(&name, 80))
        .unwrap_or_else(|| local_part(&email));
    let write = || {
        let (sign_in, token) = prepare_sign_in(ports, headers, &name, &email);
        let identity = GoogleIdentity {
            account: ports.id(),
            subject: claims.sub.clone(),
            email: email.clone(),
            name: name.clone(),
            image: claims.picture.clone(),
        };
        caller
            .run(prox_db::account::google_sign_in(sign_in, identity))
            .map_ok(|_| token)
    };
    match with_free_slug(true, write).await {
        Ok(token) => {
            let mut response = FLOW.return_to_app(ports, callback, return_to);
            give_session(&mut response, ports, &token);
            Ok(response)
        }
        Err(error) if error.code == ErrorCode::Conflict => Ok(back(ports, callback, "taken")),
        Err(error) => Err(error),
    }
}

/// The claims of an id token that are not in every JWT (OpenID Connect Core 1.0, 5.1). A claim of
/// another type counts as missing.
#[derive(Serialize, Deserialize)]
struct IdToken {
    #[serde(default, deserialize_with = "text_claim")]
    email: Option<String>,
    #[serde(default, deserialize_with = "true_claim")]
    email_verified: bool,
    #[serde(default, deserialize_with = "text_claim")]
    name: Option<String>,
    #[serde(default, deserialize_with = "text_claim")]
    picture: Option<String>,
}

fn text_claim<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => Some(text),
        _ => None,
    })
}

fn true_claim<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(Value::deserialize(from)? == Value::Bool(true))
}

/// The identity of a user whose email address the provider has verified.
struct Claims {
    sub: String,
    /// In lower case and ASCII.
    email: String,
    name: Option<String>,
    picture: Option<String>,
}

/// Exchanges the code for an id token and verifies it. None when the email address is not verified.
async fn exchange(
    ports: &Ports,
    code: &str,
    pending: &PendingSignIn,
) -> Result<Option<Claims>, ApiError> {
    #[derive(Deserialize)]
    struct Tokens {
        id_token: String,
    }
    let google = google(ports)?;
    let discovery = discover(ports, google).await?;
    let redirect = redirect_uri(ports);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &redirect),
        ("client_id", &google.client_id),
        ("client_secret", &google.client_secret),
        ("code_verifier", &pending.verifier),
    ];
    let tokens: Tokens =
        get_json(ports, Outbound::form(&discovery.token_endpoint, &fields)).await?;
    let keys: Value = get_json(ports, Outbound::get(&discovery.jwks_uri)).await?;
    let key = signing_key(&tokens.id_token, &keys)?;
    verify(ports, &tokens.id_token, &key, &discovery.issuer, pending)
}

/// The key that signed the token, by its key id (RFC 7517).
fn signing_key(token: &str, keys: &Value) -> Result<RS256PublicKey, ApiError> {
    let metadata = Token::decode_metadata(token).map_err(failed)?;
    let wanted = metadata.key_id();
    let keys = keys
        .get("keys")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let key = keys.iter().find(|key| {
        let kid = key.get("kid").and_then(Value::as_str);
        key.get("kty").and_then(Value::as_str) == Some("RSA") && (wanted.is_none() || kid == wanted)
    });
    let part = |name: &str| {
        let text = key.and_then(|key| key.get(name)).and_then(Value::as_str);
        text.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
            .ok_or_else(|| failed("the signing key is not published"))
    };
    RS256PublicKey::from_components(&part("n")?, &part("e")?).map_err(failed)
}

fn verify(
    ports: &Ports,
    token: &str,
    key: &RS256PublicKey,
    issuer: &str,
    pending: &PendingSignIn,
) -> Result<Option<Claims>, ApiError> {
    let now = u64::try_from(ports.clock.now().as_second()).unwrap_or_default();
    let options = VerificationOptions {
        artificial_time: Some(UnixTimeStamp::from_secs(now)),
        allowed_issuers: Some([issuer.to_owned()].into()),
        allowed_audiences: Some([google(ports)?.client_id.clone()].into()),
        ..VerificationOptions::default()
    };
    let claims = key
        .verify_token::<IdToken>(token, Some(options))
        .map_err(failed)?;
    let nonce = claims.nonce.as_deref().unwrap_or_default();
    if !oauth::same_state(nonce, &pending.nonce) {
        return Err(failed("the nonce is another sign-in's"));
    }
    let (Some(sub), Some(email), true) = (
        claims.subject,
        claims.custom.email,
        claims.custom.email_verified,
    ) else {
        return Ok(None);
    };
    // The provider's values must satisfy the rules of our own fields.
    let is_subject = (1..=255).contains(&sub.len()) && sub.chars().all(|c| c.is_ascii_graphic());
    let email = ascii_email(&email, &*ports.unicode).ok();
    let Some(email) = email.filter(|email| is_subject && is_email(email)) else {
        return Ok(None);
    };
    let IdToken { name, picture, .. } = claims.custom;
    let picture = picture.filter(|url| {
        url.starts_with("https://")
            && url.len() <= 2048
            && url.bytes().all(|b| b.is_ascii_graphic())
    });
    Ok(Some(Claims {
        sub,
        email,
        name,
        picture,
    }))
}

async fn discover(ports: &Ports, google: &Google) -> Result<Discovery, ApiError> {
    let discovery: Discovery = get_json(
        ports,
        Outbound::get(format!(
            "{}/.well-known/openid-configuration",
            google.issuer
        )),
    )
    .await?;
    if discovery.issuer == google.issuer {
        Ok(discovery)
    } else {
        Err(failed("discovery names another issuer"))
    }
}

async fn get_json<T: DeserializeOwned>(ports: &Ports, request: Outbound) -> Result<T, ApiError> {
    let fetched = fetch(ports, request.header("accept", "application/json"))
        .await
        .map_err(failed)?;
    if fetched.status != 200 {
        return Err(failed(format!("status {}", fetched.status)));
    }
    parse(&fetched.body)
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(failed)
}

fn failed(why: impl std::fmt::Display) -> ApiError {
    ApiError::from(ErrorCode::ProviderFailed).because(why)
}

fn google(ports: &Ports) -> Result<&Google, ApiError> {
    let missing = || {
        ApiError::new(
            ErrorCode::NotFound,
            "Google sign-in is not set up on this deployment.",
        )
    };
    ports.config.google.as_ref().ok_or_else(missing)
}

fn redirect_uri(ports: &Ports) -> String {
    format!("{}/api/auth/google/callback", ports.config.app_origin)
}

/// Redirects to the sign-in page, which explains the outcome.
fn back(ports: &Ports, callback: &Callback, outcome: &str) -> Response {
    FLOW.return_to_app(ports, callback, &format!("/sign-in?google={outcome}"))
}
