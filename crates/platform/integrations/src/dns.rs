//! DNS answers: parses the JSON of DNS over HTTPS (`application/dns-json`, as Cloudflare and
//! Google send it), and decides whether a custom hostname is proven. Never queries a resolver.

use std::net::IpAddr;

use serde::Deserialize;

use crate::hostname::{self, Hostname};

/// Record type numbers (IANA DNS Parameters).
const A: u16 = 1;
const CNAME: u16 = 5;
const TXT: u16 = 16;
const AAAA: u16 = 28;

/// Response codes (RFC 1035, 4.1.1).
const NO_ERROR: u16 = 0;
const NAME_ERROR: u16 = 3;

/// The maximum number of records. An answer with more is truncated.
const MAX_RECORDS: usize = 100;
/// The maximum length of a quoted record in a message, in characters.
const MAX_QUOTE: usize = 80;

/// A resolver's answer to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsAnswer {
    status: u16,
    /// False when there are more records than these.
    is_complete: bool,
    records: Vec<Record>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Record {
    #[serde(rename = "type")]
    kind: u16,
    #[serde(default)]
    data: String,
}

/// An error: the text is not a DNS answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an answer in application/dns-json")]
pub struct DnsError;

impl DnsAnswer {
    /// Reads a resolver's JSON.
    ///
    /// # Errors
    /// [`DnsError`] when it is something else.
    pub fn parse(json: &[u8]) -> Result<Self, DnsError> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(rename = "Status")]
            status: u16,
            #[serde(rename = "TC", default)]
            truncated: Option<bool>,
            #[serde(rename = "Answer", default)]
            answer: Option<Vec<Record>>,
        }
        let wire: Wire = serde_json::from_slice(json).map_err(|_| DnsError)?;
        let mut records = wire.answer.unwrap_or_default();
        let is_complete = wire.truncated != Some(true) && records.len() <= MAX_RECORDS;
        records.truncate(MAX_RECORDS);
        Ok(Self {
            status: wire.status,
            is_complete,
            records,
        })
    }

    /// All A and AAAA addresses, for the egress guard; empty when the name has none. None when
    /// the answer may be incomplete.
    #[must_use]
    pub fn addresses(&self) -> Option<Vec<IpAddr>> {
        if !self.is_conclusive() {
            return None;
        }
        [A, AAAA]
            .into_iter()
            .flat_map(|kind| self.data(kind))
            .map(|data| data.trim().parse().ok())
            .collect()
    }

    /// Whether the resolver knows all records of the name, or that it does not exist.
    #[must_use]
    pub fn is_conclusive(&self) -> bool {
        self.is_complete && matches!(self.status, NO_ERROR | NAME_ERROR)
    }

    fn data(&self, kind: u16) -> impl Iterator<Item = &str> {
        self.records
            .iter()
            .filter(move |record| record.kind == kind)
            .map(|record| record.data.as_str())
    }

    fn texts(&self) -> Vec<String> {
        self.data(TXT).map(join_strings).collect()
    }

    fn aliases(&self) -> Vec<String> {
        self.data(CNAME).map(plain_name).collect()
    }
}

/// The text of a TXT record: resolvers send its strings in quotes one after another
/// (RFC 1035, 5.1), or without quotes when there is only one.
fn join_strings(data: &str) -> String {
    let data = data.trim();
    if !data.starts_with('"') {
        return data.to_owned();
    }
    let mut bytes = Vec::with_capacity(data.len());
    let mut rest = data.bytes();
    let mut quoted = false;
    while let Some(byte) = rest.next() {
        match byte {
            b'"' => quoted = !quoted,
            b'\\' if quoted => bytes.extend(unescape(&mut rest)),
            _ if quoted => bytes.push(byte),
            _ => {}
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `\DDD` is a byte by its decimal number, `\X` is X itself.
fn unescape(rest: &mut std::str::Bytes<'_>) -> Option<u8> {
    let first = rest.next()?;
    if !first.is_ascii_digit() {
        return Some(first);
    }
    let mut number = u32::from(first - b'0');
    for digit in rest.by_ref().take(2) {
        number = number * 10 + char::from(digit).to_digit(10)?;
    }
    u8::try_from(number).ok()
}

fn plain_name(data: &str) -> String {
    data.trim().trim_end_matches('.').to_ascii_lowercase()
}

/// The records that prove a hostname.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The claimed hostname.
    pub hostname: &'a Hostname,
    /// The domain's own token.
    pub token: &'a str,
    /// The target of the hostname's CNAME record.
    pub cname_target: &'a str,
}

/// Whether a hostname is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Proven, and it does not point elsewhere.
    Verified,
    /// The proof is not there yet; the text says what is missing.
    Pending(String),
    /// A record is wrong; the text says what to change.
    Failed(String),
}

/// Decides by the answers to a TXT query for the proof's name and a CNAME query for the
/// hostname.
///
/// A proven hostname needs no CNAME record: the apex of a zone cannot have one, and providers
/// flatten it to addresses.
#[must_use]
pub fn decide_domain(txt: &DnsAnswer, cname: &DnsAnswer, expected: &Expected<'_>) -> Verdict {
    if !txt.is_conclusive() || !cname.is_conclusive() {
        return Verdict::Pending("The DNS did not answer. It is asked again later.".to_owned());
    }
    let name = hostname::proof_name(expected.hostname);
    let value = hostname::proof_value(expected.token);
    let texts = txt.texts();
    if let Some(other) = texts.first()
        && !texts.contains(&value)
    {
        return Verdict::Failed(format!(
            "The TXT record at {name} says “{}” instead of “{value}”.",
            quote(other)
        ));
    }
    if texts.is_empty() {
        return Verdict::Pending(format!(
            "There is no TXT record at {name} yet. New records can take an hour to be seen."
        ));
    }
    let target = plain_name(expected.cname_target);
    let aliases = cname.aliases();
    match aliases.first() {
        Some(other) if !aliases.contains(&target) => Verdict::Failed(format!(
            "{} points to {} instead of {target}.",
            expected.hostname,
            quote(other)
        )),
        _ => Verdict::Verified,
    }
}

/// Decides about a hostname that was proven before. Its TXT record may be gone as long as the hostname
/// still points to us; without a proof, it must not point elsewhere, and it must exist.
#[must_use]
pub fn decide_proven_domain(
    txt: &DnsAnswer,
    cname: &DnsAnswer,
    expected: &Expected<'_>,
) -> Verdict {
    let first = decide_domain(txt, cname, expected);
    if !matches!(first, Verdict::Pending(_)) || !txt.is_conclusive() || !cname.is_conclusive() {
        return first;
    }
    let target = plain_name(expected.cname_target);
    let aliases = cname.aliases();
    match aliases.first() {
        _ if aliases.contains(&target) => Verdict::Verified,
        Some(other) => Verdict::Failed(format!(
            "{} points to {} instead of {target}.",
            expected.hostname,
            quote(other)
        )),
        None if cname.status == NAME_ERROR => {
            Verdict::Failed(format!("{} does not exist any more.", expected.hostname))
        }
        None => first,
    }
}

fn quote(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(MAX_QUOTE)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn answer(status: u16, records: &[(u16, &str)]) -> DnsAnswer {
        let records: Vec<_> = records
            .iter()
            .map(|(kind, data)| json!({"name": "x.", "type": kind, "TTL": 60, "data": data}))
            .collect();
        let body = json!({"Status": status, "TC": false, "Question": [], "Answer": records});
        DnsAnswer::parse(body.to_string().as_bytes()).unwrap()
    }

    fn verdict(txt: &DnsAnswer, cname: &DnsAnswer) -> Verdict {
        let hostname = hostname::canonical("www.example.com", &crate::unicode::Tables).unwrap();
        let expected = Expected {
            hostname: &hostname,
            token: "tok",
            cname_target: "Edge.Prox.example.",
        };
        decide_domain(txt, cname, &expected)
    }

    fn proven() -> DnsAnswer {
        answer(
            0,
            &[(TXT, "\"v=spf1 -all\""), (TXT, "\"prox-verify=\" \"tok\"")],
        )
    }

    fn words(verdict: &Verdict) -> &str {
        match verdict {
            Verdict::Verified => "",
            Verdict::Pending(why) | Verdict::Failed(why) => why,
        }
    }

    #[test]
    fn texts_may_be_quoted_split_escaped_or_bare() {
        for (data, expected) in [
            ("\"a b\"", "a b"),
            ("\"a\" \"b\"", "ab"),
            ("\"a\"\"b\"", "ab"),
            ("bare text", "bare text"),
            (r#""a\"b\\c\065""#, "a\"b\\cA"),
            (r#""\195\164""#, "ä"),
            (r#""\999""#, ""),
            ("\"open", "open"),
            ("\"", ""),
            ("\"\\", ""),
        ] {
            assert_eq!(join_strings(data), expected, "{data}");
        }
    }

    #[test]
    fn the_right_records_verify() {
        let pointed = answer(0, &[(CNAME, "edge.prox.EXAMPLE.")]);
        assert_eq!(verdict(&proven(), &pointed), Verdict::Verified);
        assert_eq!(
            verdict(&answer(0, &[(TXT, "prox-verify=tok")]), &pointed),
            Verdict::Verified
        );
    }

    #[test]
    fn a_flattened_name_without_alias_verifies() {
        assert_eq!(verdict(&proven(), &answer(0, &[])), Verdict::Verified);
        assert_eq!(
            verdict(&proven(), &answer(0, &[(A, "192.0.2.1")])),
            Verdict::Verified
        );
    }

    #[test]
    fn a_proven_name_without_its_record_must_still_point_here() {
        let hostname = hostname::canonical("www.example.com", &crate::unicode::Tables).unwrap();
        let expected = Expected {
            hostname: &hostname,
            token: "tok",
            cname_target: "edge.prox.example",
        };
        let none = answer(0, &[]);
        let decide = |txt: &DnsAnswer, cname: &DnsAnswer| {
            let verdict = decide_proven_domain(txt, cname, &expected);
            (
                matches!(verdict, Verdict::Verified),
                matches!(verdict, Verdict::Failed(_)),
            )
        };
        let here = answer(0, &[(CNAME, "edge.prox.example.")]);
        let elsewhere = answer(0, &[(CNAME, "other.example.")]);
        let gone = answer(NAME_ERROR, &[]);
        let silent = answer(2, &[]);
        let other_proof = answer(0, &[(TXT, "\"prox-verify=other\"")]);
        let (verified, failed, unknown) = ((true, false), (false, true), (false, false));
        for (txt, cname, expected) in [
            (&proven(), &here, verified),
            (&proven(), &none, verified),
            (&none, &here, verified),
            (&gone, &here, verified),
            (&none, &none, unknown),
            (&silent, &here, unknown),
            (&none, &silent, unknown),
            (&none, &elsewhere, failed),
            (&proven(), &elsewhere, failed),
            (&other_proof, &here, failed),
            (&gone, &gone, failed),
        ] {
            assert_eq!(decide(txt, cname), expected, "{txt:?} {cname:?}");
        }
    }

    #[test]
    fn a_missing_proof_is_pending_even_when_the_name_points_here() {
        let pointed = answer(0, &[(CNAME, "edge.prox.example.")]);
        for txt in [
            answer(0, &[]),
            answer(3, &[]),
            answer(0, &[(CNAME, "other.example.")]),
        ] {
            let verdict = verdict(&txt, &pointed);
            assert!(matches!(verdict, Verdict::Pending(_)), "{verdict:?}");
            assert!(words(&verdict).contains("_prox.www.example.com"));
        }
    }

    #[test]
    fn a_silent_resolver_is_pending() {
        assert!(matches!(
            verdict(&answer(2, &[]), &answer(0, &[])),
            Verdict::Pending(_)
        ));
        assert!(matches!(
            verdict(&proven(), &answer(2, &[])),
            Verdict::Pending(_)
        ));
    }

    #[test]
    fn wrong_records_fail_and_are_quoted() {
        let verdict_txt = verdict(&answer(0, &[(TXT, "\"prox-verify=old\"")]), &answer(0, &[]));
        assert!(matches!(verdict_txt, Verdict::Failed(_)));
        assert!(words(&verdict_txt).contains("prox-verify=old"));
        let verdict_cname = verdict(&proven(), &answer(0, &[(CNAME, "elsewhere.example.")]));
        assert!(matches!(verdict_cname, Verdict::Failed(_)));
        assert!(words(&verdict_cname).contains("elsewhere.example"));
        let near = verdict(
            &answer(0, &[(TXT, "\"prox-verify=tok2\"")]),
            &answer(0, &[]),
        );
        assert!(matches!(near, Verdict::Failed(_)));
    }

    #[test]
    fn addresses_are_read_and_aliases_left_out() {
        let found = answer(
            0,
            &[
                (CNAME, "a.example."),
                (A, "192.0.2.1"),
                (AAAA, "2001:db8::1"),
            ],
        );
        let expected = ["192.0.2.1", "2001:db8::1"].map(|ip| ip.parse().unwrap());
        assert_eq!(found.addresses(), Some(expected.to_vec()));
        assert_eq!(answer(3, &[]).addresses(), Some(Vec::new()));
    }

    #[test]
    fn an_incomplete_answer_has_no_addresses() {
        let public = (A, "93.184.216.34");
        for failure in [1, 2, 4, 5] {
            assert_eq!(answer(failure, &[public]).addresses(), None);
        }
        let mut many = vec![public; MAX_RECORDS];
        assert!(answer(0, &many).addresses().is_some());
        many.push((A, "10.0.0.1"));
        assert_eq!(answer(0, &many).addresses(), None);
        assert_eq!(answer(0, &[public, (A, "nonsense")]).addresses(), None);
        let cut = br#"{"Status":0,"TC":true,"Answer":[{"type":1,"data":"93.184.216.34"}]}"#;
        assert_eq!(DnsAnswer::parse(cut).unwrap().addresses(), None);
    }

    #[test]
    fn an_answer_of_another_shape_is_an_error() {
        assert_eq!(
            DnsAnswer::parse(br#"{"Status":0}"#).unwrap().addresses(),
            Some(Vec::new())
        );
        for body in [
            &b""[..],
            b"{}",
            b"[]",
            b"{\"Status\":\"0\"}",
            b"{\"Status\":0,\"Answer\":{}}",
        ] {
            assert_eq!(DnsAnswer::parse(body), Err(DnsError));
        }
    }

    proptest! {
        #[test]
        fn any_data_is_read_without_panic(data: String) {
            let txt = answer(0, &[(TXT, data.as_str())]);
            let _ = verdict(&txt, &answer(0, &[(CNAME, data.as_str()), (A, data.as_str())]));
        }
    }
}
