//! The body of a request to a service: forwarded frame by frame without buffering, and captured.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::graceful_close::Upload;
use prox_capture::store::Tap;

/// The body of a request to a service.
pub(super) struct RequestBody {
    source: Source,
    tap: Option<Tap>,
    /// Whether its length is undeclared, so that only its end shows that it is complete.
    has_no_length: bool,
}

enum Source {
    Client(Upload),
    Whole(Option<Bytes>),
}

impl RequestBody {
    /// The body from a client.
    pub(super) fn new(upload: Upload, tap: Tap) -> Self {
        let has_no_length = !upload.is_end_stream() && upload.size_hint().exact().is_none();
        if has_no_length {
            tap.is_whole(false);
        }
        Self {
            source: Source::Client(upload),
            tap: Some(tap),
            has_no_length,
        }
    }

    /// A body in memory.
    pub(super) fn whole(bytes: Bytes, tap: Tap) -> Self {
        Self {
            source: Source::Whole(Some(bytes).filter(|bytes| !bytes.is_empty())),
            tap: Some(tap),
            has_no_length: false,
        }
    }

    /// An empty body without capture.
    pub(super) fn empty() -> Self {
        Self {
            source: Source::Whole(None),
            tap: None,
            has_no_length: false,
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
                Some(Ok(frame)) => record_frame(tap, frame),
                Some(Err(_)) => tap.failed("the client aborted its request"),
                None => {}
            }
            let whole = !matches!(frame, Some(Err(_))) && this.source.is_end_stream();
            if this.has_no_length && whole {
                this.has_no_length = false;
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

/// Captures one frame.
pub(super) fn record_frame(tap: &mut Tap, frame: &Frame<Bytes>) {
    if let Some(data) = frame.data_ref() {
        tap.data(data);
    } else if let Some(trailers) = frame.trailers_ref() {
        tap.trailers(trailers);
    }
}
