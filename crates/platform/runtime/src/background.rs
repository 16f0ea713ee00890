//! Work that continues after the response. Owns the only way to start it, the same for
//! requests, cron runs and rooms.

use std::future::Future;
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use worker::send::SendWrapper;

/// Keeps the runtime's event alive until the given work is done. Cheap to clone.
#[derive(Clone)]
pub struct Background(SendWrapper<Rc<dyn Fn(LocalBoxFuture<'static, ()>)>>);

impl Background {
    /// Wraps an event's `waitUntil`.
    pub fn new(wait_until: impl Fn(LocalBoxFuture<'static, ()>) + 'static) -> Self {
        Self(SendWrapper::new(Rc::new(wait_until)))
    }

    /// Starts the work and returns at once.
    pub fn run(&self, work: impl Future<Output = ()> + 'static) {
        (self.0)(Box::pin(work));
    }
}
