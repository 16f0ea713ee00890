//! Start times from which an elapsed time can be computed although the wall clock may be set and
//! the machine may sleep.

use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use rustix::time::{ClockId, clock_gettime};

/// The difference from which a change of the wall clock counts as set. Smaller ones come from drift
/// and from time synchronization.
const DRIFT: SignedDuration = SignedDuration::from_secs(1);

/// A time in the past, by the wall clock and by a clock that cannot be set.
#[derive(Clone, Copy, Debug)]
pub struct StartTime {
    /// The time by the wall clock.
    wall: Timestamp,
    /// The time since boot.
    since_boot: Duration,
}

impl StartTime {
    pub fn now() -> Self {
        Self {
            wall: Timestamp::now(),
            since_boot: since_boot(),
        }
    }

    /// The time by the wall clock, as of the last [`adjust`](Self::adjust).
    pub fn wall(&self) -> Timestamp {
        self.wall
    }

    /// The elapsed time, by a clock that cannot be set.
    pub fn elapsed(&self) -> Duration {
        since_boot().saturating_sub(self.since_boot)
    }

    /// Corrects [`wall`](Self::wall) when the wall clock was set: the current time minus the
    /// elapsed time.
    pub fn adjust(&mut self) {
        let elapsed = SignedDuration::try_from(self.elapsed()).unwrap_or_default();
        if let Ok(wall) = Timestamp::now().checked_sub(elapsed)
            && wall.duration_since(self.wall).abs() > DRIFT
        {
            self.wall = wall;
        }
    }
}

/// The oldest modification time of files that are kept: `age` before the newest of them. So files
/// do not expire while a project is not used or when the clock is wrong. When the clock was set
/// back, the age counts from the current time.
pub fn retention_start(age: Duration, written: impl IntoIterator<Item = SystemTime>) -> SystemTime {
    let now = SystemTime::now();
    let newest = written.into_iter().max().unwrap_or(now).min(now);
    newest.checked_sub(age).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// The time since boot, by a clock that cannot be set and that includes sleep.
pub fn since_boot() -> Duration {
    #[cfg(target_os = "linux")]
    let clock = ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    let clock = ClockId::Monotonic;
    Duration::try_from(clock_gettime(clock)).unwrap_or_default()
}
