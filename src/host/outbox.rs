//! What is on its way to one connection, and the task that writes it.
//!
//! Answers and exits are never dropped. Terminal bytes are: a stream with more than 128 KiB on the
//! way loses them and is brought up to date by snapshots, at most 60 a second, until its run has
//! been quiet for 50 ms (DECISIONS 12). Screens are last-value-wins per run.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::unix::OwnedWriteHalf;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::run::Run;
use crate::domain::RunId;
use crate::wire::{self, HostAnswer, HostRefusal, HostSay};

/// Terminal bytes of one stream that may be on the way.
const STREAM_MAX: usize = 128 * 1024;
/// Longest piece of terminal bytes in one frame.
const PIECE: usize = 64 * 1024;
/// Between two snapshots of a stream that cannot keep up.
const FRAME: Duration = Duration::from_micros(16_667);
/// A snapshot from which a stream goes on with bytes.
const EXACT: Duration = Duration::ZERO;
/// A run that was quiet for so long is sent as bytes again.
const QUIET: Duration = Duration::from_millis(50);
/// Bytes on the way from which on screens are owed instead of queued.
const SCREENS_MAX: usize = 1 << 20;

/// The outgoing side of one connection.
#[derive(Debug)]
pub(super) struct Outbox {
    /// Tells connections apart.
    pub(super) who: u64,
    queue: RefCell<Queue>,
    wake: Notify,
    drained: Notify,
    closed: Cell<bool>,
}

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<Piece>,
    bytes: usize,
    streams: BTreeMap<u64, Stream>,
    owed: BTreeMap<RunId, Rc<Run>>,
}

#[derive(Debug)]
struct Piece {
    stream: Option<u64>,
    frame: Vec<u8>,
}

#[derive(Debug)]
struct Stream {
    run: Rc<Run>,
    bytes: usize,
    /// When the next snapshot may be sent, if the stream could not keep up.
    behind: Option<Instant>,
}

impl Outbox {
    pub(super) fn new(who: u64) -> Rc<Self> {
        Rc::new(Self {
            who,
            queue: RefCell::default(),
            wake: Notify::new(),
            drained: Notify::new(),
            closed: Cell::new(false),
        })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// Nothing more goes out; streams forget their runs.
    pub(super) fn close(&self) {
        self.closed.set(true);
        let mut queue = self.queue.borrow_mut();
        queue.streams.clear();
        queue.owed.clear();
        self.wake.notify_one();
        self.drained.notify_one();
    }

    /// Waits until something has gone out.
    pub(super) async fn drained(&self) {
        self.drained.notified().await;
    }

    /// Bytes on the way.
    pub(super) fn bytes(&self) -> usize {
        self.queue.borrow().bytes
    }

    pub(super) fn answer(&self, id: u64, result: Result<HostAnswer, HostRefusal>) {
        self.say(&HostSay::Answer { id, result });
    }

    pub(super) fn say(&self, say: &HostSay) {
        let frame = wire::encode_control(say).or_else(|error| {
            tracing::warn!(%error, "an answer was too long");
            match say {
                HostSay::Answer { id, .. } => wire::encode_control(&HostSay::Answer {
                    id: *id,
                    result: Err(HostRefusal::Failed("the answer is too long".to_owned())),
                }),
                HostSay::Screen { .. }
                | HostSay::Exited { .. }
                | HostSay::Resized { .. }
                | HostSay::Holder { .. }
                | HostSay::Started { .. } => Err(error),
            }
        });
        if let Ok(frame) = frame {
            self.send(frame);
        }
    }

    /// A control frame that is encoded already.
    pub(super) fn send(&self, frame: Vec<u8>) {
        self.queue.borrow_mut().push(None, frame);
        self.wake.notify_one();
    }

    /// A screen of `run`, encoded as `frame`; to a slow watcher only the newest one.
    pub(super) fn screen(&self, run: &Rc<Run>, frame: &[u8]) {
        let mut queue = self.queue.borrow_mut();
        if queue.bytes > SCREENS_MAX {
            queue.owed.insert(run.id.clone(), Rc::clone(run));
        } else {
            queue.push(None, frame.to_vec());
        }
        self.wake.notify_one();
    }

    /// Begins a stream with the run as it is.
    pub(super) fn attach(&self, stream: u64, run: &Rc<Run>) {
        let mut queue = self.queue.borrow_mut();
        queue.streams.insert(
            stream,
            Stream {
                run: Rc::clone(run),
                bytes: 0,
                behind: None,
            },
        );
        queue.catch_up(stream, EXACT);
        self.wake.notify_one();
    }

    /// Ends a stream; says of which run.
    pub(super) fn detach(&self, stream: u64) -> Option<Rc<Run>> {
        let removed = self.queue.borrow_mut().streams.remove(&stream);
        removed.map(|stream| stream.run)
    }

    /// The run of a stream.
    pub(super) fn run_of(&self, stream: u64) -> Option<Rc<Run>> {
        let queue = self.queue.borrow();
        queue
            .streams
            .get(&stream)
            .map(|stream| Rc::clone(&stream.run))
    }

    /// Bytes that the run of a stream wrote.
    pub(super) fn terminal(&self, stream: u64, bytes: &[u8]) {
        let mut queue = self.queue.borrow_mut();
        let Some(state) = queue.streams.get_mut(&stream) else {
            return;
        };
        if state.behind.is_some() {
            return;
        }
        if state.bytes + bytes.len() > STREAM_MAX {
            state.behind = Some(Instant::now());
            queue.drop_bytes(stream);
        } else {
            queue.push_terminal(stream, bytes);
        }
        self.wake.notify_one();
    }

    /// The run of a stream has a new size: the viewer gets it, and the screen as it is then.
    pub(super) fn resized(&self, stream: u64) {
        let mut queue = self.queue.borrow_mut();
        queue.drop_bytes(stream);
        queue.catch_up(stream, EXACT);
        self.wake.notify_one();
    }

    /// The run of a stream has ended: the last screen if bytes were dropped, then the news.
    pub(super) fn exited(&self, stream: u64, say: &HostSay) {
        let mut queue = self.queue.borrow_mut();
        if queue
            .streams
            .get(&stream)
            .is_some_and(|state| state.behind.is_some())
        {
            queue.catch_up(stream, EXACT);
        }
        drop(queue);
        self.say(say);
    }

    /// Writes until the connection fails or is closed; what was queued before goes out first.
    pub(super) async fn write_all(&self, mut half: OwnedWriteHalf) {
        loop {
            let (bytes, next) = self.queue.borrow_mut().take(Instant::now());
            if !bytes.is_empty() {
                if half.write_all(&bytes).await.is_err() {
                    self.close();
                    return;
                }
                self.drained.notify_one();
                continue;
            }
            if self.is_closed() {
                return;
            }
            match next {
                Some(next) => tokio::select! {
                    () = self.wake.notified() => {}
                    () = tokio::time::sleep_until(next) => {}
                },
                None => self.wake.notified().await,
            }
        }
    }
}

impl Queue {
    fn push(&mut self, stream: Option<u64>, frame: Vec<u8>) {
        self.bytes += frame.len();
        self.frames.push_back(Piece { stream, frame });
    }

    fn push_terminal(&mut self, stream: u64, bytes: &[u8]) {
        for piece in bytes.chunks(PIECE) {
            // A piece is far below the limit of a frame.
            if let Ok(frame) = wire::encode_terminal(stream, piece) {
                if let Some(state) = self.streams.get_mut(&stream) {
                    state.bytes += frame.len();
                }
                self.push(Some(stream), frame);
            }
        }
    }

    fn drop_bytes(&mut self, stream: u64) {
        self.frames.retain(|piece| piece.stream != Some(stream));
        self.bytes = self.frames.iter().map(|piece| piece.frame.len()).sum();
        if let Some(state) = self.streams.get_mut(&stream) {
            state.bytes = 0;
        }
    }

    /// Size and snapshot of a stream's run, at most so old.
    fn catch_up(&mut self, stream: u64, age: Duration) {
        let Some(state) = self.streams.get(&stream) else {
            return;
        };
        let shot = state.run.shot(age);
        let size = HostSay::Resized {
            stream,
            size: shot.size,
            history: state.run.keeps(),
        };
        if let Ok(frame) = wire::encode_control(&size) {
            self.push(None, frame);
        }
        self.push_terminal(stream, &shot.bytes);
    }

    /// What is to be written now, and when to look again if that is nothing.
    fn take(&mut self, now: Instant) -> (Vec<u8>, Option<Instant>) {
        let mut out = Vec::new();
        while let Some(piece) = self.frames.pop_front() {
            self.bytes = self.bytes.saturating_sub(piece.frame.len());
            if let Some(state) = piece
                .stream
                .and_then(|stream| self.streams.get_mut(&stream))
            {
                state.bytes = state.bytes.saturating_sub(piece.frame.len());
            }
            if out.is_empty() {
                out = piece.frame;
            } else {
                out.extend_from_slice(&piece.frame);
            }
            if out.len() >= PIECE {
                return (out, None);
            }
        }
        if out.is_empty() {
            self.pay(now);
            if !self.frames.is_empty() {
                return self.take(now);
            }
        }
        let next = self.streams.values().filter_map(|state| state.behind).min();
        (out, next)
    }

    /// Everything queued is gone: makes the screens and snapshots that are owed.
    fn pay(&mut self, now: Instant) {
        while let Some((_, run)) = self.owed.pop_first() {
            if let Some(frame) = run.screen_frame() {
                self.push(None, frame);
            }
        }
        let due: Vec<u64> = self
            .streams
            .iter()
            .filter(|(_, state)| state.behind.is_some_and(|next| next <= now))
            .map(|(stream, _)| *stream)
            .collect();
        for stream in due {
            let Some(state) = self.streams.get_mut(&stream) else {
                continue;
            };
            let quiet = state.run.quiet_for(now) >= QUIET;
            state.behind = (!quiet).then(|| now + FRAME);
            self.catch_up(stream, if quiet { EXACT } else { FRAME });
        }
    }
}
