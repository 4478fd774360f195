//! Up and down: a stored wish, and what follows from it (contract P12).

use crate::domain::{EventBody, Now, Phase, RunId, TownWish, Wish};

use super::decision::{Change, Decision};
use super::effect::Effect;
use super::lifecycle;
use super::row::IncarnationRow;

/// A living incarnation and its live or wanted run.
#[derive(Debug)]
pub(crate) struct Living {
    pub incarnation: IncarnationRow,
    pub run: Option<RunId>,
}

/// Stores the wish and stops or starts the agents. Hooks, worktrees and branches stay.
pub(crate) fn wish(cmd: &TownWish, was: Wish, living: &[Living], now: Now) -> Decision {
    let mut decision = Decision::nothing().change(Change::Wish(cmd.wish));
    if !cmd.env.is_empty() {
        decision = decision.change(Change::Environment(cmd.env.clone()));
    }
    if was != cmd.wish {
        decision = decision.event(None, None, EventBody::TownWished { wish: cmd.wish });
    }
    for one in living
        .iter()
        .filter(|one| one.incarnation.phase == Phase::Running)
    {
        decision = decision.and(match (cmd.wish, &one.run) {
            (Wish::Down, Some(run)) => pause(&one.incarnation, run, now),
            (Wish::Up, None) => lifecycle::start_run(&one.incarnation, Wish::Up, now),
            (Wish::Down, None) => lifecycle::start_run(&one.incarnation, Wish::Down, now),
            (Wish::Up, Some(_)) => Decision::nothing(),
        });
    }
    decision
}

fn pause(incarnation: &IncarnationRow, run: &RunId, now: Now) -> Decision {
    let row = IncarnationRow {
        restart_at: None,
        ..incarnation.clone()
    };
    let paused = lifecycle::judged(
        &row,
        crate::domain::AgentState::Paused,
        "the town is down",
        now,
    );
    let paused = if paused.changes.is_empty() {
        paused.change(Change::Incarnation(row))
    } else {
        paused
    };
    paused
        .change(Change::Unlaunch(run.clone()))
        .effect(Effect::Stop { run: run.clone() })
}
