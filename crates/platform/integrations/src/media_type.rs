//! `Content-Type` headers: media type and charset (Fetch, "extract a MIME type").

/// The content of a `Content-Type` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaType {
    /// Type and subtype in lower case: `text/html`.
    pub essence: String,
    /// The `charset` parameter, as it was sent.
    pub charset: Option<String>,
}

impl MediaType {
    /// Reads all values of all `Content-Type` headers: the last one that is a media type
    /// counts, with the charset of an earlier equal one when it has none. None when a browser
    /// would guess the type.
    pub fn read<'a>(headers: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let values = headers
            .into_iter()
            .flat_map(|v| split_outside_quotes(v, ','));
        values
            .filter_map(parse)
            .fold(None, |last: Option<Self>, next| {
                let earlier = last.filter(|last| last.essence == next.essence);
                let charset = next
                    .charset
                    .or_else(|| earlier.and_then(|earlier| earlier.charset));
                Some(Self {
                    essence: next.essence,
                    charset,
                })
            })
    }
}

fn parse(value: &str) -> Option<MediaType> {
    let mut parts = split_outside_quotes(value, ';');
    let essence = parts.next()?.split([' ', '\t']).next()?;
    if !essence.contains('/') || essence == "*/*" {
        return None;
    }
    let charset = parts.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']).trim();
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_owned())
    });
    Some(MediaType {
        essence: essence.to_ascii_lowercase(),
        charset,
    })
}

/// The parts of a header value between separators outside of quoted strings, without white
/// space around them.
pub(crate) fn split_outside_quotes(value: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    value
        .split(move |c| {
            let ends = c == separator && !quoted;
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                _ => {}
            }
            ends
        })
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_media_type_counts() {
        for (headers, essence, charset) in [
            (&["text/html"][..], "text/html", None),
            (&["TEXT/HTML; Charset=UTF-8"], "text/html", Some("UTF-8")),
            (&["text/html;charset = \"gbk\""], "text/html", Some("gbk")),
            (&["text/html;charset='gbk'"], "text/html", Some("gbk")),
            (
                &["text/html;a=\";charset=x\";charset=y"],
                "text/html",
                Some("y"),
            ),
            (&["text/html;charset=x;charset=y"], "text/html", Some("x")),
            (&["application/zip, text/html"], "text/html", None),
            (&["application/zip", "text/html"], "text/html", None),
            (&["text/html;charset=x, text/html"], "text/html", Some("x")),
            (&["text/html;charset=x, text/plain"], "text/plain", None),
            (&["text/html, */*, foo,"], "text/html", None),
            (&["a/b;x=\"\\\", c/d\""], "a/b", None),
        ] {
            let found = MediaType::read(headers.iter().copied()).unwrap();
            assert_eq!(
                (found.essence.as_str(), found.charset.as_deref()),
                (essence, charset),
                "{headers:?}"
            );
        }
        for none in ["", "foo", "*/*", ",", ";charset=x"] {
            assert_eq!(MediaType::read([none]), None, "{none}");
        }
    }
}
