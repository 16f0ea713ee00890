//! Text in a drawing: how wide it is, and which labels of an axis fit beside each other.

/// The narrowest plot for which labels are laid out, in CSS pixels: a phone, inside of a card.
pub(crate) const NARROW: f64 = 232.0;

/// The plot from which on more labels are shown: `@container` in `charts.css` shows them in a chart of
/// 544 px, which has at least this much besides its value axis.
pub(crate) const WIDE: f64 = 440.0;

/// The space between two labels.
const GAP: f64 = 8.0;

/// How wide a text in the size of labels (12 px) is, in CSS pixels: an upper estimate for most text.
pub(crate) fn width(text: &str) -> f64 {
    text.chars().map(char_width).sum()
}

fn char_width(char: char) -> f64 {
    match char {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '’' | '|' | '!' | ' ' => 3.6,
        'f' | 't' | 'r' | '(' | ')' | '-' | '/' => 5.0,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 11.0,
        'A'..='Z' => 8.6,
        '\0'..='\u{7f}' => 7.0,
        // Marks on the character before, joiners and directions.
        '\u{300}'..='\u{36f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2066}'..='\u{2069}'
        | '\u{fe00}'..='\u{fe0f}' => 0.0,
        '\u{80}'..='\u{2dff}' => 8.6,
        _ => 14.0,
    }
}

/// A text that fits, and whether it is shorter than the original.
pub(crate) fn truncated(text: &str, most: f64) -> (String, bool) {
    if width(text) <= most {
        return (text.to_owned(), false);
    }
    let mut room = most - char_width('…');
    let mut kept: String = text
        .chars()
        .take_while(|&char| {
            room -= char_width(char);
            room >= 0.0
        })
        .collect();
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    (kept, true)
}

/// A text with at most this many characters.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
    }
}

/// A text that keeps its own direction inside of a sentence: isolated when it may run from right to left.
pub(crate) fn isolated(text: &str) -> String {
    let is_rtl = text.chars().any(|char| {
        matches!(char, '\u{590}'..='\u{8ff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
    });
    if is_rtl {
        format!("\u{2068}{text}\u{2069}")
    } else {
        text.to_owned()
    }
}

/// Which end of a label is at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A label on a horizontal axis.
#[derive(Debug)]
pub(crate) struct Placed {
    /// Which of the texts it is.
    pub(crate) index: usize,
    /// From 0 to 1.
    pub(crate) at: f64,
    pub(crate) anchor: Anchor,
    /// Whether it is only shown in wide charts.
    pub(crate) is_for_wide: bool,
}

/// Chooses which texts to show at their places (ascending, from 0 to 1), so that none touches another:
/// every one, every second, and so on, fewer in narrow charts. Those that are not in `marks` are never shown.
/// A label may reach beyond the plot by `hang` pixels.
pub(crate) fn place(texts: &[String], places: &[f64], marks: &[usize], hang: f64) -> Vec<Placed> {
    let label = |&index: &usize| {
        let (text, &at) = (texts.get(index)?, places.get(index)?);
        Some(anchored(index, at, width(text), hang))
    };
    let all: Vec<Placed> = marks.iter().filter_map(label).collect();
    let fits = |step: usize, plot: f64| {
        let mut end = f64::NEG_INFINITY;
        all.iter().step_by(step).all(|label| {
            let wide = texts.get(label.index).map_or(0.0, |text| width(text));
            let start = start(label, wide, plot);
            let is_free = start >= end + GAP;
            end = start + wide;
            is_free
        })
    };
    let last = all.len().max(1);
    let wide = (1..last).find(|&step| fits(step, WIDE)).unwrap_or(last);
    let narrow = (wide..last)
        .step_by(wide)
        .find(|&step| fits(step, NARROW))
        .unwrap_or(last);
    let shown = all.into_iter().enumerate().step_by(wide);
    shown
        .map(|(position, label)| Placed {
            is_for_wide: !position.is_multiple_of(narrow),
            ..label
        })
        .collect()
}

/// A label in the middle of its place, or beginning or ending at the edge that it would cross.
fn anchored(index: usize, at: f64, width: f64, hang: f64) -> Placed {
    let room = width / 2.0 - hang;
    let (at, anchor) = if at * NARROW < room {
        (0.0, Anchor::Start)
    } else if (1.0 - at) * NARROW < room {
        (1.0, Anchor::End)
    } else {
        (at, Anchor::Middle)
    };
    Placed {
        index,
        at,
        anchor,
        is_for_wide: false,
    }
}

/// Where a label begins, in pixels from the left of a plot.
fn start(label: &Placed, width: f64, plot: f64) -> f64 {
    let at = label.at * plot;
    match label.anchor {
        Anchor::Start => at,
        Anchor::Middle => at - width / 2.0,
        Anchor::End => at - width,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(texts: &[&str]) -> (Vec<usize>, Vec<usize>) {
        let texts: Vec<_> = texts.iter().map(|text| (*text).to_owned()).collect();
        let count = texts.len() as f64;
        let places: Vec<_> = (0..texts.len())
            .map(|index| (index as f64 + 0.5) / count)
            .collect();
        let marks: Vec<_> = (0..texts.len()).collect();
        let placed = place(&texts, &places, &marks, 14.0);
        let narrow = placed.iter().filter(|label| !label.is_for_wide);
        (
            narrow.map(|label| label.index).collect(),
            placed.iter().map(|label| label.index).collect(),
        )
    }

    #[test]
    fn labels_are_thinned_out_by_width() {
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ];
        let (narrow, wide) = shown(&months);
        assert_eq!(narrow, [0, 2, 4, 6, 8, 10]);
        assert_eq!(wide.len(), 12);
        assert_eq!(shown(&["one"]), (vec![0], vec![0]));
        assert_eq!(shown(&[]), (vec![], vec![]));
        let long = "a very long name of a category indeed";
        assert_eq!(shown(&[long, long, long]).0, [0]);
    }

    #[test]
    fn texts_are_truncated_to_a_width() {
        assert_eq!(truncated("short", 100.0), ("short".to_owned(), false));
        let (text, is_shorter) = truncated("a name that is too long", 100.0);
        assert_eq!((text.as_str(), is_shorter), ("a name that is…", true));
        assert!(width(&truncated(&"漢".repeat(50), 60.0).0) <= 60.0);
        assert_eq!(shortened("abcdef", 3), "abc…");
        assert_eq!(shortened("abc", 3), "abc");
    }

    #[test]
    fn only_text_from_right_to_left_is_isolated() {
        assert_eq!(isolated("Zürich 漢"), "Zürich 漢");
        assert_eq!(isolated("שלום"), "\u{2068}שלום\u{2069}");
        assert_eq!(isolated("سعر"), "\u{2068}سعر\u{2069}");
    }

    proptest! {
        #[test]
        fn labels_never_overlap(texts in prop::collection::vec("\\PC{0,12}", 0..70), edges in any::<bool>(), mask in any::<u64>()) {
            let count = texts.len() as f64;
            let places: Vec<_> = (0..texts.len()).map(|index| if edges {
                index as f64 / (count - 1.0).max(1.0)
            } else {
                (index as f64 + 0.5) / count
            }).collect();
            let marks: Vec<_> = (0..texts.len()).filter(|index| (mask >> (index % 64)) & 1 == 1).collect();
            let placed = place(&texts, &places, &marks, 14.0);
            prop_assert_eq!(placed.is_empty(), marks.is_empty());
            prop_assert!(placed.iter().all(|label| marks.contains(&label.index)));
            for (plot, is_wide) in [(NARROW, false), (WIDE, true)] {
                let mut end = f64::NEG_INFINITY;
                for label in placed.iter().filter(|label| is_wide || !label.is_for_wide) {
                    let wide = width(&texts[label.index]);
                    let start = start(label, wide, plot);
                    prop_assert!(start >= end + GAP);
                    end = start + wide;
                }
            }
        }
    }
}
