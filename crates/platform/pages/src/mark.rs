//! Letter marks: shown instead of a picture, while it loads, and when it fails. Their size is
//! fixed, so that the layout does not shift.

use maud::{Markup, PreEscaped, html};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::address;
use crate::glyph::Glyph;

/// The number of tints in the style sheet (`.t0` …).
const TINTS: u32 = 8;

/// The characters to escape in a data URL inside a double-quoted attribute.
const DATA_URL: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>');

/// What is drawn on a mark.
pub(crate) enum Face {
    /// The first letter of the name.
    Letter,
    /// A picture at this address, and the letter when it fails.
    Picture(String),
    /// A built-in icon. `is_first`: no mark before this one on the page has it.
    Glyph { glyph: Glyph, is_first: bool },
}

/// The round mark of a person, with a picture from another site. It is at the top, and its picture is
/// the only one that is not loaded lazily.
pub(crate) fn avatar(name: &str, picture: Option<&str>) -> Markup {
    mark("avatar", name, picture.and_then(address::image))
}

/// The square mark of an item or of a space. A picture comes from our own address.
pub(crate) fn tile(name: &str, face: &Face) -> Markup {
    match face {
        Face::Letter => mark("tile", name, None),
        Face::Picture(address) => mark("tile", name, Some(address)),
        Face::Glyph { glyph, is_first } => html! {
            span class={ "tile t" (tint(name)) } aria-hidden="true" {
                // Attributes and not a rule: most pages have none.
                svg viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor"
                    stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" {
                    @if *is_first {
                        g id={ "glyph-" (glyph.name) } { (PreEscaped(glyph.drawing)) }
                    } @else {
                        use href={ "#glyph-" (glyph.name) };
                    }
                }
            }
        },
    }
}

fn mark(class: &str, name: &str, picture: Option<&str>) -> Markup {
    let letter = letter(name);
    html! {
        span class={ (class) " t" (tint(name)) } aria-hidden="true" {
            (letter)
            // With `data-l`, the style sheet shows the letter over a picture that failed.
            @if let Some(src) = picture {
                img src=(src) alt="" data-l=(letter) width="48" height="48" loading=[(class != "avatar").then_some("lazy")]
                    decoding="async" referrerpolicy="no-referrer";
            }
        }
    }
}

/// The mark as the icon of the page, in a data URL.
pub(crate) fn icon(name: &str) -> String {
    let svg = icon_svg(name);
    format!("data:image/svg+xml,{}", utf8_percent_encode(&svg, DATA_URL))
}

/// The mark as an SVG document.
pub(crate) fn icon_svg(name: &str) -> String {
    let letter = html! { (letter(name)) }.into_string();
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'>\
         <circle cx='16' cy='16' r='16' fill='#1f6470'/>\
         <text x='16' y='22' font-family='system-ui,sans-serif' font-size='17' font-weight='600' \
         text-anchor='middle' fill='#f7f5f1'>{letter}</text></svg>"
    )
}

/// The first letter or digit, in upper case; a middle dot when there is none.
fn letter(name: &str) -> String {
    name.chars()
        .find(|c| c.is_alphanumeric())
        .map_or_else(|| "·".to_owned(), |c| c.to_uppercase().collect())
}

/// The tint of a name, the same here and on the desktop.
fn tint(name: &str) -> u32 {
    (fnv1a(name) >> 8) % TINTS
}

/// The 32-bit FNV-1a hash of a text.
pub(crate) fn fnv1a(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_found_behind_punctuation_and_in_any_script() {
        assert_eq!(letter("ada"), "A");
        assert_eq!(letter("“élan”"), "É");
        assert_eq!(letter("地図"), "地");
        assert_eq!(letter("→"), "·");
    }

    #[test]
    fn a_picture_without_https_is_left_out() {
        for url in ["http://example.org/a.png", "javascript:alert(1)"] {
            assert!(
                !avatar("A", Some(url)).into_string().contains("<img"),
                "{url}"
            );
        }
    }
}
