//! The `<head>` of public pages.

use maud::{Markup, PreEscaped, html};
use prox_types::{PublicSpace, Visibility};

use crate::context::{PageContext, Viewer};
use crate::outline::{full_title, heading, is_home, summary};
use crate::policy::STYLE;
use crate::{address, jsonld, look, mark};

/// The elements of every page's head.
pub(crate) fn basics(title: &str) -> Markup {
    html! {
        meta charset="utf-8";
        meta name="viewport" content="width=device-width, initial-scale=1";
        meta name="color-scheme" content="light dark";
        title { (title) }
        style { (PreEscaped(STYLE.as_str())) }
    }
}

/// The colours of the usual look for the bars of browsers.
pub(crate) fn theme_colors() -> Markup {
    html! {
        meta name="theme-color" content="#f7f5f2" media="(prefers-color-scheme: light)";
        meta name="theme-color" content="#191714" media="(prefers-color-scheme: dark)";
    }
}

/// The head of a space's page.
pub(crate) fn head(space: &PublicSpace, context: &PageContext) -> Markup {
    let title = full_title(space);
    let summary = summary(space);
    let own_style = look::style(space, context);
    html! {
        head {
            (basics(&title))
            // With a theme, browsers take the background of the page.
            @if space.theme.is_none() { (theme_colors()) }
            @if !own_style.is_empty() { style { (PreEscaped(&own_style)) } }
            meta name="description" content=(summary);
            @if space.visibility == Visibility::Public && context.is_for_everybody() {
                meta name="referrer" content="strict-origin-when-cross-origin";
            } @else {
                // The address itself is the secret.
                meta name="robots" content="noindex";
                meta name="referrer" content="no-referrer";
            }
            @if context.is_for_everybody() { link rel="canonical" href=(context.canonical_url); }
            link rel="icon" href=(mark::icon(heading(space)));
            link rel="alternate" type="text/markdown" href=(context.alternate_url("md")) title="Markdown";
            link rel="alternate" type="application/json" href=(context.alternate_url("json")) title="JSON";
            link rel="alternate" type="application/rss+xml" href=(context.alternate_url("rss")) title=(title);
            @if context.is_for_everybody() { (preview(space, context, &title, &summary)) }
            script type="application/ld+json" { (PreEscaped(jsonld::document(space, context))) }
            @if !matches!(context.viewer, Viewer::Preview(_)) { script src="/_prox/live.js" defer {} }
        }
    }
}

/// Open Graph and Twitter cards: the preview that messengers and networks show for a link.
fn preview(space: &PublicSpace, context: &PageContext, title: &str, summary: &str) -> Markup {
    html! {
        meta property="og:type" content=(if is_home(space) { "profile" } else { "website" });
        meta property="og:site_name" content="Prox OS";
        meta property="og:title" content=(title);
        meta property="og:description" content=(summary);
        meta property="og:url" content=(context.canonical_url);
        @if let Some(image) = space.organization.image.as_deref().and_then(address::image) {
            meta property="og:image" content=(image);
        }
        meta name="twitter:card" content="summary";
    }
}
