//! The frame preflight: may a page stand in a window of ours, and if not, how does
//! it open.
//!
//! Owns `X-Frame-Options` (HTML, 7.6) and CSP `frame-ancestors` (CSP Level 3, 6.4.2
//! and 6.7.2). Never fetches the page.

use prox_types::Mode;
use url::{Host, Url};

/// How much of a foreign header stands in a reason, in characters.
const MAX_QUOTE: usize = 100;

/// What was decided about a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameVerdict {
    /// Whether the page lets our origin frame it, and would show there.
    pub embeddable: bool,
    /// How it opens.
    pub mode: Mode,
    /// Sentences, the most important first; at least one.
    pub reasons: Vec<String>,
}

impl FrameVerdict {
    /// The verdict on a page that did not answer: a card, for the reason given.
    #[must_use]
    pub fn unreachable(reason: impl Into<String>) -> Self {
        Self {
            embeddable: false,
            mode: Mode::Card,
            reasons: vec![reason.into()],
        }
    }
}

/// Decides over a page's last answer.
///
/// `headers` are in order and may repeat; `final_url` is where the redirects ended;
/// `embedder` is the origin that would frame it.
#[must_use]
pub fn decide(
    status: u16,
    headers: &[(String, String)],
    final_url: &Url,
    embedder: &Url,
) -> FrameVerdict {
    if let Some((mode, reason)) = no_page(status) {
        return FrameVerdict {
            embeddable: false,
            mode,
            reasons: vec![reason],
        };
    }
    let policy = read_policy(headers, final_url, embedder);
    let mut reasons: Vec<String> = is_mixed_content(final_url, embedder)
        .then(|| {
            "The page is not encrypted, so browsers do not show it inside this one.".to_owned()
        })
        .into_iter()
        .chain(policy.blocks)
        .chain(not_for_a_window(headers))
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

/// How an answer opens that is no page, and why.
///
/// Sites that turn away our server often let a person in: those open in a tab. What
/// is missing or broken is a card, so that nobody is sent to an error page.
fn no_page(status: u16) -> Option<(Mode, String)> {
    let (mode, reason) = match status {
        204 | 205 => (Mode::Card, "The site answered without a page.".to_owned()),
        200..=299 => return None,
        300..=399 => (Mode::Card, "The site leads on to nowhere.".to_owned()),
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

/// An unencrypted page inside an encrypted one (Mixed Content, 5.3). Browsers make an
/// exception for the machine itself.
fn is_mixed_content(page: &Url, embedder: &Url) -> bool {
    let itself = match page.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    };
    embedder.scheme() == "https" && page.scheme() != "https" && !itself
}

/// Why an answer that could be framed would still not show as a page.
fn not_for_a_window(headers: &[(String, String)]) -> Option<String> {
    if values(headers, "content-disposition").any(|v| {
        v.trim_start()
            .get(..10)
            .is_some_and(|kind| kind.eq_ignore_ascii_case("attachment"))
    }) {
        return Some("The address is a download.".to_owned());
    }
    let content_type = values(headers, "content-type").next_back()?;
    let media_type = content_type.split(';').next()?.trim().to_ascii_lowercase();
    let (kind, subtype) = media_type.split_once('/')?;
    match (kind, subtype) {
        ("text", "html" | "plain") | ("image" | "audio" | "video", _) => None,
        ("application", "xhtml+xml") => None,
        ("application", "pdf") => Some(
            "The address is a PDF document, which browsers do not show in a protected window."
                .to_owned(),
        ),
        _ => Some(format!(
            "The address is a file ({}), not a page.",
            quote(&media_type)
        )),
    }
}

/// What the page's headers say about being framed.
struct Policy {
    /// Empty when framing is allowed.
    blocks: Vec<String>,
    /// Why framing is allowed, when it is.
    permission: String,
    /// What does not decide, but is good to know.
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

/// What blocks, and what is worth a note (HTML, "check a navigation response's
/// adherence to X-Frame-Options").
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
/// holds several policies when it has commas; in one policy the first directive of a
/// name counts.
fn frame_ancestors(headers: &[(String, String)], name: &str) -> Vec<Vec<String>> {
    values(headers, name)
        .flat_map(|value| value.split(','))
        .filter(|policy| policy.is_ascii())
        .filter_map(|policy| {
            policy
                .split(';')
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

/// `'self'` also lets the https version of the page's own host in.
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

/// Host and port of a host-source; a path says nothing about an ancestor.
fn host_matches(source: &str, scheme: &str, url: &Url) -> bool {
    let authority = source.split('/').next().unwrap_or_default();
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

fn port_matches(port: Option<&str>, scheme: &str, url: &Url) -> bool {
    let actual = url.port_or_known_default();
    match port {
        None => url.port().is_none(),
        Some("*") => true,
        Some(port) => {
            let named = port.parse().ok();
            let upgraded = scheme.eq_ignore_ascii_case("http") && url.scheme() == "https";
            named.is_some()
                && (named == actual || (upgraded && named == Some(80) && actual == Some(443)))
        }
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

/// A foreign text, fit to stand in a sentence.
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
            ("https://prox.example/some/path", true),
            ("https://prox.example:443", true),
            ("http://prox.example:80", true),
            ("https://prox.example:80", false),
            ("https://prox.example:*", true),
            ("https://prox.example:8443", false),
            ("https://prox.example:x", false),
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
    fn an_unencrypted_page_does_not_fit_into_an_encrypted_one() {
        let mixed = verdict_for(APP, "http://site.test/", &[]);
        assert_eq!((mixed.embeddable, mixed.mode), (false, Mode::Tab));
        assert!(verdict_for(APP, "http://localhost:3000/", &[]).embeddable);
        assert!(verdict_for("http://localhost:8787", "http://site.test/", &[]).embeddable);
    }

    #[test]
    fn files_open_in_a_tab() {
        for (headers, embeddable) in [
            (("content-type", "application/pdf"), false),
            (("content-type", "application/zip"), false),
            (("content-type", "application/json"), false),
            (("content-type", "image/png"), true),
            (("content-type", "application/xhtml+xml"), true),
            (("content-type", ""), true),
            (("content-disposition", "Attachment; filename=x"), false),
            (("content-disposition", "inline"), true),
            (("content-disposition", "ééééé"), true),
        ] {
            assert_eq!(verdict(&[headers]).embeddable, embeddable, "{headers:?}");
        }
    }

    #[test]
    fn an_answer_that_is_no_page_is_a_card_unless_a_person_may_get_in() {
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
        fn any_header_is_judged_with_reasons_that_can_be_stored(value: String, policy in "[a-z*:/.' ;,0-9-]{0,80}") {
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
