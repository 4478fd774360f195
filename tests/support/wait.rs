//! Waiting for a condition, with a deadline; never for a time.

use std::time::{Duration, Instant};

/// How long a condition may take: generous, because two cores may be busy with other tests.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

const STEP: Duration = Duration::from_millis(15);

/// Asks `probe` until it has an answer; `None` when it had none in time.
pub(crate) fn wait_for<T>(patience: Duration, mut probe: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + patience;
    loop {
        if let Some(found) = probe() {
            return Some(found);
        }
        if Instant::now() >= end {
            return None;
        }
        std::thread::sleep(STEP);
    }
}

/// Asks `probe` until it says yes.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut probe: impl FnMut() -> bool) {
    let met = wait_for(PATIENCE, || probe().then_some(()));
    assert!(met.is_some(), "not within {PATIENCE:?}: {what}");
}
