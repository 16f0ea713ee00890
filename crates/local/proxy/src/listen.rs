//! The ports of the proxy, on loopback only. Accepts connections, detects TLS, and passes requests
//! to the forwarder.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use http::header::{HOST, HeaderValue, LOCATION};
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::client::{ClientAddr, Listener};
use super::forward::Forwarder;
use super::graceful_close::ClientStream;
use super::interim::WithInterim;
use super::response_body::ResponseBody;
use super::route::hostname;
use super::workers::Workers;

/// The timeout of the first byte and of the TLS handshake.
const BEGIN: Duration = Duration::from_secs(10);
/// The time that connections have to finish during a shutdown.
const GRACE: Duration = Duration::from_secs(2);

/// A port that is open on both loopback addresses.
#[derive(Debug)]
pub(super) struct Port {
    listeners: Vec<TcpListener>,
    /// The port number.
    pub number: u16,
}

impl Port {
    /// Opens a port; 0 is any free one.
    ///
    /// # Errors
    ///
    /// When it is in use on either address, or must not be opened.
    pub(super) async fn open(number: u16) -> io::Result<Self> {
        let first = TcpListener::bind((IpAddr::V4(Ipv4Addr::LOCALHOST), number)).await?;
        let number = first.local_addr()?.port();
        let mut listeners = vec![first];
        // Browsers try `::1` first for `*.localhost`. Some machines do not have it.
        match TcpListener::bind((IpAddr::V6(Ipv6Addr::LOCALHOST), number)).await {
            Ok(second) => listeners.push(second),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            Err(_) => {}
        }
        Ok(Self { listeners, number })
    }

    /// Serves the port until the token is cancelled.
    pub(super) fn serve(self, server: &Arc<Server>, workers: &Arc<Workers>) {
        for listener in self.listeners {
            let (server, workers) = (Arc::clone(server), Arc::clone(workers));
            let tasks = server.tasks.clone();
            tasks.spawn(async move { server.accept(listener, &workers).await });
        }
    }
}

/// The server of one port.
pub(super) struct Server {
    pub forwarder: Arc<Forwarder>,
    pub listener: Arc<Listener>,
    /// The TLS acceptor of an HTTPS port. Plain HTTP requests are redirected to HTTPS, or served as
    /// well at the port of a single service.
    pub tls: Option<TlsAcceptor>,
    pub tasks: TaskTracker,
    pub ending: CancellationToken,
}

impl Server {
    async fn accept(self: Arc<Self>, listener: TcpListener, workers: &Workers) {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = self.ending.cancelled() => return,
            };
            match accepted {
                Ok((stream, peer)) => self.hand_over(stream, peer, workers),
                // Usually too many open files: waits for others to be closed.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Passes a connection to a worker, after detaching it from the runtime that accepted it.
    fn hand_over(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr, workers: &Workers) {
        let (Ok(stream), Some(worker)) = (stream.into_std(), workers.next()) else {
            return;
        };
        let server = Arc::clone(self);
        let serving = async move {
            if let Ok(stream) = TcpStream::from_std(stream) {
                server.connection(stream, peer).await;
            }
        };
        self.tasks.spawn_on(serving, worker);
    }

    async fn connection(&self, stream: TcpStream, peer: SocketAddr) {
        // Without this option, only latency is worse.
        let _ = stream.set_nodelay(true);
        let peer = Arc::new(ClientAddr::new(peer));
        let client = |stream| ClientStream::new(stream, Arc::clone(&peer), self.ending.clone());
        let Some(tls) = &self.tls else {
            return self.serve(client(stream), &peer, &self.listener).await;
        };
        let mut first = [0];
        let begun = tokio::time::timeout(BEGIN, stream.peek(&mut first)).await;
        match (begun, first) {
            (Ok(Ok(1)), [0x16]) => {
                let accepting = tokio::time::timeout(BEGIN, tls.accept(client(stream)));
                if let Ok(Ok(stream)) = accepting.await {
                    let listener = Arc::new(Listener {
                        https: true,
                        ..Listener::clone(&self.listener)
                    });
                    self.serve(stream, &peer, &listener).await;
                }
            }
            (Ok(Ok(1)), _) if self.listener.only.is_some() => {
                self.serve(client(stream), &peer, &self.listener).await;
            }
            (Ok(Ok(1)), _) => self.redirect(stream).await,
            _ => {}
        }
    }

    async fn serve<S>(&self, stream: S, peer: &Arc<ClientAddr>, listener: &Arc<Listener>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = service_fn(|request: Request<Incoming>| {
            let forwarder = Arc::clone(&self.forwarder);
            let (peer, listener) = (Arc::clone(peer), Arc::clone(listener));
            async move { Ok::<_, Infallible>(forwarder.handle(request, &peer, &listener).await) }
        });
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder
            .http1()
            // Only local clients connect, so a timer for every request is not needed.
            .header_read_timeout(None)
            .auto_date_header(false)
            .http2()
            .timer(TokioTimer::new())
            .auto_date_header(false)
            .initial_stream_window_size(1 << 20)
            .initial_connection_window_size(4 << 20);
        let stream = WithInterim::new(stream, Arc::clone(&peer.interim));
        let mut connection =
            std::pin::pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
        // A token of its own, because every check of a token takes its lock.
        let end = self.ending.child_token();
        let mut ending = std::pin::pin!(end.cancelled());
        let mut is_registered = false;
        let ended = std::future::poll_fn(|context| {
            // The result of a connection does not matter here.
            if connection.as_mut().poll(context).is_ready() {
                return Poll::Ready(true);
            }
            // Polling once registers the waker.
            if is_registered && !end.is_cancelled() {
                return Poll::Pending;
            }
            is_registered = true;
            ending.as_mut().poll(context).map(|()| false)
        })
        .await;
        if !ended {
            connection.as_mut().graceful_shutdown();
            let _ = tokio::time::timeout(GRACE, connection).await;
        }
    }

    /// Redirects plain HTTP to HTTPS on the same port.
    async fn redirect(&self, stream: TcpStream) {
        let port = self.listener.port;
        let service = service_fn(move |request: Request<Incoming>| async move {
            let host = request
                .headers()
                .get(HOST)
                .and_then(|host| host.to_str().ok());
            let path = request
                .uri()
                .path_and_query()
                .map_or("/", |path| path.as_str());
            let target = format!(
                "https://{}:{port}{path}",
                hostname(host.unwrap_or("localhost"))
            );
            let mut response = Response::new(ResponseBody::empty());
            *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
            if let Ok(target) = HeaderValue::from_str(&target) {
                response.headers_mut().insert(LOCATION, target);
            }
            Ok::<_, Infallible>(response)
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .keep_alive(false)
            .serve_connection(TokioIo::new(stream), service);
        let _ = tokio::time::timeout(BEGIN, connection).await;
    }
}
