//! Which lines of a process's log its own health check caused, so that readers can leave them out.
//! Knows only what the check asks for and when.

use std::collections::VecDeque;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use regex::Regex;

use super::probe::USER_AGENT;
use prox_logs::Level;

/// How long after an answer a process may still write about it.
const AFTERWARDS: Duration = Duration::from_millis(500);
/// How many identifiers of requests are remembered.
const MOST_IDS: usize = 4;

/// The current and the most recent requests of a health check.
#[derive(Debug, Default)]
pub(super) struct Asked(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    path: String,
    under_way: bool,
    /// Lines that the check caused may arrive until then.
    until: Option<Instant>,
    /// The ids that the process gives to the check's requests in its log.
    ids: VecDeque<String>,
}

impl Asked {
    /// A request for this path is about to be sent.
    pub(super) fn begin(&self, path: &str) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        path.clone_into(&mut state.path);
        state.under_way = true;
    }

    /// Ends a request: it was answered, or timed out.
    pub(super) fn end(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.under_way = false;
        state.until = Some(Instant::now() + AFTERWARDS);
    }

    /// Whether a line, without colours, is about a request of the check. One that reports a fault
    /// never is.
    pub(super) fn caused(&self, line: &str) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = state.under_way || state.until.is_some_and(|until| Instant::now() < until);
        if !is_time || reports_fault(line) {
            return false;
        }
        let id = id_of(line);
        let about = line.contains(USER_AGENT)
            || names_path(line, &state.path)
            || id.is_some_and(|id| state.ids.iter().any(|known| known == id));
        if about && let Some(id) = id {
            if !state.ids.iter().any(|known| known == id) {
                state.ids.push_back(id.to_owned());
            }
            if state.ids.len() > MOST_IDS {
                state.ids.pop_front();
            }
        }
        about
    }
}

fn reports_fault(line: &str) -> bool {
    static STATUS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"(?:^|[\s:="])[45][0-9][0-9](?:$|[\s,}"])"#).ok());
    Level::of(line).is_some_and(|level| level >= Level::Warn)
        || STATUS.as_ref().is_some_and(|status| status.is_match(line))
}

/// The identifier that structured logs give to a request.
fn id_of(line: &str) -> Option<&str> {
    static ID: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r#""(?:reqId|req_id|requestId|request_id|traceId|trace_id)"\s*:\s*"?([^",}\s]+)"#,
        )
        .ok()
    });
    let found = ID.as_ref()?.captures(line)?;
    Some(found.get(1)?.as_str())
}

/// Whether a path stands in a line as a whole, alone or behind a scheme and a host.
fn names_path(line: &str, path: &str) -> bool {
    let goes_on = |c: char| c.is_ascii_alphanumeric() || "_-./%~".contains(c);
    !path.is_empty()
        && line.match_indices(path).any(|(at, _)| {
            let after = line.get(at + path.len()..).unwrap_or_default();
            let before = line.get(..at).unwrap_or_default();
            let word = before
                .rfind(|c: char| c.is_whitespace() || "\"'`=(,[{<".contains(c))
                .and_then(|end| before.get(end..))
                .unwrap_or(before);
            let is_whole = !word.ends_with(goes_on);
            let is_url = word
                .split_once("://")
                .is_some_and(|(_, host)| !host.is_empty() && !host.contains('/'));
            // A lone slash is much in a log; of a request it follows the method, or is a value.
            let is_root = path != "/"
                || word.trim_matches(['"', '\'', '=', ':', ' ']).is_empty()
                    && after.starts_with([' ', '"', '\'', ','])
                || is_url;
            (is_whole || is_url) && is_root && !after.starts_with(goes_on)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_as_a_whole() {
        for line in [
            "GET /health 200 3ms",
            r#"127.0.0.1 - - [30/Nov/2026] "GET /health HTTP/1.1" 200 -"#,
            r#"{"method":"GET","url":"/health","status":200}"#,
            "path=/health?deep=1 ok",
            "http://127.0.0.1:3000/health",
            "Started GET \"/health\" for 127.0.0.1",
        ] {
            assert!(names_path(line, "/health"), "{line}");
        }
        for line in [
            "GET /healthy",
            "GET /api/health",
            "GET /health/deep",
            "http://127.0.0.1:3000/api/health",
            "health",
            "",
        ] {
            assert!(!names_path(line, "/health"), "{line}");
        }
        assert!(names_path("GET / HTTP/1.1", "/"));
        assert!(names_path(r#"{"url":"/"}"#, "/"));
        assert!(!names_path("a / b/c and/or", "/x"));
        assert!(!names_path("GET /api", "/"));
    }

    #[test]
    fn only_lines_about_a_request_under_way_are_caused_by_it() {
        let asked = Asked::default();
        let line = "GET /health 200";
        assert!(!asked.caused(line));
        asked.begin("/health");
        assert!(asked.caused(line));
        assert!(!asked.caused("GET /other 200"));
        assert!(!asked.caused("GET /health 503"));
        assert!(!asked.caused("ERROR GET /health: no database"));
        asked.end();
        assert!(asked.caused(line));
        assert!(asked.caused(&format!("GET / 200 {USER_AGENT}")));
    }

    #[test]
    fn lines_with_a_probe_request_id_are_probe_lines() {
        let asked = Asked::default();
        asked.begin("/health");
        assert!(
            asked
                .caused(r#"{"level":30,"reqId":"req-1","req":{"url":"/health"},"msg":"incoming"}"#)
        );
        assert!(asked.caused(r#"{"level":30,"reqId":"req-1","msg":"request completed"}"#));
        assert!(!asked.caused(r#"{"level":30,"reqId":"req-2","msg":"request completed"}"#));
        assert!(!asked.caused(r#"{"level":50,"reqId":"req-1","msg":"request failed"}"#));
    }
}
