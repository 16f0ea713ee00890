//! Themes on public pages. They come from the style sheets of the app, so both always look alike.
//!
//! A page has fewer roles than the app and gives the palette its own meaning: `ROLES` connects the two.

use std::sync::LazyLock;

use prox_types::Theme;

use crate::policy::squeeze;

/// The palette and the roles of the app.
static TOKENS: LazyLock<String> =
    LazyLock::new(|| squeeze(include_str!("../../../../site/shell/src/styles/tokens.css")));
/// The themes of the app, each a rule.
static THEMES: LazyLock<String> =
    LazyLock::new(|| squeeze(include_str!("../../../../site/shell/src/styles/themes.css")));

/// The colours that the palette of a page has.
const PALETTE: [&str; 10] = [
    "paper-0",
    "paper-1",
    "paper-2",
    "stone-5",
    "ink-6",
    "graphite-0",
    "graphite-1",
    "graphite-deep",
    "ash-5",
    "ash-6",
];

/// What a theme may set beside the palette.
const SETTINGS: [&str; 8] = [
    "neutral-hue",
    "tint",
    "accent-hue",
    "accent-chroma",
    "line",
    "shadow-card",
    "corner-card",
    "corner-control",
];

/// The roles of a page, from the palette.
const ROLES: &str = "--surface:light-dark(var(--paper-1),var(--graphite-0));\
    --raised:light-dark(var(--paper-0),var(--graphite-1));\
    --sunken:light-dark(var(--paper-2),var(--graphite-deep));\
    --text:light-dark(var(--ink-6),var(--ash-6));\
    --muted:light-dark(var(--stone-5),var(--ash-5));";

/// The roles of a page that the theme of high contrast sets itself, with their names in the app.
const CONTRAST_ROLES: [(&str, &str); 7] = [
    ("surface", "surface"),
    ("raised", "surface-raised"),
    ("sunken", "surface-sunken"),
    ("text", "text"),
    ("muted", "text-muted"),
    ("line", "line"),
    ("accent", "accent"),
];

const MONO: &str = r#"html{font-family:ui-monospace,"SF Mono","Cascadia Code",Menlo,Consolas,"Noto Sans Mono",monospace}"#;

/// The style sheet of a theme; empty for the usual one, which the style sheet of every page has. Readers
/// who prefer more contrast get that, whatever the theme.
pub(crate) fn style(theme: Theme, has_accent: bool) -> String {
    let mut rule = String::new();
    let mut more = "";
    match theme {
        Theme::Paper => return String::new(),
        Theme::Contrast => {
            let values: Vec<_> = declarations(&TOKENS, "@variant contrasted {").collect();
            for (role, name) in CONTRAST_ROLES {
                if let Some((_, value)) = values.iter().find(|(other, _)| *other == name) {
                    declare(&mut rule, role, value);
                }
            }
        }
        _ => {
            let selector = format!("[data-theme=\"{}\"] {{", theme.name());
            let own: Vec<_> = declarations(&THEMES, &selector).collect();
            let usual = declarations(&TOKENS, ":root, [data-theme] {");
            for (name, value) in usual.chain(palette(&TOKENS)).chain(own.iter().copied()) {
                if SETTINGS.contains(&name) || PALETTE.contains(&name) {
                    declare(&mut rule, name, value);
                }
            }
            rule.push_str(ROLES);
            if own.iter().any(|(name, _)| *name == "shadow-card") {
                declare(&mut rule, "shadow", "var(--shadow-card)");
            }
            if own.iter().any(|(name, _)| *name == "font-interface") {
                more = MONO;
            }
            if !has_accent {
                let selector = format!("[data-theme=\"{}\"]:not([data-accent]) {{", theme.name());
                for (name, value) in declarations(&THEMES, &selector) {
                    if name == "accent" {
                        declare(&mut rule, name, value);
                    }
                }
            }
        }
    }
    format!(
        "@media not all and (prefers-contrast:more){{:root{{{rule}}}{more}}}@media print{{:root{{color-scheme:light}}}}"
    )
}

fn declare(rule: &mut String, name: &str, value: &str) {
    rule.push_str(&format!("--{name}:{value};"));
}

/// The custom properties, without their dashes, of the first rule with a selector.
fn declarations<'a>(css: &'a str, selector: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let rule = css
        .split_once(selector)
        .and_then(|(_, rest)| rest.split_once('}'))
        .map_or("", |(rule, _)| rule);
    properties(rule)
}

/// The palette, which stands in one rule with the roles.
fn palette(tokens: &str) -> impl Iterator<Item = (&str, &str)> {
    properties(tokens).filter(|(name, _)| PALETTE.contains(name))
}

fn properties(css: &str) -> impl Iterator<Item = (&str, &str)> {
    css.split([';', '{', '}']).filter_map(|declaration| {
        let (name, value) = declaration.trim().split_once(':')?;
        Some((name.strip_prefix("--")?, value.trim()))
    })
}
