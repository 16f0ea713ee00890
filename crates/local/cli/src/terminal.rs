//! The capabilities of standard output: whether it is a terminal, and whether it has colours.

use std::io::IsTerminal as _;

/// Whether standard output is a terminal that can show the interface.
#[must_use]
pub fn is_interactive() -> bool {
    std::io::stdout().is_terminal() && std::io::stdin().is_terminal() && !is_dumb()
}

/// Whether the terminal cannot move its cursor (`TERM=dumb`), as the shells of editors.
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Whether to use colours: on a terminal that has them, unless `NO_COLOR` is set
/// (<https://no-color.org>).
#[must_use]
pub fn has_colour() -> bool {
    let forbidden = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    std::io::stdout().is_terminal() && !forbidden && !is_dumb()
}
