//! The page as JSON: a context pack for agents and scripts.

use prox_types::{ItemId, ItemKind, PublicItem, PublicSpace, SpaceId, Timestamp, Visibility};
use serde::Serialize;

use crate::address;
use crate::outline::Outline;

/// A space for agents. Kinds that a public space does not have are empty lists, so that
/// readers need one shape only.
#[derive(Serialize)]
struct Pack<'a> {
    space: PackSpace<'a>,
    datasets: [(); 0],
    cards: Vec<PackCard<'a>>,
    dashboards: [(); 0],
    /// Apps and links; `kind` distinguishes them.
    apps: Vec<PackApp<'a>>,
    workflows: [(); 0],
    allowed_ai_actions: [&'a str; 4],
    forbidden_ai_actions: [&'a str; 3],
}

#[derive(Serialize)]
struct PackSpace<'a> {
    id: SpaceId,
    title: &'a str,
    visibility: Visibility,
    /// The number of items that are left out because of the size limit of a page.
    #[serde(skip_serializing_if = "is_zero")]
    items_left_out: usize,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
const fn is_zero(number: &usize) -> bool {
    *number == 0
}

#[derive(Serialize)]
struct PackCard<'a> {
    id: ItemId,
    title: &'a str,
    description: &'a str,
    /// The text as Markdown.
    body: &'a str,
    tags: &'a [String],
    /// The title of its folder; null at the top.
    folder: Option<&'a str>,
    updated_at: Timestamp,
}

#[derive(Serialize)]
struct PackApp<'a> {
    id: ItemId,
    /// `app` or `link`.
    kind: ItemKind,
    title: &'a str,
    description: &'a str,
    url: Option<&'a str>,
    tags: &'a [String],
    /// The title of its folder; null at the top.
    folder: Option<&'a str>,
    updated_at: Timestamp,
}

/// The context pack, in reading order; the same space gives the same bytes.
#[must_use]
pub fn json(space: &PublicSpace) -> String {
    let outline = Outline::of(space);
    let (cards, apps): (Vec<_>, Vec<_>) = outline
        .walk()
        .partition(|(item, _)| item.kind == ItemKind::Card);
    let pack = Pack {
        space: PackSpace {
            id: space.id,
            title: &space.title,
            visibility: space.visibility,
            items_left_out: outline.left_out,
        },
        datasets: [],
        cards: cards
            .into_iter()
            .map(|(item, folder)| card(item, folder))
            .collect(),
        dashboards: [],
        apps: apps
            .into_iter()
            .map(|(item, folder)| app(item, folder))
            .collect(),
        workflows: [],
        allowed_ai_actions: [
            "summarize",
            "classify",
            "suggest-dashboard",
            "generate-space-readme",
        ],
        forbidden_ai_actions: [
            "publish-private-data",
            "call-external-api-without-permission",
            "send-message-without-confirmation",
        ],
    };
    // Plain structs of strings and lists: serializing them cannot fail.
    serde_json::to_string_pretty(&pack).unwrap_or_default()
}

fn card<'a>(item: &'a PublicItem, folder: Option<&'a str>) -> PackCard<'a> {
    PackCard {
        id: item.id,
        title: &item.title,
        description: &item.description,
        body: &item.body,
        tags: &item.tags,
        folder,
        updated_at: item.updated_at,
    }
}

fn app<'a>(item: &'a PublicItem, folder: Option<&'a str>) -> PackApp<'a> {
    PackApp {
        id: item.id,
        kind: item.kind,
        title: &item.title,
        description: &item.description,
        url: item.url.as_deref().and_then(address::web),
        tags: &item.tags,
        folder,
        updated_at: item.updated_at,
    }
}
