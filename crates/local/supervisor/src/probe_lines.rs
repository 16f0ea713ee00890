//! Recognizes the lines of a process's log that its own health check caused, so that readers can
//! leave them out. Uses only the path and the times of the check's requests.

use std::collections::VecDeque;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use regex::Regex;

use super::probe::USER_AGENT;
use prox_logs::Level;

/// The time after a response in which a process may still write a line about it.
const LOG_DELAY: Duration = Duration::from_millis(500);
/// The maximum number of request ids that are remembered.
const MAX_IDS: usize = 4;

/// The current and the most recent requests of a health check.
#[derive(Debug, Default)]
pub(super) struct ProbeRequests(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    path: String,
    under_way: bool,
    /// The time until which lines of the last request may arrive.
    until: Option<Instant>,
    /// The ids of the check's requests in the process's log.
    ids: VecDeque<String>,
}

impl ProbeRequests {
    /// Begins a request for this path.
    pub(super) fn begin(&self, path: &str) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        path.clone_into(&mut state.path);
        state.under_way = true;
    }

    /// Ends the request: it was answered, or timed out.
    pub(super) fn end(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.under_way = false;
        state.until = Some(Instant::now() + LOG_DELAY);
    }

    /// Whether a line without colours is about a request of the check. A line that reports an error
    /// never is.
    pub(super) fn is_probe_line(&self, line: &str) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = state.under_way || state.until.is_some_and(|until| Instant::now() < until);
        if !is_time || reports_error(line) {
            return false;
        }
        let id = id_of(line);
        let about = line.contains(USER_AGENT)
            || mentions_path(line, &state.path)
            || id.is_some_and(|id| state.ids.iter().any(|known| known == id));
        if about && let Some(id) = id {
            if !state.ids.iter().any(|known| known == id) {
                state.ids.push_back(id.to_owned());
            }
            if state.ids.len() > MAX_IDS {
                state.ids.pop_front();
            }
        }
        about
    }
}

fn reports_error(line: &str) -> bool {
    static STATUS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"(?:^|[\s:="])[45][0-9][0-9](?:$|[\s,}"])"#).ok());
    Level::of(line).is_some_and(|level| level >= Level::Warn)
        || STATUS.as_ref().is_some_and(|status| status.is_match(line))
}

/// The request id in a line of a structured log.
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

/// Whether a line contains the whole path, alone or after a scheme and a host.
fn mentions_path(line: &str, path: &str) -> bool {
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
            // A single slash is common in logs. As a path it follows a method, or is a value.
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
            assert!(mentions_path(line, "/health"), "{line}");
        }
        for line in [
            "GET /healthy",
            "GET /api/health",
            "GET /health/deep",
            "http://127.0.0.1:3000/api/health",
            "health",
            "",
        ] {
            assert!(!mentions_path(line, "/health"), "{line}");
        }
        assert!(mentions_path("GET / HTTP/1.1", "/"));
        assert!(mentions_path(r#"{"url":"/"}"#, "/"));
        assert!(!mentions_path("a / b/c and/or", "/x"));
        assert!(!mentions_path("GET /api", "/"));
    }

    #[test]
    fn only_lines_about_a_running_request_are_probe_lines() {
        let requests = ProbeRequests::default();
        let line = "GET /health 200";
        assert!(!requests.is_probe_line(line));
        requests.begin("/health");
        assert!(requests.is_probe_line(line));
        assert!(!requests.is_probe_line("GET /other 200"));
        assert!(!requests.is_probe_line("GET /health 503"));
        assert!(!requests.is_probe_line("ERROR GET /health: no database"));
        requests.end();
        assert!(requests.is_probe_line(line));
        assert!(requests.is_probe_line(&format!("GET / 200 {USER_AGENT}")));
    }

    #[test]
    fn lines_with_a_probe_request_id_are_probe_lines() {
        let requests = ProbeRequests::default();
        requests.begin("/health");
        assert!(requests.is_probe_line(
            r#"{"level":30,"reqId":"req-1","req":{"url":"/health"},"msg":"incoming"}"#
        ));
        assert!(
            requests.is_probe_line(r#"{"level":30,"reqId":"req-1","msg":"request completed"}"#)
        );
        assert!(
            !requests.is_probe_line(r#"{"level":30,"reqId":"req-2","msg":"request completed"}"#)
        );
        assert!(!requests.is_probe_line(r#"{"level":50,"reqId":"req-1","msg":"request failed"}"#));
    }
}
