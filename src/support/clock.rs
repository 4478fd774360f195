//! The two clocks of a process and its time zone, read here and nowhere else.

#![expect(
    clippy::disallowed_methods,
    reason = "this module is the owner of the clocks and of the zone"
)]

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use jiff::tz::TimeZone;

/// Where a Unix system keeps the rules of its own time zone.
const LOCAL_ZONE: &str = "/etc/localtime";

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

/// The time zone that people here read clocks in: what `TZ` names, else the system's own.
///
/// The system's file is read as it is. Its name is not looked for: that would walk the whole
/// database of zones, which takes longer than all else that a short command does.
pub fn local_zone() -> TimeZone {
    if std::env::var_os("TZ").is_some() {
        return TimeZone::system();
    }
    std::fs::read(LOCAL_ZONE)
        .ok()
        .and_then(|rules| TimeZone::tzif("Local", &rules).ok())
        .unwrap_or_else(TimeZone::system)
}
