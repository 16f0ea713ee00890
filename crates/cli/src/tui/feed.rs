//! Owns the connection to the supervisor: brings what happens there, and does there what the user
//! asks for. Never touches the state.

use std::time::Duration;

use tokio::sync::mpsc::Sender;

use super::detail;
use super::state::{Detail, Effect, Message, Snapshot, Verb};
use crate::api::client::{Client, ClientError};
use crate::api::shape::EventParams;
use crate::proxy::RequestDetail;

/// Lines to begin with.
const BACKLOG: usize = 2_000;
/// Before it is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// Brings everything that happens, for as long as somebody takes it.
pub(crate) async fn follow(client: Client, to: Sender<Message>) {
    let mut last = None;
    while !to.is_closed() {
        let why = match connect(&client, &to, &mut last).await {
            Ok(()) => "it ended the connection".to_owned(),
            Err(error) => {
                if error.code() == Some("CURSOR_GONE") {
                    last = None;
                    continue;
                }
                error.to_string()
            }
        };
        if to.send(Message::Lost(why)).await.is_err() {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn connect(
    client: &Client,
    to: &Sender<Message>,
    last: &mut Option<u64>,
) -> Result<(), ClientError> {
    let snapshot = Box::new(snapshot(client).await?);
    let params = EventParams {
        after: *last,
        n: last.is_none().then_some(BACKLOG),
    };
    let mut events = client.events(&params).await?;
    if to.send(Message::Snapshot(snapshot)).await.is_err() {
        return Ok(());
    }
    while let Some(event) = events.next().await? {
        *last = events.last_seq().or(*last);
        if to.send(Message::Event(event)).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}

async fn snapshot(client: &Client) -> Result<Snapshot, ClientError> {
    let status = client.status().await?;
    Ok(Snapshot {
        run: format!("{} {}", status.pid, status.started_at),
        processes: status.processes,
        requests: Vec::new(),
    })
}

/// Does what an effect says, and tells what came of it.
pub(crate) async fn perform(client: Client, effect: Effect) -> Option<Message> {
    let result = match effect {
        Effect::Control(verb, name) => control(&client, verb, &name).await,
        Effect::Write { process, text } => client.write_stdin(&process, &text).await.map(|()| None),
        Effect::Refresh => snapshot(&client)
            .await
            .map(|snapshot| Some(Message::Snapshot(Box::new(snapshot)))),
        // These are the shell's own.
        Effect::Detail(id) => {
            let detail = detail(&client, &id)
                .await
                .map_err(|error| error.to_string());
            Ok(Some(Message::Detail { id, detail }))
        }
        Effect::Copy { .. } | Effect::Mouse(_) | Effect::Quit => Ok(None),
    };
    result.unwrap_or_else(|error| Some(Message::Failed(error.to_string())))
}

async fn detail(client: &Client, id: &str) -> Result<Detail, ClientError> {
    let detail: RequestDetail = client
        .get(&format!("/proxy/requests/{id}?include=body"))
        .await?;
    Ok(detail::of(&detail))
}

async fn control(client: &Client, verb: Verb, name: &str) -> Result<Option<Message>, ClientError> {
    match verb {
        Verb::Start => client.start(name).await?,
        Verb::Stop => client.stop(name).await?,
        Verb::Restart => client.restart(name).await?,
    };
    Ok(Some(Message::Done(format!("{name}: {}", verb.done()))))
}
