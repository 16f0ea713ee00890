//! The view of the logs: its processes, filter, scroll position, search and selection. New lines
//! never scroll the screen unless the user follows the log.

mod paging;

use std::ops::RangeInclusive;

pub(crate) use paging::{Direction, PageRequest, PageResult};
use ratatui::text::Line;
use regex::{Regex, RegexBuilder};

use super::buffer::{ALL, Buffers, Limit, Ring, SharedLine};
use super::line::{self, LineOptions};
use prox_logs::Filter;

/// The capacity of a paused view. Lines beyond it are only counted.
const PAUSED_LIMIT: Limit = Limit {
    lines: 2 * ALL.lines,
    bytes: 2 * ALL.bytes,
};
/// A line may use at most the height of the screen divided by this number.
const MAX_LINE_SHARE: usize = 2;

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
    fn contains(&self, process: &str) -> bool {
        match self {
            Self::All => true,
            Self::Process(name) => name == process,
            Self::Group(_, members) => members.iter().any(|name| name == process),
        }
    }
}

/// A search.
pub(crate) struct Search {
    pub(crate) text: String,
    pub(crate) pattern: Regex,
}

impl Search {
    /// Parses a search: text, which ignores case when it has no capitals, or a regular expression
    /// between slashes.
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

/// The size of the area for lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Viewport {
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl Viewport {
    fn rows_of_one(self) -> usize {
        (self.height / MAX_LINE_SHARE).max(3)
    }
}

/// The state of one view of the logs.
pub(crate) struct LogView {
    rows: Ring,
    pub(crate) scope: Scope,
    filter: Filter,
    /// The filter as typed.
    pub(crate) filter_text: String,
    search: Option<Search>,
    /// The sequence number of the lowest line on the screen. None while following.
    bottom: Option<u64>,
    /// The number of new lines since it was paused.
    pub(crate) unseen: u64,
    /// Whether the log files have newer lines than `rows`.
    cut: bool,
    /// The sequence number of the oldest line in the log files, once it is known.
    beginning: u64,
    /// The page that is being loaded from the log files.
    waiting: Option<PageRequest>,
    mark: Option<(u64, u64)>,
    /// The sequence number of the current match.
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
    fn takes(&self, line: &SharedLine) -> bool {
        self.scope.contains(&line.process) && self.filter.matches(line)
    }

    /// Adds a new line.
    pub(crate) fn push(&mut self, line: &SharedLine) {
        if !self.takes(line) {
            return;
        }
        if self.bottom.is_none() {
            return self.rows.push(line.clone(), ALL);
        }
        self.unseen += 1;
        if self.rows.is_full(PAUSED_LIMIT) {
            self.cut = true;
        }
        // A line that was just written may have been loaded from the files already.
        if !self.cut && self.newest().is_none_or(|newest| newest < line.seq) {
            self.rows.push(line.clone(), PAUSED_LIMIT);
        }
    }

    /// Takes the line with that number away, and all after it.
    pub(crate) fn forget_from(&mut self, seq: u64) {
        self.rows.forget_from(seq);
        self.mark = None;
        self.waiting = None;
        self.beginning = 0;
    }

    /// Rebuilds the rows from the buffers, for the current scope and filter.
    pub(crate) fn rebuild(&mut self, buffers: &Buffers) {
        self.rows.clear();
        self.cut = false;
        self.beginning = 0;
        self.waiting = None;
        for line in self.remembered(buffers) {
            self.rows.push(line, ALL);
        }
    }

    /// The rings with the lines of the scope. The ring of one process reaches further back than the
    /// common one.
    fn rings(&self) -> Vec<Option<&str>> {
        match &self.scope {
            Scope::All => vec![None],
            Scope::Process(name) => vec![Some(name)],
            Scope::Group(_, names) => names.iter().map(|name| Some(name.as_str())).collect(),
        }
    }

    fn remembered(&self, buffers: &Buffers) -> Vec<SharedLine> {
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

    /// Scrolls to the newest line and follows the log.
    pub(crate) fn follow(&mut self, buffers: &Buffers) {
        self.bottom = None;
        self.unseen = 0;
        self.rebuild(buffers);
    }

    pub(crate) fn search(&self) -> Option<&Search> {
        self.search.as_ref()
    }

    /// Whether a line is the current match.
    pub(crate) fn is_hit(&self, seq: u64) -> bool {
        self.hit == Some(seq)
    }

    pub(crate) fn is_following(&self) -> bool {
        self.bottom.is_none()
    }

    /// Stops following, so that the screen does not scroll.
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

    fn height(&self, index: usize, options: &LineOptions<'_>, viewport: Viewport) -> usize {
        self.rows.get(index).map_or(0, |line| {
            line::rows(line, options, viewport.width, viewport.rows_of_one()).len()
        })
    }

    /// The index of the lowest line when the oldest is at the top of the screen.
    fn first_bottom(&self, options: &LineOptions<'_>, viewport: Viewport) -> usize {
        let mut used = 0;
        for index in 0..self.rows.len() {
            used += self.height(index, options, viewport);
            if used > viewport.height {
                return index.saturating_sub(1);
            }
        }
        self.rows.len().saturating_sub(1)
    }

    /// Scrolls by lines; at the newest line it follows again.
    pub(crate) fn scroll(
        &mut self,
        by: isize,
        options: &LineOptions<'_>,
        viewport: Viewport,
        buffers: &Buffers,
    ) {
        let Some(bottom) = self.bottom_index() else {
            return;
        };
        let last = self.rows.len().saturating_sub(1);
        let wanted = bottom.saturating_add_signed(by);
        if by > 0 && wanted >= last && !self.cut && (bottom < last || !self.is_following()) {
            return self.go_to_newest(buffers);
        }
        let mut wanted = wanted.min(last);
        if wanted < viewport.height {
            wanted = wanted.max(self.first_bottom(options, viewport));
        }
        if wanted < last || !self.is_following() {
            self.bottom = self.rows.get(wanted).map(|line| line.seq);
        }
    }

    /// Scrolls to the newest line and follows.
    fn go_to_newest(&mut self, buffers: &Buffers) {
        if self.mark.is_some() {
            self.bottom = self.newest();
        } else {
            self.follow(buffers);
        }
    }

    pub(crate) fn page(
        &mut self,
        pages: isize,
        options: &LineOptions<'_>,
        viewport: Viewport,
        buffers: &Buffers,
    ) {
        let shown = self.shown(options, viewport).len().saturating_sub(1).max(1);
        self.scroll(pages * shown.cast_signed(), options, viewport, buffers);
    }

    pub(crate) fn go_to_oldest(&mut self, options: &LineOptions<'_>, viewport: Viewport) {
        let bottom = self.first_bottom(options, viewport);
        self.bottom = self.rows.get(bottom).map(|line| line.seq);
    }

    /// The lines on the screen from top to bottom, in exactly the rows that fit.
    pub(crate) fn shown(&self, options: &LineOptions<'_>, viewport: Viewport) -> Vec<Shown> {
        let Some(bottom) = self.bottom_index() else {
            return Vec::new();
        };
        let render = |index: usize| {
            let line = self.rows.get(index)?;
            Some(Shown {
                seq: line.seq,
                rows: line::rows(line, options, viewport.width, viewport.rows_of_one()),
            })
        };
        let mut used = 0;
        let mut shown = Vec::new();
        for index in (0..=bottom).rev() {
            if used >= viewport.height {
                break;
            }
            let Some(mut line) = render(index) else { break };
            let over = (used + line.rows.len()).saturating_sub(viewport.height);
            line.rows.drain(..over);
            used += line.rows.len();
            shown.push(line);
        }
        shown.reverse();
        for index in bottom + 1.. {
            if used >= viewport.height {
                break;
            }
            let Some(mut line) = render(index) else { break };
            line.rows.truncate(viewport.height - used);
            used += line.rows.len();
            shown.push(line);
        }
        shown
    }

    /// Goes to the next older or newer match. Returns false when there is none.
    pub(crate) fn find(
        &mut self,
        older: bool,
        options: &LineOptions<'_>,
        viewport: Viewport,
    ) -> bool {
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
        self.reveal(hit, options, viewport);
        self.hit = Some(seq);
        true
    }

    /// Replaces or ends the search.
    pub(crate) fn set_search(&mut self, search: Option<Search>) {
        self.search = search;
        self.hit = None;
        if self.is_searching_files() {
            self.waiting = None;
        }
    }

    fn reveal(&mut self, index: usize, options: &LineOptions<'_>, viewport: Viewport) {
        self.pause();
        let seq = self.rows.get(index).map(|line| line.seq);
        if self
            .shown(options, viewport)
            .iter()
            .any(|line| Some(line.seq) == seq)
        {
            return;
        }
        self.show_around(index, options, viewport);
    }

    fn show_around(&mut self, index: usize, options: &LineOptions<'_>, viewport: Viewport) {
        let last = self.rows.len().saturating_sub(1);
        let bottom = (index + viewport.height / 3)
            .max(self.first_bottom(options, viewport))
            .min(last);
        self.bottom = self.rows.get(bottom).map(|line| line.seq);
    }

    /// Marks one line, and pauses.
    pub(crate) fn mark(&mut self, seq: u64) {
        self.pause();
        self.mark = Some((seq, seq));
    }

    /// Extends the mark from its start to a line.
    pub(crate) fn mark_to(&mut self, seq: u64) {
        let anchor = self.mark.map_or(seq, |(anchor, _)| anchor);
        self.mark = Some((anchor, seq));
    }

    /// Starts a mark at the lowest line.
    pub(crate) fn mark_bottom(&mut self) {
        if let Some(line) = self.bottom_index().and_then(|index| self.rows.get(index)) {
            self.mark(line.seq);
        }
    }

    /// Moves the end of the mark by lines. Returns false without a mark.
    pub(crate) fn extend(
        &mut self,
        by: isize,
        options: &LineOptions<'_>,
        viewport: Viewport,
    ) -> bool {
        let Some((anchor, head)) = self.mark else {
            return false;
        };
        let last = self.rows.len().saturating_sub(1);
        let index = self.rows.position(head).saturating_add_signed(by).min(last);
        if let Some(seq) = self.rows.get(index).map(|line| line.seq) {
            self.mark = Some((anchor, seq));
            self.reveal(index, options, viewport);
        }
        true
    }

    pub(crate) fn marked(&self) -> Option<RangeInclusive<u64>> {
        self.mark.map(|(a, b)| a.min(b)..=a.max(b))
    }

    /// The number of marked lines.
    pub(crate) fn marked_count(&self) -> Option<usize> {
        let range = self.marked()?;
        Some(self.rows.position(range.end() + 1) - self.rows.position(*range.start()))
    }

    pub(crate) fn clear_mark(&mut self) -> bool {
        self.mark.take().is_some()
    }

    /// The text and the number of the marked lines, or of those on the screen.
    pub(crate) fn copy(&self, options: &LineOptions<'_>, viewport: Viewport) -> (String, usize) {
        let range = self.marked().or_else(|| {
            let shown = self.shown(options, viewport);
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
