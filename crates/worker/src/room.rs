//! The organization's room: the Durable Object that holds its websockets.
//!
//! A shell. [`prox_core::room`] decides; this carries the effects out, in order and in
//! one synchronous turn, and brings the events. Memory may vanish at any moment: what
//! matters is in the object's SQLite ([`store`]) and in the sockets' attachments.

mod store;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use api::ports::{Clock, Database, Random};
use db::NotDone;
use db::operations::Missed;
use prox_core::room::{Effect, Event, Room};
use types::OrganizationId;
use types::room::{Close, Ticket};
use types::socket::Message;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::js_sys::JsString;
use worker::worker_sys::WebSocketRequestResponsePair;
use worker::{
    Delay, DurableObject, Env, Error, Request, Response, Result, State, WebSocket,
    WebSocketIncomingMessage, WebSocketPair, console_error, durable_object,
};

use crate::background::Background;
use crate::database::Postgres;
use crate::ports::{Runtime, Wall};
use crate::rooms::{News, Notice};
use store::Store;

#[wasm_bindgen]
extern "C" {
    /// A websocket that takes a text which is a JavaScript string already.
    type TextSocket;

    #[wasm_bindgen(method, catch)]
    fn send(this: &TextSocket, text: &JsString) -> Result<(), JsValue>;
}

/// One for each organization, named by its id. Only the API worker reaches it.
#[durable_object(websocket)]
pub struct OrganizationRoom(Rc<Shell>);

impl DurableObject for OrganizationRoom {
    fn new(state: State, env: Env) -> Self {
        // Heartbeats are answered without waking anybody.
        if let Ok(pair) = WebSocketRequestResponsePair::new("ping", "pong") {
            state.set_websocket_auto_response(&pair);
        }
        Self(Rc::new(Shell {
            state,
            env,
            awake: RefCell::new(None),
        }))
    }

    /// A notice by `POST`, or an upgrade with a ticket.
    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if let Some(ticket) = ticket_of(&request)? {
            return self.0.admit(ticket);
        }
        let notice: Notice = request.json().await?;
        let event = match notice.news {
            News::Pokes(pokes) => Event::Pokes(pokes),
            News::Head(head) => Event::Head(head),
        };
        self.0.take(notice.organization_id, event, None)?;
        Response::empty()
    }

    /// Clients listen. Whoever speaks is told so.
    async fn websocket_message(
        &self,
        socket: WebSocket,
        _: WebSocketIncomingMessage,
    ) -> Result<()> {
        let message = Message::Error {
            message: String::from("This socket takes nothing but ping. Use the API instead."),
        };
        socket.send(&message)
    }

    /// Answers the closing handshake, without which the client sees an abnormal end.
    async fn websocket_close(
        &self,
        socket: WebSocket,
        code: usize,
        reason: String,
        _: bool,
    ) -> Result<()> {
        // Some codes are only ever reported, never sent (RFC 6455, 7.4.1).
        let code = u16::try_from(code)
            .ok()
            .filter(|code| !matches!(code, 1004..=1006 | 1015))
            .unwrap_or(1000);
        let _ = socket.close(Some(code), Some(reason));
        Ok(())
    }

    /// A broken socket is gone already; its client comes back by itself.
    async fn websocket_error(&self, _: WebSocket, _: Error) -> Result<()> {
        Ok(())
    }
}

struct Shell {
    state: State,
    env: Env,
    awake: RefCell<Option<Awake>>,
}

struct Awake {
    organization: OrganizationId,
    store: Store,
    room: Room,
}

impl Shell {
    /// Opens the socket that a ticket stands for.
    fn admit(self: &Rc<Self>, ticket: Ticket) -> Result<Response> {
        let WebSocketPair { client, server } = WebSocketPair::new()?;
        let (user, session) = (ticket.user_id.to_string(), ticket.session_id.to_string());
        self.state
            .accept_websocket_with_tags(&server, &[&user, &session]);
        // Where it left off matters now and never again.
        let kept = Ticket {
            since: None,
            epoch: None,
            ..ticket.clone()
        };
        server.serialize_attachment(serde_json::to_string(&kept)?)?;
        self.take(
            ticket.organization_id,
            Event::Connect(ticket),
            Some(&server),
        )?;
        Response::from_websocket(client)
    }

    /// Takes one event to its end. After a failure the room starts again from its store.
    fn take(
        self: &Rc<Self>,
        organization: OrganizationId,
        event: Event,
        socket: Option<&WebSocket>,
    ) -> Result<()> {
        let done = self.take_or_fail(organization, event, socket);
        if done.is_err() {
            self.awake.take();
        }
        done
    }

    fn take_or_fail(
        self: &Rc<Self>,
        organization: OrganizationId,
        event: Event,
        socket: Option<&WebSocket>,
    ) -> Result<()> {
        if self.awake.borrow().is_none() {
            let effects = self.wake(organization)?;
            self.carry_out(effects, None)?;
        }
        let effects = match &mut *self.awake.borrow_mut() {
            Some(awake) if awake.organization == organization => awake.room.handle(event),
            _ => return Err(Error::from("this is another organization's room")),
        };
        self.carry_out(effects, socket)
    }

    /// Restores the room from its store; the effects make up for what was lost meanwhile.
    fn wake(&self, organization: OrganizationId) -> Result<Vec<Effect>> {
        let store = Store::open(self.state.storage().sql())?;
        let kept = store.read(organization, fresh_epoch)?;
        let (room, effects) = Room::restore(kept.snapshot);
        *self.awake.borrow_mut() = Some(Awake {
            organization: kept.organization,
            store,
            room,
        });
        Ok(effects)
    }

    fn carry_out(self: &Rc<Self>, effects: Vec<Effect>, socket: Option<&WebSocket>) -> Result<()> {
        for effect in effects {
            match effect {
                Effect::Reply(text) => {
                    if let Some(socket) = socket {
                        let _ = socket.send_with_str(text);
                    }
                }
                Effect::Refuse { code, reason } => {
                    if let Some(socket) = socket {
                        let _ = socket.close(Some(code), Some(reason));
                    }
                }
                Effect::Broadcast(text) => self.broadcast(&text)?,
                Effect::Close {
                    who,
                    before,
                    code,
                    reason,
                } => {
                    self.close(who, before, code, reason);
                }
                Effect::Append(poke) => self.store()?.append(&poke)?,
                Effect::Prune { through } => self.store()?.prune(through)?,
                Effect::Mark { sent } => self.store()?.mark(sent)?,
                Effect::StartWindow { ms } => self.later(ms, Event::WindowElapsed),
                Effect::StartGapTimer { ms } => self.later(ms, Event::GapElapsed),
                Effect::FetchMissing { after } => self.fetch_missing(after),
            }
        }
        Ok(())
    }

    fn store(&self) -> Result<Store> {
        let awake = self.awake.borrow();
        let store = awake.as_ref().map(|awake| awake.store.clone());
        store.ok_or_else(|| Error::from("the room sleeps"))
    }

    /// One string for all: what it costs for each socket is the send.
    fn broadcast(&self, text: &str) -> Result<()> {
        let text = JsString::from(text);
        for socket in self.state.as_raw().get_websockets()? {
            // One that is closing takes nothing, and needs nothing.
            let _ = socket.unchecked_ref::<TextSocket>().send(&text);
        }
        Ok(())
    }

    fn close(&self, who: Close, before: i64, code: u16, reason: &str) {
        let sockets = match who {
            Close::User(user) => self.state.get_websockets_with_tag(&user.to_string()),
            Close::Session(session) => self.state.get_websockets_with_tag(&session.to_string()),
            Close::Everyone => self.state.get_websockets(),
        };
        for socket in sockets {
            // A ticket that cannot be read proves nothing.
            if ticket_kept(&socket).is_none_or(|ticket| ticket.head < before) {
                let _ = socket.close(Some(code), Some(reason));
            }
        }
    }

    /// Brings an event after a while. A pending timer keeps the object in memory.
    fn later(self: &Rc<Self>, ms: u32, event: Event) {
        let shell = Rc::clone(self);
        self.state.wait_until(async move {
            Delay::from(Duration::from_millis(ms.into())).await;
            shell.bring(event);
        });
    }

    fn fetch_missing(self: &Rc<Self>, after: i64) {
        let shell = Rc::clone(self);
        self.state.wait_until(async move {
            let event = match shell.missed(after).await {
                Ok(Missed { pokes, head }) => Event::Recovered { pokes, head },
                Err(error) => {
                    console_error!("the outbox could not be read: {error}");
                    Event::RecoveryFailed
                }
            };
            shell.bring(event);
        });
    }

    async fn missed(self: &Rc<Self>, after: i64) -> Result<Missed> {
        let organization = self
            .organization()
            .ok_or_else(|| Error::from("the room sleeps"))?;
        let shell = Rc::clone(self);
        let background = Background::new(move |work| shell.state.wait_until(work));
        let database = Postgres::of(&self.env, background)?;
        let client = database.connect().await.map_err(failed)?;
        let statement = db::operations::missed(organization, after).for_nobody(Wall.now());
        match client.run(&statement).await {
            Ok(answer) => answer.parse().map_err(failed),
            Err(NotDone::Failed(why)) => Err(failed(why)),
            Err(why) => Err(failed(why)),
        }
    }

    /// An event of the object's own making. Its failure has nobody to be told to.
    fn bring(self: &Rc<Self>, event: Event) {
        let Some(organization) = self.organization() else {
            return;
        };
        if let Err(error) = self.take(organization, event, None) {
            console_error!("the room failed: {error}");
        }
    }

    fn organization(&self) -> Option<OrganizationId> {
        self.awake.borrow().as_ref().map(|awake| awake.organization)
    }
}

/// The ticket of an upgrade; none in a notice.
fn ticket_of(request: &Request) -> Result<Option<Ticket>> {
    let url = request.url()?;
    let ticket = url.query_pairs().find(|(name, _)| name == "ticket");
    ticket
        .map(|(_, text)| serde_json::from_str(&text).map_err(Error::from))
        .transpose()
}

fn ticket_kept(socket: &WebSocket) -> Option<Ticket> {
    let text: String = socket.deserialize_attachment().ok()??;
    serde_json::from_str(&text).ok()
}

/// Says that a log is this one and no other.
fn fresh_epoch() -> String {
    let mut bytes = [0; 16];
    Runtime.fill(&mut bytes);
    format!("{:032x}", u128::from_be_bytes(bytes))
}

fn failed(why: impl std::fmt::Display) -> Error {
    Error::from(why.to_string())
}
