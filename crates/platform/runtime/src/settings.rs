//! The deployment's settings, read from its variables and secrets once for each isolate.

use std::sync::{Arc, OnceLock};

use prox_api::config::{Config, Google, Slack};
use prox_integrations::address::AllowList;
use worker::{Env, Error, Result};

/// The settings.
///
/// # Errors
/// When a variable is missing that every deployment needs.
pub(crate) fn config(env: &Env) -> Result<Arc<Config>> {
    static CONFIG: OnceLock<Arc<Config>> = OnceLock::new();
    match CONFIG.get() {
        Some(config) => Ok(Arc::clone(config)),
        None => {
            let config = Arc::new(read(env)?);
            Ok(Arc::clone(CONFIG.get_or_init(|| config)))
        }
    }
}

/// A variable or secret; an empty one counts as absent.
pub(crate) fn text(env: &Env, name: &str) -> Option<String> {
    let value = env.var(name).ok()?.to_string();
    (!value.is_empty()).then_some(value)
}

fn read(env: &Env) -> Result<Config> {
    let app_origin = text(env, "APP_ORIGIN").ok_or_else(|| Error::from("APP_ORIGIN is not set"))?;
    // Tests reach servers on loopback; release builds ignore the variable.
    let allow = text(env, "EGRESS_ALLOW").filter(|_| cfg!(feature = "dev"));
    Ok(Config {
        app_origin,
        cname_target: text(env, "CNAME_TARGET").unwrap_or_default(),
        google: google(env),
        slack: slack(env),
        resolver: or(env, "DOH_URL", "https://cloudflare-dns.com/dns-query"),
        egress_allow: AllowList::parse(&allow.unwrap_or_default()),
        version: env!("CARGO_PKG_VERSION"),
    })
}

fn google(env: &Env) -> Option<Google> {
    Some(Google {
        issuer: or(env, "GOOGLE_ISSUER", "https://accounts.google.com"),
        client_id: text(env, "GOOGLE_CLIENT_ID")?,
        client_secret: text(env, "GOOGLE_CLIENT_SECRET")?,
    })
}

fn slack(env: &Env) -> Option<Slack> {
    Some(Slack {
        origin: or(env, "SLACK_ORIGIN", "https://slack.com"),
        signing_secret: text(env, "SLACK_SIGNING_SECRET")?,
        client: text(env, "SLACK_CLIENT_ID").zip(text(env, "SLACK_CLIENT_SECRET")),
    })
}

fn or(env: &Env, name: &str, default: &str) -> String {
    text(env, name).unwrap_or_else(|| default.to_owned())
}
