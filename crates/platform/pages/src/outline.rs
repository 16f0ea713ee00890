//! The structure of a page: the items at its top, the items of each folder, and which
//! items a page of limited size leaves out.

use std::collections::HashMap;

use prox_types::{ItemId, ItemKind, PublicItem, PublicSpace};

use crate::context::HOME;

/// A space sorted into sections; items keep their order.
pub(crate) struct Outline<'a> {
    /// Items without a folder, and items whose folder is hidden from the reader.
    pub top: Vec<&'a PublicItem>,
    /// Folders that are not empty.
    pub folders: Vec<Folder<'a>>,
    /// The number of items beyond the size limit of a page.
    pub left_out: usize,
}

/// A folder with its items.
pub(crate) struct Folder<'a> {
    pub folder: &'a PublicItem,
    pub items: Vec<&'a PublicItem>,
}

/// Consecutive items of one sort.
pub(crate) enum Run<'a> {
    /// Apps and links.
    Rows(Vec<&'a PublicItem>),
    Cards(Vec<&'a PublicItem>),
}

impl<'a> Outline<'a> {
    pub(crate) fn of(space: &'a PublicSpace) -> Self {
        let mut top = Vec::new();
        let mut folders: Vec<Folder<'a>> = Vec::new();
        let mut places: HashMap<ItemId, usize> = HashMap::new();
        let shown = shown(&space.items);
        let left_out = space.items.len() - shown.len() + space.items_left_out;
        for folder in shown.iter().filter(|i| i.kind == ItemKind::Folder) {
            places.insert(folder.id, folders.len());
            folders.push(Folder {
                folder,
                items: Vec::new(),
            });
        }
        for item in shown.iter().filter(|i| i.kind != ItemKind::Folder) {
            let folder = item
                .folder_id
                .and_then(|id| places.get(&id))
                .and_then(|place| folders.get_mut(*place));
            match folder {
                Some(folder) => folder.items.push(item),
                None => top.push(item),
            }
        }
        folders.retain(|folder| !folder.items.is_empty());
        Self {
            top,
            folders,
            left_out,
        }
    }

    /// The note on a page that does not show all items.
    pub(crate) fn note_of_left_out(&self) -> Option<String> {
        match self.left_out {
            0 => None,
            1 => Some("One more item is too much for this page.".to_owned()),
            count => Some(format!("{count} more items are too much for this page.")),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.top.is_empty() && self.folders.is_empty()
    }

    /// Every item in reading order, with the title of its folder.
    pub(crate) fn walk(&self) -> impl Iterator<Item = (&'a PublicItem, Option<&'a str>)> + '_ {
        let top = self.top.iter().map(|item| (*item, None));
        let inside = self.folders.iter().flat_map(|folder| {
            let title = folder.folder.title.as_str();
            folder.items.iter().map(move |item| (*item, Some(title)))
        });
        top.chain(inside)
    }
}

/// The items that a page of limited size shows: the first ones.
fn shown(items: &[PublicItem]) -> &[PublicItem] {
    let mut text = 0;
    let count = items
        .iter()
        .take(PublicSpace::MAX_ITEMS)
        .take_while(|item| {
            text += item.title.len()
                + item.description.len()
                + item.body.len()
                + item.url.as_ref().map_or(0, String::len);
            text <= PublicSpace::MAX_TEXT
        })
        .count();
    items.get(..count).unwrap_or(items)
}

/// Splits items into runs of rows and of cards, in order.
pub(crate) fn runs<'a>(items: &[&'a PublicItem]) -> Vec<Run<'a>> {
    let mut runs = Vec::new();
    for item in items {
        match (runs.last_mut(), item.kind == ItemKind::Card) {
            (Some(Run::Cards(run)), true) | (Some(Run::Rows(run)), false) => run.push(*item),
            (_, true) => runs.push(Run::Cards(vec![*item])),
            (_, false) => runs.push(Run::Rows(vec![*item])),
        }
    }
    runs
}

/// Whether the space is the organization's home.
pub(crate) fn is_home(space: &PublicSpace) -> bool {
    space.slug.as_str() == HOME
}

/// The page's heading: the person on a home, the title elsewhere.
pub(crate) fn heading(space: &PublicSpace) -> &str {
    if is_home(space) {
        &space.organization.name
    } else {
        &space.title
    }
}

/// A home's title, unless it is just "Home" or the name.
pub(crate) fn tagline(space: &PublicSpace) -> Option<&str> {
    let title = space.title.trim();
    let says_more = !title.eq_ignore_ascii_case(HOME) && title != space.organization.name.trim();
    (is_home(space) && says_more && !title.is_empty()).then_some(title)
}

/// The title for browser tabs, feeds and previews.
pub(crate) fn full_title(space: &PublicSpace) -> String {
    let name = &space.organization.name;
    match (is_home(space), tagline(space)) {
        (true, None) => name.clone(),
        (true, Some(tagline)) => format!("{name} · {tagline}"),
        (false, _) => format!("{} · {name}", space.title),
    }
}

/// The description, or a text made of the first titles.
pub(crate) fn summary(space: &PublicSpace) -> String {
    if !space.description.trim().is_empty() {
        return space.description.clone();
    }
    let outline = Outline::of(space);
    let titles: Vec<&str> = outline
        .walk()
        .take(3)
        .map(|(item, _)| item.title.as_str())
        .collect();
    if titles.is_empty() {
        format!("{} on Prox OS", heading(space))
    } else {
        titles.join(", ")
    }
}
