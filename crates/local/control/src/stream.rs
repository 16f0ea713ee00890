//! Streaming responses: log lines and events as server-sent events. Waiting events are combined in
//! one write; for a slow reader at most one write is buffered.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::HeaderMap;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use tokio_util::sync::CancellationToken;

use super::Context;
use super::api_types::{EventParams, LogParams};
use super::error::ApiError;
use super::routes::{MAX_LINES, query};
use super::sse;
use prox_events::{Event, LogLine, RequestInterest};
use prox_logs::{Backlog, Follower, Query, Update};

/// The interval of keep-alive comments in a stream without events.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Encodes updates of a stream.
trait Encode: Send + 'static {
    /// Writes an update. `Err` ends the stream after it.
    fn encode(&mut self, update: Update, to: &mut Vec<u8>) -> Result<(), End>;
}

/// Ends the stream.
struct End;

/// The sequence number after which a stream begins: that of the last line that the reader has.
pub(super) fn last_event_id(
    headers: &HeaderMap,
    parameter: Option<u64>,
) -> Result<Option<u64>, ApiError> {
    match headers.get("last-event-id") {
        None => Ok(parameter),
        Some(id) => id
            .to_str()
            .ok()
            .and_then(|id| id.parse().ok())
            .map(Some)
            .ok_or_else(ApiError::cursor_gone),
    }
}

/// `/logs/stream`
pub(super) async fn logs(
    context: &Context,
    headers: &HeaderMap,
    params: &LogParams,
) -> Result<Response, ApiError> {
    let after = last_event_id(headers, params.after)?;
    let query = query(params)?;
    let mut follower = follow(context, after).await?;
    let mut first = Vec::new();
    if let (None, Some(last)) = (after, params.n) {
        let lines = context
            .logs
            .read(Query {
                last: Some(last.min(MAX_LINES)),
                ..query.clone()
            })
            .await?;
        write_lines(&mut first, &lines);
        if let Some(line) = lines.last() {
            follower.skip_to(line.seq);
        }
    }
    let encode = LogLines {
        query: Query {
            last: None,
            after: None,
            ..query
        },
    };
    Ok(respond(first, follower, encode, context.closing.clone()))
}

struct LogLines {
    query: Query,
}

impl Encode for LogLines {
    fn encode(&mut self, update: Update, to: &mut Vec<u8>) -> Result<(), End> {
        match update {
            Update::Events(events) => {
                for event in &events {
                    if let Event::Log(line) = event
                        && self.query.matches(line)
                    {
                        write(to, Some(line.seq), line);
                    }
                }
            }
            Update::Lines(lines) => {
                for line in lines.iter().filter(|line| self.query.matches(line)) {
                    write(to, Some(line.seq), line);
                }
            }
            Update::Missed => {}
            // The reader reconnects with its last id, and gets the error about the gap then.
            Update::Gone => return Err(End),
        }
        Ok(())
    }
}

/// `/events`
pub(super) async fn events(
    context: &Context,
    headers: &HeaderMap,
    params: &EventParams,
) -> Result<Response, ApiError> {
    let after = last_event_id(headers, params.after)?;
    let requests = context.bus.register_request_reader();
    let mut follower = follow(context, after).await?;
    let mut first = Vec::new();
    let encode = Events {
        context: context.clone(),
        _requests: requests,
    };
    encode.write_state(&mut first);
    if after.is_none() {
        let lines = context.logs.tail(&Query {
            last: Some(params.n.unwrap_or(0)),
            ..Query::default()
        });
        for line in lines {
            follower.skip_to(line.seq);
            write(&mut first, Some(line.seq), &Event::Log(line));
        }
    }
    let closing = context.closing.clone();
    Ok(respond(first, follower, encode, closing))
}

struct Events {
    context: Context,
    _requests: RequestInterest,
}

impl Events {
    fn write_state(&self, to: &mut Vec<u8>) {
        for view in self.context.supervisor.views() {
            write(to, None, &Event::Process(view));
        }
    }
}

impl Encode for Events {
    fn encode(&mut self, update: Update, to: &mut Vec<u8>) -> Result<(), End> {
        match update {
            Update::Events(events) => {
                for event in &events {
                    let seq = match event {
                        Event::Log(line) => Some(line.seq),
                        _ => None,
                    };
                    write(to, seq, event);
                }
            }
            Update::Lines(lines) => {
                for line in lines {
                    write(to, Some(line.seq), &Event::Log(line));
                }
            }
            Update::Missed => {
                // Processes may have been removed: the reader must fetch the list again.
                write(to, None, &Event::Reloaded);
                self.write_state(to);
            }
            Update::Gone => {}
        }
        Ok(())
    }
}

async fn follow(context: &Context, after: Option<u64>) -> Result<Follower, ApiError> {
    if let Some(after) = after
        && context.logs.after(after, 1).await? == Backlog::Gone
    {
        return Err(ApiError::cursor_gone());
    }
    Ok(Follower::new(
        std::sync::Arc::clone(&context.logs),
        &context.bus,
        after,
    ))
}

fn write_lines(to: &mut Vec<u8>, lines: &[LogLine]) {
    for line in lines {
        write(to, Some(line.seq), line);
    }
}

fn write(to: &mut Vec<u8>, id: Option<u64>, value: &impl serde::Serialize) {
    let before = to.len();
    if sse::write(to, id, value).is_err() {
        to.truncate(before);
    }
}

/// The streaming response: `first`, then all updates until the supervisor ends.
fn respond<E: Encode>(
    first: Vec<u8>,
    follower: Follower,
    encode: E,
    closing: CancellationToken,
) -> Response {
    let state = Streaming {
        first: Some(first),
        follower,
        encode,
        closing,
        ended: false,
    };
    let body = futures_util::stream::unfold(state, |mut state| async {
        let bytes = state.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(bytes)), state))
    });
    let headers = [
        (CONTENT_TYPE, "text/event-stream"),
        (CACHE_CONTROL, "no-store"),
    ];
    (headers, Body::from_stream(body)).into_response()
}

struct Streaming<E> {
    first: Option<Vec<u8>>,
    follower: Follower,
    encode: E,
    closing: CancellationToken,
    ended: bool,
}

impl<E: Encode> Streaming<E> {
    async fn next(&mut self) -> Option<Vec<u8>> {
        if let Some(mut first) = self.first.take() {
            // The first bytes show the reader that the stream is open.
            first.extend_from_slice(sse::KEEP_ALIVE);
            return Some(first);
        }
        let mut bytes = Vec::new();
        while bytes.is_empty() {
            if self.ended {
                return None;
            }
            let update = tokio::select! {
                biased;
                update = self.follower.next() => update.ok().flatten(),
                () = self.closing.cancelled() => None,
                () = tokio::time::sleep(KEEP_ALIVE) => {
                    bytes.extend_from_slice(sse::KEEP_ALIVE);
                    continue;
                }
            };
            self.ended = match update {
                Some(update) => self.encode.encode(update, &mut bytes).is_err(),
                None => true,
            };
        }
        Some(bytes)
    }
}
