//! The task of one run: reads what the program wrote, writes what is typed, keeps its times.
//!
//! At most 32 KiB are parsed before other runs have their turn, so a flood in one terminal never
//! stalls another; a flood is read by a hot reader (`hot`). Ends on the end of the child, not on the end of its output: a grandchild may
//! keep the other end open for ever.

use std::fs::File;
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use tokio::io::unix::{AsyncFd, AsyncFdReadyGuard};
use tokio::time::Instant;

use super::ending;
use super::hot::{Gauge, Hot};
use super::run::Run;
use super::state::Host;
use crate::domain::Exit;
use crate::pty;

/// Bytes read and parsed in one turn.
const TURN: usize = 32 * 1024;
/// How long output is still read after the end of the child.
const DRAIN: Duration = Duration::from_millis(100);

/// Limits of a job.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// When it is stopped.
    pub(super) until: Option<Instant>,
    /// How much it may write.
    pub(super) output: Option<u64>,
}

/// What a read came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// There may be more.
    More,
    /// Nothing for now.
    Dry,
    /// Nothing any more.
    Ended,
}

#[expect(
    deprecated,
    reason = "its replacement is unsafe; a file keeps its descriptor until it is dropped"
)]
pub(super) async fn pump(host: Rc<Host>, run: Rc<Run>, end: File, limits: Limits) {
    match AsyncFd::new(end) {
        Ok(end) => work(&host, &run, &end, limits).await,
        Err(error) => {
            tracing::error!(run = %run.id, %error, "output cannot be read");
            ending::stop(&host, &run, ending::Manner::Kill);
            wait_for_end(&run).await;
        }
    }
    ending::finish(&host, &run).await;
}

async fn wait_for_end(run: &Run) {
    while !child_ended(run) {
        run.wake.notified().await;
    }
}

async fn work(host: &Rc<Host>, run: &Rc<Run>, end: &AsyncFd<File>, mut limits: Limits) {
    let mut size = run.size();
    let mut intake = Intake::new();
    while !child_ended(run) {
        let now = Instant::now();
        let watchers = host.watchers();
        let next = run.next_time(!watchers.is_empty());
        let next = next.into_iter().chain(limits.until).min();
        let typing = !run.core.borrow().input.is_empty();
        tokio::select! {
            ready = end.readable(), if intake.open && intake.hot.is_none() => {
                intake.read(host, run, ready, &mut limits).await;
            }
            piece = next_piece(&mut intake.hot) => {
                intake.hot_piece(host, run, piece, &mut limits).await;
            }
            ready = end.writable(), if typing => write_some(run, ready),
            () = run.wake.notified() => {}
            () = sleep_until(next) => {}
        }
        if run.size() != size {
            size = run.size();
            apply_size(run, end.get_ref(), size);
            run.told_size(Instant::now());
        }
        run.on_time(now.max(Instant::now()), &host.watchers());
        if limits.until.is_some_and(|until| until <= now) {
            limits.until = None;
            end_by_host(host, run, Exit::TimedOut, ending::Manner::Ask);
        }
    }
    intake.empty_hot(host, run, &mut limits).await;
    drain(host, run, end, &mut intake.buffer, &mut limits).await;
}

/// How a run's output comes in.
struct Intake {
    buffer: Vec<u8>,
    /// Whether there may be more.
    open: bool,
    gauge: Gauge,
    hot: Option<Hot>,
}

impl Intake {
    fn new() -> Self {
        Self {
            buffer: vec![0; TURN],
            open: true,
            gauge: Gauge::new(Instant::now()),
            hot: None,
        }
    }

    /// Reads one turn; a flood is given to a hot reader, if one is free.
    async fn read(
        &mut self,
        host: &Rc<Host>,
        run: &Rc<Run>,
        ready: io::Result<AsyncFdReadyGuard<'_, File>>,
        limits: &mut Limits,
    ) {
        let Ok(mut ready) = ready else {
            self.open = false;
            return;
        };
        let (count, reading) = read_turn(&mut ready, &mut self.buffer);
        self.open = reading != Reading::Ended;
        let bytes = self.buffer.get(..count).unwrap_or_default();
        take_in(host, run, bytes, limits).await;
        if self.open && self.gauge.floods(count, Instant::now()) {
            self.hot = Hot::begin(&host.readers, &host.way, (&run.id, ready.get_inner()));
        }
        if reading == Reading::More {
            tokio::task::yield_now().await;
        }
    }

    /// Takes in what the hot reader read; it has ended when that is nothing.
    async fn hot_piece(
        &mut self,
        host: &Rc<Host>,
        run: &Rc<Run>,
        piece: Option<Vec<u8>>,
        limits: &mut Limits,
    ) {
        let Some(piece) = piece else {
            self.hot = None;
            self.gauge = Gauge::new(Instant::now());
            return;
        };
        take_in_slices(host, run, &piece, limits).await;
        if let Some(hot) = &self.hot {
            hot.give_back(piece);
        }
    }

    /// Ends the hot reader and takes in all that it has read.
    async fn empty_hot(&mut self, host: &Rc<Host>, run: &Rc<Run>, limits: &mut Limits) {
        if let Some(mut hot) = self.hot.take() {
            hot.stop();
            while let Some(piece) = hot.next().await {
                take_in_slices(host, run, &piece, limits).await;
            }
        }
    }
}

/// What the hot reader read; never, without one.
async fn next_piece(hot: &mut Option<Hot>) -> Option<Vec<u8>> {
    match hot {
        Some(hot) => hot.next().await,
        None => std::future::pending().await,
    }
}

/// Takes in a large piece so that others have their turn in between.
async fn take_in_slices(host: &Rc<Host>, run: &Rc<Run>, piece: &[u8], limits: &mut Limits) {
    for slice in piece.chunks(TURN) {
        if let Some(until) = host.way.waits(&run.id, Instant::now()) {
            tokio::time::sleep_until(until).await;
        }
        take_in(host, run, slice, limits).await;
        run.keyframe(Instant::now(), false);
        tokio::task::yield_now().await;
    }
}

async fn sleep_until(next: Option<Instant>) {
    match next {
        Some(next) => tokio::time::sleep_until(next).await,
        None => std::future::pending().await,
    }
}

fn child_ended(run: &Run) -> bool {
    let ended = run
        .core
        .borrow()
        .child
        .as_ref()
        .is_none_or(pty::Child::has_ended);
    if ended {
        run.over.cancel();
    }
    ended
}

fn apply_size(run: &Run, end: &File, size: Option<(u16, u16)>) {
    if let Some(size) = size
        && let Err(error) = pty::resize(end, size)
    {
        tracing::debug!(run = %run.id, %error, "size not changed");
    }
}

/// Records first, then shows: what was seen on a screen is on its way to the disk.
async fn take_in(host: &Rc<Host>, run: &Rc<Run>, bytes: &[u8], limits: &mut Limits) {
    if bytes.is_empty() {
        return;
    }
    if let Some(log) = &run.log {
        log.output(bytes.to_vec()).await;
    }
    let written = run.took_in(bytes, Instant::now());
    if limits.output.is_some_and(|limit| written > limit) {
        limits.output = None;
        end_by_host(host, run, Exit::TooMuchOutput, ending::Manner::Kill);
    }
}

fn end_by_host(host: &Rc<Host>, run: &Rc<Run>, verdict: Exit, manner: ending::Manner) {
    run.core.borrow_mut().verdict.get_or_insert(verdict);
    ending::stop(host, run, manner);
}

fn read_turn(ready: &mut AsyncFdReadyGuard<'_, File>, buffer: &mut [u8]) -> (usize, Reading) {
    let mut have = 0;
    while have < buffer.len() {
        let rest = buffer.get_mut(have..).unwrap_or_default();
        match ready.try_io(|end| end.get_ref().read(rest)) {
            Err(_would_block) => return (have, Reading::Dry),
            Ok(Ok(0)) => return (have, Reading::Ended),
            Ok(Ok(count)) => have += count,
            Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            // EIO: nobody has the other end of the terminal any more.
            Ok(Err(_)) => return (have, Reading::Ended),
        }
    }
    (have, Reading::More)
}

fn write_some(run: &Run, ready: io::Result<AsyncFdReadyGuard<'_, File>>) {
    let Ok(mut ready) = ready else { return };
    loop {
        let wrote = {
            let core = run.core.borrow();
            let Some(bytes) = core.input.front() else {
                return;
            };
            ready.try_io(|end| end.get_ref().write(bytes))
        };
        match wrote {
            Err(_would_block) => return,
            Ok(Ok(count)) => run.core.borrow_mut().input.wrote(count),
            Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(Err(_)) => {
                run.core.borrow_mut().input.fail_all();
                return;
            }
        }
    }
}

/// Reads on for a short while after the child's end, as long as there is something.
async fn drain(
    host: &Rc<Host>,
    run: &Rc<Run>,
    end: &AsyncFd<File>,
    buffer: &mut [u8],
    limits: &mut Limits,
) {
    let until = Instant::now() + DRAIN;
    while let Ok(Ok(mut ready)) = tokio::time::timeout_at(until, end.readable()).await {
        let (count, reading) = read_turn(&mut ready, buffer);
        take_in(host, run, buffer.get(..count).unwrap_or_default(), limits).await;
        if reading == Reading::Ended {
            return;
        }
    }
}
