//! How a space looks: its theme, the colour that it chose for its accents, and the cover at its top.
//!
//! The rules that only this page needs are a second style sheet, so that pages without a cover do not
//! carry the art of all covers, nor those without a theme all themes.

use maud::{Markup, html};
use prox_types::{Picture, PublicSpace};

use crate::context::PageContext;
use crate::policy::squeeze;
use crate::{address, theme};

/// Each art with its style sheet, which the desktop uses too.
const ART: [(&str, &str); 8] = [
    (
        "dunes",
        include_str!("../../../../packages/art/css/dunes.css"),
    ),
    (
        "waves",
        include_str!("../../../../packages/art/css/waves.css"),
    ),
    (
        "grid",
        include_str!("../../../../packages/art/css/grid.css"),
    ),
    (
        "aurora",
        include_str!("../../../../packages/art/css/aurora.css"),
    ),
    (
        "paper",
        include_str!("../../../../packages/art/css/paper.css"),
    ),
    (
        "dawn",
        include_str!("../../../../packages/art/css/dawn.css"),
    ),
    (
        "tide",
        include_str!("../../../../packages/art/css/tide.css"),
    ),
    (
        "orbit",
        include_str!("../../../../packages/art/css/orbit.css"),
    ),
];

/// What a space shows at its top.
enum Cover<'a> {
    /// The name of an art and its style sheet.
    Art(&'static str, &'static str),
    /// The https URL of a picture.
    Picture(&'a str),
    /// The hash of an uploaded picture.
    Uploaded(&'a str),
}

impl<'a> Cover<'a> {
    /// The cover. None for an art that this release does not know, and for a picture without https.
    fn of(space: &'a PublicSpace) -> Option<Self> {
        let cover = space.cover.as_deref()?;
        match cover.strip_prefix("art:") {
            Some(name) => ART
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(name, css)| Self::Art(name, css)),
            None => match Picture::hash_in(cover) {
                Some(hash) => Some(Self::Uploaded(hash)),
                None => address::image(cover).map(Self::Picture),
            },
        }
    }
}

/// The second style sheet of a page: that of its space and its viewer; empty for the usual look.
pub(crate) fn style(space: &PublicSpace, context: &PageContext) -> String {
    let mut css = style_of(space);
    if !context.is_for_everybody() {
        css.push_str(&squeeze(include_str!("viewer.css")));
    }
    css
}

/// The style sheet of this space alone; empty when it has the usual look.
fn style_of(space: &PublicSpace) -> String {
    let mut css = space.theme.map_or_else(String::new, |theme| {
        theme::style(theme, space.accent.is_some())
    });
    if let Some(hue) = space.accent {
        css.push_str(&format!(":root{{--accent-hue:{hue};--accent-chroma:.1}}"));
    }
    if let Some(Cover::Art(_, art)) = Cover::of(space) {
        css.push_str(&squeeze(art));
    }
    css
}

/// The band at the top of the page, if any.
pub(crate) fn cover(space: &PublicSpace, context: &PageContext) -> Markup {
    let url = match Cover::of(space) {
        None => return Markup::default(),
        Some(Cover::Art(name, _)) => return html! { div class={ "cover art-" (name) } {} },
        Some(Cover::Picture(url)) => url.to_owned(),
        Some(Cover::Uploaded(hash)) => context.cover_url(space, hash),
    };
    html! {
        img class="cover" src=(url) alt="" loading="lazy" decoding="async" referrerpolicy="no-referrer";
    }
}
