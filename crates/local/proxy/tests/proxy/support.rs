//! Services, clients, and a proxy between them.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use indexmap::IndexMap;
use prox_capture::{Filter, RequestDetail};
use prox_config::model::{Api, Capture, Logs, Project, Proxy, Service};
use prox_events::{EventBus, Kind, ProcessView, RequestView, Status};
use prox_proxy::{Handle, StatePaths, Targets, serve_in};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The timeout of everything, even on a loaded machine.
pub const LONG: Duration = Duration::from_secs(30);

/// The process states that a test sets.
#[derive(Default)]
pub struct Processes {
    views: Mutex<HashMap<String, ProcessView>>,
    uptimes: Mutex<HashMap<String, Duration>>,
    pub warnings: Mutex<Vec<String>>,
}

impl Processes {
    pub fn set(&self, name: &str, status: Status) {
        let view = ProcessView {
            name: name.to_owned(),
            kind: Kind::Process,
            status,
            health: None,
            reason: None,
            pid: None,
            exit_code: (status == Status::Crashed).then_some(1),
            signal: None,
            started_at: None,
            restarts: 0,
            cpu_percent: None,
            memory_bytes: None,
            ports: Vec::new(),
            groups: Vec::new(),
        };
        self.views.lock().unwrap().insert(name.to_owned(), view);
    }

    /// Makes it running, with a start time that a later change of the clock has made wrong.
    pub fn set_running(&self, name: &str, uptime: Duration, started_at: &str) {
        self.set(name, Status::Running);
        let mut views = self.views.lock().unwrap();
        views.get_mut(name).unwrap().started_at = Some(started_at.to_owned());
        let mut uptimes = self.uptimes.lock().unwrap();
        uptimes.insert(name.to_owned(), uptime);
    }
}

impl Targets for Processes {
    fn process(&self, service: &str) -> Option<ProcessView> {
        self.views.lock().unwrap().get(service).cloned()
    }

    fn status(&self, service: &str) -> Option<Status> {
        Some(self.views.lock().unwrap().get(service)?.status)
    }

    fn running_for(&self, service: &str) -> Option<Duration> {
        self.uptimes.lock().unwrap().get(service).copied()
    }

    fn warn(&self, message: &str) {
        self.warnings.lock().unwrap().push(message.to_owned());
    }
}

/// A running proxy with its own folders.
pub struct Bench {
    pub handle: Handle,
    pub processes: Arc<Processes>,
    pub project: Project,
    pub folder: tempfile::TempDir,
}

impl Bench {
    /// A proxy for services on these ports.
    pub async fn new(services: &[(&str, u16)]) -> Self {
        Self::with(services, |_| {}).await
    }

    /// A proxy with changes of its configuration.
    pub async fn with(services: &[(&str, u16)], change: impl FnOnce(&mut Project)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut project = project(folder.path().to_owned(), services);
        change(&mut project);
        let processes = Arc::<Processes>::default();
        let places = places(&folder);
        let targets = Arc::clone(&processes) as Arc<dyn Targets>;
        let handle = serve_in(&places, &project, targets, Arc::<EventBus>::default())
            .await
            .unwrap();
        Self {
            handle,
            processes,
            project,
            folder,
        }
    }

    pub fn places(&self) -> StatePaths {
        places(&self.folder)
    }

    pub fn port(&self) -> u16 {
        self.handle.http_port().unwrap()
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port()))
            .await
            .unwrap()
    }

    /// Sends a request over HTTP/1.1. Returns the whole response.
    pub async fn get(&self, host: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::get(path).header("host", host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Full::default()).unwrap()).await
    }

    pub async fn send(&self, request: Request<Full<Bytes>>) -> Answer {
        let mut client = self.client().await;
        Answer::read(client.send_request(request).await.unwrap()).await
    }

    /// A client that keeps one connection.
    pub async fn client<B>(&self) -> SendRequest<B>
    where
        B: Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
    {
        let io = TokioIo::new(self.connect().await);
        let (client, connection) = handshake(io).await.unwrap();
        tokio::spawn(connection);
        client
    }

    pub fn list(&self) -> Vec<RequestView> {
        self.list_by(Filter::default())
    }

    pub fn list_by(&self, filter: Filter) -> Vec<RequestView> {
        self.handle.store().list(&filter.matcher().unwrap())
    }

    /// The only request, once it has ended and is stored.
    pub async fn only(&self) -> RequestDetail {
        until("the request is kept", || async {
            let list = self.list();
            assert!(list.len() <= 1, "{list:?}");
            let view = list.into_iter().next().filter(|view| !view.in_flight)?;
            let detail = self.handle.store().detail(&view.id, true).unwrap();
            detail.exchange.is_some().then_some(detail)
        })
        .await
    }
}

fn places(folder: &tempfile::TempDir) -> StatePaths {
    StatePaths {
        authorities: folder.path().join("ca"),
        requests: folder.path().join("requests"),
    }
}

pub fn project(root: PathBuf, services: &[(&str, u16)]) -> Project {
    let services: IndexMap<_, _> = services
        .iter()
        .map(|(name, port)| {
            let service = Service {
                port: *port,
                host: "127.0.0.1".to_owned(),
                listen: None,
            };
            ((*name).to_owned(), service)
        })
        .collect();
    Project {
        warnings: Vec::new(),
        file: root.join("prox.yaml"),
        env_files: std::collections::BTreeSet::new(),
        root,
        api: Api {
            port: None,
            host: "127.0.0.1".to_owned(),
            auth: true,
        },
        shutdown_timeout: Duration::from_secs(10),
        processes: IndexMap::new(),
        tasks: IndexMap::new(),
        dependencies: IndexMap::new(),
        groups: IndexMap::new(),
        services,
        proxy: Proxy {
            enabled: true,
            http_port: Some(0),
            https_port: None,
            domain: "localhost".to_owned(),
            capture: Capture {
                enabled: true,
                max_body_size: 1 << 20,
                disk_budget: 64 << 20,
                redact: Vec::new(),
            },
        },
        logs: Logs {
            dir: None,
            max_size: 10 << 20,
            max_files: 5,
            retention: Duration::from_secs(7 * 24 * 3600),
        },
    }
}

/// A request for the service `web`.
pub fn get(path: &str) -> Request<Full<Bytes>> {
    let request = Request::get(path).header("host", "web.localhost");
    request.body(Full::default()).unwrap()
}

/// A whole response.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub trailers: Option<HeaderMap>,
}

impl Answer {
    pub async fn read(response: Response<Incoming>) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap();
        Self {
            status: parts.status,
            headers: parts.headers,
            trailers: body.trailers().cloned(),
            body: body.to_bytes(),
        }
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }
}

/// A service that uses hyper: HTTP/1.1 and HTTP/2.
pub async fn service<F, R, B>(answer: F) -> u16
where
    F: Fn(Request<Incoming>) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Response<B>> + Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(serve_on(listener, answer));
    port
}

pub async fn serve_on<F, R, B>(listener: TcpListener, answer: F)
where
    F: Fn(Request<Incoming>) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Response<B>> + Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let answer = answer.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let answer = answer(request);
                async move { Ok::<_, Infallible>(answer.await) }
            });
            let _ = auto::Builder::new(TokioExecutor::new())
                .serve_connection_with_upgrades(TokioIo::new(stream), service)
                .await;
        });
    }
}

/// A service that gets each connection as a stream.
pub async fn raw<F, R>(serve: F) -> u16
where
    F: Fn(TcpStream, SocketAddr) -> R + Send + Sync + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, peer) = listener.accept().await.unwrap();
            tokio::spawn(serve(stream, peer));
        }
    });
    port
}

/// A port on which nothing listens.
pub async fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

/// Reads up to the end of a text.
pub async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut read = Vec::new();
    let reading = async {
        while !read.ends_with(end.as_bytes()) {
            read.push(stream.read_u8().await.unwrap());
        }
    };
    let done = tokio::time::timeout(LONG, reading).await;
    let text = String::from_utf8_lossy(&read).into_owned();
    assert!(done.is_ok(), "read only {text:?}");
    text
}

/// Reads the head of a request, and answers.
pub async fn respond(stream: &mut TcpStream, answer: &str) -> String {
    let head = read_until(stream, "\r\n\r\n").await;
    stream.write_all(answer.as_bytes()).await.unwrap();
    head
}

/// Retries until the function returns a value.
pub async fn until<T, R: Future<Output = Option<T>>>(what: &str, ask: impl Fn() -> R) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(started.elapsed() < LONG, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
