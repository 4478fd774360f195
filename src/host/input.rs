//! What is typed into a run: one queue in order, who holds the input, what became of keyed writes.
//!
//! A guard is checked in the same step that queues the bytes, so nothing comes between
//! (DECISIONS 11). A key is written at most once; its fate is kept (DECISIONS 1).

use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::outbox::Outbox;
use crate::domain::Exit;
use crate::wire::{Delivery, Holder, HostAnswer, HostRefusal, WriteFate, WriteGuard};

/// Fates kept per run.
const FATES_MAX: usize = 1024;
/// Most bytes that may wait for a program that does not read.
pub(super) const QUEUE_MAX: usize = 4 << 20;
/// Most bytes of terminal answers that may wait; a program that does not read gets no more.
const REPLIES_MAX: usize = 64 * 1024;
/// How long a delivery of the engine may hold the operator's keys back.
const DELIVERY: Duration = Duration::from_secs(5);
/// How long the last one to type holds the input.
const LEASE: Duration = Duration::from_secs(30);

/// Somebody who waits for an answer.
#[derive(Clone, Debug)]
pub(super) struct Asker {
    pub(super) outbox: Rc<Outbox>,
    pub(super) id: u64,
}

impl Asker {
    pub(super) fn answer(&self, result: Result<HostAnswer, HostRefusal>) {
        self.outbox.answer(self.id, result);
    }
}

#[derive(Debug)]
struct Item {
    bytes: Vec<u8>,
    done: usize,
    key: Option<String>,
    asker: Option<Asker>,
    /// Whether a delivery ends with it.
    last: bool,
}

/// Bytes to be written.
#[derive(Debug, Default)]
pub(super) struct Text {
    pub(super) bytes: Vec<u8>,
    pub(super) key: Option<String>,
    pub(super) asker: Option<Asker>,
}

#[derive(Debug)]
enum Fate {
    Pending(Vec<Asker>),
    Settled(WriteFate),
}

/// The input side of a run.
#[derive(Debug, Default)]
pub(super) struct Input {
    queue: VecDeque<Item>,
    waiting: usize,
    fates: HashMap<String, Fate>,
    order: VecDeque<String>,
    typed: Option<Instant>,
    /// The delivery under way, and until when it holds the operator's keys.
    delivery: Option<(String, Instant)>,
    /// The delivery that was interrupted last.
    interrupted: Option<String>,
    held: VecDeque<Item>,
    holder: Option<(u64, Instant)>,
}

/// What a write comes to before a byte is queued.
pub(super) enum Verdict {
    Queue,
    Settled(WriteFate),
    Wait,
}

impl Input {
    /// Marks the operator's keys: connection `who` holds the input from now on. Says whether it did
    /// not hold it before.
    pub(super) fn operator_types(&mut self, who: u64, now: Instant) -> bool {
        self.typed = Some(now);
        let before = self.holder.replace((who, now + LEASE));
        before.is_none_or(|(holder, _)| holder != who)
    }

    /// Takes the input over for connection `who`: a delivery of the engine is interrupted, what it has
    /// not begun to write is not written, and the keys that it held follow.
    pub(super) fn take(&mut self, who: u64, now: Instant) {
        self.operator_types(who, now);
        if let Some((name, _)) = self.delivery.take() {
            self.interrupted = Some(name);
        }
        let keyed = |item: &Item| item.key.is_some() && item.done == 0;
        let (dropped, queue): (Vec<Item>, Vec<Item>) = self.queue.drain(..).partition(keyed);
        self.queue = queue.into();
        for item in dropped {
            self.waiting = self.waiting.saturating_sub(item.bytes.len());
            self.settle(item, WriteFate::Interrupted);
        }
        self.queue.append(&mut self.held);
    }

    /// Until when a delivery holds the operator's keys.
    pub(super) fn held_until(&self) -> Option<Instant> {
        self.delivery.as_ref().map(|(_, until)| *until)
    }

    /// Ends a delivery whose time is over: the keys that it held follow.
    pub(super) fn on_time(&mut self, now: Instant) {
        if self.held_until().is_some_and(|until| until <= now) {
            self.release();
        }
    }

    fn release(&mut self) {
        self.delivery = None;
        self.queue.append(&mut self.held);
    }

    /// The connection that holds the input.
    pub(super) fn holder(&self, now: Instant) -> Option<u64> {
        let (holder, until) = self.holder?;
        (until > now).then_some(holder)
    }

    /// Who holds the input, as connection `who` is to be told.
    pub(super) fn holder_for(&self, who: u64, now: Instant) -> Holder {
        match self.holder.filter(|(_, until)| *until > now) {
            None => Holder::Nobody,
            Some((holder, _)) if holder == who => Holder::You,
            Some(_) => Holder::Another,
        }
    }

    /// Whether connection `who` may type and change the size: it holds the input, or nobody does.
    pub(super) fn is_free_for(&self, who: u64, now: Instant) -> bool {
        self.holder
            .is_none_or(|(holder, until)| holder == who || until <= now)
    }

    /// Gives the input back; says whether connection `who` had it.
    pub(super) fn leave(&mut self, who: u64) -> bool {
        let held = self.holder.is_some_and(|(holder, _)| holder == who);
        if held {
            self.holder = None;
        }
        held
    }

    /// Looks at a keyed or guarded write; `hash` is the screen's digest now.
    pub(super) fn judge(
        &mut self,
        key: Option<&str>,
        guard: Option<&WriteGuard>,
        hash: u64,
        now: Instant,
    ) -> Verdict {
        let known = key.and_then(|key| self.fates.get(key));
        match known {
            Some(Fate::Pending(_)) => return Verdict::Wait,
            Some(Fate::Settled(
                fate @ (WriteFate::Written | WriteFate::Failed | WriteFate::Interrupted),
            )) => {
                return Verdict::Settled(*fate);
            }
            Some(Fate::Settled(
                WriteFate::ScreenChanged | WriteFate::OperatorTyping | WriteFate::NeverSeen,
            ))
            | None => {}
        }
        let held_off = guard.and_then(|guard| {
            let quiet = Duration::from_millis(u64::from(guard.quiet));
            let part = guard.delivery.as_ref().map(|delivery| &delivery.name);
            let goes_on = part.is_some() && part == self.delivery.as_ref().map(|(name, _)| name);
            if part.is_some() && part == self.interrupted.as_ref() {
                Some(WriteFate::Interrupted)
            } else if !goes_on && self.typed.is_some_and(|typed| now < typed + quiet) {
                Some(WriteFate::OperatorTyping)
            } else if guard.hash.is_some_and(|wanted| wanted != hash) {
                Some(WriteFate::ScreenChanged)
            } else {
                None
            }
        });
        match held_off {
            Some(fate) => {
                if let Some(key) = key {
                    self.remember(key, Fate::Settled(fate));
                }
                Verdict::Settled(fate)
            }
            None => Verdict::Queue,
        }
    }

    /// Queues a text that its guard allows; whoever asked is answered once it is written.
    pub(super) fn push(&mut self, text: Text, guard: Option<&WriteGuard>, now: Instant) {
        let delivery = guard.and_then(|guard| guard.delivery.as_ref());
        if let Some(Delivery { name, .. }) = delivery
            && self.delivery.is_none()
        {
            self.delivery = Some((name.clone(), now + DELIVERY));
        }
        let item = self.item(text, delivery.is_some_and(|delivery| delivery.last));
        self.queue.push_back(item);
    }

    /// Queues what the operator typed, behind a delivery that is under way.
    pub(super) fn push_keys(&mut self, text: Text) {
        let item = self.item(text, false);
        if self.delivery.is_some() {
            self.held.push_back(item);
        } else {
            self.queue.push_back(item);
        }
    }

    fn item(&mut self, text: Text, last: bool) -> Item {
        let Text { bytes, key, asker } = text;
        if let Some(key) = &key {
            self.remember(key, Fate::Pending(Vec::new()));
        }
        self.waiting += bytes.len();
        Item {
            bytes,
            done: 0,
            key,
            asker,
            last,
        }
    }

    /// Queues the terminal's own answers, as long as the program reads.
    pub(super) fn reply(&mut self, bytes: Vec<u8>) {
        if !bytes.is_empty() && self.waiting + bytes.len() <= REPLIES_MAX {
            let text = Text {
                bytes,
                ..Text::default()
            };
            let item = self.item(text, false);
            self.queue.push_back(item);
        }
    }

    /// Whether so many more bytes may wait.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.waiting + bytes <= QUEUE_MAX
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// The bytes to be written next.
    pub(super) fn front(&self) -> Option<&[u8]> {
        let item = self.queue.front()?;
        item.bytes.get(item.done..)
    }

    /// `count` bytes of the front are written.
    pub(super) fn wrote(&mut self, count: usize) {
        self.waiting = self.waiting.saturating_sub(count);
        let Some(item) = self.queue.front_mut() else {
            return;
        };
        item.done += count;
        if item.done >= item.bytes.len()
            && let Some(item) = self.queue.pop_front()
        {
            let last = item.last;
            self.settle(item, WriteFate::Written);
            if last {
                self.release();
            }
        }
    }

    /// The run has ended: nothing that waits will be written.
    pub(super) fn fail_all(&mut self) {
        self.release();
        while let Some(item) = self.queue.pop_front() {
            self.settle(item, WriteFate::Failed);
        }
        self.waiting = 0;
    }

    /// Answers what became of a key, now or once it is known.
    pub(super) fn ask(&mut self, key: &str, asker: Asker) {
        match self.fates.get_mut(key) {
            Some(Fate::Pending(askers)) => askers.push(asker),
            Some(Fate::Settled(fate)) => asker.answer(Ok(HostAnswer::Write(*fate))),
            None => asker.answer(Ok(HostAnswer::Write(WriteFate::NeverSeen))),
        }
    }

    /// What became of a key, if that is known.
    pub(super) fn fate(&self, key: &str) -> Option<WriteFate> {
        match self.fates.get(key)? {
            Fate::Settled(fate) => Some(*fate),
            Fate::Pending(_) => None,
        }
    }

    fn settle(&mut self, item: Item, fate: WriteFate) {
        let mut askers: Vec<Asker> = item.asker.into_iter().collect();
        if let Some(key) = item.key {
            if let Some(Fate::Pending(more)) = self.fates.get_mut(&key) {
                askers.append(more);
            }
            self.remember(&key, Fate::Settled(fate));
        }
        for asker in askers {
            asker.answer(Ok(HostAnswer::Write(fate)));
        }
    }

    fn remember(&mut self, key: &str, fate: Fate) {
        if self.fates.insert(key.to_owned(), fate).is_none() {
            self.order.push_back(key.to_owned());
            while self.order.len() > FATES_MAX
                && let Some(oldest) = self.order.pop_front()
            {
                self.fates.remove(&oldest);
            }
        }
    }
}

/// The refusal for a run that has ended.
pub(super) fn ended(exit: &Exit) -> HostRefusal {
    HostRefusal::Ended(exit.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(name: &str, last: bool) -> WriteGuard {
        WriteGuard {
            hash: None,
            quiet: 2_000,
            delivery: Some(Delivery {
                name: name.to_owned(),
                last,
            }),
        }
    }

    fn text(text: &str, key: Option<&str>) -> Text {
        Text {
            bytes: text.as_bytes().to_vec(),
            key: key.map(str::to_owned),
            asker: None,
        }
    }

    /// Everything that may be written now.
    fn written(input: &mut Input) -> String {
        let mut all = Vec::new();
        while let Some(bytes) = input.front().map(<[u8]>::to_vec) {
            input.wrote(bytes.len());
            all.extend(bytes);
        }
        String::from_utf8(all).unwrap()
    }

    fn fate(input: &mut Input, key: &str, guard: &WriteGuard, now: Instant) -> Option<WriteFate> {
        match input.judge(Some(key), Some(guard), 0, now) {
            Verdict::Settled(fate) => Some(fate),
            Verdict::Queue | Verdict::Wait => None,
        }
    }

    #[test]
    fn keys_are_held_five_seconds_at_most() {
        let now = Instant::now();
        let mut input = Input::default();
        input.push(text("paste", Some("a")), Some(&guard("ng-1", false)), now);
        input.operator_types(7, now);
        input.push_keys(text("mine", None));
        assert_eq!(written(&mut input), "paste");
        assert_eq!(input.held_until(), Some(now + DELIVERY));
        // The delivery goes on though the operator types; another one waits for quiet.
        assert_eq!(fate(&mut input, "b", &guard("ng-1", true), now), None);
        assert_eq!(
            fate(&mut input, "c", &guard("ng-2", false), now),
            Some(WriteFate::OperatorTyping)
        );
        input.on_time(now + DELIVERY - Duration::from_millis(1));
        assert_eq!(written(&mut input), "");
        input.on_time(now + DELIVERY);
        assert_eq!(written(&mut input), "mine");
        assert_eq!(input.held_until(), None);
    }

    #[test]
    fn a_takeover_drops_what_is_not_begun_and_keeps_the_order_of_keys() {
        let now = Instant::now();
        let mut input = Input::default();
        input.push_keys(text("a", None));
        input.push(text("paste", Some("p")), Some(&guard("ng-1", false)), now);
        input.push_keys(text("b", None));
        input.push_keys(text("c", None));
        input.take(7, now);
        assert_eq!(input.fate("p"), Some(WriteFate::Interrupted));
        input.push_keys(text("d", None));
        assert_eq!(written(&mut input), "abcd");
        let later = now + Duration::from_secs(60);
        for (name, fated) in [("ng-1", Some(WriteFate::Interrupted)), ("ng-2", None)] {
            assert_eq!(fate(&mut input, name, &guard(name, true), later), fated);
        }
    }
}
