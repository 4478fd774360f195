//! All that a run has started, as far as it can be proved, and ending it (contract P4, P5).
//!
//! A process is identified by number and start time together. It belongs to a run if it carries
//! the run's mark, is of the run's session or group, descends from a member, was seen as a member
//! before, or was adopted by this process and works in the run's folder or environment. What is
//! older than the run, or belongs to somebody else's tree, never does. Anything that is not a member
//! is never signalled.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, WaitOptions, kill_process_group, waitid, waitpid,
};

use crate::domain::{Leftover, RunLimits};
use crate::support::os::{self, Process};

/// Looks at a family that goes on growing while it is stopped.
const LOOKS_MAX: usize = 10;
/// Equal looks at this process's own children, and the time between them, after which a family
/// counts as standing still.
const STILL: usize = 4;
const STILL_EVERY: Duration = Duration::from_millis(1);
/// Looks at this process's own children between two at the whole table.
const CATCHES_MAX: usize = 400;
/// Somebody who was gone before anything of him could be known: told, never signalled.
const SOMEBODY: Member = Member { pid: 0, started: 0 };

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
    /// When the leader was started; what is older is nothing of this run.
    pub(crate) since: u64,
    /// What the kernel hands down to everything that the run starts (`os::mark`).
    pub(crate) mark: Option<u64>,
    /// Environment entries (`KEY=value`) that only this run's processes carry.
    pub(crate) marks: Vec<String>,
    /// The run's folder; adopted processes that work in it are the run's.
    pub(crate) folder: PathBuf,
    /// This process, if orphans come to it.
    pub(crate) adopter: Option<i32>,
    /// Processes that are never members, nor what they started: other runs' leaders, the engine.
    pub(crate) strangers: Vec<i32>,
    /// Members seen so far.
    pub(crate) seen: BTreeSet<Member>,
    /// What all of it together may take of the machine.
    pub(crate) limits: RunLimits,
    /// Processes that were found to carry another mark or none; that does not change.
    pub(crate) not_marked: BTreeSet<Member>,
}

impl Family {
    /// Looks for members and remembers them. The leader itself is not one of them. Reads all of
    /// the process table: not for the runtime's thread.
    pub(crate) fn look(&mut self) -> Vec<Member> {
        self.look_and(|_| {})
    }

    /// Members as [`Family::look`] finds them; none only when nobody can have been missed either.
    pub(crate) fn leftovers(&mut self) -> Vec<Member> {
        let living = self.look();
        if living.is_empty() {
            self.cull()
        } else {
            living
        }
    }

    /// Ends all members but the leader, whatever they do about it; gives back who lived when it was
    /// looked last, and who may have slipped through. Members are stopped first, each as soon as it
    /// is seen, until nobody new turns up: what is stopped starts nothing any more. Only then all
    /// are killed.
    pub(crate) fn cull(&mut self) -> Vec<Member> {
        let mut stopped = Stopped::default();
        let mut living = Vec::new();
        for _ in 0..LOOKS_MAX {
            let before = stopped.members.len();
            let leader = self.leader;
            living = self.look_and(|process| stopped.stop(process, leader));
            if !self.catch_orphans(&mut stopped) {
                living.push(SOMEBODY);
            } else if stopped.members.len() == before {
                break;
            }
        }
        for member in &self.seen {
            member.signal(Signal::KILL);
        }
        living
    }

    /// Stops adopted members between two looks at the whole table: one that forks and ends without
    /// pause would be gone each time the long table has been read to its place. Says whether it saw
    /// all there are: while processes end, the kernel's list of children leaves some out.
    fn catch_orphans(&mut self, stopped: &mut Stopped) -> bool {
        let (Some(adopter), Some(_)) = (self.adopter, self.mark) else {
            return true;
        };
        let mut known: BTreeSet<i32> = stopped.members.iter().map(|member| member.pid).collect();
        let mut others: BTreeSet<i32> = self.strangers.iter().copied().collect();
        others.extend([self.leader, adopter]);
        let mut last = Vec::new();
        let mut still = 0;
        for _ in 0..CATCHES_MAX {
            let mut children = os::own_children().unwrap_or_default();
            for &pid in &children {
                if others.contains(&pid) || !known.insert(pid) {
                    continue;
                }
                match os::process(pid).zip(os::mark_of(pid)) {
                    Some((process, mark)) if Some(mark) == self.mark => {
                        stopped.stop(&process, self.leader);
                        self.seen.insert(member(&process));
                    }
                    Some(_) => {
                        others.insert(pid);
                    }
                    None => {}
                }
            }
            children.retain(|pid| !others.contains(pid));
            if children != last {
                still = 0;
                last = children;
                continue;
            }
            still += 1;
            if still == STILL {
                return true;
            }
            std::thread::sleep(STILL_EVERY);
        }
        false
    }

    fn look_and(&mut self, mut found: impl FnMut(&Process)) -> Vec<Member> {
        let all = os::processes();
        let apart = self.apart(&all);
        let mut inside: BTreeMap<i32, Member> = BTreeMap::new();
        for process in &all {
            if !apart.contains(&process.pid) && self.owns(process) {
                inside.insert(process.pid, member(process));
                found(process);
            }
        }
        loop {
            let before = inside.len();
            for process in &all {
                if process.pid != self.leader
                    && inside.contains_key(&process.parent)
                    && !inside.contains_key(&process.pid)
                    && !apart.contains(&process.pid)
                {
                    inside.insert(process.pid, member(process));
                    found(process);
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
        self.seen.extend(&living);
        living
    }

    /// Strangers and all that descends from them; this process's own children are nobody's yet.
    fn apart(&self, all: &[Process]) -> BTreeSet<i32> {
        let own = own_pid().unwrap_or_default();
        let mut apart: BTreeSet<i32> = self.strangers.iter().copied().collect();
        loop {
            let before = apart.len();
            for process in all {
                if process.parent != own
                    && process.pid != self.leader
                    && apart.contains(&process.parent)
                {
                    apart.insert(process.pid);
                }
            }
            if apart.len() == before {
                return apart;
            }
        }
    }

    /// Whether a process belongs to the run by itself, its parent apart.
    fn owns(&mut self, process: &Process) -> bool {
        if process.pid == self.leader || process.started < self.since {
            return false;
        }
        process.session == self.leader
            || process.group == self.leader
            || process.parent == self.leader
            || self.seen.contains(&member(process))
            || self.is_marked(process)
    }

    fn is_of_another_run(&self, pid: i32) -> bool {
        self.mark.is_some() && os::mark_of(pid).is_some_and(|carried| Some(carried) != self.mark)
    }

    fn is_marked(&mut self, process: &Process) -> bool {
        if !self.not_marked.contains(&member(process)) {
            let carried = os::mark_of(process.pid);
            if carried.is_some() && carried == self.mark {
                return true;
            }
            self.not_marked.insert(member(process));
        }
        if self.adopter != Some(process.parent) || self.is_of_another_run(process.pid) {
            return false;
        }
        if os::folder_of(process.pid).is_some_and(|folder| folder.starts_with(&self.folder)) {
            return true;
        }
        let environment = os::environment_of(process.pid);
        !self.marks.is_empty()
            && self
                .marks
                .iter()
                .all(|mark| environment.iter().any(|entry| entry == mark.as_bytes()))
    }
}

/// Who was stopped so far.
#[derive(Debug, Default)]
struct Stopped {
    members: BTreeSet<Member>,
    groups: BTreeSet<i32>,
}

impl Stopped {
    /// Stops a member and its group. The kernel stops a group as a whole, forks under way included,
    /// so a member that is gone when it has been looked at still gives its successors away. Only a
    /// session that began inside the run has no one else in it.
    fn stop(&mut self, process: &Process, leader: i32) {
        if !self.members.insert(member(process)) {
            return;
        }
        let inside = process.group == leader || Some(process.session) != own_session();
        if inside
            && process.group > 1
            && self.groups.insert(process.group)
            && let Some(group) = Pid::from_raw(process.group)
            && let Err(error) = kill_process_group(group, Signal::STOP)
        {
            tracing::debug!(group = process.group, %error, "group not stopped");
        }
        member(process).signal(Signal::STOP);
    }
}

impl Member {
    /// Itself as somebody who is told; `None` for [`SOMEBODY`], and for who has ended meanwhile.
    pub(crate) fn to_leftover(self) -> Option<Leftover> {
        os::process(self.pid)
            .filter(|now| now.started == self.started && !now.zombie)
            .map(|_| Leftover {
                pid: self.pid,
                started: self.started,
                command: os::name_of(self.pid),
            })
    }

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
    // Nothing to wait for at all: nobody need be looked at.
    if !waitid(WaitId::All, look).is_ok_and(|status| status.is_some()) {
        return;
    }
    let children = os::own_children().unwrap_or_else(zombies_of_ours);
    for pid in children.into_iter().filter(|pid| !ours.contains(pid)) {
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

/// Dead children of this process, found in the table of all.
fn zombies_of_ours() -> Vec<i32> {
    os::processes()
        .into_iter()
        .filter(|process| process.zombie && Some(process.parent) == own_pid())
        .map(|process| process.pid)
        .collect()
}

fn own_session() -> Option<i32> {
    rustix::process::getsid(None)
        .ok()
        .map(|session| session.as_raw_nonzero().get())
}

fn own_pid() -> Option<i32> {
    i32::try_from(std::process::id()).ok()
}
