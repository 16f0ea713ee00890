//! Health checks and searches for dependencies: probes once or repeatedly. Starts nothing but the
//! probe commands, and restarts nothing.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use http::uri::Scheme;
use http::{Request, StatusCode, Uri, header};
use http_body_util::Empty;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, BufReader};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::launch::{Launch, Wiring};
use super::tls;
use prox_config::model::{HealthCheck, Probe};

/// From one try to the next at most, before the first that succeeds in the start period.
const EAGER: Duration = Duration::from_millis(500);

/// How commands that try are started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surroundings<'a> {
    pub(crate) runner: &'a Path,
    pub(crate) dir: &'a Path,
    pub(crate) env: &'a BTreeMap<String, String>,
}

/// What a series of tries amounts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Healthy,
    Unhealthy(String),
}

/// Counts tries: one success makes healthy, several failures in a row unhealthy.
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

    /// The verdict, when it is another. `counts`: whether a failure does.
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

/// Probes for as long as it is polled, and reports each change.
pub(crate) async fn watch(
    check: &HealthCheck,
    around: Surroundings<'_>,
    mut tell: impl FnMut(Verdict),
) {
    let begin = Instant::now();
    let mut tally = Tally::new(check.retries);
    loop {
        let result = once(&check.probe, around, check.timeout).await;
        let starting = begin.elapsed() < check.start_period;
        if let Some(verdict) = tally.count(result, !starting) {
            tell(verdict);
        }
        let eager = starting && tally.healthy.is_none();
        sleep(if eager {
            check.interval.min(EAGER)
        } else {
            check.interval
        })
        .await;
    }
}

/// Tries once. The error says in words why not.
pub(crate) async fn once(
    probe: &Probe,
    around: Surroundings<'_>,
    limit: Duration,
) -> Result<(), String> {
    let attempt = async {
        match probe {
            Probe::Tcp(address) => connect(address).await.map(drop),
            Probe::Http(url) => request(url).await,
            Probe::Cmd(cmd) => command(cmd, around).await,
            // The reader of the output finds it, and ends these tries.
            Probe::Log(line) => Err(format!("no line so far matches /{line}/")),
        }
    };
    timeout(limit, attempt)
        .await
        .unwrap_or_else(|_| Err(format!("no answer within {} s", limit.as_secs_f64())))
}

async fn connect(address: &str) -> Result<TcpStream, String> {
    TcpStream::connect(address)
        .await
        .map_err(|error| format!("{address}: {}", words(&error)))
}

/// An error of the system, without its number.
fn words(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_lowercase(),
        None => text,
    }
}

async fn request(url: &str) -> Result<(), String> {
    let wrong = |error: &dyn std::fmt::Display| format!("{url}: {error}");
    let uri: Uri = url.parse().map_err(|error| wrong(&error))?;
    let host = uri.host().ok_or_else(|| wrong(&"it names no host"))?;
    let secure = uri.scheme() == Some(&Scheme::HTTPS);
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let stream = connect(&format!("{host}:{port}")).await?;
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
        Ok(())
    } else {
        Err(wrong(&format!("it answers with {}", status.as_u16())))
    }
}

async fn get(
    uri: &Uri,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) -> Result<StatusCode, Box<dyn std::error::Error + Send + Sync>> {
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let authority = uri.authority().map_or("", http::uri::Authority::as_str);
    let request = Request::get(uri.path_and_query().map_or("/", |path| path.as_str()))
        .header(header::HOST, authority)
        .header(header::USER_AGENT, "prox")
        .body(Empty::<bytes::Bytes>::new())?;
    let _connection = AbortOnDropHandle::new(tokio::spawn(connection));
    Ok(sender.send_request(request).await?.status())
}

async fn command(cmd: &str, around: Surroundings<'_>) -> Result<(), String> {
    let launch = Launch {
        runner: around.runner,
        cmd,
        dir: around.dir,
        env: around.env,
        wiring: Wiring::Nothing,
        stop_signal: rustix::process::Signal::KILL.as_raw(),
        stop_timeout: Duration::ZERO,
        keeps_descendants: false,
    };
    // When this is given up, `control` closes, and the command ends.
    let mut launched = launch.start()?;
    let mut told = BufReader::new(&mut launched.control).lines();
    let mut result = Err("it could not be watched".to_owned());
    while let Ok(Some(line)) = told.next_line().await {
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
        let around = Surroundings {
            runner: Path::new("/"),
            dir: Path::new("/"),
            env: &env,
        };
        once(&Probe::Http(url), around, Duration::from_secs(30)).await
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
        request(&url).await.unwrap();
    }

    #[tokio::test]
    async fn tcp_says_in_words_why_not() {
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
