//! The recording thread: all disk writes of the host happen here.
//!
//! Each run may have 512 KiB on the way; its reader waits for room (it never drops), so a slow
//! disk slows that one program and nobody else. A disk that takes nothing stops a recording with one
//! warning, until it takes again: the agent is worth more than its recording.
//!
//! Bytes are written as they come, and named by the index within 100 ms: that is what a killed host
//! loses at most. They are brought to the disk every 5 s: that is what a loss of power costs.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};
use tokio::time::Instant;

use crate::domain::{RecordingNews, StoppedBy};
use crate::record::{About, Appended, EntryKind, Unsynced, Writer, leave_news};

/// Bytes of one run that may wait for the disk.
const ROOM: usize = 512 * 1024;
/// How long the news of an exit waits for its recording.
const FINISH_MAX: Duration = Duration::from_secs(2);
/// How long output may wait for more of it before its entry is written.
const WAIT: Duration = Duration::from_millis(10);
/// The same, while other runs keep the thread busy.
const WAIT_BUSY: Duration = Duration::from_millis(100);

/// Between two times at which all that is new is brought to the disk.
const SYNC_EVERY: Duration = Duration::from_secs(5);
/// Packed blocks whose raw form waits for that, from which on it is done at once: 1 MiB each.
const STALE_MAX: usize = 32;

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
        book: Box<Book>,
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
    gap: Arc<AtomicBool>,
}

/// One run's recording, at the thread.
struct Book {
    run: String,
    writer: Writer,
    /// Output is missing: what follows makes sense only after a snapshot.
    gap: Arc<AtomicBool>,
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
            Ok(writer) => writer.within(quota),
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
            gap: Arc::new(AtomicBool::new(false)),
        };
        let book = Box::new(Book {
            run: about.run.clone(),
            writer,
            gap: Arc::clone(&log.gap),
        });
        log.send(Order::Begin { log: id, book });
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

    /// Whether output is missing since the last call, so that a snapshot is due.
    pub(super) fn has_gap(&self) -> bool {
        self.gap.swap(false, Ordering::Relaxed)
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
    books: HashMap<u64, Book>,
    flushed: Instant,
    synced: Instant,
    /// Brings to the disk what was new then; output goes on meanwhile.
    syncing: Option<JoinHandle<()>>,
}

fn work(incoming: &Receiver<Order>) {
    let now = Instant::now();
    let mut desk = Desk {
        books: HashMap::new(),
        flushed: now,
        synced: now,
        syncing: None,
    };
    loop {
        let order = match desk.patience() {
            Some(patience) => incoming.recv_timeout(patience),
            None => incoming.recv().map_err(RecvTimeoutError::from),
        };
        match order {
            Ok(Order::End) | Err(RecvTimeoutError::Disconnected) => return,
            Ok(order) => desk.obey(order),
            Err(RecvTimeoutError::Timeout) => desk.flush(),
        }
        if desk.flushed.elapsed() > WAIT_BUSY {
            desk.flush();
        }
    }
}

impl Desk {
    fn obey(&mut self, order: Order) {
        match order {
            Order::Begin { log, book } => {
                self.books.insert(log, *book);
            }
            Order::Append {
                log,
                time,
                kind,
                bytes,
                room,
            } => {
                self.append(log, time, kind, &bytes);
                if let Some(room) = room {
                    room.add_permits(bytes.len().min(ROOM));
                }
            }
            Order::Finish { log, done } => {
                self.finish(log);
                if done.send(()).is_err() {
                    tracing::debug!(log, "nobody waits for this recording any more");
                }
            }
            Order::End => {}
        }
    }

    /// How long to wait for an order; `None` while nothing else is to be done.
    fn patience(&self) -> Option<Duration> {
        let mut writers = self.books.values().map(|book| &book.writer);
        if writers.clone().any(Writer::is_waiting) {
            return Some(WAIT);
        }
        let due = self.synced + SYNC_EVERY;
        (writers.any(Writer::is_dirty))
            .then(|| due.saturating_duration_since(Instant::now()).max(WAIT_BUSY))
    }

    fn flush(&mut self) {
        self.flushed = Instant::now();
        for book in self.books.values_mut() {
            let said = book.writer.settle();
            book.tell(said);
        }
        let stale: usize = (self.books.values()).map(|book| book.writer.stale()).sum();
        let due = self.flushed >= self.synced + SYNC_EVERY || stale >= STALE_MAX;
        let busy = (self.syncing.as_ref()).is_some_and(|thread| !thread.is_finished());
        if due && !busy {
            self.sync();
        }
    }

    /// Lets a thread bring to the disk what is new. It is there for a moment only: quiet runs cost none.
    fn sync(&mut self) {
        self.joined();
        self.synced = Instant::now();
        let new: Vec<(String, Unsynced)> = (self.books.values_mut())
            .filter(|book| book.writer.is_dirty())
            .map(|book| (book.run.clone(), book.writer.unsynced()))
            .collect();
        if new.is_empty() {
            return;
        }
        let bring = move || {
            for (run, unsynced) in new {
                if let Err(error) = unsynced.bring() {
                    tracing::warn!(%run, %error, "a recording was not brought to the disk");
                }
            }
        };
        let thread = std::thread::Builder::new().name("sync".to_owned());
        match thread.spawn(bring) {
            Ok(thread) => self.syncing = Some(thread),
            Err(error) => tracing::warn!(%error, "recordings are not brought to the disk"),
        }
    }

    fn joined(&mut self) {
        if let Some(thread) = self.syncing.take()
            && thread.join().is_err()
        {
            tracing::error!("a recording's sync failed");
        }
    }

    fn append(&mut self, log: u64, time: u64, kind: EntryKind, bytes: &[u8]) {
        if let Some(book) = self.books.get_mut(&log) {
            let said = book.writer.append(time, kind, bytes);
            book.tell(said);
        }
    }

    fn finish(&mut self, log: u64) {
        if let Some(Book { run, writer, .. }) = self.books.remove(&log)
            && let Err(error) = writer.finish()
        {
            tracing::warn!(%run, %error, "a recording was not brought to the disk");
        }
    }
}

impl Book {
    fn tell(&self, said: Appended) {
        let run = &self.run;
        match said {
            Appended::Done => {}
            Appended::Full => {
                tracing::warn!(%run, "recorded no further: it is as long as it may be");
                self.news(self.stopped(StoppedBy::Limit));
            }
            Appended::Stopped(error) => {
                tracing::warn!(%run, %error, "not recorded until the disk takes more");
                let why = match error.kind() {
                    ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                        StoppedBy::DiskFull
                    }
                    _ => StoppedBy::DiskFailed,
                };
                self.news(self.stopped(why));
            }
            Appended::Resumed(lost) => {
                self.gap.store(true, Ordering::Relaxed);
                tracing::warn!(%run, lost, "recorded again");
                self.news(RecordingNews::Resumed { lost });
            }
        }
    }

    fn stopped(&self, why: StoppedBy) -> RecordingNews {
        let at = self.writer.offset();
        RecordingNews::Stopped { at, why }
    }

    /// Tells the town, which may be away now.
    fn news(&self, news: RecordingNews) {
        let (run, recordings) = (&self.run, self.writer.folder().parent());
        let left = recordings.map(|recordings| leave_news(recordings, run, news));
        if let Some(Err(error)) = left {
            tracing::warn!(%run, %error, "the town will not hear of it");
        }
    }
}

impl Drop for Desk {
    /// A host that ends leaves nothing without its entry.
    fn drop(&mut self) {
        self.flush();
        self.joined();
    }
}
