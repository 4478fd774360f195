//! The git worker's lane: one process, started on demand, gone after 30 s without work, killed when
//! a job takes too long (DECISIONS 8). Jobs go one after the other.

#![expect(clippy::disallowed_methods, reason = "owns the git worker's process")]

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::domain::{GitJob, GitOutcome, GitReply, GitRequest};
use crate::engine::{Input, Tag};
use crate::git::closed;
use crate::support::paths::TownPaths;

use super::serve::Post;

/// An idle worker ends after this.
const IDLE: Duration = Duration::from_secs(30);
/// A job that takes longer is given up and its worker killed.
const LIMIT: Duration = Duration::from_secs(600);

struct Worker {
    child: Child,
    input: ChildStdin,
    replies: Receiver<String>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Closing its input ends an idle worker; a stuck one is killed. It is our own child.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The lane. Jobs go in, outcomes come as inputs; when it is dropped, its worker is ended in the
/// middle of whatever it does, which every job survives, and nothing of it is left.
#[derive(Debug)]
pub(super) struct GitLane {
    jobs: Option<SyncSender<(Tag, GitJob)>>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    ending: AtomicBool,
    /// The worker of the moment, which is this process's own child.
    worker: Mutex<Option<Pid>>,
}

impl GitLane {
    /// Starts the lane.
    pub(super) fn start(paths: TownPaths, post: SyncSender<Post>) -> std::io::Result<Self> {
        let (sender, jobs) = sync_channel::<(Tag, GitJob)>(1_024);
        let shared = Arc::new(Shared::default());
        let inner = shared.clone();
        let thread = std::thread::Builder::new()
            .name("git lane".to_owned())
            .spawn(move || lane(&paths, &jobs, &post, &inner))?;
        Ok(Self {
            jobs: Some(sender),
            shared,
            thread: Some(thread),
        })
    }

    /// Gives a job to the worker; false when the lane is gone.
    pub(super) fn send(&self, tag: Tag, job: GitJob) -> bool {
        self.jobs
            .as_ref()
            .is_some_and(|jobs| jobs.send((tag, job)).is_ok())
    }
}

impl Drop for GitLane {
    fn drop(&mut self) {
        self.shared.ending.store(true, Ordering::Release);
        drop(self.jobs.take());
        let worker = *self
            .shared
            .worker
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(pid) = worker
            && let Err(error) = kill_process(pid, Signal::KILL)
        {
            tracing::debug!(%error, "the git worker had ended already");
        }
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the git lane failed");
        }
    }
}

fn lane(
    paths: &TownPaths,
    jobs: &Receiver<(Tag, GitJob)>,
    post: &SyncSender<Post>,
    shared: &Shared,
) {
    let mut worker: Option<Worker> = None;
    let mut next = 0;
    loop {
        let (tag, job) = match jobs.recv_timeout(IDLE) {
            Ok(job) => job,
            Err(RecvTimeoutError::Timeout) => {
                retire(&mut worker, shared);
                match jobs.recv() {
                    Ok(job) => job,
                    Err(_) => return,
                }
            }
            Err(RecvTimeoutError::Disconnected) => break,
        };
        if shared.ending.load(Ordering::Acquire) {
            break;
        }
        next += 1;
        let outcome = match run(paths, &mut worker, GitRequest { id: next, job }, shared) {
            Ok(outcome) => outcome,
            Err(_) if shared.ending.load(Ordering::Acquire) => break,
            Err(reason) => {
                retire(&mut worker, shared);
                tracing::warn!(%reason, "the git worker failed");
                GitOutcome::Failed { reason }
            }
        };
        if post
            .send(Post::Input(Box::new(Input::Git { tag, outcome })))
            .is_err()
        {
            break;
        }
    }
    retire(&mut worker, shared);
}

/// Ends the worker. Its number is forgotten first, so that nobody signals a later process.
fn retire(worker: &mut Option<Worker>, shared: &Shared) {
    *shared.worker.lock().unwrap_or_else(PoisonError::into_inner) = None;
    *worker = None;
}

fn run(
    paths: &TownPaths,
    worker: &mut Option<Worker>,
    request: GitRequest,
    shared: &Shared,
) -> Result<GitOutcome, String> {
    if worker.is_none() {
        let fresh =
            spawn(paths).map_err(|error| format!("the git worker cannot be started: {error}"))?;
        let pid = i32::try_from(fresh.child.id()).ok().and_then(Pid::from_raw);
        *shared.worker.lock().unwrap_or_else(PoisonError::into_inner) = pid;
        *worker = Some(fresh);
    }
    let Some(running) = worker else {
        return Err("the git worker is not there".to_owned());
    };
    let mut line = serde_json::to_vec(&request).map_err(|error| error.to_string())?;
    line.push(b'\n');
    if let Err(error) = running
        .input
        .write_all(&line)
        .and_then(|()| running.input.flush())
    {
        return Err(format!("the git worker went away: {error}"));
    }
    match running.replies.recv_timeout(LIMIT) {
        Ok(text) => {
            let reply: GitReply = serde_json::from_str(&text)
                .map_err(|error| format!("the git worker said `{error}`"))?;
            if reply.id == request.id {
                Ok(reply.outcome)
            } else {
                Err("the git worker answered another job".to_owned())
            }
        }
        Err(RecvTimeoutError::Timeout) => Err("git work took longer than 10 minutes".to_owned()),
        Err(RecvTimeoutError::Disconnected) => {
            Err("the git worker ended in the middle of its work".to_owned())
        }
    }
}

fn spawn(paths: &TownPaths) -> std::io::Result<Worker> {
    // The town's own copy: the file this engine was started from may be replaced while it runs.
    let exe = paths.bin().join(crate::wire::BUILD).join("gt");
    let log = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(paths.logs().join("git-worker.err"))?;
    let mut child = Command::new(exe)
        .arg("git-worker")
        .arg("--town")
        .arg(paths.root())
        .current_dir(paths.gt())
        .env_clear()
        .envs(closed::worker_environment(paths))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()?;
    let missing = || std::io::Error::other("a pipe is missing");
    let input = child.stdin.take().ok_or_else(missing)?;
    let output = child.stdout.take().ok_or_else(missing)?;
    let (sender, replies) = channel();
    std::thread::Builder::new()
        .name("git replies".to_owned())
        .spawn(move || {
            for line in BufReader::new(output).lines() {
                let Ok(line) = line else {
                    return;
                };
                if sender.send(line).is_err() {
                    return;
                }
            }
        })?;
    Ok(Worker {
        child,
        input,
        replies,
    })
}
