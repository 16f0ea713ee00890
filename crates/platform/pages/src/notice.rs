//! Pages for errors: not found, unknown host, unavailable. Each is one fixed text, the same
//! for a private and a missing page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::head::{basics, theme_colors};
use crate::mark;
use crate::policy::GATE_STYLE;

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

/// What a share link asks before it opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Its passphrase.
    Passphrase,
    /// Its passphrase again, after a wrong one.
    Wrong,
    /// To wait, after too many wrong ones.
    Locked,
    /// Whether to open it, because that counts.
    Limited,
    /// To open its page first, for another format of it.
    First,
}

/// The page before a share link opens. Serve it with [`crate::gate_csp`].
#[must_use]
pub fn gate(gate: Gate) -> String {
    let (title, text) = match gate {
        Gate::Limited => (
            "Open what was shared with you?",
            "This link opens a limited number of times. Opening it counts once for this browser.",
        ),
        Gate::Passphrase => (
            "This link asks for a passphrase",
            "The person who sent you the link knows it.",
        ),
        Gate::Wrong => (
            "That is not the passphrase",
            "Check capital letters and spaces, and ask the person who sent you the link.",
        ),
        Gate::First => (
            "Open the link itself first",
            "This format shows what the link shows once it was opened in this browser.",
        ),
        Gate::Locked => (
            "That was wrong too often",
            "Wait a quarter of an hour, then try again with the right passphrase.",
        ),
    };
    let form = html! {
        @if !matches!(gate, Gate::Locked | Gate::First) {
            form class="gate" method="post" {
                @if gate != Gate::Limited {
                    label for="passphrase" { "Passphrase" }
                    input id="passphrase" name="passphrase" type="password" required maxlength="200"
                        autocomplete="off" autofocus aria-invalid=[(gate == Gate::Wrong).then_some("true")];
                }
                button { "Open" }
            }
        }
    };
    page(title, Some(&GATE_STYLE), &html! { p { (text) } (form) })
}

/// The page of a share link that ended, or was opened as often as it may be.
#[must_use]
pub fn link_ended() -> String {
    notice(
        "This link does not open any more",
        &html! { "It ended, or was opened as often as it may be. Ask the person who sent it for a new one." },
        true,
    )
}

/// The preview of a page of which the viewer sees nothing; `who` is in words: `a visitor`.
#[must_use]
pub fn nothing_to_see(who: &str) -> String {
    notice(
        "Nothing to see",
        &html! { "Preview: " (who) " gets the same answer as for a page that does not exist." },
        false,
    )
}

fn notice(title: &str, text: &Markup, home: bool) -> String {
    let content = html! {
        p { (text) }
        @if home { p { a href="/" { "Go to the front page" } } }
    };
    page(title, None, &content)
}

fn page(title: &str, more_style: Option<&str>, content: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                (basics(title))
                (theme_colors())
                @if let Some(css) = more_style { style { (PreEscaped(css)) } }
                meta name="robots" content="noindex";
                link rel="icon" href=(mark::icon("P"));
            }
            body class="notice" {
                main {
                    h1 { (title) }
                    (content)
                }
            }
        }
    };
    page.into_string()
}
