//! Decimal numbers: read from text, and written for people.

/// The largest absolute value that is drawn. Differences and sums of such values stay finite.
const LARGEST: f64 = 1e300;

/// How much the error of reading may add to it.
const TOLERANCE: f64 = 1e-12;

/// Digits that a `u64` holds without overflow.
const DIGITS: usize = 18;

/// `digits` × 10^`exponent`, exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    pub(crate) digits: i64,
    pub(crate) exponent: i32,
}

/// Reads a decimal number with an optional fraction and exponent, right to within two units of the
/// last place. Values below 1e-300 are zero. None for other text, infinity, and values above [`LARGEST`].
pub(crate) fn parse(text: &str) -> Option<f64> {
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut mantissa = 0u64;
    let mut kept = 0usize;
    let mut point = i64::from(exponent);
    for (index, digit) in whole.bytes().chain(fraction.bytes()).enumerate() {
        if !digit.is_ascii_digit() {
            return None;
        }
        let in_fraction = index >= whole.len();
        if kept < DIGITS {
            mantissa = mantissa * 10 + u64::from(digit - b'0');
            kept += usize::from(mantissa > 0);
            point -= i64::from(in_fraction);
        } else {
            point += i64::from(!in_fraction);
        }
    }
    if mantissa == 0 {
        return Some(0.0);
    }
    let leading = point + i64::try_from(kept).ok()?;
    if leading > 301 {
        return None;
    }
    if leading < -300 {
        return Some(0.0);
    }
    let value = scale(mantissa as f64, i32::try_from(point).ok()?);
    (value <= LARGEST * (1.0 + TOLERANCE)).then_some(if is_negative { -value } else { value })
}

/// `value` × 10^`exponent`.
pub(crate) fn scale(mut value: f64, mut exponent: i32) -> f64 {
    while exponent > 0 {
        let step = exponent.min(22);
        value *= power(step);
        exponent -= step;
    }
    while exponent < 0 {
        let step = exponent.max(-22);
        value /= power(-step);
        exponent -= step;
    }
    value
}

/// 10^`exponent` for 0 to 22, where an `f64` has it exactly.
fn power(exponent: i32) -> f64 {
    (0..exponent).fold(1.0, |power, _| power * 10.0)
}

/// The largest `e` with 10^e ≤ `value`, which is above zero; just below a power of ten it may be the next.
pub(crate) fn magnitude(mut value: f64) -> i32 {
    let mut exponent = 0;
    while value >= 1e22 {
        value /= 1e22;
        exponent += 22;
    }
    while value < 1e-22 && value > 0.0 {
        value *= 1e22;
        exponent -= 22;
    }
    while value >= 10.0 {
        value /= 10.0;
        exponent += 1;
    }
    while value < 1.0 && value > 0.0 {
        value *= 10.0;
        exponent -= 1;
    }
    exponent
}

impl Decimal {
    /// A value rounded to a number of significant digits.
    pub(crate) fn rounded(value: f64, significant: i32) -> Self {
        if value == 0.0 {
            return Self {
                digits: 0,
                exponent: 0,
            };
        }
        let exponent = magnitude(value.abs()) + 1 - significant;
        Self {
            digits: scale(value, -exponent).round_ties_even() as i64,
            exponent,
        }
    }

    /// Without zeros at the end of the digits.
    fn trimmed(mut self) -> Self {
        while self.digits != 0 && self.digits % 10 == 0 {
            self.digits /= 10;
            self.exponent += 1;
        }
        self
    }

    /// For axes: `950`, `1.5k`, `20M`, `3B`, `4T`, `2e18`, `5e-7`; exact, with a real minus sign.
    pub(crate) fn compact(self) -> String {
        let Self { digits, exponent } = self.trimmed();
        if digits == 0 {
            return "0".to_owned();
        }
        let text = digits.unsigned_abs().to_string();
        let length = i32::try_from(text.len()).unwrap_or(i32::MAX);
        // The value is 0.TEXT × 10^point.
        let point = length.saturating_add(exponent);
        let (point, suffix) = match point {
            -3..=3 => (point, String::new()),
            4..=6 => (point - 3, "k".to_owned()),
            7..=9 => (point - 6, "M".to_owned()),
            10..=12 => (point - 9, "B".to_owned()),
            13..=15 => (point - 12, "T".to_owned()),
            _ => (1, format!("e{}", point - 1)),
        };
        let mut out = String::new();
        if digits < 0 {
            out.push('−');
        }
        push_with_point(&mut out, &text, point, "");
        out + &suffix
    }

    /// In full, the thousands apart: `12,345.6`.
    fn grouped(self) -> String {
        let Self { digits, exponent } = self.trimmed();
        let text = digits.unsigned_abs().to_string();
        let length = i32::try_from(text.len()).unwrap_or(i32::MAX);
        let mut out = if digits < 0 { "−" } else { "" }.to_owned();
        push_with_point(&mut out, &text, length.saturating_add(exponent), ",");
        out
    }
}

/// Writes `0.TEXT` × 10^`point` with a separator between groups of three digits before the point.
fn push_with_point(out: &mut String, text: &str, point: i32, separator: &str) {
    let whole = usize::try_from(point).unwrap_or(0);
    let zeros_after_point = usize::try_from(point.saturating_neg()).unwrap_or(0);
    if whole == 0 {
        out.push('0');
    }
    for index in 0..whole {
        if index > 0 && (whole - index).is_multiple_of(3) {
            out.push_str(separator);
        }
        out.push(
            text.as_bytes()
                .get(index)
                .map_or('0', |&digit| digit.into()),
        );
    }
    if let Some(fraction) = text.get(whole..)
        && !fraction.is_empty()
    {
        out.push('.');
        out.extend(std::iter::repeat_n('0', zeros_after_point));
        out.push_str(fraction);
    }
}

/// A value in three digits: `1.23k`.
pub(crate) fn compact(value: f64) -> String {
    Decimal::rounded(value, 3).compact()
}

/// A value in large type: in full with two digits after the point, or in three digits where that would be
/// long or would lose it.
pub(crate) fn large(value: f64) -> String {
    if (1.0..1e7).contains(&value.abs()) {
        let hundredths = (value * 100.0).round_ties_even() as i64;
        return Decimal {
            digits: hundredths,
            exponent: -2,
        }
        .grouped();
    }
    compact(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_postgres_writes_them() {
        for (text, value) in [
            ("0", 0.0),
            ("-0.000", 0.0),
            ("12.50", 12.5),
            ("-12.5", -12.5),
            ("+3", 3.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e300", 1e300),
            ("1.5E-7", 1.5e-7),
            ("0000000000000000000000012", 12.0),
            ("0.00000000000000000000000012", 1.2e-25),
            ("1e-400", 0.0),
            (
                "123456789012345678901234567890",
                123456789012345678901234567890.0,
            ),
        ] {
            let read = parse(text).unwrap();
            assert!(
                (read - value).abs() <= value.abs() * 1e-15,
                "{text}: {read}"
            );
        }
        for text in [
            "",
            ".",
            "-",
            "NaN",
            "Infinity",
            "-Infinity",
            "1e301",
            "1e99999999999",
            "1e400",
            "1,5",
            "12a",
            "١٢",
            "1 000",
            "--1",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn long_numbers_keep_their_size() {
        let digits = "7".repeat(131_072);
        assert_eq!(parse(&digits), None);
        assert!((parse(&format!("0.{digits}")).unwrap() - 7.0 / 9.0).abs() < 1e-15);
    }

    #[test]
    fn labels_are_compact_and_exact() {
        for (digits, exponent, label) in [
            (0, 5, "0"),
            (5, 0, "5"),
            (950, 0, "950"),
            (25, -1, "2.5"),
            (5, -3, "0.005"),
            (5, -4, "0.0005"),
            (5, -5, "5e-5"),
            (15, -8, "1.5e-7"),
            (1000, 0, "1k"),
            (1200, 0, "1.2k"),
            (15, 2, "1.5k"),
            (34, 5, "3.4M"),
            (1_000_200, 0, "1.0002M"),
            (-250, 3, "−250k"),
            (2, 9, "2B"),
            (7, 14, "700T"),
            (2, 15, "2e15"),
            (-12, 299, "−1.2e300"),
        ] {
            assert_eq!(Decimal { digits, exponent }.compact(), label);
        }
    }

    #[test]
    fn values_are_rounded_to_three_digits() {
        for (value, label) in [
            (0.0, "0"),
            (999.4, "999"),
            (999.6, "1k"),
            (1234.5, "1.23k"),
            (-0.012_34, "−0.0123"),
            (1e300, "1e300"),
            (3e-9, "3e-9"),
        ] {
            assert_eq!(compact(value), label);
        }
    }

    #[test]
    fn large_type_shows_values_in_full_where_they_fit() {
        for (value, label) in [
            (0.0, "0"),
            (1.0, "1"),
            (1234.5, "1,234.5"),
            (-9_876_543.219, "−9,876,543.22"),
            (100_000.0, "100,000"),
            (12_345_678.0, "12.3M"),
            (0.123_45, "0.123"),
            (4.999, "5"),
        ] {
            assert_eq!(large(value), label);
        }
    }

    proptest! {
        #[test]
        fn numbers_equal_those_of_the_standard_library(value in prop::num::f64::NORMAL) {
            let expected = if value.abs() > LARGEST { None } else { Some(value) };
            let read = parse(&format!("{value:e}"));
            match (read, expected) {
                (Some(read), Some(expected)) => {
                    prop_assert!((read - expected).abs() <= expected.abs() * 1e-14 + 1e-299);
                }
                (read, expected) => prop_assert_eq!(read, expected),
            }
        }

        #[test]
        fn compact_labels_say_their_value(digits in -99_999_999i64..99_999_999, exponent in -40i32..40) {
            let decimal = Decimal { digits, exponent };
            let label = decimal.compact().replace('−', "-");
            let end = label.len() - usize::from(label.ends_with(['k', 'M', 'B', 'T']));
            let factor = match label.get(end..) {
                Some("k") => 1e3,
                Some("M") => 1e6,
                Some("B") => 1e9,
                Some("T") => 1e12,
                _ => 1.0,
            };
            let said = label[..end].parse::<f64>().unwrap() * factor;
            let exact = format!("{digits}e{exponent}").parse::<f64>().unwrap();
            prop_assert!((said - exact).abs() <= exact.abs() * 1e-14, "{} for {}", label, exact);
        }

        #[test]
        fn any_text_is_a_number_or_none(text in "\\PC{0,12}|[-+0-9.eE]{0,12}") {
            prop_assert!(parse(&text).is_none_or(f64::is_finite));
        }
    }
}
