//! Connections to services and their reuse. Sends requests unchanged.
//!
//! An HTTP/1.1 connection is polled by its current user, not by a task of its own: reading a
//! response's body polls its connection, so no task on another thread is woken, and dropping a body
//! closes its connection at once.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response, Version, response};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::client::conn::{TrySendError, http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpStream;

use super::error::describe;
use super::graceful_close::{ServiceStream, Stalled};
use super::headers;
use super::request_body::RequestBody;
use super::workers;

/// The maximum idle time of a connection. Node closes idle connections after 5 s, and few servers
/// close them sooner.
const MAX_IDLE: Duration = Duration::from_secs(4);
/// The maximum idle time of a connection for a request that must not be sent twice.
const MAX_IDLE_UNSAFE: Duration = Duration::from_secs(1);
/// The maximum number of idle connections of one service.
const MAX_KEPT: usize = 256;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection to a service with the handle to send requests.
struct Link {
    sender: http1::SendRequest<RequestBody>,
    connection: http1::Connection<TokioIo<ServiceStream>, RequestBody>,
    stalled: Stalled,
}

/// Idle connections, with the time since which each is idle.
type Idle = Mutex<Vec<(Instant, Box<Link>)>>;

/// A pool of reusable connections. Each worker has its own connections, because they belong to the
/// runtime that opened them.
#[derive(Default)]
pub(super) struct Pool {
    workers: [Idle; workers::MAX_WORKERS],
    /// Idle connections used by replays.
    others: Idle,
    http2: Mutex<Option<http2::SendRequest<RequestBody>>>,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Pool").finish_non_exhaustive()
    }
}

impl Pool {
    /// Takes the connection that was used last, if it is open and was not idle for too long.
    fn take(&self, max_idle: Duration) -> Option<Box<Link>> {
        let mut context = Context::from_waker(Waker::noop());
        loop {
            let (since, mut link) = self.idle().pop()?;
            if since.elapsed() > max_idle {
                if max_idle == MAX_IDLE {
                    self.idle().clear();
                }
                return None;
            }
            let open = Pin::new(&mut link.connection)
                .poll(&mut context)
                .is_pending();
            if open && link.sender.is_ready() {
                return Some(link);
            }
        }
    }

    fn put(&self, link: Box<Link>) {
        let mut idle = self.idle();
        if idle.len() < MAX_KEPT {
            idle.push((Instant::now(), link));
        }
    }

    /// Closes connections that were idle for too long, so that a stopping service does not wait for
    /// them.
    pub(super) fn sweep(&self) {
        for idle in self.workers.iter().chain([&self.others]) {
            lock(idle).retain(|(since, _)| since.elapsed() <= MAX_IDLE);
        }
    }

    /// The idle connections of this thread.
    fn idle(&self) -> MutexGuard<'_, Vec<(Instant, Box<Link>)>> {
        let own = workers::number().and_then(|number| self.workers.get(number));
        lock(own.unwrap_or(&self.others))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Host and port of a service.
pub(super) type Address<'a> = (&'a str, u16);

/// A request that is taken out when it is sent. It is passed by reference until then, because it is
/// large.
pub(super) type Unsent = Option<Request<RequestBody>>;

/// The reason why there is no response.
pub(super) enum SendError {
    /// The connection failed. The request was not taken, and can be sent again.
    Connect(io::Error),
    /// An idle connection was closed before the request was sent. The request can be sent again.
    Unsent,
    /// The connection failed after sending had begun.
    Lost(String),
}

/// Sends a request over HTTP/1.1. Also returns whether an existing connection was used.
pub(super) async fn send(
    pool: &Arc<Pool>,
    address: Address<'_>,
    request: &mut Unsent,
    repeatable: bool,
) -> (bool, Result<Response<Answer>, SendError>) {
    let max_idle = if repeatable {
        MAX_IDLE
    } else {
        MAX_IDLE_UNSAFE
    };
    if let Some(link) = pool.take(max_idle) {
        return (true, exchange(pool, link, request).await);
    }
    // Boxed, because it is large and rare.
    let result = match Box::pin(open(address)).await {
        Ok(stream) => {
            let (stream, stalled) = ServiceStream::new(stream);
            match Box::pin(http1::handshake(TokioIo::new(stream))).await {
                Ok((sender, connection)) => {
                    let link = Link {
                        sender,
                        connection,
                        stalled,
                    };
                    exchange(pool, Box::new(link), request).await
                }
                Err(error) => Err(SendError::Lost(describe(&error))),
            }
        }
        Err(error) => Err(SendError::Connect(error)),
    };
    (false, result)
}

/// Sends a request for an upgrade on a new connection.
pub(super) async fn send_upgrade(
    address: Address<'_>,
    request: &mut Unsent,
) -> Result<Response<Answer>, SendError> {
    let stream = open(address).await.map_err(SendError::Connect)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| SendError::Lost(describe(&error)))?;
    // The task ends with both bodies, or with the tunnel.
    tokio::spawn(connection.with_upgrades());
    let response = sender.try_send_request(taken(request)?).await;
    response
        .map(|response| response.map(Answer::with_own_task))
        .map_err(|error| failed(error, request))
}

/// Sends a request over HTTP/2 without TLS, as gRPC servers expect it.
pub(super) async fn send_http2(
    pool: &Pool,
    address: Address<'_>,
    request: &mut Unsent,
) -> Result<Response<Answer>, SendError> {
    let kept = lock(&pool.http2)
        .clone()
        .filter(|sender| !sender.is_closed());
    let mut sender = match kept {
        Some(sender) => sender,
        None => {
            let stream = open(address).await.map_err(SendError::Connect)?;
            let (sender, connection) = http2::Builder::new(TokioExecutor::new())
                .timer(TokioTimer::new())
                .handshake(TokioIo::new(stream))
                .await
                .map_err(|error| SendError::Lost(describe(&error)))?;
            tokio::spawn(connection);
            *lock(&pool.http2) = Some(sender.clone());
            sender
        }
    };
    let response = sender.try_send_request(taken(request)?).await;
    response
        .map(|response| response.map(Answer::with_own_task))
        .map_err(|error| failed(error, request))
}

fn taken(request: &mut Unsent) -> Result<Request<RequestBody>, SendError> {
    let gone = || SendError::Lost("the request was sent already".to_owned());
    request.take().ok_or_else(gone)
}

/// Restores a request that was not sent.
fn failed(mut error: TrySendError<Request<RequestBody>>, request: &mut Unsent) -> SendError {
    *request = error.take_message();
    if request.is_some() {
        SendError::Unsent
    } else {
        SendError::Lost(describe(error.error()))
    }
}

async fn open((host, port): Address<'_>) -> io::Result<TcpStream> {
    let connect = async {
        match TcpStream::connect((host, port)).await {
            // Some development servers listen on `localhost` and get only `::1`.
            Err(error) if host == "127.0.0.1" => {
                TcpStream::connect(("::1", port)).await.map_err(|_| error)
            }
            result => result,
        }
    };
    let stream = tokio::time::timeout(CONNECT_TIMEOUT, connect)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn exchange(
    pool: &Arc<Pool>,
    mut link: Box<Link>,
    request: &mut Unsent,
) -> Result<Response<Answer>, SendError> {
    let bodiless = request
        .as_ref()
        .is_none_or(|request| request.body().is_end_stream());
    let Link {
        sender, connection, ..
    } = link.as_mut();
    let mut sending = std::pin::pin!(sender.try_send_request(taken(request)?));
    let sent = std::future::poll_fn(|context| {
        let connection = Pin::new(&mut *connection).poll(context);
        match (sending.as_mut().poll(context), connection) {
            (Poll::Ready(sent), _) => Poll::Ready(Some(sent)),
            (Poll::Pending, Poll::Ready(_)) => Poll::Ready(None),
            (Poll::Pending, Poll::Pending) => Poll::Pending,
        }
    })
    .await;
    match sent {
        Some(Ok(response)) => {
            let (parts, incoming) = response.into_parts();
            let stays_open = stays_open(&parts);
            let mut answer = Answer {
                incoming,
                idle: bodiless && stays_open,
                stays_open,
                link: Some(link),
                pool: Some(Arc::clone(pool)),
            };
            if answer.incoming.is_end_stream() {
                answer.finish(&mut Context::from_waker(Waker::noop()));
            }
            Ok(Response::from_parts(parts, answer))
        }
        Some(Err(error)) => Err(failed(error, request)),
        None => Err(SendError::Lost("the connection was closed".to_owned())),
    }
}

/// Whether a service accepts another request on a connection.
fn stays_open(answer: &response::Parts) -> bool {
    answer.version == Version::HTTP_11 && !headers::closes(&answer.headers)
}

/// The body of a response. It polls its connection, and returns it to the pool at the end.
pub(super) struct Answer {
    incoming: Incoming,
    /// Whether the connection is idle at the end of the body.
    idle: bool,
    /// Whether the service keeps the connection open.
    stays_open: bool,
    link: Option<Box<Link>>,
    /// The pool of the connection.
    pool: Option<Arc<Pool>>,
}

impl Answer {
    /// The body of a connection with a task of its own.
    fn with_own_task(incoming: Incoming) -> Self {
        Self {
            incoming,
            idle: false,
            stays_open: false,
            link: None,
            pool: None,
        }
    }

    /// Returns the connection to the pool, after the end of the body.
    fn finish(&mut self, context: &mut Context<'_>) {
        let (Some(mut link), Some(pool)) = (self.link.take(), self.pool.take()) else {
            return;
        };
        // The next user polls the connection, too. Polling now would read, while its read buffer
        // still belongs to the body.
        if self.idle {
            pool.put(link);
        } else if Pin::new(&mut link.connection).poll(context).is_pending() {
            if link.sender.is_ready() {
                pool.put(link);
            } else if self.stays_open {
                tokio::spawn(send_rest(link, pool));
            }
        }
    }
}

/// Sends the rest of a request that was answered before its end, as long as the service accepts it.
async fn send_rest(mut link: Box<Link>, pool: Arc<Pool>) {
    let Link {
        sender,
        connection,
        stalled,
    } = link.as_mut();
    let sent = std::future::poll_fn(|context| {
        if Pin::new(&mut *connection).poll(context).is_ready() {
            return Poll::Ready(false);
        }
        sender.poll_ready(context).map(|ready| ready.is_ok())
    });
    let sent = tokio::select! {
        sent = sent => sent,
        () = stalled.wait_until_stalled() => false,
    };
    if sent {
        pool.put(link);
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let this = self.get_mut();
        let mut moved = false;
        loop {
            match Pin::new(&mut this.incoming).poll_frame(context) {
                Poll::Ready(frame) => {
                    match frame {
                        Some(Ok(_)) if !this.incoming.is_end_stream() => {}
                        Some(Ok(_)) | None => this.finish(context),
                        Some(Err(_)) => this.link = None,
                    }
                    return Poll::Ready(frame);
                }
                Poll::Pending if moved => return Poll::Pending,
                Poll::Pending => {
                    moved = true;
                    if let Some(link) = &mut this.link
                        && Pin::new(&mut link.connection).poll(context).is_ready()
                    {
                        this.link = None;
                    }
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
