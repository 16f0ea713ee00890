//! The files that crawlers and browsers request by convention: `/robots.txt`,
//! `/sitemap.xml` and `/favicon.ico`.

use std::fmt::Write as _;

use prox_types::{PublicAddress, PublicSpace, Timestamp, Visibility};

use crate::address;
use crate::context::space_url;
use crate::feed::escape;
use crate::mark;
use crate::outline::heading;

/// The icon of the app's host: `site/shell/public/favicon.svg` in 32 × 32 pixels.
pub const APP_ICON: &[u8] = include_bytes!("favicon.ico");

/// The icon of a custom host, as SVG: the letter mark of its page.
#[must_use]
pub fn icon(space: &PublicSpace) -> String {
    mark::icon_svg(heading(space))
}

/// The rules of the app's host. Public pages may be crawled, the API may not.
#[must_use]
pub fn app_robots(app_origin: &str) -> String {
    format!(
        "User-agent: *\nDisallow: /api/\nDisallow: /hooks/\n\nSitemap: {app_origin}/sitemap.xml\n"
    )
}

/// The rules of a custom host. An unlisted space has no sitemap; its page has a `noindex`,
/// which crawlers can read only when they may fetch the page.
#[must_use]
pub fn host_robots(host_origin: &str, space: &PublicSpace) -> String {
    let rules = "User-agent: *\nDisallow:\n";
    if space.visibility == Visibility::Public {
        format!("{rules}\nSitemap: {host_origin}/sitemap.xml\n")
    } else {
        rules.to_owned()
    }
}

/// The sitemap of the app's host: the addresses of all public spaces.
#[must_use]
pub fn app_sitemap(app_origin: &str, spaces: &[PublicAddress]) -> String {
    sitemap(spaces.iter().map(|space| {
        let url = space_url(app_origin, &space.handle, &space.slug);
        (url, space.updated_at)
    }))
}

/// The sitemap of a custom host: its one page, when it is public.
#[must_use]
pub fn host_sitemap(host_origin: &str, space: &PublicSpace) -> String {
    let page = (format!("{host_origin}/"), space.updated_at);
    let is_public = space.visibility == Visibility::Public;
    sitemap(is_public.then_some(page).into_iter())
}

/// A document of the sitemaps protocol 0.9 (sitemaps.org).
fn sitemap(pages: impl Iterator<Item = (String, Timestamp)>) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for (url, updated_at) in pages {
        out.push_str("<url><loc>");
        escape(&mut out, &address::ascii(&url));
        // Writing to a String does not fail.
        let _ = writeln!(out, "</loc><lastmod>{updated_at}</lastmod></url>");
    }
    out.push_str("</urlset>\n");
    out
}
