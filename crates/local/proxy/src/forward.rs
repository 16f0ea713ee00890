//! Forwards requests: finds the service of a request, waits for a process that is about to listen,
//! and passes the request and its response on.
//!
//! The `Host` header is not changed. nginx sends the target's address by default, but development
//! servers build links, check origins and choose tenants by the name in the address bar, and Vite,
//! webpack and Rails accept every `*.localhost`.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use http::header::{CONTENT_TYPE, EXPECT, Entry, HOST, HeaderMap, HeaderValue};
use http::uri::PathAndQuery;
use http::{Method, Request, Response, StatusCode, Uri, Version};
use hyper::body::{Body, Incoming};
use hyper_util::rt::TokioIo;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::client::{ClientAddr, Listener};
use super::error::describe;
use super::graceful_close::Upload;
use super::headers;
use super::interim::Interim;
use super::page::Page;
use super::request_body::RequestBody;
use super::response_body::{ResponseBody, TappedBody};
use super::route::{Route, Routed, Routes};
use super::targets::{Targets, is_about_to_listen, is_down};
use super::upstream::{self, Answer, SendError};
use prox_capture::Store;
use prox_capture::record::{Direction, RequestStart};
use prox_capture::store::Watch;

/// The time that a request waits for a process that is about to listen.
const START_TIMEOUT: Duration = Duration::from_secs(30);
/// The delay between attempts to connect.
const RETRY: Duration = Duration::from_millis(50);

/// The state that all connections share.
pub(super) struct Forwarder {
    pub routes: RwLock<Arc<Routes>>,
    pub targets: Arc<dyn Targets>,
    pub store: Arc<Store>,
    /// The id of this instance in the header that detects loops.
    pub instance: HeaderValue,
    /// Tunnels, which outlive their requests.
    pub tunnels: TaskTracker,
    /// Cancelled when the proxy shuts down.
    pub ending: CancellationToken,
}

/// A request to a service, without its body.
pub(super) struct Outgoing {
    pub(super) route: Arc<Route>,
    pub(super) method: Method,
    /// Path and query.
    pub(super) path: Uri,
    pub(super) headers: HeaderMap,
    /// Whether it is gRPC, which needs HTTP/2.
    pub(super) grpc: bool,
    /// The receiver of interim responses. None when the client cannot receive them.
    pub(super) interim: Option<Arc<Interim>>,
}

impl Forwarder {
    /// The current routes.
    pub(super) fn routes(&self) -> Arc<Routes> {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&routes)
    }

    /// Handles a request.
    pub(super) async fn handle(
        &self,
        mut request: Request<Incoming>,
        peer: &ClientAddr,
        listener: &Listener,
    ) -> Response<ResponseBody> {
        let routes = self.routes();
        // An absolute target takes precedence over `Host` (RFC 9112, 3.2.2); HTTP/2 has only that.
        let no_host = HeaderValue::from_static("");
        if let Some(authority) = request.uri().authority() {
            let host = HeaderValue::from_str(authority.as_str()).unwrap_or(no_host.clone());
            request.headers_mut().insert(HOST, host);
        }
        let host = match request.headers_mut().entry(HOST) {
            Entry::Vacant(entry) => entry.insert(no_host).clone(),
            // Several `Host` headers are ambiguous (RFC 9112, 3.2).
            Entry::Occupied(entry) if entry.iter().nth(1).is_some() => no_host,
            Entry::Occupied(entry) => entry.get().clone(),
        };
        let name = host.to_str().unwrap_or_default();
        let page = match self.find(&routes, name, &request, listener) {
            Ok(route) => {
                let route = Arc::clone(route);
                return self.pass(request, route, &host, peer, listener).await;
            }
            Err(page) => page,
        };
        let response = page.response(request.headers());
        drop(Upload::of(request));
        response
    }

    fn find<'a>(
        &self,
        routes: &'a Routes,
        host: &str,
        request: &Request<Incoming>,
        listener: &Listener,
    ) -> Result<&'a Arc<Route>, Page<'a>> {
        if request.method() == Method::CONNECT {
            return Err(Page::no_tunnel());
        }
        let (targets, scheme) = (self.targets.as_ref(), listener.scheme());
        let routed = match &listener.only {
            Some(only) => routes.get(only).map_or(Routed::Unknown, Routed::Service),
            None => routes.route(host),
        };
        let route = match routed {
            Routed::Service(route) => route,
            Routed::Index => return Err(Page::index(routes, targets, scheme, listener.port)),
            Routed::Unknown => {
                return Err(Page::unknown(routes, targets, host, scheme, listener.port));
            }
            Routed::Foreign => return Err(Page::foreign(host)),
        };
        let passed = request
            .headers()
            .get_all(headers::VIA)
            .iter()
            .any(|id| *id == self.instance);
        if passed {
            return Err(Page::looping(&route.name, &route.address));
        }
        Ok(route)
    }

    async fn pass(
        &self,
        mut request: Request<Incoming>,
        route: Arc<Route>,
        host: &HeaderValue,
        peer: &ClientAddr,
        listener: &Listener,
    ) -> Response<ResponseBody> {
        let watch = self.store.begin(RequestStart {
            method: request.method(),
            url: request
                .uri()
                .path_and_query()
                .map_or("/", PathAndQuery::as_str),
            hostname: host.to_str().unwrap_or_default(),
            version: request.version(),
            headers: request.headers(),
            service: &route.name,
            target: &route.address,
            peer: &peer.address,
            https: listener.https,
            replay_of: None,
        });
        let http1 = request.version() <= Version::HTTP_11;
        let upgrade = headers::upgrade(request.headers()).filter(|_| http1);
        let grpc = request.version() == Version::HTTP_2
            && request
                .headers()
                .get(CONTENT_TYPE)
                .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"));
        let upgraded = upgrade.is_some().then(|| hyper::upgrade::on(&mut request));
        // Clients of HTTP/1.0 do not support interim responses.
        let takes_interim = request.version() == Version::HTTP_11 && upgrade.is_none();
        let (parts, incoming) = request.into_parts();
        let mut headers = parts.headers;
        headers::strip_hop_by_hop(&mut headers);
        headers::join_cookies(&mut headers);
        headers::set_forwarded(&mut headers, &peer.ip, host, listener.https);
        headers.append(headers::VIA, self.instance.clone());
        // hyper has sent `100 Continue` already, or will when the service reads the body.
        let waits = headers.remove(EXPECT).is_some();
        let mut outgoing = Outgoing {
            path: Uri::from(path_of(&parts.uri)),
            method: parts.method,
            headers,
            grpc,
            route,
            interim: takes_interim.then(|| Arc::clone(&peer.interim)),
        };
        peer.interim.clear();
        let body = RequestBody::new(Upload::new(incoming, !waits), watch.tap(Direction::Request));
        let result = match (upgrade, upgraded) {
            (Some(protocol), Some(client)) => {
                headers::set_upgrade(&mut outgoing.headers, protocol);
                peer.tunnels.store(true, Ordering::Relaxed);
                // Boxed, so that a rare case does not make the future of every request large.
                Box::pin(self.tunnel(&outgoing, body, client, watch)).await
            }
            _ => self.exchange(&outgoing, body, watch).await,
        };
        result.unwrap_or_else(|page| page.response(&outgoing.headers))
    }

    /// Sends a request, and passes the response on.
    pub(super) async fn exchange(
        &self,
        outgoing: &Outgoing,
        body: RequestBody,
        watch: Watch,
    ) -> Result<Response<ResponseBody>, Page<'static>> {
        let sent = self.send(outgoing, body).await;
        if let Some(interim) = &outgoing.interim {
            interim.written().await;
        }
        let response = match sent {
            Ok(response) => response,
            Err(down) => return Err(down.page(&outgoing.route.name, watch)),
        };
        Ok(answer(response, watch))
    }

    /// Sends a request. Retries when the connection was closed before the request was sent, and
    /// while the process is about to listen.
    async fn send(
        &self,
        outgoing: &Outgoing,
        body: RequestBody,
    ) -> Result<Response<Answer>, Failure> {
        let bodiless = body.is_end_stream();
        // A safe request may be sent twice.
        let repeatable = bodiless && outgoing.method.is_safe();
        let route = &outgoing.route;
        let mut request = Some(outgoing.request(body));
        let mut retries = Retries::default();
        loop {
            self.wait_while_down(route, &mut retries).await?;
            let (reused, result) = if outgoing.grpc {
                let sending = upstream::send_http2(&route.pool, route.target(), &mut request);
                (true, Box::pin(sending).await)
            } else {
                upstream::send(&route.pool, route.target(), &mut request, repeatable).await
            };
            match result {
                Ok(response) => return Ok(response),
                Err(SendError::Unsent) if retries.allow_another() => {}
                Err(SendError::Lost(_)) if reused && repeatable && retries.allow_another() => {
                    request = Some(outgoing.request(RequestBody::empty()));
                }
                Err(SendError::Connect(error)) => {
                    Box::pin(self.wait(route, Some(&error), &mut retries)).await?;
                }
                Err(SendError::Lost(error)) => return Err(Failure::Broken(error)),
                Err(SendError::Unsent) => {
                    return Err(Failure::Broken("it closes every connection".to_owned()));
                }
            }
        }
    }

    /// Waits until the service's process may listen. Another program that listens on its address in
    /// the meantime gets no request.
    async fn wait_while_down(&self, route: &Route, retries: &mut Retries) -> Result<(), Failure> {
        while self.targets.status(&route.name).is_some_and(is_down) {
            Box::pin(self.wait(route, None, retries)).await?;
        }
        Ok(())
    }

    /// Waits before the next attempt. Fails when no process is about to listen. `error` is the
    /// error of the connection.
    async fn wait(
        &self,
        route: &Route,
        error: Option<&std::io::Error>,
        retries: &mut Retries,
    ) -> Result<(), Failure> {
        let process = self.targets.process(&route.name);
        let running_for = self.targets.running_for(&route.name);
        let coming = process
            .as_ref()
            .is_some_and(|process| is_about_to_listen(process, running_for, START_TIMEOUT));
        if coming && retries.allow_another() {
            tokio::time::sleep(RETRY).await;
            return Ok(());
        }
        Err(Failure::Down(Box::new(Page::down(
            &route.name,
            &route.address,
            error,
            process.as_ref(),
            coming,
        ))))
    }

    /// Sends a request that upgrades its connection. When the service accepts, forwards bytes in
    /// both directions until one side closes.
    async fn tunnel(
        &self,
        outgoing: &Outgoing,
        body: RequestBody,
        client: hyper::upgrade::OnUpgrade,
        watch: Watch,
    ) -> Result<Response<ResponseBody>, Page<'static>> {
        let mut request = Some(outgoing.request(body));
        let mut retries = Retries::default();
        let route = &outgoing.route;
        let mut response = loop {
            if let Err(down) = self.wait_while_down(route, &mut retries).await {
                return Err(down.page(&route.name, watch));
            }
            let failure = match upstream::send_upgrade(route.target(), &mut request).await {
                Ok(response) => break response,
                Err(SendError::Connect(error)) => {
                    match self.wait(route, Some(&error), &mut retries).await {
                        Ok(()) => continue,
                        Err(down) => down,
                    }
                }
                Err(SendError::Unsent) if retries.allow_another() => continue,
                Err(SendError::Unsent) => Failure::Broken("it closes every connection".to_owned()),
                Err(SendError::Lost(error)) => Failure::Broken(error),
            };
            return Err(failure.page(&route.name, watch));
        };
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Ok(answer(response, watch));
        }
        watch.answered(response.status(), response.headers());
        let service = hyper::upgrade::on(&mut response);
        let ending = self.ending.clone();
        self.tunnels.spawn(async move {
            let (client, service) = match tokio::try_join!(client, service) {
                Ok(both) => both,
                Err(error) => return watch.record().failed(&describe(&error)),
            };
            let (mut client, mut service) = (TokioIo::new(client), TokioIo::new(service));
            let copying = tokio::io::copy_bidirectional(&mut client, &mut service);
            tokio::select! {
                // Either side may end a tunnel at any time; that is not a failure.
                passed = copying => if let Ok((sent, received)) = passed {
                    watch.record().count(Direction::Request, sent);
                    watch.record().count(Direction::Response, received);
                },
                () = ending.cancelled() => watch.record().failed("prox was stopped"),
            }
        });
        let protocol = headers::upgrade(response.headers());
        headers::strip_hop_by_hop(response.headers_mut());
        if let Some(protocol) = protocol {
            headers::set_upgrade(response.headers_mut(), protocol);
        }
        Ok(response.map(|_| ResponseBody::empty()))
    }
}

/// The retries of a request.
#[derive(Default)]
struct Retries {
    since: Option<Instant>,
}

impl Retries {
    /// Whether another retry is allowed.
    fn allow_another(&mut self) -> bool {
        self.since.get_or_insert_with(Instant::now).elapsed() < START_TIMEOUT
    }
}

/// The reason why a request has no response.
enum Failure {
    Down(Box<Page<'static>>),
    Broken(String),
}

impl Failure {
    fn page(self, service: &str, watch: Watch) -> Page<'static> {
        let page = match self {
            Self::Down(page) => *page,
            Self::Broken(error) => Page::broken(service, &error),
        };
        watch.record().failed(page.title());
        watch.answered(page.status(), &HeaderMap::new());
        page
    }
}

impl Outgoing {
    fn request(&self, body: RequestBody) -> Request<RequestBody> {
        let mut request = Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.headers_mut() = self.headers.clone();
        *request.uri_mut() = self.path.clone();
        if let Some(interim) = &self.interim {
            let interim = Arc::clone(interim);
            hyper::ext::on_informational(&mut request, move |response| {
                interim.forward(response.status(), response.headers());
            });
        }
        if self.grpc {
            let authority = request.headers_mut().remove(HOST);
            let authority = authority
                .as_ref()
                .and_then(|host| host.to_str().ok())
                .unwrap_or_default();
            let absolute = Uri::builder()
                .scheme("http")
                .authority(authority)
                .path_and_query(path_of(&self.path))
                .build();
            if let Ok(uri) = absolute {
                *request.uri_mut() = uri;
            }
            *request.version_mut() = Version::HTTP_2;
        }
        request
    }
}

fn answer(response: Response<Answer>, watch: Watch) -> Response<ResponseBody> {
    watch.answered(response.status(), response.headers());
    let (mut parts, body) = response.into_parts();
    headers::strip_hop_by_hop(&mut parts.headers);
    parts.version = Version::HTTP_11;
    let tap = watch.tap(Direction::Response);
    Response::from_parts(
        parts,
        ResponseBody::Tapped(TappedBody::new(body, tap, watch)),
    )
}

fn path_of(uri: &Uri) -> PathAndQuery {
    uri.path_and_query()
        .cloned()
        .unwrap_or_else(|| PathAndQuery::from_static("/"))
}
