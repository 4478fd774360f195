//! The engine's file thread: a rig's folders, the engine's own git configuration, the mirror of the
//! event history for other tools, recordings that are past their time, and the patrol's looks at
//! worktrees and processes. Nothing here is the truth.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::time::Instant;

use crate::config::{RigFacts, Settings, write_rig};
use crate::domain::{Answer, Event, EventFilter, IncarnationId, Leftover, Query, Seq};
use crate::engine::{Input, Peer, Tag};
use crate::git::closed;
use crate::record::{self, Limits};
use crate::rules::patrol::Tree;
use crate::support::clock::Clock;
use crate::support::os;
use crate::support::paths::TownPaths;

use super::serve::{Desk, Post};

/// Events that are written to the mirror at a time.
const PIECE: Seq = 500;
/// Between two looks for recordings that are old or too many.
const SWEEP: Duration = Duration::from_secs(3_600);

/// Between two looks for news of recordings.
const NEWS: Duration = Duration::from_secs(5);

/// Something to write.
#[derive(Debug)]
pub(super) enum Errand {
    /// A rig's folders and settings.
    Rig(Tag, Box<RigFacts>),
    /// The engine's own git configuration.
    OwnConfig(Vec<(String, String)>),
    /// Events up to this one.
    Mirror(Seq),
    /// Whether these worktrees are there and these processes live.
    Patrol(Vec<(IncarnationId, PathBuf)>, Vec<Leftover>),
}

/// Starts the thread.
pub(super) fn start(desk: Arc<Desk>) -> std::io::Result<SyncSender<Errand>> {
    let (sender, errands) = sync_channel(1_024);
    std::thread::Builder::new()
        .name("files".to_owned())
        .spawn(move || work(&desk, &errands))?;
    Ok(sender)
}

fn work(desk: &Desk, errands: &Receiver<Errand>) {
    let mut mirrored = last_mirrored(&desk.paths);
    let mut due = Instant::now();
    let mut sweep = None;
    loop {
        let now = Instant::now();
        if now >= due {
            sweep = Sweep::start(&desk.paths, sweep);
            due = now + SWEEP;
        }
        if !tell_news(desk) {
            return;
        }
        let errand = match errands.recv_timeout((due - now).min(NEWS)) {
            Ok(errand) => errand,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        match errand {
            Errand::Rig(tag, facts) => {
                let result = write_rig(&desk.paths, &facts)
                    .map(|_| ())
                    .map_err(|error| error.to_string());
                if desk
                    .post
                    .send(Post::Input(Box::new(Input::Files { tag, result })))
                    .is_err()
                {
                    return;
                }
            }
            Errand::OwnConfig(captured) => {
                if let Err(error) = closed::write_own_config(&desk.paths, &captured) {
                    tracing::error!(%error, "the engine's git configuration cannot be written");
                }
            }
            Errand::Mirror(newest) => mirrored = mirror(desk, mirrored, newest),
            Errand::Patrol(trees, left) => {
                let found = patrol(trees, left);
                if desk.post.send(Post::Input(Box::new(found))).is_err() {
                    return;
                }
            }
        }
    }
}

fn patrol(trees: Vec<(IncarnationId, PathBuf)>, left: Vec<Leftover>) -> Input {
    let trees = trees
        .into_iter()
        .map(|(id, path)| (id, look(&path)))
        .collect();
    let lives = |one: &Leftover| os::process(one.pid).is_some_and(|now| now.started == one.started);
    Input::Patrolled {
        trees,
        ended: left.into_iter().filter(|one| !lives(one)).collect(),
    }
}

/// A worktree without git's link in it is none.
fn look(tree: &Path) -> Tree {
    match tree.join(".git").symlink_metadata() {
        Ok(_) => Tree::There,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Tree::Gone
        }
        Err(error) => {
            tracing::warn!(tree = %tree.display(), %error, "a worktree cannot be looked at");
            Tree::Unknown
        }
    }
}

/// A look at all recordings, on a thread of its own: packing old ones anew takes seconds. Dropping it
/// stops and joins it.
struct Sweep {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Sweep {
    /// Starts the next one, unless the one before goes on.
    fn start(paths: &TownPaths, before: Option<Self>) -> Option<Self> {
        let goes_on = |sweep: &Self| (sweep.thread.as_ref()).is_some_and(|one| !one.is_finished());
        if before.as_ref().is_some_and(goes_on) {
            return before;
        }
        let (paths, stop) = (paths.clone(), Arc::new(AtomicBool::new(false)));
        let told = Arc::clone(&stop);
        let thread = std::thread::Builder::new()
            .name("sweep".to_owned())
            .spawn(move || {
                sweep(&paths);
                thin(&paths, &told);
            });
        match thread {
            Ok(thread) => Some(Self {
                stop,
                thread: Some(thread),
            }),
            Err(error) => {
                tracing::warn!(%error, "the recordings cannot be swept");
                None
            }
        }
    }
}

impl Drop for Sweep {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a sweep of the recordings failed");
        }
    }
}

/// Makes recordings smaller that ended more than a day ago.
fn thin(paths: &TownPaths, stop: &AtomicBool) {
    let now = Clock::start(0).read().wall;
    match record::thin_old(&paths.recordings(), now, stop) {
        Ok(0) => {}
        Ok(saved) => tracing::info!(saved, "thinned old recordings"),
        Err(error) => tracing::warn!(%error, "the recordings cannot be thinned"),
    }
}

/// Deletes recordings that are old or too many, by the settings of now.
fn sweep(paths: &TownPaths) {
    let (days, bytes) = Settings::load(paths).recordings();
    let limits = Limits::new(days, bytes);
    let now = Clock::start(0).read().wall;
    match record::sweep(&paths.recordings(), limits, now) {
        Ok(gone) if gone.is_empty() => {}
        Ok(gone) => tracing::info!(recordings = gone.len(), "deleted old recordings"),
        Err(error) => tracing::warn!(%error, "the recordings cannot be swept"),
    }
}

/// Hands news of recordings to the engine; says whether it is still there.
fn tell_news(desk: &Desk) -> bool {
    match record::collect_news(&desk.paths.recordings()) {
        Ok(news) if news.is_empty() => true,
        Ok(news) => {
            let input = Input::Recordings(news);
            desk.post.send(Post::Input(Box::new(input))).is_ok()
        }
        Err(error) => {
            tracing::warn!(%error, "the news of recordings cannot be read");
            true
        }
    }
}

/// Appends what the mirror lacks; a mirror that cannot be written is logged and tried with the next event.
fn mirror(desk: &Desk, mut mirrored: Seq, newest: Seq) -> Seq {
    while mirrored < newest {
        // A window, so that a mirror that is far behind is not read to its end for each piece; old
        // events may be gone, so an empty one says nothing.
        let until = newest.min(mirrored.saturating_add(PIECE));
        let Some(events) = events_between(desk, mirrored, until) else {
            return mirrored;
        };
        if let Err(error) = append(&desk.paths, &events) {
            tracing::warn!(%error, "the mirror of events cannot be written");
            return mirrored;
        }
        mirrored = until;
    }
    mirrored
}

fn events_between(desk: &Desk, after: Seq, until: Seq) -> Option<Vec<Event>> {
    let filter = EventFilter {
        after,
        until: Some(until),
        ..EventFilter::default()
    };
    let query = Query::Events(filter);
    match desk
        .readers
        .with(|reader| reader.answer(&Peer::default(), &query))
    {
        Some(Ok(Answer::Events { events, .. })) => Some(events),
        Some(Ok(_)) | Some(Err(_)) | None => None,
    }
}

fn append(paths: &TownPaths, events: &[Event]) -> std::io::Result<()> {
    let mut text = String::new();
    for event in events {
        text.push_str(&serde_json::to_string(event)?);
        text.push('\n');
    }
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(paths.events_mirror())?
        .write_all(text.as_bytes())
}

/// The number of the last event in the mirror; a torn last line is ended first.
fn last_mirrored(paths: &TownPaths) -> Seq {
    let read = || -> std::io::Result<Seq> {
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .open(paths.events_mirror())?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(256 * 1024)))?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail)?;
        if tail.last().is_some_and(|byte| *byte != b'\n') {
            file.write_all(b"\n")?;
        }
        let text = String::from_utf8_lossy(&tail);
        let last = text
            .lines()
            .rev()
            .find_map(|line| serde_json::from_str::<Event>(line).ok());
        Ok(last.map_or(0, |event| event.seq))
    };
    read().unwrap_or(0)
}
