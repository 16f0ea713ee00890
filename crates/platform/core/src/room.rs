//! The state machine of an organization's room: which changes its sockets receive, in which order.
//!
//! The machine takes events and returns effects. It has no access to sockets, clocks or storage:
//! the Durable Object around it passes events in, and executes the effects in order and in one
//! synchronous turn.
//!
//! Every change of an organization has a sequence number, without gaps. After its commit the API
//! sends it to the room in a poke. Pokes arrive out of order, twice, or never. The room sends
//! frames only up to the first missing number. A query key that ends in the id of a user is sent to
//! that user's sockets only: nobody else has data under it. After a second it reads missing changes from the
//! outbox; when they are no longer there, every client gets one `ALL`.
//!
//! Two kinds of clients have sockets. A *member* receives the query keys of changes. A *watcher* sees
//! one space, perhaps through a grant or a link, and learns only that something of it changed. The kinds are
//! told apart by the tags of their sockets ([`tags`]), which also select the sockets that a change closes.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use prox_types::durable::room::{Admission, Close, Poke, QueryKey, Ticket, Watch};
use prox_types::socket::{InvalidateInfo, Message};
use prox_types::{SpaceId, UserId};

/// The window after a frame in which changes are collected for the next one, in milliseconds.
pub const WINDOW_MS: u32 = 60;
/// The time to wait for a missing change before the outbox is read, in milliseconds.
pub const GAP_MS: u32 = 1_000;
/// The time to wait before a failed read of the outbox is repeated, in milliseconds.
pub const RETRY_MS: u32 = 5_000;
/// The maximum number of changes in the log, and of changes behind a gap.
pub const MAX_LOG: usize = 1_000;
/// The number of changes that pruning leaves in the log, so that not every change causes a
/// deletion.
const KEPT_LOG: i64 = 900;

/// Close code: the session ended.
pub const CLOSE_SESSION: u16 = 4401;
/// Close code: the membership ended.
pub const CLOSE_MEMBERSHIP: u16 = 4403;
/// Close code: who may see the watched space changed. A watcher who still may connects again.
pub const CLOSE_SPACE: u16 = 4410;
/// Close code: the organization was deleted.
pub const CLOSE_GONE: u16 = 4404;
/// Close code: connect again, so that the membership is checked again (RFC 6455, 7.4;
/// IANA: "Service Restart").
pub const CLOSE_AGAIN: u16 = 1012;
/// Close code: the room has too many watchers (IANA: "Try Again Later").
pub const CLOSE_FULL: u16 = 1013;

/// The number of watchers that a room accepts. Anybody may watch a published space, and the runtime
/// gives an object 32,768 sockets: members must find some left.
pub const MAX_WATCHERS: usize = 5_000;

/// The tag of the sockets of members.
pub const MEMBERS: &str = "members";
/// The tag of the sockets of watchers.
pub const WATCHERS: &str = "watchers";

/// The tags of a socket: its kind, and the ids that select it. Only watchers have the id of a space.
#[must_use]
pub fn tags(admission: &Admission) -> Vec<String> {
    match admission {
        Admission::Member(ticket) => member_tags(ticket),
        Admission::Watcher(watch) => watcher_tags(watch),
    }
}

fn member_tags(ticket: &Ticket) -> Vec<String> {
    let (user, session) = (ticket.user_id.to_string(), ticket.session_id.to_string());
    vec![MEMBERS.to_owned(), user, session]
}

fn watcher_tags(watch: &Watch) -> Vec<String> {
    let mut tags = vec![WATCHERS.to_owned(), watch.space_id.to_string()];
    tags.extend(watch.user_id.map(|user| user.to_string()));
    tags.extend(watch.session_id.map(|session| session.to_string()));
    tags
}

/// The tag of the sockets that a change closes; none when it closes all.
#[must_use]
pub fn tag_of(close: Close) -> Option<String> {
    match close {
        Close::User(user) => Some(user.to_string()),
        Close::Session(session) => Some(session.to_string()),
        Close::Space(space) => Some(space.to_string()),
        Close::Watchers => Some(WATCHERS.to_owned()),
        Close::Everyone => None,
    }
}

/// The content of the Durable Object's store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The epoch of the log: a random text, made when the store was empty.
    pub epoch: String,
    /// The sequence number of the last pruned change. None in an empty store.
    pub floor: Option<i64>,
    /// The sequence number of the last change that was sent to the sockets.
    pub sent: i64,
    /// The changes that were appended and not pruned, in any order.
    pub entries: Vec<Poke>,
}

/// An input of the state machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An authorized socket of a member connects. Its ticket is stored in its attachment.
    Connect(Ticket),
    /// An authorized socket of a watcher connects.
    Watch {
        /// Its admission, which is stored in its attachment.
        watch: Watch,
        /// The number of watchers before it.
        watchers: usize,
    },
    /// Changes were committed.
    Pokes(Vec<Poke>),
    /// The organization's current sequence number, from the sweep of the outbox.
    Head(i64),
    /// The time of [`Effect::StartWindow`] elapsed.
    WindowElapsed,
    /// The time of [`Effect::StartGapTimer`] elapsed.
    GapElapsed,
    /// The result of [`Effect::FetchMissing`].
    Recovered {
        /// Changes in any order; possibly only the first of many.
        pokes: Vec<Poke>,
        /// The organization's sequence number at the same time.
        head: i64,
    },
    /// The outbox could not be read.
    RecoveryFailed,
}

/// An output of the state machine. The Durable Object executes effects in the given order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Sends a text to the socket of this [`Event::Connect`].
    Reply(String),
    /// Closes the socket of this [`Event::Connect`] or [`Event::Watch`].
    Refuse {
        /// One of the close codes above.
        code: u16,
        /// A message for people.
        reason: &'static str,
    },
    /// Sends a text to every member's socket.
    Broadcast(String),
    /// Sends the sockets of each member in `own` that user's text, and all other members' sockets the
    /// text `others`, if any.
    Address {
        /// The text of each user whose own data changed.
        own: BTreeMap<UserId, String>,
        /// The text of all others. None when nothing changed for them.
        others: Option<String>,
    },
    /// Sends [`CHANGED`](prox_types::durable::room::CHANGED) to the watchers of these spaces.
    Changed(BTreeSet<SpaceId>),
    /// Closes the sockets that `who` selects ([`tag_of`]) and whose admission has a `head` below
    /// `before`: later ones were checked after the change.
    Close {
        /// Selects the sockets.
        who: Close,
        /// The sequence number of the change.
        before: i64,
        /// One of the close codes above.
        code: u16,
        /// A message for people.
        reason: &'static str,
    },
    /// Stores a change in the log.
    Append(Poke),
    /// Stores [`Snapshot::floor`], and deletes the changes up to it.
    Prune {
        /// The new floor.
        through: i64,
    },
    /// Stores [`Snapshot::sent`].
    Mark {
        /// The sequence number of the last change that was sent to the sockets.
        sent: i64,
    },
    /// Schedules [`Event::WindowElapsed`].
    StartWindow {
        /// The delay in milliseconds.
        ms: u32,
    },
    /// Schedules [`Event::GapElapsed`].
    StartGapTimer {
        /// The delay in milliseconds.
        ms: u32,
    },
    /// Reads the outbox after this change. The result is [`Event::Recovered`] or
    /// [`Event::RecoveryFailed`].
    FetchMissing {
        /// The sequence number of the last change in the log.
        after: i64,
    },
}

/// The state of a room. All of it is in the store too, except for timers.
#[derive(Debug)]
pub struct Room {
    epoch: String,
    /// Whether the room has seen no sequence number yet. The first one becomes the start of the
    /// log.
    fresh: bool,
    /// The sequence number before the log. The log has the changes after it, without gaps.
    floor: i64,
    log: VecDeque<Poke>,
    /// The sequence number of the last change that was sent. The rest of the log waits for the end
    /// of the window.
    sent: i64,
    /// Changes behind a gap.
    ahead: BTreeMap<i64, Poke>,
    /// The highest sequence number that the room has seen.
    known: i64,
    window_open: bool,
    gap_timer: bool,
    /// The sequence number after which the outbox is being read.
    fetching: Option<i64>,
}

impl Room {
    /// Restores a room from its store. The effects repeat timers and frames that were lost when the
    /// object was evicted.
    #[must_use]
    pub fn restore(snapshot: Snapshot) -> (Self, Vec<Effect>) {
        let floor = snapshot.floor.unwrap_or_default();
        let mut room = Self {
            epoch: snapshot.epoch,
            fresh: snapshot.floor.is_none(),
            floor,
            log: VecDeque::new(),
            sent: floor,
            ahead: BTreeMap::new(),
            known: floor,
            window_open: false,
            gap_timer: false,
            fetching: None,
        };
        for poke in snapshot.entries {
            if poke.seq > floor {
                room.known = room.known.max(poke.seq);
                room.ahead.insert(poke.seq, poke);
            }
        }
        room.extend_log();
        room.sent = snapshot.sent.clamp(floor, room.head());
        let mut effects = Vec::new();
        room.settle(&mut effects);
        (room, effects)
    }

    /// Handles one event.
    #[must_use]
    pub fn handle(&mut self, event: Event) -> Vec<Effect> {
        let mut effects = Vec::new();
        match event {
            Event::Connect(ticket) => self.connect(&ticket, &mut effects),
            Event::Watch { watch, watchers } => self.watch(&watch, watchers, &mut effects),
            Event::Pokes(pokes) => self.take(pokes, &mut effects),
            Event::Head(head) => self.observe_head(head, &mut effects),
            Event::WindowElapsed => self.window_open = false,
            Event::GapElapsed => self.fetch_missing(&mut effects),
            Event::Recovered { pokes, head } => self.recover(pokes, head, &mut effects),
            Event::RecoveryFailed => {
                self.fetching = None;
                self.schedule_gap_timer(RETRY_MS, &mut effects);
            }
        }
        self.settle(&mut effects);
        effects
    }

    /// The last sequence number of the log.
    fn head(&self) -> i64 {
        self.floor
            .saturating_add(i64::try_from(self.log.len()).unwrap_or(i64::MAX))
    }

    fn connect(&mut self, ticket: &Ticket, effects: &mut Vec<Effect>) {
        self.observe_head(ticket.head, effects);
        if let Some((code, reason)) = self.refusal(ticket.head, &member_tags(ticket)) {
            effects.push(Effect::Refuse { code, reason });
            return;
        }
        effects.push(Effect::Reply(text(&Message::Connected {
            user_id: ticket.user_id,
            seq: self.sent,
            epoch: self.epoch.clone(),
        })));
        effects.extend(
            self.catch_up(ticket)
                .map(|info| Effect::Reply(frame(self.sent, info))),
        );
    }

    /// A watcher gets no reply, and cannot resume: it fetches the page when its socket opens.
    fn watch(&mut self, watch: &Watch, watchers: usize, effects: &mut Vec<Effect>) {
        self.observe_head(watch.head, effects);
        let full = (watchers >= MAX_WATCHERS).then_some((CLOSE_FULL, "Try again later."));
        if let Some((code, reason)) = self.refusal(watch.head, &watcher_tags(watch)).or(full) {
            effects.push(Effect::Refuse { code, reason });
        }
    }

    /// The close code, when a change after `head` closes sockets with these tags.
    fn refusal(&self, head: i64, tags: &[String]) -> Option<(u16, &'static str)> {
        // Such a change may have been pruned.
        if head < self.floor {
            return Some((CLOSE_AGAIN, "Connect again."));
        }
        self.log
            .iter()
            .chain(self.ahead.values())
            .filter(|poke| poke.seq > head)
            .filter_map(|poke| poke.close)
            .find(|close| tag_of(*close).is_none_or(|tag| tags.contains(&tag)))
            .map(closing)
    }

    /// What a reconnecting client has missed. None when it has missed nothing.
    fn catch_up(&self, ticket: &Ticket) -> Option<InvalidateInfo> {
        let since = ticket.since?;
        let resumes =
            ticket.epoch.as_ref() == Some(&self.epoch) && (self.floor..=self.sent).contains(&since);
        if !resumes {
            return Some(InvalidateInfo::All);
        }
        (since < self.sent).then(|| {
            let keys = self.keys_between(since, self.sent);
            stale(keys_for(ticket.user_id, &keys))
        })
    }

    fn take(&mut self, pokes: Vec<Poke>, effects: &mut Vec<Effect>) {
        let Some(first) = pokes.iter().map(|poke| poke.seq).min() else {
            return;
        };
        self.adopt(first.saturating_sub(1), effects);
        for poke in pokes {
            if poke.seq <= self.head() || self.ahead.contains_key(&poke.seq) {
                continue;
            }
            effects.push(Effect::Append(poke.clone()));
            if let Some(who) = poke.close {
                let (code, reason) = closing(who);
                effects.push(Effect::Close {
                    who,
                    before: poke.seq,
                    code,
                    reason,
                });
            }
            self.known = self.known.max(poke.seq);
            self.ahead.insert(poke.seq, poke);
        }
        self.extend_log();
        if self.ahead.len() > MAX_LOG {
            self.start_over(self.known, effects);
        }
    }

    fn observe_head(&mut self, head: i64, effects: &mut Vec<Effect>) {
        self.adopt(head, effects);
        self.known = self.known.max(head);
    }

    /// Starts the log of a fresh room at the first sequence number that it receives: it had no
    /// sockets before.
    fn adopt(&mut self, floor: i64, effects: &mut Vec<Effect>) {
        if !self.fresh {
            return;
        }
        self.fresh = false;
        (self.floor, self.sent, self.known) = (floor, floor, floor);
        effects.push(Effect::Prune { through: floor });
        effects.push(Effect::Mark { sent: floor });
    }

    fn extend_log(&mut self) {
        while let Some(poke) = self.ahead.remove(&self.head().saturating_add(1)) {
            self.log.push_back(poke);
        }
    }

    fn fetch_missing(&mut self, effects: &mut Vec<Effect>) {
        self.gap_timer = false;
        if self.known > self.head() && self.fetching.is_none() {
            let after = self.head();
            self.fetching = Some(after);
            effects.push(Effect::FetchMissing { after });
        }
    }

    fn recover(&mut self, pokes: Vec<Poke>, head: i64, effects: &mut Vec<Effect>) {
        let Some(after) = self.fetching.take() else {
            return;
        };
        self.take(pokes, effects);
        self.observe_head(head, effects);
        let recovered = self.head();
        if recovered >= head {
            return;
        }
        // The outbox no longer has the next change.
        if recovered == after {
            self.start_over(head, effects);
        } else {
            self.fetch_missing(effects);
        }
    }

    /// Gives up on missing changes: resets all clients. A missing change may have ended a
    /// membership, so all sockets are closed and have to reconnect with a new ticket.
    fn start_over(&mut self, head: i64, effects: &mut Vec<Effect>) {
        self.log.clear();
        self.ahead = self.ahead.split_off(&head.saturating_add(1));
        (self.floor, self.sent) = (head, head);
        effects.push(Effect::Prune { through: head });
        effects.push(Effect::Mark { sent: head });
        effects.push(Effect::Broadcast(frame(head, InvalidateInfo::All)));
        effects.push(Effect::Close {
            who: Close::Everyone,
            before: head,
            code: CLOSE_AGAIN,
            reason: "Connect again.",
        });
        self.extend_log();
    }

    /// The last step of every event: sends a frame when the window allows it, prunes the log, and
    /// schedules the read of missing changes.
    fn settle(&mut self, effects: &mut Vec<Effect>) {
        if self.sent < self.head() && !self.window_open {
            let announcement = self.announce(self.sent, self.head());
            let spaces = self.spaces_between(self.sent, self.head());
            self.sent = self.head();
            effects.push(Effect::Mark { sent: self.sent });
            effects.push(announcement);
            if !spaces.is_empty() {
                effects.push(Effect::Changed(spaces));
            }
            self.window_open = true;
            effects.push(Effect::StartWindow { ms: WINDOW_MS });
        }
        self.prune(effects);
        self.schedule_gap_timer(GAP_MS, effects);
    }

    /// Prunes a log that is too long, except for changes that were not sent.
    fn prune(&mut self, effects: &mut Vec<Effect>) {
        if self.log.len() <= MAX_LOG {
            return;
        }
        let through = self.sent.min(self.head() - KEPT_LOG);
        let count = usize::try_from(through - self.floor).unwrap_or_default();
        if count > 0 {
            self.log.drain(..count);
            self.floor = through;
            effects.push(Effect::Prune { through });
        }
    }

    fn schedule_gap_timer(&mut self, ms: u32, effects: &mut Vec<Effect>) {
        if self.known > self.head() && !self.gap_timer && self.fetching.is_none() {
            self.gap_timer = true;
            effects.push(Effect::StartGapTimer { ms });
        }
    }

    /// The effect that sends the changes after `since` up to `through`.
    fn announce(&self, since: i64, through: i64) -> Effect {
        let keys = self.keys_between(since, through);
        let users: BTreeSet<UserId> = keys.iter().filter_map(|key| owner(key)).collect();
        let of_all: Vec<&QueryKey> = keys
            .iter()
            .copied()
            .filter(|k| owner(k).is_none())
            .collect();
        if users.is_empty() {
            return Effect::Broadcast(frame(through, stale(of_all)));
        }
        let own = users.into_iter().map(|user| {
            let keys = keys_for(user, &keys);
            (user, frame(through, stale(keys)))
        });
        Effect::Address {
            own: own.collect(),
            others: (!of_all.is_empty()).then(|| frame(through, stale(of_all))),
        }
    }

    /// The spaces that the changes after `since` up to `through` concern.
    fn spaces_between(&self, since: i64, through: i64) -> BTreeSet<SpaceId> {
        let keys = self.keys_between(since, through);
        keys.into_iter().filter_map(space).collect()
    }

    /// The distinct query keys of the changes after `since` up to `through`, in order.
    fn keys_between(&self, since: i64, through: i64) -> Vec<&QueryKey> {
        let mut seen = HashSet::new();
        self.log
            .iter()
            .filter(|poke| poke.seq > since && poke.seq <= through)
            .flat_map(|poke| &poke.keys)
            .filter(|key| seen.insert(*key))
            .collect()
    }
}

/// The user whom a query key concerns alone; none when it concerns every member.
fn owner(key: &QueryKey) -> Option<UserId> {
    key.last()?.parse().ok()
}

/// The space that a query key concerns: `["space", id]` or `["items", id]`.
fn space(key: &QueryKey) -> Option<SpaceId> {
    match key.as_slice() {
        [noun, id] if noun == "space" || noun == "items" => id.parse().ok(),
        _ => None,
    }
}

/// The keys that a user's sockets receive.
fn keys_for<'a>(user: UserId, keys: &[&'a QueryKey]) -> Vec<&'a QueryKey> {
    let concerns = |key: &&QueryKey| owner(key).is_none_or(|owner| owner == user);
    keys.iter().copied().filter(concerns).collect()
}

fn stale(keys: Vec<&QueryKey>) -> InvalidateInfo {
    InvalidateInfo::QueryKey {
        query_keys: keys.into_iter().cloned().collect(),
    }
}

fn closing(who: Close) -> (u16, &'static str) {
    match who {
        Close::User(_) => (CLOSE_MEMBERSHIP, "You are no longer a member."),
        Close::Session(_) => (CLOSE_SESSION, "Your session ended."),
        Close::Space(_) | Close::Watchers => (CLOSE_SPACE, "Access to the space changed."),
        Close::Everyone => (CLOSE_GONE, "The organization is gone."),
    }
}

fn frame(seq: i64, invalidate_info: InvalidateInfo) -> String {
    text(&Message::Invalidate {
        seq,
        invalidate_info,
    })
}

fn text(message: &Message) -> String {
    // Strings and numbers always serialize.
    serde_json::to_string(message).unwrap_or_default()
}

#[cfg(test)]
mod tests;
