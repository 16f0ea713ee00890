//! The built-in icons of items.

/// What an item's icon begins with when it is a built-in one; its name follows.
const PREFIX: &str = "glyph:";

/// A line for each: its name, and what is inside of an `svg` with 24 by 24 units. They are Lucide's (ISC
/// licence); a test of the shell keeps them the same as those that people choose from.
const DRAWINGS: &str = include_str!("glyphs.txt");

/// A built-in icon.
#[derive(Clone, Copy)]
pub(crate) struct Glyph {
    pub(crate) name: &'static str,
    /// SVG elements.
    pub(crate) drawing: &'static str,
}

/// The built-in icon that an item's icon names, if it is one.
pub(crate) fn named_by(icon: &str) -> Option<Glyph> {
    let wanted = icon.strip_prefix(PREFIX)?;
    DRAWINGS
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .find(|(name, _)| *name == wanted)
        .map(|(name, drawing)| Glyph { name, drawing })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_built_in_icon_has_a_drawing() {
        assert!(named_by("glyph:cat").is_some_and(|glyph| glyph.drawing.starts_with("<path ")));
        for icon in ["glyph:", "glyph:nothing", "cat", "letters", "glyph:ca"] {
            assert!(named_by(icon).is_none(), "{icon}");
        }
    }
}
