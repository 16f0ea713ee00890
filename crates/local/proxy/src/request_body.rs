//! The body of a request on its way to a service: passed on frame by frame, seen by the capture,
//! never buffered.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::graceful_close::Upload;
use prox_capture::store::Tap;

/// A request's body, on its way to a service.
pub(super) struct RequestBody {
    source: Source,
    tap: Option<Tap>,
    /// Whether its length is unknown, so that only its end shows that it is complete.
    endless: bool,
}

enum Source {
    Client(Upload),
    Whole(Option<Bytes>),
}

impl RequestBody {
    /// The body that a client sends.
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

    /// A body that is in memory already.
    pub(super) fn whole(bytes: Bytes, tap: Tap) -> Self {
        Self {
            source: Source::Whole(Some(bytes).filter(|bytes| !bytes.is_empty())),
            tap: Some(tap),
            endless: false,
        }
    }

    /// No body, and no capture.
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
                Some(Ok(frame)) => record_frame(tap, frame),
                Some(Err(_)) => tap.failed("the client aborted its request"),
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

/// Shows one frame to the capture.
pub(super) fn record_frame(tap: &mut Tap, frame: &Frame<Bytes>) {
    if let Some(data) = frame.data_ref() {
        tap.data(data);
    } else if let Some(trailers) = frame.trailers_ref() {
        tap.trailers(trailers);
    }
}
