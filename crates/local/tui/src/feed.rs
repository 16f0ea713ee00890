//! The connection to the supervisor: converts its events to messages, and executes effects. Has no
//! access to the state.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc::Sender;
use tokio::sync::watch;

use super::Find;
use super::detail;
use super::log_view::{Direction, PageRequest};
use super::state::{Effect, Message, Snapshot, Verb};
use prox_capture::{RequestDetail, curl};
use prox_control::api_types::{EventParams, LogPage, PageParams};
use prox_control::client::{Client, ClientError};
use prox_control::requests::RequestList;
use prox_events::Event;
use prox_proxy::replay::{Edits, Replayed};

/// The number of stored lines that are loaded first.
const BACKLOG: usize = 2_000;
/// The maximum delay of log lines, before the interface skips to the newest.
const MAX_DELAY: SignedDuration = SignedDuration::from_secs(2);
/// The delay of every 64th line is checked.
const SAMPLE: u64 = 64;
/// The delay before the next attempt to connect.
const RECONNECT_DELAY: Duration = Duration::from_secs(1);

/// Sends all events of the supervisor. When it has ended and `find` finds another one, continues
/// with that. Without `find`, returns when the supervisor has ended as it announced.
pub(crate) async fn follow(client: watch::Sender<Client>, find: Option<Find>, to: Sender<Message>) {
    let mut last = None;
    while !to.is_closed() {
        let current = client.borrow().clone();
        let (why, ends) = match connect(&current, &to, &mut last).await {
            Ok(StreamEnd::Behind) => {
                last = None;
                continue;
            }
            Ok(StreamEnd::Closed { ends }) => ("it ended the connection".to_owned(), ends),
            Err(error) if error.code() == Some("CURSOR_GONE") => {
                last = None;
                continue;
            }
            Err(error) => (error.to_string(), false),
        };
        if to.send(Message::Lost(why)).await.is_err() || (ends && find.is_none()) {
            return;
        }
        tokio::time::sleep(RECONNECT_DELAY).await;
        if let Some(find) = &find {
            client.send_replace(wait_for_supervisor(find).await);
        }
    }
}

/// Waits for a running supervisor, which may be the same one.
async fn wait_for_supervisor(find: &Find) -> Client {
    loop {
        if let Some(client) = find() {
            return client;
        }
        tokio::time::sleep(RECONNECT_DELAY).await;
    }
}

/// The reason why a stream ended.
enum StreamEnd {
    /// The supervisor closed it, or the receiver was dropped. `ends`: the supervisor announced its
    /// end.
    Closed { ends: bool },
    /// The interface is too slow for the amount of output, and skips to the newest lines.
    Behind,
}

/// The sequence number and the time of a line. Another supervisor may use the same numbers for
/// other lines.
type LinePosition = (u64, String);

async fn connect(
    client: &Client,
    to: &Sender<Message>,
    last: &mut Option<LinePosition>,
) -> Result<StreamEnd, ClientError> {
    let snapshot = Box::new(snapshot(client).await?);
    if let Some(place) = &last
        && !is_stored(client, place).await?
    {
        *last = None;
    }
    let params = EventParams {
        after: last.as_ref().map(|(seq, _)| *seq),
        n: last.is_none().then_some(BACKLOG),
    };
    let mut events = client.events(&params).await?;
    let connected = Timestamp::now();
    let mut ends = false;
    let mut taken = to.send(Message::Snapshot(snapshot)).await;
    while taken.is_ok() {
        let Some(event) = events.next().await? else {
            break;
        };
        ends |= event == Event::ShuttingDown;
        if let Event::Log(line) = &event {
            *last = Some((line.seq, line.timestamp.clone()));
            if line.seq.is_multiple_of(SAMPLE)
                && let Ok(written) = line.timestamp.parse()
                && is_behind(connected, written, Timestamp::now())
            {
                return Ok(StreamEnd::Behind);
            }
        }
        taken = to.send(Message::Event(event)).await;
    }
    Ok(StreamEnd::Closed { ends })
}

async fn is_stored(client: &Client, (seq, time): &LinePosition) -> Result<bool, ClientError> {
    let params = PageParams {
        after: Some(seq.saturating_sub(1)),
        n: Some(1),
        ..PageParams::default()
    };
    let page = client.log_page(&params).await?;
    let line = page.lines.first();
    Ok(line.is_some_and(|line| line.seq == *seq && line.timestamp == *time))
}

/// Whether a line that was written while the interface was connected arrives too late.
fn is_behind(connected: Timestamp, written: Timestamp, now: Timestamp) -> bool {
    written > connected && now.duration_since(written) > MAX_DELAY
}

async fn snapshot(client: &Client) -> Result<Snapshot, ClientError> {
    let status = client.status().await?;
    let list: RequestList = client.get("/proxy/requests?limit=1000").await?;
    Ok(Snapshot {
        run: format!("{} {}", status.pid, status.started_at),
        processes: status.processes,
        requests: list.requests,
        proxy: status.proxy,
    })
}

/// Executes an effect, and returns the resulting message.
pub(crate) async fn perform(client: Client, effect: Effect) -> Option<Message> {
    let result = match effect {
        Effect::Control(verb, name) => control(&client, verb, &name).await,
        Effect::Write { process, text } => client.write_stdin(&process, &text).await.map(|()| None),
        Effect::Refresh => snapshot(&client)
            .await
            .map(|snapshot| Some(Message::Snapshot(Box::new(snapshot)))),
        Effect::Detail(id) => {
            let detail = captured(&client, &id).await;
            let detail = detail.map(|it| detail::of(&it)).map_err(|e| e.to_string());
            Ok(Some(Message::Detail { id, detail }))
        }
        Effect::LoadPage(page_request) => {
            let page = read(&client, &page_request)
                .await
                .map_err(|e| e.to_string());
            Ok(Some(Message::Page { page_request, page }))
        }
        Effect::Curl(id) => curl(&client, &id).await.map(Some),
        Effect::Replay(id, edits) => Ok(Some(replay(&client, id, &edits).await)),
        Effect::Draft(id) => captured(&client, &id)
            .await
            .map(|detail| Some(Message::Draft(Box::new(detail)))),
        // The runner executes these itself.
        Effect::Edit(_)
        | Effect::Copy { .. }
        | Effect::Mouse(_)
        | Effect::Suspend
        | Effect::Quit => Ok(None),
    };
    result.unwrap_or_else(|error| Some(Message::Failed(error.to_string())))
}

async fn captured(client: &Client, id: &str) -> Result<RequestDetail, ClientError> {
    client
        .get(&format!("/proxy/requests/{id}?include=body"))
        .await
}

async fn read(client: &Client, page_request: &PageRequest) -> Result<LogPage, ClientError> {
    let from = Some(page_request.from);
    let (before, after) = match page_request.direction {
        Direction::Older => (from, None),
        Direction::Newer => (None, from),
    };
    let params = PageParams {
        process: (!page_request.processes.is_empty()).then(|| page_request.processes.join(",")),
        filter: (!page_request.filter.is_empty()).then(|| page_request.filter.clone()),
        before,
        after,
        n: Some(page_request.limit()),
    };
    client.log_page(&params).await
}

async fn curl(client: &Client, id: &str) -> Result<Message, ClientError> {
    let detail = captured(client, id).await?;
    Ok(match curl::command(&detail) {
        None => Message::Failed("The request was not captured".to_owned()),
        Some((text, missing)) => Message::Curl {
            text,
            missing: missing.join("; "),
        },
    })
}

async fn replay(client: &Client, id: String, edits: &Edits) -> Message {
    let path = format!("/proxy/requests/{id}/replay");
    let replayed: Replayed = match client.post(&path, edits).await {
        Ok(replayed) => replayed,
        Err(error) if *edits == Edits::default() => return Message::Failed(error.to_string()),
        Err(error) => return Message::Failed(format!("{error}; e edits it again")),
    };
    let above = detail::of_replay(&replayed);
    Message::Replayed {
        id,
        view: Box::new(replayed.replay.view),
        above,
    }
}

async fn control(client: &Client, verb: Verb, name: &str) -> Result<Option<Message>, ClientError> {
    match verb {
        Verb::Start => client.start(name).await?,
        Verb::Stop => client.stop(name).await?,
        Verb::Restart => client.restart(name).await?,
    };
    Ok(Some(Message::Done(format!("{name}: {}", verb.done()))))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::*;

    #[test]
    fn old_lines_are_not_late_but_new_ones_can_be() {
        let at = |second: &str| format!("2026-01-31T09:15:{second}Z").parse().unwrap();
        assert!(!is_behind(at("10"), at("05"), at("11")));
        assert!(!is_behind(at("10"), at("12"), at("13")));
        assert!(is_behind(at("10"), at("12"), at("15")));
    }
}
