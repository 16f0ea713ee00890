//! JSON that keeps its original text, so that numbers keep all their digits.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// One JSON value in its original text.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JsonText(Box<RawValue>);

/// The error of a text that is not one JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is not one JSON value")]
pub struct NotJson;

/// Why Postgres cannot store a JSON value as `jsonb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotJsonb {
    /// A string or the name of a member contains U+0000.
    #[error("must not contain the character U+0000")]
    Nul,
    /// A number is too long when it is written without an exponent.
    #[error("must not contain numbers with more than 400 digits or an exponent beyond 400")]
    Number,
}

impl JsonText {
    /// Parses a text that is one JSON value.
    ///
    /// # Errors
    /// [`NotJson`] when it is anything else.
    pub fn parse(text: String) -> Result<Self, NotJson> {
        RawValue::from_string(text).map(Self).map_err(|_| NotJson)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// The maximum depth of a payload; deeper JSON overflows the parsers of some clients.
    pub const MAX_DEPTH: usize = 100;

    /// The greatest number of objects and arrays inside each other; 0 for a string or a number.
    #[must_use]
    pub fn depth(&self) -> usize {
        let (mut depth, mut deepest) = (0_usize, 0);
        let (mut in_string, mut escaped) = (false, false);
        for byte in self.as_str().bytes() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = !in_string,
                b'{' | b'[' if !in_string => {
                    depth += 1;
                    deepest = deepest.max(depth);
                }
                b'}' | b']' if !in_string => depth -= 1,
                _ => {}
            }
        }
        deepest
    }

    /// Checks that Postgres can store the value as `jsonb`. It writes every number out, without an
    /// exponent.
    ///
    /// # Errors
    /// [`NotJsonb`] with the reason.
    pub fn check_jsonb(&self) -> Result<(), NotJsonb> {
        let mut bytes = self.as_str().bytes().peekable();
        let mut in_string = false;
        while let Some(byte) = bytes.next() {
            match byte {
                b'"' => in_string = !in_string,
                b'\\' => {
                    let is_unicode = bytes.next() == Some(b'u');
                    if is_unicode && bytes.by_ref().take(4).all(|digit| digit == b'0') {
                        return Err(NotJsonb::Nul);
                    }
                }
                b'-' | b'0'..=b'9' if !in_string => {
                    let mut number = String::from(char::from(byte));
                    while let Some(more) = bytes.next_if(|b| !b",]} \t\r\n".contains(b)) {
                        number.push(char::from(more));
                    }
                    if !is_short_number(&number) {
                        return Err(NotJsonb::Number);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The JSON at a JSON pointer (RFC 6901, without escapes): `/team/id`, `/items/0`. Numbers
    /// along the path are not parsed.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<&str> {
        let mut at: &RawValue = &self.0;
        for step in pointer.split('/').skip(1) {
            at = if at.get().starts_with('[') {
                let items: Vec<&RawValue> = serde_json::from_str(at.get()).ok()?;
                items.get(step.parse::<usize>().ok()?)?
            } else {
                let mut fields: BTreeMap<String, &RawValue> =
                    serde_json::from_str(at.get()).ok()?;
                fields.remove(step)?
            };
        }
        Some(at.get())
    }

    /// The string at a JSON pointer; none when something else is there.
    #[must_use]
    pub fn text_at(&self, pointer: &str) -> Option<String> {
        serde_json::from_str(self.at(pointer)?).ok()
    }

    /// Returns the text without a copy.
    #[must_use]
    pub fn into_string(self) -> String {
        Box::<str>::from(self.0).into_string()
    }
}

/// Whether a number has at most 400 digits and an exponent from -400 to 400.
fn is_short_number(number: &str) -> bool {
    let (digits, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    digits.len() <= 400
        && exponent
            .parse::<i32>()
            .is_ok_and(|exponent| exponent.unsigned_abs() <= 400)
}

impl<T: Serialize> From<&T> for JsonText {
    /// Serializes a value. One that JSON cannot represent, such as a map with keys that are not
    /// strings, becomes `null`.
    fn from(value: &T) -> Self {
        Self(serde_json::value::to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }
}

impl PartialEq for JsonText {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl fmt::Debug for JsonText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        for text in [
            "8202522731445525542",
            "123456789012345678901234567890",
            "1e400",
            "1.10",
            "-0",
        ] {
            let json = format!(r#"{{"n": {text}}}"#);
            let read: JsonText = serde_json::from_str(&json).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), json);
        }
    }

    #[test]
    fn depth_counts_brackets_outside_of_strings() {
        for (json, depth) in [
            ("1", 0),
            ("[]", 1),
            (r#"{"a":[{}],"b":[]}"#, 3),
            (r#"{"[[":"\"[{\\"}"#, 1),
        ] {
            assert_eq!(
                JsonText::parse(json.to_owned()).unwrap().depth(),
                depth,
                "{json}"
            );
        }
    }

    #[test]
    fn jsonb_refuses_nul_and_numbers_that_are_too_long() {
        let long = "1".repeat(401);
        let fraction = format!("0.{}1", "0".repeat(400));
        for (json, expected) in [
            (r#"{"a":[1,-2.5e+10,1e400,1E-400,true,null]}"#, Ok(())),
            (r#"["\\u0000","\u0001","\u00001"]"#, Err(NotJsonb::Nul)),
            (r#"["\\u0000","\u0001","\\"]"#, Ok(())),
            (r#"{"a\u0000":1}"#, Err(NotJsonb::Nul)),
            (r#"["1e999","\"1e999"]"#, Ok(())),
            ("[1e401]", Err(NotJsonb::Number)),
            (r#"{"a":1e-99999}"#, Err(NotJsonb::Number)),
            ("[0E99999999999]", Err(NotJsonb::Number)),
            (&long, Err(NotJsonb::Number)),
            (&fraction, Err(NotJsonb::Number)),
        ] {
            let text = JsonText::parse(json.to_owned()).unwrap();
            assert_eq!(text.check_jsonb(), expected, "{json}");
        }
    }

    #[test]
    fn a_pointer_finds_strings_next_to_any_number() {
        let json = r#"{"n":1e400,"team":{"id":"T1","n":1},"list":[{"id":"L0"}],"none":null}"#;
        let json = JsonText::parse(json.to_owned()).unwrap();
        for (pointer, text) in [
            ("/team/id", Some("T1")),
            ("/list/0/id", Some("L0")),
            ("/list/1/id", None),
            ("/list/x", None),
            ("/team", None),
            ("/none/id", None),
            ("/n", None),
            ("/team/id/x", None),
        ] {
            assert_eq!(json.text_at(pointer).as_deref(), text, "{pointer}");
        }
        assert_eq!(json.at("/n"), Some("1e400"));
        assert_eq!(json.at("/list"), Some(r#"[{"id":"L0"}]"#));
        assert_eq!(json.at("/list/1"), None);
    }

    #[test]
    fn only_one_json_value_is_accepted() {
        assert!(JsonText::parse(String::from("{}")).is_ok());
        for text in ["", "{", "{} {}", "nope"] {
            assert_eq!(JsonText::parse(text.to_owned()), Err(NotJson), "{text}");
        }
    }
}
