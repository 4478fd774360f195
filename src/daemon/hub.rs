//! Who waits for what: callers for answers, subscribers for changes. Bounded, never waits for a client.

use std::collections::HashMap;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Mutex, PoisonError};

use crate::domain::{Delta, Refusal, Seq};
use crate::engine::{ReplyTo, Said, Turn};
use crate::wire::Push;

/// Where an answer goes.
pub(super) type Answer = Result<Said, Refusal>;

#[derive(Debug, Default)]
struct Waiting {
    next: ReplyTo,
    callers: HashMap<ReplyTo, SyncSender<Answer>>,
    subscribers: HashMap<ReplyTo, SyncSender<Push>>,
}

/// The meeting place of the engine's thread and its connections.
#[derive(Debug, Default)]
pub(super) struct Hub {
    waiting: Mutex<Waiting>,
}

impl Hub {
    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        // A poisoned lock holds maps that are whole after each statement.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for one answer; the channel needs room for it.
    pub(super) fn wait(&self, caller: SyncSender<Answer>) -> ReplyTo {
        let mut waiting = self.lock();
        waiting.next += 1;
        let reply = waiting.next;
        waiting.callers.insert(reply, caller);
        reply
    }

    /// The caller does not wait any more.
    pub(super) fn forget(&self, reply: ReplyTo) {
        self.lock().callers.remove(&reply);
    }

    /// Hears of changes from now on under the number of its subscription.
    pub(super) fn subscribe(&self, reply: ReplyTo, subscriber: SyncSender<Push>) {
        self.lock().subscribers.insert(reply, subscriber);
    }

    /// Hears of nothing any more.
    pub(super) fn unsubscribe(&self, reply: ReplyTo) {
        self.lock().subscribers.remove(&reply);
    }

    /// Gives a turn's answers and changes to those who wait. Returns subscribers that fell behind
    /// or went away; they are not told again.
    pub(super) fn deliver(&self, turn: &mut Turn) -> Vec<ReplyTo> {
        let mut waiting = self.lock();
        for (reply, answer) in turn.replies.drain(..) {
            if let Some(caller) = waiting.callers.remove(&reply) {
                // A caller that hung up wants no answer.
                drop(caller.try_send(answer));
            }
        }
        let deltas = std::mem::take(&mut turn.deltas);
        if deltas.is_empty() {
            return Vec::new();
        }
        publish(&mut waiting, &turn.fresh, turn.seq, &deltas)
    }
}

fn publish(waiting: &mut Waiting, fresh: &[ReplyTo], seq: Seq, deltas: &[Delta]) -> Vec<ReplyTo> {
    let mut gone = Vec::new();
    for (reply, subscriber) in &waiting.subscribers {
        if fresh.contains(reply) {
            continue;
        }
        match subscriber.try_send(Push::Deltas {
            seq,
            deltas: deltas.to_vec(),
        }) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => gone.push(*reply),
        }
    }
    for reply in &gone {
        waiting.subscribers.remove(reply);
    }
    gone
}
