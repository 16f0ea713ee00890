//! Colours of pages.

/// The longest text that is read as a colour, in bytes.
const MAX_LEN: usize = 64;

/// A CSS colour without transparency as `#rrggbb`. None for any other text.
pub(super) fn to_hex(css: &str) -> Option<String> {
    let css = css.trim();
    let is_bare_hex = css.bytes().all(|b| b.is_ascii_hexdigit());
    if css.len() > MAX_LEN || is_bare_hex {
        return None;
    }
    match csscolorparser::parse(css).ok()?.to_rgba8() {
        [red, green, blue, 255] => Some(format!("#{red:02x}{green:02x}{blue:02x}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_colours_become_hexadecimal() {
        for (css, expected) in [
            ("#fff", Some("#ffffff")),
            (" #1F6470 ", Some("#1f6470")),
            ("#1f6470ff", Some("#1f6470")),
            ("rgb(31, 100, 112)", Some("#1f6470")),
            ("rgb(31 100 112)", Some("#1f6470")),
            ("RGBA(31,100,112,1)", Some("#1f6470")),
            ("rebeccapurple", Some("#663399")),
            ("hsl(120, 100%, 25%)", Some("#008000")),
            ("#1f647080", None),
            ("rgba(0,0,0,.5)", None),
            ("transparent", None),
            ("currentColor", None),
            ("var(--x)", None),
            ("url(javascript:x)", None),
            ("fff", None),
            ("#ggg", None),
            ("#", None),
            ("", None),
        ] {
            assert_eq!(to_hex(css).as_deref(), expected, "{css:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(css in "(#|rgb\\(|hsl\\(|oklch\\()?[0-9a-f.,% /()-]{0,60}|.{0,70}") {
            let hex = to_hex(&css);
            prop_assert!(hex.is_none_or(|hex| hex.len() == 7 && hex.starts_with('#')));
        }
    }
}
