//! Numbers and paths of SVG, in as few bytes as one decimal of a pixel takes.

use maud::{Escaper, Render};
use std::fmt::Write as _;

/// A length in tenths of a CSS pixel, or of a unit of a view box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tenths(pub(crate) i64);

impl Tenths {
    pub(crate) fn of(value: f64) -> Self {
        Self((value * 10.0).round_ties_even() as i64)
    }
}

impl Render for Tenths {
    fn render_to(&self, out: &mut String) {
        push_fraction(out, self.0, 10);
    }
}

/// A part of the plot's width, from 0 to 1, as a percentage with two decimals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Percent(pub(crate) f64);

impl Render for Percent {
    fn render_to(&self, out: &mut String) {
        push_fraction(out, (self.0 * 10_000.0).round_ties_even() as i64, 100);
        out.push('%');
    }
}

/// Writes `value` / `unit` without needless zeros; the unit is 10 or 100.
fn push_fraction(out: &mut String, value: i64, unit: u64) {
    if value < 0 {
        out.push('-');
    }
    let (whole, mut rest) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    if whole > 0 || rest == 0 {
        push(out, whole);
    }
    let mut place = unit / 10;
    if rest > 0 {
        out.push('.');
    }
    while rest > 0 && place > 0 {
        push(out, rest / place);
        rest %= place;
        place /= 10;
    }
}

fn push(out: &mut String, number: u64) {
    // Writing to a string does not fail.
    let _ = write!(Escaper::new(out), "{number}");
}

/// The data of a path, with relative lines: coordinates are rounded first, so errors do not add up.
#[derive(Default)]
pub(crate) struct Path {
    data: String,
    at: (i64, i64),
    /// The command that further pairs of numbers belong to.
    command: char,
}

impl Path {
    /// Begins a part of the path.
    pub(crate) fn move_to(&mut self, x: Tenths, y: Tenths) {
        self.data.push('M');
        self.command = 'M';
        self.number(x.0);
        self.number(y.0);
        self.at = (x.0, y.0);
    }

    /// A straight line to a point.
    pub(crate) fn line_to(&mut self, x: Tenths, y: Tenths) {
        if self.command != 'l' {
            self.data.push('l');
            self.command = 'l';
        }
        self.number(x.0 - self.at.0);
        self.number(y.0 - self.at.1);
        self.at = (x.0, y.0);
    }

    /// A line of no length, which round caps make a dot.
    pub(crate) fn dot(&mut self, x: Tenths, y: Tenths) {
        self.move_to(x, y);
        self.command = 'h';
        self.data.push_str("h0");
    }

    /// A rectangle to fill; its fourth side needs no line.
    pub(crate) fn rectangle(&mut self, left: Tenths, top: Tenths, width: Tenths, height: Tenths) {
        self.move_to(left, Tenths(top.0 + height.0));
        for (command, length) in [('v', -height.0), ('h', width.0), ('v', height.0)] {
            self.data.push(command);
            self.number(length);
        }
    }

    /// Closes the part of the path.
    pub(crate) fn close(&mut self) {
        self.command = 'z';
        self.data.push('z');
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    fn number(&mut self, tenths: i64) {
        if tenths >= 0 && self.data.ends_with(|char: char| char.is_ascii_digit()) {
            self.data.push(' ');
        }
        push_fraction(&mut self.data, tenths, 10);
    }
}

impl Render for Path {
    fn render_to(&self, out: &mut String) {
        out.push_str(&self.data);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_needless_characters() {
        for (value, text) in [
            (0.0, "0"),
            (12.0, "12"),
            (12.34, "12.3"),
            (0.5, ".5"),
            (-0.26, "-.3"),
            (-3.0, "-3"),
            (199.96, "200"),
        ] {
            assert_eq!(Tenths::of(value).render().0, text);
        }
        for (part, text) in [
            (0.0, "0%"),
            (1.0, "100%"),
            (1.0 / 12.0, "8.33%"),
            (0.0005, ".05%"),
            (0.125, "12.5%"),
        ] {
            assert_eq!(Percent(part).render().0, text);
        }
    }

    #[test]
    fn paths_are_relative_and_exact() {
        let mut path = Path::default();
        assert!(path.is_empty());
        path.move_to(Tenths(0), Tenths(1234));
        path.line_to(Tenths(100), Tenths(1200));
        path.line_to(Tenths(200), Tenths(1256));
        path.line_to(Tenths(200), Tenths(2000));
        path.close();
        path.dot(Tenths(5), Tenths(0));
        path.rectangle(Tenths(10), Tenths(100), Tenths(25), Tenths(1900));
        assert_eq!(
            path.render().0,
            "M0 123.4l10-3.4 10 5.6 0 74.4zM.5 0h0M1 200v-190h2.5v190"
        );
    }
}
