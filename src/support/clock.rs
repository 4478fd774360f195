//! The two clocks of a process, read here and nowhere else.

#![expect(
    clippy::disallowed_methods,
    reason = "this module is the owner of the clocks"
)]

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// A reading of both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Milliseconds since 1970.
    pub wall: i64,
    /// Nanoseconds since 1970.
    pub nanos: i64,
    /// Milliseconds of town time: what the clock began with plus what has passed since, without suspend.
    pub town: i64,
}

/// Reads wall and town time.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    began: Instant,
    town: i64,
}

impl Clock {
    /// A clock whose town time begins at `town`, in milliseconds.
    pub fn start(town: i64) -> Self {
        Self {
            began: Instant::now(),
            town,
        }
    }

    /// What the clocks say now.
    pub fn read(&self) -> Reading {
        let wall = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let passed = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
        Reading {
            wall: i64::try_from(wall.as_millis()).unwrap_or(i64::MAX),
            nanos: i64::try_from(wall.as_nanos()).unwrap_or(i64::MAX),
            town: self.town.saturating_add(passed),
        }
    }
}
