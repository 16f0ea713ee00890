//! Numbers as text: which notation they have, how large they are, and their exact digits.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The longest number, in digits with all zeros written out.
const MAX_DIGITS: i64 = 1000;

/// The largest integer that a double and each of its neighbours hold exactly, 2^53 - 1.
pub(crate) const MAX_SAFE: i64 = (1 << 53) - 1;

/// What a number needs to be stored exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Size {
    /// An integer below 2^53, which a double holds, too.
    Safe,
    /// An integer of 64 bits.
    Long,
    /// An integer of more than 64 bits.
    Huge,
    /// Not an integer literal; a double gives its digits back.
    Double,
    /// Not an integer literal, and a double would lose digits.
    Exact,
    /// A code rather than a number (a leading zero, a plus sign), or out of range.
    Refused,
}

/// The parts of a number: `-12.50e3`.
struct Literal<'a> {
    negative: bool,
    whole: &'a str,
    fraction: Option<&'a str>,
    exponent: Option<i64>,
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// Parses `-?(digits)?(.digits?)?([eE][+-]?digits)?` with at least one digit before the exponent.
fn literal(text: &str) -> Option<Literal<'_>> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, rest) = rest.split_at(digits(rest));
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => {
            let (fraction, rest) = rest.split_at(digits(rest));
            (Some(fraction), rest)
        }
        None => (None, rest),
    };
    if whole.is_empty() && fraction.is_none_or(str::is_empty) {
        return None;
    }
    let exponent = match rest.strip_prefix(['e', 'E']) {
        Some(rest) => {
            let sign = rest.starts_with('-');
            let rest = rest.strip_prefix(['-', '+']).unwrap_or(rest);
            if rest.is_empty() || digits(rest) != rest.len() {
                return None;
            }
            // More digits than a number has: out of range in any case.
            let value = rest.parse::<i32>().map_or(i64::from(i32::MAX), i64::from);
            Some(if sign { -value } else { value })
        }
        None if rest.is_empty() => None,
        None => return None,
    };
    Some(Literal {
        negative,
        whole,
        fraction,
        exponent,
    })
}

/// What the number needs; `None` when the text is not a number with a decimal point.
pub(crate) fn size(text: &str) -> Option<Size> {
    if text.starts_with('+') {
        let refused = literal(text.get(1..)?).is_some() && !text.starts_with("+-");
        return refused.then_some(Size::Refused);
    }
    let number = literal(text)?;
    if number.whole.len() > 1 && number.whole.starts_with('0') {
        return Some(Size::Refused);
    }
    Some(match (number.fraction, number.exponent) {
        (None, None) if number.whole.len() <= 15 => Size::Safe,
        (None, None) => match text.parse::<i64>() {
            Ok(value) if value.unsigned_abs() <= MAX_SAFE.unsigned_abs() => Size::Safe,
            Ok(_) => Size::Long,
            Err(_) if number.whole.len() as i64 <= MAX_DIGITS => Size::Huge,
            Err(_) => Size::Refused,
        },
        _ => decimal_size(text, &number),
    })
}

fn decimal_size(text: &str, number: &Literal<'_>) -> Size {
    let fraction = number.fraction.unwrap_or_default();
    let exponent = number.exponent.unwrap_or(0);
    let written = (number.whole.len() + fraction.len()) as i64 + exponent.abs();
    let significant = significant(number.whole, fraction);
    if significant == 0 {
        // `0e4567` is a code.
        let refused = number.exponent.is_some() || written > MAX_DIGITS;
        return if refused { Size::Refused } else { Size::Double };
    }
    if written > MAX_DIGITS {
        return Size::Refused;
    }
    if significant <= 15 && exponent.abs() <= 200 && written <= 250 {
        return Size::Double;
    }
    match text.parse::<f64>() {
        Ok(double) if !double.is_finite() || double == 0.0 => Size::Refused,
        Ok(double) if normal(&shortest(double)) == normal(text) => Size::Double,
        Ok(_) => Size::Exact,
        Err(_) => Size::Refused,
    }
}

/// How many digits there are between the first and the last one that is not zero.
fn significant(whole: &str, fraction: &str) -> usize {
    let all = whole.len() + fraction.len();
    let zero = |it: &u8| *it == b'0';
    let leading = whole
        .bytes()
        .chain(fraction.bytes())
        .take_while(zero)
        .count();
    if leading == all {
        return 0;
    }
    let trailing = fraction
        .bytes()
        .rev()
        .chain(whole.bytes().rev())
        .take_while(zero)
        .count();
    all - leading - trailing
}

/// The significant digits of a number, and the power of ten of the last of them.
fn normal(text: &str) -> Option<(bool, String, i64)> {
    let number = literal(text)?;
    let fraction = number.fraction.unwrap_or_default();
    let all = format!("{}{fraction}", number.whole);
    let kept = all.trim_end_matches('0');
    let power =
        number.exponent.unwrap_or(0) - fraction.len() as i64 + (all.len() - kept.len()) as i64;
    Some((
        number.negative,
        kept.trim_start_matches('0').to_owned(),
        power,
    ))
}

/// The shortest text that gives the double back; always with a point or an exponent.
pub(crate) fn shortest(double: f64) -> String {
    // The formatter of serde_json is in the program already.
    serde_json::to_string(&double).unwrap_or_default()
}

/// Whether the number is zero, however it is written.
pub(crate) fn is_zero(text: &str) -> bool {
    literal(text)
        .is_some_and(|number| significant(number.whole, number.fraction.unwrap_or_default()) == 0)
}

/// The number with all digits and without exponent: `-1.5e3` is `-1500`, `.50` is `0.50`. `None`
/// when the text is not a number or is refused by [`size`].
pub(crate) fn plain(text: &str) -> Option<String> {
    if matches!(size(text)?, Size::Refused) {
        return None;
    }
    let number = literal(text)?;
    let fraction = number.fraction.unwrap_or_default();
    let all = format!("{}{fraction}", number.whole);
    let point = number.whole.len() as i64 + number.exponent.unwrap_or(0);
    let (whole, fraction) = if point <= 0 {
        let zeros = "0".repeat(usize::try_from(-point).unwrap_or_default());
        (String::new(), format!("{zeros}{all}"))
    } else {
        let point = usize::try_from(point).unwrap_or_default();
        match all.split_at_checked(point) {
            Some((whole, fraction)) => (whole.to_owned(), fraction.to_owned()),
            None => (
                format!("{all}{}", "0".repeat(point - all.len())),
                String::new(),
            ),
        }
    };
    let whole = whole.trim_start_matches('0');
    let mut plain = String::with_capacity(whole.len() + fraction.len() + 3);
    if number.negative && significant(whole, &fraction) > 0 {
        plain.push('-');
    }
    plain.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        plain.push('.');
        plain.push_str(&fraction);
    }
    Some(plain)
}

/// The number with a decimal point and without groups, for [`size`] and [`plain`]. `None` when
/// the text is not a number in this notation.
///
/// Groups have three digits, the first one one to three, and one separator between them: `_`,
/// `'`, `’`, a space, a no-break space, and the one of `.` and `,` that is not decimal.
pub(crate) fn normalize(text: &str, comma: bool, grouping: bool) -> Option<Cow<'_, str>> {
    if !comma && size(text).is_some() {
        return Some(Cow::Borrowed(text));
    }
    let decimal = if comma { ',' } else { '.' };
    let group = if comma { '.' } else { ',' };
    let body = text.strip_prefix('-').unwrap_or(text);
    let is_separator = |it: char| {
        it == group
            || matches!(
                it,
                '_' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}'
            )
    };
    // Only then does the text have a chance.
    let mut seen = body.chars().filter(|it| !it.is_ascii_digit());
    match seen.next() {
        None => return Some(Cow::Borrowed(text)),
        Some(it) if it == decimal || is_separator(it) || matches!(it, 'e' | 'E') => {}
        Some(_) => return None,
    }
    let end = body
        .find(|it: char| !(it.is_ascii_digit() || is_separator(it)))
        .unwrap_or(body.len());
    let (whole, rest) = body.split_at(end);
    let mut plain = String::with_capacity(text.len());
    if body.len() < text.len() {
        plain.push('-');
    }
    match whole.chars().find(|it| !it.is_ascii_digit()) {
        None => plain.push_str(whole),
        Some(separator) => {
            let mut groups = whole.split(separator);
            let first = groups.next()?;
            let is_digits = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit());
            if !grouping
                || !(1..=3).contains(&first.len())
                || !is_digits(first)
                || first.starts_with('0')
            {
                return None;
            }
            plain.push_str(first);
            for group in groups {
                if group.len() != 3 || !is_digits(group) {
                    return None;
                }
                plain.push_str(group);
            }
            if rest.contains(['e', 'E']) {
                return None;
            }
        }
    }
    if let Some(rest) = rest.strip_prefix(decimal) {
        plain.push('.');
        plain.push_str(rest);
    } else {
        plain.push_str(rest);
        if rest.starts_with('.') {
            return None;
        }
    }
    size(&plain).is_some().then_some(Cow::Owned(plain))
}
