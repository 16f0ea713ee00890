//! How the interface reacts to keys, the mouse and events, and how it looks.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use crossterm::event::{MouseButton, MouseEventKind};

use super::keys::KeyContext;
use super::layout::Size;
use super::state::{
    Connection, Detail, DetailLine, Effect, Message, Mode, Snapshot, State, Tab, Verb,
};
use super::testing::{
    Files, buffer, click, empty, keys, lines, log, mouse, process, request, screen, shop,
    shop_lines, state, styles,
};
use super::theme::Theme;
use super::update::update;
use prox_capture::{Exchange, RequestDetail};
use prox_events::{Event, Health, ProcessView, RequestView, Status};
use prox_logs::SEQ_GAP_AFTER_CRASH;

fn dark() -> State {
    state(80, 24, Theme::Dark)
}

fn selected(state: &State) -> &str {
    state.table.selected().unwrap().name()
}

fn event(state: &mut State, event: Event) -> Vec<Effect> {
    update(state, Message::Event(event))
}

#[test]
fn screens_at_80_by_24() {
    insta::assert_snapshot!("processes-80x24", screen(&dark()));
    let mut logs = dark();
    keys(&mut logs, "t<Tab>");
    insta::assert_snapshot!("logs-80x24", screen(&logs));
    let mut requests = dark();
    keys(&mut requests, "<Tab><Tab><Down><Down>");
    insta::assert_snapshot!("requests-80x24", screen(&requests));
    let mut help = dark();
    keys(&mut help, "?");
    insta::assert_snapshot!("help-80x24", screen(&help));
}

#[test]
fn screens_at_200_by_60() {
    insta::assert_snapshot!("processes-200x60", screen(&state(200, 60, Theme::Dark)));
    let mut requests = state(200, 60, Theme::Dark);
    open_request(&mut requests);
    insta::assert_snapshot!("requests-200x60", screen(&requests));
}

#[test]
fn styles_in_every_theme() {
    insta::assert_snapshot!("dark-80x24", styles(&dark()));
    insta::assert_snapshot!("light-80x24", styles(&state(80, 24, Theme::Light)));
    insta::assert_snapshot!("mono-80x24", styles(&state(80, 24, Theme::Mono)));
    insta::assert_snapshot!("light-200x60", styles(&state(200, 60, Theme::Light)));
    for theme in [Theme::Contrast, Theme::Mono] {
        assert!(
            !styles(&state(80, 24, theme)).contains("Indexed"),
            "{theme:?}"
        );
    }
}

#[test]
fn every_terminal_size_can_be_drawn() {
    for (width, height) in [
        (20, 5),
        (1, 1),
        (0, 0),
        (3, 2),
        (40, 10),
        (159, 8),
        (160, 6),
        (500, 120),
    ] {
        for text in [
            "",
            "<Tab>",
            "<Tab><Tab>",
            "<Tab><Tab><Down><Enter>",
            "?",
            "f",
            "i",
            "/x",
            "q",
        ] {
            let mut state = state(width, height, Theme::Dark);
            keys(&mut state, text);
            keys(&mut state, "<PgUp><PgDn><Up><Down>");
            screen(&state);
            click(&mut state, width / 2, height / 2);
            screen(&state);
        }
    }
    insta::assert_snapshot!("processes-20x5", screen(&state(20, 5, Theme::Dark)));
}

#[test]
fn without_a_project_the_interface_shows_what_it_waits_for() {
    let screen = screen(&empty(80, 24, Theme::Dark));
    assert!(screen.contains("Connecting"), "{screen}");
}

#[test]
fn events_move_neither_selection_nor_lines() {
    let mut state = dark();
    lines(&mut state, 8..200, "web");
    keys(&mut state, "<Down><Down><PgUp>");
    let before = screen(&state);
    lines(&mut state, 200..30_000, "api");
    event(&mut state, Event::Process(process("new", Status::Running)));
    assert_eq!(selected(&state), "api");
    let after = screen(&state);
    let body = |screen: &str| {
        screen
            .lines()
            .skip(14)
            .map(ToOwned::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(body(&after), body(&before));
    assert!(after.contains("paused, 29800 new below"), "{after}");
    keys(&mut state, "G");
    assert!(screen(&state).contains("line 29999"));
}

#[test]
fn more_lines_load_at_the_end_of_the_held_ones() {
    let mut state = state(80, 24, Theme::Dark);
    lines(&mut state, 8..100, "web");
    keys(&mut state, "<Tab>p");
    lines(&mut state, 100..40_000, "web");
    assert!(!screen(&state).contains("line 100"));
    for _ in 0..30 {
        keys(&mut state, "<PgDn>");
    }
    assert!(screen(&state).contains("paused"));
    mouse(&mut state, MouseEventKind::ScrollUp, 5, 5);
    keys(&mut state, "p");
    assert!(screen(&state).contains("line 39999"));
}

#[test]
fn scrolling_down_to_the_newest_line_follows_again() {
    let mut state = dark();
    lines(&mut state, 8..60, "web");
    keys(&mut state, "<Tab>kkk");
    assert!(!state.logs.is_following());
    keys(&mut state, "jjj");
    assert!(state.logs.is_following());
}

#[test]
fn home_shows_the_oldest_line_first() {
    let mut state = dark();
    lines(&mut state, 8..60, "web");
    keys(&mut state, "<Tab>g");
    let screen = screen(&state);
    assert!(
        screen.lines().nth(2).unwrap().contains("migrate ended"),
        "{screen}"
    );
}

#[test]
fn solo_shows_one_process_and_follows_the_selection() {
    let mut state = dark();
    keys(&mut state, "<Down><Down>s");
    assert!(screen(&state).contains("── api · following"));
    assert!(!screen(&state).contains("Local:"));
    keys(&mut state, "<Up>");
    assert!(screen(&state).contains("── group backend"));
    keys(&mut state, "1");
    assert!(screen(&state).contains("── web"));
    keys(&mut state, "1");
    assert!(screen(&state).contains("── all processes"));
    keys(&mut state, "9");
    assert!(screen(&state).contains("There is no process 9"));
    keys(&mut state, "30");
    assert_eq!(selected(&state), "worker");
    assert!(screen(&state).contains("── all processes"));
}

#[test]
fn much_output_does_not_displace_other_processes() {
    let mut state = dark();
    lines(&mut state, 8..60_000, "web");
    keys(&mut state, "<Down><Down>s");
    assert!(screen(&state).contains("no route to the database"));
}

#[test]
fn missing_lines_are_shown() {
    let mut state = dark();
    event(&mut state, Event::Log(log(8, "web", "next")));
    assert!(!screen(&state).contains("left out"));
    event(&mut state, Event::Log(log(5_009, "web", "much later")));
    assert!(
        screen(&state).contains("5000 lines left out here"),
        "{}",
        screen(&state)
    );
    event(
        &mut state,
        Event::Log(log(SEQ_GAP_AFTER_CRASH + 5_010, "web", "the next")),
    );
    assert!(screen(&state).contains("prox was killed here; its last lines may be lost"));
}

/// A project that wrote so many lines, of which the interface came to see the last 2,000.
fn late(count: u64) -> (State, Files) {
    let mut state = empty(80, 24, Theme::Dark);
    update(&mut state, Message::Snapshot(Box::new(shop())));
    let of = |seq| if seq % 1000 == 7 { "worker" } else { "web" };
    let all = (1..=count).map(|seq| log(seq, of(seq), &format!("line {seq}.")));
    let files = Files(all.collect());
    for line in files.0.iter().skip(files.0.len().saturating_sub(2_000)) {
        event(&mut state, Event::Log(line.clone()));
    }
    keys(&mut state, "<Tab>");
    (state, files)
}

/// The numbers of the lines on the screen.
fn numbers(state: &State) -> Vec<u64> {
    numbers_in(&screen(state))
}

fn numbers_in(screen: &str) -> Vec<u64> {
    let numbers = screen.lines().skip(2).filter_map(|line| {
        let (_, rest) = line.split_once("line ")?;
        rest.split_once('.')?.0.parse().ok()
    });
    numbers.collect()
}

#[test]
fn older_lines_come_from_the_log_files_and_newer_ones_again() {
    let (mut state, files) = late(24_000);
    let (width, height) = (80, 301);
    update(&mut state, Message::Resize(Size { width, height }));
    let mut seen = numbers(&state);
    while seen[0] > 1 {
        let effects = keys(&mut state, "<PgUp>");
        let now = numbers(&state);
        if files.answer(&mut state, effects) > 0 {
            assert_eq!(numbers(&state), now, "what comes moves nothing");
            assert!(state.logs.held() <= 20_000);
        }
        assert!(now[0] < seen[0] && now[now.len() - 1] + 1 >= seen[0]);
        seen = now;
    }
    assert_eq!(seen, (1..=298).collect::<Vec<_>>());
    assert!(keys(&mut state, "<PgUp>").is_empty());
    lines(&mut state, 24_001..24_010, "api");
    while !state.logs.is_following() {
        let effects = keys(&mut state, "<PgDn>");
        files.answer(&mut state, effects);
        let now = numbers(&state);
        assert!(now[0] <= seen[seen.len() - 1] + 1, "{seen:?} {now:?}");
        assert!(now.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{now:?}");
        assert!(state.logs.held() <= 20_000);
        seen = now;
    }
    assert!(screen(&state).contains("line 24009"));
}

#[test]
fn the_oldest_line_of_all_is_shown_first() {
    let (mut state, files) = late(30_000);
    let effects = keys(&mut state, "g");
    assert_eq!(files.answer(&mut state, effects), 1);
    assert_eq!(numbers(&state), (1..=21).collect::<Vec<_>>());
    assert!(screen(&state).contains("paused"));
    // Once it is there, nothing is read again.
    assert!(keys(&mut state, "g").is_empty());
    keys(&mut state, "G");
    assert!(screen(&state).contains("line 30000."));
}

#[test]
fn older_lines_of_a_filtered_solo_process_are_found() {
    let (mut state, files) = late(60_000);
    keys(&mut state, "fproc:worker<Enter>");
    assert_eq!(numbers(&state), [58_007, 59_007]);
    let effects = keys(&mut state, "<Up>");
    assert!(files.answer(&mut state, effects) > 3);
    let expected: Vec<u64> = (0..60).map(|each| each * 1000 + 7).collect();
    assert_eq!(numbers(&state), expected[60 - 21..]);
    keys(&mut state, "<Esc>f\"line 12.\"<Enter>");
    assert!(screen(&state).contains("PgUp looks at older ones"));
    let effects = keys(&mut state, "<PgUp>");
    files.answer(&mut state, effects);
    assert_eq!(numbers(&state), [12]);
}

#[test]
fn a_search_continues_in_the_log_files() {
    let (mut state, files) = late(60_000);
    let effects = keys(&mut state, "/line 777.<Enter>");
    assert!(
        screen(&state).contains("searching older lines"),
        "{}",
        screen(&state)
    );
    assert!(keys(&mut state, "n").is_empty());
    assert!(files.answer(&mut state, effects) > 5);
    assert!(state.logs.is_hit(777));
    assert!(numbers(&state).contains(&777));
    let effects = keys(&mut state, "n");
    files.answer(&mut state, effects);
    assert!(screen(&state).contains("No older line has it, of all that are kept"));
    assert!(numbers(&state).contains(&777));
    keys(&mut state, "/line 59990.<Enter>");
    let effects = keys(&mut state, "N");
    files.answer(&mut state, effects);
    assert!(state.logs.is_hit(59_990), "{}", screen(&state));
    let effects = keys(&mut state, "N");
    files.answer(&mut state, effects);
    assert!(screen(&state).contains("No newer line has it"));
}

#[test]
fn a_search_in_the_log_files_can_be_cancelled_or_fail() {
    let (mut state, files) = late(60_000);
    let place = numbers(&state);
    let effects = keys(&mut state, "/nowhere<Enter>");
    keys(&mut state, "<Esc>");
    assert_eq!(files.answer(&mut state, effects), 1);
    assert_eq!(numbers(&state), place);
    let [Effect::LoadPage(page_request)] = &keys(&mut state, "/nowhere<Enter>")[..] else {
        panic!()
    };
    let page = Err("the disk is gone".to_owned());
    update(
        &mut state,
        Message::Page {
            page_request: page_request.clone(),
            page,
        },
    );
    assert!(screen(&state).contains("The log files cannot be read: the disk is gone"));
    update(&mut state, Message::Lost("connection refused".to_owned()));
    assert!(keys(&mut state, "n").is_empty());
    assert!(screen(&state).contains("No older line has it, of those held here"));
}

#[test]
fn a_group_folds_and_its_members_keep_their_numbers() {
    let mut state = dark();
    keys(&mut state, "<Down> ");
    let folded = screen(&state);
    assert!(folded.contains("▸ backend"), "{folded}");
    assert!(folded.contains("✗ crashed"), "{folded}");
    assert!(!folded.contains(":4000"));
    assert!(folded.contains(" 4 migrate"), "{folded}");
    keys(&mut state, "3");
    assert_eq!(selected(&state), "worker");
}

#[test]
fn a_filter_is_applied_while_it_is_typed() {
    let mut state = dark();
    keys(&mut state, "fproc:api level:error");
    let screen_now = screen(&state);
    assert!(
        screen_now.contains("no route") && !screen_now.contains("listening"),
        "{screen_now}"
    );
    keys(&mut state, "<Enter>");
    assert_eq!(state.mode, Mode::Normal);
    assert!(screen(&state).contains("filter proc:api level:error"));
    keys(&mut state, "f<C-u>\"open");
    assert!(screen(&state).contains("a quotation mark is not closed"));
    keys(&mut state, "<Enter>");
    assert_ne!(state.mode, Mode::Normal);
    keys(&mut state, "<Esc>");
    assert!(screen(&state).contains("filter proc:api level:error"));
    keys(&mut state, "<Esc>");
    assert!(screen(&state).contains("Local:"));
}

#[test]
fn a_search_goes_to_older_and_newer_lines() {
    let mut state = dark();
    lines(&mut state, 8..500, "web");
    keys(&mut state, "/line 12<Enter>");
    assert!(screen(&state).contains("line 129"), "{}", screen(&state));
    keys(&mut state, "n");
    assert!(state.logs.is_hit(128));
    keys(&mut state, "NN");
    assert!(screen(&state).contains("No newer line has it"));
    keys(&mut state, "<Esc>");
    assert!(!screen(&state).contains("search line"));
    let effects = keys(&mut state, "/nowhere<Enter>");
    Files(Vec::new()).answer(&mut state, effects);
    assert!(screen(&state).contains("No older line has it"));
    keys(&mut state, "//(/");
    assert!(screen(&state).contains("this is not a regular expression"));
}

#[test]
fn marked_lines_are_copied_without_control_sequences() {
    let mut state = dark();
    keys(&mut state, "<Tab>vkkc");
    assert_eq!(
        keys(&mut state, "vc"),
        [Effect::Copy {
            text: "日本語のログ、幅の広い文字".to_owned(),
            what: "1 line".to_owned()
        }]
    );
    click(&mut state, 5, 3);
    mouse(&mut state, MouseEventKind::Drag(MouseButton::Left), 5, 4);
    let [Effect::Copy { text, what }] = &keys(&mut state, "c")[..] else {
        panic!()
    };
    assert_eq!(
        text,
        "  ➜  Local:   http://localhost:3000/\n{\"level\":\"info\",\"msg\":\"listening\",\"port\":4000}"
    );
    assert_eq!(what, "2 lines");
}

#[test]
fn processes_are_started_stopped_and_restarted() {
    let mut state = dark();
    assert_eq!(
        keys(&mut state, "r"),
        [Effect::Control(Verb::Restart, "web".to_owned())]
    );
    assert_eq!(
        keys(&mut state, "<Down>x"),
        [Effect::Control(Verb::Stop, "backend".to_owned())]
    );
    assert_eq!(
        keys(&mut state, "<Down><Down>u"),
        [Effect::Control(Verb::Start, "worker".to_owned())]
    );
    update(
        &mut state,
        Message::Failed("worker: \x1b[2Jit is blocked".to_owned()),
    );
    assert!(screen(&state).contains("worker: it is blocked"));
}

#[test]
fn lines_are_typed_to_a_process_until_escape() {
    let mut state = dark();
    assert!(keys(&mut state, "iq?r").is_empty());
    assert!(screen(&state).contains("web ‹ q?r"));
    let line = Effect::Write {
        process: "web".to_owned(),
        text: "q?r\n".to_owned(),
    };
    assert_eq!(keys(&mut state, "<Enter>"), [line]);
    let interrupt = Effect::Write {
        process: "web".to_owned(),
        text: "\u{3}".to_owned(),
    };
    assert_eq!(keys(&mut state, "<C-c>"), [interrupt]);
    keys(&mut state, "<Esc>");
    assert_eq!(state.mode, Mode::Normal);
    keys(&mut state, "3i");
    assert!(screen(&state).contains("worker is not running"));
}

#[test]
fn escape_and_a_key_typed_together_are_both_read() {
    let mut state = dark();
    keys(&mut state, "?<A-q>");
    assert!(screen(&state).contains("Stop 2 processes and quit?"));
    keys(&mut state, "n");
    keys(&mut state, "ihello<A-0>");
    assert_eq!(state.mode, Mode::Normal);
}

#[test]
fn the_interface_suspends_only_when_attached() {
    let mut state = dark();
    for before in ["", "?", "f", "i", "q"] {
        keys(&mut state, before);
        assert!(keys(&mut state, "<C-z>").is_empty());
        assert!(screen(&state).contains("would freeze the supervisor"));
        keys(&mut state, "<Esc>");
        state.notice = None;
    }
    state.role = super::state::Role::Attached;
    assert_eq!(keys(&mut state, "<C-z>"), [Effect::Suspend]);
    assert_eq!(keys(&mut state, "i<C-z>"), [Effect::Suspend]);
}

#[test]
fn quitting_asks_while_something_would_stop() {
    let mut state = dark();
    assert!(keys(&mut state, "q").is_empty());
    assert!(screen(&state).contains("Stop 2 processes and quit?"));
    assert!(keys(&mut state, "n").is_empty());
    assert!(screen(&state).contains("Everything goes on"));
    for again in ["<C-c>", "q", "y", "<Enter>"] {
        state.mode = Mode::Normal;
        assert!(keys(&mut state, "q").is_empty());
        assert_eq!(keys(&mut state, again), [Effect::Quit], "{again}");
    }
    for other in ["x", "r", "<Up>", "?"] {
        state.mode = Mode::Normal;
        assert!(keys(&mut state, "q").is_empty());
        assert!(keys(&mut state, other).is_empty());
        assert_eq!(state.mode, Mode::ConfirmQuit, "{other}");
    }
    let mut attached = dark();
    attached.role = super::state::Role::Attached;
    assert_eq!(keys(&mut attached, "q"), [Effect::Quit]);
}

#[test]
fn a_lost_connection_is_shown_and_quitting_still_works() {
    let mut state = dark();
    update(&mut state, Message::Lost("connection refused".to_owned()));
    let lost = screen(&state);
    assert!(
        lost.contains("✗ connection lost") && lost.contains("connection refused"),
        "{lost}"
    );
    assert_eq!(keys(&mut state, "q"), [Effect::Quit]);
    update(&mut state, Message::Snapshot(Box::new(shop())));
    assert!(screen(&state).contains("Connected again"));
}

fn another_run(state: &mut State, run: &str) {
    update(state, Message::Lost("connection refused".to_owned()));
    let snapshot = Snapshot {
        run: run.to_owned(),
        ..shop()
    };
    update(state, Message::Snapshot(Box::new(snapshot)));
}

#[test]
fn logs_continue_after_the_supervisor_restarts() {
    let mut state = dark();
    lines(&mut state, 8..50, "web");
    event(&mut state, Event::Request(request(13, 0)));
    another_run(&mut state, "two");
    assert!(screen(&state).contains("Connected to the prox that was started since"));
    event(&mut state, Event::Log(log(50, "web", "hello again")));
    let seen = screen(&state);
    assert!(
        seen.contains("hello again") && seen.contains("line 49") && !seen.contains("left out"),
        "{seen}"
    );
    // Of what waited for an answer, nothing more comes.
    keys(&mut state, "<Tab><Tab><Down>");
    assert!(!state.requests.selected().unwrap().in_flight);
}

#[test]
fn unwritten_lines_are_removed_when_numbers_are_reused() {
    let mut state = dark();
    lines(&mut state, 8..50, "web");
    another_run(&mut state, "two");
    event(&mut state, Event::Log(log(48, "web", "the next one")));
    let seen = screen(&state);
    assert!(
        seen.contains("line 47") && !seen.contains("line 48") && seen.contains("the next one"),
        "{seen}"
    );
    // Removed, they are counted from 1 again.
    another_run(&mut state, "three");
    event(&mut state, Event::Log(log(1, "web", "hello again")));
    event(&mut state, Event::Log(log(2, "web", "and again")));
    let seen = screen(&state);
    assert!(
        seen.contains("hello again") && seen.contains("and again") && !seen.contains("line 49"),
        "{seen}"
    );
}

#[test]
fn lines_repeated_after_a_reconnection_are_shown_once() {
    let mut state = dark();
    for line in shop_lines() {
        event(&mut state, Event::Log(line));
    }
    assert_eq!(screen(&state).matches("listening").count(), 1);
}

#[test]
fn a_removed_process_leaves_the_selection_near() {
    let mut state = dark();
    keys(&mut state, "<Down><Down><Down>");
    assert_eq!(selected(&state), "worker");
    let processes: Vec<ProcessView> = shop()
        .processes
        .into_iter()
        .filter(|view| view.name != "worker")
        .collect();
    update(
        &mut state,
        Message::Snapshot(Box::new(Snapshot {
            processes,
            ..shop()
        })),
    );
    assert_eq!(selected(&state), "migrate");
    assert!(event(&mut state, Event::Reloaded).is_empty());
    event(&mut state, Event::Reloaded);
    let second = || Message::Tick("2026-01-31T09:15:01Z".parse().unwrap());
    assert_eq!(update(&mut state, second()), [Effect::Refresh]);
    assert!(update(&mut state, second()).is_empty());
    event(&mut state, Event::ShuttingDown);
    assert_eq!(state.connection, Connection::Ending);
    update(&mut state, Message::Lost("connection refused".to_owned()));
    update(
        &mut state,
        Message::Tick("2026-01-31T09:16:00Z".parse().unwrap()),
    );
    assert!(screen(&state).contains("prox has ended; what it wrote"));
    state.role = super::state::Role::Attached;
    assert!(screen(&state).contains("When it is started again, it is shown here"));
}

#[test]
fn the_mouse_selects_scrolls_and_folds() {
    let mut state = dark();
    lines(&mut state, 8..200, "web");
    click(&mut state, 10, 4);
    assert_eq!(selected(&state), "api");
    click(&mut state, 1, 3);
    assert!(screen(&state).contains("▸ backend"));
    mouse(&mut state, MouseEventKind::ScrollUp, 10, 18);
    assert!(!state.logs.is_following());
    mouse(&mut state, MouseEventKind::ScrollDown, 10, 18);
    assert!(state.logs.is_following());
    click(&mut state, 20, 0);
    assert_eq!(state.tab, Tab::Requests);
    assert_eq!(keys(&mut state, "m"), [Effect::Mouse(false)]);
}

fn open_request(state: &mut State) {
    state.tab = Tab::Requests;
    keys(state, "<Down>");
    let [Effect::Detail(id)] = &keys(state, "<Enter>")[..] else {
        panic!()
    };
    let id = id.clone();
    let detail = Detail {
        lines: vec![
            DetailLine::Heading("Request".to_owned()),
            DetailLine::Header("host".to_owned(), "api.localhost".to_owned()),
            DetailLine::Header("x-long".to_owned(), "v".repeat(90)),
            DetailLine::Heading("Response".to_owned()),
            DetailLine::Text("{".to_owned()),
            DetailLine::Text("  \"a\": 1\x1b[2J".to_owned()),
            DetailLine::Text("}".to_owned()),
        ],
    };
    update(
        state,
        Message::Detail {
            id,
            detail: Ok(detail),
        },
    );
}

#[test]
fn a_request_opens_and_the_detail_follows_the_selection() {
    let mut state = dark();
    open_request(&mut state);
    let seen = screen(&state);
    assert!(
        seen.contains("host: api.localhost") && seen.contains("\"a\": 1"),
        "{seen}"
    );
    let next = keys(&mut state, "<Down>");
    assert_eq!(next, [Effect::Detail("00000000000b".to_owned())]);
    assert!(screen(&state).contains("Reading it"));
    let stale = Message::Detail {
        id: "00000000000c".to_owned(),
        detail: Err("late".to_owned()),
    };
    update(&mut state, stale);
    assert!(!screen(&state).contains("late"));
    keys(&mut state, "<Esc>");
    assert!(state.opened.is_none());
}

#[test]
fn a_request_is_copied_and_sent_again() {
    let mut state = dark();
    assert!(keys(&mut state, "<Tab><Tab>rc").is_empty());
    open_request(&mut state);
    let id = "00000000000c".to_owned();
    assert_eq!(keys(&mut state, "c"), [Effect::Curl(id.clone())]);
    let curl = Message::Curl {
        text: "curl x".to_owned(),
        missing: "cookie was not kept".to_owned(),
    };
    let what = "as curl, but cookie was not kept".to_owned();
    assert_eq!(
        update(&mut state, curl),
        [Effect::Copy {
            text: "curl x".to_owned(),
            what
        }]
    );
    let again = Effect::Replay(id.clone(), Box::default());
    assert_eq!(keys(&mut state, "r"), [again]);
    let above = vec![DetailLine::Heading("Sent again as 0e: 200".to_owned())];
    let view = Box::new(request(14, 200));
    update(
        &mut state,
        Message::Replayed {
            id: id.clone(),
            view,
            above,
        },
    );
    let seen = screen(&state);
    assert!(
        seen.contains("Sent again as 0e: 200") && seen.contains("URL · 13"),
        "{seen}"
    );
    assert_eq!(state.requests.selected().unwrap().id, id);
}

#[test]
fn a_request_is_edited_until_it_is_valid() {
    let mut state = dark();
    keys(&mut state, "<Tab><Tab><Down>");
    let id = "00000000000c".to_owned();
    assert_eq!(keys(&mut state, "e"), [Effect::Draft(id.clone())]);
    let detail = RequestDetail {
        view: request(12, 500),
        exchange: Some(Exchange::default()),
    };
    let [Effect::Edit(text)] = &update(&mut state, Message::Draft(Box::new(detail)))[..] else {
        panic!()
    };
    let wrong = text.replace("HTTP/1.1\n", "HTTP/1.1\nx-debug\n");
    assert!(update(&mut state, Message::Edited(Ok(wrong.clone()))).is_empty());
    let seen = screen(&state);
    assert!(
        seen.contains("Not sent: line 3: `x-debug` is not a header"),
        "{seen}"
    );
    assert_eq!(keys(&mut state, "e"), [Effect::Edit(wrong.clone())]);
    let right = wrong.replace("x-debug", "x-debug: 1");
    let [Effect::Replay(of, edits)] = &update(&mut state, Message::Edited(Ok(right)))[..] else {
        panic!()
    };
    assert_eq!((of, edits.headers.len()), (&id, 1));
    let view = Box::new(request(14, 200));
    let above = vec![DetailLine::Change("- status 500".to_owned())];
    let replayed = Message::Replayed {
        id: id.clone(),
        view,
        above,
    };
    assert_eq!(update(&mut state, replayed), [Effect::Detail(id.clone())]);
    let detail = Ok(Detail {
        lines: vec![DetailLine::Text("as it was".to_owned())],
    });
    update(
        &mut state,
        Message::Detail {
            id: id.clone(),
            detail,
        },
    );
    let seen = screen(&state);
    assert!(seen.contains("- status 500\nas it was"), "{seen}");
    // Sent, it begins from the request again.
    assert_eq!(keys(&mut state, "e"), [Effect::Draft(id)]);
    let why = "there is no editor `x`".to_owned();
    let detail = RequestDetail {
        view: request(12, 500),
        exchange: Some(Exchange::default()),
    };
    update(&mut state, Message::Draft(Box::new(detail)));
    update(&mut state, Message::Edited(Err(why)));
    assert!(screen(&state).contains("there is no editor `x`"));
}

#[test]
fn an_empty_list_explains_how_to_get_requests() {
    let mut state = empty(80, 24, Theme::Dark);
    let none = Snapshot {
        requests: Vec::new(),
        ..shop()
    };
    update(&mut state, Message::Snapshot(Box::new(none)));
    keys(&mut state, "<Tab><Tab>");
    assert!(screen(&state).contains("Try http://api.localhost:8080"));
    state.proxy.as_mut().unwrap().services.clear();
    assert!(screen(&state).contains("`services` in prox.yaml"));
    state.proxy = None;
    assert!(screen(&state).contains("The proxy is off"));
}

#[test]
fn addresses_are_shown_above_the_requests() {
    let mut state = dark();
    keys(&mut state, "<Tab><Tab>");
    // Where they do not fit beside the names of the columns, they have rows of their own.
    let own = "api.localhost:8080 · web.localhost:8080\n";
    for (width, height) in [(80, 24), (60, 15)] {
        (state.size.width, state.size.height) = (width, height);
        let seen = screen(&state);
        assert!(seen.contains(own) && seen.contains("URL · 12\n"), "{seen}");
    }
    state.size.width = 100;
    let both = "URL · 12 · api.localhost:8080 · web.localhost:8080\n";
    assert!(screen(&state).contains(both), "{}", screen(&state));
    state.size.width = 80;
    let services = (0..40).map(|number| format!("service-{number}"));
    state.proxy.as_mut().unwrap().services = services.collect();
    let seen = screen(&state);
    assert!(
        seen.contains("service-0.localhost:8080") && seen.contains(" more\n"),
        "{seen}"
    );
    update(&mut state, Message::Lost("gone".to_owned()));
    assert!(
        !screen(&state).contains("localhost:8080"),
        "nobody is there"
    );
}

#[test]
fn cut_lists_are_counted_and_long_texts_wrap() {
    let mut state = state(60, 15, Theme::Dark);
    for number in 0..30 {
        let name = format!("worker-with-a-name-{number}");
        event(&mut state, Event::Process(process(&name, Status::Running)));
    }
    assert!(screen(&state).contains("Name 1–5/36"), "{}", screen(&state));
    keys(&mut state, "<Down><Down><Down><Down><Down>");
    assert!(screen(&state).contains("Name 2–6/36"), "{}", screen(&state));
    keys(&mut state, "?");
    for line in super::view::help_lines(&state) {
        assert!(line.width() <= 60, "{line}");
    }
}

#[test]
fn wide_characters_leave_nothing_behind() {
    let mut state = dark();
    event(&mut state, Event::Log(log(8, "web", "x🇫🇷x")));
    let before = buffer(&state);
    let flag = before.content.iter().position(|cell| cell.symbol() == "🇫🇷");
    let (x, y) = before.pos_of(flag.unwrap());
    for seq in 9..40 {
        event(&mut state, Event::Log(log(seq, "web", "")));
    }
    let after = buffer(&state);
    assert_eq!(after.cell((x, y)).unwrap().symbol(), " ");
    let drawn = before.diff(&after);
    for x in [x, x + 1] {
        assert!(drawn.iter().any(|cell| (cell.0, cell.1) == (x, y)), "{x}");
    }
}

#[test]
fn cut_names_with_the_same_beginning_differ() {
    let mut state = dark();
    for (seq, name) in [(8, "the-billing-service-1"), (9, "the-billing-service-2")] {
        event(&mut state, Event::Process(process(name, Status::Running)));
        event(&mut state, Event::Log(log(seq, name, "hello")));
    }
    let screen = screen(&state);
    for name in ["the-bil…vice-1", "the-bil…vice-2", "the-bill…rvice-2"] {
        assert!(screen.contains(name), "{name}\n{screen}");
    }
}

#[test]
fn neighbouring_processes_have_different_colours() {
    let mut state = empty(80, 24, Theme::Dark);
    let names = ["cat", "api", "job", "web", "shop", "sick", "mail", "docs"];
    for (seq, name) in (8..).zip(names) {
        event(&mut state, Event::Process(process(name, Status::Running)));
        event(&mut state, Event::Log(log(seq, name, "")));
    }
    keys(&mut state, "<Tab>");
    let buffer = buffer(&state);
    let colour = |name: &str| {
        let shown: String = name.to_owned() + " ";
        let mut rows = buffer.content.chunks(80).rev();
        let named = rows.find(|row| {
            let text = row.iter().map(ratatui::buffer::Cell::symbol);
            text.collect::<String>().starts_with(&shown)
        });
        named.unwrap()[0].fg
    };
    let colours: std::collections::HashSet<_> = names.into_iter().map(colour).collect();
    assert_eq!(colours.len(), names.len());
}

#[test]
fn the_logs_of_a_process_show_why_it_failed() {
    let mut state = dark();
    event(
        &mut state,
        Event::Process(ProcessView {
            health: Some(Health::Unhealthy),
            reason: Some("answers 503 instead of 200".to_owned()),
            ..process("web", Status::Running)
        }),
    );
    assert!(!screen(&state).contains("answers 503"));
    keys(&mut state, "1");
    let seen = screen(&state);
    assert!(
        seen.contains("── web · following · answers 503 instead of 200 ──"),
        "{seen}"
    );
    state.size.width = 40;
    let seen = screen(&state);
    assert!(
        seen.contains("── web · following · answers 503 instea…"),
        "{seen}"
    );
}

#[test]
fn keys_without_effect_explain_why() {
    let mut state = empty(80, 24, Theme::Dark);
    event(&mut state, Event::Process(process("web", Status::Running)));
    for (typed, draw_notice) in [
        ("<Left>", "web is in no group"),
        ("c", "There are no lines to copy"),
        ("<Tab>l", "Lines are wrapped; w cuts them"),
        ("h", "Lines are wrapped; w cuts them"),
    ] {
        state.notice = None;
        keys(&mut state, typed);
        let seen = screen(&state);
        assert!(seen.contains(draw_notice), "{typed}: {seen}");
    }
}

#[test]
fn names_use_the_space_of_an_empty_column() {
    let mut state = empty(80, 24, Theme::Dark);
    let name = "the-billing-service-1";
    event(&mut state, Event::Process(process(name, Status::Running)));
    let seen = screen(&state);
    assert!(seen.contains(name) && !seen.contains("Health"), "{seen}");
}

#[test]
fn reason_is_shown_once_and_truncated_to_fit() {
    let mut state = dark();
    let crashed = |name: &str, reason: &str| {
        Event::Process(ProcessView {
            reason: Some(reason.to_owned()),
            restarts: 3,
            ..process(name, Status::Crashed)
        })
    };
    event(
        &mut state,
        crashed("a", "exited with code 3, after 3 restarts"),
    );
    event(&mut state, crashed("b", &"because ".repeat(20)));
    let screen = screen(&state);
    let row = |name: &str| {
        screen
            .lines()
            .find(|row| row.contains(&format!(" {name}  ")))
    };
    assert!(row("a").unwrap().ends_with("after 3 restarts"), "{screen}");
    assert!(row("b").unwrap().ends_with('…'), "{screen}");
}

#[test]
fn a_process_is_found_by_a_part_of_its_name() {
    let mut state = dark();
    keys(&mut state, "FORK");
    assert_eq!(selected(&state), "worker");
    keys(&mut state, "x");
    assert!(screen(&state).contains("No process has this in its name"));
    keys(&mut state, "<BS><Enter>");
    assert_eq!((selected(&state), &state.mode), ("worker", &Mode::Normal));
    keys(&mut state, "Fback<Esc>");
    assert_eq!(selected(&state), "worker");
    keys(&mut state, "<Left>F");
    keys(&mut state, "api<Enter>");
    assert_eq!(selected(&state), "api");
    keys(&mut state, "<Tab>Fweb<Enter>");
    assert!(screen(&state).contains("── web · following"));
}

#[test]
fn filter_errors_are_shown_beside_long_filters() {
    let mut state = dark();
    for (text, wrong) in [
        ("level:loud", "`loud` is not a level"),
        ("/(/", "`(` is not a regular expression: unclosed group"),
    ] {
        for begins in ["", "proc:web \"two words\" -health something-rather-long "] {
            keys(&mut state, &format!("f{begins}{text}"));
            let seen = screen(&state);
            assert!(seen.contains(wrong), "{seen}");
            keys(&mut state, "<Esc>");
        }
    }
    keys(&mut state, "fproc:wbe<Enter>");
    let seen = screen(&state);
    assert!(seen.contains("No process is called wbe"), "{seen}");
}

#[test]
fn a_request_without_response_shows_its_waiting_time() {
    let mut state = dark();
    keys(&mut state, "<Tab><Tab>");
    let waits = |state: &State| {
        let screen = screen(state);
        let row = screen.lines().find(|row| row.contains("/items/3?"));
        row.unwrap().to_owned()
    };
    assert!(
        waits(&state).contains("···    POST         57s"),
        "{}",
        waits(&state)
    );
    state.requests.end_run();
    assert!(!waits(&state).contains("57s"), "{}", waits(&state));
}

#[test]
fn a_long_url_is_cut_in_the_list_and_whole_in_the_details() {
    let mut state = dark();
    open_request(&mut state);
    let address = format!("/items?{}", "q".repeat(200));
    let id = state.opened.as_ref().unwrap().0.clone();
    let heading = |text: &str| DetailLine::Heading(text.to_owned());
    let mut lines = vec![heading(&format!("GET {address}END"))];
    lines.resize(40, heading("more"));
    let detail = Ok(Detail { lines });
    update(&mut state, Message::Detail { id, detail });
    event(
        &mut state,
        Event::Request(RequestView {
            url: address,
            ..request(12, 200)
        }),
    );
    let seen = screen(&state);
    let cut = seen
        .lines()
        .find(|row| row.contains("  api          /items?q"));
    assert!(cut.unwrap().ends_with("q…"), "{seen}");
    assert!(seen.contains("qEND"), "{seen}");
    assert!(seen.contains("00000000000c · 1–14 of 42"), "{seen}");
    assert!(
        seen.contains("Enter close  PgDn scroll  f filter"),
        "{seen}"
    );
    keys(&mut state, "<Enter>");
    assert!(screen(&state).contains("Enter detail  f filter"));
}

#[test]
fn help_scrolls_by_wheel_until_its_last_line() {
    let mut state = dark();
    keys(&mut state, "?");
    mouse(&mut state, MouseEventKind::ScrollDown, 5, 5);
    assert!(
        matches!(state.mode, Mode::Help { top: 3 }),
        "{:?}",
        state.mode
    );
    keys(&mut state, "<End>");
    let count = super::view::help_lines(&state).len();
    assert_eq!(state.mode, Mode::Help { top: count - 22 });
}

#[test]
fn requests_are_filtered_and_stay_where_they_are() {
    let mut state = dark();
    keys(&mut state, "<Tab><Tab>fstatus:5xx<Enter>");
    assert!(
        screen(&state).contains("3 of 12 · filter status:5xx"),
        "{}",
        screen(&state)
    );
    keys(&mut state, "<Esc><Down><Down><Down>");
    let before = screen(&state);
    let row = |text: &str| text.lines().position(|line| line.contains("/items/10?"));
    assert!(row(&before).is_some(), "{before}");
    (13..20).for_each(|number| {
        event(&mut state, Event::Request(request(number, 200)));
    });
    assert_eq!(row(&screen(&state)), row(&before));
}

#[test]
fn help_shows_every_key_there_is() {
    let mut state = dark();
    keys(&mut state, "?");
    state.size.width = 200;
    let all: String = super::view::help_lines(&state)
        .iter()
        .map(|line| format!("{line}\n"))
        .collect();
    for row in super::keys::BINDINGS {
        assert!(
            all.contains(row.help) && all.contains(&row.written()),
            "{}",
            row.help
        );
    }
    keys(&mut state, "<PgDn><PgDn><PgDn><PgDn><PgDn><PgDn><PgDn>");
    assert!(
        screen(&state).contains("Send it again"),
        "{}",
        screen(&state)
    );
    keys(&mut state, "q");
    assert_eq!(state.mode, Mode::Normal);
}

#[test]
fn long_lines_wrap_or_are_cut_and_scrolled() {
    let mut state = dark();
    keys(&mut state, "<Tab>");
    assert!(screen(&state).contains("enough to be wrapped") || screen(&state).contains("wrapped"));
    keys(&mut state, "w");
    assert!(!screen(&state).contains("wrapped"));
    keys(&mut state, "llllllllllll");
    assert!(screen(&state).contains("wrapped"));
}

/// The rows of the guide's table of keys.
fn table_of_keys() -> String {
    let rows = super::keys::BINDINGS.iter().map(|row| {
        let keys: Vec<String> = row
            .keys
            .iter()
            .map(|key| format!("`{}`", key.written()))
            .collect();
        let place = match row.place {
            KeyContext::Processes => "Processes",
            KeyContext::Logs => "Logs",
            KeyContext::Requests => "Requests",
            KeyContext::Lines => "Processes, logs",
            KeyContext::Everywhere => "Everywhere",
        };
        format!("| {place} | {} | {} |\n", keys.join(" "), row.help)
    });
    rows.collect()
}

#[test]
fn the_guide_shows_every_key_there_is() {
    let guide = include_str!("../../../../docs/prox.md");
    assert!(
        guide.contains(&table_of_keys()),
        "docs/prox.md should have:\n{}",
        table_of_keys()
    );
}
