//! Which rows of a dataset are read, and in which order: the texts of `?sort=` and `?filter=`.
//!
//! **Sort**: names of columns with commas between them, most important first; `-` before a name sorts from the
//! greatest down: `-price,name`. **Filter**: a column, an operator, a value: `price>3`. Operators are `=` `!=` `<`
//! `<=` `>` `>=`, `~` (contains) and `^` (begins with), the last two without case; `city=` and `city!=` without a
//! value mean empty and not empty. Blanks around the parts do not count. A name or value with such characters stands
//! in double quotes, in which `""` is one: `"a,b">"x "`.

use std::fmt;

use serde::Serialize;

/// The most columns that rows are sorted by.
pub const MAX_SORTS: usize = 3;
/// The most conditions on rows.
pub const MAX_FILTERS: usize = 10;
/// The longest value that rows are compared with, in characters.
const MAX_VALUE: usize = 1000;

/// A text that is no sort or filter. The message says what it may be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadQuery(String);

/// One column of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sort {
    /// The name of the column.
    pub column: String,
    /// From the greatest value down; null is last in both directions.
    pub desc: bool,
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Op {
    #[serde(rename = "=")]
    Equal,
    #[serde(rename = "!=")]
    NotEqual,
    #[serde(rename = "<")]
    Less,
    #[serde(rename = "<=")]
    AtMost,
    #[serde(rename = ">")]
    Greater,
    #[serde(rename = ">=")]
    AtLeast,
    #[serde(rename = "contains")]
    Contains,
    #[serde(rename = "starts")]
    Starts,
    #[serde(rename = "empty")]
    Empty,
    #[serde(rename = "filled")]
    Filled,
}

/// A condition on rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Filter {
    /// The name of the column.
    pub column: String,
    /// The comparison.
    pub op: Op,
    /// The value as text; empty for [`Op::Empty`] and [`Op::Filled`].
    pub value: String,
}

impl Sort {
    /// Reads `?sort=`.
    ///
    /// # Errors
    /// When a name is missing, twice there, or there are more than [`MAX_SORTS`].
    pub fn parse(text: &str) -> Result<Vec<Self>, BadQuery> {
        let mut rest = text.trim();
        let mut sorts: Vec<Self> = Vec::new();
        while !rest.is_empty() {
            let (desc, name) = match rest.strip_prefix('-') {
                Some(name) => (true, name),
                None => (false, rest),
            };
            let (column, after) = part(name, |it| it == ',')?;
            let next = after.trim_start();
            rest = match next.strip_prefix(',') {
                Some(more) if !more.trim().is_empty() => more.trim_start(),
                None if next.is_empty() => next,
                _ => {
                    return Err(bad(format!(
                        "write column names with commas between them, not “{text}”"
                    )));
                }
            };
            if column.is_empty() || sorts.iter().any(|it| it.column == column) {
                return Err(bad(format!("name each column once, not “{text}”")));
            }
            sorts.push(Self { column, desc });
        }
        if sorts.len() > MAX_SORTS {
            return Err(bad(format!("sort by at most {MAX_SORTS} columns")));
        }
        Ok(sorts)
    }
}

/// The operators as they are written, longer ones first.
const OPERATORS: [(&str, Op); 8] = [
    ("!=", Op::NotEqual),
    ("<=", Op::AtMost),
    (">=", Op::AtLeast),
    ("=", Op::Equal),
    ("<", Op::Less),
    (">", Op::Greater),
    ("~", Op::Contains),
    ("^", Op::Starts),
];

impl Filter {
    /// Reads one `?filter=`.
    ///
    /// # Errors
    /// When it is not a column, an operator and a value.
    pub fn parse(text: &str) -> Result<Self, BadQuery> {
        let wrong = || {
            bad(format!(
                "write a column, an operator and a value, such as price>3, not “{text}”"
            ))
        };
        let (column, rest) = part(text.trim(), |it| {
            matches!(it, '=' | '!' | '<' | '>' | '~' | '^')
        })?;
        let rest = rest.trim_start();
        let (sign, op) = OPERATORS
            .iter()
            .find(|(sign, _)| rest.starts_with(sign))
            .ok_or_else(wrong)?;
        let value = rest.get(sign.len()..).unwrap_or_default().trim();
        let quoted = value.starts_with('"');
        let (value, after) = match quoted {
            true => part(value, |_| false)?,
            false => (value.to_owned(), ""),
        };
        if column.is_empty() || !after.trim().is_empty() {
            return Err(wrong());
        }
        if value.chars().count() > MAX_VALUE {
            return Err(bad(format!("compare with at most {MAX_VALUE} characters")));
        }
        let op = match (op, quoted || !value.is_empty()) {
            (Op::Equal, false) => Op::Empty,
            (Op::NotEqual, false) => Op::Filled,
            (_, false) => return Err(wrong()),
            (op, true) => *op,
        };
        Ok(Self { column, op, value })
    }
}

/// A quoted part, or one that ends before a character for which `ends` is true, and what follows.
fn part(text: &str, ends: impl Fn(char) -> bool) -> Result<(String, &str), BadQuery> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (part, rest) = text.split_at(text.find(ends).unwrap_or(text.len()));
        return Ok((part.trim().to_owned(), rest));
    };
    let mut value = String::new();
    let mut rest = quoted;
    while let Some((piece, after)) = rest.split_once('"') {
        value.push_str(piece);
        match after.strip_prefix('"') {
            Some(more) => {
                value.push('"');
                rest = more;
            }
            None => return Ok((value, after)),
        }
    }
    Err(bad(format!("close the quotes in “{text}”")))
}

fn bad(message: impl fmt::Display) -> BadQuery {
    BadQuery(message.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sort(text: &str) -> Vec<(String, bool)> {
        let sorts = Sort::parse(text).unwrap();
        sorts.into_iter().map(|it| (it.column, it.desc)).collect()
    }

    #[test]
    fn an_order_names_columns() {
        let of = |pairs: &[(&str, bool)]| -> Vec<(String, bool)> {
            pairs
                .iter()
                .map(|(name, desc)| ((*name).to_owned(), *desc))
                .collect()
        };
        for (text, expected) in [
            ("", of(&[])),
            (" ", of(&[])),
            ("price", of(&[("price", false)])),
            ("-price,name", of(&[("price", true), ("name", false)])),
            (
                "- price , first name",
                of(&[("price", true), ("first name", false)]),
            ),
            (
                r#"-"a,b","-c",-"d ""e""""#,
                of(&[("a,b", true), ("-c", false), (r#"d "e""#, true)]),
            ),
        ] {
            assert_eq!(sort(text), expected, "{text}");
        }
        for text in [
            ",", "a,", ",a", "a,,b", "-", "a,a", "a,b,c,d", r#""a"#, r#""a"b"#,
        ] {
            assert!(Sort::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_condition_is_a_column_an_operator_and_a_value() {
        for (text, column, op, value) in [
            ("price>3", "price", Op::Greater, "3"),
            (" price >= -3.5 ", "price", Op::AtLeast, "-3.5"),
            ("a<=b", "a", Op::AtMost, "b"),
            ("a<b", "a", Op::Less, "b"),
            ("a!=b", "a", Op::NotEqual, "b"),
            ("a=b=c", "a", Op::Equal, "b=c"),
            ("name~ann", "name", Op::Contains, "ann"),
            ("name^An", "name", Op::Starts, "An"),
            ("city=", "city", Op::Empty, ""),
            ("city!=", "city", Op::Filled, ""),
            (r#"city="""#, "city", Op::Equal, ""),
            (r#""a>b" = " x ""y"" ""#, "a>b", Op::Equal, r#" x "y" "#),
        ] {
            let expected = Filter {
                column: column.to_owned(),
                op,
                value: value.to_owned(),
            };
            assert_eq!(Filter::parse(text), Ok(expected), "{text}");
        }
        let long = format!("a={}", "x".repeat(1001));
        for text in [
            "",
            "price",
            "=3",
            ">3",
            "a>",
            "a~",
            "a!b",
            r#""a=3"#,
            r#"a="b"c"#,
            &long,
        ] {
            assert!(Filter::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn they_serialize_as_the_statements_read_them() {
        let filter = Filter::parse("name~ann").unwrap();
        assert_eq!(
            serde_json::to_string(&filter).unwrap(),
            r#"{"column":"name","op":"contains","value":"ann"}"#
        );
        let sort = Sort::parse("-price").unwrap();
        assert_eq!(
            serde_json::to_string(&sort).unwrap(),
            r#"[{"column":"price","desc":true}]"#
        );
    }
}
