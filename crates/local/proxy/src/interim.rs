//! Interim responses to a client: `103 Early Hints`, `102 Processing` (RFC 9110, 15.2). hyper
//! receives them from a service but does not send them, so they are written between its own writes,
//! when it has nothing left to write. This works with HTTP/1.1 only; with HTTP/2 only hyper could
//! send them.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf as _, BytesMut};
use http::{HeaderMap, StatusCode};
use tokio::io::{AsyncRead, AsyncWrite};

use super::delegate::{delegate_read, delegate_write};
use super::headers;

/// The maximum size of waiting interim responses of a client, in bytes. Further ones are dropped,
/// as RFC 9110 allows.
const MAX_WAITING: usize = 64 << 10;

/// The interim responses that are waiting to be sent to a client.
#[derive(Debug, Default)]
pub(super) struct Interim {
    /// Whether there are any. Checked before the lock, because there are rarely any.
    any: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    waiting: BytesMut,
    /// The task that waits until they are sent.
    sender: Option<Waker>,
}

impl Interim {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes interim responses of an earlier request.
    pub(super) fn clear(&self) {
        if self.any.load(Ordering::Acquire) {
            self.lock().waiting.clear();
            self.any.store(false, Ordering::Release);
        }
    }

    /// Adds an interim response of a service, except for those that concern only the connection to
    /// the service.
    pub(super) fn forward(&self, status: StatusCode, headers: &HeaderMap) {
        let for_this_connection = [StatusCode::CONTINUE, StatusCode::SWITCHING_PROTOCOLS];
        if !status.is_informational() || for_this_connection.contains(&status) {
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
        if state.waiting.len() + head.len() <= MAX_WAITING {
            state.waiting.extend_from_slice(&head);
            self.any.store(true, Ordering::Release);
        }
    }

    /// Waits until all are sent, because the final response comes after them.
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

    /// Writes all waiting responses.
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

/// A client's connection on which interim responses are sent when it is flushed. hyper flushes it
/// after it has written all its data, and while it waits for a response.
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
    delegate_read!();
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WithInterim<S> {
    delegate_write!();

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.interim.poll_write(Pin::new(&mut this.stream), context))?;
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
