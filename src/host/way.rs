//! Who goes first: an operator's key holds floods back for a moment.
//!
//! A flood and what reads it fill every core there is, and the echo of a key needs a few turns on
//! one: of the host, of the viewer. So for a moment after a key no terminal but the one that was
//! typed into is read or parsed; its program waits in its own write. A flood loses what a
//! typist's keys take, a few hundredths; nothing is ever dropped.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::RunId;

/// How long a key holds floods back: some times the way of a key to its echo on a screen.
const MOMENT: Duration = Duration::from_millis(3);

/// The right of way of the run that was typed into last.
#[derive(Clone, Debug, Default)]
pub(super) struct RightOfWay {
    holder: Arc<Mutex<Option<(RunId, Instant)>>>,
}

impl RightOfWay {
    /// An operator typed into `run`.
    pub(super) fn claim(&self, run: &RunId, now: Instant) {
        let mut holder = self.holder.lock().unwrap_or_else(PoisonError::into_inner);
        *holder = Some((run.clone(), now + MOMENT));
    }

    /// Until when the output of `run` waits, if it has to.
    pub(super) fn waits(&self, run: &RunId, now: Instant) -> Option<Instant> {
        let holder = self.holder.lock().unwrap_or_else(PoisonError::into_inner);
        let (first, until) = holder.as_ref()?;
        (first != run && *until > now).then_some(*until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p4_a_key_holds_back_every_run_but_its_own_and_only_for_a_moment() {
        let id = |run| RunId::parse(run).unwrap();
        let typed = id("tb.Toast.7.2");
        let other = id("tb.Shadow.7.2");
        let (way, now) = (RightOfWay::default(), Instant::now());
        assert_eq!(way.waits(&other, now), None);
        way.claim(&typed, now);
        assert_eq!(way.waits(&typed, now), None);
        assert_eq!(way.waits(&other, now), Some(now + MOMENT));
        assert_eq!(way.waits(&other, now + MOMENT), None);
        // The next key moves it to another terminal.
        way.claim(&other, now);
        assert_eq!(way.waits(&other, now), None);
        assert_eq!(way.waits(&typed, now), Some(now + MOMENT));
    }
}
