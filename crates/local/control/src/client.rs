//! A typed client of the local API. It does not start a supervisor, and does not retry.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client as Http;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::PREFIX;
use super::api_types::{
    ErrorBody, EventParams, LogPage, LogParams, PageParams, ReloadView, StatusView, StdinBody,
};
use super::sse::Reader;
use prox_events::{Event, LogLine, ProcessView};

/// The timeout of a connection to this machine.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The timeout of a response that only reads.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// The error of a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// No supervisor answered, or the connection was lost.
    #[error("the supervisor does not respond: {0}")]
    NotReachable(String),
    /// The supervisor answered with an error.
    #[error("{message}")]
    Refused {
        /// The HTTP status.
        status: StatusCode,
        /// The code of the error, for programs.
        code: String,
        /// The message for people.
        message: String,
    },
    /// The response is not one of the local API.
    #[error("the supervisor sent an invalid response: {0}")]
    NotUnderstood(String),
}

impl ClientError {
    /// The code of an error response.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            Self::NotReachable(_) | Self::NotUnderstood(_) => None,
        }
    }
}

/// A client of a supervisor's local API. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: Http<HttpConnector, Full<Bytes>>,
    base: String,
    token: String,
}

impl Client {
    /// A client for an address, which connects with the first call. The token is empty when none is
    /// required.
    #[must_use]
    pub fn new(host: &str, port: u16, token: &str) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        connector.set_nodelay(true);
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        Self {
            http: Http::builder(TokioExecutor::new()).build(connector),
            base: format!("http://{host}:{port}{PREFIX}"),
            token: token.to_owned(),
        }
    }

    /// The state of the supervisor and of everything that it runs.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub async fn status(&self) -> Result<StatusView, ClientError> {
        self.get("/status").await
    }

    /// Lists processes, tasks and dependencies.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub async fn processes(&self) -> Result<Vec<ProcessView>, ClientError> {
        self.get("/processes").await
    }

    /// Reads one process, task or dependency.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; `PROCESS_NOT_FOUND`.
    pub async fn process(&self, name: &str) -> Result<ProcessView, ClientError> {
        self.get(&format!("/processes/{}", encode(name))).await
    }

    /// Starts a process or a group.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; `PROCESS_NOT_FOUND`, `PROCESS_ALREADY_RUNNING`.
    pub async fn start(&self, name: &str) -> Result<Vec<ProcessView>, ClientError> {
        self.act(name, "start").await
    }

    /// Stops a process or a group, and waits until it has ended.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; `PROCESS_NOT_FOUND`.
    pub async fn stop(&self, name: &str) -> Result<Vec<ProcessView>, ClientError> {
        self.act(name, "stop").await
    }

    /// Restarts a process or a group.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; `PROCESS_NOT_FOUND`.
    pub async fn restart(&self, name: &str) -> Result<Vec<ProcessView>, ClientError> {
        self.act(name, "restart").await
    }

    async fn act(&self, name: &str, action: &str) -> Result<Vec<ProcessView>, ClientError> {
        self.post(&format!("/processes/{}/{action}", encode(name)), &())
            .await
    }

    /// Writes to a process's standard input.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; `PROCESS_NOT_FOUND`, `PROCESS_NOT_RUNNING`.
    pub async fn write_stdin(&self, name: &str, text: &str) -> Result<(), ClientError> {
        let body = StdinBody {
            text: text.to_owned(),
        };
        self.post(&format!("/processes/{}/stdin", encode(name)), &body)
            .await
    }

    /// Reads lines of the log, oldest first.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; `FILTER_INVALID`.
    pub async fn logs(&self, params: &LogParams) -> Result<Vec<LogLine>, ClientError> {
        self.get(&with_query("/logs", params)?).await
    }

    /// Reads a page of the log, older or newer than a line.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; `FILTER_INVALID`.
    pub async fn log_page(&self, params: &PageParams) -> Result<LogPage, ClientError> {
        self.get(&with_query("/logs/page", params)?).await
    }

    /// Streams lines of the log as they are written, without gaps.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; `FILTER_INVALID`, `CURSOR_GONE`.
    pub async fn log_stream(&self, params: &LogParams) -> Result<Stream<LogLine>, ClientError> {
        self.stream(&with_query("/logs/stream", params)?).await
    }

    /// Streams all events. Begins with the log lines that `params` request and with the current
    /// state of all processes. A reader that was too slow gets that state again.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; `CURSOR_GONE`.
    pub async fn events(&self, params: &EventParams) -> Result<Stream<Event>, ClientError> {
        self.stream(&with_query("/events", params)?).await
    }

    /// Reloads the configuration.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; `CONFIG_RELOAD_FAILED`.
    pub async fn reload(&self) -> Result<ReloadView, ClientError> {
        self.post("/reload", &()).await
    }

    /// Asks the supervisor to stop everything and end. Returns before it has ended.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub async fn shutdown(&self) -> Result<(), ClientError> {
        self.post("/shutdown", &()).await
    }

    /// Sends a GET request to any path with query below the API's prefix, with a timeout of 10 s.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        let answer = async {
            let body = self.send(Method::GET, path, Bytes::new(), &[]).await?;
            read_json(body).await
        };
        timeout(ANSWER_TIMEOUT, answer).await.unwrap_or_else(|_| {
            let seconds = ANSWER_TIMEOUT.as_secs();
            Err(ClientError::NotReachable(format!(
                "no answer in {seconds} s"
            )))
        })
    }

    /// Sends a POST request with a JSON body to any path below the API's prefix.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<T, ClientError> {
        let body =
            serde_json::to_vec(body).map_err(|e| ClientError::NotUnderstood(e.to_string()))?;
        let headers = [(CONTENT_TYPE, "application/json")];
        let answer = self.send(Method::POST, path, body.into(), &headers).await?;
        read_json(answer).await
    }

    /// Opens any stream of server-sent events below the API's prefix.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub async fn stream<T: DeserializeOwned>(&self, path: &str) -> Result<Stream<T>, ClientError> {
        let headers = [(ACCEPT, "text/event-stream")];
        let body = self.send(Method::GET, path, Bytes::new(), &headers).await?;
        Ok(Stream {
            body,
            reader: Reader::default(),
            last_seq: None,
            item: std::marker::PhantomData,
        })
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
        headers: &[(HeaderName, &str)],
    ) -> Result<Incoming, ClientError> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        if !self.token.is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {}", self.token));
        }
        let request = request
            .body(Full::new(body))
            .map_err(|error| ClientError::NotUnderstood(error.to_string()))?;
        let answer = self.http.request(request).await.map_err(not_reachable)?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer.into_body());
        }
        let body = answer.into_body().collect().await.map_err(not_reachable)?;
        let body = body.to_bytes();
        Err(match serde_json::from_slice::<ErrorBody>(&body) {
            Ok(ErrorBody { error, code }) => ClientError::Refused {
                status,
                code,
                message: error,
            },
            Err(_) => ClientError::NotUnderstood(format!("HTTP {status}")),
        })
    }
}

/// The events of a stream, in order.
#[derive(Debug)]
pub struct Stream<T> {
    body: Incoming,
    reader: Reader,
    last_seq: Option<u64>,
    item: std::marker::PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Stream<T> {
    /// The next event. None when the supervisor ended the stream.
    ///
    /// # Errors
    ///
    /// [`ClientError::NotReachable`] when the connection was lost.
    pub async fn next(&mut self) -> Result<Option<T>, ClientError> {
        loop {
            if let Some(message) = self.reader.next_message() {
                if let Some(seq) = message.id.and_then(|id| id.parse().ok()) {
                    self.last_seq = Some(seq);
                }
                return serde_json::from_str(&message.data)
                    .map(Some)
                    .map_err(|error| ClientError::NotUnderstood(error.to_string()));
            }
            match self.body.frame().await {
                None => return Ok(None),
                Some(Err(error)) => return Err(ClientError::NotReachable(error.to_string())),
                Some(Ok(frame)) => {
                    if let Some(bytes) = frame.data_ref() {
                        self.reader.push(bytes);
                    }
                }
            }
        }
    }

    /// The sequence number of the last received log line, after which another stream can resume.
    #[must_use]
    pub fn last_seq(&self) -> Option<u64> {
        self.last_seq
    }
}

async fn read_json<T: DeserializeOwned>(body: Incoming) -> Result<T, ClientError> {
    let body = body.collect().await.map_err(not_reachable)?.to_bytes();
    let body = if body.is_empty() { &b"null"[..] } else { &body };
    serde_json::from_slice(body).map_err(|error| ClientError::NotUnderstood(error.to_string()))
}

/// An error with all its sources, because the outermost is only "client error".
fn not_reachable(error: impl std::error::Error) -> ClientError {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    ClientError::NotReachable(text)
}

/// A path with query parameters.
fn with_query(path: &str, params: &impl Serialize) -> Result<String, ClientError> {
    let query = serde_urlencoded::to_string(params)
        .map_err(|error| ClientError::NotUnderstood(error.to_string()))?;
    Ok(if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    })
}

/// Encodes a name as one segment of a path.
fn encode(segment: &str) -> String {
    percent_encoding::utf8_percent_encode(segment, percent_encoding::NON_ALPHANUMERIC).to_string()
}
