//! The frame preflight: decides whether a page can show in a window of the home, and how
//! it opens when it cannot.
//!
//! Reads `X-Frame-Options` (HTML, 7.6), CSP `frame-ancestors` (CSP Level 3, 6.4.2 and
//! 6.7.2), `Content-Type`, `Content-Disposition`, and the rules on mixed content and local
//! networks. Never fetches the page.
//!
//! By choice, pages with an error status, JSON, XML, feeds, style sheets, scripts and
//! Markdown open in a tab although browsers show their text: they are files, not pages.

use std::net::IpAddr;

use prox_types::Mode;
use url::{Host, Url};

use crate::address::{Refusal, check_ip, is_local_name};
use crate::media_type::{MediaType, split_outside_quotes};

/// The maximum length of a quoted header in a reason, in characters.
const MAX_QUOTE: usize = 100;

/// The media types that every browser shows in a sandboxed frame. Others are downloads, which
/// the sandbox forbids, so the window would stay empty. Tried in Chromium 156, which also shows
/// `image/jxl`, `video/3gpp` and `video/x-matroska`. Sorted.
#[rustfmt::skip]
const RENDERED: &[&str] = &[
    "application/ogg", "application/vnd.apple.mpegurl", "application/x-mpegurl",
    "application/xhtml+xml",
    "audio/aac", "audio/flac", "audio/mp3", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav",
    "audio/webm", "audio/x-m4a", "audio/x-mp3", "audio/x-wav",
    "image/apng", "image/avif", "image/bmp", "image/gif", "image/jpeg", "image/jpg",
    "image/pjpeg", "image/png", "image/svg+xml", "image/vnd.microsoft.icon", "image/webp",
    "image/x-icon", "image/x-png", "image/x-xbitmap",
    "text/html", "text/plain",
    "video/mp4", "video/ogg", "video/webm", "video/x-m4v",
];

/// The verdict on a page: how it opens, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameVerdict {
    /// Whether the home may frame the page, and the page would show there.
    pub embeddable: bool,
    /// How it opens.
    pub mode: Mode,
    /// The reasons as sentences, the most important first; at least one.
    pub reasons: Vec<String>,
}

impl FrameVerdict {
    /// The verdict on a page that did not answer: a card, with the given reason.
    #[must_use]
    pub fn unreachable(reason: impl Into<String>) -> Self {
        Self {
            embeddable: false,
            mode: Mode::Card,
            reasons: vec![reason.into()],
        }
    }

    /// The verdict on an address that the server does not fetch: a tab, with the reasons.
    #[must_use]
    pub fn not_fetched(page: &Url, embedder: &Url, why: Refusal) -> Self {
        let leads_inside = INNER.contains(&why) && !is_local(embedder);
        let block = if leads_inside {
            Some(LOCAL_NETWORK)
        } else {
            network_block(page, embedder)
        };
        let first = block
            .unwrap_or("The server does not fetch this address, so it was not tested in a window.");
        Self {
            embeddable: block.is_none(),
            mode: Mode::Tab,
            reasons: vec![first.to_owned(), why.to_string()],
        }
    }
}

/// The verdict on a page, by its last response.
///
/// `headers` are in order and may repeat; `final_url` is where the redirects ended;
/// `embedder` is the home that would frame the page.
#[must_use]
pub fn decide(
    status: u16,
    headers: &[(String, String)],
    final_url: &Url,
    embedder: &Url,
) -> FrameVerdict {
    if let Some((mode, reason)) = judge_status(status) {
        return FrameVerdict {
            embeddable: false,
            mode,
            reasons: vec![reason],
        };
    }
    let policy = read_policy(headers, final_url, embedder);
    let mut reasons: Vec<String> = network_block(final_url, embedder)
        .map(str::to_owned)
        .into_iter()
        .chain(policy.blocks)
        .chain(download(headers))
        .collect();
    let embeddable = reasons.is_empty();
    if embeddable {
        reasons.push(policy.permission);
    }
    reasons.extend(policy.notes);
    FrameVerdict {
        embeddable,
        mode: if embeddable { Mode::Embed } else { Mode::Tab },
        reasons,
    }
}

/// How a page opens whose status is not a success, and why.
///
/// Sites that refuse our server often accept a person: those pages open in a tab. Pages that
/// are missing or broken become a card, so that no one is sent to an error page.
fn judge_status(status: u16) -> Option<(Mode, String)> {
    let (mode, reason) = match status {
        204 | 205 => (Mode::Card, "The site answered without a page.".to_owned()),
        200..=299 => return None,
        300..=399 => (
            Mode::Card,
            "The site redirects without saying where.".to_owned(),
        ),
        401 | 403 | 407 | 429 | 451 => (
            Mode::Tab,
            format!(
                "The site does not let our server look ({status}), so it was not tested in a window."
            ),
        ),
        404 | 410 => (
            Mode::Card,
            format!("The site has no page at this address ({status})."),
        ),
        _ => (
            Mode::Card,
            format!("The site answered with an error ({status})."),
        ),
    };
    Some((mode, reason))
}

const LOCAL_NETWORK: &str = "The address belongs to a local network or to one computer, and browsers do not show those inside a public page.";

/// The refusals of addresses that are reachable from one computer or one network only.
const INNER: [Refusal; 4] = [
    Refusal::LocalName,
    Refusal::Loopback,
    Refusal::Private,
    Refusal::LinkLocal,
];

/// The reason why browsers do not load the page inside the embedder, whatever its headers say:
/// mixed content (Mixed Content, 5.3), or an address of a local network inside a public page
/// (Local Network Access).
fn network_block(page: &Url, embedder: &Url) -> Option<&'static str> {
    if is_local(page) && !is_local(embedder) {
        return Some(LOCAL_NETWORK);
    }
    (embedder.scheme() == "https" && page.scheme() != "https")
        .then_some("The page is not encrypted, so browsers do not show it inside this one.")
}

/// Whether the host is reachable from one computer or one network only.
fn is_local(url: &Url) -> bool {
    let is_local_ip =
        |ip: IpAddr| ip.is_unspecified() || check_ip(ip).is_err_and(|why| INNER.contains(&why));
    match url.host() {
        Some(Host::Ipv4(ip)) => is_local_ip(ip.into()),
        Some(Host::Ipv6(ip)) => is_local_ip(ip.into()),
        Some(Host::Domain(name)) => is_local_name(name),
        None => false,
    }
}

/// The reason why a browser downloads the response instead of showing it.
fn download(headers: &[(String, String)]) -> Option<String> {
    let mut dispositions: Vec<&str> = values(headers, "content-disposition")
        .flat_map(|value| split_outside_quotes(value, ','))
        .filter(|value| !value.is_empty())
        .collect();
    dispositions.dedup();
    if dispositions.len() > 1 {
        return Some(format!(
            "The site contradicts itself about downloading, so browsers block it (Content-Disposition: {}).",
            quote(&dispositions.join(", "))
        ));
    }
    if dispositions.into_iter().any(is_attachment) {
        return Some("The address is a download.".to_owned());
    }
    let media_type = MediaType::read(values(headers, "content-type"))?.essence;
    if media_type == "application/pdf" {
        return Some(
            "The address is a PDF document, which browsers do not show in a protected window."
                .to_owned(),
        );
    }
    RENDERED
        .binary_search(&media_type.as_str())
        .is_err()
        .then(|| {
            format!(
                "The address is a file ({}), not a page.",
                quote(&media_type)
            )
        })
}

/// Whether a `Content-Disposition` makes a download: every type but `inline` does, also an
/// unknown one (RFC 6266, 4.2). A value without a type is invalid.
fn is_attachment(value: &str) -> bool {
    let kind = value.split(';').next().unwrap_or_default().trim();
    let is_token = !kind.is_empty()
        && kind
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
    is_token && !kind.eq_ignore_ascii_case("inline")
}

/// What the page's headers allow.
struct Policy {
    /// The reasons that forbid framing; empty when it is allowed.
    blocks: Vec<String>,
    /// The reason why framing is allowed, when it is.
    permission: String,
    /// Notes that do not decide, but help.
    notes: Vec<String>,
}

fn read_policy(headers: &[(String, String)], page: &Url, embedder: &Url) -> Policy {
    let enforced = frame_ancestors(headers, "content-security-policy");
    let reported = frame_ancestors(headers, "content-security-policy-report-only");
    let frame_options = frame_options(headers);

    let mut notes = Vec::new();
    if reported
        .iter()
        .any(|sources| !allows(sources, page, embedder))
    {
        notes.push(
            "The site is trying out a rule that would not let this page show it (Content-Security-Policy-Report-Only).".to_owned(),
        );
    }
    // CSP decides alone where both are present (HTML, 7.6).
    if !enforced.is_empty() {
        let blocks = enforced
            .iter()
            .filter(|sources| !allows(sources, page, embedder))
            .map(|sources| refused_by_csp(sources))
            .collect();
        if !frame_options.is_empty() {
            notes.push(
                "The site also has an older rule, which does not count beside the newer one (X-Frame-Options)."
                    .to_owned(),
            );
        }
        return Policy {
            blocks,
            permission: "The site lets this page show it (frame-ancestors).".to_owned(),
            notes,
        };
    }
    let (block, note) = judge_frame_options(&frame_options, page, embedder);
    notes.extend(note);
    let permission = if frame_options.is_empty() {
        "The site sets no limits on who may show it."
    } else {
        "The site lets this page show it (X-Frame-Options)."
    };
    Policy {
        blocks: block.into_iter().collect(),
        permission: permission.to_owned(),
        notes,
    }
}

fn refused_by_csp(sources: &[String]) -> String {
    if sources.is_empty() || matches!(sources, [only] if only.eq_ignore_ascii_case("'none'")) {
        return "The site may not be shown inside any other page (frame-ancestors 'none')."
            .to_owned();
    }
    format!(
        "The site may only be shown by pages it names (frame-ancestors {}).",
        quote(&sources.join(" "))
    )
}

/// The distinct values of all `X-Frame-Options` headers, in lower case.
fn frame_options(headers: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for value in values(headers, "x-frame-options").flat_map(|value| value.split(',')) {
        let value = value.trim().to_ascii_lowercase();
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

/// The reasons that forbid framing, and notes (HTML, "check a navigation response's adherence
/// to X-Frame-Options").
fn judge_frame_options(
    options: &[String],
    page: &Url,
    embedder: &Url,
) -> (Option<String>, Option<String>) {
    let known = |option: &String| matches!(option.as_str(), "deny" | "sameorigin" | "allowall");
    match options {
        [] => (None, None),
        [one] if one == "deny" => (
            Some(
                "The site may not be shown inside any other page (X-Frame-Options: DENY)."
                    .to_owned(),
            ),
            None,
        ),
        [one] if one == "sameorigin" => {
            let block = (page.origin() != embedder.origin()).then(|| {
                "The site may only be shown by itself (X-Frame-Options: SAMEORIGIN).".to_owned()
            });
            (block, None)
        }
        [one] if one == "allowall" => (None, None),
        [_, _, ..] if options.iter().any(known) => (
            Some(format!(
                "The site's rules contradict each other, so browsers block it (X-Frame-Options: {}).",
                quote(&options.join(", "))
            )),
            None,
        ),
        _ => (
            None,
            Some(format!(
                "The site has a rule that browsers do not know and ignore (X-Frame-Options: {}).",
                quote(&options.join(", "))
            )),
        ),
    }
}

/// The source lists of each policy that has a `frame-ancestors` directive. A header
/// contains several policies when it has commas; in one policy the first directive of a name
/// counts. A directive that is not ASCII is ignored, its policy is not (CSP3, 2.2.1).
fn frame_ancestors(headers: &[(String, String)], name: &str) -> Vec<Vec<String>> {
    values(headers, name)
        .flat_map(|value| value.split(','))
        .filter_map(|policy| {
            policy
                .split(';')
                .filter(|directive| directive.is_ascii())
                .map(|directive| directive.split_ascii_whitespace())
                .find_map(|mut words| {
                    words
                        .next()?
                        .eq_ignore_ascii_case("frame-ancestors")
                        .then(|| words.map(str::to_owned).collect())
                })
        })
        .collect()
}

/// "Does url match source list", for the embedder as the only ancestor. An empty list
/// and `'none'` match nothing.
fn allows(sources: &[String], page: &Url, embedder: &Url) -> bool {
    sources
        .iter()
        .any(|source| source_matches(source, page, embedder))
}

fn source_matches(source: &str, page: &Url, embedder: &Url) -> bool {
    if source == "*" {
        return matches!(embedder.scheme(), "http" | "https") || embedder.scheme() == page.scheme();
    }
    if source.eq_ignore_ascii_case("'self'") {
        return self_matches(page, embedder);
    }
    if source.starts_with('\'') {
        return false;
    }
    match source.split_once("://") {
        Some((scheme, rest)) => {
            scheme_matches(scheme, embedder) && host_matches(rest, scheme, embedder)
        }
        None => match source.strip_suffix(':') {
            Some(scheme) => scheme_matches(scheme, embedder),
            None => {
                scheme_matches(page.scheme(), embedder)
                    && host_matches(source, page.scheme(), embedder)
            }
        },
    }
}

/// `'self'` also allows the https version of the page's own host.
fn self_matches(page: &Url, embedder: &Url) -> bool {
    let default = |url: &Url| url.port().is_none();
    page.origin() == embedder.origin()
        || (page.host().is_some()
            && page.host() == embedder.host()
            && default(page)
            && default(embedder)
            && embedder.scheme() == "https")
}

/// "scheme-part matches": a policy for http also means https.
fn scheme_matches(scheme: &str, url: &Url) -> bool {
    scheme.eq_ignore_ascii_case(url.scheme())
        || (scheme.eq_ignore_ascii_case("http") && url.scheme() == "https")
}

/// Host, port and path of a host-source. The path of an ancestor is `/`, because only its
/// origin is compared.
fn host_matches(source: &str, scheme: &str, url: &Url) -> bool {
    let (authority, path) = match source.find('/').and_then(|at| source.split_at_checked(at)) {
        Some((authority, path)) => (authority, path.split(['?', '#']).next()),
        None => (source, None),
    };
    if !matches!(path, None | Some("/")) {
        return false;
    }
    let (pattern, port) = match authority.rsplit_once(':') {
        Some((pattern, port)) => (pattern, Some(port)),
        None => (authority, None),
    };
    let Some(host) = url.host_str() else {
        return false;
    };
    let pattern = pattern.to_ascii_lowercase();
    let host_fits = match (pattern.as_str(), pattern.strip_prefix('*')) {
        ("*", _) => true,
        (_, Some(zone)) => zone.starts_with('.') && host.ends_with(zone),
        _ => pattern == host && names_an_ancestor(url),
    };
    host_fits && port_matches(port, scheme, url)
}

/// Of IP addresses only 127.0.0.1 is ever matched ("host-part matches", step 4).
fn names_an_ancestor(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(_)) => true,
        Some(Host::Ipv4(ip)) => ip.is_loopback() && ip.octets() == [127, 0, 0, 1],
        Some(Host::Ipv6(_)) | None => false,
    }
}

/// "port-part matches", as Chromium does it: a source for http matches an https ancestor only
/// when its port changes with the scheme, from 80 to 443, or is not fixed.
fn port_matches(port: Option<&str>, scheme: &str, url: &Url) -> bool {
    let is_upgraded = scheme.eq_ignore_ascii_case("http") && url.scheme() == "https";
    match port {
        None => url.port().is_none(),
        Some("*") => true,
        Some(port) if port.bytes().all(|b| b.is_ascii_digit()) => {
            let named: Option<u16> = port.parse().ok();
            let actual = url.port_or_known_default();
            if is_upgraded {
                named == Some(80) && actual == Some(443)
            } else {
                named.is_some() && named == actual
            }
        }
        Some(_) => false,
    }
}

fn values<'a>(
    headers: &'a [(String, String)],
    name: &'a str,
) -> impl DoubleEndedIterator<Item = &'a str> {
    headers
        .iter()
        .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

/// A text from outside as printable ASCII of limited length, for a sentence.
fn quote(text: &str) -> String {
    let mut quoted: String = text
        .chars()
        .filter(|c| c.is_ascii_graphic() || *c == ' ')
        .take(MAX_QUOTE)
        .collect();
    if text.len() > MAX_QUOTE {
        quoted.push('…');
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const APP: &str = "https://prox.example";

    fn verdict_for(app: &str, url: &str, headers: &[(&str, &str)]) -> FrameVerdict {
        let headers: Vec<_> = headers
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        decide(
            200,
            &headers,
            &Url::parse(url).unwrap(),
            &Url::parse(app).unwrap(),
        )
    }

    fn verdict(headers: &[(&str, &str)]) -> FrameVerdict {
        verdict_for(APP, "https://site.test/page", headers)
    }

    fn csp(policy: &str) -> bool {
        verdict(&[("Content-Security-Policy", policy)]).embeddable
    }

    fn xfo(values: &[&str]) -> bool {
        let headers: Vec<_> = values.iter().map(|v| ("X-Frame-Options", *v)).collect();
        verdict(&headers).embeddable
    }

    #[test]
    fn a_page_without_limits_is_embedded() {
        let verdict = verdict(&[("content-type", "text/html; charset=utf-8")]);
        assert!(verdict.embeddable);
        assert_eq!(verdict.mode, Mode::Embed);
        assert_eq!(
            verdict.reasons,
            ["The site sets no limits on who may show it."]
        );
    }

    #[test]
    fn deny_and_sameorigin_open_a_tab() {
        for value in [
            "DENY",
            "deny",
            " Deny ",
            "SAMEORIGIN",
            "sameorigin,SAMEORIGIN",
        ] {
            let verdict = verdict(&[("x-frame-options", value)]);
            assert!(!verdict.embeddable, "{value}");
            assert_eq!(verdict.mode, Mode::Tab);
            assert!(verdict.reasons[0].contains("X-Frame-Options"));
        }
        assert!(
            verdict_for(
                APP,
                "https://prox.example/x",
                &[("x-frame-options", "SAMEORIGIN")]
            )
            .embeddable
        );
    }

    #[test]
    fn odd_frame_options_follow_the_html_standard() {
        assert!(xfo(&["ALLOW-FROM https://other.test"]));
        assert!(xfo(&["ALLOWALL"]));
        assert!(xfo(&["nonsense"]));
        assert!(xfo(&[""]));
        assert!(xfo(&["nonsense", "other"]));
        assert!(xfo(&["nonsense, other"]));
        assert!(!xfo(&["DENY", "DENY"]));
        assert!(!xfo(&["DENY", "SAMEORIGIN"]));
        assert!(!xfo(&["nonsense, DENY"]));
        assert!(!xfo(&["ALLOWALL", "SAMEORIGIN"]));
        assert!(!xfo(&["SAMEORIGIN; mode=block, DENY"]));
        assert!(
            !verdict_for(
                APP,
                "https://prox.example/",
                &[("x-frame-options", "SAMEORIGIN,")]
            )
            .embeddable
        );
    }

    #[test]
    fn every_frame_ancestors_of_every_policy_must_allow() {
        let header = "content-security-policy";
        assert!(csp("default-src 'none'"));
        assert!(!csp("default-src *; frame-ancestors 'none'"));
        assert!(!csp("frame-ancestors"));
        assert!(!csp("frame-ancestors *, frame-ancestors 'none'"));
        assert!(
            !verdict(&[
                (header, "frame-ancestors *"),
                (header, "frame-ancestors 'self'")
            ])
            .embeddable
        );
        assert!(
            verdict(&[
                (header, "frame-ancestors *"),
                (header, "frame-ancestors https:")
            ])
            .embeddable
        );
        assert!(csp("frame-ancestors *; frame-ancestors 'none'"));
        assert!(!csp("FRAME-ANCESTORS 'NONE'"));
        assert!(csp("frame-ancestors 'none' *"));
        assert!(!csp(" ;; frame-ancestors\t'none' ;"));
    }

    #[test]
    fn sources_match_as_in_csp_3() {
        for (source, expected) in [
            ("*", true),
            ("https:", true),
            ("http:", true),
            ("HTTPS:", true),
            ("wss:", false),
            ("data:", false),
            ("prox.example", true),
            ("PROX.example", true),
            ("https://prox.example", true),
            ("http://prox.example", true),
            ("https://prox.example/", true),
            ("https://prox.example/?query", true),
            ("https://prox.example/#fragment", true),
            ("https://prox.example?query", false),
            ("https://prox.example/some/path", false),
            ("https://prox.example/*", false),
            ("https://prox.example//", false),
            ("*.example/app", false),
            ("https:/prox.example", false),
            ("//prox.example", false),
            ("https://prox.example.", false),
            ("https://prox.example:443", true),
            ("http://prox.example:80", true),
            ("https://prox.example:80", false),
            ("https://prox.example:*", true),
            ("https://prox.example:8443", false),
            ("https://prox.example:x", false),
            ("https://prox.example:", false),
            ("https://prox.example:+443", false),
            ("https://prox.example:0443", true),
            ("http://prox.example:443", false),
            ("http://prox.example:*", true),
            ("prox.example:80", false),
            ("*.example", true),
            ("https://*.example:443", true),
            ("*.prox.example", false),
            ("*example", false),
            ("*:443", true),
            ("https://*", true),
            ("evil-prox.example", false),
            ("prox.example.evil.test", false),
            ("'self'", false),
            ("'unsafe-inline'", false),
            ("'none'", false),
            ("://prox.example", false),
            (":", false),
        ] {
            assert_eq!(
                csp(&format!("frame-ancestors {source}")),
                expected,
                "{source}"
            );
        }
    }

    #[test]
    fn self_is_the_page_and_its_encrypted_version() {
        let policy = [("content-security-policy", "frame-ancestors 'self'")];
        assert!(verdict_for(APP, "https://prox.example/x", &policy).embeddable);
        let matches =
            |page: &str| self_matches(&Url::parse(page).unwrap(), &Url::parse(APP).unwrap());
        assert!(matches("http://prox.example/"));
        assert!(!matches("http://prox.example:8080/"));
        assert!(!matches("https://prox.example:8443/"));
    }

    #[test]
    fn ports_and_addresses_of_a_development_origin_match() {
        let check = |app, source| {
            let policy = format!("frame-ancestors {source}");
            verdict_for(
                app,
                "http://site.test/",
                &[("content-security-policy", &policy)],
            )
            .embeddable
        };
        assert!(check("http://localhost:8787", "http://localhost:8787"));
        assert!(check("http://localhost:8787", "localhost:*"));
        assert!(!check("http://localhost:8787", "localhost"));
        assert!(check("http://127.0.0.1:8787", "127.0.0.1:8787"));
        assert!(!check("http://127.0.0.2:8787", "127.0.0.2:8787"));
        assert!(!check("http://[::1]:8787", "[::1]:8787"));
        assert!(!check("http://localhost:8787", "https://localhost:8787"));
    }

    #[test]
    fn csp_overrides_frame_options() {
        let verdict = verdict(&[
            ("X-Frame-Options", "DENY"),
            (
                "Content-Security-Policy",
                "frame-ancestors https://prox.example",
            ),
        ]);
        assert!(verdict.embeddable);
        assert!(verdict.reasons[1].contains("does not count"));
    }

    #[test]
    fn a_report_only_policy_is_mentioned_and_decides_nothing() {
        let report_only = (
            "Content-Security-Policy-Report-Only",
            "frame-ancestors 'none'",
        );
        let open = verdict(&[report_only]);
        assert!(open.embeddable);
        assert!(open.reasons[1].contains("trying out"));
        let closed = verdict(&[report_only, ("X-Frame-Options", "DENY")]);
        assert!(!closed.embeddable);
        assert!(closed.reasons[0].contains("DENY"));
    }

    #[test]
    fn mixed_content_opens_in_a_tab() {
        let mixed = verdict_for(APP, "http://site.test/", &[]);
        assert_eq!((mixed.embeddable, mixed.mode), (false, Mode::Tab));
        assert!(verdict_for("http://localhost:8787", "http://site.test/", &[]).embeddable);
    }

    #[test]
    fn a_local_page_opens_in_a_tab_of_a_public_home() {
        for url in [
            "http://localhost:3000",
            "https://localhost:3000",
            "http://app.localhost",
            "http://127.0.0.1:8000",
            "http://0.0.0.0:8000",
            "http://[::1]:8123",
            "http://[fd00::1]:8123",
            "http://[::ffff:10.0.0.1]",
            "http://192.168.0.1",
            "https://10.0.0.1",
            "http://169.254.1.1",
            "http://nas:5000",
            "https://printer.local",
        ] {
            let verdict = verdict_for(APP, url, &[]);
            assert_eq!(verdict.mode, Mode::Tab, "{url}");
            assert!(verdict.reasons[0].contains("local network"), "{url}");
            assert!(
                verdict_for("http://localhost:8787", url, &[]).embeddable,
                "{url}"
            );
        }
    }

    #[test]
    fn an_address_that_is_not_fetched_opens_in_a_tab() {
        let development = "http://localhost:8787";
        for (home, url, why, embeddable, reason) in [
            (
                APP,
                "http://localhost:3000",
                Refusal::Scheme,
                false,
                "local network",
            ),
            (
                APP,
                "https://nas.example",
                Refusal::Private,
                false,
                "local network",
            ),
            (
                APP,
                "http://example.com",
                Refusal::Scheme,
                false,
                "not encrypted",
            ),
            (
                APP,
                "https://example.com:8443",
                Refusal::Port,
                true,
                "not tested",
            ),
            (
                development,
                "http://localhost:3000",
                Refusal::Scheme,
                true,
                "not tested",
            ),
            (
                development,
                "https://nas.example",
                Refusal::Private,
                true,
                "not tested",
            ),
        ] {
            let (page, home) = (Url::parse(url).unwrap(), Url::parse(home).unwrap());
            let verdict = FrameVerdict::not_fetched(&page, &home, why);
            assert_eq!(verdict.mode, Mode::Tab, "{url}");
            assert_eq!(verdict.embeddable, embeddable, "{url} in {home}");
            assert!(
                verdict.reasons[0].contains(reason),
                "{url}: {:?}",
                verdict.reasons
            );
            assert_eq!(verdict.reasons[1], why.to_string());
        }
    }

    #[test]
    fn an_unencrypted_source_matches_an_upgraded_port_only() {
        let app = "https://app.prox.example:8443";
        for (source, embeddable) in [
            ("http://app.prox.example:8443", false),
            ("http://app.prox.example:*", true),
            ("http://app.prox.example", false),
            ("http://app.prox.example:80", false),
            ("https://app.prox.example:8443", true),
            ("http:", true),
        ] {
            let policy = format!("frame-ancestors {source}");
            let headers = [("content-security-policy", policy.as_str())];
            let verdict = verdict_for(app, "https://site.test/", &headers);
            assert_eq!(verdict.embeddable, embeddable, "{source}");
        }
        // A source without a scheme has the page's.
        let headers = [(
            "content-security-policy",
            "frame-ancestors prox.example:443",
        )];
        assert!(verdict_for(APP, "https://site.test/", &headers).embeddable);
        assert!(!source_matches(
            "prox.example:443",
            &Url::parse("http://site.test/").unwrap(),
            &Url::parse(APP).unwrap()
        ));
    }

    /// Home, headers, and whether the page can show.
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], bool);

    #[test]
    fn verdicts_that_chromium_gives_too() {
        const CSP: &str = "content-security-policy";
        const XFO: &str = "x-frame-options";
        let home = "https://app.prox.example";
        let development = "http://localhost:8787";
        let none = "frame-ancestors 'none'; report-uri /ü";
        let foreign_host = "frame-ancestors https://ü.example";
        let cases: &[Case<'_>] = &[
            (
                home,
                &[(CSP, "frame-ancestors https://app.prox.example/app")],
                false,
            ),
            (
                home,
                &[(CSP, "frame-ancestors https://app.prox.example/*")],
                false,
            ),
            (home, &[(CSP, "frame-ancestors *.prox.example/app")], false),
            (
                home,
                &[(CSP, "frame-ancestors https://app.prox.example/")],
                true,
            ),
            (
                home,
                &[(CSP, "frame-ancestors http://app.prox.example:80")],
                true,
            ),
            (home, &[(CSP, "frame-ancestors app.prox.example:80")], false),
            (home, &[(CSP, none)], false),
            (
                home,
                &[(CSP, "frame-ancestors 'none' ü; frame-ancestors *")],
                true,
            ),
            (home, &[(CSP, foreign_host)], true),
            (home, &[(CSP, foreign_host), (XFO, "DENY")], false),
            (
                development,
                &[(
                    CSP,
                    "frame-ancestors http://other.example, frame-ancestors http://localhost:8787",
                )],
                false,
            ),
            (
                development,
                &[(
                    CSP,
                    "frame-ancestors http://other.example http://localhost:8787",
                )],
                true,
            ),
            (home, &[("frame-ancestors:", "'none'")], true),
            (home, &[("frame-ancestors", "'none'")], true),
            (home, &[(XFO, "DENY;")], true),
            (home, &[(XFO, "\"SAMEORIGIN, DENY\"")], true),
            (home, &[(XFO, "ALLOW-FROM https://app.prox.example")], true),
            (
                home,
                &[(
                    "content-security-policy-report-only",
                    "frame-ancestors 'none'",
                )],
                true,
            ),
            (home, &[(CSP, "frame-ancestors *"), (XFO, "DENY")], true),
            (
                home,
                &[(CSP, "frame-ancestors 'none'"), (XFO, "ALLOWALL")],
                false,
            ),
        ];
        for (home, headers, embeddable) in cases {
            let page = if *home == development {
                "http://site.test/"
            } else {
                "https://site.test/"
            };
            let verdict = verdict_for(home, page, headers);
            assert_eq!(
                verdict.embeddable, *embeddable,
                "{headers:?}: {:?}",
                verdict.reasons
            );
        }
    }

    #[test]
    fn only_what_browsers_render_opens_in_a_window() {
        assert!(RENDERED.is_sorted());
        for (content_type, embeddable) in [
            ("text/html", true),
            ("TEXT/HTML;charset=utf-8", true),
            ("text/html ; charset=utf-8", true),
            ("text/plain", true),
            ("application/xhtml+xml", true),
            ("image/png", true),
            ("image/svg+xml", true),
            ("image/avif", true),
            ("audio/mpeg", true),
            ("video/mp4", true),
            ("video/webm", true),
            ("image/tiff", false),
            ("image/heic", false),
            ("image/jp2", false),
            ("image/vnd.adobe.photoshop", false),
            ("audio/midi", false),
            ("audio/aiff", false),
            ("video/quicktime", false),
            ("video/x-msvideo", false),
            ("video/mpeg", false),
            ("application/pdf", false),
            ("application/zip", false),
            ("application/octet-stream", false),
            ("text/csv", false),
            ("text/calendar", false),
            // Browsers show these as text; by our choice they are files.
            ("application/json", false),
            ("application/xml", false),
            ("application/rss+xml", false),
            ("text/css", false),
            ("text/javascript", false),
            ("text/markdown", false),
            // The last value that is a media type counts; without one, browsers guess.
            ("application/octet-stream, text/html", true),
            ("text/html, application/zip", false),
            ("text/html, */*", true),
            ("text/html,", true),
            ("application/zip; x=\"a, text/html\"", false),
            ("*/*", true),
            ("text", true),
            ("", true),
        ] {
            let verdict = verdict(&[("content-type", content_type)]);
            assert_eq!(verdict.embeddable, embeddable, "{content_type}");
        }
        let types = [
            ("content-type", "application/zip"),
            ("content-type", "text/html"),
        ];
        assert!(verdict(&types).embeddable);
    }

    #[test]
    fn every_disposition_but_inline_is_a_download() {
        for (disposition, embeddable) in [
            ("inline", true),
            ("INLINE; filename=x", true),
            ("inline; attachment", true),
            ("inline,", true),
            ("filename=\"a.html\"", true),
            ("filename=a; attachment", true),
            ("\"attachment\"", true),
            ("attachment filename=a", true),
            ("foo bar", true),
            ("; filename=a", true),
            ("", true),
            ("ééééé", true),
            ("Attachment; filename=x", false),
            ("attachment; filename=\"a, b\"", false),
            ("foo", false),
            ("form-data; name=x", false),
            ("filename", false),
            ("inline, attachment", false),
        ] {
            let verdict = verdict(&[("content-disposition", disposition)]);
            assert_eq!(verdict.embeddable, embeddable, "{disposition}");
        }
        let twice = [("content-disposition", "inline"); 2];
        assert!(verdict(&twice).embeddable);
    }

    #[test]
    fn an_error_page_is_a_card_unless_people_may_be_let_in() {
        let url = Url::parse("https://site.test").unwrap();
        for (status, mode) in [
            (401, Mode::Tab),
            (403, Mode::Tab),
            (429, Mode::Tab),
            (404, Mode::Card),
            (410, Mode::Card),
            (500, Mode::Card),
            (503, Mode::Card),
            (304, Mode::Card),
            (204, Mode::Card),
        ] {
            let verdict = decide(status, &[], &url, &url);
            assert_eq!(
                (verdict.embeddable, verdict.mode),
                (false, mode),
                "{status}"
            );
        }
        assert_eq!(
            FrameVerdict::unreachable("Nobody answered.").mode,
            Mode::Card
        );
    }

    proptest! {
        #[test]
        fn any_header_gets_a_verdict_with_storable_reasons(value: String, policy in "[a-z*:/.' ;,0-9-]{0,80}") {
            let verdict = verdict(&[
                ("content-security-policy", value.as_str()),
                ("content-security-policy", &format!("frame-ancestors {policy}")),
                ("x-frame-options", value.as_str()),
                ("content-type", value.as_str()),
                ("content-disposition", value.as_str()),
            ]);
            prop_assert!(!verdict.reasons.is_empty());
            prop_assert!(verdict.reasons.iter().all(|r| r.chars().count() <= 300 && !r.chars().any(char::is_control)));
            prop_assert_eq!(verdict.embeddable, verdict.mode == Mode::Embed);
        }
    }
}
