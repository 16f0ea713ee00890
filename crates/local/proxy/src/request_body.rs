//! Bodies on their way: passed on frame by frame, seen by the capture, never gathered.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::ends::Upload;
use super::upstream::Answer;
use prox_capture::store::{Tap, Watch};

/// A request's body, on its way to a service.
pub(super) struct RequestBody {
    source: Source,
    tap: Option<Tap>,
    /// Whether it is only at its end that anybody knows that it is whole.
    endless: bool,
}

enum Source {
    Client(Upload),
    Whole(Option<Bytes>),
}

impl RequestBody {
    /// What a client sends.
    pub(super) fn new(upload: Upload, tap: Tap) -> Self {
        let endless = !upload.is_end_stream() && upload.size_hint().exact().is_none();
        if endless {
            tap.is_whole(false);
        }
        Self {
            source: Source::Client(upload),
            tap: Some(tap),
            endless,
        }
    }

    /// What is in memory already.
    pub(super) fn whole(bytes: Bytes, tap: Tap) -> Self {
        Self {
            source: Source::Whole(Some(bytes).filter(|bytes| !bytes.is_empty())),
            tap: Some(tap),
            endless: false,
        }
    }

    /// Nothing, and nobody looks.
    pub(super) fn empty() -> Self {
        Self {
            source: Source::Whole(None),
            tap: None,
            endless: false,
        }
    }
}

impl Source {
    fn is_end_stream(&self) -> bool {
        match self {
            Self::Client(upload) => upload.is_end_stream(),
            Self::Whole(bytes) => bytes.is_none(),
        }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let this = self.get_mut();
        let frame = match &mut this.source {
            Source::Client(upload) => Pin::new(upload).poll_frame(context),
            Source::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
        };
        if let (Poll::Ready(frame), Some(tap)) = (&frame, &mut this.tap) {
            match frame {
                Some(Ok(frame)) => see(tap, frame),
                Some(Err(_)) => tap.failed("the client broke off what it sent"),
                None => {}
            }
            let whole = !matches!(frame, Some(Err(_))) && this.source.is_end_stream();
            if this.endless && whole {
                this.endless = false;
                tap.is_whole(true);
            }
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.source.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Client(upload) => upload.size_hint(),
            Source::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
        }
    }
}

/// A response's body, on its way to the client.
pub(super) enum ResponseBody {
    /// Said by the proxy itself.
    Page(Option<Bytes>),
    /// From a service.
    Passing(Passing),
}

impl ResponseBody {
    /// Nothing.
    pub(super) fn empty() -> Self {
        Self::Page(None)
    }
}

/// A body whose end is the request's end.
pub(super) struct Passing {
    body: Answer,
    tap: Tap,
    watch: Option<Watch>,
}

impl Passing {
    /// The request lasts as long as the body.
    pub(super) fn new(body: Answer, tap: Tap, watch: Watch) -> Self {
        // Nobody may ask a body that has ended already for its frames.
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
                see(&mut self.tap, frame);
                if self.body.is_end_stream() {
                    self.watch = None;
                }
            }
            Poll::Ready(Some(Err(error))) => {
                if let Some(watch) = self.watch.take() {
                    let error = super::upstream::describe(error);
                    watch
                        .record()
                        .failed(&format!("the service broke off: {error}"));
                }
            }
            Poll::Ready(None) => self.watch = None,
        }
        frame
    }
}

impl Drop for Passing {
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
            Self::Passing(passing) => passing.poll(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Page(bytes) => bytes.is_none(),
            Self::Passing(passing) => passing.body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Page(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Self::Passing(passing) => passing.body.size_hint(),
        }
    }
}

fn see(tap: &mut Tap, frame: &Frame<Bytes>) {
    if let Some(data) = frame.data_ref() {
        tap.data(data);
    } else if let Some(trailers) = frame.trailers_ref() {
        tap.trailers(trailers);
    }
}
