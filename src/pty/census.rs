//! How much of the machine each run takes: its processes and their memory, for all runs at once.
//!
//! One walk over the table of processes, and none unless the machine as a whole has changed enough
//! that a run may have passed its limit ([`Machine`]). Counts; never signals. Linux only: elsewhere
//! nothing is counted.

use std::collections::BTreeMap;

use crate::support::os::{self, MachineUse, Process};

/// New processes on the machine from which on runs are counted.
const PROCESSES_STEP: u64 = 32;
/// Memory that was taken on the machine from which on runs are counted, in KiB.
const MEMORY_STEP: u64 = 128 * 1024;

/// What a run takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Living processes.
    pub(crate) processes: u32,
    /// Memory of their own, in MiB.
    pub(crate) memory: u64,
}

/// By what the processes of a run are known: its leader and its mark.
pub(crate) type Sign = (i32, Option<u64>);

/// What the machine looked like when runs were counted last.
#[derive(Debug, Default)]
pub(crate) struct Machine {
    last: Option<MachineUse>,
    looks: u32,
}

impl Machine {
    /// Whether so much was taken since runs were counted that they should be again. Two small files.
    pub(crate) fn has_grown(&mut self) -> bool {
        self.looks = self.looks.wrapping_add(1);
        let known = self.last.map(|last| last.free);
        // The memory is the dearer half to ask for.
        let known = known.filter(|_| self.looks % 2 == 1);
        let Some(now) = os::machine_use(known) else {
            return false;
        };
        let Some(last) = self.last else {
            self.last = Some(now);
            return true;
        };
        let grown =
            now.processes > last.processes + PROCESSES_STEP || now.free + MEMORY_STEP < last.free;
        if grown {
            self.last = Some(now);
        } else {
            // What was given back is growth again when it is taken again.
            self.last = Some(MachineUse {
                processes: last.processes.min(now.processes),
                free: last.free.max(now.free),
            });
        }
        grown
    }
}

/// What each run takes, in the order asked. Not for the runtime's thread.
pub(crate) fn census(signs: &[Sign]) -> Vec<Taken> {
    let all: BTreeMap<i32, Process> = os::processes()
        .into_iter()
        .filter(|process| !process.zombie)
        .map(|process| (process.pid, process))
        .collect();
    let leaders: BTreeMap<i32, usize> = signs
        .iter()
        .enumerate()
        .map(|(at, (leader, _))| (*leader, at))
        .collect();
    let marks: BTreeMap<u64, usize> = signs
        .iter()
        .enumerate()
        .filter_map(|(at, (_, mark))| Some(((*mark)?, at)))
        .collect();
    let mut taken = vec![Taken::default(); signs.len()];
    for process in all.values() {
        let by_number = [process.pid, process.session, process.group, process.parent]
            .iter()
            .find_map(|number| leaders.get(number));
        let run = by_number
            .copied()
            .or_else(|| marks.get(&os::mark_of(process.pid)?).copied());
        if let Some(taken) = run.and_then(|run| taken.get_mut(run)) {
            taken.processes += 1;
            taken.memory += os::memory_of(process.pid);
        }
    }
    for taken in &mut taken {
        taken.memory /= 1024;
    }
    taken
}
