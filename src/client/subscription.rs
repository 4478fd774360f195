//! The live town, kept current by the engine's deltas; goes on trying when the engine is away.

use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::domain::{Answer, Delta, Refusal, Seq, TownView};
use crate::support::paths::TownPaths;
use crate::wire::{Push, Reply, Request, RequestBody};

use super::link::{Dial, Link};

/// Updates that may wait to be taken.
const WAITING: usize = 1_024;
/// Between two tries to reach the engine.
const TRY_EVERY: Duration = Duration::from_millis(200);

/// What a subscriber hears.
#[derive(Clone, Debug, PartialEq)]
pub enum Update {
    /// The whole town: at the beginning, after a reconnect, and after falling behind.
    Snapshot(Box<TownView>),
    /// Changes of one commit.
    Deltas(Seq, Vec<Delta>),
    /// The engine is away; the subscription goes on trying until dropped.
    Lost(String),
}

/// A live connection to the engine. Ends when dropped.
#[derive(Debug)]
pub struct Subscription {
    updates: Receiver<Update>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    over: AtomicBool,
    /// The connection of the moment, to be cut when the subscription ends.
    stream: Mutex<Option<UnixStream>>,
}

impl Subscription {
    /// Subscribes; the first update is a snapshot or `Lost`.
    pub fn open(paths: &TownPaths) -> Result<Self, Refusal> {
        let (sender, updates) = sync_channel(WAITING);
        let shared = Arc::new(Shared::default());
        let (inner, paths) = (shared.clone(), paths.clone());
        let thread = std::thread::Builder::new()
            .name("subscription".to_owned())
            .spawn(move || keep(&paths, &inner, &sender))
            .map_err(|error| Refusal::failed(format!("cannot subscribe: {error}")))?;
        Ok(Self {
            updates,
            shared,
            thread: Some(thread),
        })
    }

    /// Where the updates come out; bounded.
    pub fn updates(&self) -> &Receiver<Update> {
        &self.updates
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Release);
        if let Ok(stream) = self.shared.stream.lock()
            && let Some(stream) = stream.as_ref()
        {
            // Already cut is as good.
            drop(stream.shutdown(Shutdown::Both));
        }
        // The thread may wait for room; taking what is there makes some.
        while self.updates.try_recv().is_ok() {}
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
        }
    }
}

fn keep(paths: &TownPaths, shared: &Shared, updates: &SyncSender<Update>) {
    let mut told = false;
    while !shared.over.load(Ordering::Acquire) {
        let why = match listen(paths, shared, updates, &mut told) {
            Ok(()) => return,
            Err(refusal) => refusal.message,
        };
        if !told {
            told = true;
            if updates.send(Update::Lost(why)).is_err() {
                return;
            }
        }
        std::thread::park_timeout(TRY_EVERY);
    }
}

/// Hears one connection out. `Ok` when nobody listens to us any more.
fn listen(
    paths: &TownPaths,
    shared: &Shared,
    updates: &SyncSender<Update>,
    told: &mut bool,
) -> Result<(), Refusal> {
    let Dial::Up(mut link) = Link::dial(paths)? else {
        return Err(Refusal::new(
            crate::domain::Kind::Unreachable,
            "no engine runs",
        ));
    };
    if let Ok(mut stream) = shared.stream.lock() {
        *stream = Some(link.handle()?);
    }
    link.wait_for_ever()?;
    link.send(&Request {
        id: 1,
        body: RequestBody::Subscribe,
    })?;
    loop {
        let update = match link.hear()? {
            Push::Reply {
                result: Ok(Reply::Answer(Answer::Town(town))),
                ..
            } => {
                *told = false;
                Update::Snapshot(town)
            }
            Push::Reply {
                result: Err(refusal),
                ..
            } => return Err(refusal),
            Push::Reply { .. } => continue,
            Push::Deltas { seq, deltas } => Update::Deltas(seq, deltas),
            Push::Lagged => {
                link.send(&Request {
                    id: 1,
                    body: RequestBody::Subscribe,
                })?;
                continue;
            }
        };
        if updates.send(update).is_err() || shared.over.load(Ordering::Acquire) {
            return Ok(());
        }
    }
}
