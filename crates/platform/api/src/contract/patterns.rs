//! The patterns of texts in the contract. What single characters are comes from the predicates of
//! the validation, so that both agree.
//!
//! The patterns need no look-around, and mean the same with and without the flag `u` of
//! ECMAScript, because not every tool has the one or the other.

use std::sync::LazyLock;

use prox_types::{is_forbidden_in_lines, is_forbidden_in_prose, is_invisible};

/// The pattern of a format that the wire types name; none for formats of JSON Schema.
pub(super) fn of_format(format: &str) -> Option<&'static str> {
    let pattern = match format {
        "line" => &PATTERNS.line,
        "trimmed-line" => &PATTERNS.trimmed_line,
        "line-or-empty" => &PATTERNS.line_or_empty,
        "prose" => &PATTERNS.prose,
        "web-url" => &PATTERNS.web_url,
        "icon" => &PATTERNS.icon,
        "icon-or-empty" => &PATTERNS.icon_or_empty,
        "cover" => &PATTERNS.cover,
        "cover-or-empty" => &PATTERNS.cover_or_empty,
        "public-url" => &PATTERNS.public_url,
        "public-hostname" => &PATTERNS.public_hostname,
        _ => return None,
    };
    Some(pattern)
}

struct Patterns {
    /// A line of text with something visible.
    line: String,
    /// As `line`. Whitespace around it, also line breaks, is removed by the service.
    trimmed_line: String,
    /// A line of text, perhaps without any character.
    line_or_empty: String,
    /// Several lines of text.
    prose: String,
    /// An http or https URL without credentials. Hosts beyond ASCII must also follow UTS 46, which
    /// no pattern states.
    web_url: String,
    /// `letters`, `glyph:` and a name, `picture:` and a hash, or a URL as `web_url`.
    icon: String,
    /// As `icon`, or nothing.
    icon_or_empty: String,
    /// `art:` and a name, `picture:` and a hash, or a URL as `web_url`.
    cover: String,
    /// As `cover`, or nothing.
    cover_or_empty: String,
    /// An https URL of a hostname, with the standard port.
    public_url: String,
    /// A hostname of at least two labels, perhaps with a dot at the end.
    public_hostname: String,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let runs = runs();
    let class = |contains: fn(&Rules) -> bool| class(&runs, contains);
    let forbidden = class(|c| c.forbidden);
    let hidden = class(|c| c.invisible && !c.forbidden);
    let not_visible = class(|c| c.invisible || c.forbidden);
    let space = class(|c| c.space);
    let line_break = class(|c| c.space && c.control);
    let hidden_not_space = class(|c| c.invisible && !c.space && !c.forbidden);
    let not_in_urls = class(|c| c.space || c.control);
    // Neighbouring classes have no character in common, so that no engine has to go back.
    let visible = format!("[^{not_visible}][^{forbidden}]*");
    let web_url = format!(
        "[Hh][Tt][Tt][Pp][Ss]?://({}|{IPV4}|{})(:{PORT})?([/?#\\\\][^{not_in_urls}]*)?",
        host_name(&not_in_urls),
        ipv6()
    );
    let hostname = hostname();
    Patterns {
        line: format!("^[{hidden}]*{visible}$"),
        trimmed_line: format!(
            "^[{space}]*([{hidden_not_space}][{hidden}]*)?{visible}([{line_break}][{space}]*)?$"
        ),
        line_or_empty: format!("^[^{forbidden}]*$"),
        prose: format!("^[^{}]*$", class(|c| c.forbidden_in_prose)),
        web_url: format!("^{web_url}$"),
        icon: format!("^({GLYPH}|{PICTURE}|{web_url})$"),
        icon_or_empty: format!("^({GLYPH}|{PICTURE}|{web_url})?$"),
        cover: format!("^({ART}|{PICTURE}|{web_url})$"),
        cover_or_empty: format!("^({ART}|{PICTURE}|{web_url})?$"),
        public_url: format!(
            "^[Hh][Tt][Tt][Pp][Ss]://{hostname}(:0*443)?([/?#\\\\][^{not_in_urls}]*)?$"
        ),
        public_hostname: format!("^{hostname}$"),
    }
});

/// The name of an art.
const ART: &str = "art:[a-z0-9-]{1,40}";

/// The letters of the title, or the name of a glyph.
const GLYPH: &str = "letters|glyph:[a-z0-9-]{1,40}";

/// The name of an uploaded picture.
const PICTURE: &str = "picture:[0-9a-f]{64}";

/// Up to 65535, or nothing. Zeros may stand in front.
const PORT: &str =
    "0*([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])?";

/// Four bytes in decimal. The service also accepts the shorter notations of the URL standard.
const IPV4: &str = r"((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.?";

/// In brackets. The service also accepts an IPv4 address as the last four bytes.
fn ipv6() -> String {
    let group = "[0-9A-Fa-f]{1,4}";
    // So many groups stand before `::`, and at most the others of the eight after it.
    let shortened = (1..=6).map(|before| {
        let after = 7 - before;
        format!("({group}:){{1,{before}}}(:{group}){{1,{after}}}")
    });
    let forms: Vec<String> = [
        format!("({group}:){{7}}{group}"),
        format!("({group}:){{1,7}}:"),
        format!(":((:{group}){{1,7}}|:)"),
    ]
    .into_iter()
    .chain(shortened)
    .collect();
    format!(r"\[({})\]", forms.join("|"))
}

/// The name of a host in a URL: labels of which the last is not a number. To the URL standard, a
/// host that ends in a number (also in hexadecimal, as `0x1f`) is an IPv4 address.
fn host_name(not_in_urls: &str) -> String {
    let not_in_labels = format!(r"{not_in_urls}.@/?#\\:%<>^|\[\]");
    format!(
        r"([^{not_in_labels}]+\.)*([^{not_in_labels}0-9]|[0-9]+[^{not_in_labels}0-9Xx])[^{not_in_labels}]*\.?"
    )
}

/// A hostname as the DNS has it. Letters beyond ASCII must also follow UTS 46, which no pattern
/// states.
fn hostname() -> String {
    let beyond_ascii = r"\u00a1-\uffff";
    let inner = format!("[A-Za-z0-9{beyond_ascii}-]");
    let end = format!("[A-Za-z0-9{beyond_ascii}]");
    let label = format!(r"{end}({inner}{{0,61}}{end})?");
    // The last label does not begin with a digit: every notation of an IPv4 address ends so.
    format!(r"({label}\.)+[A-Za-z{beyond_ascii}]({inner}{{0,61}}{end})?\.?")
}

/// What the validation says about a character.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Rules {
    space: bool,
    control: bool,
    invisible: bool,
    forbidden: bool,
    forbidden_in_prose: bool,
}

/// Characters up to U+FFFF as runs of neighbours under the same rules: first, last, rules. To the
/// contract, every character beyond is visible: a class of those would depend on the flag `u`.
fn runs() -> Vec<(char, char, Rules)> {
    let mut runs: Vec<(char, char, Rules)> = Vec::new();
    for c in '\0'..='\u{ffff}' {
        let rules = Rules {
            space: c.is_whitespace(),
            control: c.is_control(),
            invisible: is_invisible(c),
            forbidden: is_forbidden_in_lines(c),
            forbidden_in_prose: is_forbidden_in_prose(c),
        };
        match runs.last_mut() {
            Some((_, last, same)) if *same == rules => *last = c,
            _ => runs.push((c, c, rules)),
        }
    }
    runs
}

/// The inside of a character class.
fn class(runs: &[(char, char, Rules)], contains: impl Fn(&Rules) -> bool) -> String {
    let escaped = |c: char| format!("\\u{:04x}", u32::from(c));
    runs.chunk_by(|(.., one), (.., next)| contains(one) == contains(next))
        .filter_map(|same| match same {
            [(first, last, rules)] | [(first, _, rules), .., (_, last, _)] if contains(rules) => {
                Some((*first, *last))
            }
            _ => None,
        })
        .map(|(first, last)| {
            if first == last {
                escaped(first)
            } else {
                format!("{}-{}", escaped(first), escaped(last))
            }
        })
        .collect()
}
