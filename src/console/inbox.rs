//! The one place that messages come to: keys go before bytes, and bytes wait for room.
//!
//! The operator's lane is drained first. Every other source has a bounded lane of its own that
//! holds its sender back. The lane of the terminal that is typed into goes before the others,
//! which take turns; and between two frames a terminal may be heard only so much, so that one
//! that floods is brought up to date by its host instead (DECISIONS 12).

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::msg::{Msg, Stream};

/// Messages of one source that wait at most.
const ROOM: usize = 16;
/// Bytes of one terminal that are taken in between two frames.
const BYTES_MAX: usize = 128 << 10;

/// Who puts messages that are not the operator's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// The engine.
    Town,
    /// A terminal.
    Terminal(Stream),
}

/// Where messages are put and taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inbox {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    lanes: Mutex<Lanes>,
    /// Something was put.
    filled: Condvar,
    /// Something was taken, or the console has ended.
    freed: Condvar,
}

#[derive(Debug, Default)]
struct Lanes {
    first: VecDeque<Msg>,
    others: BTreeMap<Source, Lane>,
    preferred: Option<Source>,
    last: Option<Source>,
    closed: bool,
}

#[derive(Debug, Default)]
struct Lane {
    queue: VecDeque<(Msg, usize)>,
    /// Bytes that were taken since the last frame.
    taken: usize,
}

impl Lane {
    fn is_ready(&self) -> bool {
        !self.queue.is_empty() && self.taken < BYTES_MAX
    }
}

impl Lanes {
    fn next(&mut self) -> Option<Msg> {
        if let Some(msg) = self.first.pop_front() {
            return Some(msg);
        }
        let ready = |(source, lane): (&Source, &Lane)| lane.is_ready().then_some(*source);
        let preferred = self
            .preferred
            .filter(|source| self.others.get(source).is_some_and(Lane::is_ready));
        let after = self
            .others
            .iter()
            .filter(|(source, _)| Some(**source) > self.last);
        let source = preferred
            .or_else(|| after.filter_map(ready).next())
            .or_else(|| self.others.iter().filter_map(ready).next())?;
        self.last = Some(source);
        let lane = self.others.get_mut(&source)?;
        let (msg, bytes) = lane.queue.pop_front()?;
        lane.taken += bytes;
        if lane.queue.is_empty() && lane.taken == 0 {
            self.others.remove(&source);
        }
        Some(msg)
    }
}

impl Inbox {
    /// Puts a message of the operator or of the system. Says no once the console has ended.
    pub(crate) fn put_first(&self, msg: Msg) -> bool {
        let mut lanes = self.lanes();
        if !lanes.closed {
            lanes.first.push_back(msg);
            self.shared.filled.notify_one();
        }
        !lanes.closed
    }

    /// Puts a message of a source as soon as there is room; `bytes` is what it weighs. Says no
    /// once the console has ended.
    pub(crate) fn put(&self, source: Source, msg: Msg, bytes: usize) -> bool {
        let mut lanes = self.lanes();
        let full = |lanes: &Lanes| {
            let lane = lanes.others.get(&source);
            !lanes.closed && lane.is_some_and(|lane| lane.queue.len() >= ROOM)
        };
        while full(&lanes) {
            let waited = self.shared.freed.wait(lanes);
            lanes = waited.unwrap_or_else(PoisonError::into_inner);
        }
        if !lanes.closed {
            let lane = lanes.others.entry(source).or_default();
            lane.queue.push_back((msg, bytes));
            self.shared.filled.notify_one();
        }
        !lanes.closed
    }

    /// The next message, waiting at most so long; without a limit as long as it takes.
    pub(crate) fn take(&self, limit: Option<Duration>) -> Option<Msg> {
        let mut lanes = self.lanes();
        loop {
            if let Some(msg) = lanes.next() {
                self.shared.freed.notify_all();
                return Some(msg);
            }
            let filled = &self.shared.filled;
            lanes = match limit {
                None => filled.wait(lanes).unwrap_or_else(PoisonError::into_inner),
                Some(limit) if limit.is_zero() => return None,
                Some(limit) => {
                    let waited = filled.wait_timeout(lanes, limit);
                    let (mut lanes, result) = waited.unwrap_or_else(PoisonError::into_inner);
                    if result.timed_out() {
                        let msg = lanes.next();
                        self.shared.freed.notify_all();
                        return msg;
                    }
                    lanes
                }
            };
        }
    }

    /// The terminal whose bytes go before those of the others.
    pub(crate) fn prefer(&self, stream: Stream) {
        self.lanes().preferred = Some(Source::Terminal(stream));
    }

    /// A frame's time is over: every terminal may be heard again.
    pub(crate) fn begin_frame(&self) {
        let mut lanes = self.lanes();
        for lane in lanes.others.values_mut() {
            lane.taken = 0;
        }
        lanes.others.retain(|_, lane| !lane.queue.is_empty());
    }

    /// Whether a terminal may not be heard before the next frame: something of it waits, or may
    /// come at any moment.
    pub(crate) fn is_held_back(&self) -> bool {
        let lanes = self.lanes();
        lanes.others.values().any(|lane| lane.taken >= BYTES_MAX)
    }

    /// Waits until the console has ended, at most so long; says whether it has.
    pub(crate) fn closed_within(&self, limit: Duration) -> bool {
        let lanes = self.lanes();
        let waited = self
            .shared
            .freed
            .wait_timeout_while(lanes, limit, |lanes| !lanes.closed);
        waited.unwrap_or_else(PoisonError::into_inner).0.closed
    }

    /// The console has ended: senders are let go and messages dropped.
    pub(crate) fn close(&self) {
        let mut lanes = self.lanes();
        lanes.closed = true;
        lanes.first.clear();
        lanes.others.clear();
        self.shared.filled.notify_all();
        self.shared.freed.notify_all();
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.shared
            .lanes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Option<Duration> = Some(Duration::ZERO);

    fn bytes(inbox: &Inbox, stream: Stream, weight: usize) -> bool {
        let lost = crate::client::AttachEvent::Lost(String::new());
        inbox.put(
            Source::Terminal(stream),
            Msg::Terminal(stream, lost),
            weight,
        )
    }

    fn stream(msg: Option<Msg>) -> Option<Stream> {
        match msg {
            Some(Msg::Terminal(stream, _)) => Some(stream),
            _ => None,
        }
    }

    #[test]
    fn keys_go_before_what_waits_and_senders_are_held_back() {
        let inbox = Inbox::default();
        for _ in 0..ROOM {
            assert!(inbox.put(Source::Town, Msg::Tick, 0));
        }
        let full = inbox.clone();
        let sender = std::thread::spawn(move || full.put(Source::Town, Msg::Tick, 0));
        assert!(inbox.put_first(Msg::Hangup));
        assert!(matches!(inbox.take(None), Some(Msg::Hangup)));
        for _ in 0..=ROOM {
            assert!(matches!(inbox.take(None), Some(Msg::Tick)));
        }
        assert!(sender.join().unwrap());
        assert!(inbox.take(NOW).is_none());
        inbox.close();
        assert!(!inbox.put(Source::Town, Msg::Tick, 0));
        assert!(inbox.closed_within(Duration::ZERO));
    }

    #[test]
    fn the_terminal_that_is_typed_into_goes_before_the_others_which_take_turns() {
        let inbox = Inbox::default();
        for number in [1, 1, 2, 2, 3] {
            bytes(&inbox, number, 1);
        }
        inbox.prefer(3);
        let order: Vec<_> = (0..5).map(|_| stream(inbox.take(NOW)).unwrap()).collect();
        assert_eq!(order, [3, 1, 2, 1, 2]);
    }

    #[test]
    fn a_flood_waits_for_the_next_frame() {
        let inbox = Inbox::default();
        for _ in 0..4 {
            bytes(&inbox, 1, BYTES_MAX / 2);
        }
        assert_eq!(stream(inbox.take(NOW)), Some(1));
        assert_eq!(stream(inbox.take(NOW)), Some(1));
        assert!(inbox.is_held_back());
        assert_eq!(stream(inbox.take(NOW)), None);
        bytes(&inbox, 2, 1);
        assert_eq!(stream(inbox.take(NOW)), Some(2));
        inbox.begin_frame();
        assert_eq!(stream(inbox.take(NOW)), Some(1));
    }

    #[test]
    fn what_comes_after_a_terminal_had_its_share_is_waited_for_no_longer_than_a_frame() {
        let inbox = Inbox::default();
        bytes(&inbox, 1, BYTES_MAX);
        assert_eq!(stream(inbox.take(NOW)), Some(1));
        // Nothing waits; yet who waits without a limit now would not hear what comes next.
        assert!(inbox.is_held_back());
        bytes(&inbox, 1, 1);
        assert_eq!(stream(inbox.take(NOW)), None);
        inbox.begin_frame();
        assert!(!inbox.is_held_back());
        assert_eq!(stream(inbox.take(NOW)), Some(1));
    }
}
