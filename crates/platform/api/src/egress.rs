//! The egress guard: every request to a foreign server goes through [`fetch`] or a [`Visit`]. They
//! check the address of each hop, follow redirects themselves, and limit size and time.
//!
//! The guard is the same for all providers. The transport below it sends single requests without
//! checks.

use http::Method;
use prox_integrations::address::{self, Refusal, Target};
use prox_integrations::cookies::CookieJar;
use prox_integrations::dns::DnsAnswer;
use prox_integrations::unicode::parse_url;
use url::Url;

use crate::ports::{Hop, HopAnswer, Ports, TransportError};

/// A request to a foreign server.
#[derive(Clone, Debug)]
pub struct Outbound {
    /// `GET`, `HEAD` or `POST`.
    pub method: Method,
    /// URL, not checked yet.
    pub url: String,
    /// All headers of the request. `authorization` is sent to the first origin only.
    pub headers: Vec<(String, String)>,
    /// The body of a `POST`.
    pub body: Option<Vec<u8>>,
    /// Maximum number of redirects; those of a `POST` are not followed.
    pub redirects: u8,
    /// Maximum number of bytes to read from the response.
    pub max_bytes: usize,
}

impl Outbound {
    /// A `GET` that follows up to five redirects and reads up to 1 MB.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Self {
        let (url, headers) = (url.into(), Vec::new());
        Self {
            method: Method::GET,
            url,
            headers,
            body: None,
            redirects: 5,
            max_bytes: 1_000_000,
        }
    }

    /// A `POST` of a form, without redirects.
    #[must_use]
    pub fn form(url: impl Into<String>, fields: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let headers = vec![(
            String::from("content-type"),
            String::from("application/x-www-form-urlencoded"),
        )];
        Self {
            method: Method::POST,
            headers,
            body: Some(body.into_bytes()),
            redirects: 0,
            ..Self::get(url)
        }
    }

    /// The same request with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// The response of a foreign server after all redirects.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// URL after all redirects.
    pub url: Url,
    /// HTTP status.
    pub status: u16,
    /// Headers with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, at most [`Outbound::max_bytes`] of it.
    pub body: Vec<u8>,
    /// Number of redirects that were followed.
    pub redirects: u8,
}

impl Fetched {
    /// The first header of a name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

/// The error of a request without a response, in words for the person who entered the URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    /// The URL is not one of the public internet.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The URL redirects to one that is not.
    #[error("This address leads on to {to}. {why}")]
    RefusedRedirect {
        /// The host, or the text that stands in its place.
        to: String,
        /// The reason of the refusal.
        why: Refusal,
    },
    /// The host name has no address, or the DNS did not return all of them.
    #[error("This name does not exist, or its DNS does not answer.")]
    NoAddress,
    /// Too many redirects.
    #[error("This address redirects too often.")]
    Redirects,
    /// The server did not answer.
    #[error("This address does not answer: {0}.")]
    Transport(#[from] TransportError),
}

/// The timeout of all hops of one request together, in milliseconds.
const FETCH_TIMEOUT_MS: i64 = 10_000;

/// Sends a request and checks each hop. Keeps no cookies.
///
/// # Errors
/// [`EgressError`], of the hop that failed.
pub async fn fetch(ports: &Ports, request: Outbound) -> Result<Fetched, EgressError> {
    follow(ports, request, deadline(ports), None).await
}

/// Several requests in a row, as a browser makes them to show one page: they share cookies
/// and the time that they may take together.
pub struct Visit<'a> {
    ports: &'a Ports,
    deadline: i64,
    cookies: CookieJar,
}

impl<'a> Visit<'a> {
    /// A visit without cookies.
    #[must_use]
    pub fn new(ports: &'a Ports) -> Self {
        Self {
            ports,
            deadline: deadline(ports),
            cookies: CookieJar::default(),
        }
    }

    /// Sends a request as the function [`fetch`] does, with the cookies that sites have set.
    ///
    /// # Errors
    /// [`EgressError`], of the hop that failed.
    pub async fn fetch(&mut self, request: Outbound) -> Result<Fetched, EgressError> {
        follow(self.ports, request, self.deadline, Some(&mut self.cookies)).await
    }
}

async fn follow(
    ports: &Ports,
    request: Outbound,
    deadline: i64,
    mut cookies: Option<&mut CookieJar>,
) -> Result<Fetched, EgressError> {
    let mut url = request.url.clone();
    let mut headers = request.headers.clone();
    for redirects in 0..=request.redirects {
        let target = admit(ports, &url, deadline)
            .await
            .map_err(|error| match error {
                EgressError::Refused(why) if redirects > 0 => EgressError::RefusedRedirect {
                    to: host_of(&url),
                    why,
                },
                other => other,
            })?;
        let cookie = cookies.as_ref().and_then(|jar| jar.header(&target.url));
        let cookie = cookie.map(|value| (String::from("cookie"), value));
        let hop = Hop {
            method: request.method.clone(),
            url: target.url.to_string(),
            headers: headers.iter().cloned().chain(cookie).collect(),
            body: request.body.clone(),
            max_bytes: request.max_bytes,
            timeout_ms: remaining(ports, deadline)?,
        };
        let answer = ports.transport.send(hop).await?;
        if let Some(jar) = &mut cookies {
            for (_, value) in answer
                .headers
                .iter()
                .filter(|(name, _)| name == "set-cookie")
            {
                jar.set(&target.url, value);
            }
        }
        match redirect(ports, &answer, &target.url).filter(|_| request.method != Method::POST) {
            None => {
                let HopAnswer {
                    status,
                    headers,
                    body,
                } = answer;
                return Ok(Fetched {
                    url: target.url,
                    status,
                    headers,
                    body,
                    redirects,
                });
            }
            Some(next) => {
                if next.origin() != target.url.origin() {
                    headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
                }
                url = next.to_string();
            }
        }
    }
    Err(EgressError::Redirects)
}

/// The host of a URL, at most 100 characters, for a message.
pub(crate) fn host_of(url: &str) -> String {
    let parsed = Url::parse(url).ok();
    let host = parsed.as_ref().and_then(Url::host_str).unwrap_or(url);
    host.chars().take(100).collect()
}

/// Checks a URL, and every address to which its host name resolves.
async fn admit(ports: &Ports, url: &str, deadline: i64) -> Result<Target, EgressError> {
    let target = address::parse_target(url, &ports.config.egress_allow, &*ports.unicode)?;
    if let Some(name) = &target.resolve {
        let (v4, v6) = futures_util::future::join(
            resolve(ports, name, "A", deadline),
            resolve(ports, name, "AAAA", deadline),
        )
        .await;
        // The connection may use any address of the name, so all of them must be known.
        let mut addresses = v4?.addresses().ok_or(EgressError::NoAddress)?;
        addresses.extend(v6?.addresses().ok_or(EgressError::NoAddress)?);
        if addresses.is_empty() {
            return Err(EgressError::NoAddress);
        }
        for address in addresses {
            address::check_ip(address)?;
        }
    }
    Ok(target)
}

/// Queries the configured DNS resolver, which is trusted and needs no check itself.
///
/// # Errors
/// [`EgressError::NoAddress`] when the resolver has no valid answer.
pub async fn resolve(
    ports: &Ports,
    name: &str,
    kind: &str,
    deadline: i64,
) -> Result<DnsAnswer, EgressError> {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("name", name)
        .append_pair("type", kind)
        .finish();
    let hop = Hop {
        method: Method::GET,
        url: format!("{}?{query}", ports.config.resolver),
        headers: vec![(String::from("accept"), String::from("application/dns-json"))],
        body: None,
        max_bytes: 64_000,
        timeout_ms: remaining(ports, deadline)?,
    };
    let answer = ports.transport.send(hop).await?;
    DnsAnswer::parse(&answer.body)
        .ok()
        .filter(|_| answer.status == 200)
        .ok_or(EgressError::NoAddress)
}

/// The deadline of a request that begins now, in milliseconds since 1970.
#[must_use]
pub fn deadline(ports: &Ports) -> i64 {
    ports.clock.now().as_millisecond() + FETCH_TIMEOUT_MS
}

fn remaining(ports: &Ports, deadline: i64) -> Result<u32, EgressError> {
    let left = deadline - ports.clock.now().as_millisecond();
    u32::try_from(left)
        .ok()
        .filter(|ms| *ms > 0)
        .ok_or(EgressError::Transport(TransportError::TimedOut))
}

fn redirect(ports: &Ports, answer: &HopAnswer, from: &Url) -> Option<Url> {
    let moved = matches!(answer.status, 301 | 302 | 303 | 307 | 308);
    let location = find(&answer.headers, "location").filter(|_| moved)?;
    parse_url(location, Some(from), &*ports.unicode)
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(n, _)| n == name)
        .map(|(_, value)| value.as_str())
}
