//! The threads that serve connections, each with its own runtime. A client's connection, the
//! connection to its service and their tasks stay on one thread: a multi-threaded runtime moves
//! tasks between threads, which costs more than the rest of a request.

use std::cell::Cell;
use std::io;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::{Builder, Handle};
use tokio_util::sync::{CancellationToken, DropGuard};

/// The maximum number of workers, because services need processors, too.
pub(super) const MAX_WORKERS: usize = 4;

thread_local! {
    static NUMBER: Cell<Option<usize>> = const { Cell::new(None) };
}

/// The number of this worker thread, less than [`MAX_WORKERS`]. None in other threads.
pub(super) fn number() -> Option<usize> {
    NUMBER.get()
}

/// Threads that serve connections until this value is dropped.
pub(super) struct Workers {
    runtimes: Vec<Handle>,
    given: AtomicUsize,
    _end: DropGuard,
}

impl Workers {
    /// Starts a worker for each processor, up to the maximum.
    ///
    /// # Errors
    ///
    /// When the system has no more threads or files.
    pub(super) fn start() -> io::Result<Self> {
        let count = std::thread::available_parallelism().map_or(1, NonZero::get);
        let end = CancellationToken::new();
        let guard = end.clone().drop_guard();
        let runtimes = (0..count.min(MAX_WORKERS))
            .map(|number| start(number, end.clone()))
            .collect::<io::Result<_>>()?;
        Ok(Self {
            runtimes,
            given: AtomicUsize::new(0),
            _end: guard,
        })
    }

    /// The next worker in turn.
    pub(super) fn next(&self) -> Option<&Handle> {
        let given = self.given.fetch_add(1, Ordering::Relaxed);
        self.runtimes.get(given % self.runtimes.len())
    }
}

fn start(number: usize, end: CancellationToken) -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    std::thread::Builder::new()
        .name(format!("proxy-{number}"))
        .spawn(move || {
            NUMBER.set(Some(number));
            runtime.block_on(end.cancelled());
            // A running name lookup must not delay the shutdown.
            runtime.shutdown_background();
        })?;
    Ok(handle)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{RecvTimeoutError, channel};
    use std::time::Duration;

    use super::*;

    #[test]
    fn workers_take_turns_know_their_numbers_and_end_together() {
        let workers = Workers::start().unwrap();
        let (sender, receiver) = channel();
        let turns = workers.runtimes.len() * 2;
        for _ in 0..turns {
            let sender = sender.clone();
            workers.next().unwrap().spawn(async move {
                sender.send(number()).unwrap();
                std::future::pending::<()>().await;
            });
        }
        drop(sender);
        let long = Duration::from_secs(30);
        let mut numbers: Vec<_> = (0..turns)
            .map(|_| receiver.recv_timeout(long).unwrap().unwrap())
            .collect();
        numbers.sort_unstable();
        let expected: Vec<_> = (0..turns).map(|turn| turn / 2).collect();
        assert_eq!(numbers, expected);
        assert_eq!(super::number(), None);
        drop(workers);
        let end = receiver.recv_timeout(long);
        assert_eq!(end, Err(RecvTimeoutError::Disconnected));
    }
}
