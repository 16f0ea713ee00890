//! The settings of a deployment.

use prox_integrations::address::AllowList;

/// The settings of a deployment.
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
    /// URL of a DNS-over-HTTPS resolver that answers `application/dns-json`.
    pub resolver: String,
    /// Hosts that the egress guard does not check; empty in a release.
    pub egress_allow: AllowList,
    /// The version of this build, for `/api/health`.
    pub version: &'static str,
}

/// An OpenID Connect provider that works like Google.
#[derive(Clone)]
pub struct Google {
    /// Issuer: `https://accounts.google.com`, or a test server.
    pub issuer: String,
    /// Client id, which is public.
    pub client_id: String,
    /// Client secret.
    pub client_secret: String,
}

/// A Slack app.
#[derive(Clone)]
pub struct Slack {
    /// Origin: `https://slack.com`, or a test server.
    pub origin: String,
    /// Secret that verifies Slack's deliveries.
    pub signing_secret: String,
    /// Client id and secret of the app, for installations.
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
    /// Whether the app is served over TLS, as everywhere except in development.
    #[must_use]
    pub fn secure(&self) -> bool {
        self.app_origin.starts_with("https://")
    }
}
