//! Reading of a terminal that floods, on a thread of its own.
//!
//! The host's thread is woken once for every few kilobytes of a terminal; for a flood that is most
//! of the work. So a run that floods lends its terminal to one of at most two hot readers, which
//! fill large buffers while the host's thread parses the ones before. Few buffers are on the way,
//! so a program that is faster than its screen waits for it. Never parses, never records; ends by
//! itself when the terminal has been quiet for a moment.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc as blocking;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::sync::mpsc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::way::RightOfWay;
use crate::domain::RunId;

/// Hot readers at a time.
pub(super) const READERS: usize = 2;
/// Size of a buffer.
const PIECE: usize = 128 * 1024;
/// Filled buffers that wait for the parser.
const WAITING: usize = 2;
/// A terminal that wrote nothing for so long floods no more.
const QUIET: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 10_000_000,
};
/// How long a part of a buffer waits for more while the parser is busy.
const MORE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 1_000_000,
};
/// So many bytes within the time below are a flood.
const FLOOD_BYTES: usize = 128 * 1024;
const FLOOD_TIME: Duration = Duration::from_millis(20);

/// Tells a flood from other output by its rate.
#[derive(Debug)]
pub(super) struct Gauge {
    since: Instant,
    bytes: usize,
}

impl Gauge {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            since: now,
            bytes: 0,
        }
    }

    /// `count` more bytes were read; says whether that is a flood.
    pub(super) fn floods(&mut self, count: usize, now: Instant) -> bool {
        if now.saturating_duration_since(self.since) > FLOOD_TIME {
            *self = Self::new(now);
        }
        self.bytes += count;
        self.bytes >= FLOOD_BYTES
    }
}

/// A hot reader at work. Dropping it ends the reader; what it had read by then is lost, so it is
/// stopped and emptied first.
#[derive(Debug)]
pub(super) struct Hot {
    pieces: mpsc::Receiver<Vec<u8>>,
    spare: blocking::Sender<Vec<u8>>,
    stop: Arc<AtomicBool>,
}

impl Hot {
    /// Begins to read the terminal of a run, if a reader is free.
    pub(super) fn begin(
        readers: &Arc<Semaphore>,
        way: &RightOfWay,
        (run, end): (&RunId, &File),
    ) -> Option<Self> {
        let permit = Arc::clone(readers).try_acquire_owned().ok()?;
        let end = end.try_clone().ok()?;
        let (sender, pieces) = mpsc::channel(WAITING);
        let (spare, spares) = blocking::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let reader = Reader {
            end,
            sender,
            spares,
            stop: Arc::clone(&stop),
            run: run.clone(),
            way: way.clone(),
            _permit: permit,
        };
        // Ends with the channel; the runtime waits for it at its own end.
        drop(tokio::task::spawn_blocking(move || reader.work()));
        Some(Self {
            pieces,
            spare,
            stop,
        })
    }

    /// What was read next; `None` once the reader has ended and nothing is left.
    pub(super) async fn next(&mut self) -> Option<Vec<u8>> {
        self.pieces.recv().await
    }

    /// Gives a buffer back to be filled again.
    pub(super) fn give_back(&self, mut piece: Vec<u8>) {
        piece.clear();
        // A reader that has ended needs no buffer.
        drop(self.spare.send(piece));
    }

    /// Asks the reader to end; [`Hot::next`] still gives all that it has read.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Drop for Hot {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The thread's side.
struct Reader {
    end: File,
    sender: mpsc::Sender<Vec<u8>>,
    spares: blocking::Receiver<Vec<u8>>,
    stop: Arc<AtomicBool>,
    run: RunId,
    way: RightOfWay,
    _permit: OwnedSemaphorePermit,
}

impl Reader {
    fn work(mut self) {
        while !self.stop.load(Ordering::Relaxed) {
            let spare = self.spares.try_recv().unwrap_or_default();
            let (piece, goes_on) = self.fill(spare);
            if !piece.is_empty() && self.sender.blocking_send(piece).is_err() {
                return;
            }
            if !goes_on {
                return;
            }
        }
    }

    /// Fills a buffer, or part of it when the parser has nothing to do; says whether there may be more.
    fn fill(&mut self, mut piece: Vec<u8>) -> (Vec<u8>, bool) {
        piece.resize(PIECE, 0);
        let mut have = 0;
        let mut goes_on = true;
        while have < PIECE && !self.stop.load(Ordering::Relaxed) {
            self.give_way();
            let rest = piece.get_mut(have..).unwrap_or_default();
            match self.end.read(rest) {
                Ok(0) => goes_on = false,
                Ok(count) => {
                    have += count;
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let idle = self.sender.capacity() == WAITING;
                    if have > 0 && idle {
                        break;
                    }
                    let patience = if have > 0 { &MORE } else { &QUIET };
                    if self.waits(patience) {
                        continue;
                    }
                    goes_on = have > 0;
                }
                // Nobody has the other end any more; the run's own task finds out by itself.
                Err(_) => goes_on = false,
            }
            break;
        }
        piece.truncate(have);
        (piece, goes_on)
    }

    /// Waits while another terminal goes first.
    fn give_way(&self) {
        let now = Instant::now();
        if let Some(until) = self.way.waits(&self.run, now) {
            std::thread::sleep(until.saturating_duration_since(now));
        }
    }

    /// Waits until there is something to read; says whether there is.
    fn waits(&self, patience: &Timespec) -> bool {
        let mut ends = [PollFd::new(&self.end, PollFlags::IN)];
        matches!(poll(&mut ends, Some(patience)), Ok(ready) if ready > 0)
    }
}
