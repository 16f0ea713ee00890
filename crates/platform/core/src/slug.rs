//! Slugs: transliteration of names, reserved slugs, and candidates for a new slug. The database
//! takes the first candidate that is free.

use prox_types::Slug;
use prox_types::slug::MAX_SLUG_LEN;
use sha2::{Digest as _, Sha256};

/// A function that returns a text in Unicode normal form NFKD, from the platform's tables.
pub type Decompose<'a> = &'a dyn Fn(&str) -> String;

/// Names of present and future routes, names with a meaning in mail and hosting, and names that
/// look like the platform itself. Sorted.
#[rustfmt::skip]
const RESERVED: &[&str] = &[
    "about", "abuse", "access", "account", "accounts", "admin", "administrator", "admins",
    "agent", "agents", "anonymous", "api", "app", "apps", "assets", "auth", "autoconfig",
    "autodiscover", "billing", "blog", "bot", "browse", "callback", "cdn", "changelog",
    "compliance", "connect", "console", "contact", "cookies", "copyright", "dashboard", "desktop",
    "dev", "developer", "developers", "discover", "dns", "docs", "domain", "domains", "download",
    "downloads", "edge", "email", "enterprise", "everyone", "explore", "faq", "favicon",
    "features", "feed", "feedback", "ftp", "guest", "guests", "health", "help", "hook", "hooks",
    "host", "hostmaster", "http", "https", "imap", "index", "info", "infrastructure", "install",
    "internal", "invite", "invites", "jobs", "join", "legal", "localhost", "login", "logout",
    "mail", "manifest", "mcp", "me", "media", "metrics", "moderator", "new", "news", "nobody",
    "noc", "notifications", "null", "oauth", "official", "openapi", "operator", "organization",
    "organizations", "owner", "partners", "password", "payment", "payments", "policy", "pop",
    "postmaster", "press", "pricing", "privacy", "problems", "profile", "prox", "prox-admin",
    "prox-official", "prox-os", "prox-security", "prox-support", "prox-team", "proxos", "public",
    "register", "robots", "root", "rss", "sales", "search", "secure", "security", "service",
    "services", "session", "sessions", "settings", "share", "sign-in", "sign-out", "sign-up",
    "signin", "signout", "signup", "sitemap", "smtp", "socket", "ssl", "staff", "static",
    "status", "store", "support", "sysadmin", "system", "team", "terms", "tls", "trust",
    "undefined", "unsubscribe", "user", "username", "users", "usr", "verify", "visit", "webhook",
    "webhooks", "webmaster", "well-known", "wpad", "www",
];

/// Prefixes of names that look like the platform itself.
const OWN_PREFIXES: &[&str] = &["prox-", "proxos-"];

/// Characters of a name that are used; the rest is cut.
const MAX_NAME: usize = 200;
/// The last numbered candidate: `base-2` … `base-12`.
const LAST_NUMBER: u32 = 12;
/// The number of candidates with a random suffix from the seed.
const SEEDED: u8 = 6;
const SUFFIX_LEN: usize = 6;
/// Crockford's base32 alphabet, so that a suffix can be read aloud.
const SUFFIX_ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// The base of handles for people whose name and address have no Latin letters or digits. It is
/// reserved, so the handle is `my-user`.
const FALLBACK: &str = "user";

/// A slug for a name. None when the name has nothing that becomes Latin letters or digits, such as
/// a name in Chinese or Arabic.
#[must_use]
pub fn suggest(name: &str, decompose: Decompose<'_>) -> Option<Slug> {
    let cut: String = name.chars().take(MAX_NAME).collect();
    let plain = decompose(&cut);
    let mut words = String::new();
    for c in plain.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => words.push(c),
            // "Ada's" becomes `adas`, not `ada-s`. NFKD has separated accents from their letters.
            '\'' | '`' | '’' | 'ʼ' | '\u{300}'..='\u{36f}' => {}
            _ => match romanized(c) {
                Some(letters) => words.push_str(letters),
                None if words.is_empty() || words.ends_with('-') => {}
                None => words.push('-'),
            },
        }
    }
    shortened(&words, MAX_SLUG_LEN)
}

/// The Latin letters of a lower-case letter without a decomposition: Latin, Cyrillic (as in
/// passports, ICAO 9303) and Greek (ISO 843). A table of every script would make the worker half as
/// large again.
#[rustfmt::skip]
fn romanized(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss", 'æ' => "ae", 'œ' => "oe", 'ø' => "o", 'đ' | 'ð' => "d", 'þ' => "th",
        'ł' => "l", 'ħ' => "h", 'ı' => "i", 'ŋ' => "ng", 'ŧ' => "t", 'ə' => "e",

        'а' => "a", 'б' => "b", 'в' => "v", 'г' | 'ґ' => "g", 'д' => "d", 'е' | 'э' => "e",
        'ж' => "zh", 'з' => "z", 'и' | 'і' => "i", 'к' => "k", 'л' => "l", 'м' => "m",
        'н' => "n", 'о' => "o", 'п' => "p", 'р' => "r", 'с' => "s", 'т' => "t", 'у' => "u",
        'ф' => "f", 'х' => "kh", 'ц' => "ts", 'ч' => "ch", 'ш' => "sh", 'щ' => "shch",
        'ъ' | 'ь' => "", 'ы' => "y", 'ю' => "iu", 'я' => "ia", 'є' => "ie", 'ј' => "j",
        'љ' => "lj", 'њ' => "nj", 'ћ' => "c", 'ђ' => "dj", 'џ' => "dz",

        'α' => "a", 'β' => "v", 'γ' => "g", 'δ' => "d", 'ε' => "e", 'ζ' => "z", 'η' | 'ι' => "i",
        'θ' => "th", 'κ' => "k", 'λ' => "l", 'μ' => "m", 'ν' => "n", 'ξ' => "x", 'ο' | 'ω' => "o",
        'π' => "p", 'ρ' => "r", 'σ' | 'ς' => "s", 'τ' => "t", 'υ' => "y", 'φ' => "f",
        'χ' => "ch", 'ψ' => "ps",
        _ => return None,
    })
}

/// Whether a slug is reserved, so that an organization cannot have it. Spaces and instances have
/// addresses below their organization's, and may use any slug.
///
/// A reserved name with a number is reserved too (`admin-2`, `support1`), and so is every slug that
/// begins with `prox-` or `proxos-`.
#[must_use]
pub fn is_reserved(slug: &Slug) -> bool {
    let base = slug
        .as_str()
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim_end_matches('-');
    RESERVED.contains(&slug.as_str())
        || RESERVED.contains(&base)
        || OWN_PREFIXES
            .iter()
            .any(|own| slug.as_str().starts_with(own))
}

/// Candidates for the slug of an organization, best first: `base`, `base-2` …, then `base` with
/// random suffixes from the seed, of which the last is long enough to be free. At least 8
/// candidates, distinct and not reserved. A reserved base becomes `my-base`.
#[must_use]
pub fn candidates(base: &Slug, seed: &[u8]) -> Vec<Slug> {
    let own = is_reserved(base)
        .then(|| shortened(&format!("my-{base}"), MAX_SLUG_LEN))
        .flatten();
    let mut all = inner_candidates(own.as_ref().unwrap_or(base), seed);
    all.retain(|slug| !is_reserved(slug));
    all
}

/// Candidates for the slug of a space or an instance, where no slug is reserved.
#[must_use]
pub fn inner_candidates(base: &Slug, seed: &[u8]) -> Vec<Slug> {
    let mut all = vec![base.clone()];
    let numbered = (2..=LAST_NUMBER).map(|n| n.to_string());
    let seeded = (0..SEEDED).map(|n| suffix(seed, n));
    for end in numbered.chain(seeded) {
        if let Some(slug) = with_suffix(base, &end)
            && !all.contains(&slug)
        {
            all.push(slug);
        }
    }
    all
}

/// Candidates for a user's handle: from the name, else from the email address before `@` and `+`,
/// else `my-user`.
#[must_use]
pub fn handle_candidates(
    name: &str,
    email: &str,
    seed: &[u8],
    decompose: Decompose<'_>,
) -> Vec<Slug> {
    let local = email.split(['@', '+']).next().unwrap_or_default();
    suggest(name, decompose)
        .or_else(|| suggest(local, decompose))
        .or_else(|| FALLBACK.parse().ok())
        .map_or_else(Vec::new, |base| candidates(&base, seed))
}

/// At most `max` characters, without a hyphen at the end.
fn shortened(text: &str, max: usize) -> Option<Slug> {
    let cut: String = text.chars().take(max).collect();
    cut.trim_end_matches('-').parse().ok()
}

fn with_suffix(base: &Slug, end: &str) -> Option<Slug> {
    let room = MAX_SLUG_LEN.checked_sub(end.len() + 1)?;
    let stem = shortened(base.as_str(), room)?;
    format!("{stem}-{end}").parse().ok()
}

fn suffix(seed: &[u8], round: u8) -> String {
    Sha256::new()
        .chain_update(seed)
        .chain_update([round])
        .finalize()
        .iter()
        .take(SUFFIX_LEN)
        .filter_map(|byte| SUFFIX_ALPHABET.get(usize::from(byte % 32)))
        .map(|letter| char::from(*letter))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use prox_integrations::unicode::{Tables, Unicode as _};
    use std::collections::HashSet;

    fn nfkd(text: &str) -> String {
        Tables.decompose(text)
    }

    fn slug(text: &str) -> Slug {
        text.parse().unwrap()
    }

    #[test]
    fn names_of_many_scripts_become_slugs() {
        for (name, expected) in [
            ("Ada Lovelace", "ada-lovelace"),
            ("  Ada's  Home!! ", "adas-home"),
            ("O’Brien", "obrien"),
            ("Jürgen Groß", "jurgen-gross"),
            ("e\u{301}te\u{301}", "ete"),
            ("Владимир", "vladimir"),
            ("Ελλάδα", "ellada"),
            ("北京 2026", "2026"),
            ("Łukasz Żółć", "lukasz-zolc"),
            ("Наталья Щукина", "natalia-shchukina"),
            ("ﬁne №5", "fine-no5"),
            ("a_b.c/d", "a-b-c-d"),
            ("２０２６", "2026"),
        ] {
            assert_eq!(suggest(name, &nfkd), Some(slug(expected)), "{name}");
        }
    }

    #[test]
    fn a_name_without_letters_gives_none() {
        for name in [
            "",
            "   ",
            "---",
            "!!!",
            "'",
            "\u{0}\u{200b}",
            "\u{e000}",
            "北京",
            "ь",
            "😀",
        ] {
            assert_eq!(suggest(name, &nfkd), None, "{name:?}");
        }
    }

    /// The expected slugs, which the shell's copy of these rules must return as well:
    /// `site/shell/src/shared/lib/slug.ts`.
    const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/slug_vectors.json");

    /// Blocks in which letters have a decomposition or a romanization.
    const BLOCKS: [std::ops::RangeInclusive<char>; 7] = [
        '\u{80}'..='\u{24f}',
        '\u{259}'..='\u{259}',
        '\u{300}'..='\u{52f}',
        '\u{1e00}'..='\u{206f}',
        '\u{2100}'..='\u{214f}',
        '\u{fb00}'..='\u{fb06}',
        '\u{ff01}'..='\u{ff5e}',
    ];

    fn vectors() -> serde_json::Value {
        let names = [
            "Jörgs Zoë-Team",
            "Ørsted Łódź",
            "Ada Lovelace",
            "  Ada's  Home!! ",
            "O’Brien",
            "e\u{301}te\u{301}",
            "ΟΔΟΣ Ὀδυσσεύς",
            "İstanbul Iğdır",
            "Straße №5",
            "Наталья Щукина",
            "a_b.c/d",
            "a--b",
            "-a-",
            "北京 2026",
            "北京",
            "ь",
            "😀",
            "",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa tail",
            "𝒜da 𝟚",
        ];
        let answer = |name: &str| suggest(name, &nfkd).map(|slug| slug.to_string());
        let letters = BLOCKS.into_iter().flatten().filter_map(|letter| {
            let slug = answer(&format!("a{letter}b"))?;
            (slug != "a-b").then(|| (letter.to_string(), slug.into()))
        });
        serde_json::json!({
            "names": names.map(|name| (name, answer(name))),
            "blocks": BLOCKS.map(|block| (u32::from(*block.start()), u32::from(*block.end()))),
            "letters": letters.collect::<serde_json::Map<_, _>>(),
        })
    }

    #[test]
    fn the_shell_is_held_to_the_same_vectors() {
        let now = format!("{}\n", serde_json::to_string(&vectors()).unwrap());
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(VECTORS, &now).unwrap();
        }
        let kept = std::fs::read_to_string(VECTORS).unwrap();
        assert_eq!(
            kept, now,
            "slug_vectors.json is stale: run this test with UPDATE_SNAPSHOTS=1, then the shell's tests"
        );
    }

    #[test]
    fn a_long_name_is_cut_without_a_hyphen_at_the_end() {
        let name = format!("{} tail", "a".repeat(39));
        assert_eq!(suggest(&name, &nfkd), Some(slug(&"a".repeat(39))));
    }

    #[test]
    fn the_reserved_list_contains_only_slugs_in_order() {
        assert!(RESERVED.iter().all(|word| word.parse::<Slug>().is_ok()));
        assert!(RESERVED.is_sorted());
        assert!(RESERVED.iter().all(|word| is_reserved(&slug(word))));
        assert_eq!(
            RESERVED.iter().collect::<HashSet<_>>().len(),
            RESERVED.len()
        );
        assert!(!is_reserved(&slug("ada")));
        assert!(!is_reserved(&slug("home")));
    }

    #[test]
    fn reserved_names_with_numbers_and_our_prefixes_are_reserved() {
        for reserved in [
            "admin-2",
            "admin2",
            "support-007",
            "api-1",
            "prox-x",
            "proxos-team",
            "www1",
        ] {
            assert!(is_reserved(&slug(reserved)), "{reserved}");
        }
        for free in [
            "ada-2",
            "administer",
            "my-admin",
            "proxima",
            "admin-2-go",
            "2",
            "99-2",
        ] {
            assert!(!is_reserved(&slug(free)), "{free}");
        }
    }

    #[test]
    fn a_reserved_base_is_skipped_only_for_organizations() {
        assert_eq!(candidates(&slug("admin"), b"s")[0], slug("my-admin"));
        assert_eq!(inner_candidates(&slug("about"), b"s")[0], slug("about"));
    }

    #[test]
    fn a_handle_comes_from_the_name_then_the_address_then_nothing() {
        let first = |name, email| handle_candidates(name, email, b"s", &nfkd)[0].to_string();
        assert_eq!(first("Ada", "lady@x.test"), "ada");
        assert_eq!(first("!!!", "lady.l+tag@x.test"), "lady-l");
        assert_eq!(first("", "!!!@x.test"), "my-user");
        assert_eq!(first("", ""), "my-user");
    }

    #[test]
    fn another_seed_gives_other_suffixes() {
        let one = candidates(&slug("ada"), b"1");
        let two = candidates(&slug("ada"), b"2");
        assert_eq!(one[0..12], two[0..12]);
        assert_ne!(one.last(), two.last());
    }

    proptest! {
        #[test]
        fn any_name_is_suggested_for_without_panic(name: String) {
            let _ = suggest(&name, &nfkd);
        }

        #[test]
        fn a_suggestion_is_its_own_suggestion(name: String) {
            if let Some(slug) = suggest(&name, &nfkd) {
                prop_assert_eq!(suggest(slug.as_str(), &nfkd), Some(slug));
            }
        }

        #[test]
        fn candidates_are_many_distinct_and_free_of_reserved_words(
            base in "[a-z0-9]{1,20}(-[a-z0-9]{1,19})?|[a-z]{36}-[0-9]{1,2}|prox|admin|user",
            seed: Vec<u8>,
        ) {
            let Ok(base) = base.parse::<Slug>() else { return Ok(()) };
            let all = candidates(&base, &seed);
            prop_assert!(all.len() >= 8);
            prop_assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
            prop_assert!(all.iter().all(|slug| !is_reserved(slug)));
            prop_assert!(is_reserved(&base) || all[0] == base);
        }

        #[test]
        fn everybody_gets_a_handle(name: String, email: String, seed: [u8; 8]) {
            prop_assert!(handle_candidates(&name, &email, &seed, &nfkd).len() >= 8);
        }
    }
}
