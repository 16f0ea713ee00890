//! Loads lines from the log files that the view does not hold. A loaded page displaces lines at the
//! other end. Only one page is loaded at a time.

use std::sync::Arc;

use super::super::buffer::{Buffers, SharedLine};
use super::super::line::{self, LineOptions};
use super::{LogView, PAUSED_LIMIT, Scope, Viewport};
use prox_control::api_types::LogPage;

/// The number of lines of a page.
const PAGE_LINES: usize = 1_000;
/// The number of lines of a page in a search.
const SEARCH_PAGE_LINES: usize = 5_000;
/// The distance from the end of the loaded lines at which the next page is requested, in screens.
const PREFETCH_SCREENS: usize = 2;

/// The direction of paging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Older,
    Newer,
}

/// The reason for loading a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PageReason {
    /// Scrolling: lines next to those that are held.
    More,
    /// A jump to the oldest line.
    Jump,
    /// A search for a line.
    Search,
}

/// A request for a page of the log files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageRequest {
    pub(crate) direction: Direction,
    /// The sequence number before or after which the page begins.
    pub(crate) from: u64,
    /// The processes whose lines to load; empty means all.
    pub(crate) processes: Vec<String>,
    pub(crate) filter: String,
    why: PageReason,
    /// The time of the last line that was searched, for display.
    pub(crate) at: Option<String>,
}

impl PageRequest {
    /// The maximum number of lines.
    pub(crate) fn limit(&self) -> usize {
        match self.why {
            PageReason::More | PageReason::Jump => PAGE_LINES,
            PageReason::Search => SEARCH_PAGE_LINES,
        }
    }

    pub(crate) fn is_search(&self) -> bool {
        self.why == PageReason::Search
    }
}

/// The result of a loaded page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PageResult {
    /// The page was used, or is no longer needed.
    Done,
    /// The search found a line.
    Found,
    /// Another page is needed.
    Wanted(PageRequest),
    /// No line matches the search.
    NotFound(Direction),
}

impl LogView {
    fn first(&self) -> Option<u64> {
        self.rows.get(0).map(|line| line.seq)
    }

    fn ask(&mut self, direction: Direction, from: u64, why: PageReason) -> PageRequest {
        let page_request = PageRequest {
            direction,
            from,
            processes: match &self.scope {
                Scope::All => Vec::new(),
                Scope::Process(name) => vec![name.clone()],
                Scope::Group(_, members) => members.clone(),
            },
            filter: self.filter_text.clone(),
            why,
            at: None,
        };
        self.waiting = Some(page_request.clone());
        page_request
    }

    /// The page that is being loaded, for display.
    pub(crate) fn loading_page(&self) -> Option<&PageRequest> {
        self.waiting.as_ref()
    }

    /// Whether a page is being loaded for a search.
    pub(crate) fn is_searching_files(&self) -> bool {
        self.waiting.as_ref().is_some_and(PageRequest::is_search)
    }

    /// Cancels loading: the result is dropped.
    pub(crate) fn cancel_loading(&mut self) {
        self.waiting = None;
    }

    /// Whether the screen is near that end of the held lines.
    fn is_near(&self, direction: Direction, viewport: Viewport) -> bool {
        self.bottom_index().is_none_or(|bottom| {
            let lines = match direction {
                Direction::Older => bottom,
                Direction::Newer => self.rows.len() - bottom,
            };
            lines < PREFETCH_SCREENS * viewport.height
        })
    }

    /// Whether no page can be loaded: one is being loaded, or marked lines must not be displaced.
    fn is_bound(&self) -> bool {
        self.waiting.is_some() || (self.mark.is_some() && self.rows.is_full(PAUSED_LIMIT))
    }

    /// The page that is needed soon after scrolling up.
    pub(crate) fn older_page(
        &mut self,
        viewport: Viewport,
        buffers: &Buffers,
    ) -> Option<PageRequest> {
        if !self.is_near(Direction::Older, viewport) || self.is_bound() {
            return None;
        }
        let from = self.first().unwrap_or(buffers.last() + 1);
        (from > self.beginning).then(|| self.ask(Direction::Older, from, PageReason::More))
    }

    /// The page that is needed soon after scrolling down.
    pub(crate) fn newer_page(&mut self, viewport: Viewport) -> Option<PageRequest> {
        if !self.cut || !self.is_near(Direction::Newer, viewport) || self.is_bound() {
            return None;
        }
        let from = self.newest()?;
        Some(self.ask(Direction::Newer, from, PageReason::More))
    }

    /// The page of the oldest lines, when they are not held.
    pub(crate) fn oldest_page(&mut self, buffers: &Buffers) -> Option<PageRequest> {
        let first = self.first().unwrap_or(buffers.last() + 1);
        (first > self.beginning).then(|| self.ask(Direction::Newer, 0, PageReason::Jump))
    }

    /// The page in which a search continues that found nothing in the held lines.
    pub(crate) fn search_page(
        &mut self,
        direction: Direction,
        buffers: &Buffers,
    ) -> Option<PageRequest> {
        self.search.as_ref()?;
        match direction {
            Direction::Older => {
                let from = self.first().unwrap_or(buffers.last() + 1);
                (from > self.beginning).then(|| self.ask(direction, from, PageReason::Search))
            }
            Direction::Newer => {
                let from = self.newest().filter(|_| self.cut)?;
                Some(self.ask(direction, from, PageReason::Search))
            }
        }
    }

    /// Adds a requested page.
    pub(crate) fn take(
        &mut self,
        page_request: &PageRequest,
        page: LogPage,
        options: &LineOptions<'_>,
        viewport: Viewport,
        buffers: &Buffers,
    ) -> PageResult {
        if self.waiting.as_ref() != Some(page_request) {
            return PageResult::Done;
        }
        self.waiting = None;
        let (reached, end) = (page.reached, page.end);
        let at = page.time.or_else(|| page_request.at.clone());
        let lines: Vec<SharedLine> = page.lines.into_iter().map(Arc::new).collect();
        let useful = match page_request.why {
            PageReason::More => {
                self.extend_rows(page_request.direction, &lines, reached, end, buffers);
                !self.is_near(page_request.direction, viewport) || self.is_bound()
            }
            PageReason::Jump => self.jump(&lines, options, viewport),
            PageReason::Search => {
                self.search_in(page_request.direction, &lines, end, options, viewport)
            }
        };
        match (useful, end, page_request.why) {
            (true, _, PageReason::Search) => PageResult::Found,
            (true, ..) | (_, true, PageReason::More | PageReason::Jump) => PageResult::Done,
            (false, true, PageReason::Search) => PageResult::NotFound(page_request.direction),
            (false, false, _) => {
                let next = PageRequest {
                    from: reached,
                    at,
                    ..page_request.clone()
                };
                self.waiting = Some(next.clone());
                PageResult::Wanted(next)
            }
        }
    }

    /// Adds lines next to the held ones, without scrolling the screen.
    fn extend_rows(
        &mut self,
        direction: Direction,
        lines: &[SharedLine],
        reached: u64,
        end: bool,
        buffers: &Buffers,
    ) {
        match direction {
            Direction::Older => {
                for line in lines.iter().rev() {
                    self.cut |= self.rows.push_front(line.clone(), PAUSED_LIMIT);
                }
                if !lines.is_empty() {
                    self.pause();
                }
                if end {
                    self.beginning = self.first().unwrap_or(buffers.last() + 1);
                }
            }
            Direction::Newer => {
                for line in lines {
                    self.rows.push(line.clone(), PAUSED_LIMIT);
                }
                if end {
                    self.join(reached, buffers);
                }
            }
        }
    }

    /// Adds the buffered lines after the newest line of the files, unless there are too many.
    fn join(&mut self, reached: u64, buffers: &Buffers) {
        let rings = self.rings();
        if rings
            .into_iter()
            .any(|ring| buffers.last_removed(ring) > reached)
        {
            return;
        }
        self.cut = false;
        for line in self.remembered(buffers) {
            if line.seq > reached {
                self.rows.push(line, PAUSED_LIMIT);
            }
        }
    }

    /// Replaces the held lines, and shows the oldest of the new ones.
    fn jump(
        &mut self,
        lines: &[SharedLine],
        options: &LineOptions<'_>,
        viewport: Viewport,
    ) -> bool {
        if lines.is_empty() {
            return false;
        }
        self.hold(lines);
        self.beginning = self.first().unwrap_or(0);
        self.go_to_oldest(options, viewport);
        true
    }

    fn hold(&mut self, lines: &[SharedLine]) {
        self.rows.clear();
        for line in lines {
            self.rows.push(line.clone(), PAUSED_LIMIT);
        }
        self.cut = true;
    }

    /// Goes to the nearest match, if there is one.
    fn search_in(
        &mut self,
        direction: Direction,
        lines: &[SharedLine],
        end: bool,
        options: &LineOptions<'_>,
        viewport: Viewport,
    ) -> bool {
        let Some(search) = &self.search else {
            return true;
        };
        let matches = |line: &&SharedLine| search.pattern.is_match(&line::text(line));
        let hit = match direction {
            Direction::Older => lines.iter().rev().find(matches),
            Direction::Newer => lines.iter().find(matches),
        };
        let Some(seq) = hit.map(|line| line.seq) else {
            return false;
        };
        self.hold(lines);
        if direction == Direction::Older && end {
            self.beginning = self.first().unwrap_or(0);
        }
        self.show_around(self.rows.position(seq), options, viewport);
        self.hit = Some(seq);
        true
    }
}
