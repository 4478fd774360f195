//! What the host's tasks share: runs, watchers, keys, the recorder. One thread, no locks.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::config::{HostConfig, Keys, Place};
use super::ending::{self, Manner};
use super::hot;
use super::outbox::Outbox;
use super::recorder::Recorder;
use super::run::Run;
use super::way::RightOfWay;
use crate::domain::RunId;
use crate::pty;
use crate::support::os;

/// The host.
pub(super) struct Host {
    pub(super) config: HostConfig,
    pub(super) keys: Keys,
    pub(super) recorder: Recorder,
    /// Hot readers that are free.
    pub(super) readers: Arc<Semaphore>,
    /// The run that was typed into last goes before floods.
    pub(super) way: RightOfWay,
    pub(super) runs: RefCell<BTreeMap<RunId, Rc<Run>>>,
    pub(super) tasks: TaskTracker,
    pub(super) connections: TaskTracker,
    /// No new runs; the host ends when the present ones have.
    pub(super) stopping: CancellationToken,
    /// All runs have ended: connections close.
    pub(super) closing: CancellationToken,
    watchers: RefCell<Vec<Rc<Outbox>>>,
    engines: RefCell<Vec<(u64, i32)>>,
    adopts: bool,
    next: Cell<u64>,
}

impl Host {
    pub(super) fn new(config: HostConfig) -> io::Result<Rc<Self>> {
        let keys = Keys::load_or_make(&config.paths)?;
        let adopts = config.place == Place::Process && os::adopt_orphans();
        Ok(Rc::new(Self {
            keys,
            recorder: Recorder::spawn()?,
            readers: Arc::new(Semaphore::new(hot::READERS)),
            way: RightOfWay::default(),
            runs: RefCell::default(),
            tasks: TaskTracker::new(),
            connections: TaskTracker::new(),
            stopping: CancellationToken::new(),
            closing: CancellationToken::new(),
            watchers: RefCell::default(),
            engines: RefCell::default(),
            adopts,
            next: Cell::new(1),
            config,
        }))
    }

    /// A number for a new connection.
    pub(super) fn next_number(&self) -> u64 {
        let number = self.next.get();
        self.next.set(number + 1);
        number
    }

    pub(super) fn run(&self, id: &RunId) -> Option<Rc<Run>> {
        self.runs.borrow().get(id).cloned()
    }

    pub(super) fn all_runs(&self) -> Vec<Rc<Run>> {
        self.runs.borrow().values().cloned().collect()
    }

    pub(super) fn add(&self, run: &Rc<Run>) {
        self.runs
            .borrow_mut()
            .insert(run.id.clone(), Rc::clone(run));
    }

    pub(super) fn watchers(&self) -> Vec<Rc<Outbox>> {
        self.watchers.borrow().clone()
    }

    pub(super) fn watch(&self, outbox: &Rc<Outbox>) {
        let mut watchers = self.watchers.borrow_mut();
        if !watchers.iter().any(|known| known.who == outbox.who) {
            watchers.push(Rc::clone(outbox));
        }
    }

    /// The engine on connection `who` is process `pid`: nobody's leftover.
    pub(super) fn engine_is(&self, who: u64, pid: i32) {
        self.engines.borrow_mut().push((who, pid));
    }

    /// A connection has ended.
    pub(super) fn leave(&self, who: u64) {
        self.watchers.borrow_mut().retain(|known| known.who != who);
        self.engines.borrow_mut().retain(|(known, _)| *known != who);
        for run in self.all_runs() {
            let mut core = run.core.borrow_mut();
            core.viewers.remove_all(who);
            let left = core.input.leave(who);
            drop(core);
            run.left(left);
        }
    }

    /// Processes that never belong to `run`: other runs' leaders, engines, this process.
    pub(super) fn strangers(&self, run: &Run) -> Vec<i32> {
        let leaders = self
            .all_runs()
            .into_iter()
            .filter(|other| other.id != run.id && other.exit().is_none())
            .filter_map(|other| other.pid);
        let engines = self.engines.borrow().clone();
        leaders
            .chain(engines.into_iter().map(|(_, pid)| pid))
            .chain(i32::try_from(std::process::id()))
            .collect()
    }

    /// The process that orphans of runs come to, if that is this one.
    pub(super) fn adopter(&self) -> Option<i32> {
        self.adopts
            .then(|| i32::try_from(std::process::id()).ok())
            .flatten()
    }

    /// Waits for orphans that have ended, and lets every run look at its child.
    pub(super) fn on_child(&self) {
        for run in self.all_runs() {
            run.wake.notify_one();
        }
        self.reap_orphans();
    }

    pub(super) fn reap_orphans(&self) {
        if self.adopts {
            let ours: Vec<i32> = self
                .all_runs()
                .iter()
                .filter(|run| !run.done.is_cancelled())
                .filter_map(|run| run.pid)
                .collect();
            pty::reap_orphans(&ours);
        }
    }

    /// Stops all runs and waits until they are gone.
    pub(super) async fn stop_all(self: &Rc<Self>) {
        self.stopping.cancel();
        let runs = self.all_runs();
        for run in &runs {
            ending::stop(self, run, Manner::Ask);
        }
        for run in runs {
            run.done.cancelled().await;
        }
    }
}
