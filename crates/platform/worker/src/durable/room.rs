//! The organization's room: the Durable Object that holds the websockets of its members and of the
//! watchers of its spaces.
//!
//! An actor around the state machine of [`prox_core::room`]: it passes events in, and carries
//! the effects out in order, without awaiting in between. Memory may be lost at any moment, so
//! the state is in the object's SQLite ([`storage`]) and in the sockets' attachments.

mod storage;

use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::time::Duration;

use prox_api::ports::{Clock, Database, Log, Random};
use prox_core::room::{Effect, Event, MEMBERS, Room, WATCHERS, tag_of, tags};
use prox_db::system::Missed;
use prox_types::durable::room::{Admission, CHANGED, Close, Notice, NoticeContent, Ticket};
use prox_types::socket::Message;
use prox_types::{OrganizationId, UserId};
use serde_json::json;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::js_sys::JsString;
use worker::worker_sys::WebSocketRequestResponsePair;
use worker::{
    Delay, DurableObject, Env, Error, Request, Response, Result, State, WebSocket,
    WebSocketIncomingMessage, WebSocketPair, console_error, durable_object,
};

use prox_runtime::database::Postgres;
use prox_runtime::ports::{Console, Runtime, SystemClock};
use storage::Store;

/// Close code: the client sent what it may not (RFC 6455, 7.4.1: "policy violation").
const CLOSE_POLICY: u16 = 1008;

#[wasm_bindgen]
extern "C" {
    /// A websocket that sends a JavaScript string without converting it again.
    type TextSocket;

    #[wasm_bindgen(method, catch)]
    fn send(this: &TextSocket, text: &JsString) -> Result<(), JsValue>;
}

/// The room of one organization, named by its id. Only the API worker reaches it.
///
/// State is consistent after a panic: see [`RoomActor::handle`].
#[durable_object(websocket)]
pub struct OrganizationRoom(AssertUnwindSafe<Rc<RoomActor>>);

impl DurableObject for OrganizationRoom {
    fn new(state: State, env: Env) -> Self {
        // The runtime answers heartbeats without waking the object.
        if let Ok(pair) = WebSocketRequestResponsePair::new("ping", "pong") {
            state.set_websocket_auto_response(&pair);
        }
        Self(AssertUnwindSafe(Rc::new(RoomActor {
            state,
            env,
            organization: OnceCell::new(),
            loaded: Cell::new(None),
        })))
    }

    /// Accepts a notice (`POST`), or an upgrade with an admission.
    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if let Some(admission) = admission_of(&request)? {
            return self.0.admit(admission);
        }
        let notice: Notice = request.json().await?;
        let event = match notice.content {
            NoticeContent::Pokes(pokes) => Event::Pokes(pokes),
            NoticeContent::Head(head) => Event::Head(head),
        };
        self.0.handle(notice.organization_id, event, None)?;
        Response::empty()
    }

    /// Clients only receive: any message but `ping` gets an ERROR message, or closes the socket of a
    /// watcher, who may be anybody.
    async fn websocket_message(
        &self,
        socket: WebSocket,
        _: WebSocketIncomingMessage,
    ) -> Result<()> {
        if !matches!(stored_admission(&socket), Some(Admission::Member(_))) {
            let _ = socket.close(Some(CLOSE_POLICY), Some("This socket accepts only ping."));
            return Ok(());
        }
        let message = Message::Error {
            message: String::from("This socket accepts nothing but ping. Use the API instead."),
        };
        socket.send(&message)
    }

    /// Completes the closing handshake, without which the client sees an abnormal closure.
    async fn websocket_close(
        &self,
        socket: WebSocket,
        code: usize,
        reason: String,
        _: bool,
    ) -> Result<()> {
        // Some codes are reported but never sent (RFC 6455, 7.4.1).
        let code = u16::try_from(code)
            .ok()
            .filter(|code| !matches!(code, 1004..=1006 | 1015))
            .unwrap_or(1000);
        let _ = socket.close(Some(code), Some(reason));
        Ok(())
    }

    /// A broken socket is closed already; its client connects again by itself.
    async fn websocket_error(&self, _: WebSocket, _: Error) -> Result<()> {
        Ok(())
    }
}

/// The state of the object and the room in memory.
struct RoomActor {
    state: State,
    env: Env,
    /// The organization, from the first call on.
    organization: OnceCell<OrganizationId>,
    /// The room in memory. None while an event is handled, and until it is restored.
    loaded: Cell<Option<LoadedRoom>>,
}

/// A room in memory with its store.
struct LoadedRoom {
    store: Store,
    room: Room,
}

impl RoomActor {
    /// Opens the socket of an admission.
    fn admit(self: &Rc<Self>, admission: Admission) -> Result<Response> {
        let organization = admission.organization_id();
        // Before the socket is accepted: what the room broadcasts while it loads is for the
        // existing sockets, and the first frame of a new one is CONNECTED.
        self.loaded.set(Some(self.load(organization)?));
        let tags = tags(&admission);
        let (stored, event) = match admission {
            Admission::Member(ticket) => {
                // The client's cursor matters only now.
                let stored = Ticket {
                    since: None,
                    epoch: None,
                    ..ticket.clone()
                };
                (Admission::Member(stored), Event::Connect(ticket))
            }
            Admission::Watcher(watch) => {
                let watchers = self.state.as_raw().get_websockets_with_tag(WATCHERS)?.len();
                let stored = Admission::Watcher(watch.clone());
                (stored, Event::Watch { watch, watchers })
            }
        };
        let WebSocketPair { client, server } = WebSocketPair::new()?;
        let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
        self.state.accept_websocket_with_tags(&server, &tags);
        server.serialize_attachment(serde_json::to_string(&stored)?)?;
        self.handle(organization, event, Some(&server))?;
        Response::from_websocket(client)
    }

    /// Handles one event. An event whose handling fails or panics leaves no room in memory: the
    /// next event restores it from its store.
    fn handle(
        self: &Rc<Self>,
        organization: OrganizationId,
        event: Event,
        socket: Option<&WebSocket>,
    ) -> Result<()> {
        let mut loaded = self.load(organization)?;
        if self.organization.get() != Some(&organization) {
            return Err(Error::from("this is another organization's room"));
        }
        let effects = loaded.room.handle(event);
        self.carry_out(&loaded.store, effects, socket)?;
        self.loaded.set(Some(loaded));
        Ok(())
    }

    /// The room, taken out of memory or restored. The caller puts it back.
    fn load(self: &Rc<Self>, organization: OrganizationId) -> Result<LoadedRoom> {
        match self.loaded.take() {
            Some(loaded) => Ok(loaded),
            None => self.restore(organization),
        }
    }

    /// Restores the room from its store, and broadcasts what it had not broadcast before.
    fn restore(self: &Rc<Self>, organization: OrganizationId) -> Result<LoadedRoom> {
        let store = Store::open(self.state.storage().sql())?;
        let stored = store.read(organization, fresh_epoch)?;
        let organization = self.organization.get_or_init(|| stored.organization);
        Console.write(&json!({ "room": "loaded", "organization": organization }).to_string());
        let (room, effects) = Room::restore(stored.snapshot);
        self.carry_out(&store, effects, None)?;
        Ok(LoadedRoom { store, room })
    }

    /// Carries out the effects of one event, in order. `socket` is the one that it is about.
    fn carry_out(
        self: &Rc<Self>,
        store: &Store,
        effects: Vec<Effect>,
        socket: Option<&WebSocket>,
    ) -> Result<()> {
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
                Effect::Broadcast(text) => self.send(MEMBERS, &JsString::from(text))?,
                Effect::Changed(spaces) => {
                    let text = JsString::from(CHANGED);
                    for space in spaces {
                        self.send(&space.to_string(), &text)?;
                    }
                }
                Effect::Address { own, others } => self.address(&own, others.as_deref()),
                Effect::Close {
                    who,
                    before,
                    code,
                    reason,
                } => self.close(who, before, code, reason),
                Effect::Append(poke) => store.append(&poke)?,
                Effect::Prune { through } => store.prune(through)?,
                Effect::Mark { sent } => store.mark(sent)?,
                Effect::StartWindow { ms } => self.handle_after(ms, Event::WindowElapsed),
                Effect::StartGapTimer { ms } => self.handle_after(ms, Event::GapElapsed),
                Effect::FetchMissing { after } => self.fetch_missing(after),
            }
        }
        Ok(())
    }

    /// Sends a text, which was converted once, to all sockets with a tag.
    fn send(&self, tag: &str, text: &JsString) -> Result<()> {
        for socket in self.state.as_raw().get_websockets_with_tag(tag)? {
            // A socket that is closing cannot send, and needs nothing.
            let _ = socket.unchecked_ref::<TextSocket>().send(text);
        }
        Ok(())
    }

    /// Sends each member in `own` that member's text, and all other members the text `others`.
    fn address(&self, own: &BTreeMap<UserId, String>, others: Option<&str>) {
        for socket in self.state.get_websockets_with_tag(MEMBERS) {
            // A socket whose ticket cannot be read is treated as that of another user.
            let user = match stored_admission(&socket) {
                Some(Admission::Member(ticket)) => Some(ticket.user_id),
                _ => None,
            };
            let text = user.and_then(|user| own.get(&user)).map(String::as_str);
            if let Some(text) = text.or(others) {
                let _ = socket.send_with_str(text);
            }
        }
    }

    /// Closes the sockets of `who` whose admission has a `head` below `before`.
    fn close(&self, who: Close, before: i64, code: u16, reason: &str) {
        let sockets = match tag_of(who) {
            Some(tag) => self.state.get_websockets_with_tag(&tag),
            None => self.state.get_websockets(),
        };
        for socket in sockets {
            // A socket whose admission cannot be read is closed.
            if stored_admission(&socket).is_none_or(|admission| admission.head() < before) {
                let _ = socket.close(Some(code), Some(reason));
            }
        }
    }

    /// Handles an event after a delay. A pending timer keeps the object in memory.
    fn handle_after(self: &Rc<Self>, ms: u32, event: Event) {
        let actor = Rc::clone(self);
        self.state.wait_until(async move {
            Delay::from(Duration::from_millis(ms.into())).await;
            actor.handle_own(event);
        });
    }

    /// Reads missing changes from the outbox in the background.
    fn fetch_missing(self: &Rc<Self>, after: i64) {
        let actor = Rc::clone(self);
        self.state.wait_until(async move {
            let event = match actor.missed(after).await {
                Ok(Missed { pokes, head }) => Event::Recovered { pokes, head },
                Err(error) => {
                    console_error!("the outbox could not be read: {error}");
                    Event::RecoveryFailed
                }
            };
            actor.handle_own(event);
        });
    }

    async fn missed(self: &Rc<Self>, after: i64) -> Result<Missed> {
        let organization = self.organization()?;
        let mut client = Postgres::of(&self.env).connect().await.map_err(failed)?;
        let statement =
            prox_db::system::missed(organization, after).for_anonymous(SystemClock.now());
        client
            .run(&statement)
            .await
            .map_err(failed)?
            .parse()
            .map_err(failed)
    }

    /// Handles an event that the object itself caused. A failure is only logged.
    fn handle_own(self: &Rc<Self>, event: Event) {
        let done = self
            .organization()
            .and_then(|organization| self.handle(organization, event, None));
        if let Err(error) = done {
            console_error!("the room failed: {error}");
        }
    }

    fn organization(&self) -> Result<OrganizationId> {
        let known = self.organization.get().copied();
        known.ok_or_else(|| Error::from("the room has no organization yet"))
    }
}

/// The admission of an upgrade; None for a notice.
fn admission_of(request: &Request) -> Result<Option<Admission>> {
    let url = request.url()?;
    let admission = url.query_pairs().find(|(name, _)| name == "admission");
    admission
        .map(|(_, text)| serde_json::from_str(&text).map_err(Error::from))
        .transpose()
}

/// The admission that was stored with a socket.
fn stored_admission(socket: &WebSocket) -> Option<Admission> {
    let text: String = socket.deserialize_attachment().ok()??;
    serde_json::from_str(&text).ok()
}

/// A new epoch: the random identity of a log.
fn fresh_epoch() -> String {
    let mut bytes = [0; 16];
    Runtime.fill(&mut bytes);
    format!("{:032x}", u128::from_be_bytes(bytes))
}

fn failed(why: impl std::fmt::Display) -> Error {
    Error::from(why.to_string())
}
