//! The life of an incarnation: preparing, running, stopping, buried (contract P2, P7, P9, W6).
//!
//! Death is what the kernel said, never an opinion: these rules act on exits that the host
//! reported and on commands, and each end leads through `Bury` to a free seat.

use crate::domain::{
    Address, AgentState, BeadStatus, EventBody, Exit, Now, Oid, Phase, RunId, Wish,
};

use super::decision::{Change, Decision};
use super::effect::Effect;
use super::row::{BeadRow, IncarnationRow, RunPhase, RunRow};

/// First pause before a process that ended by itself is started again, in milliseconds (P7).
const BACK_OFF: i64 = 5_000;
/// Longest such pause.
const BACK_OFF_MAX: i64 = 600_000;
/// So many ends within [`CRASH_WINDOW`] trip the restart.
const CRASHES_MAX: usize = 5;
/// See [`CRASHES_MAX`].
const CRASH_WINDOW: i64 = 900_000;
/// A tripped restart is tried again after this long.
const TRIP_DECAY: i64 = 3_600_000;
/// How long an agent may show the outcome of `gt done` before its session ends.
const FAREWELL: i64 = 1_500;

/// The worktree is there: the agent can start.
pub(crate) fn worktree_ready(
    incarnation: &IncarnationRow,
    start: &Oid,
    wish: Wish,
    now: Now,
) -> Decision {
    if incarnation.phase != Phase::Preparing {
        return Decision::nothing();
    }
    let ready = IncarnationRow {
        phase: Phase::Running,
        start: Some(start.clone()),
        base: incarnation.base.clone().or_else(|| Some(start.clone())),
        note: None,
        ..incarnation.clone()
    };
    let event = EventBody::WorktreeReady {
        agent: ready.address(),
        branch: ready.branch.clone(),
        base: start.clone(),
    };
    let told =
        Decision::nothing().event_by(Address::Engine, Some(&ready.rig), Some(&ready.bead), event);
    told.and(start_run(&ready, wish, now))
}

/// The worktree could not be made: a person must look.
pub(crate) fn preparation_failed(incarnation: &IncarnationRow, reason: &str, now: Now) -> Decision {
    if incarnation.phase != Phase::Preparing {
        return Decision::nothing();
    }
    let failed = IncarnationRow {
        phase: Phase::Failed,
        note: Some(reason.to_owned()),
        ..in_state(incarnation, AgentState::Dead, reason, now)
    };
    let event = EventBody::WorktreeFailed {
        agent: failed.address(),
        reason: reason.to_owned(),
    };
    Decision::nothing()
        .event_by(
            Address::Engine,
            Some(&failed.rig),
            Some(&failed.bead),
            event,
        )
        .change(Change::Incarnation(failed))
}

/// A new process for a running incarnation, unless the town is down.
pub(crate) fn start_run(incarnation: &IncarnationRow, wish: Wish, now: Now) -> Decision {
    if wish == Wish::Down {
        let paused = in_state(incarnation, AgentState::Paused, "the town is down", now);
        return Decision::nothing().change(Change::Incarnation(IncarnationRow {
            restart_at: None,
            ..paused
        }));
    }
    let runs = incarnation.runs + 1;
    let run = incarnation.id.run(runs);
    let starting = IncarnationRow {
        runs,
        restart_at: None,
        note: None,
        phase: Phase::Running,
        ..in_state(
            incarnation,
            AgentState::Starting,
            "its process is being started",
            now,
        )
    };
    let row = RunRow {
        id: run.clone(),
        incarnation: incarnation.id.clone(),
        phase: RunPhase::Wanted,
        pid: None,
        pid_started: None,
        token_hash: None,
        exit: None,
        started_at: None,
        ended_at: None,
    };
    Decision::nothing()
        .change(Change::Incarnation(starting))
        .change(Change::Run(row))
        .effect(Effect::Launch { run })
}

/// The pause after a crash is over; the bead is read again first (P9).
pub(crate) fn restart(incarnation: &IncarnationRow, bead: &BeadRow, now: Now) -> Decision {
    if bead.status == BeadStatus::Closed {
        return over(incarnation, now);
    }
    start_run(incarnation, Wish::Up, now)
}

/// The host started the process.
pub(crate) fn started(
    incarnation: &IncarnationRow,
    run: &RunRow,
    pid: u32,
    pid_started: u64,
    now: Now,
) -> Decision {
    if run.phase != RunPhase::Wanted {
        return Decision::nothing();
    }
    let live = RunRow {
        phase: RunPhase::Live,
        pid: Some(pid),
        pid_started: Some(pid_started),
        started_at: Some(now.wall),
        ..run.clone()
    };
    let event = EventBody::AgentStarted {
        agent: incarnation.address(),
        run: run.id.clone(),
        pid,
    };
    Decision::nothing().change(Change::Run(live)).event_by(
        Address::Engine,
        Some(&incarnation.rig),
        Some(&incarnation.bead),
        event,
    )
}

/// A process ended; `bead` is what its incarnation has on the hook.
pub(crate) fn exited(
    incarnation: &IncarnationRow,
    run: &RunRow,
    bead: &BeadRow,
    exit: &Exit,
    cx: ExitCx,
) -> Decision {
    if run.phase == RunPhase::Ended {
        return Decision::nothing();
    }
    let ended = RunRow {
        phase: RunPhase::Ended,
        exit: Some(exit.clone()),
        ended_at: Some(cx.now.wall),
        ..run.clone()
    };
    let expected = incarnation.phase != Phase::Running || cx.wish == Wish::Down;
    let event = EventBody::AgentExited {
        agent: incarnation.address(),
        run: run.id.clone(),
        exit: exit.clone(),
        expected,
    };
    let told = Decision::nothing().change(Change::Run(ended)).event_by(
        incarnation.address(),
        Some(&incarnation.rig),
        Some(&incarnation.bead),
        event,
    );
    if incarnation.run().as_ref() != Some(&run.id) {
        return told;
    }
    told.and(match incarnation.phase {
        Phase::Stopping => bury(incarnation),
        Phase::Running if bead.status == BeadStatus::Closed => over(incarnation, cx.now),
        Phase::Running if cx.wish == Wish::Down => Decision::nothing().change(Change::Incarnation(
            in_state(incarnation, AgentState::Paused, "the town is down", cx.now),
        )),
        Phase::Running => fallen(incarnation, exit, cx.now),
        Phase::Preparing | Phase::Buried | Phase::Failed => Decision::nothing(),
    })
}

/// What surrounds an exit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExitCx {
    pub wish: Wish,
    pub now: Now,
}

/// A process that should be running is gone: again after a pause, unless that is hopeless.
fn fallen(incarnation: &IncarnationRow, exit: &Exit, now: Now) -> Decision {
    let how = exit_words(exit);
    if let Exit::NotStarted { reason } = exit {
        let evidence = format!("its program could not be started: {reason}");
        let failed = IncarnationRow {
            phase: Phase::Failed,
            note: Some(evidence.clone()),
            ..in_state(incarnation, AgentState::Dead, &evidence, now)
        };
        let event = EventBody::AgentFailed {
            agent: failed.address(),
            reason: evidence,
        };
        return Decision::nothing()
            .event_by(
                Address::Engine,
                Some(&failed.rig),
                Some(&failed.bead),
                event,
            )
            .change(Change::Incarnation(failed));
    }
    let mut crashes: Vec<i64> = incarnation
        .crashes
        .iter()
        .copied()
        .filter(|at| now.town - at < CRASH_WINDOW)
        .collect();
    crashes.push(now.town);
    let tripped = crashes.len() >= CRASHES_MAX;
    let pause = if tripped {
        TRIP_DECAY
    } else {
        back_off(crashes.len())
    };
    let evidence = if tripped {
        format!(
            "{how}, {} times in 15 minutes; tried again in an hour",
            crashes.len()
        )
    } else {
        format!(
            "{how}; starts again in {}",
            crate::support::text::age(pause)
        )
    };
    let fallen = IncarnationRow {
        crashes,
        restart_at: Some(now.town + pause),
        note: Some(evidence.clone()),
        ..in_state(incarnation, AgentState::Dead, &evidence, now)
    };
    Decision::nothing().change(Change::Incarnation(fallen))
}

fn back_off(crashes: usize) -> i64 {
    let doublings = u32::try_from(crashes.saturating_sub(1))
        .unwrap_or(16)
        .min(16);
    (BACK_OFF << doublings).min(BACK_OFF_MAX)
}

/// How a process ended, in words.
pub(crate) fn exit_words(exit: &Exit) -> String {
    match exit {
        Exit::Code { code } => format!("its process ended with exit code {code}"),
        Exit::Signal { signal } => format!("its process was ended by signal {signal}"),
        Exit::NotStarted { reason } => format!("its process could not be started: {reason}"),
        Exit::TimedOut => "its process ran over its time limit".to_owned(),
        Exit::OverLimit { what, limit } => {
            let key = match what {
                crate::domain::Limit::Processes => "processes",
                crate::domain::Limit::Memory => "memory",
            };
            format!(
                "it was ended because it took more than {limit} {what}; more is allowed by `limits.{key}` in `settings/config.json`"
            )
        }
        Exit::TooMuchOutput => "its process wrote too much".to_owned(),
        Exit::Lost => "its process is gone with the terminal host".to_owned(),
    }
}

/// The incarnation is at its end: stop its process a moment later, then bury it.
pub(crate) fn end(incarnation: &IncarnationRow, why: &str, now: Now) -> Decision {
    let ending = IncarnationRow {
        phase: Phase::Stopping,
        end: Some(why.to_owned()),
        restart_at: None,
        stop_at: Some(now.town + FAREWELL),
        ..in_state(incarnation, AgentState::Stopping, why, now)
    };
    Decision::nothing().change(Change::Incarnation(ending))
}

/// The moment to stop has come.
pub(crate) fn stop_due(incarnation: &IncarnationRow, live: Option<&RunId>) -> Decision {
    let due = IncarnationRow {
        stop_at: None,
        ..incarnation.clone()
    };
    let decision = Decision::nothing().change(Change::Incarnation(due));
    match live {
        Some(run) => decision.effect(Effect::Stop { run: run.clone() }),
        None => decision.and(bury(incarnation)),
    }
}

/// Its bead was closed while it had no process: nothing to stop, only to bury.
fn over(incarnation: &IncarnationRow, now: Now) -> Decision {
    let row = IncarnationRow {
        phase: Phase::Stopping,
        end: Some("bead closed".to_owned()),
        restart_at: None,
        ..in_state(incarnation, AgentState::Stopping, "bead closed", now)
    };
    Decision::nothing()
        .change(Change::Incarnation(row))
        .and(bury(incarnation))
}

fn bury(incarnation: &IncarnationRow) -> Decision {
    Decision::nothing().effect(Effect::Bury {
        incarnation: incarnation.id.clone(),
    })
}

/// Nothing of it is left: its name is free again.
pub(crate) fn buried(
    incarnation: &IncarnationRow,
    rescue: Option<&str>,
    trash: Option<&std::path::Path>,
    now: Now,
) -> Decision {
    let event = EventBody::PolecatBuried {
        agent: incarnation.address(),
        rescue: rescue.map(ToOwned::to_owned),
        trash: trash.map(|path| path.display().to_string()),
    };
    let row = IncarnationRow {
        phase: Phase::Buried,
        rescue: rescue.map(ToOwned::to_owned),
        trash: trash.map(std::path::Path::to_path_buf),
        ended_at: Some(now.wall),
        ..in_state(incarnation, AgentState::Dead, "buried", now)
    };
    Decision::nothing()
        .event_by(
            Address::witness(&row.rig),
            Some(&row.rig),
            Some(&row.bead),
            event,
        )
        .change(Change::Incarnation(row))
}

/// Its worktree could not be rescued and moved, so it stays where it is and a person must look.
pub(crate) fn burial_failed(incarnation: &IncarnationRow, reason: &str, now: Now) -> Decision {
    let evidence = format!("could not be buried, its worktree stays: {reason}");
    let row = IncarnationRow {
        phase: Phase::Failed,
        note: Some(evidence.clone()),
        ..in_state(incarnation, AgentState::Dead, &evidence, now)
    };
    let event = EventBody::AgentFailed {
        agent: row.address(),
        reason: evidence,
    };
    Decision::nothing()
        .event_by(Address::Engine, Some(&row.rig), Some(&row.bead), event)
        .change(Change::Incarnation(row))
}

/// Whether the bead is on this incarnation's hook: one that has submitted has let go, and its bead
/// may be with another by now.
pub(crate) fn holds(incarnation: &IncarnationRow, bead: &BeadRow) -> bool {
    let hooked = matches!(
        incarnation.phase,
        Phase::Preparing | Phase::Running | Phase::Failed
    );
    hooked && bead.status == BeadStatus::Hooked && bead.id == incarnation.bead
}

/// The operator buries it now: the bead is open again, its process is stopped at once.
pub(crate) fn nuke(
    incarnation: &IncarnationRow,
    live: Option<&RunId>,
    bead: &BeadRow,
    now: Now,
) -> Decision {
    let event = EventBody::PolecatNuked {
        agent: incarnation.address(),
        incarnation: incarnation.id.clone(),
    };
    let mut decision = Decision::nothing()
        .change(Change::Expire(incarnation.id.clone()))
        .event(Some(&incarnation.rig), Some(&incarnation.bead), event);
    if holds(incarnation, bead) {
        let open = BeadRow {
            status: BeadStatus::Open,
            assignee: None,
            updated_at: now.wall,
            ..bead.clone()
        };
        let reason = format!("{} was nuked", incarnation.address().short());
        decision = decision.change(Change::Bead(open)).event(
            Some(&incarnation.rig),
            Some(&incarnation.bead),
            EventBody::BeadReopened { reason },
        );
    }
    let ending = IncarnationRow {
        phase: Phase::Stopping,
        end: Some("nuked".to_owned()),
        restart_at: None,
        stop_at: None,
        ..in_state(incarnation, AgentState::Stopping, "nuked", now)
    };
    decision = decision.change(Change::Incarnation(ending));
    match live {
        Some(run) => decision.effect(Effect::Stop { run: run.clone() }),
        None => decision.and(bury(incarnation)),
    }
}

/// What the screen says about it changed.
pub(crate) fn judged(
    incarnation: &IncarnationRow,
    state: AgentState,
    evidence: &str,
    now: Now,
) -> Decision {
    let settled = matches!(incarnation.phase, Phase::Running);
    if !settled || (incarnation.state == state && incarnation.evidence == evidence) {
        return Decision::nothing();
    }
    let row = in_state(incarnation, state, evidence, now);
    let decision = Decision::nothing().change(Change::Incarnation(row));
    let tell = state != incarnation.state
        && (state == AgentState::NeedsYou || incarnation.state == AgentState::NeedsYou);
    if !tell {
        return decision;
    }
    let event = EventBody::AgentState {
        agent: incarnation.address(),
        state: state.word().to_owned(),
        evidence: evidence.to_owned(),
    };
    decision.event_by(
        incarnation.address(),
        Some(&incarnation.rig),
        Some(&incarnation.bead),
        event,
    )
}

/// The row in another state; `since` moves only when the state itself changes.
fn in_state(
    incarnation: &IncarnationRow,
    state: AgentState,
    evidence: &str,
    now: Now,
) -> IncarnationRow {
    IncarnationRow {
        state,
        evidence: evidence.to_owned(),
        since: if incarnation.state == state {
            incarnation.since
        } else {
            now.wall
        },
        ..incarnation.clone()
    }
}
