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
use super::line::LineOptions;
use super::log_view::{LogView, PageRequest, Scope};
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

/// The tab that fills the screen.
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
    /// Typed lines go to a process.
    Write {
        process: String,
        input: Input,
    },
    /// Asks for confirmation before everything stops.
    ConfirmQuit,
}

impl Mode {
    /// Whether the mode uses the footer, so that a notice is shown above it.
    pub(crate) fn takes_footer(&self) -> bool {
        matches!(
            self,
            Self::Prompt { .. } | Self::Write { .. } | Self::ConfirmQuit
        )
    }
}

/// The purpose of the input in the footer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prompt {
    Filter,
    Search,
    Requests,
    /// A part of a process's name.
    Process,
}

/// The state of the connection to the supervisor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Connection {
    Connecting,
    Up,
    /// There is no connection, for this reason.
    Lost(String),
    /// The supervisor announced its end.
    Ending,
    /// The supervisor ended as announced.
    Ended,
}

/// A short message in the footer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) text: String,
    pub(crate) is_error: bool,
    /// The time at which it disappears.
    pub(crate) until: Timestamp,
}

/// A message to `update`.
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
    /// The connection was lost, for this reason.
    Lost(String),
    Detail {
        id: String,
        detail: Result<Detail, String>,
    },
    /// A page of the log files.
    Page {
        page_request: PageRequest,
        page: Result<LogPage, String>,
    },
    /// A request as a curl command, and what is missing in it.
    Curl {
        text: String,
        missing: String,
    },
    /// A captured request to edit.
    Draft(Box<RequestDetail>),
    /// The edited text, or the reason why there is none.
    Edited(Result<String, String>),
    /// A request was replayed: the new request, and the lines above the details of the old one.
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
    /// Loads a page of the log files.
    LoadPage(PageRequest),
    /// Replays a request with edits.
    Replay(String, Box<Edits>),
    /// Loads a captured request to edit.
    Draft(String),
    /// Gives a text to the editor.
    Edit(String),
    /// Makes a command of a request.
    Curl(String),
    /// Copies a text to the clipboard, and shows what was copied.
    Copy {
        text: String,
        what: String,
    },
    /// Turns mouse events on or off.
    Mouse(bool),
    /// Suspends this program until the shell resumes it.
    Suspend,
    /// Loads the state of all processes again.
    Refresh,
    Quit,
}

/// A command for a process.
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

/// The lines of a request and its response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Detail {
    pub(crate) lines: Vec<DetailLine>,
}

/// A line of a request's detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DetailLine {
    /// A line of a comparison: `+` was added, `-` was removed.
    Change(String),
    Heading(String),
    Header(String, String),
    Text(String),
}

/// The loading state of a request's details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DetailState {
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
    pub(crate) connection: Connection,
    pub(crate) run: String,
    /// Whether this run of the supervisor has sent no line yet.
    pub(crate) begins: bool,
    /// Whether the state of all processes must be loaded again.
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
    /// The domain and ports of the proxy.
    pub(crate) proxy: Option<ProxyView>,
    /// The id of the request whose details are open, with their state.
    pub(crate) opened: Option<(String, DetailState)>,
    pub(crate) detail_top: usize,
    /// The id of a replayed request, with the lines above its details.
    pub(crate) replayed: Option<(String, Vec<DetailLine>)>,
    /// The request that is being edited, until it is sent.
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
            connection: Connection::Connecting,
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

    /// The options of log lines.
    pub(crate) fn options(&self) -> LineOptions<'_> {
        LineOptions {
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

    /// The columns for the name of the process before each line.
    pub(crate) fn names(&self, scope: &Scope) -> usize {
        if matches!(scope, Scope::Process(_)) || self.size.width < 40 {
            return 0;
        }
        let names = self.table.views().iter().map(|view| view.name.width());
        let most = if self.size.width < 60 { 8 } else { 16 };
        names.max().unwrap_or(4).clamp(4, most)
    }

    /// The scope of the logs, by solo mode and selection.
    pub(crate) fn wanted_scope(&self) -> Scope {
        match self.table.selected().filter(|_| self.solo) {
            None => Scope::All,
            Some(RowId::Process(name)) => Scope::Process(name.clone()),
            Some(RowId::Group(name)) => Scope::Group(name.clone(), self.table.members(name)),
        }
    }

    pub(crate) fn notify(&mut self, text: impl Into<String>, is_error: bool) {
        let seconds = if is_error { 8 } else { 4 };
        let until = self.now + jiff::SignedDuration::from_secs(seconds);
        self.notice = Some(Notice {
            text: text.into(),
            is_error,
            until,
        });
    }

    pub(crate) fn take_line(&mut self, line: LogLine) {
        if std::mem::take(&mut self.begins) && line.seq <= self.buffers.last() {
            // The log files were deleted, and their sequence numbers are used again.
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
