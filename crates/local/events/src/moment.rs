//! Start times from which an elapsed time can be computed although the wall clock may be set and
//! the machine may sleep.

use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use rustix::time::{ClockId, clock_gettime};

/// The wall clock drifts, and is steered; what is more than this was set.
const DRIFT: SignedDuration = SignedDuration::from_secs(1);

/// A moment in the past.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// By the wall clock as it is set now.
    wall: Timestamp,
    real: Duration,
}

impl Moment {
    pub fn now() -> Self {
        Self {
            wall: Timestamp::now(),
            real: since_boot(),
        }
    }

    /// When it was, by the wall clock as it was when this was last [`adjusted`](Self::adjust).
    pub fn wall(&self) -> Timestamp {
        self.wall
    }

    /// How long ago it is.
    pub fn elapsed(&self) -> Duration {
        since_boot().saturating_sub(self.real)
    }

    /// Counts back from the present time, when the wall clock was set.
    pub fn adjust(&mut self) {
        let elapsed = SignedDuration::try_from(self.elapsed()).unwrap_or_default();
        if let Ok(wall) = Timestamp::now().checked_sub(elapsed)
            && wall.duration_since(self.wall).abs() > DRIFT
        {
            self.wall = wall;
        }
    }
}

/// Since when files must have been written not to be older than `age`: counted back from the newest
/// of them. A clock that is wrong, or a project that rests, makes no file old; the present time only
/// counts when the clock was set back since.
pub fn not_older(age: Duration, written: impl IntoIterator<Item = SystemTime>) -> SystemTime {
    let now = SystemTime::now();
    let newest = written.into_iter().max().unwrap_or(now).min(now);
    newest.checked_sub(age).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Time since boot by a clock that cannot be set and that includes sleep.
pub fn since_boot() -> Duration {
    #[cfg(target_os = "linux")]
    let clock = ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    let clock = ClockId::Monotonic;
    Duration::try_from(clock_gettime(clock)).unwrap_or_default()
}
