//! Interim responses on their way to a client: `103 Early Hints`, `102 Processing` (RFC 9110, 15.2).
//! hyper reads them from a service and writes none, so they are written between its own writes, at
//! moments when it has nothing left to write. HTTP/1.1 alone: within HTTP/2, only hyper could.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf as _, BytesMut};
use http::{HeaderMap, StatusCode};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::headers;

/// What may wait for one client, in bytes; what comes beyond is left out, as RFC 9110 allows.
const MOST: usize = 64 << 10;

/// The interim responses that wait for a client.
#[derive(Debug, Default)]
pub(super) struct Interim {
    /// Whether any wait. Looked at first, because nearly always there are none.
    any: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    waiting: BytesMut,
    /// The task that waits until they are written.
    sender: Option<Waker>,
}

impl Interim {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what an earlier request has left.
    pub(super) fn clear(&self) {
        if self.any.load(Ordering::Acquire) {
            self.lock().waiting.clear();
            self.any.store(false, Ordering::Release);
        }
    }

    /// Passes a response of a service on. What is between prox and the service alone is not.
    pub(super) fn pass(&self, status: StatusCode, headers: &HeaderMap) {
        let between_us = [StatusCode::CONTINUE, StatusCode::SWITCHING_PROTOCOLS];
        if !status.is_informational() || between_us.contains(&status) {
            return;
        }
        let mut headers = headers.clone();
        headers::strip_hop_by_hop(&mut headers);
        let reason = status.canonical_reason().unwrap_or_default();
        let mut head = format!("HTTP/1.1 {} {reason}\r\n", status.as_u16()).into_bytes();
        for (name, value) in &headers {
            head.extend_from_slice(name.as_str().as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n");
        let mut state = self.lock();
        if state.waiting.len() + head.len() <= MOST {
            state.waiting.extend_from_slice(&head);
            self.any.store(true, Ordering::Release);
        }
    }

    /// Waits until all are written: the final response comes behind them.
    pub(super) async fn written(&self) {
        std::future::poll_fn(|context| {
            if !self.any.load(Ordering::Acquire) {
                return Poll::Ready(());
            }
            let mut state = self.lock();
            if state.waiting.is_empty() {
                return Poll::Ready(());
            }
            state.sender = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Writes those that wait.
    fn poll_write(
        &self,
        mut stream: Pin<&mut impl AsyncWrite>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.any.load(Ordering::Acquire) {
            return Poll::Ready(Ok(()));
        }
        let mut state = self.lock();
        let mut result = Ok(());
        while !state.waiting.is_empty() {
            match ready!(stream.as_mut().poll_write(context, &state.waiting)) {
                Ok(0) => result = Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => state.waiting.advance(count),
                Err(error) => result = Err(error),
            }
            if result.is_err() {
                state.waiting.clear();
            }
        }
        self.any.store(false, Ordering::Release);
        if let Some(sender) = state.sender.take() {
            sender.wake();
        }
        Poll::Ready(result)
    }
}

/// A client's connection, on which interim responses are written when it is flushed. hyper flushes
/// it when it has written all that it had, and while a response is waited for.
pub(super) struct WithInterim<S> {
    stream: S,
    interim: Arc<Interim>,
}

impl<S> WithInterim<S> {
    pub(super) fn new(stream: S, interim: Arc<Interim>) -> Self {
        Self { stream, interim }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for WithInterim<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WithInterim<S> {
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

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.interim.poll_write(Pin::new(&mut this.stream), context))?;
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
