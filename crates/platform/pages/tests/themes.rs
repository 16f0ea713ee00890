//! Themes on public pages: readable in light and dark, and as small as the first TCP window.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may panic"
)]

use std::collections::HashMap;
use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use prox_pages::{PageContext, html, page_csp};
use prox_types::{PublicSpace, Theme};

/// The bytes of the first TCP window, which arrive before the first acknowledgement.
const FIRST_WINDOW: usize = 14_600;

fn demo(theme: Option<Theme>, accent: Option<u16>) -> (PublicSpace, PageContext) {
    let mut space: PublicSpace =
        serde_json::from_str(include_str!("../fixtures/demo_home.json")).unwrap();
    (space.theme, space.accent) = (theme, accent);
    let context = PageContext::on_app("https://prox.example", &space);
    (space, context)
}

/// The style sheets of the page: that of all pages, then that of this one.
fn styles(theme: Option<Theme>, accent: Option<u16>) -> Vec<String> {
    let (space, context) = demo(theme, accent);
    let page = html(&space, &context);
    page.split("<style>")
        .skip(1)
        .map(|rest| rest.split_once("</style>").unwrap().0.to_owned())
        .collect()
}

/// The custom properties of the first rule for the root after a text.
fn add_roots(css: &str, after: &str, values: &mut HashMap<String, String>) {
    let (_, rest) = css.split_once(after).unwrap();
    let (_, rest) = rest.split_once(":root").unwrap();
    let (_, rest) = rest.split_once('{').unwrap();
    let (rule, _) = rest.split_once('}').unwrap();
    for declaration in rule.split(';') {
        if let Some((name, value)) = declaration.trim().split_once(':')
            && let Some(name) = name.strip_prefix("--")
        {
            values.insert(name.to_owned(), value.trim().to_owned());
        }
    }
}

/// The values on the page of a theme, in its light or dark form.
fn values(theme: Theme, accent: Option<u16>, is_dark: bool) -> HashMap<String, String> {
    let styles = styles(Some(theme), accent);
    let mut values = HashMap::new();
    add_roots(&styles[0], "", &mut values);
    if is_dark {
        add_roots(&styles[0], "prefers-color-scheme: dark", &mut values);
    }
    if theme != Theme::Paper {
        add_roots(&styles[1], "prefers-contrast", &mut values);
    }
    if let Some(hue) = accent {
        assert!(styles[1].ends_with(&format!(":root{{--accent-hue:{hue};--accent-chroma:.1}}")));
        values.insert("accent-hue".into(), hue.to_string());
        values.insert("accent-chroma".into(), "0.1".into());
    }
    values
}

/// The first argument of a function and its others; the text begins after its opening bracket.
fn arguments(text: &str) -> (Vec<&str>, &str) {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => {
                parts.push(text[start..at].trim());
                return (parts, &text[at + 1..]);
            }
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    panic!("an open bracket in {text}")
}

/// A value without `var`, `light-dark` and `calc`.
fn resolved(value: &str, values: &HashMap<String, String>, is_dark: bool) -> String {
    for function in ["var(", "light-dark(", "calc("] {
        let Some((before, rest)) = value.split_once(function) else {
            continue;
        };
        let (parts, after) = arguments(rest);
        let inner = match function {
            "var(" => values[parts[0].trim_start_matches("--")].clone(),
            "light-dark(" => parts[usize::from(is_dark)].to_owned(),
            _ if parts[0].contains("var(") => {
                let inner = resolved(parts[0], values, is_dark);
                format!("calc({inner})")
            }
            _ => {
                let factors = parts[0]
                    .split('*')
                    .map(|n| n.trim().parse::<f64>().unwrap());
                factors.product::<f64>().to_string()
            }
        };
        return resolved(&format!("{before}{inner}{after}"), values, is_dark);
    }
    value.to_owned()
}

/// The relative luminance of WCAG.
fn luminance(color: &str) -> f64 {
    if let Some(hex) = color.strip_prefix('#') {
        let digit = |n: usize| {
            let text = if hex.len() == 3 {
                hex[n..=n].repeat(2)
            } else {
                hex[2 * n..2 * n + 2].to_owned()
            };
            let value = f64::from(u8::from_str_radix(&text, 16).unwrap()) / 255.0;
            if value <= 0.040_45 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        return 0.2126 * digit(0) + 0.7152 * digit(1) + 0.0722 * digit(2);
    }
    let inner = color
        .strip_prefix("oklch(")
        .unwrap()
        .strip_suffix(')')
        .unwrap();
    let numbers: Vec<f64> = inner
        .split_whitespace()
        .map(|n| n.parse().unwrap())
        .collect();
    let (l, c, hue) = (numbers[0], numbers[1], numbers[2].to_radians());
    let (a, b) = (c * hue.cos(), c * hue.sin());
    let cube = |x: f64| x * x * x;
    let long = cube(l + 0.396_337_777_4 * a + 0.215_803_757_3 * b);
    let middle = cube(l - 0.105_561_345_8 * a - 0.063_854_172_8 * b);
    let short = cube(l - 0.089_484_177_5 * a - 1.291_485_548_0 * b);
    let red = 4.076_741_662_1 * long - 3.307_711_591_3 * middle + 0.230_969_929_2 * short;
    let green = -1.268_438_004_6 * long + 2.609_757_401_1 * middle - 0.341_319_396_5 * short;
    let blue = -0.004_196_086_3 * long - 0.703_418_614_7 * middle + 1.707_614_701_0 * short;
    0.2126 * red.clamp(0.0, 1.0) + 0.7152 * green.clamp(0.0, 1.0) + 0.0722 * blue.clamp(0.0, 1.0)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_theme_keeps_its_contrast() {
    assert!((contrast("#fff", "#000") - 21.0).abs() < 0.01);
    assert!((contrast("oklch(1 0 0)", "oklch(0 0 0)") - 21.0).abs() < 0.01);
    let accents = [
        None,
        Some(0),
        Some(60),
        Some(120),
        Some(180),
        Some(240),
        Some(300),
    ];
    for theme in Theme::ALL {
        for (accent, is_dark) in accents.iter().flat_map(|a| [(*a, false), (*a, true)]) {
            let values = values(theme, accent, is_dark);
            let color = |name: &str| resolved(&values[name], &values, is_dark);
            for (front, back) in [
                ("text", "surface"),
                ("text", "raised"),
                ("text", "sunken"),
                ("muted", "surface"),
                ("muted", "raised"),
                ("accent", "surface"),
                ("accent", "raised"),
            ] {
                let ratio = contrast(&color(front), &color(back));
                assert!(
                    ratio >= 4.5,
                    "{}, accent {accent:?}, dark {is_dark}: {front} on {back} has {ratio:.2}",
                    theme.name()
                );
            }
        }
    }
}

#[test]
fn themes_have_the_character_of_the_app() {
    let own = |theme| {
        styles(Some(theme), None)
            .get(1)
            .cloned()
            .unwrap_or_default()
    };
    for (theme, parts) in [
        (
            Theme::Glacier,
            &["--neutral-hue:245;", "--accent-chroma:0.1;"][..],
        ),
        (
            Theme::Riso,
            &[
                "--corner-card:5px;",
                "--shadow:var(--shadow-card);",
                "--line:light-dark(",
            ],
        ),
        (
            Theme::Phosphor,
            &["--corner-card:0px;", "html{font-family:ui-monospace"],
        ),
        (
            Theme::Ink,
            &["--accent:light-dark(oklch(0.17 0 0), oklch(0.96 0 0));"],
        ),
        (
            Theme::Contrast,
            &["--surface:light-dark(#fff, #000);", "--accent:light-dark("],
        ),
    ] {
        let css = own(theme);
        for part in parts {
            assert!(css.contains(part), "{} has no {part}: {css}", theme.name());
        }
        assert!(
            !css.contains("/*") && !css.contains("font-interface"),
            "{css}"
        );
        assert_eq!(css.matches('{').count(), css.matches('}').count());
    }
    assert_eq!(own(Theme::Paper), "");
    // A chosen accent replaces that of the theme.
    let ink = &styles(Some(Theme::Ink), Some(30))[1];
    assert!(
        !ink.contains("--accent:") && ink.ends_with(":root{--accent-hue:30;--accent-chroma:.1}")
    );
}

#[test]
fn pages_with_a_theme_fit_the_first_window() {
    let (plain, context) = demo(None, None);
    let hash = |space: &PublicSpace| page_csp(space, &context);
    for theme in Theme::ALL {
        let (mut space, context) = demo(Some(theme), Some(120));
        space.cover = Some("art:aurora".to_owned());
        let page = html(&space, &context);
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(page.as_bytes()).unwrap();
        let size = encoder.finish().unwrap().len();
        assert!(size < FIRST_WINDOW, "{}: {size} bytes", theme.name());
        // Only the one theme.
        for other in Theme::ALL {
            assert!(!page.contains(&format!("data-theme=\"{}\"", other.name())));
        }
        assert_ne!(hash(&space), hash(&plain));
        assert!(
            !page.contains("theme-color"),
            "the usual colours of the browser"
        );
    }
}

#[test]
fn uploaded_covers_come_from_the_own_origin() {
    let (mut space, context) = demo(None, None);
    space.cover = Some(format!("picture:{}", "0f".repeat(32)));
    let page = html(&space, &context);
    assert!(page.contains("<img class=\"cover\" src=\"/api/organizations/"));
    assert!(!page.contains("picture:"));
    let host = PageContext::on_custom_host("https://prox.example", "https://ada.example");
    let page = html(&space, &host);
    assert!(page.contains("src=\"https://prox.example/api/organizations/"));
}
