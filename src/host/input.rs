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
use crate::wire::{Holder, HostAnswer, HostRefusal, WriteFate, WriteGuard};

/// Fates kept per run.
const FATES_MAX: usize = 1024;
/// Most bytes that may wait for a program that does not read.
pub(super) const QUEUE_MAX: usize = 4 << 20;
/// Most bytes of terminal answers that may wait; a program that does not read gets no more.
const REPLIES_MAX: usize = 64 * 1024;
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

    /// Takes the input over for connection `who`: what the engine has not begun to type is not typed.
    pub(super) fn take(&mut self, who: u64, now: Instant) {
        self.operator_types(who, now);
        let keyed = |item: &Item| item.key.is_some() && item.done == 0;
        let (held_off, queue): (Vec<Item>, Vec<Item>) = self.queue.drain(..).partition(keyed);
        self.queue = queue.into();
        for item in held_off {
            self.waiting = self.waiting.saturating_sub(item.bytes.len());
            self.settle(item, WriteFate::OperatorTyping);
        }
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
            Some(Fate::Settled(fate @ (WriteFate::Written | WriteFate::Failed))) => {
                return Verdict::Settled(*fate);
            }
            Some(Fate::Settled(_)) | None => {}
        }
        let held_off = guard.and_then(|guard| {
            let quiet = Duration::from_millis(u64::from(guard.quiet));
            if self.typed.is_some_and(|typed| now < typed + quiet) {
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

    /// Queues bytes; whoever asked is answered once they are written.
    pub(super) fn push(&mut self, bytes: Vec<u8>, key: Option<String>, asker: Option<Asker>) {
        if let Some(key) = &key {
            self.remember(key, Fate::Pending(Vec::new()));
        }
        self.waiting += bytes.len();
        self.queue.push_back(Item {
            bytes,
            done: 0,
            key,
            asker,
        });
    }

    /// Queues the terminal's own answers, as long as the program reads.
    pub(super) fn reply(&mut self, bytes: Vec<u8>) {
        if !bytes.is_empty() && self.waiting + bytes.len() <= REPLIES_MAX {
            self.push(bytes, None, None);
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
            self.settle(item, WriteFate::Written);
        }
    }

    /// The run has ended: nothing that waits will be written.
    pub(super) fn fail_all(&mut self) {
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
