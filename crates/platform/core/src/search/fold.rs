//! Folding: the form of a text in which letters that people type alike are equal.

use std::borrow::Cow;

/// Unicode's normal forms, from the platform's tables.
pub trait Normalize {
    /// The text in the normal form NFKD.
    fn decompose(&self, text: &str) -> String;

    /// The text in the normal form NFC.
    fn compose(&self, text: &str) -> String;
}

/// Compatible letters become equal, and the marks on Latin, Greek, Cyrillic, Hebrew and Arabic letters
/// are removed. Case stays, because it separates words (`parseQueryString`).
pub(crate) fn fold<'a>(text: &'a str, normalize: &dyn Normalize) -> Cow<'a, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut plain = normalize.decompose(text);
    plain.retain(|c| !is_removed(c));
    Cow::Owned(normalize.compose(&plain))
}

/// Appends a folded word in lower case, with the letters that have no decomposition replaced.
pub(crate) fn push_lower(word: &str, to: &mut String) {
    for c in word.chars().flat_map(char::to_lowercase) {
        match replaced(c) {
            Some(letters) => to.push_str(letters),
            None if is_removed(c) => {}
            None => to.push(c),
        }
    }
}

/// What replaces a lower-case letter without a decomposition.
#[rustfmt::skip]
fn replaced(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss", 'æ' => "ae", 'œ' => "oe", 'ø' => "o", 'đ' | 'ð' => "d", 'þ' => "th", 'ł' => "l",
        'ħ' => "h", 'ı' => "i", 'ŧ' => "t", 'ς' => "σ",
        // Alef wasla, alef maksura and Persian ya, Persian kaf, ta marbuta.
        'ٱ' => "ا", 'ى' | 'ی' => "ي", 'ک' => "ك", 'ة' => "ه",
        '٠' | '۰' => "0", '١' | '۱' => "1", '٢' | '۲' => "2", '٣' | '۳' => "3", '٤' | '۴' => "4",
        '٥' | '۵' => "5", '٦' | '۶' => "6", '٧' | '۷' => "7", '٨' | '۸' => "8", '٩' | '۹' => "9",
        _ => return None,
    })
}

/// Marks that people leave out when they type, and characters that are invisible.
pub(crate) fn is_removed(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}'
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}' | '\u{5c4}'..='\u{5c5}' | '\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{6e7}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}'
        | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}
