//! Renders a captured request as a `curl` command for a shell. Does no I/O.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::redact::{REDACTED, is_redacted};
use crate::{Encoding, RequestDetail};

/// Headers that curl sets itself, or that must not be sent.
const OWN: [&str; 7] = [
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "expect",
    "host",
    "transfer-encoding",
];

/// The maximum length of an argument of curl (Linux: 128 KiB). A longer body is printed by the
/// shell and read from standard input.
const LONG: usize = 100_000;

/// The command, and what is missing in it. None when the request was not captured.
#[must_use]
pub fn command(detail: &RequestDetail) -> Option<(String, Vec<String>)> {
    let exchange = detail.exchange.as_ref()?;
    let request = &exchange.request;
    let url = format!(
        "{}://{}{}",
        exchange.scheme, detail.view.hostname, detail.view.url
    );
    let mut missing = Vec::new();
    if is_redacted(&url) {
        missing.push(format!(
            "secrets of the address were not kept: replace {REDACTED}"
        ));
    }
    let mut words = vec!["curl".to_owned()];
    if url.contains(['[', ']', '{', '}']) {
        words.push("--globoff".to_owned());
    }
    if url.contains("/.") {
        words.push("--path-as-is".to_owned());
    }
    words.push(quote(&url));
    let body = request
        .body
        .content
        .as_ref()
        .filter(|content| !content.data.is_empty());
    match (detail.view.method.as_str(), body.is_some()) {
        ("GET", false) | ("POST", true) => {}
        ("HEAD", false) => words.push("--head".to_owned()),
        (method, _) => words.extend(["-X".to_owned(), quote(method)]),
    }
    if request.header("accept-encoding").is_some() {
        words.push("--compressed".to_owned());
    }
    // A body that could not be decoded is sent in its content coding.
    let coded = body.is_some_and(|content| content.note.is_some());
    for header in &request.headers {
        let own = OWN.contains(&header.name.as_str());
        if own && !(coded && header.name == "content-encoding") {
            continue;
        }
        if is_redacted(&header.value) {
            missing.push(format!(
                "{} was not kept: add it with -H {}",
                header.name,
                quote(&format!("{}: …", header.name))
            ));
            continue;
        }
        let line = if header.value.is_empty() {
            format!("{};", header.name)
        } else {
            format!("{}: {}", header.name, header.value)
        };
        words.extend(["-H".to_owned(), quote(&line)]);
    }
    let mut before = String::new();
    if let Some(content) = body {
        if request.header("content-type").is_none() {
            // Otherwise curl would send the content type of a form.
            words.extend(["-H".to_owned(), quote("content-type:")]);
        }
        let plain = content.encoding == Encoding::Utf8 && !content.data.contains('\0');
        if plain && content.data.len() < LONG {
            words.extend(["--data-raw".to_owned(), quote(&content.data)]);
        } else {
            let data = BASE64_STANDARD.encode(content.bytes());
            before = format!("printf %s {data} | base64 -d | ");
            words.extend(["--data-binary".to_owned(), "@-".to_owned()]);
        }
    }
    let note = body.and_then(|content| content.note.as_ref());
    if exchange.is_request_cut() || (body.is_none() && request.body.size > 0) {
        missing.push("the body was not kept to its end".to_owned());
    } else if let Some(note) = note {
        missing.push(format!("of the body: {note}"));
    }
    Some((before + &words.join(" "), missing))
}

/// Quotes a word for POSIX shells and for fish, where a backslash escapes a backslash and a quote
/// even within quotes.
#[must_use]
pub fn quote(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    let mut quoted = "'".to_owned();
    let mut rest = word.chars().peekable();
    while let Some(character) = rest.next() {
        match (character, rest.peek()) {
            ('\'', _) => quoted.push_str(r"'\''"),
            ('\\', None | Some('\\' | '\'')) => quoted.push_str(r"'\\'"),
            _ => quoted.push(character),
        }
    }
    quoted + "'"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Content, Exchange, Header, Message, Payload};
    use prox_events::RequestView;

    fn detail(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> RequestDetail {
        let content = match String::from_utf8(body.to_vec()) {
            Ok(data) => Content {
                encoding: Encoding::Utf8,
                data,
                note: None,
            },
            Err(_) => Content {
                encoding: Encoding::Base64,
                data: BASE64_STANDARD.encode(body),
                note: None,
            },
        };
        RequestDetail {
            view: RequestView {
                id: "0123456789ab".to_owned(),
                timestamp: "2026-01-01T00:00:00Z".to_owned(),
                method: method.to_owned(),
                url: url.to_owned(),
                subdomain: "web".to_owned(),
                hostname: "web.localhost:8080".to_owned(),
                status_code: 200,
                duration_ms: 1.0,
                remote_addr: "127.0.0.1:1".to_owned(),
                in_flight: false,
            },
            exchange: Some(Exchange {
                scheme: "http".to_owned(),
                request: Message {
                    headers: headers
                        .iter()
                        .map(|(name, value)| Header {
                            name: (*name).to_owned(),
                            value: (*value).to_owned(),
                        })
                        .collect(),
                    body: Payload {
                        size: body.len() as u64,
                        kept: body.len() as u64,
                        cut: false,
                        content: Some(content),
                    },
                    ..Message::default()
                },
                ..Exchange::default()
            }),
        }
    }

    /// The arguments that a shell parses from a command.
    fn words(command: &str) -> Vec<Vec<u8>> {
        let script = format!("curl() {{ printf '%s\\0' \"$@\"; }}\n{command}");
        let output = std::process::Command::new("sh")
            .args(["-c", &script])
            .output()
            .unwrap();
        assert!(output.status.success(), "{command}");
        let words = output.stdout.strip_suffix(b"\0").unwrap_or_default();
        words.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect()
    }

    #[test]
    fn a_request_becomes_a_command() {
        let get = detail(
            "GET",
            "/a?b=1&c=2",
            &[("host", "x"), ("accept-encoding", "gzip")],
            b"",
        );
        let (command, missing) = super::command(&get).unwrap();
        assert_eq!(
            command,
            "curl 'http://web.localhost:8080/a?b=1&c=2' --compressed"
        );
        assert!(missing.is_empty());
        let post = detail(
            "POST",
            "/x",
            &[
                ("authorization", "Bearer [redacted]"),
                ("content-type", "text/plain"),
                ("x-empty", ""),
                ("content-length", "6"),
            ],
            b"@it's\n",
        );
        let (command, missing) = super::command(&post).unwrap();
        assert_eq!(
            command,
            "curl http://web.localhost:8080/x -H 'content-type: text/plain' -H 'x-empty;' \
             --data-raw '@it'\\''s\n'"
        );
        assert_eq!(missing.len(), 1);
        assert!(missing[0].starts_with("authorization was not kept"));
        let (command, _) = super::command(&detail("PUT", "/{x}", &[], b"\xFF\0")).unwrap();
        assert_eq!(
            command,
            "printf %s /wA= | base64 -d | curl --globoff 'http://web.localhost:8080/{x}' -X PUT \
             -H content-type: --data-binary @-"
        );
    }

    #[test]
    fn a_backslash_is_the_same_in_every_shell() {
        for (word, quoted) in [
            (r"a\nb c", r"'a\nb c'"),
            (r"a\\b\ ", r"'a'\\'\b\ '"),
            (r" \", r"' '\\''"),
            (r"\'", r"''\\''\'''"),
        ] {
            assert_eq!(quote(word), quoted);
        }
    }

    #[test]
    fn a_long_body_is_not_an_argument_of_curl() {
        let long = "it's long\n".repeat(20_000);
        let post = detail("POST", "/", &[("content-type", "a")], long.as_bytes());
        let (command, _) = super::command(&post).unwrap();
        let script = format!("curl() {{ cat; }}\n{command}");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, script).unwrap();
        let output = std::process::Command::new("sh")
            .arg(file.path())
            .output()
            .unwrap();
        assert_eq!(output.stdout, long.as_bytes());
        assert!(
            words(command.split(" | ").last().unwrap())
                .iter()
                .all(|word| word.len() < LONG)
        );
    }

    #[test]
    fn an_undecodable_body_is_sent_unchanged() {
        let mut post = detail("POST", "/", &[("content-encoding", "compress")], b"x");
        let body = &mut post.exchange.as_mut().unwrap().request.body;
        body.content.as_mut().unwrap().note = Some("unknown content coding".to_owned());
        let (command, missing) = super::command(&post).unwrap();
        assert!(
            command.contains("-H 'content-encoding: compress'"),
            "{command}"
        );
        assert_eq!(missing, ["of the body: unknown content coding"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        /// The shell never executes or changes a part of a request.
        #[test]
        fn a_shell_parses_the_original_arguments(
            path in "/[ -~]{0,40}",
            value in "[ -~é]{1,40}",
            body in r"[^\x00]{1,60}|[\\'a]{1,20}",
        ) {
            let post = detail("POST", &path, &[("x-value", &value), ("content-type", "a")], body.as_bytes());
            let (command, _) = super::command(&post).unwrap();
            let words = words(&command);
            let url = format!("http://web.localhost:8080{path}");
            prop_assert!(words.contains(&url.into_bytes()));
            let header = format!("x-value: {value}");
            prop_assert!(words.contains(&header.into_bytes()));
            prop_assert_eq!(words.last().unwrap(), &body.into_bytes());
        }
    }
}
