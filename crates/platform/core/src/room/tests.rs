use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use prox_types::{EntityId as _, OrganizationId, SessionId, SpaceId, UserId};
use uuid::Uuid;

use super::*;

fn user(n: u8) -> UserId {
    UserId::from_uuid(Uuid::from_u128(n.into()))
}

fn session(n: u8) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(n.into()))
}

fn space_id(n: u8) -> SpaceId {
    SpaceId::from_uuid(Uuid::from_u128(n.into()))
}

/// A watcher of the space 1 with the session 1 of the user 1.
fn watch(head: i64) -> Watch {
    Watch {
        organization_id: OrganizationId::from_uuid(Uuid::nil()),
        space_id: space_id(1),
        user_id: Some(user(1)),
        session_id: Some(session(1)),
        head,
    }
}

fn watches(watch: Watch) -> Event {
    Event::Watch { watch, watchers: 0 }
}

/// Whether a socket is among those that a change closes.
fn selects(close: Close, admission: &Admission) -> bool {
    tag_of(close).is_none_or(|tag| tags(admission).contains(&tag))
}

fn ticket(head: i64, since: Option<i64>) -> Ticket {
    Ticket {
        organization_id: OrganizationId::from_uuid(Uuid::nil()),
        user_id: user(1),
        session_id: session(1),
        head,
        since,
        epoch: since.map(|_| "e1".to_owned()),
    }
}

fn poke(seq: i64, key: &str) -> Poke {
    Poke {
        seq,
        keys: vec![vec![key.to_owned()]],
        close: None,
    }
}

fn space_poke(seq: i64, noun: &str, space: u8) -> Poke {
    Poke {
        keys: vec![vec![noun.to_owned(), space_id(space).to_string()]],
        ..poke(seq, "")
    }
}

fn own_poke(seq: i64, who: u8) -> Poke {
    Poke {
        keys: vec![vec!["own".to_owned(), user(who).to_string()]],
        ..poke(seq, "")
    }
}

fn closing_poke(seq: i64, close: Close) -> Poke {
    Poke {
        close: Some(close),
        ..poke(seq, "members")
    }
}

/// A room whose log ends at `head` and begins there.
fn room_at(head: i64) -> Room {
    let (room, effects) = Room::restore(Snapshot {
        epoch: "e1".to_owned(),
        floor: Some(head),
        sent: head,
        entries: Vec::new(),
    });
    assert!(effects.is_empty());
    room
}

fn fresh_room() -> Room {
    Room::restore(Snapshot {
        epoch: "e1".to_owned(),
        ..Snapshot::default()
    })
    .0
}

/// A frame in short: `C5` for CONNECTED, `5:a,b` for query keys, `5:ALL` for a reset.
fn read(text: &str) -> String {
    match serde_json::from_str(text).unwrap() {
        Message::Connected { seq, .. } => format!("C{seq}"),
        Message::Invalidate {
            seq,
            invalidate_info,
        } => match invalidate_info {
            InvalidateInfo::All => format!("{seq}:ALL"),
            InvalidateInfo::QueryKey { query_keys } => {
                format!("{seq}:{}", query_keys.concat().join(","))
            }
        },
        other => panic!("{other:?}"),
    }
}

fn texts(effects: &[Effect]) -> Vec<String> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Reply(text) | Effect::Broadcast(text) => Some(read(text)),
            _ => None,
        })
        .collect()
}

#[test]
fn a_change_after_quiet_goes_out_at_once_and_opens_the_window() {
    let mut room = room_at(4);
    let effects = room.handle(Event::Pokes(vec![poke(5, "a")]));
    assert_eq!(effects[0], Effect::Append(poke(5, "a")));
    assert_eq!(effects[1], Effect::Mark { sent: 5 });
    assert!(matches!(&effects[2], Effect::Broadcast(text) if read(text) == "5:a"));
    assert_eq!(effects[3..], [Effect::StartWindow { ms: 60 }]);
}

#[test]
fn keys_of_one_user_reach_only_that_user() {
    let own = |who: u8| format!("own,{}", user(who));
    let mut room = room_at(0);
    let effects = room.handle(Event::Pokes(vec![own_poke(1, 1)]));
    let Some(Effect::Address { own: texts, others }) = effects.get(2) else {
        panic!("{effects:?}");
    };
    assert_eq!(others, &None);
    assert_eq!(texts.keys().collect::<Vec<_>>(), [&user(1)]);
    assert_eq!(read(&texts[&user(1)]), format!("1:{}", own(1)));

    for change in [poke(2, "a"), own_poke(3, 1), own_poke(4, 2)] {
        let _ = room.handle(Event::Pokes(vec![change]));
    }
    let effects = room.handle(Event::WindowElapsed);
    let Some(Effect::Address { own: texts, others }) = effects.get(1) else {
        panic!("{effects:?}");
    };
    assert_eq!(others.as_deref().map(read).as_deref(), Some("4:a"));
    assert_eq!(read(&texts[&user(1)]), format!("4:a,{}", own(1)));
    assert_eq!(read(&texts[&user(2)]), format!("4:a,{}", own(2)));
}

#[test]
fn a_resumed_client_gets_no_keys_of_others() {
    let mut room = room_at(0);
    for change in [own_poke(1, 1), own_poke(2, 2), poke(3, "a")] {
        let _ = room.handle(Event::Pokes(vec![change]));
    }
    let _ = room.handle(Event::WindowElapsed);
    let effects = room.handle(Event::Connect(ticket(3, Some(0))));
    let own = format!("3:own,{},a", user(1));
    assert_eq!(texts(&effects), ["C3", own.as_str()]);
    // Also when it missed nothing but those.
    let effects = room.handle(Event::Connect(ticket(3, Some(3))));
    assert_eq!(texts(&effects), ["C3"]);
}

#[test]
fn changes_within_the_window_go_out_in_one_frame() {
    let mut room = room_at(0);
    let _ = room.handle(Event::Pokes(vec![poke(1, "a")]));
    for (seq, key) in [(2, "b"), (3, "c"), (4, "b")] {
        let effects = room.handle(Event::Pokes(vec![poke(seq, key)]));
        assert_eq!(effects, [Effect::Append(poke(seq, key))]);
    }
    let effects = room.handle(Event::WindowElapsed);
    assert_eq!(texts(&effects), ["4:b,c"]);
    assert!(effects.contains(&Effect::StartWindow { ms: 60 }));
    assert_eq!(room.handle(Event::WindowElapsed), []);
    assert_eq!(
        texts(&room.handle(Event::Pokes(vec![poke(5, "d")]))),
        ["5:d"]
    );
}

#[test]
fn a_hundred_changes_a_second_cost_a_fifth_of_a_frame_each() {
    let mut room = room_at(0);
    let (mut frames, mut window_ends) = (0, None);
    for change in 1..=100 {
        let now = change * 10;
        if window_ends.is_some_and(|end| end <= now) {
            let effects = room.handle(Event::WindowElapsed);
            frames += texts(&effects).len();
            window_ends = effects
                .contains(&Effect::StartWindow { ms: 60 })
                .then_some(now + 60);
        }
        let effects = room.handle(Event::Pokes(vec![poke(change, "a")]));
        frames += texts(&effects).len();
        if effects.contains(&Effect::StartWindow { ms: 60 }) {
            window_ends = Some(now + 60);
        }
    }
    assert!(frames <= 20, "{frames} frames");
}

#[test]
fn an_early_change_waits_for_the_one_before() {
    let mut room = room_at(0);
    let effects = room.handle(Event::Pokes(vec![poke(2, "b")]));
    assert_eq!(
        effects,
        [
            Effect::Append(poke(2, "b")),
            Effect::StartGapTimer { ms: 1_000 }
        ]
    );
    assert_eq!(
        texts(&room.handle(Event::Pokes(vec![poke(1, "a")]))),
        ["2:a,b"]
    );
    assert_eq!(room.handle(Event::GapElapsed), []);
}

#[test]
fn a_repeated_change_counts_once() {
    let mut room = room_at(0);
    let _ = room.handle(Event::Pokes(vec![poke(1, "a"), poke(3, "c")]));
    assert_eq!(
        room.handle(Event::Pokes(vec![poke(1, "a"), poke(3, "c")])),
        []
    );
}

#[test]
fn a_missing_change_is_fetched_from_the_outbox() {
    let mut room = room_at(0);
    let _ = room.handle(Event::Pokes(vec![poke(2, "b")]));
    assert_eq!(
        room.handle(Event::GapElapsed),
        [Effect::FetchMissing { after: 0 }]
    );
    let effects = room.handle(Event::Recovered {
        pokes: vec![poke(1, "a"), poke(2, "b")],
        head: 2,
    });
    assert_eq!(effects[0], Effect::Append(poke(1, "a")));
    assert_eq!(texts(&effects), ["2:a,b"]);
}

#[test]
fn a_long_absence_is_fetched_in_several_reads() {
    let mut room = room_at(0);
    let _ = room.handle(Event::Head(3));
    assert_eq!(
        room.handle(Event::GapElapsed),
        [Effect::FetchMissing { after: 0 }]
    );
    let effects = room.handle(Event::Recovered {
        pokes: vec![poke(1, "a"), poke(2, "b")],
        head: 3,
    });
    assert!(effects.contains(&Effect::FetchMissing { after: 2 }));
    let _ = room.handle(Event::Recovered {
        pokes: vec![poke(3, "c")],
        head: 3,
    });
    assert_eq!(texts(&room.handle(Event::WindowElapsed)), ["3:c"]);
}

#[test]
fn changes_lost_from_the_outbox_reset_every_client_once() {
    for pokes in [vec![], vec![poke(3, "c")]] {
        let mut room = room_at(0);
        let _ = room.handle(Event::Pokes(vec![poke(3, "c")]));
        let _ = room.handle(Event::GapElapsed);
        let effects = room.handle(Event::Recovered { pokes, head: 3 });
        assert!(effects.contains(&Effect::Prune { through: 3 }));
        assert_eq!(texts(&effects), ["3:ALL"]);
        assert!(effects.iter().any(|effect| matches!(
            effect,
            Effect::Close {
                who: Close::Everyone,
                before: 3,
                code: CLOSE_AGAIN,
                ..
            }
        )));
        assert_eq!(
            texts(&room.handle(Event::Pokes(vec![poke(4, "d")]))),
            ["4:d"]
        );
    }
}

#[test]
fn a_failed_read_of_the_outbox_is_repeated_later() {
    let mut room = room_at(0);
    let _ = room.handle(Event::Head(1));
    let _ = room.handle(Event::GapElapsed);
    assert_eq!(
        room.handle(Event::RecoveryFailed),
        [Effect::StartGapTimer { ms: 5_000 }]
    );
    assert_eq!(
        room.handle(Event::GapElapsed),
        [Effect::FetchMissing { after: 0 }]
    );
    let _ = room.handle(Event::Pokes(vec![poke(1, "a")]));
    assert_eq!(room.handle(Event::RecoveryFailed), []);
}

#[test]
fn too_many_changes_behind_a_gap_reset_every_client() {
    let mut room = room_at(0);
    let pokes = (2..=1_002).map(|seq| poke(seq, "a")).collect();
    assert_eq!(texts(&room.handle(Event::Pokes(pokes))), ["1002:ALL"]);
}

#[test]
fn a_fresh_room_begins_at_the_first_sequence_number_it_gets() {
    let mut room = fresh_room();
    let effects = room.handle(Event::Connect(ticket(40, None)));
    assert_eq!(
        effects[..2],
        [Effect::Prune { through: 40 }, Effect::Mark { sent: 40 }]
    );
    assert_eq!(texts(&effects), ["C40"]);

    let mut room = fresh_room();
    let effects = room.handle(Event::Pokes(vec![poke(57, "a")]));
    assert_eq!(effects[0], Effect::Prune { through: 56 });
    assert_eq!(texts(&effects), ["57:a"]);
}

#[test]
fn a_client_that_reconnects_gets_what_it_missed_in_one_frame() {
    let mut room = room_at(10);
    let _ = room.handle(Event::Pokes(vec![
        poke(11, "a"),
        poke(12, "b"),
        poke(13, "a"),
    ]));
    let replies = |room: &mut Room, since| texts(&room.handle(Event::Connect(ticket(13, since))));
    assert_eq!(replies(&mut room, None), ["C13"]);
    assert_eq!(replies(&mut room, Some(10)), ["C13", "13:a,b"]);
    assert_eq!(replies(&mut room, Some(12)), ["C13", "13:a"]);
    assert_eq!(replies(&mut room, Some(13)), ["C13"]);
    assert_eq!(replies(&mut room, Some(9)), ["C13", "13:ALL"]);
    assert_eq!(replies(&mut room, Some(14)), ["C13", "13:ALL"]);
    assert_eq!(replies(&mut room, Some(i64::MIN)), ["C13", "13:ALL"]);
    assert_eq!(replies(&mut room, Some(i64::MAX)), ["C13", "13:ALL"]);
}

#[test]
fn a_client_of_another_epoch_is_reset() {
    let mut room = room_at(10);
    for epoch in [None, Some("e0".to_owned())] {
        let ticket = Ticket {
            epoch,
            ..ticket(10, Some(10))
        };
        assert_eq!(
            texts(&room.handle(Event::Connect(ticket))),
            ["C10", "10:ALL"]
        );
    }
}

#[test]
fn client_within_window_gets_pending_changes_at_its_end() {
    let mut room = room_at(0);
    let _ = room.handle(Event::Pokes(vec![poke(1, "a")]));
    let _ = room.handle(Event::Pokes(vec![poke(2, "b")]));
    assert_eq!(
        texts(&room.handle(Event::Connect(ticket(2, Some(0))))),
        ["C1", "1:a"]
    );
    assert_eq!(texts(&room.handle(Event::WindowElapsed)), ["2:b"]);
}

#[test]
fn a_ticket_ahead_of_the_room_reveals_lost_changes() {
    let mut room = room_at(5);
    let effects = room.handle(Event::Connect(ticket(7, None)));
    assert_eq!(texts(&effects), ["C5"]);
    assert_eq!(effects.last(), Some(&Effect::StartGapTimer { ms: 1_000 }));
}

#[test]
fn an_ended_membership_closes_sockets_even_out_of_order() {
    for (close, code) in [
        (Close::Session(session(1)), 4401),
        (Close::User(user(1)), 4403),
        (Close::Everyone, 4404),
    ] {
        let mut room = room_at(0);
        let effects = room.handle(Event::Pokes(vec![closing_poke(3, close)]));
        assert!(effects.iter().any(|effect| matches!(
            effect,
            Effect::Close { who, before: 3, code: c, .. } if *who == close && *c == code
        )));
        let refused = room.handle(Event::Connect(ticket(2, None)));
        assert!(matches!(refused[..], [Effect::Refuse { code: c, .. }] if c == code));
        assert_eq!(texts(&room.handle(Event::Connect(ticket(3, None)))), ["C0"]);
    }
}

#[test]
fn the_end_of_another_membership_closes_no_socket() {
    let mut room = room_at(0);
    let _ = room.handle(Event::Pokes(vec![
        closing_poke(1, Close::User(user(2))),
        closing_poke(2, Close::Session(session(2))),
    ]));
    assert_eq!(texts(&room.handle(Event::Connect(ticket(0, None)))), ["C2"]);
}

#[test]
fn a_ticket_older_than_the_log_must_connect_again() {
    let mut room = room_at(5);
    let effects = room.handle(Event::Connect(ticket(4, None)));
    assert!(matches!(
        effects[..],
        [Effect::Refuse {
            code: CLOSE_AGAIN,
            ..
        }]
    ));
}

#[test]
fn the_log_stays_bounded_and_loses_nothing_that_was_not_sent() {
    let mut room = room_at(0);
    let _ = room.handle(Event::Pokes(vec![poke(1, "first")]));
    let pokes = (2..=1_500)
        .map(|seq| poke(seq, &format!("k{seq}")))
        .collect();
    assert!(texts(&room.handle(Event::Pokes(pokes))).is_empty());
    let effects = room.handle(Event::WindowElapsed);
    assert_eq!(texts(&effects)[0].matches(',').count(), 1_498);
    assert!(effects.contains(&Effect::Prune { through: 600 }));
    assert_eq!(
        texts(&room.handle(Event::Connect(ticket(1_500, Some(599))))),
        ["C1500", "1500:ALL"]
    );
    assert_eq!(
        texts(&room.handle(Event::Connect(ticket(1_500, Some(1_499))))),
        ["C1500", "1500:k1500"]
    );
}

#[test]
fn a_restored_room_sends_unsent_changes_and_watches_its_gap() {
    let (_, effects) = Room::restore(Snapshot {
        epoch: "e1".to_owned(),
        floor: Some(4),
        sent: 5,
        entries: vec![poke(8, "d"), poke(5, "a"), poke(6, "b")],
    });
    assert_eq!(texts(&effects), ["6:b"]);
    assert_eq!(effects.last(), Some(&Effect::StartGapTimer { ms: 1_000 }));
}

#[test]
fn a_watcher_learns_only_that_its_space_changed() {
    let mut room = room_at(0);
    assert_eq!(room.handle(watches(watch(0))), []);
    let changed = |effects: &[Effect]| {
        let sent = effects.iter().filter_map(|effect| match effect {
            Effect::Changed(spaces) => Some(spaces.clone()),
            _ => None,
        });
        sent.collect::<Vec<_>>()
    };
    for (seq, noun) in [(1, "items"), (2, "space")] {
        let effects = room.handle(Event::Pokes(vec![space_poke(seq, noun, 1)]));
        assert_eq!(changed(&effects), [BTreeSet::from([space_id(1)])], "{noun}");
        let _ = room.handle(Event::WindowElapsed);
    }
    let id = space_id(1).to_string();
    for (seq, key) in [
        (3, vec!["spaces", &id]),
        (4, vec!["items", "nonsense"]),
        (5, vec!["items"]),
        (6, vec!["items", &id, &id]),
        (7, vec!["domains", &id]),
        (8, vec![&id]),
    ] {
        let keys = vec![key.into_iter().map(str::to_owned).collect()];
        let poke = Poke {
            keys,
            ..poke(seq, "")
        };
        assert_eq!(changed(&room.handle(Event::Pokes(vec![poke]))), [], "{seq}");
        let _ = room.handle(Event::WindowElapsed);
    }
}

#[test]
fn changes_of_spaces_within_the_window_go_out_together() {
    let mut room = room_at(0);
    let _ = room.handle(Event::Pokes(vec![poke(1, "a")]));
    for (seq, space) in [(2, 1), (3, 2), (4, 1)] {
        let effects = room.handle(Event::Pokes(vec![space_poke(seq, "items", space)]));
        assert_eq!(effects, [Effect::Append(space_poke(seq, "items", space))]);
    }
    let effects = room.handle(Event::WindowElapsed);
    assert_eq!(effects[0], Effect::Mark { sent: 4 });
    assert!(matches!(&effects[1], Effect::Broadcast(_)));
    let both = BTreeSet::from([space_id(1), space_id(2)]);
    assert_eq!(
        effects[2..],
        [Effect::Changed(both), Effect::StartWindow { ms: 60 }]
    );
}

#[test]
fn three_hundred_watchers_cost_one_text_each_per_window() {
    let mut room = room_at(0);
    for watchers in 0..300 {
        let watch = Watch {
            user_id: None,
            session_id: None,
            ..watch(0)
        };
        assert_eq!(room.handle(Event::Watch { watch, watchers }), []);
    }
    let (mut windows, mut texts, mut window_ends) = (0, 0, None);
    let mut count = |effects: &[Effect], now: i64| {
        let mut opened = None;
        for effect in effects {
            match effect {
                Effect::Changed(spaces) => {
                    assert_eq!(spaces, &BTreeSet::from([space_id(1)]));
                    texts += 300;
                }
                Effect::StartWindow { .. } => {
                    windows += 1;
                    opened = Some(now + 60);
                }
                Effect::Append(_) | Effect::Mark { .. } | Effect::Broadcast(_) => {}
                other => panic!("{other:?}"),
            }
        }
        opened
    };
    // A second with a hundred changes.
    for change in 1..=100 {
        let now = change * 10;
        if window_ends.is_some_and(|end| end <= now) {
            window_ends = count(&room.handle(Event::WindowElapsed), now);
        }
        let effects = room.handle(Event::Pokes(vec![space_poke(change, "items", 1)]));
        window_ends = count(&effects, now).or(window_ends);
    }
    assert_eq!(texts, 300 * windows);
    assert!(windows <= 20, "{windows} windows");
}

#[test]
fn each_close_selects_its_sockets_of_both_kinds() {
    let member = Admission::Member(ticket(0, None));
    let watcher = Admission::Watcher(watch(0));
    let nobody = Admission::Watcher(Watch {
        user_id: None,
        session_id: None,
        ..watch(0)
    });
    for (close, code, [of_member, of_watcher, of_nobody]) in [
        (Close::Space(space_id(1)), 4410, [false, true, true]),
        (Close::Space(space_id(2)), 4410, [false, false, false]),
        (Close::Session(session(1)), 4401, [true, true, false]),
        (Close::Session(session(2)), 4401, [false, false, false]),
        (Close::User(user(1)), 4403, [true, true, false]),
        (Close::User(user(2)), 4403, [false, false, false]),
        (Close::Watchers, 4410, [false, true, true]),
        (Close::Everyone, 4404, [true, true, true]),
    ] {
        let mut room = room_at(0);
        // Also out of order.
        let effects = room.handle(Event::Pokes(vec![closing_poke(3, close)]));
        assert!(effects.iter().any(|effect| matches!(
            effect,
            Effect::Close { who, before: 3, code: c, .. } if *who == close && *c == code
        )));
        for (admission, closed) in [
            (&member, of_member),
            (&watcher, of_watcher),
            (&nobody, of_nobody),
        ] {
            assert_eq!(selects(close, admission), closed, "{close:?} {admission:?}");
            // An admission that was checked before the change, and one that was checked after it.
            for (head, refused) in [(2, closed), (3, false)] {
                let event = match admission.clone() {
                    Admission::Member(ticket) => Event::Connect(Ticket { head, ..ticket }),
                    Admission::Watcher(watch) => watches(Watch { head, ..watch }),
                };
                let effects = room.handle(event);
                let refusal = effects.iter().find_map(|effect| match effect {
                    Effect::Refuse { code, .. } => Some(*code),
                    _ => None,
                });
                assert_eq!(refusal, refused.then_some(code), "{close:?} {admission:?}");
            }
        }
    }
}

#[test]
fn members_and_watchers_are_told_apart_by_their_tags() {
    let member = tags(&Admission::Member(ticket(0, None)));
    let watcher = tags(&Admission::Watcher(watch(0)));
    assert!(member.contains(&MEMBERS.to_owned()) && !member.contains(&WATCHERS.to_owned()));
    assert!(watcher.contains(&WATCHERS.to_owned()) && !watcher.contains(&MEMBERS.to_owned()));
    // The runtime allows ten tags of 256 characters.
    for tags in [member, watcher] {
        assert!(tags.len() <= 10 && tags.iter().all(|tag| tag.len() <= 256));
    }
}

#[test]
fn a_watcher_older_than_the_log_must_connect_again() {
    let mut room = room_at(5);
    let effects = room.handle(watches(watch(4)));
    let [Effect::Refuse { code, .. }] = effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(code, CLOSE_AGAIN);
}

#[test]
fn a_room_full_of_watchers_refuses_more_and_serves_members() {
    let mut room = room_at(0);
    for (watchers, refused) in [(MAX_WATCHERS - 1, false), (MAX_WATCHERS, true)] {
        let watch = watch(0);
        let effects = room.handle(Event::Watch { watch, watchers });
        let is_refused = matches!(
            effects[..],
            [Effect::Refuse {
                code: CLOSE_FULL,
                ..
            }]
        );
        assert_eq!(is_refused, refused);
    }
    assert_eq!(texts(&room.handle(Event::Connect(ticket(0, None)))), ["C0"]);
}

#[test]
fn a_restored_room_sends_unsent_changes_to_watchers() {
    let (_, effects) = Room::restore(Snapshot {
        epoch: "e1".to_owned(),
        floor: Some(4),
        sent: 5,
        entries: vec![space_poke(5, "items", 1), space_poke(6, "items", 2)],
    });
    assert!(effects.contains(&Effect::Changed(BTreeSet::from([space_id(2)]))));
}

// A model of everything around the room: the database, a network that loses, repeats
// and reorders, the object's store and timers, clients with caches, and watchers with a page each.

const KEYS: u8 = 4;
const CLIENTS: usize = 3;
const SPACES: u8 = 2;
const SPECTATORS: usize = 4;

#[derive(Clone, Debug)]
enum Step {
    /// A change of one key is committed, and its poke is sent.
    Change(u8),
    /// A change of one user's own data is committed, and its poke is sent.
    ChangeOwn(u8),
    /// A change of a space is committed, and its poke is sent.
    ChangeSpace(u8),
    /// A space becomes private, and its poke is sent.
    Unpublish(u8),
    /// A space is published, and its poke is sent.
    Publish(u8),
    /// A user's membership ends, and its poke is sent.
    Remove(u8),
    /// The user becomes a member again.
    Return(u8),
    /// A waiting poke arrives; with `again` it will arrive once more.
    Deliver { which: usize, again: bool },
    /// A waiting poke never arrives.
    Lose(usize),
    /// The client requests a connection; its ticket is on the way.
    Request(usize),
    /// The ticket arrives.
    Arrive(usize),
    /// The client's connection breaks.
    Cut(usize),
    /// The watcher requests a socket; its admission is on the way.
    RequestWatch(usize),
    /// The admission arrives.
    ArriveWatch(usize),
    /// The watcher's connection breaks.
    CutWatch(usize),
    /// The window ends.
    Window,
    /// The gap timer elapses, and the outbox is read.
    Gap { reachable: bool },
    /// The object is evicted and restored from its store.
    Evict,
    /// The store is lost as well.
    Wipe,
    /// The outbox loses all but its newest rows.
    Forget,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..KEYS).prop_map(Step::Change),
        4 => (0..CLIENTS as u8).prop_map(Step::ChangeOwn),
        6 => (0..SPACES).prop_map(Step::ChangeSpace),
        1 => (0..SPACES).prop_map(Step::Unpublish),
        1 => (0..SPACES).prop_map(Step::Publish),
        4 => (0..SPECTATORS).prop_map(Step::RequestWatch),
        4 => (0..SPECTATORS).prop_map(Step::ArriveWatch),
        1 => (0..SPECTATORS).prop_map(Step::CutWatch),
        1 => (0..CLIENTS as u8).prop_map(Step::Remove),
        1 => (0..CLIENTS as u8).prop_map(Step::Return),
        10 => (any::<usize>(), prop::bool::weighted(0.2)).prop_map(|(which, again)| Step::Deliver { which, again }),
        2 => any::<usize>().prop_map(Step::Lose),
        3 => (0..CLIENTS).prop_map(Step::Request),
        4 => (0..CLIENTS).prop_map(Step::Arrive),
        2 => (0..CLIENTS).prop_map(Step::Cut),
        5 => Just(Step::Window),
        3 => prop::bool::weighted(0.8).prop_map(|reachable| Step::Gap { reachable }),
        2 => Just(Step::Evict),
        1 => Just(Step::Wipe),
        1 => Just(Step::Forget),
    ]
}

/// A client with one cached version for each key, as the shell keeps them.
#[derive(Clone, Debug, Default)]
struct Client {
    /// The head of the ticket that it is connected with.
    connected: Option<i64>,
    asking: Option<Ticket>,
    position: Option<(i64, String)>,
    epoch: String,
    last_seq: i64,
    cache: BTreeMap<String, usize>,
}

/// A watcher with one cached version of its space's page.
#[derive(Clone, Debug, Default)]
struct Spectator {
    connected: Option<Watch>,
    asking: Option<Watch>,
    page: usize,
}

/// A socket that is connecting.
#[derive(Clone, Copy, Debug)]
enum Peer {
    Client(usize),
    Spectator(usize),
}

struct World {
    room: Room,
    store: Snapshot,
    epochs: u32,
    /// All changes from number 1.
    changes: Vec<Poke>,
    outbox_floor: i64,
    network: Vec<Poke>,
    window: bool,
    gap: bool,
    members: BTreeSet<u8>,
    clients: Vec<Client>,
    published: BTreeSet<u8>,
    spectators: Vec<Spectator>,
}

impl World {
    fn new() -> Self {
        let store = Snapshot {
            epoch: "0".to_owned(),
            ..Snapshot::default()
        };
        Self {
            room: Room::restore(store.clone()).0,
            store,
            epochs: 0,
            changes: Vec::new(),
            outbox_floor: 0,
            network: Vec::new(),
            window: false,
            gap: false,
            members: (0..CLIENTS as u8).collect(),
            clients: vec![Client::default(); CLIENTS],
            published: (0..SPACES).collect(),
            spectators: vec![Spectator::default(); SPECTATORS],
        }
    }

    fn head(&self) -> i64 {
        self.changes.len() as i64
    }

    fn version(&self, key: &str) -> usize {
        self.changes
            .iter()
            .filter(|poke| poke.keys[0][0] == key)
            .count()
    }

    fn page(&self, space: SpaceId) -> usize {
        let id = space.to_string();
        self.changes
            .iter()
            .filter(|poke| poke.keys[0].last() == Some(&id))
            .count()
    }

    /// A change of a space is committed, and its poke is sent.
    fn change_space(&mut self, space: u8, close: Option<Close>) {
        self.publish(vec!["items".to_owned(), space_id(space).to_string()], close);
    }

    fn commit(&mut self, key: String, close: Option<Close>) {
        self.publish(vec![key], close);
    }

    fn publish(&mut self, key: QueryKey, close: Option<Close>) {
        let poke = Poke {
            seq: self.head() + 1,
            keys: vec![key],
            close,
        };
        self.changes.push(poke.clone());
        self.network.push(poke);
    }

    fn run(&mut self, step: Step) {
        match step {
            Step::Change(key) => self.commit(format!("k{key}"), None),
            Step::ChangeOwn(who) => {
                self.publish(vec![format!("own{who}"), user(who).to_string()], None);
            }
            Step::ChangeSpace(space) => self.change_space(space, None),
            Step::Unpublish(space) => {
                if self.published.remove(&space) {
                    self.change_space(space, Some(Close::Space(space_id(space))));
                }
            }
            Step::Publish(space) => {
                if self.published.insert(space) {
                    self.change_space(space, None);
                }
            }
            Step::RequestWatch(who) => self.request_watch(who),
            Step::ArriveWatch(who) => self.arrive_watch(who),
            Step::CutWatch(who) => self.spectators[who].connected = None,
            Step::Remove(who) => {
                if self.members.remove(&who) {
                    self.commit("members".to_owned(), Some(Close::User(user(who))));
                }
            }
            Step::Return(who) => {
                if self.members.insert(who) {
                    self.commit("members".to_owned(), None);
                }
            }
            Step::Deliver { which, again } => self.deliver(which, again),
            Step::Lose(which) => {
                if !self.network.is_empty() {
                    self.network.remove(which % self.network.len());
                }
            }
            Step::Request(who) => self.request(who),
            Step::Arrive(who) => self.arrive(who),
            Step::Cut(who) => self.clients[who].connected = None,
            Step::Window => {
                if std::mem::take(&mut self.window) {
                    self.handle(Event::WindowElapsed, None, true);
                }
            }
            Step::Gap { reachable } => {
                if std::mem::take(&mut self.gap) {
                    self.handle(Event::GapElapsed, None, reachable);
                }
            }
            Step::Evict => self.wake(),
            Step::Wipe => {
                self.epochs += 1;
                self.store = Snapshot {
                    epoch: self.epochs.to_string(),
                    ..Snapshot::default()
                };
                self.clients
                    .iter_mut()
                    .for_each(|client| client.connected = None);
                self.spectators
                    .iter_mut()
                    .for_each(|spectator| spectator.connected = None);
                self.wake();
            }
            Step::Forget => self.outbox_floor = self.head() - 1,
        }
    }

    fn deliver(&mut self, which: usize, again: bool) {
        if self.network.is_empty() {
            return;
        }
        let which = which % self.network.len();
        let poke = if again {
            self.network[which].clone()
        } else {
            self.network.remove(which)
        };
        self.handle(Event::Pokes(vec![poke]), None, true);
    }

    fn request(&mut self, who: usize) {
        if self.clients[who].connected.is_some() || !self.members.contains(&(who as u8)) {
            return;
        }
        let position = self.clients[who].position.clone();
        self.clients[who].asking = Some(Ticket {
            organization_id: OrganizationId::from_uuid(Uuid::nil()),
            user_id: user(who as u8),
            session_id: session(who as u8),
            head: self.head(),
            since: position.as_ref().map(|(seq, _)| *seq),
            epoch: position.map(|(_, epoch)| epoch),
        });
    }

    fn arrive(&mut self, who: usize) {
        if let Some(ticket) = self.clients[who].asking.take() {
            self.clients[who].connected = Some(ticket.head);
            self.clients[who].last_seq = i64::MIN;
            self.handle(Event::Connect(ticket), Some(Peer::Client(who)), true);
        }
    }

    /// Two of four watch each space: one as a member with a session, one anonymously.
    fn request_watch(&mut self, who: usize) {
        let space = who as u8 % SPACES;
        let is_member = who < SPACES.into();
        if self.spectators[who].connected.is_some()
            || !self.published.contains(&space)
            || (is_member && !self.members.contains(&(who as u8)))
        {
            return;
        }
        self.spectators[who].asking = Some(Watch {
            space_id: space_id(space),
            user_id: is_member.then(|| user(who as u8)),
            session_id: is_member.then(|| session(who as u8)),
            ..watch(self.head())
        });
    }

    fn arrive_watch(&mut self, who: usize) {
        if let Some(watch) = self.spectators[who].asking.take() {
            let watchers = self.spectators.iter().filter(|s| s.connected.is_some());
            let watchers = watchers.count();
            // It reads the page when its socket opens.
            let page = self.page(watch.space_id);
            let spectator = &mut self.spectators[who];
            (spectator.connected, spectator.page) = (Some(watch.clone()), page);
            let event = Event::Watch { watch, watchers };
            self.handle(event, Some(Peer::Spectator(who)), true);
        }
    }

    fn wake(&mut self) {
        (self.window, self.gap) = (false, false);
        let (room, effects) = Room::restore(self.store.clone());
        self.room = room;
        self.carry_out(effects, None, true);
    }

    fn handle(&mut self, event: Event, connecting: Option<Peer>, reachable: bool) {
        let effects = self.room.handle(event);
        self.carry_out(effects, connecting, reachable);
    }

    fn carry_out(&mut self, effects: Vec<Effect>, connecting: Option<Peer>, reachable: bool) {
        for effect in effects {
            match effect {
                Effect::Reply(text) => match connecting.unwrap() {
                    Peer::Client(who) => self.receive(who, &text),
                    Peer::Spectator(who) => panic!("watcher {who} gets {text}"),
                },
                Effect::Refuse { .. } => match connecting.unwrap() {
                    Peer::Client(who) => self.clients[who].connected = None,
                    Peer::Spectator(who) => self.spectators[who].connected = None,
                },
                Effect::Changed(spaces) => (0..SPECTATORS).for_each(|who| {
                    let watch = self.spectators[who].connected.as_ref();
                    if let Some(space) = watch.map(|watch| watch.space_id)
                        && spaces.contains(&space)
                    {
                        self.spectators[who].page = self.page(space);
                    }
                }),
                Effect::Broadcast(text) => (0..CLIENTS).for_each(|who| {
                    // A connecting socket receives nothing before CONNECTED.
                    if self.clients[who].connected.is_some() {
                        self.receive(who, &text);
                    }
                }),
                Effect::Address { own, others } => (0..CLIENTS).for_each(|who| {
                    let text = own.get(&user(who as u8)).or(others.as_ref());
                    if let (Some(_), Some(text)) = (self.clients[who].connected, text) {
                        self.receive(who, text);
                    }
                }),
                Effect::Close { who, before, .. } => self.close(who, before),
                Effect::Append(poke) => self.store.entries.push(poke),
                Effect::Prune { through } => {
                    self.store.floor = Some(through);
                    self.store.entries.retain(|poke| poke.seq > through);
                }
                Effect::Mark { sent } => self.store.sent = sent,
                Effect::StartWindow { .. } => {
                    assert!(!self.window);
                    self.window = true;
                }
                Effect::StartGapTimer { .. } => {
                    assert!(!self.gap);
                    self.gap = true;
                }
                Effect::FetchMissing { after } => {
                    let event = if reachable {
                        self.outbox(after)
                    } else {
                        Event::RecoveryFailed
                    };
                    self.handle(event, None, reachable);
                }
            }
        }
    }

    /// A read of the outbox: three rows, so that long absences take several reads.
    fn outbox(&self, after: i64) -> Event {
        let kept = after.max(self.outbox_floor);
        let pokes = self
            .changes
            .iter()
            .filter(|poke| poke.seq > kept)
            .take(3)
            .cloned()
            .collect();
        Event::Recovered {
            pokes,
            head: self.head(),
        }
    }

    fn close(&mut self, who: Close, before: i64) {
        for (n, client) in self.clients.iter_mut().enumerate() {
            let named = match who {
                Close::User(id) => id == user(n as u8),
                Close::Session(id) => id == session(n as u8),
                Close::Space(_) | Close::Watchers => false,
                Close::Everyone => true,
            };
            if named && client.connected.is_some_and(|head| head < before) {
                client.connected = None;
            }
        }
        for spectator in &mut self.spectators {
            let named = |watch: &Watch| {
                watch.head < before && selects(who, &Admission::Watcher(watch.clone()))
            };
            if spectator.connected.as_ref().is_some_and(named) {
                spectator.connected = None;
            }
        }
    }

    fn receive(&mut self, who: usize, text: &str) {
        let mut client = std::mem::take(&mut self.clients[who]);
        match serde_json::from_str(text).unwrap() {
            Message::Connected {
                seq,
                epoch,
                user_id,
            } => {
                assert_eq!(user_id, user(who as u8));
                assert_eq!(client.last_seq, i64::MIN, "CONNECTED comes first, and once");
                client.last_seq = seq;
                client.epoch = epoch.clone();
                if client.position.is_none() {
                    client.position = Some((seq, epoch));
                    self.fetch_all(&mut client);
                }
            }
            Message::Invalidate {
                seq,
                invalidate_info,
            } => {
                assert!(client.last_seq != i64::MIN, "CONNECTED comes first");
                assert!(seq >= client.last_seq, "{seq} after {}", client.last_seq);
                client.last_seq = seq;
                match invalidate_info {
                    InvalidateInfo::All => self.fetch_all(&mut client),
                    InvalidateInfo::QueryKey { query_keys } => {
                        let (since, _) = client.position.clone().unwrap();
                        let others = query_keys.iter().filter_map(owner);
                        assert!(others.into_iter().all(|owner| owner == user(who as u8)));
                        self.fetch(&mut client, since, seq, &query_keys);
                    }
                }
                client.position = Some((seq, client.epoch.clone()));
            }
            other => panic!("{other:?}"),
        }
        self.clients[who] = client;
    }

    fn fetch(&self, client: &mut Client, since: i64, seq: i64, keys: &[QueryKey]) {
        let unique: BTreeSet<_> = keys.iter().collect();
        assert_eq!(unique.len(), keys.len(), "no key twice in a frame");
        for key in keys {
            let changed = self
                .changes
                .iter()
                .any(|poke| poke.seq > since && poke.seq <= seq && poke.keys.contains(key));
            assert!(changed, "{key:?} did not change in ({since}, {seq}]");
            client.cache.insert(key[0].clone(), self.version(&key[0]));
        }
    }

    fn fetch_all(&self, client: &mut Client) {
        for poke in &self.changes {
            let key = &poke.keys[0][0];
            client.cache.insert(key.clone(), self.version(key));
        }
    }

    /// Delivers everything, reconnects every client, and runs all timers.
    fn settle(&mut self) {
        for who in 0..CLIENTS {
            self.run(Step::Return(who as u8));
        }
        while !self.network.is_empty() {
            self.deliver(0, false);
        }
        for round in 0.. {
            assert!(round < 100, "it never gets quiet");
            self.handle(Event::Head(self.head()), None, true);
            for who in 0..CLIENTS {
                self.run(Step::Request(who));
                self.run(Step::Arrive(who));
            }
            for who in 0..SPECTATORS {
                self.run(Step::RequestWatch(who));
                self.run(Step::ArriveWatch(who));
            }
            let quiet = !self.window && !self.gap;
            if quiet && self.clients.iter().all(|client| client.connected.is_some()) {
                return;
            }
            self.run(Step::Window);
            self.run(Step::Gap { reachable: true });
        }
    }

    fn check_clients(&self) {
        for (n, client) in self.clients.iter().enumerate() {
            // Changes of others' own data do not move it.
            let (position, _) = client.position.as_ref().unwrap();
            let missed = self.changes.iter().filter(|poke| poke.seq > *position);
            let is_of_others =
                |poke: &Poke| owner(&poke.keys[0]).is_some_and(|u| u != user(n as u8));
            assert!(missed.into_iter().all(is_of_others), "client {n}");
            for poke in self.changes.iter().filter(|poke| !is_of_others(poke)) {
                let key = &poke.keys[0][0];
                assert_eq!(
                    client.cache.get(key),
                    Some(&self.version(key)),
                    "client {n}, {key}"
                );
            }
            let head = client.connected.unwrap();
            let removed = self
                .changes
                .iter()
                .any(|poke| poke.seq > head && poke.close == Some(Close::User(user(n as u8))));
            assert!(!removed, "client {n} still listens after its removal");
        }
    }

    fn check_spectators(&self) {
        for (n, spectator) in self.spectators.iter().enumerate() {
            let is_published = self.published.contains(&(n as u8 % SPACES));
            let Some(watch) = &spectator.connected else {
                assert!(!is_published, "watcher {n} has no socket");
                continue;
            };
            let admission = Admission::Watcher(watch.clone());
            let revoked = self.changes.iter().any(|poke| {
                poke.seq > watch.head && poke.close.is_some_and(|c| selects(c, &admission))
            });
            assert!(is_published && !revoked, "watcher {n} still watches");
            assert_eq!(spectator.page, self.page(watch.space_id), "watcher {n}");
        }
    }
}

proptest! {
    #[test]
    fn no_client_misses_a_change_whatever_happens(steps in prop::collection::vec(step(), 0..120)) {
        let mut world = World::new();
        for step in steps {
            world.run(step);
        }
        world.settle();
        world.check_clients();
        world.check_spectators();
    }
}
