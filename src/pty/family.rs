//! All that a run has started, as far as it can be proved, and ending it (contract P4, P5).
//!
//! A process is identified by number and start time together. It belongs to a run if it is of the
//! run's session or group, descends from a member, was seen as a member before, or was adopted by
//! this process and carries the run's marks. Anything else is never signalled.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, WaitOptions, waitid, waitpid};

use crate::support::os::{self, Process};

/// One process, told apart from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Member {
    /// Its number.
    pub(crate) pid: i32,
    /// When it was started.
    pub(crate) started: u64,
}

/// What is known of the processes of one run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Family {
    /// The run's leader: number of its group and, under a terminal, of its session.
    pub(crate) leader: i32,
    /// Environment entries (`KEY=value`) that only this run's processes carry.
    pub(crate) marks: Vec<String>,
    /// The run's folder; adopted processes that work in it are the run's.
    pub(crate) folder: PathBuf,
    /// This process, if orphans come to it.
    pub(crate) adopter: Option<i32>,
    /// Processes that are never members: other runs' leaders, the engine.
    pub(crate) strangers: Vec<i32>,
    /// Members seen so far.
    pub(crate) seen: Vec<Member>,
}

impl Family {
    /// Looks for members and remembers them. The leader itself is not one of them. Reads all of
    /// the process table: not for the runtime's thread.
    pub(crate) fn look(&mut self) -> Vec<Member> {
        let all = os::processes();
        let mut inside: BTreeMap<i32, Member> = BTreeMap::new();
        loop {
            let before = inside.len();
            for process in &all {
                if !inside.contains_key(&process.pid) && self.owns(process, &inside) {
                    inside.insert(process.pid, member(process));
                }
            }
            if inside.len() == before {
                break;
            }
        }
        let living: Vec<Member> = all
            .iter()
            .filter(|process| !process.zombie)
            .filter_map(|process| inside.get(&process.pid).copied())
            .collect();
        for found in &living {
            if !self.seen.contains(found) {
                self.seen.push(*found);
            }
        }
        living
    }

    fn owns(&self, process: &Process, inside: &BTreeMap<i32, Member>) -> bool {
        if process.pid == self.leader || self.strangers.contains(&process.pid) {
            return false;
        }
        process.session == self.leader
            || process.group == self.leader
            || process.parent == self.leader
            || inside.contains_key(&process.parent)
            || self.seen.contains(&member(process))
            || (self.adopter == Some(process.parent) && self.is_marked(process.pid))
    }

    fn is_marked(&self, pid: i32) -> bool {
        if os::folder_of(pid).is_some_and(|folder| folder.starts_with(&self.folder)) {
            return true;
        }
        let environment = os::environment_of(pid);
        !self.marks.is_empty()
            && self
                .marks
                .iter()
                .all(|mark| environment.iter().any(|entry| entry == mark.as_bytes()))
    }
}

impl Member {
    /// Signals exactly this process; says whether it was there.
    pub(crate) fn signal(self, signal: Signal) -> bool {
        os::signal_exact(self.pid, self.started, signal)
    }
}

fn member(process: &Process) -> Member {
    Member {
        pid: process.pid,
        started: process.started,
    }
}

/// Waits for adopted orphans that have ended; `ours` are children that somebody else waits for.
pub(crate) fn reap_orphans(ours: &[i32]) {
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    // Nothing to wait for at all: the process table need not be read.
    if !waitid(WaitId::All, look).is_ok_and(|status| status.is_some()) {
        return;
    }
    let ended: Vec<i32> = os::processes()
        .into_iter()
        .filter(|process| process.zombie && Some(process.parent) == own_pid())
        .map(|process| process.pid)
        .collect();
    for pid in ended.into_iter().filter(|pid| !ours.contains(pid)) {
        let Some(pid) = Pid::from_raw(pid) else {
            continue;
        };
        if waitid(WaitId::Pid(pid), look).is_ok_and(|status| status.is_some())
            && let Err(error) = waitpid(Some(pid), WaitOptions::NOHANG)
        {
            tracing::debug!(%error, "orphan not waited for");
        }
    }
}

fn own_pid() -> Option<i32> {
    i32::try_from(std::process::id()).ok()
}
