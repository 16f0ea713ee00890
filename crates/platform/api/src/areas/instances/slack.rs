//! Receives deliveries from Slack (`POST /hooks/slack`) and stores them as events.

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use prox_db::event::SlackDelivery;
use prox_integrations::slack::{self, Delivery};
use prox_types::ErrorCode;
use serde_json::json;

use crate::http::access::Anonymous;
use crate::http::handler::read_at_most;
use crate::http::problem::ApiError;

/// Maximum size of a delivery in bytes; Slack's payloads are much smaller.
const MAX_DELIVERY: usize = 1_000_000;

/// Verifies the raw bytes, stores the event, and answers 200 only after the commit. A failure after
/// the signature check answers 5xx, so that Slack sends the event again. Slack sends its
/// certificate check without a signature.
pub(crate) async fn receive_slack(request: Request) -> Result<Response, ApiError> {
    let anonymous = Anonymous::from_extensions(request.extensions())?;
    let ports = anonymous.call.ports();
    let Some(config) = &ports.config.slack else {
        return Err(ErrorCode::NotFound.into());
    };
    let (Parts { headers, .. }, body) = request.into_parts();
    let raw = read_at_most(&headers, body, MAX_DELIVERY).await?;
    let content_type = text(&headers, header::CONTENT_TYPE.as_str());
    if slack::is_ssl_check(content_type, &raw) {
        return Ok(StatusCode::OK.into_response());
    }
    slack::verify(
        config.signing_secret.as_bytes(),
        text(&headers, "x-slack-request-timestamp"),
        &raw,
        text(&headers, "x-slack-signature"),
        ports.clock.now().as_second(),
    )
    .map_err(|why| ApiError::from(ErrorCode::BadSignature).because(why))?;
    match slack::classify(content_type, &raw)
        .map_err(|why| ApiError::from(ErrorCode::Malformed).because(why))?
    {
        Delivery::Challenge(challenge) => Ok(challenge.into_response()),
        Delivery::SslCheck => Ok(StatusCode::OK.into_response()),
        Delivery::Event(event) => {
            let delivery = SlackDelivery {
                id: ports.id(),
                notification: ports.id(),
                team_id: event.installation,
                kind: event.kind,
                external_id: event.external_id,
                payload: event.payload,
                happened_at: event.happened_at,
                disconnected: event.disconnected.map(slack::Disconnected::as_str),
            };
            anonymous
                .run(prox_db::event::receive_slack(delivery))
                .await?;
            if event.wants_options {
                return Ok(axum::Json(json!({ "options": [] })).into_response());
            }
            Ok(StatusCode::OK.into_response())
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|v| v.to_str().ok())
}
