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
    /// Whom the page is for.
    pub viewer: Viewer,
}

/// Whom a page is for, which it says when it is not for everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Everybody who opens it.
    Everybody,
    /// A signed-in person: a member, or somebody with whom something is shared.
    Person,
    /// Somebody who opened a share link.
    Link {
        /// The last part of its address.
        token: String,
        /// Whether it can be kept in an account to change what it shows.
        edits: bool,
    },
    /// A manager who looks at the page as somebody else sees it, in words: `a visitor`.
    Preview(String),
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
            viewer: Viewer::Everybody,
        }
    }

    /// The page of a share link at `/s/{token}`.
    #[must_use]
    pub fn on_link(app_origin: &str, token: &str, edits: bool) -> Self {
        let url = format!("{app_origin}/s/{token}");
        Self {
            app_origin: app_origin.to_owned(),
            alternate_base: url.clone(),
            canonical_url: url,
            api_origin: String::new(),
            viewer: Viewer::Link {
                token: token.to_owned(),
                edits,
            },
        }
    }

    /// The same page for another viewer.
    #[must_use]
    pub fn for_viewer(self, viewer: Viewer) -> Self {
        Self { viewer, ..self }
    }

    /// Whether everybody with the address sees the same.
    pub(crate) fn is_for_everybody(&self) -> bool {
        self.viewer == Viewer::Everybody
    }

    /// The path of the socket that says when the page changed. Pages for everybody have none: they ask.
    pub(crate) fn live_path(&self, space: &PublicSpace) -> Option<String> {
        match &self.viewer {
            Viewer::Everybody | Viewer::Preview(_) => None,
            Viewer::Person => Some(format!("/api/spaces/{}/socket", space.id)),
            Viewer::Link { token, .. } => Some(format!("/s/{token}/socket")),
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
            viewer: Viewer::Everybody,
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
        let of = fnv1a(source.unwrap_or_default());
        match &self.viewer {
            Viewer::Link { token, .. } => format!("/s/{token}/icon/{}?of={of:x}", item.id),
            _ => format!(
                "{}/api/organizations/{}/spaces/{}/items/{}/icon?of={of:x}",
                self.api_origin, space.organization.slug, space.slug, item.id,
            ),
        }
    }

    /// The address of the uploaded picture that covers the space. It changes with the picture.
    pub(crate) fn cover_url(&self, space: &PublicSpace, picture: &str) -> String {
        let of = fnv1a(picture);
        match &self.viewer {
            Viewer::Link { token, .. } => format!("/s/{token}/cover?of={of:x}"),
            _ => format!(
                "{}/api/organizations/{}/spaces/{}/cover?of={of:x}",
                self.api_origin, space.organization.slug, space.slug,
            ),
        }
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
