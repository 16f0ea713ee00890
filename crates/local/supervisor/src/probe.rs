//! Probes for health checks and for dependencies, once or repeatedly. Starts only probe commands,
//! and restarts nothing.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use http::uri::Scheme;
use http::{HeaderValue, Request, StatusCode, Uri, header};
use http_body_util::Empty;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, BufReader};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::launch::{Launch, Wiring};
use super::listener::{self, Owner};
use super::probe_lines::ProbeRequests;
use super::tls;
use prox_config::model::{HealthCheck, Probe};
use prox_config::without_credentials;

/// The maximum interval between attempts during the start period, until one succeeds.
const START_PERIOD_INTERVAL: Duration = Duration::from_millis(500);

/// The user agent of health checks, by which a process can recognize their requests.
pub(super) const USER_AGENT: &str = "prox-health-check";

/// What a probe needs: how a probe command starts, and which process is checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProbeContext<'a> {
    pub(crate) runner: &'a Path,
    pub(crate) dir: &'a Path,
    pub(crate) env: &'a BTreeMap<String, String>,
    /// The process that must answer. None when any process may.
    pub(crate) leader: Option<u32>,
    /// The record of the requests that the health check sends to the process.
    pub(super) probe_requests: Option<&'a ProbeRequests>,
}

/// The result of a series of attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Healthy,
    Unhealthy(String),
}

/// Counts attempts: one success is healthy, several failures in a row are unhealthy.
#[derive(Debug)]
struct Tally {
    retries: u32,
    failures: u32,
    healthy: Option<bool>,
}

impl Tally {
    fn new(retries: u32) -> Self {
        Self {
            retries: retries.max(1),
            failures: 0,
            healthy: None,
        }
    }

    /// Counts a result, and returns the verdict when it changes. `counts` is whether failures
    /// count.
    fn count(&mut self, result: Result<(), String>, counts: bool) -> Option<Verdict> {
        match result {
            Ok(()) => {
                self.failures = 0;
                (self.healthy.replace(true) != Some(true)).then_some(Verdict::Healthy)
            }
            Err(reason) if counts || self.healthy.is_some() => {
                self.failures = self.failures.saturating_add(1);
                (self.failures >= self.retries && self.healthy.replace(false) != Some(false))
                    .then_some(Verdict::Unhealthy(reason))
            }
            Err(_) => None,
        }
    }
}

/// Probes repeatedly, and reports each change of the verdict. Never completes.
pub(crate) async fn watch(
    check: &HealthCheck,
    context: ProbeContext<'_>,
    mut report: impl FnMut(Verdict),
) {
    let begin = Instant::now();
    let mut tally = Tally::new(check.retries);
    loop {
        let result = once(&check.probe, context, check.timeout).await;
        let starting = begin.elapsed() < check.start_period;
        if let Some(verdict) = tally.count(result, !starting) {
            report(verdict);
        }
        let eager = starting && tally.healthy.is_none();
        sleep(if eager {
            check.interval.min(START_PERIOD_INTERVAL)
        } else {
            check.interval
        })
        .await;
    }
}

/// Probes once. The error is the reason, as a message for people.
pub(crate) async fn once(
    probe: &Probe,
    context: ProbeContext<'_>,
    limit: Duration,
) -> Result<(), String> {
    let attempt = async {
        match probe {
            Probe::Tcp(address) => {
                let at = peer(&connect(address).await?);
                belongs(at, context.leader).await
            }
            Probe::Http(url) => {
                let at = request(url, context.probe_requests).await?;
                belongs(at, context.leader).await
            }
            Probe::Cmd(cmd) => command(cmd, context).await,
            // The reader of the output finds the line, and ends these attempts.
            Probe::Log(line) => Err(format!("no line so far matches /{line}/")),
        }
    };
    timeout(limit, attempt)
        .await
        .unwrap_or_else(|_| Err(format!("no answer within {} s", limit.as_secs_f64())))
}

/// The address of the other end of a connection, when it is on this machine.
fn peer(stream: &TcpStream) -> Option<SocketAddr> {
    let (peer, local) = (stream.peer_addr().ok()?, stream.local_addr().ok()?);
    // A connection to an address of this machine comes from the same address.
    (peer.ip().to_canonical().is_loopback() || peer.ip() == local.ip()).then_some(peer)
}

/// Checks that the listener at an address belongs to the process or a descendant. An unknown owner
/// passes.
async fn belongs(at: Option<SocketAddr>, leader: Option<u32>) -> Result<(), String> {
    let (Some(at), Some(leader)) = (at, leader) else {
        return Ok(());
    };
    let owner = tokio::task::spawn_blocking(move || listener::owner(at, leader)).await;
    match owner {
        Ok(Owner::Other { pid, name }) => Err(format!(
            "{at} is answered by another program: {name}, process {pid}"
        )),
        _ => Ok(()),
    }
}

async fn connect(address: &str) -> Result<TcpStream, String> {
    TcpStream::connect(address)
        .await
        .map_err(|error| format!("{address}: {}", describe(&error)))
}

/// The text of a system error without its number.
fn describe(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((text, _)) => text.to_lowercase(),
        None => text,
    }
}

/// Sends a GET request. Returns the server's address, when it is on this machine.
async fn request(
    url: &str,
    probe_requests: Option<&ProbeRequests>,
) -> Result<Option<SocketAddr>, String> {
    let shown = without_credentials(url);
    let wrong = |error: &dyn std::fmt::Display| format!("{shown}: {error}");
    let uri: Uri = url.parse().map_err(|error| wrong(&error))?;
    let host = uri.host().ok_or_else(|| wrong(&"it names no host"))?;
    let secure = uri.scheme() == Some(&Scheme::HTTPS);
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let stream = connect(&format!("{host}:{port}")).await?;
    let at = peer(&stream);
    let _guard = probe_requests.map(|requests| RequestGuard::begin(requests, uri.path()));
    let status = if secure {
        let stream = tls::connect(host, stream)
            .await
            .map_err(|error| wrong(&error))?;
        get(&uri, stream).await
    } else {
        get(&uri, stream).await
    };
    let status = status.map_err(|error| wrong(&error))?;
    if status.is_success() || status.is_redirection() {
        Ok(at)
    } else {
        Err(wrong(&format!("it answers with {}", status.as_u16())))
    }
}

/// Records a request of the health check as running, until it is dropped.
struct RequestGuard<'a>(&'a ProbeRequests);

impl<'a> RequestGuard<'a> {
    fn begin(requests: &'a ProbeRequests, path: &str) -> Self {
        requests.begin(path);
        Self(requests)
    }
}

impl Drop for RequestGuard<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

async fn get(
    uri: &Uri,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) -> Result<StatusCode, Box<dyn std::error::Error + Send + Sync>> {
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let authority = uri.authority().map_or("", http::uri::Authority::as_str);
    // Credentials go into a header, and are not part of the address.
    let (credentials, host) = match authority.rsplit_once('@') {
        Some((credentials, host)) => (Some(credentials), host),
        None => (None, authority),
    };
    let mut request = Request::get(uri.path_and_query().map_or("/", |path| path.as_str()))
        .header(header::HOST, host)
        .header(header::USER_AGENT, USER_AGENT);
    if let Some(credentials) = credentials {
        request = request.header(header::AUTHORIZATION, basic(credentials)?);
    }
    let request = request.body(Empty::<bytes::Bytes>::new())?;
    let _connection = AbortOnDropHandle::new(tokio::spawn(connection));
    Ok(sender.send_request(request).await?.status())
}

/// The `Authorization` header for `name:password` (RFC 7617).
fn basic(credentials: &str) -> Result<HeaderValue, http::header::InvalidHeaderValue> {
    let (name, password) = credentials.split_once(':').unwrap_or((credentials, ""));
    let decode = |text| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
    let plain = [decode(name), b":".to_vec(), decode(password)].concat();
    let encoded = base64::engine::general_purpose::STANDARD.encode(plain);
    let mut value = HeaderValue::try_from(format!("Basic {encoded}"))?;
    value.set_sensitive(true);
    Ok(value)
}

async fn command(cmd: &str, context: ProbeContext<'_>) -> Result<(), String> {
    let launch = Launch {
        runner: context.runner,
        cmd,
        dir: context.dir,
        env: context.env,
        wiring: Wiring::Nothing,
        stop_signal: rustix::process::Signal::KILL.as_raw(),
        stop_timeout: Duration::ZERO,
        keeps_descendants: false,
    };
    // When this future is dropped, `control` closes and the command ends.
    let mut launched = launch.start()?;
    let mut reports = BufReader::new(&mut launched.control).lines();
    let mut result = Err("it could not be watched".to_owned());
    while let Ok(Some(line)) = reports.next_line().await {
        result = match line.split_once(' ') {
            Some(("exited", "0")) => Ok(()),
            Some(("exited", code)) => Err(format!("`{cmd}` exits with code {code}")),
            Some(("signaled", signal)) => Err(format!("`{cmd}` is ended by signal {signal}")),
            Some(("failed", reason)) => Err(reason.to_owned()),
            _ => continue,
        };
    }
    let _ = launched.child.wait().await;
    result
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;

    use super::*;

    fn failed() -> Result<(), String> {
        Err("refused".into())
    }

    #[test]
    fn failures_in_the_start_period_do_not_count() {
        let mut tally = Tally::new(2);
        assert_eq!(tally.count(failed(), false), None);
        assert_eq!(tally.count(failed(), false), None);
        assert_eq!(tally.count(failed(), true), None);
        assert_eq!(
            tally.count(failed(), true),
            Some(Verdict::Unhealthy("refused".into()))
        );
        assert_eq!(tally.count(failed(), true), None);
        assert_eq!(tally.count(Ok(()), true), Some(Verdict::Healthy));
    }

    #[test]
    fn a_failure_between_successes_is_forgiven() {
        let mut tally = Tally::new(2);
        assert_eq!(tally.count(Ok(()), true), Some(Verdict::Healthy));
        for _ in 0..3 {
            assert_eq!(tally.count(failed(), true), None);
            assert_eq!(tally.count(Ok(()), true), None);
        }
    }

    async fn try_http(answer: &'static str) -> Result<(), String> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/health?deep=1", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut line = String::new();
            BufReader::new(&mut stream)
                .read_line(&mut line)
                .await
                .unwrap();
            assert_eq!(line, "GET /health?deep=1 HTTP/1.1\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        let env = BTreeMap::new();
        let context = ProbeContext {
            runner: Path::new("/"),
            dir: Path::new("/"),
            env: &env,
            leader: None,
            probe_requests: None,
        };
        once(&Probe::Http(url), context, Duration::from_secs(30)).await
    }

    #[tokio::test]
    async fn http_is_healthy_with_success_and_redirections() {
        try_http("HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
        try_http("HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n")
            .await
            .unwrap();
        let error = try_http("HTTP/1.1 503 Unavailable\r\n\r\n")
            .await
            .unwrap_err();
        assert!(error.ends_with("it answers with 503"), "{error}");
        assert!(try_http("nonsense\r\n\r\n").await.is_err());
    }

    #[tokio::test]
    async fn credentials_of_an_address_are_sent_and_never_shown() {
        for (credentials, plain) in [
            ("ada:pw", "ada:pw"),
            ("ada", "ada:"),
            (":key", ":key"),
            ("a%40b:p%3Aw%2F", "a@b:p:w/"),
            ("ada:p:w", "ada:p:w"),
        ] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let served = tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut head = Vec::new();
                let mut lines = BufReader::new(&mut stream).lines();
                while let Some(line) = lines.next_line().await.unwrap() {
                    if line.is_empty() {
                        break;
                    }
                    head.push(line);
                }
                let answer = b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n";
                stream.write_all(answer).await.unwrap();
                head
            });
            let url = format!("http://{credentials}@{address}/health");
            let error = request(&url, None).await.unwrap_err();
            assert_eq!(
                error,
                format!("http://[redacted]@{address}/health: it answers with 401")
            );
            let head = served.await.unwrap();
            assert!(head.contains(&format!("host: {address}")), "{head:?}");
            let encoded = base64::engine::general_purpose::STANDARD.encode(plain);
            assert!(
                head.contains(&format!("authorization: Basic {encoded}")),
                "{head:?}"
            );
        }
    }

    #[tokio::test]
    async fn https_needs_no_trusted_certificate() {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der());
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let settings = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.unwrap())
            .unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(settings));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = acceptor.accept(stream).await.unwrap();
            let mut line = String::new();
            BufReader::new(&mut stream)
                .read_line(&mut line)
                .await
                .unwrap();
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(answer).await.unwrap();
            stream.flush().await.unwrap();
        });
        request(&url, None).await.unwrap();
    }

    #[tokio::test]
    async fn tcp_explains_a_failure_in_words() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        connect(&address).await.unwrap();
        drop(listener);
        assert_eq!(
            connect(&address).await.unwrap_err(),
            format!("{address}: connection refused")
        );
    }
}
