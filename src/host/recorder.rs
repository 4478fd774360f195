//! The recording thread: all disk writes of the host happen here.
//!
//! Each run may have 512 KiB on the way; its reader waits for room (it never drops), so a slow
//! disk slows that one program and nobody else. A disk that takes nothing stops a recording with one
//! warning, until it takes again: the agent is worth more than its recording.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};
use tokio::time::Instant;

use crate::record::{About, Appended, EntryKind, Writer};

/// Bytes of one run that may wait for the disk.
const ROOM: usize = 512 * 1024;
/// How long the news of an exit waits for its recording.
const FINISH_MAX: Duration = Duration::from_secs(2);
/// How long output may wait for more of it before its entry is written.
const WAIT: Duration = Duration::from_millis(10);
/// The same, while other runs keep the thread busy.
const WAIT_BUSY: Duration = Duration::from_millis(100);

enum Order {
    Append {
        log: u64,
        time: u64,
        kind: EntryKind,
        bytes: Arc<Vec<u8>>,
        room: Option<Arc<Semaphore>>,
    },
    Begin {
        log: u64,
        run: String,
        writer: Box<Writer>,
    },
    Finish {
        log: u64,
        done: oneshot::Sender<()>,
    },
    End,
}

/// The thread's owner. Dropping it writes what is queued, then ends and joins the thread.
#[derive(Debug)]
pub(super) struct Recorder {
    orders: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
    next: std::cell::Cell<u64>,
}

/// One run's recording.
#[derive(Debug)]
pub(super) struct Log {
    id: u64,
    began: Instant,
    orders: Sender<Order>,
    room: Arc<Semaphore>,
}

impl Recorder {
    pub(super) fn spawn() -> std::io::Result<Self> {
        // Bounded by the room of each run, not by the channel.
        let (orders, incoming) = channel();
        let thread = std::thread::Builder::new()
            .name("record".to_owned())
            .spawn(move || work(&incoming))?;
        Ok(Self {
            orders: Some(orders),
            thread: Some(thread),
            next: std::cell::Cell::new(0),
        })
    }

    /// Begins a recording; `None`, with a warning, when it cannot be.
    /// It takes at most `quota` bytes on disk.
    pub(super) fn begin(&self, folder: &Path, about: &About, quota: u64) -> Option<Log> {
        let orders = self.orders.clone()?;
        let writer = match Writer::begin(folder, about) {
            Ok(writer) => Box::new(writer.within(quota)),
            Err(error) => {
                tracing::warn!(run = %about.run, %error, "not recorded");
                return None;
            }
        };
        let id = self.next.get();
        self.next.set(id + 1);
        let log = Log {
            id,
            began: Instant::now(),
            orders,
            room: Arc::new(Semaphore::new(ROOM)),
        };
        log.send(Order::Begin {
            log: id,
            run: about.run.clone(),
            writer,
        });
        Some(log)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if let Some(orders) = self.orders.take()
            && orders.send(Order::End).is_err()
        {
            tracing::error!("the recording thread is gone");
        }
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the recording thread failed");
        }
    }
}

impl Log {
    /// Appends what the program wrote, once there is room. Shared bytes are not copied.
    pub(super) async fn output(&self, bytes: impl Into<Arc<Vec<u8>>>) {
        let bytes = bytes.into();
        let wanted = u32::try_from(bytes.len().min(ROOM)).unwrap_or(u32::MAX);
        let room = match self.room.acquire_many(wanted).await {
            Ok(permit) => {
                permit.forget();
                Some(Arc::clone(&self.room))
            }
            Err(_) => None,
        };
        self.append(EntryKind::Output, bytes, room);
    }

    /// Appends something small and rare: waits for nothing.
    pub(super) fn note(&self, kind: EntryKind, bytes: Vec<u8>) {
        self.append(kind, Arc::new(bytes), None);
    }

    /// Ends the recording; returns once all of it is written, or a stuck disk took too long.
    pub(super) async fn finish(&self) {
        let (done, written) = oneshot::channel();
        self.send(Order::Finish { log: self.id, done });
        if tokio::time::timeout(FINISH_MAX, written).await.is_err() {
            tracing::warn!(
                log = self.id,
                "an exit is told before its recording is written"
            );
        }
    }

    fn append(&self, kind: EntryKind, bytes: Arc<Vec<u8>>, room: Option<Arc<Semaphore>>) {
        let time = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.send(Order::Append {
            log: self.id,
            time,
            kind,
            bytes,
            room,
        });
    }

    fn send(&self, order: Order) {
        if self.orders.send(order).is_err() {
            tracing::error!("the recording thread is gone");
        }
    }
}

/// What the thread has open.
struct Desk {
    writers: HashMap<u64, (String, Writer)>,
    flushed: Instant,
}

fn work(incoming: &Receiver<Order>) {
    let mut desk = Desk {
        writers: HashMap::new(),
        flushed: Instant::now(),
    };
    loop {
        let order = if desk.is_waiting() {
            match incoming.recv_timeout(WAIT) {
                Ok(order) => order,
                Err(RecvTimeoutError::Timeout) => {
                    desk.flush();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        } else {
            match incoming.recv() {
                Ok(order) => order,
                Err(_) => return,
            }
        };
        match order {
            Order::Begin { log, run, writer } => {
                desk.writers.insert(log, (run, *writer));
            }
            Order::Append {
                log,
                time,
                kind,
                bytes,
                room,
            } => {
                desk.append(log, time, kind, &bytes);
                if let Some(room) = room {
                    room.add_permits(bytes.len().min(ROOM));
                }
            }
            Order::End => return,
            Order::Finish { log, done } => {
                desk.finish(log);
                if done.send(()).is_err() {
                    tracing::debug!(log, "nobody waits for this recording any more");
                }
            }
        }
        if desk.flushed.elapsed() > WAIT_BUSY {
            desk.flush();
        }
    }
}

impl Desk {
    fn is_waiting(&self) -> bool {
        self.writers.values().any(|(_, writer)| writer.is_waiting())
    }

    fn flush(&mut self) {
        self.flushed = Instant::now();
        for (run, writer) in self.writers.values_mut() {
            tell(run, writer.settle());
        }
    }

    fn append(&mut self, log: u64, time: u64, kind: EntryKind, bytes: &[u8]) {
        let Some((run, writer)) = self.writers.get_mut(&log) else {
            return;
        };
        tell(run, writer.append(time, kind, bytes));
    }

    fn finish(&mut self, log: u64) {
        if let Some((run, writer)) = self.writers.remove(&log)
            && let Err(error) = writer.finish()
        {
            tracing::warn!(%run, %error, "a recording was not brought to the disk");
        }
    }
}

fn tell(run: &str, appended: Appended) {
    match appended {
        Appended::Done => {}
        Appended::Stopped(error) => {
            tracing::warn!(%run, %error, "not recorded until the disk takes more");
        }
        Appended::Resumed(lost) => tracing::warn!(%run, lost, "recorded again"),
    }
}

impl Drop for Desk {
    /// A host that ends leaves nothing without its entry.
    fn drop(&mut self) {
        self.flush();
    }
}
