//! The list of requests: newest first, filtered, one selected. New requests never move the
//! selection or the rows around it.

use std::collections::{HashSet, VecDeque};

use regex::Regex;

use prox_events::RequestView;
use prox_logs::filter::{self, RawTerm, literal, terms};

/// The maximum number of requests in memory.
const MAX_REQUESTS: usize = 5_000;

/// The list of requests.
#[derive(Default)]
pub(crate) struct Requests {
    all: VecDeque<RequestView>,
    known: HashSet<String>,
    filter: Filter,
    pub(crate) filter_text: String,
    /// The id of the selected request. None while following the newest.
    selected: Option<String>,
    /// The row of the selection on the screen.
    row: usize,
}

impl Requests {
    /// Adds or updates a request.
    pub(crate) fn put(&mut self, request: RequestView) {
        if !self.known.insert(request.id.clone()) {
            // Responses come soon after their requests, so the request is near the front.
            if let Some(known) = self.all.iter_mut().find(|known| known.id == request.id) {
                *known = request;
            }
            return;
        }
        let newer = self
            .all
            .iter()
            .take_while(|known| known.timestamp > request.timestamp);
        self.all.insert(newer.count(), request);
        while self.all.len() > MAX_REQUESTS {
            if let Some(oldest) = self.all.pop_back() {
                self.known.remove(&oldest.id);
            }
        }
    }

    /// Marks requests without a response as ended, because their supervisor has ended.
    pub(crate) fn end_run(&mut self) {
        for request in &mut self.all {
            request.in_flight = false;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// The requests that match the filter, newest first.
    pub(crate) fn listed(&self) -> Vec<&RequestView> {
        self.all
            .iter()
            .filter(|request| self.filter.matches(request))
            .collect()
    }

    pub(crate) fn selected(&self) -> Option<&RequestView> {
        let id = self.selected.as_ref()?;
        self.all.iter().find(|request| request.id == *id)
    }

    fn selected_index(&self) -> Option<usize> {
        let id = self.selected.as_ref()?;
        self.listed().iter().position(|request| request.id == *id)
    }

    /// The index of the first request on the screen.
    pub(crate) fn top(&self, height: usize) -> usize {
        let row = self.row.min(height.saturating_sub(1));
        self.selected_index()
            .map_or(0, |index| index.saturating_sub(row))
    }

    /// Selects a request by its index, and scrolls as little as possible.
    pub(crate) fn select(&mut self, index: usize, height: usize) {
        let top = self.top(height);
        let listed = self.listed();
        let index = index.min(listed.len().saturating_sub(1));
        let Some(id) = listed.get(index).map(|request| request.id.clone()) else {
            return;
        };
        self.selected = Some(id);
        self.row = index
            .saturating_sub(top)
            .min(height.saturating_sub(1))
            .min(index);
    }

    /// Moves the selection; above the newest request it follows.
    pub(crate) fn step(&mut self, by: isize, height: usize) {
        match self.selected_index() {
            None if by > 0 => self.select(by.unsigned_abs() - 1, height),
            None => {}
            Some(0) if by < 0 => self.follow(),
            Some(index) => self.select(index.saturating_add_signed(by), height),
        }
    }

    /// Scrolls without changing the selection, as far as it remains on the screen.
    pub(crate) fn scroll(&mut self, by: isize, height: usize) {
        if self.selected.is_none() {
            return self.step(by.max(0), height);
        }
        let top = self.top(height);
        let most = self.listed().len().saturating_sub(height);
        let wanted = top.saturating_add_signed(by).min(most);
        let Some(index) = self.selected_index() else {
            return;
        };
        let last = (wanted + height).saturating_sub(1);
        let index = index.clamp(wanted, last.max(wanted));
        self.select(index, height);
        self.row = index.saturating_sub(wanted);
    }

    pub(crate) fn last(&mut self, height: usize) {
        self.select(usize::MAX, height);
    }

    /// Clears the selection and follows the newest request.
    pub(crate) fn follow(&mut self) {
        self.selected = None;
        self.row = 0;
    }

    pub(crate) fn set_filter(&mut self, text: &str) -> Result<(), String> {
        self.filter = Filter::parse(text)?;
        text.trim().clone_into(&mut self.filter_text);
        if self.selected_index().is_none() {
            self.follow();
        }
        Ok(())
    }
}

/// A filter of requests. All terms must match; `-` negates a term.
#[derive(Default)]
struct Filter(Vec<(bool, Test)>);

enum Test {
    Service(String),
    Method(String),
    Status { from: u16, to: u16 },
    Text(Regex),
}

impl Filter {
    fn parse(text: &str) -> Result<Self, String> {
        let terms = terms(text).map_err(|wrong| wrong.to_string())?;
        let terms = terms.into_iter();
        terms
            .map(|(not, raw)| Ok((not, Test::parse(raw)?)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn matches(&self, request: &RequestView) -> bool {
        self.0.iter().all(|(not, test)| test.holds(request) != *not)
    }
}

impl Test {
    fn parse(raw: RawTerm) -> Result<Self, String> {
        let pattern = match raw {
            RawTerm::Quoted(text) => literal(&text),
            // The pattern is compiled as typed first, so that the error message quotes it.
            RawTerm::Pattern(pattern) => {
                filter::regex(&pattern).and_then(|_| filter::regex(&format!("(?i){pattern}")))
            }
            RawTerm::Word(word) => match word.split_once(':') {
                Some(("service" | "subdomain", name)) if !name.is_empty() => {
                    return Ok(Self::Service(name.to_lowercase()));
                }
                Some(("method", name)) if !name.is_empty() => {
                    return Ok(Self::Method(name.to_uppercase()));
                }
                Some(("status", value)) => return status(value),
                _ => literal(&word),
            },
        };
        pattern.map(Self::Text).map_err(|wrong| wrong.to_string())
    }

    fn holds(&self, request: &RequestView) -> bool {
        match self {
            Self::Service(name) => request.subdomain == *name,
            Self::Method(method) => request.method == *method,
            Self::Status { from, to } => (*from..=*to).contains(&request.status_code),
            Self::Text(pattern) => pattern.is_match(&format!(
                "{} {}{}",
                request.method, request.hostname, request.url
            )),
        }
    }
}

/// Parses a status term: `404`, `5xx`, `>=400` or `400-499`.
fn status(value: &str) -> Result<Test, String> {
    let wrong = || format!("status:{value} is none of 404, 5xx, >=400, 400-499");
    let number = |text: &str| text.parse::<u16>().map_err(|_| wrong());
    let (from, to) = if let Some(least) = value.strip_prefix(">=") {
        (number(least)?, 999)
    } else if let Some(class) = value.strip_suffix("xx") {
        let class = number(class)?;
        let class = Some(class).filter(|c| (1..=5).contains(c));
        let from = class.ok_or_else(wrong)? * 100;
        (from, from + 99)
    } else if let Some((from, to)) = value.split_once('-') {
        (number(from)?, number(to)?)
    } else {
        (number(value)?, number(value)?)
    };
    if from > to {
        return Err(wrong());
    }
    Ok(Test::Status { from, to })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn request(number: usize) -> RequestView {
        RequestView {
            id: format!("{number:012x}"),
            timestamp: format!(
                "2026-01-31T09:15:{:02}.{:06}Z",
                number / 1000,
                number % 1000
            ),
            method: if number.is_multiple_of(2) {
                "GET"
            } else {
                "POST"
            }
            .to_owned(),
            url: format!("/items/{number}"),
            subdomain: "api".to_owned(),
            hostname: "api.localhost".to_owned(),
            status_code: if number.is_multiple_of(5) { 500 } else { 200 },
            duration_ms: 1.0,
            remote_addr: "127.0.0.1:1".to_owned(),
            in_flight: false,
        }
    }

    fn list(count: usize) -> Requests {
        let mut requests = Requests::default();
        (0..count).for_each(|number| requests.put(request(number)));
        requests
    }

    fn on_screen(requests: &Requests, height: usize) -> Vec<String> {
        let listed = requests.listed();
        listed
            .iter()
            .skip(requests.top(height))
            .take(height)
            .map(|r| r.url.clone())
            .collect()
    }

    #[test]
    fn new_requests_move_neither_the_selection_nor_its_row() {
        let mut requests = list(50);
        requests.step(1, 10);
        requests.step(4, 10);
        let before = on_screen(&requests, 10);
        let selected = requests.selected().unwrap().id.clone();
        (50..80).for_each(|number| requests.put(request(number)));
        assert_eq!(requests.selected().unwrap().id, selected);
        assert_eq!(on_screen(&requests, 10), before);
    }

    #[test]
    fn above_the_newest_it_follows() {
        let mut requests = list(5);
        requests.step(1, 10);
        assert_eq!(requests.selected().unwrap().url, "/items/4");
        requests.step(-1, 10);
        assert!(requests.selected().is_none());
        requests.put(request(9));
        assert_eq!(on_screen(&requests, 1), ["/items/9"]);
    }

    #[test]
    fn an_answer_changes_its_request() {
        let mut requests = list(3);
        requests.put(RequestView {
            status_code: 404,
            ..request(1)
        });
        assert_eq!(requests.len(), 3);
        assert_eq!(requests.listed().get(1).unwrap().status_code, 404);
    }

    #[test]
    fn filters_match_the_described_requests() {
        let mut requests = list(10);
        for (text, count) in [
            ("", 10),
            ("method:post", 5),
            ("status:5xx", 2),
            ("status:>=400 method:get", 1),
            ("status:200-299", 8),
            ("-status:500", 8),
            ("service:web", 0),
            ("/items\\/[12]$/", 2),
            ("\"POST api\"", 5),
            ("-\"POST api\" items", 5),
            ("/post api.localhost/", 5),
            ("/items/3", 1),
        ] {
            requests.set_filter(text).unwrap();
            assert_eq!(requests.listed().len(), count, "{text}");
        }
        for wrong in [
            "status:abc",
            "status:999xx",
            "status:9xx",
            "status:0xx",
            "status:499-400",
            "status:",
            "\"open",
            "/(/",
        ] {
            assert!(requests.set_filter(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_oldest_requests_are_removed_beyond_the_limit() {
        let requests = list(MAX_REQUESTS + 10);
        assert_eq!(requests.len(), MAX_REQUESTS);
        assert_eq!(requests.listed().last().unwrap().url, "/items/10");
    }
}
