//! Wire types, one module for each area of the API: what clients send
//! (`Create…`, `Update…`) and what they get.
//!
//! Bodies reject unknown fields. A field that is absent or null in an `Update…`
//! is left as it is.

mod account;
mod domain;
mod instance;
mod item;
mod organization;
mod preflight;
mod public;
mod space;

pub use account::*;
pub use domain::*;
pub use instance::*;
pub use item::*;
pub use organization::*;
pub use preflight::*;
pub use public::*;
pub use space::*;

use serde::{Deserialize, Deserializer};

/// A name or a title, without the spaces around it that nobody sees.
fn trimmed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(text.trim().to_owned())
}

/// As [`trimmed`], where there is one.
fn trimmed_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.map(|text| text.trim().to_owned()))
}

/// A line of text that a person typed: not blank, without control characters.
fn line(text: &str, _: &()) -> garde::Result {
    if text.trim().is_empty() {
        return Err(garde::Error::new("must not be blank"));
    }
    no_control(text, &())
}

/// As [`line`], but may be empty.
fn no_control(text: &str, _: &()) -> garde::Result {
    if text.chars().any(char::is_control) {
        return Err(garde::Error::new(
            "must be one line without control characters",
        ));
    }
    Ok(())
}

/// A text of several lines; tabs and line breaks are its only control characters.
fn prose(text: &str, _: &()) -> garde::Result {
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err(garde::Error::new("must not contain control characters"));
    }
    Ok(())
}

/// An address of the form `name@host.tld`, one only.
fn email(text: &str, _: &()) -> garde::Result {
    let shaped = text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty()
            && name.len() <= 64
            && host.len() <= 253
            && host.contains('.')
            && host.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            })
    });
    let plain = text.is_ascii()
        && !text.bytes().any(|b| {
            b.is_ascii_whitespace() || b.is_ascii_control() || b",;<>()[]\\\"".contains(&b)
        });
    if shaped && plain {
        Ok(())
    } else {
        Err(garde::Error::new(
            "must be one address like ada@example.com",
        ))
    }
}
