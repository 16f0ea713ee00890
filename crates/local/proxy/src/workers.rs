//! The threads that serve connections, each with its own runtime. A client's connection, the one to
//! its service and everything they wake stay on one thread: a multi-threaded runtime moves tasks
//! between threads, which costs a request more than everything else it does.

use std::cell::Cell;
use std::io;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::{Builder, Handle};
use tokio_util::sync::{CancellationToken, DropGuard};

/// So many at most: services need processors, too.
pub(super) const MOST: usize = 4;

thread_local! {
    static NUMBER: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Which of the workers this thread is, if it is one: less than [`MOST`].
pub(super) fn number() -> Option<usize> {
    NUMBER.get()
}

/// Threads that serve connections until this is dropped.
pub(super) struct Workers {
    runtimes: Vec<Handle>,
    given: AtomicUsize,
    _end: DropGuard,
}

impl Workers {
    /// Starts one for each processor.
    ///
    /// # Errors
    ///
    /// When the system gives no more threads or files.
    pub(super) fn start() -> io::Result<Self> {
        let count = std::thread::available_parallelism().map_or(1, NonZero::get);
        let end = CancellationToken::new();
        let guard = end.clone().drop_guard();
        let runtimes = (0..count.min(MOST))
            .map(|number| start(number, end.clone()))
            .collect::<io::Result<_>>()?;
        Ok(Self {
            runtimes,
            given: AtomicUsize::new(0),
            _end: guard,
        })
    }

    /// The one whose turn it is to get a connection.
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
            // A name lookup that is still running must not delay the end.
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
        let (told, hears) = channel();
        let turns = workers.runtimes.len() * 2;
        for _ in 0..turns {
            let told = told.clone();
            workers.next().unwrap().spawn(async move {
                told.send(number()).unwrap();
                std::future::pending::<()>().await;
            });
        }
        drop(told);
        let long = Duration::from_secs(30);
        let mut numbers: Vec<_> = (0..turns)
            .map(|_| hears.recv_timeout(long).unwrap().unwrap())
            .collect();
        numbers.sort_unstable();
        let expected: Vec<_> = (0..turns).map(|turn| turn / 2).collect();
        assert_eq!(numbers, expected);
        assert_eq!(super::number(), None);
        drop(workers);
        let end = hears.recv_timeout(long);
        assert_eq!(end, Err(RecvTimeoutError::Disconnected));
    }
}
