//! Writes the pages as files, to look at them: `cargo run -p prox-pages --example render -- FOLDER`.

use std::error::Error;
use std::path::PathBuf;

use prox_pages::{PageContext, html, json, markdown, not_found, rss, unavailable, unknown_host};
use prox_types::{ItemId, ItemKind, PublicSpace, Theme};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(
        std::env::args()
            .nth(1)
            .ok_or("name a folder to write into")?,
    );
    std::fs::create_dir_all(&folder)?;
    let demo: PublicSpace = serde_json::from_str(include_str!("../fixtures/demo_home.json"))?;
    let context = PageContext::on_app("https://prox.example", &demo);
    let page = |space: &PublicSpace| html(space, &context);
    for (name, text) in [
        ("demo.html", page(&demo)),
        ("empty.html", page(&empty(&demo))),
        ("one-card.html", page(&one_card(&demo))),
        ("three-hundred.html", page(&three_hundred(&demo)?)),
        ("cards.html", page(&cards(&demo)?)),
        ("space.html", page(&not_a_home(&demo)?)),
        ("not-found.html", not_found()),
        ("unknown-host.html", unknown_host("maps.example.com")),
        ("unavailable.html", unavailable()),
        ("demo.md", markdown(&demo, &context)),
        ("demo.json", json(&demo)),
        ("demo.rss", rss(&demo, &context)),
        ("csp.txt", prox_pages::csp()),
        ("dunes.html", page(&covered(&demo, "art:dunes", 30))),
        ("waves.html", page(&covered(&demo, "art:waves", 200))),
        ("grid.html", page(&covered(&demo, "art:grid", 260))),
        ("aurora.html", page(&covered(&demo, "art:aurora", 160))),
        ("paper.html", page(&covered(&demo, "art:paper", 85))),
        ("dawn.html", page(&covered(&demo, "art:dawn", 290))),
        ("tide.html", page(&covered(&demo, "art:tide", 235))),
        (
            "orbit.html",
            page(&covered(&not_a_home(&demo)?, "art:orbit", 330)),
        ),
        (
            "picture.html",
            page(&covered(&demo, "https://127.0.0.1:9/cover.jpg", 0)),
        ),
    ] {
        std::fs::write(folder.join(name), text)?;
    }
    for theme in Theme::ALL {
        let space = PublicSpace {
            theme: Some(theme),
            ..demo.clone()
        };
        let name = format!("theme-{}.html", theme.name());
        std::fs::write(folder.join(name), page(&space))?;
    }
    std::fs::create_dir_all(folder.join("_prox"))?;
    std::fs::write(folder.join("_prox/live.js"), prox_pages::LIVE_SCRIPT)?;
    Ok(())
}

fn empty(demo: &PublicSpace) -> PublicSpace {
    PublicSpace {
        title: "Home".into(),
        description: String::new(),
        items: Vec::new(),
        spaces: Vec::new(),
        ..demo.clone()
    }
}

fn one_card(demo: &PublicSpace) -> PublicSpace {
    let items = demo
        .items
        .iter()
        .filter(|item| item.kind == ItemKind::Card)
        .take(1)
        .cloned()
        .collect();
    PublicSpace {
        items,
        ..empty(demo)
    }
}

/// The space with a look of its own.
fn covered(space: &PublicSpace, cover: &str, accent: u16) -> PublicSpace {
    PublicSpace {
        accent: Some(accent),
        cover: Some(cover.to_owned()),
        ..space.clone()
    }
}

/// Cards of different heights, with what is hard to lay out.
fn cards(demo: &PublicSpace) -> Result<PublicSpace, Box<dyn Error>> {
    let card = demo
        .items
        .iter()
        .find(|item| item.kind == ItemKind::Card)
        .ok_or("the demo has no card")?;
    let texts = [
        ("Short", "One line."),
        (
            "Long",
            "- [x] done\n- [ ] open\n  - plain\n\nText with `code`.\n\n1. one\n2. two\n\n> quoted",
        ),
        (
            "Table",
            "| Settlement | Inhabitants | Established | Administrative district | Remarks |\n\
             |---|--:|---|---|---|\n\
             | Hafnarfjörður | 29,763 | 1908 | Höfuðborgarsvæðið | Uninterrupted words |",
        ),
        (
            "Picture",
            "![A map that does not load](https://127.0.0.1:9/a.png)\n\nText below.",
        ),
        (
            "خرائط",
            "خرائط للمشاة **في المدن** الصغيرة.\n\n- [ ] قائمة\n- عنصر\n\n> اقتباس",
        ),
        (
            "Code",
            "```\nlet addresses = spaces.iter().map(|space| space.canonical_address()).collect();\n```",
        ),
    ];
    let mut items = Vec::new();
    for (round, (title, body)) in texts.into_iter().enumerate() {
        let mut item = card.clone();
        item.id = in_round(item.id, round)?;
        (item.title, item.body) = (title.to_owned(), body.to_owned());
        items.push(item);
    }
    if let Some(link) = demo.items.iter().find(|item| item.kind == ItemKind::Link) {
        let mut link = link.clone();
        link.folder_id = None;
        link.title = "ferries.example.org".to_owned();
        link.description = String::new();
        link.url = Some("https://ferries.example.org/".to_owned());
        link.icon = Some("https://127.0.0.1:9/icon.png".to_owned());
        items.push(link);
    }
    Ok(PublicSpace {
        items,
        ..empty(demo)
    })
}

/// The demo's items again and again, folders included, each round under its own ids.
fn three_hundred(demo: &PublicSpace) -> Result<PublicSpace, Box<dyn Error>> {
    let mut items = Vec::new();
    for round in 0..300_usize.div_ceil(demo.items.len()) {
        for item in &demo.items {
            let mut item = item.clone();
            item.id = in_round(item.id, round)?;
            item.folder_id = item.folder_id.map(|id| in_round(id, round)).transpose()?;
            items.push(item);
        }
    }
    items.truncate(300);
    Ok(PublicSpace {
        items,
        ..demo.clone()
    })
}

/// The same id with its last two characters replaced by the round.
fn in_round(id: ItemId, round: usize) -> Result<ItemId, Box<dyn Error>> {
    let text = id.to_string();
    let start = text.get(..text.len() - 2).unwrap_or_default();
    Ok(format!("{start}{round:02}").parse()?)
}

fn not_a_home(demo: &PublicSpace) -> Result<PublicSpace, Box<dyn Error>> {
    Ok(PublicSpace {
        slug: "river-towns".parse()?,
        title: "River towns atlas".into(),
        description: "All sheets so far, with sources.".into(),
        spaces: Vec::new(),
        ..demo.clone()
    })
}
