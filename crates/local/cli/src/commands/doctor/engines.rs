//! Ranges of Node versions in `engines` of a package.json: npm's grammar in its strict form, with
//! prereleases included, as npm evaluates engines.

use std::fmt;

use semver::{Prerelease, Version};

/// The greatest number that npm accepts in a version.
const MAX_NUMBER: u64 = (1 << 53) - 1;

/// A range of versions.
#[derive(Debug)]
pub(super) struct Range {
    /// Alternatives, of which one must match with all its comparators.
    alternatives: Vec<Vec<Comparator>>,
}

/// The error of a text that is not a range, with advice on what to write.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotARange(&'static str);

impl fmt::Display for NotARange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[derive(Debug)]
struct Comparator {
    operator: Operator,
    version: Version,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Less,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    Greater,
}

/// A version whose last numbers may be missing, or `x`.
struct Partial {
    major: Option<u64>,
    minor: Option<u64>,
    patch: Option<u64>,
    prerelease: Prerelease,
    /// Such as in `1.x.3`.
    has_number_after_wildcard: bool,
}

/// Parses a version as programs print it, with or without a `v`.
pub(super) fn version(text: &str) -> Option<Version> {
    let text = text.trim();
    Version::parse(text.strip_prefix('v').unwrap_or(text)).ok()
}

impl Range {
    /// Parses a range.
    ///
    /// # Errors
    ///
    /// When npm would reject it, too.
    pub(super) fn parse(text: &str) -> Result<Self, NotARange> {
        let alternatives = text.split("||").map(alternative);
        let alternatives = alternatives
            .collect::<Option<_>>()
            .ok_or_else(|| NotARange(hint(text)))?;
        Ok(Self { alternatives })
    }

    /// Whether a version is in the range.
    pub(super) fn has(&self, version: &Version) -> bool {
        let all = |comparators: &Vec<Comparator>| comparators.iter().all(|it| it.holds(version));
        self.alternatives.iter().any(all)
    }
}

/// The advice for a text that is not a range.
fn hint(text: &str) -> &'static str {
    if text.contains(',') {
        "separate its parts with spaces, without commas"
    } else if text.contains("!=") {
        "there is no `!=`: name the versions before and after, as in `<1.3.0 || >1.3.0`"
    } else if text
        .chars()
        .any(|c| c.is_ascii_alphabetic() && !"xXvV".contains(c))
    {
        "a tag or a place is not a range: write numbers, as in `>=20`"
    } else {
        "write numbers, as in `>=20`, `^20.11` or `20 - 22`"
    }
}

/// Parses comparators that must all match. An empty list matches every version.
fn alternative(text: &str) -> Option<Vec<Comparator>> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if let [from, "-", to] = words.as_slice() {
        return Some(hyphen(&Partial::parse(from)?, &Partial::parse(to)?));
    }
    let mut all = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let operators = ["^", "~>", "~", ">=", "<=", ">", "<", "="];
        let operator = operators.into_iter().find(|it| rest.starts_with(it));
        let operator = operator.unwrap_or_default();
        rest = rest.strip_prefix(operator)?.trim_start();
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end)?;
        let partial = Partial::parse(word)?;
        // npm rejects `1.x.3`, but not `^1.x.3`.
        if partial.has_number_after_wildcard && !matches!(operator, "^" | "~" | "~>") {
            return None;
        }
        all.extend(match operator {
            "^" => caret(&partial),
            "~" | "~>" => tilde(&partial),
            operator => plain(operator, &partial),
        });
        rest = after.trim_start();
    }
    Some(all)
}

impl Partial {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim_start_matches(['v', '=']);
        let (text, build) = match text.split_once('+') {
            Some((text, build)) => (text, Some(build)),
            None => (text, None),
        };
        let (numbers, prerelease) = match text.split_once('-') {
            Some((numbers, prerelease)) => (numbers, Some(prerelease)),
            None => (text, None),
        };
        let mut parts = numbers.split('.');
        let mut number = || match parts.next() {
            None => Some((false, None)),
            Some("x" | "X" | "*") => Some((true, None)),
            Some(digits) => {
                let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
                let leads = digits.len() > 1 && digits.starts_with('0');
                let number: u64 = digits.parse().ok()?;
                (plain && !leads && number <= MAX_NUMBER).then_some((true, Some(number)))
            }
        };
        let ((has_major, major), (_, minor), (has_patch, patch)) =
            (number()?, number()?, number()?);
        // A suffix needs all three numbers.
        let whole = has_patch || (prerelease.is_none() && build.is_none());
        if !has_major || !whole || parts.next().is_some() {
            return None;
        }
        semver::BuildMetadata::new(build.unwrap_or_default()).ok()?;
        if prerelease == Some("") || build == Some("") {
            return None;
        }
        let has_number_after_wildcard =
            (major.is_none() && minor.is_some()) || (minor.is_none() && patch.is_some());
        Some(Self {
            has_number_after_wildcard,
            major,
            minor: minor.filter(|_| major.is_some()),
            patch: patch.filter(|_| major.is_some() && minor.is_some()),
            prerelease: Prerelease::new(prerelease.unwrap_or_default()).ok()?,
        })
    }

    fn version(&self, major: u64, minor: u64, patch: u64) -> Version {
        Version {
            pre: self.prerelease.clone(),
            ..Version::new(major, minor, patch)
        }
    }
}

/// The first prerelease of a version, which precedes all others of it.
fn first(major: u64, minor: u64, patch: u64) -> Version {
    let version = Version::new(major, minor, patch);
    Version {
        // `0` is always a valid prerelease.
        pre: Prerelease::new("0").unwrap_or_default(),
        ..version
    }
}

fn compare(operator: Operator, version: Version) -> Comparator {
    Comparator { operator, version }
}

fn between(from: Version, to: Version) -> Vec<Comparator> {
    vec![
        compare(Operator::GreaterOrEqual, from),
        compare(Operator::Less, to),
    ]
}

/// `^`: up to the next version whose first number other than zero differs.
fn caret(partial: &Partial) -> Vec<Comparator> {
    match (partial.major, partial.minor, partial.patch) {
        (None, _, _) => Vec::new(),
        (Some(major), None, _) => between(first(major, 0, 0), first(major + 1, 0, 0)),
        (Some(0), Some(minor), None) => between(first(0, minor, 0), first(0, minor + 1, 0)),
        (Some(major), Some(minor), None) => between(first(major, minor, 0), first(major + 1, 0, 0)),
        (Some(major), Some(minor), Some(patch)) => {
            let from = partial.version(major, minor, patch);
            // As in npm, below 1.0.0 the prereleases of the first version are included.
            let from = match major {
                0 if from.pre.is_empty() => first(major, minor, patch),
                _ => from,
            };
            let to = match (major, minor) {
                (0, 0) => first(0, 0, patch + 1),
                (0, minor) => first(0, minor + 1, 0),
                (major, _) => first(major + 1, 0, 0),
            };
            between(from, to)
        }
    }
}

/// `~`: up to the next minor version.
fn tilde(partial: &Partial) -> Vec<Comparator> {
    match (partial.major, partial.minor, partial.patch) {
        (None, _, _) => Vec::new(),
        (Some(major), None, _) => between(first(major, 0, 0), first(major + 1, 0, 0)),
        (Some(major), Some(minor), None) => {
            between(first(major, minor, 0), first(major, minor + 1, 0))
        }
        (Some(major), Some(minor), Some(patch)) => between(
            partial.version(major, minor, patch),
            first(major, minor + 1, 0),
        ),
    }
}

/// A version, or an operator with one. Missing parts match every number.
fn plain(operator: &str, partial: &Partial) -> Vec<Comparator> {
    let Some(major) = partial.major else {
        return match operator {
            // No version is before or after all versions.
            "<" | ">" => vec![compare(Operator::Less, first(0, 0, 0))],
            _ => Vec::new(),
        };
    };
    let (low, next) = match (partial.minor, partial.patch) {
        (Some(minor), Some(patch)) => {
            let operator = match operator {
                "<" => Operator::Less,
                "<=" => Operator::LessOrEqual,
                ">" => Operator::Greater,
                ">=" => Operator::GreaterOrEqual,
                _ => Operator::Equal,
            };
            return vec![compare(operator, partial.version(major, minor, patch))];
        }
        (Some(minor), None) => (first(major, minor, 0), first(major, minor + 1, 0)),
        (None, _) => (first(major, 0, 0), first(major + 1, 0, 0)),
    };
    match operator {
        "<" => vec![compare(Operator::Less, low)],
        "<=" => vec![compare(Operator::Less, next)],
        ">" => vec![compare(Operator::GreaterOrEqual, next)],
        ">=" => vec![compare(Operator::GreaterOrEqual, low)],
        _ => between(low, next),
    }
}

/// `from - to`, both included.
fn hyphen(from: &Partial, to: &Partial) -> Vec<Comparator> {
    let low = match (from.major, from.minor, from.patch) {
        (None, _, _) => None,
        (Some(major), Some(minor), Some(patch)) if !from.prerelease.is_empty() => {
            Some(from.version(major, minor, patch))
        }
        (Some(major), minor, patch) => Some(first(
            major,
            minor.unwrap_or_default(),
            patch.unwrap_or_default(),
        )),
    };
    let high = match (to.major, to.minor, to.patch) {
        (None, _, _) => None,
        (Some(major), None, _) => Some((Operator::Less, first(major + 1, 0, 0))),
        (Some(major), Some(minor), None) => Some((Operator::Less, first(major, minor + 1, 0))),
        (Some(major), Some(minor), Some(patch)) if !to.prerelease.is_empty() => {
            Some((Operator::LessOrEqual, to.version(major, minor, patch)))
        }
        (Some(major), Some(minor), Some(patch)) => {
            Some((Operator::Less, first(major, minor, patch + 1)))
        }
    };
    let low = low.map(|version| compare(Operator::GreaterOrEqual, version));
    let high = high.map(|(operator, version)| compare(operator, version));
    low.into_iter().chain(high).collect()
}

impl Comparator {
    fn holds(&self, version: &Version) -> bool {
        let order = version.cmp_precedence(&self.version);
        match self.operator {
            Operator::Less => order.is_lt(),
            Operator::LessOrEqual => order.is_le(),
            Operator::Equal => order.is_eq(),
            Operator::GreaterOrEqual => order.is_ge(),
            Operator::Greater => order.is_gt(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    const VERSIONS: &[&str] = &[
        "0.0.0-0",
        "0.0.1",
        "0.0.3",
        "0.0.4-a",
        "0.2.2",
        "0.2.3",
        "0.3.0-rc.1",
        "0.0.1764500000000000",
        "0.5.0",
        "1.0.0-rc.1",
        "1.0.0",
        "1.2.0-0",
        "1.2.2",
        "1.2.3-beta.2",
        "1.2.3",
        "1.2.4",
        "1.2.5-pre",
        "1.5.0",
        "2.0.0-rc.1",
        "2.0.0",
        "2.5.0",
        "5.0.0",
        "16.0.0",
        "18.0.0-rc.1",
        "18.0.0",
        "18.1.5",
        "18.5.0",
        "19.0.0-rc.1",
        "19.0.0",
        "20.2.0",
        "20.3.0",
        "20.3.0-nightly1",
        "22.12.0",
    ];

    /// The versions in each range, by npm's semver 7.8.6 with `includePrerelease`.
    const RANGES: &[(&str, &str)] = &[
        ("^1.2.3 ^2.0.0", "000000000000000000000000000000000"),
        (">1 <2", "000000000000000000000000000000000"),
        (">=18 <18.0.0", "000000000000000000000001000000000"),
        (">18 <19", "000000000000000000000000000000000"),
        ("^1||", "111111111111111111111111111111111"),
        ("", "111111111111111111111111111111111"),
        ("*", "111111111111111111111111111111111"),
        ("^*", "111111111111111111111111111111111"),
        (">*", "000000000000000000000000000000000"),
        ("<*", "000000000000000000000000000000000"),
        ("~*", "111111111111111111111111111111111"),
        (">=*", "111111111111111111111111111111111"),
        (">=0.0.1", "011111111111111111111111111111111"),
        ("* || <2.0.0-rc.2", "111111111111111111111111111111111"),
        ("1.x", "000000000111111111000000000000000"),
        ("<2", "111111111111111111000000000000000"),
        ("<2.0.0", "111111111111111111100000000000000"),
        ("1.2.3-pre - 1.2.5", "000000000000001110000000000000000"),
        (">=16", "000000000000000000000011111111111"),
        ("^18.17.0 || >=20.3", "000000000000000000000000000000111"),
        (">= 18", "000000000000000000000001111111111"),
        ("~>1.2", "000000000001111110000000000000000"),
        ("~1", "000000000111111111000000000000000"),
        ("~ 1.2", "000000000001111110000000000000000"),
        ("^0", "111111111000000000000000000000000"),
        ("^0.0", "111100010000000000000000000000000"),
        ("^0.0.3", "001000000000000000000000000000000"),
        ("^0.2", "000011000000000000000000000000000"),
        ("^0.2.3", "000001000000000000000000000000000"),
        ("^1.2", "000000000001111111000000000000000"),
        ("=1.2", "000000000001111110000000000000000"),
        ("v18", "000000000000000000000001111000000"),
        ("=v18.0.0", "000000000000000000000000100000000"),
        ("18 - 20", "000000000000000000000001111111110"),
        ("18.1 - 20.2", "000000000000000000000000011111000"),
        ("x", "111111111111111111111111111111111"),
        ("18.x.x", "000000000000000000000001111000000"),
        (">18.1", "000000000000000000000000001111111"),
        ("<=18", "111111111111111111111111111000000"),
        ("<=18.1", "111111111111111111111111110000000"),
        (">=18.0.0-0", "000000000000000000000001111111111"),
        ("18 || 20", "000000000000000000000001111001110"),
        ("1.2.3 - 2", "000000000000011111111000000000000"),
        ("  >=1  <3  ", "000000000111111111111000000000000"),
        (">=1.2.3 || >5 <4", "000000000000001111111111111111111"),
        ("==18", "000000000000000000000001111000000"),
        ("^1.2.3-beta.2", "000000000000011111000000000000000"),
        ("~1.2.3-beta", "000000000000011110000000000000000"),
        ("1.2.3-beta", "000000000000000000000000000000000"),
        ("<1.2.3-beta.3", "111111111111110000000000000000000"),
        ("1.2.3+build", "000000000000001000000000000000000"),
        (">=1.2.x", "000000000001111111111111111111111"),
        ("^1.x.3", "000000000111111111000000000000000"),
        ("2.0.0 - *", "000000000000000000111111111111111"),
        ("* - 2", "111111111111111111111000000000000"),
        (">=1.2.3-0 <2", "000000000000011111000000000000000"),
        ("||", "111111111111111111111111111111111"),
        ("1 || || 2", "111111111111111111111111111111111"),
    ];

    const NOT_RANGES: &[&str] = &[
        ">=1.2.3, <2",
        "^1.2.3 || latest",
        ">=1.2.3 !=1.3.0",
        "1.2.3.4",
        "a/b",
        "catalog:",
        "lts",
        ">=",
        "01.2",
        "1.02.3",
        ">= 1 .2",
        "^^1",
        ">=9007199254740993",
        "node18",
        "1 - 2 - 3",
        ">1 - 2",
        "1.2.3-01",
        "-1",
        "1.-2",
        "18 -20",
        ">=18.x || lts/*",
        "18.x.3",
        ">=18.x.3 <20",
        "=*.20",
    ];

    #[test]
    fn ranges_contain_the_same_versions_as_in_npm() {
        for (text, expected) in RANGES {
            let range = Range::parse(text).unwrap();
            let found: String = VERSIONS
                .iter()
                .map(|version| Version::parse(version).unwrap())
                .map(|version| if range.has(&version) { '1' } else { '0' })
                .collect();
            assert_eq!(found, *expected, "{text:?}");
        }
    }

    #[test]
    fn ranges_that_npm_rejects_are_rejected_with_advice() {
        for text in NOT_RANGES {
            assert!(Range::parse(text).is_err(), "{text:?}");
        }
        for (wrong, hint, right) in [
            (">=1.2.3, <2", "without commas", ">=1.2.3 <2"),
            (
                ">=1.2.3 !=1.3.0",
                "`<1.3.0 || >1.3.0`",
                ">=1.2.3 <1.3.0 || >1.3.0",
            ),
            ("^1.2.3 || latest", "a tag", "^1.2.3 || >=20"),
            ("catalog:", "`>=20`", ">=20"),
            ("1.2.3.4", "`20 - 22`", "20 - 22"),
        ] {
            let told = Range::parse(wrong).unwrap_err().to_string();
            assert!(told.contains(hint), "{wrong}: {told}");
            Range::parse(right).unwrap();
        }
    }

    #[test]
    fn versions_are_parsed_as_node_prints_them() {
        assert_eq!(version("v22.12.0\n"), Some(Version::new(22, 12, 0)));
        assert!(version("v19.0.0-rc.1").is_some());
        assert_eq!(version("node"), None);
    }
}
