//! Writes the pages as files, to look at them: `cargo run -p pages --example render -- FOLDER`.

use std::error::Error;
use std::path::PathBuf;

use prox_pages::{PageContext, html, json, markdown, not_found, rss, unavailable, unknown_host};
use prox_types::{ItemId, ItemKind, PublicSpace};

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
        ("space.html", page(&not_a_home(&demo)?)),
        ("not-found.html", not_found()),
        ("unknown-host.html", unknown_host("maps.example.com")),
        ("unavailable.html", unavailable()),
        ("demo.md", markdown(&demo, &context)),
        ("demo.json", json(&demo)),
        ("demo.rss", rss(&demo, &context)),
        ("csp.txt", prox_pages::csp()),
    ] {
        std::fs::write(folder.join(name), text)?;
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
