//! The style sheet, and the Content-Security-Policy that allows only this one and that of the
//! page's own look.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::STANDARD};
use prox_types::PublicSpace;
use sha2::{Digest, Sha256};

use crate::context::PageContext;
use crate::look;

/// The style sheet in every page.
pub(crate) static STYLE: LazyLock<String> = LazyLock::new(|| squeeze(include_str!("style.css")));

/// The style sheet of the form before a share link opens.
pub(crate) static GATE_STYLE: LazyLock<String> =
    LazyLock::new(|| squeeze(include_str!("gate.css")));

static STYLE_HASH: LazyLock<String> = LazyLock::new(|| source(&STYLE));

/// The source expression of an inline style sheet, without quotes.
fn source(css: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(css)))
}

/// The source expression of the inline style sheet, without quotes: `sha256-…`.
#[must_use]
pub fn style_hash() -> &'static str {
    &STYLE_HASH
}

/// What a page may do besides showing its text and pictures.
#[derive(Clone, Copy)]
struct Allowed {
    /// The sites whose pages may frame it.
    framing: &'static str,
    /// The sites to which its forms may send.
    sending: &'static str,
}

/// A page for everybody. Any site may embed it: it has no form and no script that acts, and is the same for
/// every reader, so clickjacking gains nothing, and a home inside another home's window is part of the product.
const FOR_EVERYBODY: Allowed = Allowed {
    framing: "*",
    sending: "'none'",
};

/// A page for one viewer, which other sites do not frame.
const FOR_ONE_VIEWER: Allowed = Allowed {
    framing: "'self'",
    sending: "'none'",
};

/// The form before a share link opens. No other site frames it, so that nobody is made to press its button.
const FORM: Allowed = Allowed {
    framing: "'self'",
    sending: "'self'",
};

/// The Content-Security-Policy of pages without a look of their own.
#[must_use]
pub fn csp() -> String {
    policy("", "", FOR_EVERYBODY)
}

/// The Content-Security-Policy of the page of a space.
#[must_use]
pub fn page_csp(space: &PublicSpace, context: &PageContext) -> String {
    let own = look::style(space, context);
    let style = if own.is_empty() {
        String::new()
    } else {
        format!(" '{}'", source(&own))
    };
    // In development the API has no https.
    let images = match context.api_origin.as_str() {
        origin if origin.starts_with("http:") => format!(" {origin}"),
        _ => String::new(),
    };
    let allowed = if context.is_for_everybody() {
        FOR_EVERYBODY
    } else {
        FOR_ONE_VIEWER
    };
    policy(&style, &images, allowed)
}

/// The Content-Security-Policy of the page before a share link opens, which has a form.
#[must_use]
pub fn gate_csp() -> String {
    policy(&format!(" '{}'", source(&GATE_STYLE)), "", FORM)
}

/// The Content-Security-Policy of a notice that is not for everybody.
#[must_use]
pub fn viewer_csp() -> String {
    policy("", "", FOR_ONE_VIEWER)
}

/// The policy with more style sheets and more sources of images.
///
/// `data:` images are the page's icon; those of items come from the page's own origin, or on a custom host
/// from the app's.
fn policy(more_styles: &str, more_images: &str, Allowed { framing, sending }: Allowed) -> String {
    format!(
        "default-src 'none'; style-src '{}'{more_styles}; img-src 'self' https: data:{more_images}; script-src 'self'; \
         connect-src 'self'; base-uri 'none'; form-action {sending}; frame-ancestors {framing}",
        style_hash()
    )
}

/// Removes comments, indentation and line breaks from our own style sheet, which has no
/// strings that contain them.
pub(crate) fn squeeze(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        squeeze_lines(before, &mut out);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    squeeze_lines(rest, &mut out);
    out
}

fn squeeze_lines(css: &str, out: &mut String) {
    for line in css.lines().map(str::trim) {
        // A selector list or a value may continue on the next line.
        if out.ends_with(',') && !line.is_empty() {
            out.push(' ');
        }
        out.push_str(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squeezing_keeps_rules_and_drops_the_rest() {
        assert_eq!(
            squeeze("/* a */\na,\nb {\n  color: red; /* why */\n}\n"),
            "a, b {color: red;}"
        );
    }

    #[test]
    fn the_policy_names_the_hash_of_the_style_sheet() {
        assert!(csp().contains(&format!("style-src '{}'", style_hash())));
        assert!(!csp().contains("unsafe"));
    }
}
