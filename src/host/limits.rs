//! What a run may take of the machine (contract P6): the host counts, and ends a run that takes more.
//!
//! Open files and the share of the processor are limits of the kernel, set before a run's first
//! instruction. Processes and memory are counted for the run as a whole, and only
//! when the machine as a whole has changed, which is looked at four times a second (memory: twice); a
//! run may take more for so long. Thirty quiet runs cost nothing but that look.
//! The exit of such a run says which limit it was.

use std::rc::Rc;
use std::time::Duration;

use super::ending::{self, Manner};
use super::run::Run;
use super::state::Host;
use crate::domain::{Exit, Limit};
use crate::pty::{self, Machine, Taken};
use crate::support::os;

/// Between two looks at the machine while runs live, and while none does.
const LOOK_EVERY: Duration = Duration::from_millis(250);
const IDLE_EVERY: Duration = Duration::from_secs(1);

/// Watches over all runs until the host closes.
pub(super) async fn watch(host: Rc<Host>) {
    let mut machine = Machine::default();
    loop {
        let any = !living(&host).is_empty();
        let pause = if any { LOOK_EVERY } else { IDLE_EVERY };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = host.closing.cancelled() => return,
        }
        if any && machine.has_grown() {
            count(&host).await;
        }
    }
}

fn living(host: &Host) -> Vec<Rc<Run>> {
    host.all_runs()
        .into_iter()
        .filter(|run| run.pid.is_some() && !run.over.is_cancelled())
        .collect()
}

async fn count(host: &Rc<Host>) {
    let runs = living(host);
    let signs: Vec<pty::Sign> = runs
        .iter()
        .map(|run| {
            let core = run.core.borrow();
            (core.family.leader, core.family.mark)
        })
        .collect();
    let Ok(taken) = tokio::task::spawn_blocking(move || pty::census(&signs)).await else {
        return;
    };
    for (run, taken) in runs.iter().zip(taken) {
        if let Some(exit) = breach(run, taken) {
            tracing::warn!(run = %run.id, ?taken, "took more than it may");
            run.core.borrow_mut().verdict.get_or_insert(exit);
            ending::stop(host, run, Manner::Kill);
        }
    }
}

fn breach(run: &Run, taken: Taken) -> Option<Exit> {
    let limits = run.core.borrow().family.limits;
    let memory = match limits.memory {
        0 => os::machine_memory() / 2,
        stated => stated,
    };
    let (what, limit) = if limits.processes > 0 && taken.processes > limits.processes {
        (Limit::Processes, u64::from(limits.processes))
    } else if memory > 0 && taken.memory > memory {
        (Limit::Memory, memory)
    } else {
        return None;
    };
    Some(Exit::OverLimit { what, limit })
}
