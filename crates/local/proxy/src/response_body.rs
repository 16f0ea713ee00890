//! The body of a response to a client: forwarded frame by frame without buffering, and captured.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use prox_capture::store::{Tap, Watch};

use super::error::describe;
use super::request_body::record_frame;
use super::upstream::Answer;

/// The body of a response to a client.
pub(super) enum ResponseBody {
    /// A page of the proxy itself.
    Page(Option<Bytes>),
    /// The body from a service.
    Tapped(TappedBody),
}

impl ResponseBody {
    /// An empty body.
    pub(super) fn empty() -> Self {
        Self::Page(None)
    }
}

/// A captured body. The captured request ends with the body.
pub(super) struct TappedBody {
    body: Answer,
    tap: Tap,
    watch: Option<Watch>,
}

impl TappedBody {
    /// A body that ends the request when it ends.
    pub(super) fn new(body: Answer, tap: Tap, watch: Watch) -> Self {
        // A body that has ended already may never be polled.
        let watch = Some(watch).filter(|_| !body.is_end_stream());
        Self { body, tap, watch }
    }

    fn poll(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        match &frame {
            Poll::Pending => {}
            Poll::Ready(Some(Ok(frame))) => {
                record_frame(&mut self.tap, frame);
                if self.body.is_end_stream() {
                    self.watch = None;
                }
            }
            Poll::Ready(Some(Err(error))) => {
                if let Some(watch) = self.watch.take() {
                    let error = describe(error);
                    watch
                        .record()
                        .failed(&format!("the service aborted its response: {error}"));
                }
            }
            Poll::Ready(None) => self.watch = None,
        }
        frame
    }
}

impl Drop for TappedBody {
    fn drop(&mut self) {
        if let Some(watch) = self.watch.take() {
            watch.record().failed("the client went away");
        }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match self.get_mut() {
            Self::Page(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Tapped(tapped) => tapped.poll(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Page(bytes) => bytes.is_none(),
            Self::Tapped(tapped) => tapped.body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Page(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Self::Tapped(tapped) => tapped.body.size_hint(),
        }
    }
}
