//! The ends of connections on which a request was answered before all of it was sent. Closing one
//! while bytes come resets it, and a reset can overtake the answer, which is then lost.

use std::io;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;
use tokio_util::sync::CancellationToken;

use super::forward::Peer;

/// How long a client may go on sending what nobody reads any more.
const LINGER: Duration = Duration::from_secs(30);
/// How long it may pause in that.
const PAUSE: Duration = Duration::from_secs(2);

/// A client's connection. After the last answer, what still comes is read and dropped until the
/// client closes, too (RFC 9112, 9.6).
pub(super) struct FromClient {
    stream: TcpStream,
    peer: Arc<Peer>,
    ending: CancellationToken,
    /// Since when it has been closed on our side, and how long it still waits.
    closed: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl FromClient {
    /// Closed without waiting once `ending` is cancelled.
    pub(super) fn new(stream: TcpStream, peer: Arc<Peer>, ending: CancellationToken) -> Self {
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
            // Whoever writes reads, too, and is woken by the end that it reads.
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
