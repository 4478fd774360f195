//! The recording thread: all disk writes of the host happen here.
//!
//! Each run may have 512 KiB on the way; its reader waits for room (it never drops), so a slow
//! disk slows that one program and nobody else. A recording that fails is given up with a warning:
//! the agent is worth more than its recording.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::record::{About, EntryKind, Writer};

/// Bytes of one run that may wait for the disk.
const ROOM: usize = 512 * 1024;

enum Order {
    Append {
        log: u64,
        time: u64,
        kind: EntryKind,
        bytes: Vec<u8>,
        room: Option<Arc<Semaphore>>,
    },
    Begin {
        log: u64,
        writer: Box<Writer>,
    },
    Finish {
        log: u64,
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
    pub(super) fn begin(&self, folder: &Path, about: &About) -> Option<Log> {
        let orders = self.orders.clone()?;
        let writer = match Writer::begin(folder, about) {
            Ok(writer) => Box::new(writer),
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
        log.send(Order::Begin { log: id, writer });
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
    /// Appends what the program wrote, once there is room.
    pub(super) async fn output(&self, bytes: Vec<u8>) {
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
        self.append(kind, bytes, None);
    }

    /// Ends the recording.
    pub(super) fn finish(&self) {
        self.send(Order::Finish { log: self.id });
    }

    fn append(&self, kind: EntryKind, bytes: Vec<u8>, room: Option<Arc<Semaphore>>) {
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

fn work(incoming: &Receiver<Order>) {
    let mut writers: HashMap<u64, Writer> = HashMap::new();
    for order in incoming {
        match order {
            Order::Begin { log, writer } => {
                writers.insert(log, *writer);
            }
            Order::Append {
                log,
                time,
                kind,
                bytes,
                room,
            } => {
                if let Some(writer) = writers.get_mut(&log)
                    && let Err(error) = writer.append(time, kind, &bytes)
                {
                    tracing::warn!(%error, "a recording was given up");
                    writers.remove(&log);
                }
                if let Some(room) = room {
                    room.add_permits(bytes.len().min(ROOM));
                }
            }
            Order::End => return,
            Order::Finish { log } => {
                if let Some(writer) = writers.remove(&log)
                    && let Err(error) = writer.finish()
                {
                    tracing::warn!(%error, "a recording was not brought to the disk");
                }
            }
        }
    }
}
