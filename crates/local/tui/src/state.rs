//! The state of the interface. `update` changes it, `view` draws it.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

use super::buffer::Buffers;
use super::draft::Draft;
use super::input::Input;
use super::keys::KeyContext;
use super::layout::Size;
use super::line::Look;
use super::log_view::{LogView, Part, Scope};
use super::requests::Requests;
use super::table::{RowId, Table};
use super::theme::Theme;
use prox_capture::RequestDetail;
use prox_control::api_types::{LogPage, ProxyView};
use prox_events::{Event, LogLine, ProcessView, RequestView, Stream};
use prox_logs::SEQ_GAP_AFTER_CRASH;
use prox_proxy::replay::Edits;

/// Whether this program runs the supervisor, or is attached to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// This command runs the supervisor, which ends with the interface.
    Foreground,
    /// A supervisor that keeps running without the interface.
    Attached,
}

/// Which part fills the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    Processes,
    Logs,
    Requests,
}

impl Tab {
    pub(crate) const ALL: [Self; 3] = [Self::Processes, Self::Logs, Self::Requests];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Processes => "Processes",
            Self::Logs => "Logs",
            Self::Requests => "Requests",
        }
    }

    pub(crate) fn place(self) -> KeyContext {
        match self {
            Self::Processes => KeyContext::Processes,
            Self::Logs => KeyContext::Logs,
            Self::Requests => KeyContext::Requests,
        }
    }

    pub(crate) fn moved(self, by: usize) -> Self {
        let at = Self::ALL.iter().position(|tab| *tab == self).unwrap_or(0);
        Self::ALL
            .get((at + by) % Self::ALL.len())
            .copied()
            .unwrap_or(self)
    }
}

/// The current mode of the keyboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Normal,
    Help {
        top: usize,
    },
    Prompt {
        kind: Prompt,
        input: Input,
        before: String,
        wrong: Option<String>,
    },
    /// Lines go to a process.
    Write {
        process: String,
        input: Input,
    },
    /// Asks before everything stops.
    ConfirmQuit,
}

impl Mode {
    /// Whether the last line is taken, so that a notice is shown above it.
    pub(crate) fn takes_footer(&self) -> bool {
        matches!(
            self,
            Self::Prompt { .. } | Self::Write { .. } | Self::ConfirmQuit
        )
    }
}

/// What the input in the last line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prompt {
    Filter,
    Search,
    Requests,
    /// A part of a process's name.
    Process,
}

/// Whether the supervisor answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    Connecting,
    Up,
    /// Why not.
    Lost(String),
    /// It said that it ends.
    Ending,
    /// It ended as it said.
    Ended,
}

/// A short message in the last line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) text: String,
    pub(crate) bad: bool,
    /// When it goes.
    pub(crate) until: Timestamp,
}

/// What happened.
#[derive(Debug)]
pub(crate) enum Message {
    Key(crossterm::event::KeyEvent),
    Mouse(crossterm::event::MouseEvent),
    Paste(String),
    Resize(Size),
    /// A second passed.
    Tick(Timestamp),
    Event(Event),
    Snapshot(Box<Snapshot>),
    /// The supervisor does not answer: why.
    Lost(String),
    Detail {
        id: String,
        detail: Result<Detail, String>,
    },
    /// A part of the log files.
    Part {
        part: Part,
        page: Result<LogPage, String>,
    },
    /// A request as a command, and what it lacks.
    Curl {
        text: String,
        missing: String,
    },
    /// A request that is to be edited.
    Draft(Box<RequestDetail>),
    /// The edited text, or why there is none.
    Edited(Result<String, String>),
    /// A request was sent again: the new one, and what is said above the old one's detail.
    Replayed {
        id: String,
        view: Box<RequestView>,
        above: Vec<DetailLine>,
    },
    /// An action did what it should.
    Done(String),
    /// An action failed.
    Failed(String),
}

/// Everything there is at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshot {
    /// Tells one run of a supervisor from the next.
    pub(crate) run: String,
    pub(crate) processes: Vec<ProcessView>,
    pub(crate) requests: Vec<RequestView>,
    pub(crate) proxy: Option<ProxyView>,
}

/// A side effect, for the caller of `update` to carry out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Control(Verb, String),
    Write {
        process: String,
        text: String,
    },
    Detail(String),
    /// Reads a part of the log files.
    Part(Part),
    /// Sends a request again, with what is to be different.
    Replay(String, Box<Edits>),
    /// Reads a request that is to be edited.
    Draft(String),
    /// Gives a text to the editor.
    Edit(String),
    /// Makes a command of a request.
    Curl(String),
    /// Puts a text into the clipboard, and says what it is.
    Copy {
        text: String,
        what: String,
    },
    /// Whether mouse events come here.
    Mouse(bool),
    /// Suspends this program until the shell resumes it.
    Suspend,
    /// Reads everything again.
    Refresh,
    Quit,
}

/// What can be done with a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Start,
    Stop,
    Restart,
}

impl Verb {
    /// The past tense of the command, for messages.
    pub(crate) fn done(self) -> &'static str {
        match self {
            Self::Start => "started",
            Self::Stop => "stopped",
            Self::Restart => "restarted",
        }
    }
}

/// The text of a request and its answer, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Detail {
    pub(crate) lines: Vec<DetailLine>,
}

/// A line of a request's detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DetailLine {
    /// Of a comparison: `+` came, `-` went.
    Change(String),
    Heading(String),
    Header(String, String),
    Text(String),
}

/// The loading state of a request's details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    Loading,
    Here(Detail),
    Failed(String),
}

/// The whole state of the interface: data from the supervisor, and what the user selected.
pub(crate) struct State {
    pub(crate) size: Size,
    pub(crate) now: Timestamp,
    pub(crate) zone: TimeZone,
    pub(crate) theme: Theme,
    pub(crate) role: Role,
    pub(crate) project: String,
    pub(crate) link: Link,
    pub(crate) run: String,
    /// Whether no line has come of this run.
    pub(crate) begins: bool,
    /// Whether everything has to be read again.
    pub(crate) stale: bool,
    pub(crate) tab: Tab,
    pub(crate) mode: Mode,
    pub(crate) mouse: bool,
    pub(crate) notice: Option<Notice>,
    pub(crate) table: Table,
    pub(crate) buffers: Buffers,
    pub(crate) logs: LogView,
    /// Whether only the selected row's lines are shown.
    pub(crate) solo: bool,
    pub(crate) requests: Requests,
    /// Where requests come in.
    pub(crate) proxy: Option<ProxyView>,
    /// The request whose detail is open, and how far it is scrolled.
    pub(crate) opened: Option<(String, Opened)>,
    pub(crate) detail_top: usize,
    /// What came of sending a request again, above its detail.
    pub(crate) replayed: Option<(String, Vec<DetailLine>)>,
    /// The request that is edited, until it is sent.
    pub(crate) draft: Option<Draft>,
}

impl State {
    pub(crate) fn new(
        project: String,
        role: Role,
        theme: Theme,
        size: Size,
        zone: TimeZone,
    ) -> Self {
        Self {
            size,
            now: Timestamp::UNIX_EPOCH,
            zone,
            theme,
            role,
            project,
            link: Link::Connecting,
            run: String::new(),
            begins: false,
            stale: false,
            tab: Tab::Processes,
            mode: Mode::Normal,
            mouse: true,
            notice: None,
            table: Table::default(),
            buffers: Buffers::default(),
            logs: LogView::default(),
            solo: false,
            requests: Requests::default(),
            proxy: None,
            opened: None,
            detail_top: 0,
            replayed: None,
            draft: None,
        }
    }

    /// What the lines of the log look like.
    pub(crate) fn look(&self) -> Look<'_> {
        Look {
            theme: self.theme,
            zone: &self.zone,
            table: &self.table,
            names: self.names(&self.logs.scope),
            times: self.logs.times,
            wrap: self.logs.wrap,
            left: self.logs.left,
            search: self.logs.search().map(|search| &search.pattern),
        }
    }

    /// The columns for a process's name before each line.
    pub(crate) fn names(&self, scope: &Scope) -> usize {
        if matches!(scope, Scope::Process(_)) || self.size.width < 40 {
            return 0;
        }
        let names = self.table.views().iter().map(|view| view.name.width());
        let most = if self.size.width < 60 { 8 } else { 16 };
        names.max().unwrap_or(4).clamp(4, most)
    }

    /// The scope that solo and the selection ask for.
    pub(crate) fn wanted_scope(&self) -> Scope {
        match self.table.selected().filter(|_| self.solo) {
            None => Scope::All,
            Some(RowId::Process(name)) => Scope::Process(name.clone()),
            Some(RowId::Group(name)) => Scope::Group(name.clone(), self.table.members(name)),
        }
    }

    pub(crate) fn say(&mut self, text: impl Into<String>, bad: bool) {
        let seconds = if bad { 8 } else { 4 };
        let until = self.now + jiff::SignedDuration::from_secs(seconds);
        self.notice = Some(Notice {
            text: text.into(),
            bad,
            until,
        });
    }

    pub(crate) fn take_line(&mut self, line: LogLine) {
        if std::mem::take(&mut self.begins) && line.seq <= self.buffers.last() {
            // Somebody removed the files: their numbers are those of other lines now.
            self.buffers.forget_from(line.seq);
            self.logs.forget_from(line.seq);
        }
        let last = self.buffers.last();
        let missing = line.seq.saturating_sub(last + 1);
        if last > 0 && missing > 0 {
            self.push(LogLine {
                seq: line.seq - 1,
                timestamp: line.timestamp.clone(),
                process: "prox".to_owned(),
                stream: Stream::System,
                line: match missing {
                    1 => "1 line left out here; the log files have it".to_owned(),
                    SEQ_GAP_AFTER_CRASH.. => {
                        "prox was killed here; its last lines may be lost".to_owned()
                    }
                    _ => format!("{missing} lines left out here; the log files have them"),
                },
                probe: false,
            });
        }
        self.push(line);
    }

    fn push(&mut self, line: LogLine) {
        let line = Arc::new(line);
        if self.buffers.push(&line) {
            self.logs.push(&line);
        }
    }
}
