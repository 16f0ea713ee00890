//! Wire types, one module for each area of the API: what clients send
//! (`Create…`, `Update…`) and what they receive.
//!
//! Bodies reject unknown fields. An `Update…` does not change a field that is absent or null, except
//! where null says that it removes something.

mod account;
mod dataset;
mod dataset_collector;
mod dataset_import;
mod dataset_query;
mod domain;
mod grant;
mod instance;
mod item;
mod notification;
mod organization;
mod picture;
mod preflight;
mod public;
mod search;
mod space;
mod widget;
mod workspace;

pub use account::*;
pub use dataset::*;
pub use dataset_collector::*;
pub use dataset_import::*;
pub use dataset_query::*;
pub use domain::*;
pub use grant::*;
pub use instance::*;
pub use item::*;
pub use notification::*;
pub use organization::*;
pub use picture::*;
pub use preflight::*;
pub use public::*;
pub use search::*;
pub use space::*;
pub use widget::*;
pub use workspace::*;

use serde::{Deserialize, Deserializer};

use crate::{JsonText, Object};

/// Deserializes a name or a title without leading and trailing white space.
fn trimmed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(text.trim().to_owned())
}

/// Deserializes an optional text as [`trimmed`] does.
fn trimmed_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.map(|text| text.trim().to_owned()))
}

/// Deserializes a text of an update that null removes, as the empty text does.
fn empty_if_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(Some(text.unwrap_or_default()))
}

/// Deserializes a value of an update that null removes.
fn some_if_present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// Reads a struct from an object.
fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Object::<T>::deserialize(deserializer).map(|Object(value)| value)
}

/// Reads a struct from an object, if any.
fn object_if_any<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let object = Option::<Object<T>>::deserialize(deserializer)?;
    Ok(object.map(|Object(value)| value))
}

/// Accepts one line of text with something visible and without control characters.
fn line(text: &str, _: &()) -> garde::Result {
    if text.chars().all(is_invisible) {
        return Err(garde::Error::new("must not be blank"));
    }
    no_control(text, &())
}

/// Whether a character is invisible by itself. A line of text needs one that is not.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    c.is_whitespace() || is_blank(c)
}

/// Whether a line of text must not contain a character.
#[must_use]
pub fn is_forbidden_in_lines(c: char) -> bool {
    c.is_control() || changes_direction(c)
}

/// Whether a text of several lines must not contain a character.
#[must_use]
pub fn is_forbidden_in_prose(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

/// Whether a character is blank although it is not whitespace: joiners, direction marks, fillers, variation
/// selectors (`Default_Ignorable_Code_Point` in Unicode) and the blank Braille cell.
fn is_blank(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character changes the direction of the text after it, even beyond the end of its own
/// field: embeddings, overrides and isolates. Direction marks do not, and are allowed, because
/// names in Arabic and Hebrew need them.
fn changes_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Accepts what [`line`] accepts, and the empty text.
fn no_control(text: &str, _: &()) -> garde::Result {
    if text.chars().any(char::is_control) {
        return Err(garde::Error::new(
            "must be one line without control characters",
        ));
    }
    if text.chars().any(changes_direction) {
        return Err(garde::Error::new(
            "must not contain characters that change the direction of text",
        ));
    }
    Ok(())
}

/// Accepts the empty text, which removes what is there, and else what `form` accepts.
fn or_empty(form: impl Fn(&str, &()) -> garde::Result) -> impl Fn(&str, &()) -> garde::Result {
    move |text, context| {
        if text.is_empty() {
            Ok(())
        } else {
            form(text, context)
        }
    }
}

/// Accepts text of several lines without control characters other than tabs and line breaks.
fn prose(text: &str, _: &()) -> garde::Result {
    if text.chars().any(is_forbidden_in_prose) {
        return Err(garde::Error::new("must not contain control characters"));
    }
    Ok(())
}

/// Makes a line from another system fit our own rules: removes control characters and cuts it to
/// `max` characters. None when nothing visible remains.
#[must_use]
pub fn clean_line(text: &str, max: usize) -> Option<String> {
    let kept = text.chars().filter(|c| !is_forbidden_in_lines(*c));
    let line: String = kept.take(max).collect();
    let line = line.trim();
    (!line.chars().all(is_invisible)).then(|| line.to_owned())
}

/// The schema of an object whose members the service does not know.
#[cfg(feature = "openapi")]
fn open_object() -> utoipa::openapi::schema::Object {
    use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Type};

    ObjectBuilder::new()
        .schema_type(Type::Object)
        .additional_properties(Some(
            AdditionalProperties::<utoipa::openapi::schema::Schema>::FreeForm(true),
        ))
        .build()
}

/// Accepts JSON that Postgres can store as `jsonb`, with at most `max_depth` levels.
fn storable(json: &JsonText, max_depth: usize) -> garde::Result {
    if json.depth() > max_depth {
        return Err(garde::Error::new(format!(
            "must have at most {max_depth} levels of objects and arrays"
        )));
    }
    json.check_jsonb().map_err(garde::Error::new)
}

/// Accepts exactly one email address of the form `name@host.tld`. The host may have any letters
/// (IDNA).
fn email(text: &str, _: &()) -> garde::Result {
    if is_address(text, char::is_alphanumeric) {
        Ok(())
    } else {
        Err(garde::Error::new(
            "must be one address like ada@example.com",
        ))
    }
}

/// Whether a text is one email address in ASCII of at most 254 characters.
#[must_use]
pub fn is_email(text: &str) -> bool {
    text.len() <= 254 && is_address(text, |c| c.is_ascii_alphanumeric())
}

fn is_address(text: &str, is_letter: impl Fn(char) -> bool) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    let is_name = (1..=64).contains(&name.len())
        && name.is_ascii()
        && !name.bytes().any(|b| {
            b.is_ascii_whitespace() || b.is_ascii_control() || b",;<>()[]\\\"".contains(&b)
        });
    let is_label = |label: &str| {
        (1..=63).contains(&label.chars().count())
            && label.chars().all(|c| is_letter(c) || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    is_name && host.len() <= 253 && host.contains('.') && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_visible_and_keeps_its_direction() {
        for good in [
            "Ada",
            "שלום\u{200f}",
            "👩\u{200d}👧",
            "a\u{200b}b",
            "é",
            "日本",
        ] {
            assert!(line(good, &()).is_ok(), "{good:?}");
        }
        for blank in [
            "",
            " \u{a0}\u{3000}",
            "\u{200b}",
            "\u{200b}\u{200d} \u{feff}",
            "\u{ad}",
            "\u{2060}",
            "\u{3164}",
            "\u{2800}",
            "\u{fe0f}",
            "\u{e0041}",
        ] {
            let why = line(blank, &()).unwrap_err();
            assert_eq!(why.message(), "must not be blank", "{blank:?}");
        }
        for turning in [
            "\u{202e}abc",
            "a\u{202d}",
            "a\u{2066}b",
            "a\u{2069}",
            "a\u{202a}b",
        ] {
            assert!(line(turning, &()).is_err(), "{turning:?}");
            assert!(no_control(turning, &()).is_err(), "{turning:?}");
            assert!(prose(turning, &()).is_ok(), "{turning:?}");
        }
    }

    #[test]
    fn email_addresses_are_one_address_each() {
        for text in [
            "ada@example.com",
            "a.b+c@x-y.example",
            "info@müller.example",
            "a@例え.jp",
        ] {
            assert!(email(text, &()).is_ok(), "{text}");
        }
        for text in [
            "",
            "@",
            "a@",
            "@b.c",
            "a@b",
            "a@x.com,b@y.com",
            "a@b.c@d.e",
            "a b@c.d",
            "a@b..c",
            "a@-b.c",
            "ä@b.c",
            "a@b.c\u{0}",
            "<a@b.c>",
            "a@b.c>",
        ] {
            assert!(email(text, &()).is_err(), "{text}");
        }
        assert!(is_email("ada@example.com") && !is_email("info@müller.example"));
        assert!(!is_email(&format!("a@{}com", "b.".repeat(200))));
    }

    #[test]
    fn a_foreign_line_is_cleaned_and_cut() {
        assert_eq!(
            clean_line(" Ada\u{0}\n\u{202e}L ", 80).as_deref(),
            Some("AdaL")
        );
        assert_eq!(
            clean_line(&"é".repeat(5000), 80).map(|t| t.chars().count()),
            Some(80)
        );
        assert_eq!(clean_line("\u{200b}\u{0}", 80), None);
    }
}
