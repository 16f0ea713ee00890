//! Sends one hop of an outbound request with the runtime's `fetch`. Does not follow redirects or
//! check addresses: the guard in `prox_api::egress` does both.

use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, select};

use prox_api::ports::{Hop, HopAnswer, Pending, Transport, TransportError};
use worker::js_sys::Uint8Array;
use worker::send::SendFuture;
use worker::{
    AbortController, AbortSignal, Delay, Fetch, Headers, Method, Request, RequestInit,
    RequestRedirect, Response, ResponseBody, Result,
};

/// The runtime's network.
pub(crate) struct Fetcher;

impl Transport for Fetcher {
    fn send(&self, hop: Hop) -> Pending<'_, Result<HopAnswer, TransportError>> {
        Box::pin(SendFuture::new(in_time(hop)))
    }
}

/// The response with its body, within the timeout of the hop.
async fn in_time(hop: Hop) -> Result<HopAnswer, TransportError> {
    let controller = AbortController::default();
    let signal = controller.signal();
    let timeout = Delay::from(Duration::from_millis(hop.timeout_ms.into()));
    match select(pin!(exchange(hop, &signal)), timeout).await {
        Either::Left((Ok(answer), _)) => Ok(answer),
        // The runtime's message names hosts and ports, which do not help readers of a web page.
        Either::Left((Err(_), _)) => Err(TransportError::Unreachable(String::from(
            "the connection failed",
        ))),
        Either::Right(_) => {
            controller.abort();
            Err(TransportError::TimedOut)
        }
    }
}

async fn exchange(hop: Hop, signal: &AbortSignal) -> Result<HopAnswer> {
    let max_bytes = hop.max_bytes;
    let mut response = Fetch::Request(request(hop)?)
        .send_with_signal(signal)
        .await?;
    Ok(HopAnswer {
        status: response.status_code(),
        headers: response.headers().entries().collect(),
        body: read(&mut response, max_bytes).await?,
    })
}

fn request(hop: Hop) -> Result<Request> {
    let headers = Headers::new();
    for (name, value) in &hop.headers {
        headers.append(name, value)?;
    }
    let body = hop.body.map(|bytes| Uint8Array::from(bytes.as_slice()));
    let mut init = RequestInit::new();
    init.with_method(Method::from(hop.method.as_str().to_owned()))
        .with_headers(headers)
        .with_redirect(RequestRedirect::Manual)
        .with_body(body.map(Into::into));
    Request::new_with_init(&hop.url, &init)
}

/// Reads at most `max_bytes`; dropping the stream cancels the rest.
async fn read(response: &mut Response, max_bytes: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if matches!(response.body(), ResponseBody::Empty) {
        return Ok(bytes);
    }
    let mut stream = response.stream()?;
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(&chunk?);
        if bytes.len() >= max_bytes {
            bytes.truncate(max_bytes);
            break;
        }
    }
    Ok(bytes)
}
