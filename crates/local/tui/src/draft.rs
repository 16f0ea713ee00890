//! A request as editable text in HTTP/1.1 syntax, with notes above it.

use std::fmt::Write as _;

use prox_capture::redact::is_redacted;
use prox_capture::{Content, Encoding, Exchange, Header, Message, RequestDetail};
use prox_proxy::replay::{self, Edits};

/// Headers that are computed for every request.
const COMPUTED_HEADERS: [&str; 3] = ["connection", "content-length", "transfer-encoding"];

/// A request that is being edited.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draft {
    before: RequestDetail,
    /// The current text.
    pub(crate) text: String,
}

impl Draft {
    /// A draft of a captured request. None when the request was not captured.
    pub(crate) fn new(before: RequestDetail) -> Option<Self> {
        let text = write(&before)?;
        Some(Self { before, text })
    }

    pub(crate) fn id(&self) -> &str {
        &self.before.view.id
    }

    /// The edits of the draft. None when nothing was changed.
    ///
    /// # Errors
    ///
    /// The first mistake in the text, with its line number.
    pub(crate) fn edits(&self) -> Result<Option<Edits>, String> {
        read(&self.before, &self.text)
    }
}

fn headers(message: &Message) -> impl Iterator<Item = &Header> {
    let ours = |header: &&Header| !COMPUTED_HEADERS.contains(&header.name.as_str());
    message.headers.iter().filter(ours)
}

/// The body, when it can be edited: when it is complete and text.
fn body(exchange: &Exchange) -> Result<&str, &'static str> {
    match &exchange.request.body.content {
        None if exchange.request_size() == 0 => Ok(""),
        _ if exchange.is_request_cut() => Err("was not captured completely: write a new one"),
        None => Err("was not captured: write a new one"),
        Some(content) if content.encoding == Encoding::Base64 || content.note.is_some() => {
            Err("is not text: unless you write one here, it is sent unchanged")
        }
        Some(content) => Ok(&content.data),
    }
}

fn write(detail: &RequestDetail) -> Option<String> {
    let exchange = detail.exchange.as_ref()?;
    let body = body(exchange);
    let mut text =
        "# Save it and leave the editor to send it; an empty text is not sent.\n".to_owned();
    if let Err(why) = body {
        let _ = writeln!(text, "# The body {why}.");
    }
    let _ = writeln!(text, "{} {} HTTP/1.1", detail.view.method, detail.view.url);
    for Header { name, value } in headers(&exchange.request) {
        let _ = writeln!(text, "{name}: {value}");
    }
    text.push('\n');
    let body = body.unwrap_or_default();
    text.push_str(body);
    if !body.is_empty() && !body.ends_with('\n') {
        text.push('\n');
    }
    Some(text)
}

/// A line with its number, from 1.
type Line<'a> = (usize, &'a str);

fn read(before: &RequestDetail, text: &str) -> Result<Option<Edits>, String> {
    let Some(exchange) = &before.exchange else {
        return Ok(None);
    };
    let mut lines = text.split_inclusive('\n');
    let mut numbered = lines.by_ref().zip(1..).map(|(line, number)| (number, line));
    let Some(first) = numbered.find(|(_, line)| !line.starts_with('#') && !line.trim().is_empty())
    else {
        return Ok(None);
    };
    let (method, path) = request_line(before, first)?;
    let mut given = Vec::new();
    for (number, line) in numbered {
        if line.trim().is_empty() {
            break;
        }
        given.push(header((number, line))?);
    }
    let edits = Edits {
        method: (method != before.view.method).then(|| method.to_owned()),
        path: (path != before.view.url).then(|| path.to_owned()),
        headers: changed(&exchange.request, &given),
        body: edited_body(exchange, &lines.collect::<String>())?,
        ..Edits::default()
    };
    Ok((edits != Edits::default()).then_some(edits))
}

/// Parses the method and the path.
fn request_line<'a>(
    before: &RequestDetail,
    (number, line): Line<'a>,
) -> Result<(&'a str, &'a str), String> {
    let mut words = line.split_whitespace();
    let method = words.next().unwrap_or_default();
    let url = words.next().unwrap_or_default();
    let version = words.next().is_none_or(|word| word.starts_with("HTTP/"));
    if url.is_empty() || !version || words.next().is_some() {
        return Err(format!(
            "line {number} should be a method and a path, as `GET / HTTP/1.1`"
        ));
    }
    if url != before.view.url {
        replay::path(url, &before.view.hostname).map_err(|why| format!("line {number}: {why}"))?;
    }
    Ok((method, url))
}

fn header((number, line): Line<'_>) -> Result<Header, String> {
    let wrong = || {
        let line = line.trim_end();
        format!(
            "line {number}: `{line}` is not a header such as `name: value`; the body comes after an empty line"
        )
    };
    let (name, value) = line.split_once(':').ok_or_else(wrong)?;
    let value = value.trim();
    if http::HeaderName::from_bytes(name.as_bytes()).is_err()
        || http::HeaderValue::from_bytes(value.as_bytes()).is_err()
    {
        return Err(wrong());
    }
    if is_redacted(value) {
        return Err(format!(
            "line {number}: the secret of {name} was not kept: write it, or remove the line"
        ));
    }
    Ok(Header {
        name: name.to_ascii_lowercase(),
        value: value.to_owned(),
    })
}

/// The changed headers, with all values of a name together. A removed header has an empty value.
fn changed(message: &Message, given: &[Header]) -> Vec<Header> {
    let before: Vec<&Header> = headers(message).collect();
    let mut names: Vec<&str> = Vec::new();
    for header in before.iter().copied().chain(given) {
        if !names.contains(&header.name.as_str()) {
            names.push(&header.name);
        }
    }
    let mut changed = Vec::new();
    for name in names
        .into_iter()
        .filter(|name| !COMPUTED_HEADERS.contains(name))
    {
        let was = before.iter().filter(|header| header.name == name);
        let is: Vec<&Header> = given.iter().filter(|header| header.name == name).collect();
        if was
            .map(|header| header.value.trim())
            .eq(is.iter().map(|header| header.value.as_str()))
        {
            continue;
        }
        if is.is_empty() {
            changed.push(Header {
                name: name.to_owned(),
                value: String::new(),
            });
        }
        changed.extend(is.into_iter().cloned());
    }
    changed
}

/// The edited body. Ignores a line end that editors add to the last line.
fn edited_body(exchange: &Exchange, given: &str) -> Result<Option<Content>, String> {
    let before = match body(exchange) {
        Ok(before) => before,
        Err(why) if given.is_empty() && exchange.is_request_cut() => {
            return Err(format!("the body {why}"));
        }
        Err(_) if given.is_empty() => return Ok(None),
        Err(_) => "",
    };
    let given = match given.strip_suffix('\n') {
        Some(shorter) if !before.ends_with('\n') => shorter,
        _ => given,
    };
    Ok((given != before).then(|| Content::of(given.as_bytes().to_vec())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use proptest::prelude::*;

    use super::*;
    use crate::testing;
    use prox_capture::Payload;

    fn header(name: &str, value: &str) -> Header {
        Header {
            name: name.to_owned(),
            value: value.to_owned(),
        }
    }

    fn posted(headers: &[(&str, &str)], body: &[u8]) -> RequestDetail {
        let request = Message {
            headers: headers.iter().map(|(n, v)| header(n, v)).collect(),
            body: Payload {
                size: body.len() as u64,
                kept: body.len() as u64,
                cut: false,
                content: (!body.is_empty()).then(|| Content::of(body.to_vec())),
            },
            ..Message::default()
        };
        RequestDetail {
            view: testing::request(3, 200),
            exchange: Some(Exchange {
                request,
                ..Exchange::default()
            }),
        }
    }

    fn shop() -> Draft {
        let headers = [
            ("host", "api.localhost"),
            ("content-length", "7"),
            ("x-tag", "one"),
            ("x-tag", "two"),
        ];
        Draft::new(posted(&headers, br#"{"a":1}"#)).unwrap()
    }

    fn edited(from: &str, to: &str) -> Result<Option<Edits>, String> {
        let mut draft = shop();
        assert!(draft.text.contains(from), "{}", draft.text);
        draft.text = draft.text.replace(from, to);
        draft.edits()
    }

    #[test]
    fn a_draft_is_written_as_http() {
        let text = shop().text;
        let (note, request) = text.split_once('\n').unwrap();
        assert!(note.starts_with("# "), "{note}");
        assert_eq!(
            request,
            "POST /items/3?page=2 HTTP/1.1\nhost: api.localhost\nx-tag: one\nx-tag: two\n\n{\"a\":1}\n"
        );
    }

    #[test]
    fn only_changes_become_edits() {
        let only = |edits: Edits| Ok(Some(edits));
        assert_eq!(shop().edits(), Ok(None));
        assert_eq!(
            edited("POST", "PUT"),
            only(Edits {
                method: Some("PUT".to_owned()),
                ..Edits::default()
            })
        );
        assert_eq!(
            edited("/items/3?page=2", "/items/4"),
            only(Edits {
                path: Some("/items/4".to_owned()),
                ..Edits::default()
            })
        );
        assert_eq!(
            edited("x-tag: one\n", "X-Tag: 1\nx-new: yes\n"),
            only(Edits {
                headers: vec![
                    header("x-tag", "1"),
                    header("x-tag", "two"),
                    header("x-new", "yes")
                ],
                ..Edits::default()
            })
        );
        assert_eq!(
            edited("host: api.localhost\n", ""),
            only(Edits {
                headers: vec![header("host", "")],
                ..Edits::default()
            })
        );
        assert_eq!(
            edited("{\"a\":1}\n", "# 2\n\nlines"),
            only(Edits {
                body: Some(Content::of(b"# 2\n\nlines".to_vec())),
                ..Edits::default()
            })
        );
        assert_eq!(
            edited("{\"a\":1}\n", ""),
            only(Edits {
                body: Some(Content::of(Vec::new())),
                ..Edits::default()
            })
        );
    }

    #[test]
    fn an_empty_text_cancels_the_request() {
        let mut draft = shop();
        draft.text = "# only notes\n\n".to_owned();
        assert_eq!(draft.edits(), Ok(None));
    }

    #[test]
    fn mistakes_are_reported_with_their_line() {
        for (from, to, words) in [
            (
                "POST /items/3?page=2 HTTP/1.1",
                "POST",
                "line 2 should be a method and a path",
            ),
            ("HTTP/1.1", "and more", "line 2 should be a method"),
            (
                "/items/3",
                "items/3",
                "line 2: `items/3?page=2` is not a path",
            ),
            (
                "/items/3",
                "https://other.example/items/3",
                "line 2: `other.example` is another place",
            ),
            (
                "x-tag: one",
                "x-tag one",
                "line 4: `x-tag one` is not a header",
            ),
            (
                "x-tag: one",
                "x tag: one",
                "line 4: `x tag: one` is not a header",
            ),
            ("\n\n{", "\n{", "the body comes after an empty line"),
            (
                "x-tag: one",
                "cookie: id=[redacted]",
                "line 4: the secret of cookie was not kept",
            ),
        ] {
            let wrong = edited(from, to).unwrap_err();
            assert!(wrong.contains(words), "{wrong}");
        }
    }

    #[test]
    fn binary_body_is_sent_unchanged_or_replaced() {
        let mut draft = Draft::new(posted(&[("host", "a")], &[0, 255])).unwrap();
        assert!(draft.text.contains("is not text"), "{}", draft.text);
        assert_eq!(draft.edits(), Ok(None));
        draft.text.push_str("text\n");
        let edits = draft.edits().unwrap().unwrap();
        assert_eq!(edits.body, Some(Content::of(b"text".to_vec())));
        let mut cut = posted(&[("host", "a")], b"begin");
        cut.exchange.as_mut().unwrap().request.body.size = 100;
        let draft = Draft::new(cut).unwrap();
        let wrong = draft.edits().unwrap_err();
        assert!(wrong.contains("was not captured completely"), "{wrong}");
    }

    proptest! {
        #[test]
        fn an_unchanged_text_has_no_edits(
            body in "[\\PC\n\r]{0,40}",
            values in proptest::collection::vec("[!-~]([ -~]{0,10}[!-~])?", 0..5),
        ) {
            let headers: Vec<(&str, &str)> = values.iter().map(|value| ("x-any", value.as_str())).collect();
            let draft = Draft::new(posted(&headers, body.as_bytes())).unwrap();
            prop_assume!(!draft.text.contains("[redacted]"));
            prop_assert_eq!(draft.edits(), Ok(None), "{}", draft.text);
        }
    }
}
