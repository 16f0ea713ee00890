//! Settings of a deployment, read once.

use prox_integrations::address::AllowList;

/// What differs between deployments.
#[derive(Clone, Debug)]
pub struct Config {
    /// The app's own origin, `https://prox.example` or `http://localhost:8787`.
    pub app_origin: String,
    /// The hostname that custom domains point to.
    pub cname_target: String,
    /// Google sign-in, when it is set up.
    pub google: Option<Google>,
    /// The Slack app, when it is set up.
    pub slack: Option<Slack>,
    /// A DNS-over-HTTPS resolver that answers `application/dns-json`.
    pub resolver: String,
    /// Hosts that the egress guard lets through; empty in a release.
    pub egress_allow: AllowList,
    /// What `/api/health` calls this build.
    pub version: &'static str,
}

/// An OpenID Connect provider that behaves like Google.
#[derive(Clone)]
pub struct Google {
    /// `https://accounts.google.com`, or a stand-in.
    pub issuer: String,
    /// Public.
    pub client_id: String,
    /// Secret.
    pub client_secret: String,
}

/// A Slack app.
#[derive(Clone)]
pub struct Slack {
    /// `https://slack.com`, or a stand-in.
    pub origin: String,
    /// Verifies what Slack sends. Secret.
    pub signing_secret: String,
    /// For installations: id and secret of the app.
    pub client: Option<(String, String)>,
}

impl std::fmt::Debug for Google {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Google")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Slack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slack")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

impl Config {
    /// Whether the app is served over TLS, as everywhere but in development.
    #[must_use]
    pub fn secure(&self) -> bool {
        self.app_origin.starts_with("https://")
    }
}
