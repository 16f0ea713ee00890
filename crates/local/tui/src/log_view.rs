//! The view of the logs: which processes, which filter, which position, and what is searched and
//! marked. A new line never moves the screen unless the user follows the log.

mod paging;

use std::ops::RangeInclusive;

pub(crate) use paging::{Part, Taken, Way};
use ratatui::text::Line;
use regex::{Regex, RegexBuilder};

use super::buffer::{ALL, Buffers, Limit, Logged, Ring};
use super::line::{self, Look};
use prox_logs::Filter;

/// How many lines a paused view holds; those that come then are only counted.
const HELD: Limit = Limit {
    lines: 2 * ALL.lines,
    bytes: 2 * ALL.bytes,
};
/// Most of the screen that one line may take, as a divisor.
const SHARE: usize = 2;

/// The processes whose lines are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Scope {
    #[default]
    All,
    Process(String),
    /// A group's name and its members.
    Group(String, Vec<String>),
}

impl Scope {
    fn takes(&self, process: &str) -> bool {
        match self {
            Self::All => true,
            Self::Process(name) => name == process,
            Self::Group(_, members) => members.iter().any(|name| name == process),
        }
    }
}

/// What is searched for.
pub(crate) struct Search {
    pub(crate) text: String,
    pub(crate) pattern: Regex,
}

impl Search {
    /// A text, in any case when it has no capitals; between slashes, a regular expression.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let inner = text
            .strip_prefix('/')
            .and_then(|rest| rest.strip_suffix('/'));
        let pattern = inner.map_or_else(|| regex::escape(text), ToOwned::to_owned);
        let pattern = RegexBuilder::new(&pattern)
            .case_insensitive(!text.chars().any(char::is_uppercase))
            .build()
            .map_err(|_| "this is not a regular expression".to_owned())?;
        Ok(Self {
            text: text.to_owned(),
            pattern,
        })
    }
}

/// A line on the screen.
pub(crate) struct Shown {
    pub(crate) seq: u64,
    pub(crate) rows: Vec<Line<'static>>,
}

/// The room for lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl Room {
    fn rows_of_one(self) -> usize {
        (self.height / SHARE).max(3)
    }
}

/// The state of one view of the logs.
pub(crate) struct LogView {
    rows: Ring,
    pub(crate) scope: Scope,
    filter: Filter,
    /// As it was typed.
    pub(crate) filter_text: String,
    search: Option<Search>,
    /// The lowest line on the screen; none while following.
    bottom: Option<u64>,
    /// Lines that came since it was paused.
    pub(crate) unseen: u64,
    /// Whether lines are newer than those in `rows`: they are in the log files.
    cut: bool,
    /// No line in the log files is before this one.
    beginning: u64,
    /// What is being read from the log files.
    waiting: Option<Part>,
    mark: Option<(u64, u64)>,
    /// The line that the search is at.
    hit: Option<u64>,
    pub(crate) wrap: bool,
    pub(crate) times: bool,
    pub(crate) left: usize,
}

impl Default for LogView {
    fn default() -> Self {
        Self {
            rows: Ring::default(),
            scope: Scope::All,
            filter: Filter::without_probes(),
            filter_text: String::new(),
            search: None,
            bottom: None,
            unseen: 0,
            cut: false,
            beginning: 0,
            waiting: None,
            mark: None,
            hit: None,
            wrap: true,
            times: false,
            left: 0,
        }
    }
}

impl LogView {
    fn takes(&self, line: &Logged) -> bool {
        self.scope.takes(&line.process) && self.filter.matches(line)
    }

    /// A line that came.
    pub(crate) fn push(&mut self, line: &Logged) {
        if !self.takes(line) {
            return;
        }
        if self.bottom.is_none() {
            return self.rows.push(line.clone(), ALL);
        }
        self.unseen += 1;
        if self.rows.is_full(HELD) {
            self.cut = true;
        }
        // What was read from the files comes here, too, when it has just been written.
        if !self.cut && self.newest().is_none_or(|newest| newest < line.seq) {
            self.rows.push(line.clone(), HELD);
        }
    }

    /// Takes the line with that number away, and all after it.
    pub(crate) fn forget_from(&mut self, seq: u64) {
        self.rows.forget_from(seq);
        self.mark = None;
        self.waiting = None;
        self.beginning = 0;
    }

    /// Takes what is remembered, as the scope and the filter say.
    pub(crate) fn rebuild(&mut self, buffers: &Buffers) {
        self.rows.clear();
        self.cut = false;
        self.beginning = 0;
        self.waiting = None;
        for line in self.remembered(buffers) {
            self.rows.push(line, ALL);
        }
    }

    /// The rings that hold what the scope takes. A member's own reaches further back than the
    /// common one.
    fn rings(&self) -> Vec<Option<&str>> {
        match &self.scope {
            Scope::All => vec![None],
            Scope::Process(name) => vec![Some(name)],
            Scope::Group(_, names) => names.iter().map(|name| Some(name.as_str())).collect(),
        }
    }

    fn remembered(&self, buffers: &Buffers) -> Vec<Logged> {
        let rings = self.rings();
        let lines = rings.iter().flat_map(|ring| buffers.lines(*ring));
        let mut lines: Vec<_> = lines.filter(|line| self.takes(line)).cloned().collect();
        if rings.len() > 1 {
            lines.sort_by_key(|line| line.seq);
        }
        lines
    }

    pub(crate) fn set_scope(&mut self, scope: Scope, buffers: &Buffers) {
        if self.scope != scope {
            self.scope = scope;
            self.mark = None;
            self.follow(buffers);
        }
    }

    pub(crate) fn filter(&self) -> &Filter {
        &self.filter
    }

    pub(crate) fn set_filter(&mut self, text: &str, buffers: &Buffers) -> Result<(), String> {
        if text.trim() == self.filter_text {
            return Ok(());
        }
        self.filter = text.parse().map_err(|wrong| format!("{wrong}"))?;
        text.trim().clone_into(&mut self.filter_text);
        self.mark = None;
        self.follow(buffers);
        Ok(())
    }

    /// To the newest line, and on with those that come.
    pub(crate) fn follow(&mut self, buffers: &Buffers) {
        self.bottom = None;
        self.unseen = 0;
        self.rebuild(buffers);
    }

    pub(crate) fn search(&self) -> Option<&Search> {
        self.search.as_ref()
    }

    /// Whether a line is the one that the search is at.
    pub(crate) fn is_hit(&self, seq: u64) -> bool {
        self.hit == Some(seq)
    }

    pub(crate) fn is_following(&self) -> bool {
        self.bottom.is_none()
    }

    /// Keeps what is on the screen there.
    pub(crate) fn pause(&mut self) {
        if self.bottom.is_none() {
            self.bottom = self.newest();
        }
    }

    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.rows.len()
    }

    fn newest(&self) -> Option<u64> {
        self.rows.iter().next_back().map(|line| line.seq)
    }

    fn bottom_index(&self) -> Option<usize> {
        let last = self.rows.len().checked_sub(1)?;
        Some(
            self.bottom
                .map_or(last, |seq| self.rows.position(seq).min(last)),
        )
    }

    fn height(&self, index: usize, look: &Look<'_>, room: Room) -> usize {
        self.rows.get(index).map_or(0, |line| {
            line::rows(line, look, room.width, room.rows_of_one()).len()
        })
    }

    /// The lowest line when the oldest is the first on the screen.
    fn first_bottom(&self, look: &Look<'_>, room: Room) -> usize {
        let mut used = 0;
        for index in 0..self.rows.len() {
            used += self.height(index, look, room);
            if used > room.height {
                return index.saturating_sub(1);
            }
        }
        self.rows.len().saturating_sub(1)
    }

    /// Moves by lines; at the newest line it follows again.
    pub(crate) fn scroll(&mut self, by: isize, look: &Look<'_>, room: Room, buffers: &Buffers) {
        let Some(bottom) = self.bottom_index() else {
            return;
        };
        let last = self.rows.len().saturating_sub(1);
        let wanted = bottom.saturating_add_signed(by);
        if by > 0 && wanted >= last && !self.cut && (bottom < last || !self.is_following()) {
            return self.go_to_newest(buffers);
        }
        let mut wanted = wanted.min(last);
        if wanted < room.height {
            wanted = wanted.max(self.first_bottom(look, room));
        }
        if wanted < last || !self.is_following() {
            self.bottom = self.rows.get(wanted).map(|line| line.seq);
        }
    }

    /// Down at the newest line: follows.
    fn go_to_newest(&mut self, buffers: &Buffers) {
        if self.mark.is_some() {
            self.bottom = self.newest();
        } else {
            self.follow(buffers);
        }
    }

    pub(crate) fn page(&mut self, pages: isize, look: &Look<'_>, room: Room, buffers: &Buffers) {
        let shown = self.shown(look, room).len().saturating_sub(1).max(1);
        self.scroll(pages * shown.cast_signed(), look, room, buffers);
    }

    pub(crate) fn go_to_oldest(&mut self, look: &Look<'_>, room: Room) {
        let bottom = self.first_bottom(look, room);
        self.bottom = self.rows.get(bottom).map(|line| line.seq);
    }

    /// The lines on the screen, from above, in exactly the rows that fit.
    pub(crate) fn shown(&self, look: &Look<'_>, room: Room) -> Vec<Shown> {
        let Some(bottom) = self.bottom_index() else {
            return Vec::new();
        };
        let render = |index: usize| {
            let line = self.rows.get(index)?;
            Some(Shown {
                seq: line.seq,
                rows: line::rows(line, look, room.width, room.rows_of_one()),
            })
        };
        let mut used = 0;
        let mut shown = Vec::new();
        for index in (0..=bottom).rev() {
            if used >= room.height {
                break;
            }
            let Some(mut line) = render(index) else { break };
            let over = (used + line.rows.len()).saturating_sub(room.height);
            line.rows.drain(..over);
            used += line.rows.len();
            shown.push(line);
        }
        shown.reverse();
        for index in bottom + 1.. {
            if used >= room.height {
                break;
            }
            let Some(mut line) = render(index) else { break };
            line.rows.truncate(room.height - used);
            used += line.rows.len();
            shown.push(line);
        }
        shown
    }

    /// Goes to the next line that matches the search, older or newer. False when there is none.
    pub(crate) fn find(&mut self, older: bool, look: &Look<'_>, room: Room) -> bool {
        let Some(search) = &self.search else {
            return false;
        };
        let Some(bottom) = self.bottom_index() else {
            return false;
        };
        let from = match self.hit {
            Some(hit) => self.rows.position(hit),
            None if older => bottom + 1,
            None => bottom,
        };
        let matches = |index: &usize| {
            self.rows
                .get(*index)
                .is_some_and(|line| search.pattern.is_match(&line::text(line)))
        };
        let hit = if older {
            (0..from.min(self.rows.len())).rev().find(matches)
        } else {
            (from + 1..self.rows.len()).find(matches)
        };
        let Some(hit) = hit else { return false };
        let Some(seq) = self.rows.get(hit).map(|line| line.seq) else {
            return false;
        };
        self.reveal(hit, look, room);
        self.hit = Some(seq);
        true
    }

    /// Looks for something else, or for nothing.
    pub(crate) fn set_search(&mut self, search: Option<Search>) {
        self.search = search;
        self.hit = None;
        if self.searches_files() {
            self.waiting = None;
        }
    }

    fn reveal(&mut self, index: usize, look: &Look<'_>, room: Room) {
        self.pause();
        let seq = self.rows.get(index).map(|line| line.seq);
        if self
            .shown(look, room)
            .iter()
            .any(|line| Some(line.seq) == seq)
        {
            return;
        }
        self.show_around(index, look, room);
    }

    fn show_around(&mut self, index: usize, look: &Look<'_>, room: Room) {
        let last = self.rows.len().saturating_sub(1);
        let bottom = (index + room.height / 3)
            .max(self.first_bottom(look, room))
            .min(last);
        self.bottom = self.rows.get(bottom).map(|line| line.seq);
    }

    /// Marks one line, and holds the screen still.
    pub(crate) fn mark(&mut self, seq: u64) {
        self.pause();
        self.mark = Some((seq, seq));
    }

    /// Marks from where the mark began to a line.
    pub(crate) fn mark_to(&mut self, seq: u64) {
        let anchor = self.mark.map_or(seq, |(anchor, _)| anchor);
        self.mark = Some((anchor, seq));
    }

    /// Begins to mark at the lowest line.
    pub(crate) fn mark_bottom(&mut self) {
        if let Some(line) = self.bottom_index().and_then(|index| self.rows.get(index)) {
            self.mark(line.seq);
        }
    }

    /// Moves the mark's end by lines. False without a mark.
    pub(crate) fn extend(&mut self, by: isize, look: &Look<'_>, room: Room) -> bool {
        let Some((anchor, head)) = self.mark else {
            return false;
        };
        let last = self.rows.len().saturating_sub(1);
        let index = self.rows.position(head).saturating_add_signed(by).min(last);
        if let Some(seq) = self.rows.get(index).map(|line| line.seq) {
            self.mark = Some((anchor, seq));
            self.reveal(index, look, room);
        }
        true
    }

    pub(crate) fn marked(&self) -> Option<RangeInclusive<u64>> {
        self.mark.map(|(a, b)| a.min(b)..=a.max(b))
    }

    /// How many lines are marked.
    pub(crate) fn marked_count(&self) -> Option<usize> {
        let range = self.marked()?;
        Some(self.rows.position(range.end() + 1) - self.rows.position(*range.start()))
    }

    pub(crate) fn clear_mark(&mut self) -> bool {
        self.mark.take().is_some()
    }

    /// The text of the marked lines, or of those on the screen, and how many.
    pub(crate) fn copy(&self, look: &Look<'_>, room: Room) -> (String, usize) {
        let range = self.marked().or_else(|| {
            let shown = self.shown(look, room);
            Some(shown.first()?.seq..=shown.last()?.seq)
        });
        let Some(range) = range else {
            return (String::new(), 0);
        };
        let lines: Vec<String> = self
            .rows
            .iter()
            .filter(|line| range.contains(&line.seq))
            .map(|line| super::ansi::plain(&line.line))
            .collect();
        (lines.join("\n"), lines.len())
    }
}
