//! Pages for errors: not found, unknown host, unavailable. Each is one fixed text, the same
//! for a private and a missing page.

use maud::{DOCTYPE, Markup, html};

use crate::head::{basics, theme_colors};
use crate::mark;

/// The page for 404, for private and missing spaces alike.
#[must_use]
pub fn not_found() -> String {
    notice(
        "There is nothing here",
        &html! { "The page may have moved, or it is not public. If somebody sent you the address, ask them to share it with you." },
        true,
    )
}

/// The page for 421: a hostname that belongs to no space.
#[must_use]
pub fn unknown_host(host: &str) -> String {
    notice(
        "Nothing is published here",
        &html! { b dir="auto" { (host) } " points to Prox OS, but no space uses it. If it is yours, add it to a space under Domains." },
        false,
    )
}

/// The page for 503: the space cannot be read at the moment.
#[must_use]
pub fn unavailable() -> String {
    notice(
        "This page cannot be reached right now",
        &html! { "Nothing is lost. Try again in a minute." },
        false,
    )
}

fn notice(title: &str, text: &Markup, home: bool) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                (basics(title))
                (theme_colors())
                meta name="robots" content="noindex";
                link rel="icon" href=(mark::icon("P"));
            }
            body class="notice" {
                main {
                    h1 { (title) }
                    p { (text) }
                    @if home { p { a href="/" { "Go to the front page" } } }
                }
            }
        }
    };
    page.into_string()
}
