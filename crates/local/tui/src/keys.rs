//! The table of key bindings, for the interface and for its help.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A command of the user, bound to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Help,
    Quit,
    NextView,
    PreviousView,
    Theme,
    Mouse,
    Suspend,
    Back,
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    Open,
    Fold,
    Solo,
    SoloNumber,
    Everything,
    Start,
    Stop,
    Restart,
    Write,
    Filter,
    Search,
    Find,
    NextHit,
    PreviousHit,
    Pause,
    Wrap,
    Times,
    Left,
    Right,
    Mark,
    Copy,
    Curl,
    Replay,
    Edit,
}

/// The part of the interface in which a binding is active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyContext {
    Processes,
    Logs,
    Requests,
    /// The processes and the logs.
    Lines,
    Everywhere,
}

/// A key of the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Char(char),
    Ctrl(char),
    Code(KeyCode),
    /// A digit from 1 to 9.
    Digit,
}

/// A key binding.
pub(crate) struct Binding {
    pub(crate) place: KeyContext,
    pub(crate) keys: &'static [Key],
    pub(crate) action: Action,
    /// A few words for the footer; empty when it is not shown there.
    pub(crate) hint: &'static str,
    /// A sentence for the help.
    pub(crate) help: &'static str,
}

const fn row(
    place: KeyContext,
    keys: &'static [Key],
    action: Action,
    hint: &'static str,
    help: &'static str,
) -> Binding {
    Binding {
        place,
        keys,
        action,
        hint,
        help,
    }
}

use Key::{Char, Code, Ctrl, Digit};
use KeyContext::{Everywhere, Lines, Logs, Processes, Requests};

/// All key bindings, by context.
pub(crate) const BINDINGS: &[Binding] = &[
    row(
        Processes,
        &[Code(KeyCode::Up), Char('k')],
        Action::Up,
        "",
        "Select the row above",
    ),
    row(
        Processes,
        &[Code(KeyCode::Down), Char('j')],
        Action::Down,
        "",
        "Select the row below",
    ),
    row(
        Processes,
        &[Code(KeyCode::Enter)],
        Action::Open,
        "logs",
        "Show its logs on the whole screen",
    ),
    row(
        Processes,
        &[Char(' '), Code(KeyCode::Left), Code(KeyCode::Right)],
        Action::Fold,
        "",
        "Fold or unfold the group",
    ),
    row(
        Processes,
        &[Char('r')],
        Action::Restart,
        "restart",
        "Restart the process or the group",
    ),
    row(
        Processes,
        &[Char('x')],
        Action::Stop,
        "stop",
        "Stop the process or the group",
    ),
    row(
        Processes,
        &[Char('u')],
        Action::Start,
        "start",
        "Start the process or the group",
    ),
    row(
        Logs,
        &[Code(KeyCode::Up), Char('k')],
        Action::Up,
        "",
        "Scroll up one line",
    ),
    row(
        Logs,
        &[Code(KeyCode::Down), Char('j')],
        Action::Down,
        "",
        "Scroll down one line",
    ),
    row(
        Logs,
        &[Char(' ')],
        Action::Pause,
        "pause",
        "Pause, or follow again",
    ),
    row(
        Logs,
        &[Char('v')],
        Action::Mark,
        "",
        "Mark lines: then up, down and c",
    ),
    row(
        Logs,
        &[Code(KeyCode::Left), Char('h')],
        Action::Left,
        "",
        "Scroll left, when lines are not wrapped",
    ),
    row(
        Logs,
        &[Code(KeyCode::Right), Char('l')],
        Action::Right,
        "",
        "Scroll right, when lines are not wrapped",
    ),
    row(
        Requests,
        &[Code(KeyCode::Up), Char('k')],
        Action::Up,
        "",
        "Select the request above; above the first: follow",
    ),
    row(
        Requests,
        &[Code(KeyCode::Down), Char('j')],
        Action::Down,
        "",
        "Select the request below",
    ),
    row(
        Requests,
        &[Code(KeyCode::Enter)],
        Action::Open,
        "detail",
        "Show headers and bodies",
    ),
    row(
        Requests,
        &[Code(KeyCode::PageUp), Ctrl('u')],
        Action::PageUp,
        "",
        "One page up",
    ),
    row(
        Requests,
        &[Code(KeyCode::PageDown), Ctrl('d')],
        Action::PageDown,
        "scroll",
        "One page down",
    ),
    row(
        Requests,
        &[Code(KeyCode::Home), Char('g')],
        Action::First,
        "",
        "To the newest, and follow",
    ),
    row(
        Requests,
        &[Code(KeyCode::End), Char('G')],
        Action::Last,
        "",
        "To the oldest",
    ),
    row(
        Requests,
        &[Char('f'), Char('/')],
        Action::Filter,
        "filter",
        "Filter: service:web method:post status:5xx -health /regex/",
    ),
    row(
        Requests,
        &[Char('c')],
        Action::Curl,
        "curl",
        "Copy as a curl command",
    ),
    row(
        Requests,
        &[Char('r')],
        Action::Replay,
        "replay",
        "Send it again, and compare the answers",
    ),
    row(
        Requests,
        &[Char('e')],
        Action::Edit,
        "edit",
        "Edit it in $VISUAL or $EDITOR, send it, and compare the answers",
    ),
    row(
        Lines,
        &[Char('p')],
        Action::Pause,
        "",
        "Pause, or follow again",
    ),
    row(
        Lines,
        &[Char('s')],
        Action::Solo,
        "solo",
        "Show only the logs of the selected row, or of all again",
    ),
    row(
        Lines,
        &[Digit],
        Action::SoloNumber,
        "",
        "Show only the logs of the process with that number",
    ),
    row(
        Lines,
        &[Char('0')],
        Action::Everything,
        "",
        "Show the logs of all processes",
    ),
    row(
        Lines,
        &[Char('F')],
        Action::Find,
        "",
        "Find a process or a group by a part of its name",
    ),
    row(
        Lines,
        &[Char('f')],
        Action::Filter,
        "filter",
        "Filter: proc:api level:error -health \"two words\" /regex/",
    ),
    row(
        Lines,
        &[Char('/')],
        Action::Search,
        "search",
        "Search in the logs shown, back to the first that is kept",
    ),
    row(
        Lines,
        &[Char('n')],
        Action::NextHit,
        "",
        "The next older line that was searched for",
    ),
    row(
        Lines,
        &[Char('N')],
        Action::PreviousHit,
        "",
        "The next newer line that was searched for",
    ),
    row(
        Lines,
        &[Code(KeyCode::PageUp), Ctrl('u')],
        Action::PageUp,
        "",
        "Scroll the logs up one page",
    ),
    row(
        Lines,
        &[Code(KeyCode::PageDown), Ctrl('d')],
        Action::PageDown,
        "",
        "Scroll the logs down one page",
    ),
    row(
        Lines,
        &[Code(KeyCode::Home), Char('g')],
        Action::First,
        "",
        "To the oldest line that is kept",
    ),
    row(
        Lines,
        &[Code(KeyCode::End), Char('G')],
        Action::Last,
        "",
        "To the newest line, and follow",
    ),
    row(
        Lines,
        &[Char('w')],
        Action::Wrap,
        "",
        "Wrap long lines, or cut them",
    ),
    row(
        Lines,
        &[Char('t')],
        Action::Times,
        "",
        "Show the time of each line, or hide it",
    ),
    row(
        Lines,
        &[Char('c')],
        Action::Copy,
        "",
        "Copy the marked lines; without a mark, those on the screen",
    ),
    row(
        Lines,
        &[Char('i')],
        Action::Write,
        "input",
        "Type to the selected process; Esc ends it",
    ),
    row(
        Everywhere,
        &[Code(KeyCode::Tab)],
        Action::NextView,
        "view",
        "The next view: processes, logs, requests",
    ),
    row(
        Everywhere,
        &[Code(KeyCode::BackTab)],
        Action::PreviousView,
        "",
        "The view before",
    ),
    row(
        Everywhere,
        &[Code(KeyCode::Esc)],
        Action::Back,
        "",
        "Clear the mark, the search, then the filter; else go back",
    ),
    row(
        Everywhere,
        &[Char('T')],
        Action::Theme,
        "",
        "The next theme: dark, light, contrast, mono",
    ),
    row(
        Everywhere,
        &[Char('m')],
        Action::Mouse,
        "",
        "Give the mouse to the terminal, or take it back",
    ),
    row(
        Everywhere,
        &[Ctrl('z')],
        Action::Suspend,
        "",
        "Suspend prox attach --tui; the shell's fg brings it back",
    ),
    row(
        Everywhere,
        &[Char('?')],
        Action::Help,
        "help",
        "Show or hide this help",
    ),
    row(
        Everywhere,
        &[Char('q'), Ctrl('c')],
        Action::Quit,
        "quit",
        "Quit; a second time does not ask",
    ),
];

/// The contexts whose bindings are active in a context, its own first.
pub(crate) fn places(place: KeyContext) -> &'static [KeyContext] {
    match place {
        Processes => &[Processes, Lines, Everywhere],
        Logs => &[Logs, Lines, Everywhere],
        Requests => &[Requests, Everywhere],
        Lines => &[Lines, Everywhere],
        Everywhere => &[Everywhere],
    }
}

/// The action of a key in a context.
pub(crate) fn action(place: KeyContext, key: KeyEvent) -> Option<Action> {
    places(place).iter().find_map(|place| {
        let mut rows = BINDINGS.iter().filter(|row| row.place == *place);
        let row = rows.find(|row| row.keys.iter().any(|k| k.is(key)))?;
        Some(row.action)
    })
}

/// The bindings that the footer shows in a context, its own first.
pub(crate) fn hints(place: KeyContext) -> impl Iterator<Item = &'static Binding> {
    let at = |place| BINDINGS.iter().filter(move |row| row.place == place);
    places(place)
        .iter()
        .flat_map(move |place| at(*place))
        .filter(|row| !row.hint.is_empty())
}

impl Binding {
    /// The keys as they are labelled on a keyboard.
    pub(crate) fn written(&self) -> String {
        let keys: Vec<_> = self.keys.iter().map(Key::written).collect();
        keys.join(" ")
    }
}

impl Key {
    fn is(self, event: KeyEvent) -> bool {
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        let alt = event.modifiers.contains(KeyModifiers::ALT);
        match self {
            Self::Char(c) => event.code == KeyCode::Char(c) && !control && !alt,
            Self::Ctrl(c) => event.code == KeyCode::Char(c) && control,
            Self::Code(code) => event.code == code,
            Self::Digit => matches!(event.code, KeyCode::Char('1'..='9')) && !control && !alt,
        }
    }

    pub(crate) fn written(&self) -> String {
        match self {
            Self::Char(' ') => "Space".to_owned(),
            Self::Char(c) => c.to_string(),
            Self::Ctrl(c) => format!("Ctrl-{}", c.to_ascii_uppercase()),
            Self::Digit => "1–9".to_owned(),
            Self::Code(code) => match code {
                KeyCode::Up => "↑",
                KeyCode::Down => "↓",
                KeyCode::Left => "←",
                KeyCode::Right => "→",
                KeyCode::PageUp => "PgUp",
                KeyCode::PageDown => "PgDn",
                KeyCode::Home => "Home",
                KeyCode::End => "End",
                KeyCode::Enter => "Enter",
                KeyCode::Tab => "Tab",
                KeyCode::BackTab => "Shift-Tab",
                KeyCode::Esc => "Esc",
                _ => "?",
            }
            .to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_has_two_actions_in_a_context() {
        for (index, row) in BINDINGS.iter().enumerate() {
            for other in BINDINGS
                .iter()
                .skip(index + 1)
                .filter(|o| o.place == row.place)
            {
                let twice = row.keys.iter().find(|key| other.keys.contains(key));
                assert_eq!(twice, None, "{} / {}", row.help, other.help);
            }
        }
    }

    #[test]
    fn every_key_can_be_written() {
        for row in BINDINGS.iter().filter(|row| row.action != Action::Help) {
            assert!(!row.written().contains('?'), "{}", row.help);
        }
    }

    #[test]
    fn a_contexts_own_binding_takes_precedence() {
        let key = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
        assert_eq!(action(KeyContext::Requests, key('r')), Some(Action::Replay));
        assert_eq!(
            action(KeyContext::Processes, key('r')),
            Some(Action::Restart)
        );
        assert_eq!(action(KeyContext::Logs, key('7')), Some(Action::SoloNumber));
        assert_eq!(action(KeyContext::Logs, key('Z')), None);
    }
}
