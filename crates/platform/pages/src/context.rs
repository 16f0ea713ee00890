//! The addresses that a page contains.

use prox_types::{PublicItem, PublicSpace, Slug};

use crate::mark::fnv1a;

/// The addresses of one page. All are absolute, except those of pictures on the app's own host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageContext {
    /// The origin of Prox OS itself, without a slash at the end.
    pub app_origin: String,
    /// The canonical address of this page, for search engines and feeds.
    pub canonical_url: String,
    /// The address of the alternate formats, without their `.md`, `.json` or `.rss`.
    pub alternate_base: String,
    /// The origin of the API, from which pictures come; empty on the app's own host.
    pub api_origin: String,
}

impl PageContext {
    /// The page at `/@{handle}` or `/@{handle}/{space}`.
    #[must_use]
    pub fn on_app(app_origin: &str, space: &PublicSpace) -> Self {
        let url = space_url(app_origin, &space.organization.slug, &space.slug);
        Self {
            app_origin: app_origin.to_owned(),
            alternate_base: url.clone(),
            canonical_url: url,
            api_origin: String::new(),
        }
    }

    /// The page at `/` of a custom host. `host_origin` is like `https://ada.example`,
    /// without a slash at the end.
    #[must_use]
    pub fn on_custom_host(app_origin: &str, host_origin: &str) -> Self {
        Self {
            app_origin: app_origin.to_owned(),
            canonical_url: format!("{host_origin}/"),
            alternate_base: format!("{host_origin}/index"),
            api_origin: app_origin.to_owned(),
        }
    }

    /// The address of another space of the organization.
    pub(crate) fn space_url(&self, organization: &Slug, space: &Slug) -> String {
        space_url(&self.app_origin, organization, space)
    }

    /// The address of the organization's home.
    pub(crate) fn home_url(&self, organization: &Slug) -> String {
        format!("{}/@{organization}", self.app_origin)
    }

    /// The address of an item's icon, which the service keeps. It changes with what the icon is taken
    /// from, so that no cache shows the icon of another site.
    pub(crate) fn icon_url(&self, space: &PublicSpace, item: &PublicItem) -> String {
        let source = item.icon.as_deref().or(item.url.as_deref());
        format!(
            "{}/api/organizations/{}/spaces/{}/items/{}/icon?of={:x}",
            self.api_origin,
            space.organization.slug,
            space.slug,
            item.id,
            fnv1a(source.unwrap_or_default()),
        )
    }

    /// The address of the uploaded picture that covers the space. It changes with the picture.
    pub(crate) fn cover_url(&self, space: &PublicSpace, picture: &str) -> String {
        format!(
            "{}/api/organizations/{}/spaces/{}/cover?of={:x}",
            self.api_origin,
            space.organization.slug,
            space.slug,
            fnv1a(picture),
        )
    }

    pub(crate) fn alternate_url(&self, extension: &str) -> String {
        format!("{}.{extension}", self.alternate_base)
    }
}

/// The slug of the space that is shown at `/@{handle}` itself.
pub(crate) const HOME: &str = "home";

pub(crate) fn space_url(app_origin: &str, organization: &Slug, space: &Slug) -> String {
    if space.as_str() == HOME {
        format!("{app_origin}/@{organization}")
    } else {
        format!("{app_origin}/@{organization}/{space}")
    }
}
