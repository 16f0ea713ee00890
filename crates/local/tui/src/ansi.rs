//! Converts a line of output to styled text: keeps its colours, and drops all other control
//! sequences.

use anstyle_parse::{DefaultCharAccumulator, Params, Parser, Perform};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Span;

/// The distance of tab stops, in columns.
const TAB: usize = 8;

/// Converts a line to styled text. Colours and emphasis (SGR) are kept; cursor movements, titles,
/// clipboard writes and all other control sequences are dropped. A carriage return restarts the
/// line, as for a progress bar.
pub(crate) fn spans(line: &str) -> Vec<Span<'static>> {
    let mut painter = Painter::default();
    let mut parser = Parser::<DefaultCharAccumulator>::new();
    for byte in line.trim_end_matches('\r').bytes() {
        parser.advance(&mut painter, byte);
    }
    painter.finish()
}

/// The text of a line without styles.
pub(crate) fn plain(line: &str) -> String {
    if line.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return line.to_owned();
    }
    spans(line)
        .iter()
        .map(|span| span.content.as_ref())
        .collect()
}

/// Whether a character is invisible, or changes how a terminal shows others.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[derive(Default)]
struct Painter {
    spans: Vec<Span<'static>>,
    text: String,
    style: Style,
    width: usize,
}

impl Painter {
    fn cut(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.spans.push(Span::styled(text, self.style));
        }
    }

    fn finish(mut self) -> Vec<Span<'static>> {
        self.cut();
        self.spans
    }

    fn restyle(&mut self, style: Style) {
        if style != self.style {
            self.cut();
            self.style = style;
        }
    }
}

impl Perform for Painter {
    fn print(&mut self, c: char) {
        if !is_harmful(c) {
            self.width += unicode_width::UnicodeWidthChar::width(c).unwrap_or(0);
            self.text.push(c);
        }
    }

    fn execute(&mut self, byte: u8) {
        match byte {
            b'\t' => {
                let gap = TAB - self.width % TAB;
                self.width += gap;
                self.text.extend(std::iter::repeat_n(' ', gap));
            }
            b'\r' => {
                self.spans.clear();
                self.text.clear();
                self.width = 0;
            }
            _ => {}
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], ignore: bool, action: u8) {
        if action == b'm' && intermediates.is_empty() && !ignore {
            let style = select_graphic_rendition(self.style, params);
            self.restyle(style);
        }
    }
}

/// ECMA-48 § 8.3.117, with the extended colours of ITU-T T.416 in both spellings.
fn select_graphic_rendition(mut style: Style, params: &Params) -> Style {
    let mut all = params.iter();
    while let Some(param) = all.next() {
        let (code, sub) = param
            .split_first()
            .map_or((0, &[][..]), |(code, sub)| (*code, sub));
        style = match code {
            0 => Style::default(),
            1 => style.add_modifier(Modifier::BOLD),
            2 => style.add_modifier(Modifier::DIM),
            3 => style.add_modifier(Modifier::ITALIC),
            4 if sub.first() == Some(&0) => style.remove_modifier(Modifier::UNDERLINED),
            4 | 21 => style.add_modifier(Modifier::UNDERLINED),
            7 => style.add_modifier(Modifier::REVERSED),
            9 => style.add_modifier(Modifier::CROSSED_OUT),
            22 => style.remove_modifier(Modifier::BOLD | Modifier::DIM),
            23 => style.remove_modifier(Modifier::ITALIC),
            24 => style.remove_modifier(Modifier::UNDERLINED),
            27 => style.remove_modifier(Modifier::REVERSED),
            29 => style.remove_modifier(Modifier::CROSSED_OUT),
            30..=37 => style.fg(named(code - 30)),
            38 => extended(sub, &mut all).map_or(style, |color| style.fg(color)),
            39 => Style { fg: None, ..style },
            40..=47 => style.bg(named(code - 40)),
            48 => extended(sub, &mut all).map_or(style, |color| style.bg(color)),
            49 => Style { bg: None, ..style },
            90..=97 => style.fg(named(code - 90 + 8)),
            100..=107 => style.bg(named(code - 100 + 8)),
            // Blinking and hidden text are ignored: they would hide output.
            _ => style,
        };
    }
    style
}

fn named(index: u16) -> Color {
    match index {
        0 => Color::Black,
        1 => Color::Red,
        2 => Color::Green,
        3 => Color::Yellow,
        4 => Color::Blue,
        5 => Color::Magenta,
        6 => Color::Cyan,
        7 => Color::Gray,
        8 => Color::DarkGray,
        9 => Color::LightRed,
        10 => Color::LightGreen,
        11 => Color::LightYellow,
        12 => Color::LightBlue,
        13 => Color::LightMagenta,
        14 => Color::LightCyan,
        _ => Color::White,
    }
}

/// The colour after 38 or 48: `5;n`, `2;r;g;b`, or the same with colons, where T.416 also allows a
/// colour space before the red.
fn extended<'a>(sub: &[u16], rest: &mut impl Iterator<Item = &'a [u16]>) -> Option<Color> {
    let mut next = || rest.next().and_then(|param| param.first().copied());
    let byte = |value: u16| u8::try_from(value).ok();
    match *sub {
        [] => match next()? {
            5 => byte(next()?).map(Color::Indexed),
            2 => Some(Color::Rgb(byte(next()?)?, byte(next()?)?, byte(next()?)?)),
            _ => None,
        },
        [5, index] => byte(index).map(Color::Indexed),
        [2, r, g, b] | [2, _, r, g, b, ..] => Some(Color::Rgb(byte(r)?, byte(g)?, byte(b)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn colours_of_a_process_are_kept() {
        let spans =
            spans("\x1b[1;31mfatal\x1b[0m: \x1b[38;5;208mno \x1b[38;2;1;2;3mroute\x1b[39m.");
        let seen: Vec<_> = spans
            .iter()
            .map(|s| (s.content.as_ref(), s.style))
            .collect();
        assert_eq!(
            seen,
            [
                (
                    "fatal",
                    Style::new().fg(Color::Red).add_modifier(Modifier::BOLD)
                ),
                (": ", Style::new()),
                ("no ", Style::new().fg(Color::Indexed(208))),
                ("route", Style::new().fg(Color::Rgb(1, 2, 3))),
                (".", Style::new()),
            ]
        );
    }

    #[test]
    fn colours_in_the_spelling_with_colons_are_kept() {
        let spans = spans("\x1b[38:2::9:8:7mx\x1b[48:5:17my");
        assert_eq!(spans[0].style.fg, Some(Color::Rgb(9, 8, 7)));
        assert_eq!(spans[1].style.bg, Some(Color::Indexed(17)));
    }

    #[test]
    fn control_sequences_other_than_colours_are_dropped() {
        for hostile in [
            "a\x1b[2Jb",
            "a\x1b]0;title\x07b",
            "a\x1b]52;c;ZXZpbA==\x1b\\b",
            "a\x1b[10;10Hb",
            "a\x1bPq#0\x1b\\b",
            "a\x07\x08b",
            "a\u{9b}b",
            "a\u{202e}b",
            "a\x1b[?1049hb",
        ] {
            assert_eq!(plain(hostile), "ab", "{hostile:?}");
        }
    }

    #[test]
    fn a_progress_bar_shows_its_last_state() {
        assert_eq!(plain("10 %\r50 %\r100 %\r"), "100 %");
    }

    #[test]
    fn tabs_become_columns() {
        assert_eq!(plain("a\tb\tc"), "a       b       c");
    }

    proptest! {
        #[test]
        fn no_control_character_is_ever_left(line in any::<Vec<u8>>()) {
            let text = plain(&String::from_utf8_lossy(&line));
            prop_assert!(!text.chars().any(is_harmful), "{text:?}");
        }
    }
}
