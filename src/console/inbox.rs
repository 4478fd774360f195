//! The one place that messages come to: keys go before bytes, and bytes wait for room.
//!
//! A flood of terminal output must not stand before a key, so there are two lanes: the operator's
//! is drained first, the other is bounded and holds its senders back.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::msg::Msg;

/// Messages that wait in the bounded lane at most.
const ROOM: usize = 64;

/// Where messages are put and taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inbox {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    lanes: Mutex<Lanes>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Lanes {
    first: VecDeque<Msg>,
    second: VecDeque<Msg>,
    closed: bool,
}

impl Inbox {
    /// Puts a message of the operator or of the system. Says no once the console has ended.
    pub(crate) fn put_first(&self, msg: Msg) -> bool {
        let mut lanes = self.lanes();
        if !lanes.closed {
            lanes.first.push_back(msg);
            self.shared.changed.notify_all();
        }
        !lanes.closed
    }

    /// Puts a message of a source as soon as there is room. Says no once the console has ended.
    pub(crate) fn put(&self, msg: Msg) -> bool {
        let mut lanes = self.lanes();
        while lanes.second.len() >= ROOM && !lanes.closed {
            lanes = self.wait(lanes);
        }
        if !lanes.closed {
            lanes.second.push_back(msg);
            self.shared.changed.notify_all();
        }
        !lanes.closed
    }

    /// The next message, waiting at most so long; without a limit as long as it takes.
    pub(crate) fn take(&self, limit: Option<Duration>) -> Option<Msg> {
        let mut lanes = self.lanes();
        loop {
            if let Some(msg) = lanes.first.pop_front() {
                return Some(msg);
            }
            if let Some(msg) = lanes.second.pop_front() {
                self.shared.changed.notify_all();
                return Some(msg);
            }
            lanes = match limit {
                None => self.wait(lanes),
                Some(limit) if limit.is_zero() => return None,
                Some(limit) => {
                    let waited = self.shared.changed.wait_timeout(lanes, limit);
                    let (lanes, result) = waited.unwrap_or_else(PoisonError::into_inner);
                    if result.timed_out() && lanes.first.is_empty() && lanes.second.is_empty() {
                        return None;
                    }
                    lanes
                }
            };
        }
    }

    /// Waits until the console has ended, at most so long; says whether it has.
    pub(crate) fn closed_within(&self, limit: Duration) -> bool {
        let lanes = self.lanes();
        let waited = self
            .shared
            .changed
            .wait_timeout_while(lanes, limit, |lanes| !lanes.closed);
        waited.unwrap_or_else(PoisonError::into_inner).0.closed
    }

    /// The console has ended: senders are let go and messages dropped.
    pub(crate) fn close(&self) {
        let mut lanes = self.lanes();
        lanes.closed = true;
        lanes.first.clear();
        lanes.second.clear();
        self.shared.changed.notify_all();
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.shared
            .lanes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, lanes: MutexGuard<'a, Lanes>) -> MutexGuard<'a, Lanes> {
        self.shared
            .changed
            .wait(lanes)
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_before_what_waits_and_senders_are_held_back() {
        let inbox = Inbox::default();
        for _ in 0..ROOM {
            assert!(inbox.put(Msg::Tick));
        }
        let full = inbox.clone();
        let sender = std::thread::spawn(move || full.put(Msg::Tick));
        assert!(inbox.put_first(Msg::Hangup));
        assert!(matches!(inbox.take(None), Some(Msg::Hangup)));
        for _ in 0..=ROOM {
            assert!(matches!(inbox.take(None), Some(Msg::Tick)));
        }
        assert!(sender.join().unwrap());
        assert!(inbox.take(Some(Duration::ZERO)).is_none());
        inbox.close();
        assert!(!inbox.put(Msg::Tick));
        assert!(inbox.closed_within(Duration::ZERO));
    }
}
