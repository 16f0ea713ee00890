//! Loads lines from the log files that the view does not hold. A loaded page displaces lines at the
//! other end. Only one page is loaded at a time.

use std::sync::Arc;

use super::super::buffer::{Buffers, Logged};
use super::super::line::{self, Look};
use super::{HELD, LogView, Room, Scope};
use prox_control::api_types::LogPage;

/// How many lines one page has.
const PART: usize = 1_000;
/// How many lines one page of a search has.
const SEARCHED: usize = 5_000;
/// How many screens before the end of the loaded lines the next page is requested.
const AHEAD: usize = 2;

/// The direction of paging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Older,
    Newer,
}

/// The reason for loading a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// More lines beside those that are held.
    More,
    /// The place itself: the oldest line of all.
    Jump,
    /// A line that is searched for.
    Search,
}

/// A part of the log files that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) way: Way,
    /// The number behind or before which it begins.
    pub(crate) from: u64,
    /// The processes whose lines to load; empty means all.
    pub(crate) processes: Vec<String>,
    pub(crate) filter: String,
    why: Why,
    /// Where the part before it came to: the time of a line.
    pub(crate) at: Option<String>,
}

impl Part {
    /// The most lines that it has.
    pub(crate) fn limit(&self) -> usize {
        match self.why {
            Why::More | Why::Jump => PART,
            Why::Search => SEARCHED,
        }
    }

    pub(crate) fn is_search(&self) -> bool {
        self.why == Why::Search
    }
}

/// What came of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It was used, or is no longer needed.
    Done,
    /// A search came to its end.
    Found,
    /// Another part is needed.
    Wanted(Part),
    /// No line has what is searched for.
    NotFound(Way),
}

impl LogView {
    fn first(&self) -> Option<u64> {
        self.rows.get(0).map(|line| line.seq)
    }

    fn ask(&mut self, way: Way, from: u64, why: Why) -> Part {
        let part = Part {
            way,
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
        self.waiting = Some(part.clone());
        part
    }

    /// The page that is being read, for display.
    pub(crate) fn reads(&self) -> Option<&Part> {
        self.waiting.as_ref()
    }

    /// Whether it is a search that is being read for.
    pub(crate) fn searches_files(&self) -> bool {
        self.waiting.as_ref().is_some_and(Part::is_search)
    }

    /// Forgets what is being read: what comes of it is dropped.
    pub(crate) fn stop_reading(&mut self) {
        self.waiting = None;
    }

    /// Whether the screen is near that end of what is held.
    fn is_near(&self, way: Way, room: Room) -> bool {
        self.bottom_index().is_none_or(|bottom| {
            let lines = match way {
                Way::Older => bottom,
                Way::Newer => self.rows.len() - bottom,
            };
            lines < AHEAD * room.height
        })
    }

    /// Whether something is being read, or what is held cannot be let go, because it is marked.
    fn is_bound(&self) -> bool {
        self.waiting.is_some() || (self.mark.is_some() && self.rows.is_full(HELD))
    }

    /// After moving up: the part that will soon be needed.
    pub(crate) fn older_part(&mut self, room: Room, buffers: &Buffers) -> Option<Part> {
        if !self.is_near(Way::Older, room) || self.is_bound() {
            return None;
        }
        let from = self.first().unwrap_or(buffers.last() + 1);
        (from > self.beginning).then(|| self.ask(Way::Older, from, Why::More))
    }

    /// After moving down: the part that will soon be needed.
    pub(crate) fn newer_part(&mut self, room: Room) -> Option<Part> {
        if !self.cut || !self.is_near(Way::Newer, room) || self.is_bound() {
            return None;
        }
        let from = self.newest()?;
        Some(self.ask(Way::Newer, from, Why::More))
    }

    /// The oldest lines of all, when they are not held.
    pub(crate) fn oldest_part(&mut self, buffers: &Buffers) -> Option<Part> {
        let first = self.first().unwrap_or(buffers.last() + 1);
        (first > self.beginning).then(|| self.ask(Way::Newer, 0, Why::Jump))
    }

    /// Where a search continues that found nothing in the lines held.
    pub(crate) fn search_part(&mut self, way: Way, buffers: &Buffers) -> Option<Part> {
        self.search.as_ref()?;
        match way {
            Way::Older => {
                let from = self.first().unwrap_or(buffers.last() + 1);
                (from > self.beginning).then(|| self.ask(way, from, Why::Search))
            }
            Way::Newer => {
                let from = self.newest().filter(|_| self.cut)?;
                Some(self.ask(way, from, Why::Search))
            }
        }
    }

    /// Adds a page that was requested.
    pub(crate) fn take(
        &mut self,
        part: &Part,
        page: LogPage,
        look: &Look<'_>,
        room: Room,
        buffers: &Buffers,
    ) -> Taken {
        if self.waiting.as_ref() != Some(part) {
            return Taken::Done;
        }
        self.waiting = None;
        let (reached, end) = (page.reached, page.end);
        let at = page.time.or_else(|| part.at.clone());
        let lines: Vec<Logged> = page.lines.into_iter().map(Arc::new).collect();
        let useful = match part.why {
            Why::More => {
                self.extend_rows(part.way, &lines, reached, end, buffers);
                !self.is_near(part.way, room) || self.is_bound()
            }
            Why::Jump => self.jump(&lines, look, room),
            Why::Search => self.search_in(part.way, &lines, end, look, room),
        };
        match (useful, end, part.why) {
            (true, _, Why::Search) => Taken::Found,
            (true, ..) | (_, true, Why::More | Why::Jump) => Taken::Done,
            (false, true, Why::Search) => Taken::NotFound(part.way),
            (false, false, _) => {
                let next = Part {
                    from: reached,
                    at,
                    ..part.clone()
                };
                self.waiting = Some(next.clone());
                Taken::Wanted(next)
            }
        }
    }

    /// Puts lines beside those that are held; what is on the screen stays where it is.
    fn extend_rows(
        &mut self,
        way: Way,
        lines: &[Logged],
        reached: u64,
        end: bool,
        buffers: &Buffers,
    ) {
        match way {
            Way::Older => {
                for line in lines.iter().rev() {
                    self.cut |= self.rows.push_front(line.clone(), HELD);
                }
                if !lines.is_empty() {
                    self.pause();
                }
                if end {
                    self.beginning = self.first().unwrap_or(buffers.last() + 1);
                }
            }
            Way::Newer => {
                for line in lines {
                    self.rows.push(line.clone(), HELD);
                }
                if end {
                    self.join(reached, buffers);
                }
            }
        }
    }

    /// From the newest line of the files on, with those that came since; unless too many did.
    fn join(&mut self, reached: u64, buffers: &Buffers) {
        let rings = self.rings();
        if rings.into_iter().any(|ring| buffers.gone(ring) > reached) {
            return;
        }
        self.cut = false;
        for line in self.remembered(buffers) {
            if line.seq > reached {
                self.rows.push(line, HELD);
            }
        }
    }

    /// Shows other lines than those that were held, from the oldest on.
    fn jump(&mut self, lines: &[Logged], look: &Look<'_>, room: Room) -> bool {
        if lines.is_empty() {
            return false;
        }
        self.hold(lines);
        self.beginning = self.first().unwrap_or(0);
        self.go_to_oldest(look, room);
        true
    }

    fn hold(&mut self, lines: &[Logged]) {
        self.rows.clear();
        for line in lines {
            self.rows.push(line.clone(), HELD);
        }
        self.cut = true;
    }

    /// Goes to the nearest line that matches, when there is one.
    fn search_in(
        &mut self,
        way: Way,
        lines: &[Logged],
        end: bool,
        look: &Look<'_>,
        room: Room,
    ) -> bool {
        let Some(search) = &self.search else {
            return true;
        };
        let matches = |line: &&Logged| search.pattern.is_match(&line::text(line));
        let hit = match way {
            Way::Older => lines.iter().rev().find(matches),
            Way::Newer => lines.iter().find(matches),
        };
        let Some(seq) = hit.map(|line| line.seq) else {
            return false;
        };
        self.hold(lines);
        if way == Way::Older && end {
            self.beginning = self.first().unwrap_or(0);
        }
        self.show_around(self.rows.position(seq), look, room);
        self.hit = Some(seq);
        true
    }
}
