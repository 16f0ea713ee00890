//! Work that goes on after the answer. Owns the one way to start it; whether the
//! runtime's event is a request, a cron run or a room's makes no difference here.

use std::future::Future;
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use worker::send::SendWrapper;

/// Keeps the event alive until what it was given is done. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Background(SendWrapper<Rc<dyn Fn(LocalBoxFuture<'static, ()>)>>);

impl Background {
    /// Wraps an event's `waitUntil`.
    pub(crate) fn new(wait_until: impl Fn(LocalBoxFuture<'static, ()>) + 'static) -> Self {
        Self(SendWrapper::new(Rc::new(wait_until)))
    }

    /// Begins at once, and returns at once.
    pub(crate) fn run(&self, work: impl Future<Output = ()> + 'static) {
        (self.0)(Box::pin(work));
    }
}
