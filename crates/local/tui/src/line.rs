//! Renders a log line: time, process, level, colours, wrapping.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use regex::Regex;
use unicode_width::UnicodeWidthStr;

use super::ansi;
use super::table::Table;
use super::theme::Theme;
use prox_events::{LogLine, Stream};
use prox_logs::Level;
use prox_logs::level::{Structured, shown_value};

/// The options that all lines of a view share.
pub(crate) struct LineOptions<'a> {
    pub(crate) theme: Theme,
    pub(crate) zone: &'a TimeZone,
    /// The list of processes, whose order decides their colours.
    pub(crate) table: &'a Table,
    /// Columns for the name of the process; 0 hides it.
    pub(crate) names: usize,
    /// Whether the time is shown.
    pub(crate) times: bool,
    /// Whether long lines are wrapped.
    pub(crate) wrap: bool,
    /// The number of columns scrolled to the right, when lines are not wrapped.
    pub(crate) left: usize,
    pub(crate) search: Option<&'a Regex>,
}

/// Renders a line in at most `limit` rows of `width` columns.
pub(crate) fn rows(
    line: &LogLine,
    options: &LineOptions<'_>,
    width: usize,
    limit: usize,
) -> Vec<Line<'static>> {
    let head = prefix(line, options);
    let indent: usize = head.iter().map(Span::width).sum();
    let viewport = width.saturating_sub(indent).max(1);
    let mut body = content(line, options.theme);
    if let Some(search) = options.search {
        body = highlight(body, search, options.theme.found());
    }
    let mut rows = if options.wrap {
        wrap(body, viewport, limit)
    } else {
        vec![cut(body, options.left, viewport)]
    };
    if let Some(first) = rows.first_mut() {
        first.splice(0..0, head);
    }
    for row in rows.iter_mut().skip(1) {
        row.insert(0, Span::raw(" ".repeat(indent)));
    }
    rows.into_iter().map(Line::from).collect()
}

/// The text of a line as it is shown and searched, without time and process.
pub(crate) fn text(line: &LogLine) -> String {
    content(line, Theme::Mono)
        .iter()
        .map(|span| span.content.as_ref())
        .collect()
}

fn prefix(line: &LogLine, options: &LineOptions<'_>) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    if options.times {
        let time = line.timestamp.parse::<Timestamp>().map_or_else(
            |_| " ".repeat(8),
            |time| {
                time.to_zoned(options.zone.clone())
                    .strftime("%H:%M:%S")
                    .to_string()
            },
        );
        spans.push(Span::styled(format!("{time} "), options.theme.muted()));
    }
    if options.names > 0 {
        let name = pad(
            &fit_name(&ansi::plain(&line.process), options.names),
            options.names,
        );
        spans.push(Span::styled(
            name,
            options.theme.process(options.table.place(&line.process)),
        ));
        spans.push(Span::raw(" "));
    }
    spans.push(match line.stream {
        Stream::Stdout => Span::styled("│ ", options.theme.muted()),
        Stream::Stderr => Span::styled("┃ ", options.theme.warn()),
        Stream::System => Span::styled("· ", options.theme.muted()),
    });
    spans
}

fn content(line: &LogLine, theme: Theme) -> Vec<Span<'static>> {
    if line.stream == Stream::System {
        let style = theme.muted().add_modifier(Modifier::ITALIC);
        return vec![Span::styled(ansi::plain(&line.line), style)];
    }
    if let Some(parts) = Structured::parse(&line.line) {
        return structured(&parts, theme);
    }
    let mut spans = ansi::spans(&line.line);
    if !theme.keeps_output_colours() {
        for span in &mut spans {
            span.style = Style::new().add_modifier(span.style.add_modifier);
        }
    }
    if line.probe {
        for span in &mut spans {
            span.style = theme.muted();
        }
        return spans;
    }
    let plain = spans.iter().all(|span| span.style == Style::default());
    if plain && let Some(style) = Level::of(&line.line).and_then(|level| level_style(level, theme))
    {
        for span in &mut spans {
            span.style = style;
        }
    }
    spans
}

fn structured(parts: &Structured, theme: Theme) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    if let Some(level) = parts.level {
        let style = level_style(level, theme).unwrap_or_else(|| theme.muted());
        spans.push(Span::styled(format!("{} ", level.label()), style));
    }
    if let Some(message) = &parts.message {
        let style = parts
            .level
            .and_then(|level| level_style(level, theme))
            .unwrap_or_default();
        spans.push(Span::styled(ansi::plain(message), style));
    }
    for (key, value) in &parts.fields {
        let value = shown_value(value);
        let field = format!(" {}={}", ansi::plain(key), ansi::plain(&value));
        spans.push(Span::styled(field, theme.muted()));
    }
    spans
}

/// The style of a level. None for levels that need no attention.
fn level_style(level: Level, theme: Theme) -> Option<Style> {
    match level {
        Level::Error | Level::Fatal => Some(theme.danger()),
        Level::Warn => Some(theme.warn()),
        Level::Trace | Level::Debug => Some(theme.muted()),
        Level::Info => None,
    }
}

fn highlight(spans: Vec<Span<'static>>, search: &Regex, found: Style) -> Vec<Span<'static>> {
    let text: String = spans.iter().map(|span| span.content.as_ref()).collect();
    let hits: Vec<_> = search
        .find_iter(&text)
        .filter(|hit| !hit.is_empty())
        .map(|hit| hit.range())
        .collect();
    if hits.is_empty() {
        return spans;
    }
    let mut out = Vec::new();
    let mut begin = 0;
    for span in spans {
        let end = begin + span.content.len();
        let mut at = begin;
        for hit in hits.iter().filter(|hit| hit.start < end && hit.end > begin) {
            let (from, to) = (hit.start.max(begin), hit.end.min(end));
            out.push((at..from, span.style));
            out.push((from..to, span.style.patch(found)));
            at = to;
        }
        out.push((at..end, span.style));
        begin = end;
    }
    out.into_iter()
        .filter_map(|(range, style)| Some((text.get(range)?, style)))
        .filter(|(part, _)| !part.is_empty())
        .map(|(part, style)| Span::styled(part.to_owned(), style))
        .collect()
}

/// Wraps spans between characters at `width` columns. Rows beyond `limit` are replaced by their
/// number.
fn wrap(spans: Vec<Span<'static>>, width: usize, limit: usize) -> Vec<Vec<Span<'static>>> {
    let mut rows = vec![Vec::new()];
    let mut used = 0;
    let mut hidden = 0;
    for span in spans {
        let mut text = String::new();
        for grapheme in span.styled_graphemes(Style::default()) {
            let columns = grapheme.symbol.width();
            if hidden > 0 {
                hidden += 1;
                continue;
            }
            if used + columns > width && used > 0 {
                if rows.len() == limit {
                    hidden = 1;
                    continue;
                }
                push(&mut rows, &mut text, span.style);
                rows.push(Vec::new());
                used = 0;
            }
            text.push_str(grapheme.symbol);
            used += columns;
        }
        push(&mut rows, &mut text, span.style);
    }
    if hidden > 0 {
        let note = format!(" … {hidden} more");
        let last = rows.pop().unwrap_or_default();
        let mut last = cut(last, 0, width.saturating_sub(note.width()));
        last.push(Span::styled(
            note,
            Style::new().add_modifier(Modifier::ITALIC),
        ));
        rows.push(last);
    }
    rows
}

fn push(rows: &mut [Vec<Span<'static>>], text: &mut String, style: Style) {
    if let Some(row) = rows.last_mut().filter(|_| !text.is_empty()) {
        row.push(Span::styled(std::mem::take(text), style));
    }
}

/// Cuts spans to `width` columns from the column `left`.
fn cut(spans: Vec<Span<'static>>, left: usize, width: usize) -> Vec<Span<'static>> {
    let mut out = Vec::new();
    let mut at = 0;
    for span in spans {
        let mut text = String::new();
        for grapheme in span.styled_graphemes(Style::default()) {
            let columns = grapheme.symbol.width();
            if at >= left && at + columns <= left + width {
                text.push_str(grapheme.symbol);
            }
            at += columns;
        }
        if !text.is_empty() {
            out.push(Span::styled(text, span.style));
        }
    }
    out
}

/// A text in at most `width` columns; cut text ends in `…`.
pub(crate) fn fit(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for grapheme in unicode_segmentation::UnicodeSegmentation::graphemes(text, true) {
        if used + grapheme.width() + 1 > width {
            break;
        }
        used += grapheme.width();
        out.push_str(grapheme);
    }
    if width > 0 {
        out.push('…');
    }
    out
}

/// A name in at most `width` columns, cut in the middle, because names with the same beginning
/// differ at the end.
pub(crate) fn fit_name(name: &str, width: usize) -> String {
    if name.width() <= width {
        return name.to_owned();
    }
    let mut end = String::new();
    for grapheme in unicode_segmentation::UnicodeSegmentation::graphemes(name, true).rev() {
        if end.width() + grapheme.width() > width.saturating_sub(1) / 2 {
            break;
        }
        end.insert_str(0, grapheme);
    }
    format!("{}{end}", fit(name, width.saturating_sub(end.width())))
}

/// A text filled with spaces to `width` columns.
pub(crate) fn pad(text: &str, width: usize) -> String {
    let gap = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(gap))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::LazyLock;

    use super::*;

    fn line(stream: Stream, text: &str) -> LogLine {
        LogLine {
            seq: 1,
            timestamp: "2026-01-31T09:15:00.123456Z".to_owned(),
            process: "api".to_owned(),
            stream,
            line: text.to_owned(),
            probe: false,
        }
    }

    static UTC: TimeZone = TimeZone::UTC;
    static NOTHING: LazyLock<Table> = LazyLock::new(Table::default);

    fn options(search: Option<&Regex>) -> LineOptions<'_> {
        LineOptions {
            theme: Theme::Dark,
            zone: &UTC,
            table: &NOTHING,
            names: 0,
            times: false,
            wrap: true,
            left: 0,
            search,
        }
    }

    fn shown(line: &LogLine, options: &LineOptions<'_>, width: usize, limit: usize) -> Vec<String> {
        rows(line, options, width, limit)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_line_begins_with_time_and_process() {
        let options = LineOptions {
            names: 6,
            times: true,
            ..options(None)
        };
        let seen = shown(&line(Stream::Stderr, "late"), &options, 80, 5);
        assert_eq!(seen, ["09:15:00 api    ┃ late"]);
    }

    #[test]
    fn a_long_line_wraps_and_counts_the_rows_left() {
        let long = line(Stream::Stdout, "abcdefghijklmnopqrstuvwxyz");
        assert_eq!(
            shown(&long, &options(None), 12, 9),
            ["│ abcdefghij", "  klmnopqrst", "  uvwxyz"]
        );
        assert_eq!(shown(&long, &options(None), 14, 1), ["│ ab … 14 more"]);
    }

    #[test]
    fn wide_characters_are_not_split() {
        let wide = line(Stream::Stdout, "日本語テキスト");
        assert_eq!(
            shown(&wide, &options(None), 7, 9),
            ["│ 日本", "  語テ", "  キス", "  ト"]
        );
        let cut = LineOptions {
            wrap: false,
            left: 1,
            ..options(None)
        };
        assert_eq!(shown(&wide, &cut, 7, 9), ["│ 本語"]);
    }

    #[test]
    fn json_lines_are_rendered_as_structured() {
        let text =
            r#"{"level":"error","time":1,"msg":"it\u001b[2J broke","user":7,"why":"no route"}"#;
        let seen = rows(&line(Stream::Stdout, text), &options(None), 200, 9);
        assert_eq!(
            seen.first().unwrap().to_string(),
            "│ ERROR it broke user=7 why=\"no route\""
        );
        assert!(
            seen.first()
                .unwrap()
                .spans
                .iter()
                .any(|s| s.style == Theme::Dark.danger())
        );
    }

    #[test]
    fn matches_are_highlighted_across_colours() {
        let search = Regex::new("abcd").unwrap();
        let coloured = line(Stream::Stdout, "xab\x1b[31mcdy");
        let seen = rows(&coloured, &options(Some(&search)), 80, 9);
        let found: String = seen
            .iter()
            .flat_map(|row| &row.spans)
            .filter(|span| span.style.bg == Theme::Dark.found().bg)
            .map(|span| span.content.as_ref())
            .collect();
        assert_eq!(found, "abcd");
        assert_eq!(seen.first().unwrap().to_string(), "│ xabcdy");
    }

    #[test]
    fn the_mono_theme_shows_no_colours() {
        let mono = LineOptions {
            theme: Theme::Mono,
            ..options(None)
        };
        let seen = rows(&line(Stream::Stdout, "\x1b[1;31mred"), &mono, 80, 9);
        assert!(
            seen.iter()
                .flat_map(|row| &row.spans)
                .all(|span| span.style.fg.is_none())
        );
    }
}
