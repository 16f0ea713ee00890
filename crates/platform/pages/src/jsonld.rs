//! Structured data of a page in schema.org's vocabulary. Contains nothing that the page does
//! not show.

use prox_types::{ItemKind, PublicItem, PublicSpace};
use serde_json::{Value, json};

use crate::address;
use crate::context::PageContext;
use crate::outline::{Outline, heading, is_home, summary};

/// The maximum number of items in the structured data: search engines read only the first few.
const MAX_ENTRIES: usize = 30;

/// The content of a `script type="application/ld+json"`, escaped for it.
pub(crate) fn document(space: &PublicSpace, context: &PageContext) -> String {
    let picture = space.organization.image.as_deref().and_then(address::image);
    let mut who = json!({
        "@type": if space.organization.personal { "Person" } else { "Organization" },
        "name": space.organization.name,
        "alternateName": space.organization.slug,
        "url": context.home_url(&space.organization.slug),
    });
    if let (Some(who), Some(image)) = (who.as_object_mut(), picture) {
        who.insert("image".to_owned(), image.into());
    }
    let page = json!({
        "@context": "https://schema.org",
        "@type": if is_home(space) { "ProfilePage" } else { "CollectionPage" },
        "name": heading(space),
        "description": summary(space),
        "url": context.canonical_url,
        "dateCreated": space.published_at,
        "dateModified": space.updated_at,
        (if is_home(space) { "mainEntity" } else { "author" }): who,
        "hasPart": { "@type": "ItemList", "itemListElement": entries(space, context) },
    });
    in_script(&page)
}

fn entries(space: &PublicSpace, context: &PageContext) -> Vec<Value> {
    Outline::of(space)
        .walk()
        .take(MAX_ENTRIES)
        .zip(1_u32..)
        .map(|((item, _), position)| {
            json!({
                "@type": "ListItem",
                "position": position,
                "name": item.title,
                "url": item_url(item, context),
            })
        })
        .collect()
}

/// The address of an item: its own, or its anchor on the page.
pub(crate) fn item_url(item: &PublicItem, context: &PageContext) -> String {
    match item.url.as_deref().and_then(address::web) {
        Some(url) if item.kind != ItemKind::Card => url.to_owned(),
        _ => format!("{}#{}", context.canonical_url, item.id),
    }
}

/// JSON that cannot end the script element or open a comment in it.
fn in_script(value: &Value) -> String {
    value
        .to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}
