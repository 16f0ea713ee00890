//! HTTPS with the local authority.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper_util::rt::{TokioExecutor, TokioIo};
use prox_proxy::ca::{Authority, CaError};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::{Answer, Bench, read_until, service};

async fn bench() -> Bench {
    let port = service(|request: Request<hyper::body::Incoming>| async move {
        let proto = request.headers()["x-forwarded-proto"].to_str().unwrap();
        Response::new(Full::<Bytes>::from(proto.to_owned()))
    })
    .await;
    Bench::with(&[("web", port)], |project| {
        project.proxy.https_port = Some(0)
    })
    .await
}

async fn connect(
    bench: &Bench,
    name: &str,
    protocol: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = rustls::RootCertStore::empty();
    let path = bench.places().authorities.join("localhost/ca.pem");
    roots
        .add(CertificateDer::from_pem_file(path).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let stream = TcpStream::connect(("127.0.0.1", bench.handle.https_port().unwrap())).await?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

#[tokio::test]
async fn trusting_client_is_served_over_http1_and_http2() {
    let bench = bench().await;
    let stream = connect(&bench, "web.localhost", "http/1.1").await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    let request = Request::get("/").header("host", "web.localhost");
    let request = request.body(Full::<Bytes>::default()).unwrap();
    let answer = Answer::read(sender.send_request(request).await.unwrap()).await;
    assert_eq!(answer.text(), "https");

    let stream = connect(&bench, "web.localhost", "h2").await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    tokio::spawn(connection);
    let request = Request::get("https://web.localhost/");
    let request = request.body(Full::<Bytes>::default()).unwrap();
    let answer = Answer::read(sender.send_request(request).await.unwrap()).await;
    assert_eq!(answer.text(), "https");
}

#[tokio::test]
async fn the_authority_signs_for_its_domain_alone() {
    let bench = bench().await;
    for name in ["localhost", "127.0.0.1", "deep.web.localhost"] {
        assert!(connect(&bench, name, "h2").await.is_ok(), "{name}");
    }
    for name in ["example.com", "notlocalhost", "localhost.example.com"] {
        assert!(connect(&bench, name, "h2").await.is_err(), "{name}");
    }
}

#[tokio::test]
async fn plain_http_at_the_port_of_https_is_sent_to_https() {
    let bench = bench().await;
    let port = bench.handle.https_port().unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream
        .write_all(b"GET /path?q=1 HTTP/1.1\r\nhost: web.localhost\r\n\r\n")
        .await
        .unwrap();
    let head = read_until(&mut stream, "\r\n\r\n").await;
    let target = format!("location: https://web.localhost:{port}/path?q=1\r\n");
    assert!(head.contains("308") && head.contains(&target), "{head}");
}

#[test]
fn an_authority_is_made_once_and_its_key_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let first = Authority::open(folder.path(), "localhost").unwrap();
    let again = Authority::open(folder.path(), "Localhost.").unwrap();
    assert_eq!(first.fingerprint(), again.fingerprint());
    let other = Authority::open(folder.path(), "dev.test").unwrap();
    assert_ne!(first.fingerprint(), other.fingerprint());
    let key = folder.path().join("localhost/ca-key.pem");
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&key), 0o600);
    assert_eq!(mode(&folder.path().join("localhost")), 0o700);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let error = Authority::open(folder.path(), "localhost").err();
    assert!(matches!(error, Some(CaError::Exposed(_))));
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&key, "garbage").unwrap();
    let error = Authority::open(folder.path(), "localhost").err();
    assert!(matches!(error, Some(CaError::Broken { .. })));
}

#[test]
fn two_that_begin_at_once_end_with_one_authority() {
    let folder = tempfile::tempdir().unwrap();
    let prints: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    Authority::open(folder.path(), "localhost")
                        .unwrap()
                        .fingerprint()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let last = Authority::open(folder.path(), "localhost")
        .unwrap()
        .fingerprint();
    assert!(prints.iter().all(|print| *print == last), "{prints:?}");
}
