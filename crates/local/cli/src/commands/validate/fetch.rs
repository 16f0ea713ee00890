//! Fetches the status and the headers of one response from a development server, over HTTP or
//! HTTPS. Trusts the certificates of this machine and the authorities of prox's own proxy. Does not
//! follow redirects.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::task::AbortOnDropHandle;
use url::Url;

use crate::exit::{Exit, Failure};
use prox_proxy::StatePaths;

/// The timeout of the app.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The paths of the trusted certificates on common systems, as one file.
const BUNDLES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The response of a server.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// Whether the certificate is signed by prox's own authority, which browsers do not trust by
    /// default.
    pub(super) by_prox: bool,
}

/// The reason why there is no response.
enum Fault {
    Silent(String),
    Untrusted(String),
}

/// Requests a page with these cookies.
pub(super) async fn fetch(url: &Url, cookies: Option<String>) -> Result<Answer, Failure> {
    let asked = timeout(TIMEOUT, ask(url, cookies.as_deref())).await;
    asked
        .unwrap_or_else(|_| Err(Fault::Silent("did not answer within 10 s".to_owned())))
        .map_err(|fault| match fault {
            Fault::Silent(why) => Failure::help(
                Exit::NotReady,
                format!("{url} {why}"),
                "start the app with `prox up`, or leave this out with `--no-fetch`",
            ),
            Fault::Untrusted(why) => Failure::help(
                Exit::Failure,
                format!("{url} has a certificate that this machine does not trust: {why}"),
                "a home cannot show it as long as the browser does not trust it either: make the system trust its issuer, or have prox serve https (`https_port`, then `prox trust`)",
            )
            .with_code("CERTIFICATE_UNTRUSTED"),
        })
}

async fn ask(url: &Url, cookies: Option<&str>) -> Result<Answer, Fault> {
    if url.scheme() == "http" {
        return get(url, cookies, connect(url).await?, false).await;
    }
    match secure(url, system_roots()).await {
        Err(Fault::Untrusted(why)) => match secure(url, prox_roots()).await {
            Ok(stream) => get(url, cookies, stream, true).await,
            // The error of the system's certificates is reported.
            Err(_) => Err(Fault::Untrusted(why)),
        },
        stream => get(url, cookies, stream?, false).await,
    }
}

async fn connect(url: &Url) -> Result<TcpStream, Fault> {
    let host = host_of(url);
    // As in browsers, names below localhost mean this machine, although some resolvers do not know
    // them (RFC 6761, 6.3).
    let host = if host.ends_with(".localhost") {
        "localhost"
    } else {
        host
    };
    let port = url.port_or_known_default().unwrap_or(80);
    TcpStream::connect((host, port))
        .await
        .map_err(|_| Fault::Silent("does not answer".to_owned()))
}

/// The host of a URL, without the brackets of an IPv6 address.
fn host_of(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    host.trim_start_matches('[').trim_end_matches(']')
}

async fn secure(url: &Url, roots: RootCertStore) -> Result<TlsStream<TcpStream>, Fault> {
    let odd = |error: &dyn std::fmt::Display| Fault::Silent(format!("cannot be reached: {error}"));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let settings = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| odd(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host_of(url).to_owned()).map_err(|error| odd(&error))?;
    let stream = connect(url).await?;
    TlsConnector::from(Arc::new(settings))
        .connect(name, stream)
        .await
        .map_err(|error| refused(&error))
}

/// The reason of a failed handshake, for people.
fn refused(error: &io::Error) -> Fault {
    let inner = error.get_ref();
    match inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(error)) => Fault::Untrusted(match error {
            CertificateError::UnknownIssuer => {
                "it is self-signed, or signed by an unknown authority".to_owned()
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "it has expired".to_owned()
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "it is not valid yet: check this machine's clock".to_owned()
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "it is for other names".to_owned()
            }
            // Some development tools create self-signed certificates.
            CertificateError::Other(_) => "it is self-signed".to_owned(),
            other => other.to_string(),
        }),
        Some(rustls::Error::InvalidMessage(_)) => {
            Fault::Silent("does not speak https; is it http?".to_owned())
        }
        _ => Fault::Silent(format!("ended the connection: {error}")),
    }
}

/// The certificates that this machine trusts. Empty when the system has no such file.
fn system_roots() -> RootCertStore {
    let named = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    let known = BUNDLES.iter().map(PathBuf::from);
    let file = named.into_iter().chain(known).find(|file| file.is_file());
    roots(file.into_iter())
}

/// The authorities of prox's proxy, one for each domain.
fn prox_roots() -> RootCertStore {
    let folder = StatePaths::of("").map(|places| places.authorities);
    let domains = folder.and_then(std::fs::read_dir).into_iter().flatten();
    roots(domains.flatten().map(|domain| domain.path().join("ca.pem")))
}

fn roots(files: impl Iterator<Item = impl AsRef<Path>>) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    for file in files {
        let certificates = CertificateDer::pem_file_iter(file).into_iter().flatten();
        // Invalid certificates are ignored.
        roots.add_parsable_certificates(certificates.flatten());
    }
    roots
}

async fn get(
    url: &Url,
    cookies: Option<&str>,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    by_prox: bool,
) -> Result<Answer, Fault> {
    let broken = |error: &dyn std::fmt::Display| {
        Fault::Silent(format!("does not answer like a web server: {error}"))
    };
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| broken(&error))?;
    let _connection = AbortOnDropHandle::new(tokio::spawn(connection));
    let mut request = Request::get(&url[url::Position::BeforePath..url::Position::AfterQuery])
        .header(
            "host",
            &url[url::Position::BeforeHost..url::Position::AfterPort],
        )
        .header("user-agent", "prox-validate")
        .header("accept", "text/html,*/*");
    if let Some(cookies) = cookies {
        request = request.header(http::header::COOKIE, cookies);
    }
    let request = request
        .body(Empty::<Bytes>::new())
        .map_err(|error| broken(&error))?;
    let answer = sender
        .send_request(request)
        .await
        .map_err(|error| broken(&error))?;
    Ok(Answer {
        status: answer.status(),
        headers: answer.headers().clone(),
        by_prox,
    })
}
