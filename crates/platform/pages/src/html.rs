//! The page of a published space as HTML: the person, the items in their order, and the
//! badge.

use std::cell::RefCell;
use std::collections::BTreeSet;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use prox_types::{ItemKind, PublicItem, PublicSpace, PublicSpaceLink, Timestamp};

use crate::context::{PageContext, Viewer};
use crate::head::head;
use crate::look::cover;
use crate::mark::{Face, avatar, tile};
use crate::outline::{Folder, Outline, Run, heading, is_home, runs, tagline};
use crate::{address, date, glyph, markdown};

/// The least number of folders for which the page begins with a list of them.
const CONTENTS_FROM: usize = 2;

/// The whole document. It works without script; serve it with [`crate::csp`].
#[must_use]
pub fn html(space: &PublicSpace, context: &PageContext) -> String {
    let outline = Outline::of(space);
    let contents = outline.folders.len() >= CONTENTS_FROM;
    let icons = Icons::new(space, context);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            (head(space, context))
            body {
                @if contents { a class="skip" href="#items" { "Skip to the items" } }
                (cover(space, context))
                main id="page" data-live=[context.live_path(space)] {
                    (notice_of_viewer(space, context))
                    div class="side" {
                        (person(space, context))
                        @if contents { (contents_of(&outline)) }
                    }
                    div class="items" id="items" {
                        @if outline.is_empty() && space.spaces.is_empty() {
                            p class="empty" { "Nothing here yet." }
                        }
                        @if !outline.top.is_empty() {
                            section aria-label="Items" { (items(&outline.top, Level::Top, &icons)) }
                        }
                        @for folder in &outline.folders { (section(folder, &icons)) }
                        @if let Some(note) = outline.note_of_left_out() {
                            p class="empty" { (note) }
                        }
                        @if !space.spaces.is_empty() { (spaces(space, context)) }
                    }
                }
                (footer(space, context))
                p class="unseen" id="live" role="status" {}
            }
        }
    };
    page.into_string()
}

fn person(space: &PublicSpace, context: &PageContext) -> Markup {
    let organization = &space.organization;
    let avatar = avatar(&organization.name, organization.image.as_deref());
    html! {
        header {
            @if is_home(space) {
                (avatar)
            } @else {
                a class="by" rel="author" href=(context.home_url(&organization.slug)) {
                    (avatar) span dir="auto" { (organization.name) }
                }
            }
            h1 dir="auto" { (heading(space)) }
            @if let Some(tagline) = tagline(space) { p class="tagline" dir="auto" { (tagline) } }
            @if !space.description.is_empty() {
                p class="about" dir="auto" { (space.description) }
            }
            @if !matches!(context.viewer, Viewer::Link { .. }) {
                p class="address" { (address::bare(&context.canonical_url)) }
            }
        }
    }
}

/// Says whom the page is for, unless it is for everybody.
fn notice_of_viewer(space: &PublicSpace, context: &PageContext) -> Markup {
    let organization = &space.organization.name;
    let is_restricted = space.items.iter().any(|item| item.restricted);
    let text = match &context.viewer {
        Viewer::Everybody => return Markup::default(),
        Viewer::Person if !is_restricted => return Markup::default(),
        Viewer::Person if space.role.is_some() => html! {
            "You see this page as a member of " bdi { (organization) } ". Others do not see what has a lock."
        },
        Viewer::Person => html! {
            bdi { (organization) } " shared this with you. Not everybody sees what has a lock."
        },
        Viewer::Link { token, edits } => html! {
            bdi { (organization) } " shared this with everybody who has the link. Pass it on only if that is meant."
            @if *edits {
                " " a href={ "/shared?link=" (token) } { "Keep it in your home to make changes" } "."
            }
        },
        Viewer::Preview(who) => html! {
            b { "Preview" } ": the page as " (who) " sees it. Nothing can be changed here."
        },
    };
    html! { p class="viewer" role="note" { (text) } }
}

/// Marks an item that not everybody with the address of the page sees.
fn lock(item: &PublicItem) -> Markup {
    html! {
        @if item.restricted {
            " " svg class="lock" viewBox="0 0 16 16" width="14" height="14" role="img" aria-label="Not public" {
                path d="M5 7V5a3 3 0 0 1 6 0v2h1v7H4V7Zm1.5 0h3V5a1.5 1.5 0 0 0-3 0Z" {}
            }
        }
    }
}

fn contents_of(outline: &Outline<'_>) -> Markup {
    html! {
        nav aria-label="Folders" {
            ul {
                @for Folder { folder, items } in &outline.folders {
                    li {
                        a href={ "#" (folder.id) } dir="auto" { (folder.title) }
                        " " span class="count" { (items.len()) }
                    }
                }
            }
        }
    }
}

/// The icons of items, in the order of the page.
struct Icons<'a> {
    space: &'a PublicSpace,
    context: &'a PageContext,
    /// The names of the built-in icons that the page has so far.
    drawn: RefCell<BTreeSet<&'static str>>,
}

impl<'a> Icons<'a> {
    fn new(space: &'a PublicSpace, context: &'a PageContext) -> Self {
        let drawn = RefCell::default();
        Self {
            space,
            context,
            drawn,
        }
    }

    /// A built-in icon; or a picture, when there is one, or when the item names one: it is fetched when a
    /// member looks at the page.
    fn next(&self, item: &PublicItem) -> Face {
        let icon = item.icon.as_deref().unwrap_or_default();
        if let Some(glyph) = glyph::named_by(icon) {
            let is_first = self.drawn.borrow_mut().insert(glyph.name);
            Face::Glyph { glyph, is_first }
        } else if item.has_icon || icon.contains("://") {
            Face::Picture(self.context.icon_url(self.space, item))
        } else {
            Face::Letter
        }
    }
}

/// The place of items on the page, which decides the level of their headings.
#[derive(Clone, Copy)]
enum Level {
    Top,
    Folder,
}

fn section(
    Folder {
        folder,
        items: inside,
    }: &Folder<'_>,
    icons: &Icons<'_>,
) -> Markup {
    html! {
        section id=(folder.id) aria-labelledby={ (folder.id) "-title" } {
            h2 id={ (folder.id) "-title" } dir="auto" { (folder.title) (lock(folder)) }
            @if !folder.description.is_empty() {
                p class="lead" dir="auto" { (folder.description) }
            }
            (items(inside, Level::Folder, icons))
        }
    }
}

fn items(items: &[&PublicItem], level: Level, icons: &Icons<'_>) -> Markup {
    html! {
        @for run in runs(items) {
            @match run {
                Run::Rows(rows) => ul class="rows" role="list" { @for item in rows { (row(item, icons)) } },
                Run::Cards(cards) => div class="cards" { @for item in cards { (card(item, level)) } },
            }
        }
    }
}

fn row(item: &PublicItem, icons: &Icons<'_>) -> Markup {
    let url = item.url.as_deref().and_then(address::web);
    // A link without a title of its own is titled with its address.
    let host = url
        .filter(|url| !address::is_named_by(url, &item.title))
        .map(address::host)
        .unwrap_or_default();
    html! {
        li {
            (tile(&item.title, &icons.next(item)))
            div class="what" dir="auto" {
                @match url {
                    Some(url) => a href=(url) rel="noopener" { (item.title) },
                    None => b { (item.title) },
                }
                (lock(item))
                @if !item.description.is_empty() { p { (item.description) } }
                p class="meta" {
                    @if item.kind == ItemKind::App { span class="kind" { "App" } " " }
                    @if !host.is_empty() { span class="host" { (host) } }
                    (tags(item))
                }
            }
        }
    }
}

fn card(item: &PublicItem, level: Level) -> Markup {
    let (heading, body) = match level {
        Level::Top => (html! { h2 dir="auto" { (item.title) (lock(item)) } }, 2),
        Level::Folder => (html! { h3 dir="auto" { (item.title) (lock(item)) } }, 3),
    };
    html! {
        article id=(item.id) {
            (heading)
            @if !item.description.is_empty() { p class="lead" dir="auto" { (item.description) } }
            div class="prose" dir="auto" { (PreEscaped(markdown::render(&item.body, body))) }
            @if !item.tags.is_empty() { p class="meta" { (tags(item)) } }
        }
    }
}

fn tags(item: &PublicItem) -> Markup {
    html! { @for tag in &item.tags { " " span class="tag" { (tag) } } }
}

fn spaces(space: &PublicSpace, context: &PageContext) -> Markup {
    let organization = &space.organization.slug;
    html! {
        section aria-labelledby="spaces-title" {
            h2 id="spaces-title" { "More from " (space.organization.name) }
            ul class="rows" role="list" {
                @for PublicSpaceLink { slug, title, description } in &space.spaces {
                    li {
                        (tile(title, &Face::Letter))
                        div class="what" dir="auto" {
                            a href=(context.space_url(organization, slug)) { (title) }
                            @if !description.is_empty() { p { (description) } }
                        }
                    }
                }
            }
        }
    }
}

fn footer(space: &PublicSpace, context: &PageContext) -> Markup {
    html! {
        footer {
            p {
                "Updated " (time(space.updated_at)) ". Also as "
                a href=(context.alternate_url("md")) { "markdown" } ", "
                a href=(context.alternate_url("json")) { "JSON" } " and "
                a href=(context.alternate_url("rss")) { "RSS" } "."
            }
            (badge(&context.app_origin))
        }
    }
}

/// The small badge at the end.
pub(crate) fn badge(app_origin: &str) -> Markup {
    html! {
        a class="badge" href={ (app_origin) "/" } {
            svg viewBox="0 0 32 32" width="16" height="16" aria-hidden="true" {
                path d="M8 0h16a8 8 0 0 1 8 8v16a8 8 0 0 1-8 8H8a8 8 0 0 1-8-8V8a8 8 0 0 1 8-8Zm1 8v16h8V8Zm12 0v6h5V8Zm0 9v7h5v-7Z" {}
            }
            "Prox OS"
        }
    }
}

fn time(at: Timestamp) -> Markup {
    html! { time datetime=(at) { (date::in_words(at)) } }
}
