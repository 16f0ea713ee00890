//! Replays a captured request with edits. Parts that were not captured (a redacted secret, the end
//! of a long body) must be given in the edits, or the request is not sent.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, EXPECT, HOST, HeaderMap, HeaderName, HeaderValue,
    TRANSFER_ENCODING,
};
use http::uri::PathAndQuery;
use http::{Method, Uri, Version};
use http_body_util::BodyExt as _;
use indexmap::IndexMap;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use utoipa::ToSchema;

use super::client::ClientAddr;
use super::forward::{Forwarder, Outgoing};
use super::headers;
use super::request_body::RequestBody;
use super::route::Routes;
use super::targets::NoProcesses;
use prox_capture::diff::{self, Difference};
use prox_capture::record::{Direction, RequestStart};
use prox_capture::redact::{self, is_redacted};
use prox_capture::{Content, Header, RequestDetail, Store};
use prox_config::format_duration;
use prox_config::model::Service;
use prox_events::RequestView;

/// The default timeout of a replay. A response that takes longer, such as a stream of events, is
/// compared as far as it was received.
const REPLAY_TIMEOUT: Duration = Duration::from_secs(30);

/// Changes to a captured request before it is sent again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Edits {
    /// HTTP method that replaces the captured one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Path and query that replace the captured ones, or a URL of the same host. A parameter with
    /// the value `[redacted]` keeps its secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Headers that replace the captured ones of the same names; an empty value removes a header.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Header>,
    /// Body that replaces the captured one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Content>,
    /// Timeout of the response in milliseconds, 30,000 when absent. What was received until then is
    /// compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
}

/// A request that was sent again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Replayed {
    /// The new request, with its bodies.
    pub replay: RequestDetail,
    /// Differences from the captured request to the new one.
    pub difference: Difference,
}

/// The error of a request that cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// No request has this id, or several begin with it.
    #[error("no request has the id {0}, or several begin with it")]
    NotFound(String),
    /// The request was not captured.
    #[error("the request was not captured, so it cannot be replayed")]
    NotCaptured,
    /// Headers with secrets, which are not stored.
    #[error(
        "secrets are not kept: give {} with --header, or remove {} with an empty value (--header '{}:')",
        .0.join(", "), if .0.len() == 1 { "it" } else { "them" }, .0.first().map_or("", String::as_str)
    )]
    Redacted(Vec<String>),
    /// A part of the URL with secrets, which are kept in memory only.
    #[error(
        "the secrets in its address are forgotten when prox ends: give `{0}` with them, by --path"
    )]
    RedactedAddress(String),
    /// Only the beginning of the body was captured.
    #[error("only {kept} of {size} bytes of its body were kept: give the body with --body")]
    Truncated {
        /// Captured bytes.
        kept: u64,
        /// Bytes of the whole body.
        size: u64,
    },
    /// The body of undeclared length ended early, so its size is unknown.
    #[error("its body never ended: give the body with --body")]
    Cut,
    /// The request upgraded its connection, for example to a websocket.
    #[error("a request that upgraded its connection cannot be replayed")]
    Upgraded,
    /// The service is not configured any more.
    #[error("there is no service named {0} any more")]
    NoService(String),
    /// The edits do not make a valid request.
    #[error("{0}")]
    Edit(String),
}

impl Forwarder {
    /// Replays a captured request, as a client would send it.
    ///
    /// # Errors
    ///
    /// When the request cannot be sent. A service that does not respond is not an error.
    pub(super) async fn replay(
        &self,
        original: RequestDetail,
        body: Option<Bytes>,
        edits: &Edits,
    ) -> Result<String, ReplayError> {
        let Some(exchange) = &original.exchange else {
            return Err(ReplayError::NotCaptured);
        };
        let view = &original.view;
        let routes = self.routes();
        let route = routes
            .get(&view.subdomain)
            .ok_or_else(|| ReplayError::NoService(view.subdomain.clone()))?;
        let path = address(view, edits.path.as_deref())?;
        let method = edits
            .method
            .as_ref()
            .map(|method| method.to_ascii_uppercase());
        let method = method.as_ref().unwrap_or(&view.method);
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| ReplayError::Edit(format!("`{method}` is not an HTTP method")))?;
        let mut map = edited(&exchange.request.headers, &edits.headers)?;
        if headers::upgrade(&map).is_some() {
            return Err(ReplayError::Upgraded);
        }
        let body = match (&edits.body, body) {
            (Some(content), _) => {
                // The content coding of the captured body does not apply to the new one.
                if !is_among(&edits.headers, CONTENT_ENCODING.as_str()) {
                    map.remove(CONTENT_ENCODING);
                }
                Bytes::from(content.bytes())
            }
            (None, kept) => {
                let kept = kept.unwrap_or_default();
                let size = exchange.request_size();
                if (kept.len() as u64) < size {
                    let kept = kept.len() as u64;
                    return Err(ReplayError::Truncated { kept, size });
                }
                if exchange.request.body.cut {
                    return Err(ReplayError::Cut);
                }
                kept
            }
        };
        for header in [CONTENT_LENGTH, EXPECT, TRANSFER_ENCODING] {
            map.remove(header);
        }
        // Methods with a meaning for a body declare an empty one (RFC 9110, 8.6).
        if !body.is_empty() || [Method::POST, Method::PUT, Method::PATCH].contains(&method) {
            map.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        }
        let host = map
            .get(HOST)
            .cloned()
            .or_else(|| HeaderValue::from_str(&view.hostname).ok())
            .unwrap_or_else(|| HeaderValue::from_static("localhost"));
        map.insert(HOST, host.clone());
        let https = exchange.scheme == "https";
        let peer = ClientAddr::new(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let watch = self.store.begin(RequestStart {
            method: &method,
            url: path.as_str(),
            hostname: host.to_str().unwrap_or(&view.hostname),
            version: Version::HTTP_11,
            headers: &map,
            service: &route.name,
            target: &route.address,
            peer: &peer.address,
            https,
            replay_of: Some(view.id.clone()),
        });
        let id = watch.record().id();
        headers::strip_hop_by_hop(&mut map);
        headers::set_forwarded(&mut map, &peer.ip, &host, https);
        map.append(headers::VIA, self.instance.clone());
        let outgoing = Outgoing {
            route: Arc::clone(route),
            method,
            path: Uri::from(path),
            headers: map,
            grpc: exchange.http_version == "HTTP/2.0" && is_grpc(&exchange.request.headers),
            interim: None,
        };
        let body = RequestBody::whole(body, watch.tap(Direction::Request));
        let tap = watch.tap(Direction::Response);
        // An error is stored in the record.
        let mut sending = Box::pin(async {
            if let Ok(response) = self.exchange(&outgoing, body, watch).await {
                let mut answer = response.into_body();
                while let Some(Ok(_)) = answer.frame().await {}
            }
        });
        let limit = edits
            .timeout_ms
            .map_or(REPLAY_TIMEOUT, Duration::from_millis);
        if tokio::time::timeout(limit, &mut sending).await.is_err() {
            let time = format_duration(limit);
            tap.failed(&if tap.is_answered() {
                format!("the response had not ended; this is what came within {time}")
            } else {
                format!("no response within {time}")
            });
        }
        drop(sending);
        Ok(id)
    }

    /// Replays a request of the store, and compares the responses.
    ///
    /// # Errors
    ///
    /// When the request cannot be sent.
    pub(super) async fn replay_and_compare(
        &self,
        from: &Arc<Store>,
        id: &str,
        edits: &Edits,
    ) -> Result<Replayed, ReplayError> {
        let missing = || ReplayError::NotFound(id.to_owned());
        let (raw, before) = read(from, id, |store, id| {
            (store.raw(id), store.detail(id, true))
        })
        .await;
        let ((original, bodies), before) = raw.zip(before).ok_or_else(missing)?;
        let body = bodies.map(|[request, _]| Bytes::from(request));
        let new = self.replay(original, body, edits).await?;
        let replay = read(&self.store, &new, |store, id| store.detail(id, true))
            .await
            .ok_or_else(missing)?;
        // Comparing large bodies may take a while.
        tokio::task::spawn_blocking(move || {
            let difference = diff::between(&before, &replay);
            Replayed { replay, difference }
        })
        .await
        .map_err(|_| missing())
    }
}

/// Reads from the store in a blocking task, because its files may be slow.
async fn read<T>(
    store: &Arc<Store>,
    id: &str,
    ask: impl FnOnce(&Store, &str) -> T + Send + 'static,
) -> T
where
    T: Default + Send + 'static,
{
    let (store, id) = (Arc::clone(store), id.to_owned());
    tokio::task::spawn_blocking(move || ask(&store, &id))
        .await
        .unwrap_or_default()
}

/// Replays a stored request while no supervisor runs, to the address of the original. The response
/// is compared, and not stored.
///
/// # Errors
///
/// When the request cannot be sent.
pub async fn directly(
    store: &Arc<Store>,
    id: &str,
    edits: &Edits,
) -> Result<Replayed, ReplayError> {
    let original = read(store, id, |store, id| store.detail(id, false))
        .await
        .ok_or_else(|| ReplayError::NotFound(id.to_owned()))?;
    let exchange = original.exchange.ok_or(ReplayError::NotCaptured)?;
    let (host, port) = exchange
        .target
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host, port.parse().ok()?)))
        .ok_or(ReplayError::NotCaptured)?;
    let service = Service {
        host: host.trim_matches(['[', ']']).to_owned(),
        port,
        listen: None,
    };
    let services = IndexMap::from([(original.view.subdomain, service)]);
    let forwarder = Forwarder {
        routes: RwLock::new(Arc::new(Routes::new("localhost", &services, None))),
        targets: Arc::new(NoProcesses),
        store: Store::in_memory(),
        instance: headers::instance_id(),
        tunnels: TaskTracker::new(),
        ending: CancellationToken::new(),
    };
    forwarder.replay_and_compare(store, id, edits).await
}

/// Characters that are not allowed in a URL, and that people type nevertheless.
const TO_ENCODE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');

/// Parses path and query as typed by a user, or a URL of this host.
///
/// # Errors
///
/// The mistake, as a message for people.
pub fn path(written: &str, host: &str) -> Result<PathAndQuery, String> {
    let path = match written.split_once("://") {
        Some(("http" | "https", rest)) => {
            let (given, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
            if !given.eq_ignore_ascii_case(host) {
                return Err(format!(
                    "`{given}` is another place: a request goes to {host} again, with another path at most"
                ));
            }
            if path.starts_with('/') {
                path.to_owned()
            } else {
                format!("/{path}")
            }
        }
        _ => written.to_owned(),
    };
    let encoded = utf8_percent_encode(&path, TO_ENCODE).to_string();
    PathAndQuery::try_from(encoded)
        .ok()
        .filter(|path| path.as_str().starts_with('/'))
        .ok_or_else(|| format!("`{written}` is not a path and query such as `/items?page=2`"))
}

/// The path and query of the request, with its secrets.
fn address(view: &RequestView, edit: Option<&str>) -> Result<PathAndQuery, ReplayError> {
    let address = match edit {
        None => view.url.clone(),
        Some(edit) => {
            let path = path(edit, &view.hostname).map_err(ReplayError::Edit)?;
            redact::restore(path.as_str(), &view.url)
        }
    };
    if is_redacted(&address) {
        return Err(ReplayError::RedactedAddress(address));
    }
    PathAndQuery::try_from(address.as_str())
        .map_err(|_| ReplayError::Edit(format!("`{address}` is not a path")))
}

/// The headers of a request with edits; an error when a secret is missing.
fn edited(kept: &[Header], edits: &[Header]) -> Result<HeaderMap, ReplayError> {
    let is_edited = |name: &str| is_among(edits, name);
    let mut redacted: Vec<String> = kept
        .iter()
        .filter(|header| is_redacted(&header.value) && !is_edited(&header.name))
        .map(|header| header.name.clone())
        .collect();
    redacted.dedup();
    if !redacted.is_empty() {
        return Err(ReplayError::Redacted(redacted));
    }
    let kept = kept.iter().filter(|header| !is_edited(&header.name));
    let edits = edits.iter().filter(|edit| !edit.value.is_empty());
    let mut map = HeaderMap::new();
    for Header { name, value } in kept.chain(edits) {
        let bad = || ReplayError::Edit(format!("`{name}: {value}` is not a header"));
        map.append(
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?,
            HeaderValue::from_str(value)
                .or_else(|_| HeaderValue::from_bytes(value.as_bytes()))
                .map_err(|_| bad())?,
        );
    }
    Ok(map)
}

fn is_among(headers: &[Header], name: &str) -> bool {
    headers
        .iter()
        .any(|header| header.name.eq_ignore_ascii_case(name))
}

fn is_grpc(headers: &[Header]) -> bool {
    headers
        .iter()
        .any(|header| header.name == "content-type" && header.value.starts_with("application/grpc"))
}
