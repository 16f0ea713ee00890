//! Entity tags of versioned resources, and the conditional headers `If-Match` and `If-None-Match`
//! (RFC 9110, 8.8.3 and 13.1).

/// The strong tag of a version: `"v12"`, quotes included.
#[must_use]
pub fn version_etag(version: i64) -> String {
    format!("\"v{version}\"")
}

/// The versions that an `If-Match` header allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: any version, as long as the resource exists.
    Any,
    /// One of these. Empty when the header has only tags that never match.
    Versions(Vec<i64>),
}

/// The error of a header that is not `*` or a list of entity tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be * or a list of entity tags like \"v1\"")]
pub struct BadEtag;

/// Parses `If-Match`. Several header lines are joined by commas.
///
/// Weak tags and tags of another form are left out, because they match nothing: `If-Match` uses the
/// strong comparison.
///
/// # Errors
/// [`BadEtag`] when the header is malformed.
pub fn parse_if_match(header: &str) -> Result<IfMatch, BadEtag> {
    if header.trim() == "*" {
        return Ok(IfMatch::Any);
    }
    let versions = tags(header)?
        .into_iter()
        .filter(|tag| !tag.weak)
        .filter_map(|tag| version_of(tag.opaque))
        .collect();
    Ok(IfMatch::Versions(versions))
}

/// Whether `If-None-Match` is true. True means a full response, false means 304, because the client
/// has this version. Uses the weak comparison. A malformed header counts as absent.
#[must_use]
pub fn none_match(header: &str, etag: &str) -> bool {
    if header.trim() == "*" {
        return false;
    }
    let own = etag.strip_prefix("W/").unwrap_or(etag).trim_matches('"');
    tags(header).map_or(true, |tags| tags.iter().all(|tag| tag.opaque != own))
}

fn version_of(opaque: &str) -> Option<i64> {
    let version: i64 = opaque.strip_prefix('v')?.parse().ok()?;
    // `v012` and `v+12` are not the tag `v12`.
    (version_etag(version).trim_matches('"') == opaque).then_some(version)
}

struct Tag<'a> {
    weak: bool,
    opaque: &'a str,
}

/// Parses a comma-separated list of entity tags. A tag may contain commas, and empty list elements
/// are allowed (RFC 9110, 5.6.1).
fn tags(header: &str) -> Result<Vec<Tag<'_>>, BadEtag> {
    let mut found = Vec::new();
    let mut rest = header.trim_start_matches(is_gap);
    while !rest.is_empty() {
        let (weak, quoted) = match rest.strip_prefix("W/") {
            Some(quoted) => (true, quoted),
            None => (false, rest),
        };
        let (opaque, after) = quoted
            .strip_prefix('"')
            .and_then(|inner| inner.split_once('"'))
            .ok_or(BadEtag)?;
        let after = after.trim_start_matches([' ', '\t']);
        if !opaque.chars().all(is_tag_char) || !(after.is_empty() || after.starts_with(',')) {
            return Err(BadEtag);
        }
        found.push(Tag { weak, opaque });
        rest = after.trim_start_matches(is_gap);
    }
    if found.is_empty() {
        Err(BadEtag)
    } else {
        Ok(found)
    }
}

fn is_gap(c: char) -> bool {
    matches!(c, ' ' | '\t' | ',')
}

fn is_tag_char(c: char) -> bool {
    !c.is_control() && c != ' '
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_version_matches_its_own_tag(version: i64) {
            let tag = version_etag(version);
            prop_assert_eq!(parse_if_match(&tag), Ok(IfMatch::Versions(vec![version])));
            prop_assert!(!none_match(&tag, &tag));
        }

        #[test]
        fn any_header_is_read_without_panic(header: String) {
            let _ = parse_if_match(&header);
            let _ = none_match(&header, "\"v1\"");
        }
    }

    #[test]
    fn if_match_reads_lists_and_leaves_weak_and_foreign_tags_out() {
        let versions = |list: &[i64]| Ok(IfMatch::Versions(list.to_vec()));
        assert_eq!(parse_if_match(" * "), Ok(IfMatch::Any));
        assert_eq!(parse_if_match(r#""v1", "v2""#), versions(&[1, 2]));
        assert_eq!(parse_if_match(r#","v1",,"v2" ,"#), versions(&[1, 2]));
        assert_eq!(parse_if_match(r#"W/"v1""#), versions(&[]));
        assert_eq!(parse_if_match(r#""x,y", "v3""#), versions(&[3]));
        assert_eq!(parse_if_match(r#""v01", "v+1", "1", """#), versions(&[]));
    }

    #[test]
    fn a_malformed_if_match_is_refused() {
        for header in [
            "",
            " ",
            ",",
            "v1",
            "\"v1",
            "\"v1\"x",
            "\"v1\" \"v2\"",
            "w/\"v1\"",
            "*, \"v1\"",
            "\"v 1\"",
        ] {
            assert_eq!(parse_if_match(header), Err(BadEtag), "{header}");
        }
    }

    #[test]
    fn if_none_match_compares_weakly_and_ignores_nonsense() {
        assert!(!none_match("*", "\"v1\""));
        assert!(!none_match("W/\"v1\"", "\"v1\""));
        assert!(!none_match("\"v0\", \"v1\"", "W/\"v1\""));
        assert!(none_match("\"v0\"", "\"v1\""));
        assert!(none_match("v1", "\"v1\""));
        assert!(none_match("", "\"v1\""));
    }
}
