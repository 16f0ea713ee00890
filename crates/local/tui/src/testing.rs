//! Test helpers: a sample project, key presses, and a screen that can be read.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::Color;

use super::layout::Size;
use super::log_view::{Direction, PageRequest};
use super::state::{Effect, Message, Role, Snapshot, State};
use super::theme::Theme;
use super::update::update;
use super::view::draw;
use prox_control::api_types::{LogPage, ProxyView};
use prox_events::{Event, Health, Kind, LogLine, ProcessView, RequestView, Status, Stream};
use prox_logs::Filter;

pub(super) const NOW: &str = "2026-01-31T09:15:00Z";

pub(super) fn process(name: &str, status: Status) -> ProcessView {
    let runs = status == Status::Running;
    ProcessView {
        name: name.to_owned(),
        kind: Kind::Process,
        status,
        health: None,
        reason: None,
        pid: runs.then_some(4711),
        exit_code: None,
        signal: None,
        started_at: runs.then(|| "2026-01-31T07:10:00Z".to_owned()),
        restarts: 0,
        cpu_percent: runs.then_some(1.5),
        memory_bytes: runs.then_some(84_000_000),
        ports: Vec::new(),
        groups: Vec::new(),
    }
}

pub(super) fn log(seq: u64, process: &str, line: &str) -> LogLine {
    let stream = if process == "prox" {
        Stream::System
    } else {
        Stream::Stdout
    };
    let timestamp = format!("2026-01-31T09:14:{:02}.000000Z", seq % 60);
    LogLine {
        seq,
        timestamp,
        process: process.to_owned(),
        stream,
        line: line.to_owned(),
        probe: false,
    }
}

pub(super) fn request(number: u16, status_code: u16) -> RequestView {
    RequestView {
        id: format!("{number:012x}"),
        timestamp: format!("2026-01-31T09:14:{:02}.000000Z", number % 60),
        method: if number.is_multiple_of(3) {
            "POST"
        } else {
            "GET"
        }
        .to_owned(),
        url: format!("/items/{number}?page=2"),
        subdomain: "api".to_owned(),
        hostname: "api.localhost".to_owned(),
        status_code,
        duration_ms: f64::from(number) * 1.5,
        remote_addr: "127.0.0.1:50000".to_owned(),
        in_flight: status_code == 0,
    }
}

/// A sample project: two processes in a group, one without, a task and a dependency.
pub(super) fn shop() -> Snapshot {
    let grouped = |view: ProcessView| ProcessView {
        groups: vec!["backend".to_owned()],
        ..view
    };
    let processes = vec![
        ProcessView {
            health: Some(Health::Healthy),
            ports: vec![3000],
            ..process("web", Status::Running)
        },
        grouped(ProcessView {
            health: Some(Health::Unhealthy),
            restarts: 2,
            cpu_percent: Some(101.0),
            memory_bytes: Some(1_250_000_000),
            ports: vec![4000, 4001],
            ..process("api", Status::Running)
        }),
        grouped(ProcessView {
            exit_code: Some(1),
            reason: Some("exited with code 1; starts again in 4 s".to_owned()),
            restarts: 3,
            ..process("worker", Status::Crashed)
        }),
        ProcessView {
            kind: Kind::Task,
            exit_code: Some(0),
            ..process("migrate", Status::Completed)
        },
        ProcessView {
            kind: Kind::Dependency,
            health: Some(Health::Healthy),
            pid: None,
            cpu_percent: None,
            memory_bytes: None,
            ..process("postgres", Status::Running)
        },
    ];
    let requests = (1..=12)
        .map(|number| request(number, [200, 404, 500, 0, 301][usize::from(number % 5)]))
        .collect();
    Snapshot {
        run: "one".to_owned(),
        processes,
        requests,
        proxy: Some(ProxyView {
            domain: "localhost".to_owned(),
            http_port: Some(8080),
            https_port: None,
            services: vec!["api".to_owned(), "web".to_owned()],
        }),
    }
}

/// The output of the sample project.
pub(super) fn shop_lines() -> Vec<LogLine> {
    vec![
        log(1, "prox", "migrate ended with exit code 0"),
        log(
            2,
            "web",
            "  \x1b[32m➜\x1b[0m  Local:   \x1b[36mhttp://localhost:3000/\x1b[0m",
        ),
        log(
            3,
            "api",
            r#"{"level":"info","msg":"listening","port":4000}"#,
        ),
        log(
            4,
            "api",
            r#"{"level":"error","msg":"no route to the database","tries":3}"#,
        ),
        log(5, "worker", "WARN queue is 80 % full"),
        LogLine {
            stream: Stream::Stderr,
            ..log(
                6,
                "worker",
                "thread 'main' panicked at src/queue.rs:41:9: the queue is full and nobody empties it; this line is long enough to be wrapped",
            )
        },
        log(7, "web", "日本語のログ、幅の広い文字"),
    ]
}

pub(super) fn empty(width: u16, height: u16, theme: Theme) -> State {
    let mut state = State::new(
        "shop".to_owned(),
        Role::Foreground,
        theme,
        Size { width, height },
        TimeZone::UTC,
    );
    state.now = NOW.parse().unwrap();
    state
}

pub(super) fn state(width: u16, height: u16, theme: Theme) -> State {
    let mut state = empty(width, height, theme);
    update(&mut state, Message::Snapshot(Box::new(shop())));
    for line in shop_lines() {
        update(&mut state, Message::Event(Event::Log(line)));
    }
    state
}

/// Types keys: plain characters, and others in angle brackets such as `<Enter>` and `<C-c>`.
pub(super) fn keys(state: &mut State, text: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (key, after) = match rest
            .strip_prefix('<')
            .and_then(|inner| inner.split_once('>'))
        {
            Some((name, after)) => (named(name), after),
            None => (
                KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE),
                rest.get(c.len_utf8()..).unwrap(),
            ),
        };
        effects.extend(update(state, Message::Key(key)));
        rest = after;
    }
    effects
}

fn named(name: &str) -> KeyEvent {
    if let Some(c) = name.strip_prefix("C-") {
        return KeyEvent::new(
            KeyCode::Char(c.chars().next().unwrap()),
            KeyModifiers::CONTROL,
        );
    }
    if let Some(c) = name.strip_prefix("A-") {
        return KeyEvent::new(KeyCode::Char(c.chars().next().unwrap()), KeyModifiers::ALT);
    }
    let code = match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Tab" => KeyCode::Tab,
        "Left" => KeyCode::Left,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "PgUp" => KeyCode::PageUp,
        "PgDn" => KeyCode::PageDown,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "BS" => KeyCode::Backspace,
        other => panic!("no key {other}"),
    };
    KeyEvent::new(code, KeyModifiers::NONE)
}

pub(super) fn mouse(state: &mut State, kind: MouseEventKind, column: u16, row: u16) -> Vec<Effect> {
    let event = MouseEvent {
        kind,
        column,
        row,
        modifiers: KeyModifiers::NONE,
    };
    update(state, Message::Mouse(event))
}

pub(super) fn click(state: &mut State, column: u16, row: u16) -> Vec<Effect> {
    mouse(state, MouseEventKind::Down(MouseButton::Left), column, row)
}

pub(super) fn lines(state: &mut State, range: std::ops::Range<u64>, process: &str) {
    for seq in range {
        let line = log(seq, process, &format!("line {seq}"));
        update(state, Message::Event(Event::Log(line)));
    }
}

/// The log files of a project, from which pages are loaded.
pub(super) struct Files(pub(super) Vec<LogLine>);

impl Files {
    /// Executes all effects that load pages, until there are none. Returns their number.
    pub(super) fn answer(&self, state: &mut State, effects: Vec<Effect>) -> usize {
        let mut asked = 0;
        let mut effects = effects;
        while let Some(effect) = effects.pop() {
            if let Effect::LoadPage(page_request) = effect {
                let page = Ok(self.page(&page_request));
                effects.extend(update(state, Message::Page { page_request, page }));
                asked += 1;
            }
        }
        asked
    }

    fn page(&self, page_request: &PageRequest) -> LogPage {
        let filter: Filter = page_request.filter.parse().unwrap();
        let filter = filter.also(Filter::default().processes(page_request.processes.clone()));
        let (before, after) = match page_request.direction {
            Direction::Older => (page_request.from, 0),
            Direction::Newer => (u64::MAX, page_request.from),
        };
        let wanted = |line: &&LogLine| line.seq < before && line.seq > after;
        let looked_at = self.0.iter().filter(wanted);
        // The supervisor also searches a bounded number of lines.
        let give_up = 3 * page_request.limit();
        let looked_at: Vec<&LogLine> = match page_request.direction {
            Direction::Older => looked_at.rev().take(give_up).collect(),
            Direction::Newer => looked_at.take(give_up).collect(),
        };
        let matching = looked_at.iter().filter(|line| filter.matches(line));
        let mut lines: Vec<LogLine> = matching.map(|line| (*line).clone()).collect();
        let more = looked_at.len() == give_up || lines.len() > page_request.limit();
        lines.truncate(page_request.limit());
        let last = if lines.len() == page_request.limit() {
            lines.last()
        } else {
            looked_at.last().copied()
        };
        let reached = last.map_or(page_request.from, |line| line.seq);
        let time = last.map(|line| line.timestamp.clone());
        lines.sort_by_key(|line| line.seq);
        LogPage {
            lines,
            reached,
            time,
            end: !more,
        }
    }
}

pub(super) fn buffer(state: &State) -> Buffer {
    let backend = TestBackend::new(state.size.width, state.size.height);
    let mut terminal = Terminal::new(backend).unwrap();
    let frame = terminal.draw(|frame| draw(state, frame)).unwrap();
    frame.buffer.clone()
}

/// The screen's text.
pub(super) fn screen(state: &State) -> String {
    let buffer = buffer(state);
    let width = usize::from(buffer.area.width).max(1);
    let mut text = String::new();
    for row in buffer.content.chunks(width) {
        let mut skip = 0;
        let mut line = String::new();
        for cell in row {
            if skip == 0 {
                line.push_str(cell.symbol());
                skip = unicode_width::UnicodeWidthStr::width(cell.symbol());
            }
            skip = skip.saturating_sub(1);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The styles of the screen: a letter for each cell, and the meaning of the letters.
pub(super) fn styles(state: &State) -> String {
    let buffer = buffer(state);
    let mut letters: BTreeMap<String, char> = BTreeMap::new();
    let mut names = Vec::new();
    let mut text = String::new();
    for row in buffer.content.chunks(usize::from(buffer.area.width).max(1)) {
        let mut line = String::new();
        for cell in row {
            let coloured = cell.fg != Color::Reset || cell.bg != Color::Reset;
            if !coloured && cell.modifier.is_empty() {
                line.push('.');
                continue;
            }
            let name = format!("fg {:?} bg {:?} {:?}", cell.fg, cell.bg, cell.modifier);
            let next = char::from(b'a' + u8::try_from(letters.len()).unwrap());
            let letter = *letters.entry(name.clone()).or_insert_with(|| {
                names.push(format!("{next} {name}"));
                next
            });
            line.push(letter);
        }
        text.push_str(line.trim_end_matches('.'));
        text.push('\n');
    }
    let _ = write!(text, "\n{}", names.join("\n"));
    text
}
