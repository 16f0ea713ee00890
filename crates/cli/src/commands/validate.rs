//! `prox validate`: an app's manifest, its permissions, and whether its development server lets
//! a home show it in a window. Fetches the app once; never changes anything.

mod fetch;

use prox_core::frame::{self, FrameVerdict};
use serde_json::json;
use url::Url;

use super::{print, print_json, project};
use crate::args::{Global, Validate};
use crate::config::manifest::{self, Manifest};
use crate::exit::{Exit, Failure, Outcome};

/// How often an answer may lead on.
const MAX_REDIRECTS: usize = 5;

pub(super) fn run(global: &Global, args: &Validate) -> Outcome {
    let path = super::inspect::manifest_file(args.manifest.as_deref())?;
    let manifest = manifest::load(&path)?;
    let home = parse(&args.home)?;
    let dev = parse(&manifest.dev_url)?;
    let verdict = if args.no_fetch {
        None
    } else {
        Some(project::block_on(look(dev, &home))?)
    };
    let wants_window = manifest.mode == "embed";
    let fits = verdict
        .as_ref()
        .is_none_or(|verdict| verdict.embeddable || !wants_window);
    if global.json {
        print_json(&json!({
            "manifest": path,
            "valid": fits,
            "mode": manifest.mode,
            "permissions": manifest.permissions,
            "frame": verdict.as_ref().map(|verdict| json!({
                "embeddable": verdict.embeddable,
                "mode": verdict.mode,
                "reasons": verdict.reasons,
            })),
        }))?;
    } else {
        print(words(
            &manifest,
            &path.display().to_string(),
            verdict.as_ref(),
            fits,
        ))?;
    }
    Ok(if fits { Exit::Ok } else { Exit::Failure })
}

fn words(manifest: &Manifest, path: &str, verdict: Option<&FrameVerdict>, fits: bool) -> String {
    let mut text = format!("{path} is right: {} ({})\n", manifest.name, manifest.id);
    text.push_str(&match manifest.permissions.len() {
        0 => "It asks for no permission.\n".to_owned(),
        1 => "It asks for one permission; `prox inspect permissions` tells which.\n".to_owned(),
        n => format!("It asks for {n} permissions; `prox inspect permissions` tells which.\n"),
    });
    let Some(verdict) = verdict else { return text };
    text.push_str(&format!(
        "{}: {}\n",
        manifest.dev_url,
        if verdict.embeddable {
            "a home can show it in a window"
        } else {
            "a home cannot show it in a window"
        }
    ));
    for reason in &verdict.reasons {
        text.push_str(&format!("  {reason}\n"));
    }
    if !fits {
        text.push_str(
            "Its manifest says `embed`. Let the home in with `Content-Security-Policy: frame-ancestors`, or say `tab` or `card`.\n",
        );
    }
    text
}

fn parse(text: &str) -> Result<Url, Failure> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| Failure::message(Exit::Usage, format!("{text} is no http or https address")))
}

/// Fetches the page, and decides by its headers.
async fn look(mut url: Url, home: &Url) -> Result<FrameVerdict, Failure> {
    for _ in 0..=MAX_REDIRECTS {
        let answer = fetch::fetch(&url).await?;
        let next = answer
            .headers
            .get(http::header::LOCATION)
            .filter(|_| answer.status.is_redirection())
            .and_then(|location| url.join(location.to_str().ok()?).ok());
        if let Some(next) = next {
            url = parse(next.as_str()).map_err(|_| {
                let message = format!("{url} leads to {next}, which is no web page");
                Failure::message(Exit::Failure, message)
            })?;
            continue;
        }
        let text =
            |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers: Vec<_> = answer
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), text(value)))
            .collect();
        let mut verdict = frame::decide(answer.status.as_u16(), &headers, &url, home);
        if answer.by_prox {
            verdict.reasons.push(
                "prox itself signed its certificate: the browser has to trust that, as `prox trust` says."
                    .to_owned(),
            );
        }
        return Ok(verdict);
    }
    Err(Failure::message(
        Exit::Failure,
        format!("{url} leads on without end"),
    ))
}
