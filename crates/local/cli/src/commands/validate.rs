//! `prox validate`: checks an app's manifest, its permissions, and whether its development server
//! allows framing. Fetches the app once; changes nothing.

mod fetch;

use http::{HeaderMap, StatusCode};
use prox_integrations::frame::{self, FrameVerdict};
use serde_json::json;
use url::Url;

use super::{print, print_json, project};
use crate::args::{Global, Validate};
use crate::exit::{Exit, Failure, Outcome};
use prox_config::manifest::{self, Manifest};

/// The maximum number of redirects.
const MAX_REDIRECTS: usize = 5;
/// The headers that restrict framing.
const RULES: [&str; 2] = ["content-security-policy", "x-frame-options"];

pub(super) fn run(global: &Global, args: &Validate) -> Outcome {
    let path = super::inspect::manifest_file(args.manifest.as_deref())?;
    let manifest = manifest::load(&path)?;
    let home = parse(&args.home)?;
    let dev = parse(&manifest.dev_url)?;
    let judged = if args.no_fetch {
        None
    } else {
        Some(project::block_on(look(dev, &home))?)
    };
    let verdict = judged.as_ref().map(|judged| &judged.verdict);
    let wants_window = manifest.mode == "embed";
    let fits = verdict.is_none_or(|verdict| verdict.embeddable || !wants_window);
    if global.json {
        print_json(&json!({
            "manifest": path,
            "valid": fits,
            "mode": manifest.mode,
            "permissions": manifest.permissions,
            "frame": verdict.map(|verdict| json!({
                "embeddable": verdict.embeddable,
                "mode": verdict.mode,
                "reasons": verdict.reasons,
            })),
        }))?;
    } else {
        print(words(
            &manifest,
            &path.display().to_string(),
            judged.as_ref(),
            &home.origin().ascii_serialization(),
            fits,
        ))?;
    }
    Ok(if fits { Exit::Ok } else { Exit::Failure })
}

/// The verdict on the app's page.
struct Judged {
    verdict: FrameVerdict,
    /// Whether only the framing rules of the page prevent embedding.
    by_rules: bool,
}

fn words(
    manifest: &Manifest,
    path: &str,
    judged: Option<&Judged>,
    home: &str,
    fits: bool,
) -> String {
    let mut text = format!("{path} is valid: {} ({})\n", manifest.name, manifest.id);
    text.push_str(&match manifest.permissions.len() {
        0 => "It requests no permissions.\n".to_owned(),
        1 => "It requests one permission; `prox inspect permissions` shows it.\n".to_owned(),
        n => format!("It requests {n} permissions; `prox inspect permissions` shows them.\n"),
    });
    let Some(Judged { verdict, by_rules }) = judged else {
        return text;
    };
    let can = if verdict.embeddable { "can" } else { "cannot" };
    text.push_str(&format!(
        "{}: a home at {home} {can} show it in a window\n",
        manifest.dev_url
    ));
    for reason in &verdict.reasons {
        text.push_str(&format!("  {reason}\n"));
    }
    if !fits {
        let mend = if *by_rules {
            format!("Allow the home with `Content-Security-Policy: frame-ancestors {home}`")
        } else {
            "Fix that".to_owned()
        };
        text.push_str(&format!(
            "Its manifest says `embed`. {mend}, or say `tab` or `card`.\n"
        ));
    }
    text
}

fn parse(text: &str) -> Result<Url, Failure> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| Failure::message(Exit::Usage, format!("{text} is not an http or https URL")))
}

/// Whether a browser follows the `Location` of a status (Fetch Standard, "redirect status"). A 300
/// shows its page.
fn leads_on(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// The cookies of the redirects, each for its host only. Some pages redirect to themselves until
/// their cookie is sent.
#[derive(Default)]
struct Cookies(Vec<(String, String, String)>);

impl Cookies {
    /// The `Cookie` header for a URL. None when there is no cookie.
    fn of(&self, url: &Url) -> Option<String> {
        let host = url.host_str().unwrap_or_default();
        let own = self.0.iter().filter(|(of, _, _)| of == host);
        let pairs: Vec<_> = own
            .map(|(_, name, value)| format!("{name}={value}"))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    fn keep(&mut self, url: &Url, headers: &HeaderMap) {
        let host = url.host_str().unwrap_or_default();
        for cookie in headers.get_all(http::header::SET_COOKIE) {
            let cookie = String::from_utf8_lossy(cookie.as_bytes());
            let mut parts = cookie.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            let (name, value) = (name.trim(), value.trim());
            self.0.retain(|(of, known, _)| of != host || known != name);
            let age = parts
                .filter_map(|part| part.split_once('='))
                .find_map(|(key, age)| {
                    let is_age = key.eq_ignore_ascii_case("max-age");
                    is_age.then(|| age.trim().parse::<i64>().ok()).flatten()
                });
            if !name.is_empty() && age.is_none_or(|age| age > 0) {
                self.0
                    .push((host.to_owned(), name.to_owned(), value.to_owned()));
            }
        }
    }
}

/// Fetches the page, and decides by its headers.
async fn look(mut url: Url, home: &Url) -> Result<Judged, Failure> {
    let mut cookies = Cookies::default();
    for _ in 0..=MAX_REDIRECTS {
        let answer = fetch::fetch(&url, cookies.of(&url)).await?;
        cookies.keep(&url, &answer.headers);
        let next = answer
            .headers
            .get(http::header::LOCATION)
            .filter(|_| leads_on(answer.status))
            .and_then(|location| url.join(location.to_str().ok()?).ok());
        if let Some(next) = next {
            url = parse(next.as_str()).map_err(|_| {
                let message = format!("{url} redirects to {next}, which is not a web page");
                Failure::message(Exit::Failure, message)
            })?;
            continue;
        }
        let text =
            |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let mut headers: Vec<_> = answer
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), text(value)))
            .collect();
        let status = answer.status.as_u16();
        let mut verdict = frame::decide(status, &headers, &url, home);
        if answer.by_prox {
            verdict.reasons.push(
                "prox itself signed its certificate: the browser has to trust that, as `prox trust` says."
                    .to_owned(),
            );
        }
        headers.retain(|(name, _)| !RULES.contains(&name.as_str()));
        let by_rules = frame::decide(status, &headers, &url, home).embeddable;
        return Ok(Judged { verdict, by_rules });
    }
    Err(Failure::message(
        Exit::Failure,
        format!("{url} redirects without end"),
    ))
}
