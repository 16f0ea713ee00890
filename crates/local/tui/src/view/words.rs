//! Formats states, sizes and times as text, so that no meaning depends on colour alone.

use jiff::Timestamp;
use unicode_width::UnicodeWidthStr;

use crate::line::fit;
use prox_events::{Health, Status};

pub(super) fn symbol(status: Status) -> &'static str {
    match status {
        Status::Running => "●",
        Status::Starting => "◐",
        Status::Stopping => "◑",
        Status::Stopped => "○",
        Status::Crashed => "✗",
        Status::Waiting => "◌",
        Status::Blocked => "⊘",
        Status::Completed => "✓",
    }
}

pub(super) fn status(status: Status) -> &'static str {
    match status {
        Status::Running => "running",
        Status::Starting => "starting",
        Status::Stopping => "stopping",
        Status::Stopped => "stopped",
        Status::Crashed => "crashed",
        Status::Waiting => "waiting",
        Status::Blocked => "blocked",
        Status::Completed => "completed",
    }
}

pub(super) fn health(health: Health) -> &'static str {
    match health {
        Health::Unknown => "checking",
        Health::Healthy => "healthy",
        Health::Unhealthy => "unhealthy",
    }
}

/// The time from `then` to `now`, in at most two units.
pub(super) fn since(then: &str, now: Timestamp) -> String {
    let Ok(then) = then.parse::<Timestamp>() else {
        return String::new();
    };
    let seconds = now.duration_since(then).as_secs().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{minutes}m {:02}s", seconds % 60),
        3600..86_400 => format!("{hours}h {:02}m", minutes % 60),
        _ => format!("{days}d {:02}h", hours % 24),
    }
}

pub(super) fn bytes(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let megabytes = bytes as f64 / 1e6;
    match megabytes {
        m if m < 9.95 => format!("{m:.1} MB"),
        m if m < 999.5 => format!("{m:.0} MB"),
        m => format!("{:.1} GB", m / 1e3),
    }
}

pub(super) fn percent(percent: f32) -> String {
    if percent < 9.95 {
        format!("{percent:.1}%")
    } else {
        format!("{percent:.0}%")
    }
}

pub(super) fn milliseconds(duration: f64) -> String {
    match duration {
        d if d < 9.95 => format!("{d:.1} ms"),
        d if d < 9_999.5 => format!("{d:.0} ms"),
        d => format!("{:.0} s", d / 1e3),
    }
}

/// Wraps a text to rows of `width` columns between words; wider words are split.
pub(super) fn rows(text: &str, width: usize) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match rows.last_mut() {
            Some(row) if row.width() + 1 + word.width() <= width => {
                row.push(' ');
                row.push_str(word);
            }
            _ => rows.push(fit(word, width)),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn sentences_are_wrapped_between_words() {
        assert_eq!(
            rows("one two three 日本語 x", 7),
            ["one two", "three", "日本語", "x"]
        );
        assert_eq!(rows("internationalization", 7), ["intern…"]);
        assert!(rows("", 7).is_empty());
    }

    #[test]
    fn times_sizes_and_shares_are_short() {
        let now: Timestamp = "2026-01-31T09:15:00Z".parse().unwrap();
        for (then, written) in [
            ("2026-01-31T09:14:57Z", "3s"),
            ("2026-01-31T09:13:57Z", "1m 03s"),
            ("2026-01-31T07:10:00Z", "2h 05m"),
            ("2026-01-20T08:00:00Z", "11d 01h"),
            ("2026-01-31T09:15:09Z", "0s"),
            ("never", ""),
        ] {
            assert_eq!(since(then, now), written, "{then}");
        }
        assert_eq!(bytes(9_940_000), "9.9 MB");
        assert_eq!(bytes(151_600_000), "152 MB");
        assert_eq!(bytes(2_500_000_000), "2.5 GB");
        assert_eq!(percent(0.04), "0.0%");
        assert_eq!(percent(160.4), "160%");
        assert_eq!(milliseconds(0.44), "0.4 ms");
        assert_eq!(milliseconds(12_000.0), "12 s");
    }
}
