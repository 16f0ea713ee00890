//! Graceful closing of connections whose request was answered before all of it was sent. Closing a
//! connection while bytes arrive resets it, and a reset can overtake the response, which is then
//! lost.

use std::io;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use http::header::EXPECT;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::time::{Sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::client::ClientAddr;
use super::delegate::{delegate_read, delegate_write};

/// The maximum time that a client may send after its request was answered.
const LINGER: Duration = Duration::from_secs(30);
/// The maximum time that it may pause.
const PAUSE: Duration = Duration::from_secs(2);

/// A client's connection. After the last response, reads and drops further bytes until the client
/// closes, too (RFC 9112, 9.6).
pub(super) struct ClientStream {
    stream: TcpStream,
    peer: Arc<ClientAddr>,
    ending: CancellationToken,
    /// The time since it was closed on our side, and the timer of the wait for the client.
    closed: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl ClientStream {
    /// Wraps a connection. When `ending` is cancelled, it closes without waiting.
    pub(super) fn new(stream: TcpStream, peer: Arc<ClientAddr>, ending: CancellationToken) -> Self {
        Self {
            stream,
            peer,
            ending,
            closed: None,
        }
    }
}

impl AsyncRead for ClientStream {
    delegate_read!();
}

impl AsyncWrite for ClientStream {
    delegate_write!();

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
        // Bytes of a tunnel are for the service.
        if this.peer.tunnels.load(Ordering::Relaxed) || this.ending.is_cancelled() {
            return Poll::Ready(Ok(()));
        }
        let (since, waits) = this
            .closed
            .get_or_insert_with(|| (Instant::now(), Box::pin(tokio::time::sleep(PAUSE))));
        let mut dropped = [0; 16 << 10];
        loop {
            let mut buffer = ReadBuf::new(&mut dropped);
            match Pin::new(&mut this.stream).poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    let left = LINGER.saturating_sub(since.elapsed());
                    waits
                        .as_mut()
                        .reset(tokio::time::Instant::now() + left.min(PAUSE));
                    if left.is_zero() {
                        return Poll::Ready(Ok(()));
                    }
                }
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => return waits.as_mut().poll(context).map(Ok),
            }
        }
    }
}

/// The body of a request. When it is dropped, the rest is read and dropped. Otherwise, over HTTP/2,
/// its stream would be reset, which clients that are still sending treat as a failure; over
/// HTTP/1.1 its connection would be closed, together with a request that follows the upload.
pub(super) struct Upload {
    /// The body. None after its end.
    incoming: Option<Incoming>,
    /// Whether the client sends the body: it does not wait for `100 Continue`, or has received it.
    is_sent: bool,
}

impl Upload {
    /// The body of a received request.
    pub(super) fn of(request: Request<Incoming>) -> Self {
        let is_sent = !request.headers().contains_key(EXPECT);
        Self::new(request.into_body(), is_sent)
    }

    /// Wraps a body. `is_sent` is whether the client sends it without waiting for `100 Continue`.
    pub(super) fn new(incoming: Incoming, is_sent: bool) -> Self {
        let incoming = Some(incoming).filter(|incoming| !incoming.is_end_stream());
        Self { incoming, is_sent }
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.is_sent = true;
        let Some(incoming) = &mut self.incoming else {
            return Poll::Ready(None);
        };
        let frame = ready!(Pin::new(&mut *incoming).poll_frame(context));
        if !matches!(frame, Some(Ok(_))) || incoming.is_end_stream() {
            self.incoming = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let nothing = || SizeHint::with_exact(0);
        self.incoming.as_ref().map_or_else(nothing, Body::size_hint)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let Some(mut rest) = self.incoming.take().filter(|_| self.is_sent) else {
            return;
        };
        let reading =
            async move { while let Ok(Some(Ok(_))) = timeout(PAUSE, rest.frame()).await {} };
        // Without a runtime, the proxy has ended.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(timeout(LINGER, reading));
        }
    }
}

/// The time since which a service accepts no bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Stalled(Arc<Mutex<Option<Instant>>>);

impl Stalled {
    fn set(&self, stalled: bool) {
        let mut since = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *since = stalled.then(|| since.unwrap_or_else(Instant::now));
    }

    /// Returns when the service has accepted no bytes for [`PAUSE`].
    pub(super) async fn wait_until_stalled(&self) {
        loop {
            tokio::time::sleep(PAUSE / 4).await;
            let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if since.is_some_and(|since| since.elapsed() > PAUSE) {
                return;
            }
        }
    }
}

/// A connection to a service. When writing fails, a response may have been received already, so
/// only reading ends it.
pub(super) struct ServiceStream {
    stream: TcpStream,
    stalled: Stalled,
}

impl ServiceStream {
    /// Wraps a connection. Also returns its [`Stalled`] state.
    pub(super) fn new(stream: TcpStream) -> (Self, Stalled) {
        let stalled = Stalled::default();
        let this = Self {
            stream,
            stalled: stalled.clone(),
        };
        (this, stalled)
    }

    fn written(&self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.stalled.set(result.is_pending());
        match result {
            // The same task reads, and the end of the stream wakes it.
            Poll::Ready(Err(_)) => Poll::Pending,
            result => result,
        }
    }
}

impl AsyncRead for ServiceStream {
    delegate_read!();
}

impl AsyncWrite for ServiceStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.written(result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
