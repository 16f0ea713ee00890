//! Closes connections whose request was answered before all of it was sent. Closing while bytes
//! arrive resets the connection, and a reset can overtake the answer, which is then lost.

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

/// How long a client may keep sending after its request was answered.
const LINGER: Duration = Duration::from_secs(30);
/// How long it may pause in that.
const PAUSE: Duration = Duration::from_secs(2);

/// A client's connection. After the last answer, what still comes is read and dropped until the
/// client closes, too (RFC 9112, 9.6).
pub(super) struct FromClient {
    stream: TcpStream,
    peer: Arc<ClientAddr>,
    ending: CancellationToken,
    /// Since when it has been closed on our side, and how long it still waits.
    closed: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl FromClient {
    /// Closed without waiting once `ending` is cancelled.
    pub(super) fn new(stream: TcpStream, peer: Arc<ClientAddr>, ending: CancellationToken) -> Self {
        Self {
            stream,
            peer,
            ending,
            closed: None,
        }
    }
}

impl AsyncRead for FromClient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for FromClient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
        // What comes through a tunnel is still for the service.
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

/// The body of a request. The part that is no longer needed is read and dropped. Otherwise, over
/// HTTP/2, its stream would be reset, which clients that are still sending treat as a failure; over
/// HTTP/1.1 its connection would be closed, together with a request that follows the upload.
pub(super) struct Upload {
    /// Until its end.
    incoming: Option<Incoming>,
    /// Whether the client sends the body at once, or was already sent `100 Continue`.
    comes: bool,
}

impl Upload {
    /// The body of a request as it came.
    pub(super) fn of(request: Request<Incoming>) -> Self {
        let comes = !request.headers().contains_key(EXPECT);
        Self::new(request.into_body(), comes)
    }

    /// `comes` says whether the client sends the body without waiting for `100 Continue`.
    pub(super) fn new(incoming: Incoming, comes: bool) -> Self {
        let incoming = Some(incoming).filter(|incoming| !incoming.is_end_stream());
        Self { incoming, comes }
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.comes = true;
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
        let Some(mut rest) = self.incoming.take().filter(|_| self.comes) else {
            return;
        };
        let reading =
            async move { while let Ok(Some(Ok(_))) = timeout(PAUSE, rest.frame()).await {} };
        // Without a runtime, everything ends.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(timeout(LINGER, reading));
        }
    }
}

/// Since when a service takes nothing of what is sent to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Stalled(Arc<Mutex<Option<Instant>>>);

impl Stalled {
    fn set(&self, stalled: bool) {
        let mut since = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *since = stalled.then(|| since.unwrap_or_else(Instant::now));
    }

    /// Ends when the service has taken nothing for as long as clients may pause.
    pub(super) async fn for_long(&self) {
        loop {
            tokio::time::sleep(PAUSE / 4).await;
            let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if since.is_some_and(|since| since.elapsed() > PAUSE) {
                return;
            }
        }
    }
}

/// A service's connection. One that cannot be written to any more may have been answered on: only
/// what is left to read says how it ends.
pub(super) struct ToService {
    stream: TcpStream,
    stalled: Stalled,
}

impl ToService {
    /// Beside it, whether it is stalled.
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
            // The task that writes also reads, and the end of the stream wakes it.
            Poll::Ready(Err(_)) => Poll::Pending,
            result => result,
        }
    }
}

impl AsyncRead for ToService {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for ToService {
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
