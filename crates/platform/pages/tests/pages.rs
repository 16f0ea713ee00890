//! The pages and their alternate formats: snapshots of the demo home, sizes, and the
//! rendering of hostile content.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests stop where they fail"
)]

use std::io::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use prox_pages::{
    Gate, LIVE_SCRIPT, PageContext, Viewer, csp, gate, gate_csp, html, json, markdown,
    markdown_to_html, not_found, page_csp, rss, style_hash, unavailable, unknown_host,
};
use prox_types::{ItemKind, PublicItem, PublicSpace, Role, Visibility};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The bytes of the first TCP window, which arrive before the first acknowledgement.
const FIRST_WINDOW: usize = 14_600;

const APP: &str = "https://prox.example";

fn demo() -> PublicSpace {
    serde_json::from_str(include_str!("../fixtures/demo_home.json")).unwrap()
}

fn on_app(space: &PublicSpace) -> PageContext {
    PageContext::on_app(APP, space)
}

fn gzip(text: &str) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap().len()
}

/// The demo home with one item, changed by the test.
fn with_item(kind: ItemKind, change: impl FnOnce(&mut PublicItem)) -> PublicSpace {
    let mut space = demo();
    let mut item = space
        .items
        .iter()
        .find(|item| item.kind == kind)
        .unwrap()
        .clone();
    item.folder_id = None;
    change(&mut item);
    space.items = vec![item];
    space
}

/// The page without the style sheet, one element in each line, for readable snapshots.
fn readable(page: &str) -> String {
    let (before, rest) = page.split_once("<style>").unwrap();
    let (_, after) = rest.split_once("</style>").unwrap();
    format!("{before}<style></style>{after}").replace("><", ">\n<")
}

#[test]
fn the_demo_home_as_html() {
    let space = demo();
    insta::assert_snapshot!(readable(&html(&space, &on_app(&space))));
}

#[test]
fn the_demo_home_as_markdown() {
    let space = demo();
    insta::assert_snapshot!(markdown(&space, &on_app(&space)));
}

#[test]
fn the_demo_home_as_json() {
    insta::assert_snapshot!(json(&demo()));
}

#[test]
fn the_demo_home_as_rss() {
    let space = demo();
    insta::assert_snapshot!(rss(&space, &on_app(&space)));
}

#[test]
fn a_space_on_a_custom_host() {
    let mut space = demo();
    space.slug = "atlas".parse().unwrap();
    space.title = "Atlas".into();
    space.items.truncate(1);
    space.spaces.clear();
    let context = PageContext::on_custom_host(APP, "https://atlas.example.net");
    insta::assert_snapshot!(readable(&html(&space, &context)));
}

#[test]
fn the_notices() {
    let notices = [not_found(), unknown_host("a.example"), unavailable()];
    insta::assert_snapshot!(notices.map(|page| readable(&page)).join("\n\n"));
}

#[test]
fn the_policy() {
    insta::assert_snapshot!(csp().replace(style_hash(), "sha256-…"));
}

#[test]
fn the_demo_home_fits_the_first_tcp_window() {
    let space = demo();
    let size = gzip(&html(&space, &on_app(&space)));
    assert!(size < FIRST_WINDOW, "{size} bytes");
    assert!(size < 6_500, "{size} bytes: the page grew, is it worth it?");
}

const ART: [&str; 8] = [
    "dunes", "waves", "grid", "aurora", "paper", "dawn", "tide", "orbit",
];

fn with_look(accent: Option<u16>, cover: Option<&str>) -> PublicSpace {
    PublicSpace {
        accent,
        cover: cover.map(str::to_owned),
        ..demo()
    }
}

/// The style sheets of a page.
fn styles(page: &str) -> Vec<&str> {
    page.split("<style>")
        .skip(1)
        .map(|rest| rest.split_once("</style>").unwrap().0)
        .collect()
}

#[test]
fn a_cover_of_art_fits_the_first_tcp_window() {
    for art in ART {
        let space = with_look(Some(200), Some(&format!("art:{art}")));
        let page = html(&space, &on_app(&space));
        assert!(page.contains(&format!("<div class=\"cover art-{art}\">")));
        let size = gzip(&page);
        assert!(
            size < 7_200,
            "{art}: {size} bytes: the page grew, is it worth it?"
        );
    }
}

#[test]
fn a_page_with_a_look_allows_exactly_its_two_style_sheets() {
    for art in ART {
        let space = with_look(Some(359), Some(&format!("art:{art}")));
        let page = html(&space, &on_app(&space));
        let [_, own] = styles(&page)[..] else {
            panic!("{art}: two style sheets");
        };
        assert!(own.starts_with(":root{--accent-hue:359;"), "{own}");
        assert!(own.contains(&format!(".art-{art} {{")), "{own}");
        let hash = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(own)));
        let expected = format!("style-src '{}' {hash};", style_hash());
        assert!(page_csp(&space, &on_app(&space)).contains(&expected));
        assert!(!page.contains("style="), "the policy forbids attributes");
    }
}

#[test]
fn a_page_without_a_look_is_the_usual_one() {
    let usual = html(&demo(), &on_app(&demo()));
    for cover in [
        "art:none-of-ours",
        "art:",
        "http://example.com/a.jpg",
        "javascript:alert(1)",
        "https://user:pw@example.com/a.jpg",
    ] {
        let space = with_look(None, Some(cover));
        assert_eq!(html(&space, &on_app(&space)), usual, "{cover}");
        assert_eq!(page_csp(&space, &on_app(&space)), csp(), "{cover}");
    }
}

#[test]
fn a_cover_picture_is_fetched_late_and_without_a_referrer() {
    let space = with_look(None, Some("https://example.com/a.jpg?x=\"><script>"));
    let page = html(&space, &on_app(&space));
    let expected = r#"<img class="cover" src="https://example.com/a.jpg?x=&quot;&gt;&lt;script&gt;" alt="" loading="lazy" decoding="async" referrerpolicy="no-referrer">"#;
    assert!(page.contains(expected));
    assert_eq!(styles(&page).len(), 1);
}

#[test]
fn icons_come_from_our_own_address() {
    let space = with_item(ItemKind::Link, |item| {
        item.icon = Some("https://other.example/i.png".into());
    });
    let id = space.items[0].id;
    let path = format!("/api/organizations/ada/spaces/home/items/{id}/icon?of=eeb80a01");
    let page = html(&space, &on_app(&space));
    assert!(page.contains(&format!("<img src=\"{path}\"")), "{page}");
    assert!(!page.contains("other.example"));
    // A custom host has no API.
    for (app, images) in [
        (APP, "img-src 'self' https: data:;"),
        (
            "http://localhost:8787",
            "img-src 'self' https: data: http://localhost:8787;",
        ),
    ] {
        let context = PageContext::on_custom_host(app, "https://maps.example");
        let page = html(&space, &context);
        assert!(
            page.contains(&format!("<img src=\"{app}{path}\"")),
            "{page}"
        );
        assert!(page_csp(&space, &context).contains(images));
    }
    // Another source has another address, because browsers keep the picture for a day.
    let other = with_item(ItemKind::Link, |item| {
        item.icon = Some("https://other.example/j.png".into());
    });
    assert!(!html(&other, &on_app(&other)).contains("?of=eeb80a01"));
    // A link without an icon has a picture once the service keeps one.
    let found = |has_icon| {
        let space = with_item(ItemKind::Link, |item| {
            (item.icon, item.has_icon) = (None, has_icon);
        });
        html(&space, &on_app(&space)).contains("<img")
    };
    assert!(found(true) && !found(false));
}

#[test]
fn a_built_in_icon_is_drawn_once_and_used_again() {
    let mut space = with_item(ItemKind::Link, |item| {
        (item.icon, item.has_icon) = (Some("glyph:cat".into()), false);
    });
    let count = |space: &PublicSpace, what: &str| html(space, &on_app(space)).matches(what).count();
    assert_eq!(count(&space, "<g id=\"glyph-cat\"><path "), 1);
    assert_eq!(count(&space, "<use href"), 0);
    space.items.push(space.items[0].clone());
    assert_eq!(count(&space, "<g id=\"glyph-cat\"><path "), 1);
    assert_eq!(count(&space, "<use href=\"#glyph-cat\""), 1);
    // A name from a newer release has a letter.
    space.items[1].icon = Some("glyph:unheard-of".into());
    assert_eq!(count(&space, "<svg viewBox=\"0 0 24 24\" width"), 1);
}

/// The lightness and chroma of each `--NAME: oklch(…)` in a block of the style sheet.
fn oklch_of(block: &str, name: &str) -> [f64; 3] {
    let (_, rest) = block.split_once(&format!("{name}: oklch(")).unwrap();
    let (numbers, _) = rest.split_once(')').unwrap();
    let numbers: Vec<f64> = numbers.split(' ').map(|n| n.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}

/// The relative luminance (WCAG 2) of a colour in OKLCH, clipped to sRGB as screens show it.
fn luminance([lightness, chroma, hue]: [f64; 3]) -> f64 {
    let (sin, cos) = hue.to_radians().sin_cos();
    let (a, b) = (chroma * cos, chroma * sin);
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
    let rgb = [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s,
    ];
    let [r, g, b] = rgb.map(|channel| channel.clamp(0.0, 1.0));
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

#[test]
fn every_accent_has_enough_contrast_in_light_and_dark() {
    let page = html(&demo(), &on_app(&demo()));
    let style = styles(&page)[0];
    let (light, dark) = style.split_once("prefers-color-scheme: dark").unwrap();
    for (block, accent) in [
        (
            light,
            "--accent: oklch(0.43 var(--accent-chroma) var(--accent-hue))",
        ),
        (
            dark,
            "--accent: oklch(0.84 calc(var(--accent-chroma) * 0.85) var(--accent-hue))",
        ),
    ] {
        assert!(block.contains(accent), "measured below: {accent}");
    }
    for hue in 0..360 {
        for (block, accent) in [
            (light, [0.43, 0.1, f64::from(hue)]),
            (dark, [0.84, 0.085, f64::from(hue)]),
        ] {
            for surface in ["--surface", "--raised", "--sunken"] {
                let (one, other) = (luminance(accent), luminance(oklch_of(block, surface)));
                let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
                assert!(contrast >= 4.5, "hue {hue} on {surface}: {contrast:.2}");
            }
        }
    }
}

#[test]
fn notices_and_the_live_script_are_small() {
    assert!(gzip(&not_found()) < 3_500);
    assert!(gzip(LIVE_SCRIPT) <= 1_280, "{} bytes", gzip(LIVE_SCRIPT));
}

#[test]
fn the_hashed_style_sheet_is_the_only_inline_code() {
    let space = demo();
    let page = html(&space, &on_app(&space));
    assert_eq!(page.matches("<script").count(), 2);
    assert!(page.contains("<script type=\"application/ld+json\">"));
    assert!(page.contains("<script src=\"/_prox/live.js\" defer></script>"));
    assert_eq!(page.matches("<style").count(), 1);
    assert!(!page.contains(" style="));
}

#[test]
fn an_unlisted_space_is_not_indexed_and_sends_no_referrer() {
    let mut space = demo();
    let page = html(&space, &on_app(&space));
    assert!(!page.contains("noindex"));
    space.visibility = Visibility::Unlisted;
    let page = html(&space, &on_app(&space));
    assert!(page.contains("<meta name=\"robots\" content=\"noindex\">"));
    assert!(page.contains("<meta name=\"referrer\" content=\"no-referrer\">"));
}

/// The demo home for a viewer, with its first item restricted.
fn for_viewer(viewer: Viewer) -> String {
    let mut space = demo();
    space.items[0].restricted = true;
    html(&space, &on_app(&space).for_viewer(viewer))
}

#[test]
fn a_page_says_whom_it_is_for_unless_for_everybody() {
    let link = || Viewer::Link {
        token: "TOKEN".to_owned(),
        edits: false,
    };
    for (viewer, notice) in [
        (Viewer::Person, "shared this with you"),
        (link(), "everybody who has the link"),
        (
            Viewer::Preview("<b>everybody</b>".to_owned()),
            "as &lt;b&gt;everybody&lt;/b&gt; sees it",
        ),
    ] {
        let page = for_viewer(viewer);
        assert!(page.contains(notice), "{notice}");
        assert!(page.contains("aria-label=\"Not public\""), "{notice}");
        assert!(page.contains("content=\"noindex\""), "{notice}");
        assert!(!page.contains("rel=\"canonical\""), "{notice}");
        assert!(!page.contains("og:title"), "{notice}");
    }
    let mut space = demo();
    space.role = Some(Role::Member);
    space.items[0].restricted = true;
    let page = html(&space, &on_app(&space).for_viewer(Viewer::Person));
    assert!(page.contains("as a member of"));
    let everybody = html(&demo(), &on_app(&demo()));
    assert!(!everybody.contains("class=\"viewer\"") && !everybody.contains("data-live"));
}

#[test]
fn only_pages_that_may_change_for_their_viewer_are_live() {
    let space = demo();
    let person = for_viewer(Viewer::Person);
    assert!(person.contains(&format!("data-live=\"/api/spaces/{}/socket\"", space.id)));
    let link = PageContext::on_link(APP, "TOKEN", true);
    let page = html(&space, &link);
    assert!(page.contains("data-live=\"/s/TOKEN/socket\""));
    assert!(page.contains("/shared?link=TOKEN"));
    assert!(page.contains("/s/TOKEN/icon/"));
    assert!(
        !page.contains("class=\"address\""),
        "the secret is not shown"
    );
    let preview = for_viewer(Viewer::Preview("a member".to_owned()));
    assert!(!preview.contains("live.js") && !preview.contains("data-live"));
}

#[test]
fn a_page_for_one_viewer_is_framed_by_the_app_only() {
    let space = demo();
    let context = on_app(&space);
    assert!(page_csp(&space, &context).contains("frame-ancestors *"));
    let own = page_csp(&space, &context.for_viewer(Viewer::Person));
    assert!(own.contains("frame-ancestors 'self'"));
    assert!(gate_csp().contains("form-action 'self'"));
    assert!(gate_csp().contains("frame-ancestors 'self'"));
    for form in [Gate::Passphrase, Gate::Wrong, Gate::Limited] {
        assert!(gate(form).contains("<form class=\"gate\" method=\"post\">"));
    }
    for notice in [Gate::Locked, Gate::First] {
        assert!(!gate(notice).contains("<form"));
    }
}

#[test]
fn an_empty_home_shows_a_note() {
    let mut space = demo();
    space.items.clear();
    assert!(!html(&space, &on_app(&space)).contains("Nothing here yet"));
    space.spaces.clear();
    assert!(html(&space, &on_app(&space)).contains("Nothing here yet"));
}

#[test]
fn items_of_a_hidden_folder_are_shown_at_the_top() {
    let mut space = demo();
    let count = space
        .items
        .iter()
        .filter(|item| item.kind != ItemKind::Folder)
        .count();
    space.items.retain(|item| item.kind != ItemKind::Folder);
    let page = html(&space, &on_app(&space));
    assert_eq!(
        page.matches("<li><span class=\"tile").count() + page.matches("<article").count(),
        count + 2
    );
    assert!(!page.contains("<nav"));
}

#[test]
fn an_address_that_is_not_a_web_address_is_never_linked() {
    for url in [
        "javascript:alert(1)",
        "data:text/html,<b>",
        "//evil.example",
        "https://a@evil.example",
    ] {
        let space = with_item(ItemKind::Link, |item| {
            item.url = Some(url.to_owned());
            item.icon = Some(url.to_owned());
        });
        let context = on_app(&space);
        for text in [
            html(&space, &context),
            markdown(&space, &context),
            json(&space),
            rss(&space, &context),
        ] {
            assert!(!text.contains(url), "{url} in {text}");
        }
    }
}

#[test]
fn titles_are_escaped_in_every_format() {
    let hostile =
        "</title></script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>]]>\u{2028}";
    let mut space = with_item(ItemKind::Link, |item| {
        item.title = hostile.to_owned();
        item.description = hostile.to_owned();
        item.tags = vec![hostile.to_owned()];
    });
    space.organization.name = hostile.to_owned();
    space.title = hostile.to_owned();
    space.description = hostile.to_owned();
    let context = on_app(&space);
    let page = html(&space, &context);
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</title>").count(), 1);
    assert!(!page.contains("<img"));
    let feed = rss(&space, &context);
    assert!(!feed.contains("<script") && !feed.contains("<img") && !feed.contains("]]>"));
    let read: Value = serde_json::from_str(&json(&space)).unwrap();
    assert_eq!(read["apps"][0]["title"], hostile);
    let rendered = markdown_to_html(&markdown(&space, &context));
    assert!(!rendered.contains("<script") && !rendered.contains("<img"));
    assert!(unknown_host(hostile).matches("<script").count() == 0);
}

#[test]
fn structured_data_can_be_read_back() {
    let space = demo();
    let page = html(&space, &on_app(&space));
    let (_, rest) = page.split_once("application/ld+json\">").unwrap();
    let (json, _) = rest.split_once("</script>").unwrap();
    let read: Value = serde_json::from_str(json).unwrap();
    assert_eq!(read["@type"], "ProfilePage");
    assert_eq!(read["hasPart"]["itemListElement"][0]["position"], 1);
}

#[test]
fn the_json_page_has_the_shape_of_a_context_pack() {
    let read: Value = serde_json::from_str(&json(&demo())).unwrap();
    let keys: Vec<&str> = read
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let mut expected = [
        "space",
        "datasets",
        "cards",
        "dashboards",
        "apps",
        "workflows",
        "allowed_ai_actions",
        "forbidden_ai_actions",
    ];
    expected.sort_unstable();
    assert_eq!(keys, expected);
    assert_eq!(read["cards"].as_array().unwrap().len(), 2);
    assert!(
        read["apps"]
            .as_array()
            .unwrap()
            .iter()
            .any(|app| app["kind"] == "link")
    );
}

#[test]
fn a_card_stays_in_its_quote_in_markdown() {
    for body in [
        "```\nnever closed",
        "<!-- never closed",
        "# Heading\n\n- [x](https://a.example)",
        "<pre>\n\n",
        "a\r# Fake heading\r\rb",
        "a\r\n# Fake heading\r\n\r\nb",
    ] {
        let mut space = with_item(ItemKind::Card, |item| item.body = body.to_owned());
        space.spaces.truncate(1);
        let rendered = markdown_to_html(&markdown(&space, &on_app(&space)));
        let (quote, after) = rendered.split_once("</blockquote>").unwrap();
        assert!(quote.contains("<blockquote>"));
        assert!(!after.contains("Fake heading"), "{rendered}");
        assert!(after.contains("More from Ada Lindqvist</h4>"), "{rendered}");
    }
}

#[test]
fn the_feed_is_valid_xml_with_the_newest_change_first() {
    let mut space = demo();
    space.description = "a\u{0}b\u{b}c\u{fffe}d\u{1b}e\tf".to_owned();
    let feed = rss(&space, &on_app(&space));
    assert!(feed.contains("<description>abcde\tf</description>"));
    let first = feed.split("<item>").nth(1).unwrap();
    assert!(first.contains("<title>This season</title>"));
    assert!(first.contains("<pubDate>Mon, 18 May 2026 17:42:00 +0000</pubDate>"));
    assert_eq!(feed.matches("<item>").count(), 12);
}

#[test]
fn a_large_page_shows_how_many_items_it_leaves_out() {
    let mut space = with_item(ItemKind::Card, |item| item.body = "long ".repeat(4_000));
    let card = space.items.remove(0);
    space.items = vec![card; 100];
    let context = on_app(&space);
    // 1 MiB holds 52 cards of 20 kB.
    let note = "48 more items are too much for this page.";
    assert!(html(&space, &context).contains(note));
    assert!(markdown(&space, &context).contains(note));
    let read: Value = serde_json::from_str(&json(&space)).unwrap();
    assert_eq!(read["space"]["items_left_out"], 48);
    assert_eq!(read["cards"].as_array().unwrap().len(), 52);
    for item in &mut space.items {
        item.body.clear();
    }
    assert!(!html(&space, &context).contains("too much"));
    // Items that the database left out count, too.
    space.items_left_out = 7_900;
    assert!(html(&space, &context).contains("7900 more items"));
    space.items_left_out = 0;
    let many = space.items.clone();
    space.items = many.into_iter().cycle().take(2_001).collect();
    assert!(html(&space, &context).contains("One more item is too much for this page."));
}

#[test]
fn the_links_of_a_feed_are_uris() {
    let space = with_item(ItemKind::Link, |item| {
        item.url = Some("https://a.example/ü?q={地}".to_owned());
    });
    let feed = rss(&space, &on_app(&space));
    let link = "<link>https://a.example/%C3%BC?q=%7B%E5%9C%B0%7D</link>";
    assert!(feed.contains(link), "{feed}");
}

#[test]
fn a_link_without_a_title_shows_its_address_once() {
    let shown = |title: &str| {
        let space = with_item(ItemKind::Link, |item| {
            item.title = title.to_owned();
            item.url = Some("https://www.a.example/".to_owned());
        });
        html(&space, &on_app(&space)).contains("class=\"host\"")
    };
    assert!(shown("A title"));
    assert!(!shown("a.example"));
    assert!(!shown("https://www.a.example"));
}

#[test]
fn cards_are_rendered_as_markdown() {
    insta::assert_snapshot!(markdown_to_html(
        "# One\n\nA *b* **c** ~~d~~ `e` <https://a.example/> https://b.example/x?y=1_2. f@g.example\n\
         <mail@a.example> [m](mailto:x@y.example) [h](http://a.example \"title\")\n\n\
         - [x] done\n- [ ] open\n\n3. three\n4. four\n\n> quoted\n\n```rust\nlet a = \"<b>\"; // https://c.example\n```\n\n\
         | a | b |\n|:--|--:|\n| 1 | 2 |\n\n![alt *text*](https://a.example/p.png \"t\")\n\n---\n\n###### Six\n"
    ));
}

#[test]
fn the_headings_of_a_card_begin_right_below_its_title() {
    let levels = |text: &str| {
        let rendered = markdown_to_html(text);
        let opened = rendered.split("<h").skip(1);
        opened.map(|rest| rest[..1].to_owned()).collect::<String>()
    };
    assert_eq!(levels("# One\n\n## Two"), "34");
    assert_eq!(levels("### One\n\n#### Two"), "34");
    assert_eq!(levels("## One\n\n# Above it"), "33");
}

/// Checks that a rendered card has only allowed elements with allowed attributes.
fn assert_safe(rendered: &str) {
    const ELEMENTS: &[&str] = &[
        "p",
        "h3",
        "h4",
        "h5",
        "h6",
        "em",
        "strong",
        "del",
        "code",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
        "hr",
        "br",
        "a",
        "img",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "span",
        "div",
    ];
    for tag in rendered.split('<').skip(1) {
        let (inside, _) = tag.split_once('>').expect("every tag ends");
        let inside = inside.trim_start_matches('/').trim_end_matches('/');
        let (name, attributes) = inside.split_once(' ').unwrap_or((inside, ""));
        assert!(ELEMENTS.contains(&name), "<{name}> in {rendered}");
        // Names are outside quotes: every other piece between them.
        for attribute in attributes
            .split('"')
            .step_by(2)
            .map(str::trim)
            .filter(|a| !a.is_empty())
        {
            let known = [
                "href=",
                "rel=",
                "src=",
                "alt=",
                "loading=",
                "decoding=",
                "referrerpolicy=",
                "start=",
                "class=",
                "role=",
                "aria-label=",
                "tabindex=",
            ];
            assert!(known.contains(&attribute), "{attribute} in {rendered}");
        }
        for (name, schemes) in [
            ("href=\"", &["https:", "http:", "mailto:"][..]),
            ("src=\"", &["https:"][..]),
        ] {
            if let Some((_, value)) = attributes.split_once(name) {
                let value = value.to_ascii_lowercase();
                assert!(
                    schemes.iter().any(|scheme| value.starts_with(scheme)),
                    "{value} in {rendered}"
                );
            }
        }
    }
}

#[test]
fn hostile_markdown_is_rendered_safely() {
    for text in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<iframe srcdoc='<script>1</script>'></iframe>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<div\n\nonclick=alert(1)>",
        "<!-- --!><script>1</script>",
        "<![CDATA[<script>1</script>]]>",
        "<?php <script>1</script> ?>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](java&#10;script:alert(1))",
        "[a](&#x6A;avascript:alert(1))",
        "[a](<java\tscript:alert(1)>)",
        "[a](\u{1}javascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](vbscript:x)",
        "[a](//evil.example)",
        "[a](https://x.example/\"onmouseover=\"alert(1))",
        "[a]: javascript:alert(1)\n[a]",
        "<javascript:alert(1)>",
        "![a](javascript:alert(1))",
        "![a](http://x.example/p.png)",
        "![a](https://x.example/p.png\"onerror=\"alert(1))",
        "![\"onerror=alert(1)](https://x.example/p.png)",
        "![<img src=x onerror=alert(1)>](https://x.example/p.png)",
        "![a ![b](https://x.example/i.png) c](https://x.example/o.png)",
        "[![a](javascript:alert(1))](javascript:alert(2))",
        "```\"><script>alert(1)</script>\nx\n```",
        "# a {#id onclick=alert(1)}",
        "https://x.example/\"><script>alert(1)</script>",
        "| a |\n|---|\n| <script>alert(1)</script> |",
        "<b>never closed <i> *a",
        "`<script>`",
    ] {
        assert_safe(&markdown_to_html(text));
    }
}

#[test]
fn raw_html_is_shown_as_text() {
    assert_eq!(
        markdown_to_html("a <b>c</b>"),
        "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n"
    );
    assert_eq!(
        markdown_to_html("<div>\nx\n</div>").replace('\n', ""),
        "<p>&lt;div&gt;x&lt;/div&gt;</p>"
    );
}

/// Fails if the output grows with the square of the input.
#[test]
fn output_is_linear_in_repeated_input() {
    const LENGTH: usize = 20_000;
    for unit in [
        ">", "> ", "[", "![", "](", "[a](", "*", "_", "`", "- ", "1. ", "<", "<a ", "<!--", "&",
        "\\", "|", "| |\n", "#", "~", "**a", "[a]: b\n", ">\n", "https://", "://", "a:// ", "<a@b",
        "\t", "```\n", "$", "*a_ ",
    ] {
        let text: String = unit.chars().cycle().take(LENGTH).collect();
        let rendered = markdown_to_html(&text);
        assert!(
            rendered.len() < LENGTH * 40,
            "{unit:?}: {} bytes",
            rendered.len()
        );
        assert_safe(&rendered);
    }
}

#[test]
fn quotes_lists_and_emphasis_stop_nesting_at_some_depth() {
    let rendered = markdown_to_html(&">".repeat(20_000));
    assert!(rendered.matches("<blockquote>").count() <= 12);
    assert_eq!(
        rendered.matches("<blockquote>").count(),
        rendered.matches("</blockquote>").count()
    );
    let rendered = markdown_to_html(&format!("{}deep", "- ".repeat(500)));
    assert!(rendered.matches("<ul>").count() <= 12);
    assert!(rendered.contains("deep"));
    let rendered = markdown_to_html(&format!(
        "{}deep{}",
        "*a **b ".repeat(900),
        " c** d*".repeat(900)
    ));
    assert!(rendered.matches("<em>").count() + rendered.matches("<strong>").count() <= 12);
    assert!(rendered.contains("deep"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_markdown_is_rendered_safely(
        pieces in proptest::collection::vec(prop_oneof![
            Just("<script>".to_owned()), Just("](javascript:x)".to_owned()), Just("[a".to_owned()),
            Just("![".to_owned()), Just("](https://a.example/\"x)".to_owned()), Just("\n\n".to_owned()),
            Just("<img src=x onerror=y>".to_owned()), Just("```".to_owned()), Just("> - ".to_owned()),
            Just("<https://a.example>".to_owned()), Just("| a |\n|--|\n".to_owned()), Just("- [x] ".to_owned()),
            ".{0,12}",
        ], 0..24)
    ) {
        assert_safe(&markdown_to_html(&pieces.concat()));
    }

    #[test]
    fn every_format_accepts_any_text(title in ".{0,40}", text in "(?s).{0,200}") {
        let mut space = demo();
        for item in &mut space.items {
            item.title.clone_from(&title);
            item.description.clone_from(&text);
            item.body.clone_from(&text);
        }
        let context = on_app(&space);
        prop_assert_eq!(html(&space, &context).matches("<script").count(), 2);
        prop_assert!(serde_json::from_str::<Value>(&json(&space)).is_ok());
        prop_assert_eq!(rss(&space, &context).matches("<item>").count(), 12);
        assert_safe(&markdown_to_html(&markdown(&space, &context)));
    }
}
