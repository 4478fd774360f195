//! What a patrol found: nobody reports a worktree that was deleted under its agent, nor the end of a
//! process that outlived a stop, so they are looked for by the clock.
//!
//! Says what changed since the last look and nothing twice. Ends nobody and mends nothing: what to do
//! about it is the operator's, in `attention`.

use crate::domain::{Address, BeadId, EventBody, Leftover, Now, Phase, RigName, RunId};
use crate::support::text::clean;

use super::decision::{Change, Decision};
use super::row::{IncarnationRow, LeftoverRow};

/// A look at a worktree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tree {
    /// It is there.
    There,
    /// It is not there.
    Gone,
    /// It could not be looked at, which says nothing.
    Unknown,
}

/// A worktree was looked at.
pub(crate) fn worktree(incarnation: &IncarnationRow, found: Tree, now: Now) -> Decision {
    if incarnation.phase != Phase::Running {
        return Decision::nothing();
    }
    let agent = incarnation.address();
    let (tree_gone, event) = match (found, incarnation.tree_gone) {
        (Tree::Gone, None) => {
            let event = EventBody::WorktreeGone {
                agent,
                path: incarnation.worktree.display().to_string(),
                branch: incarnation.branch.clone(),
            };
            (Some(now.wall), event)
        }
        (Tree::There, Some(_)) => (None, EventBody::WorktreeBack { agent }),
        (Tree::Gone, Some(_)) | (Tree::There, None) | (Tree::Unknown, _) => {
            return Decision::nothing();
        }
    };
    let (rig, bead) = (&incarnation.rig, &incarnation.bead);
    let row = IncarnationRow {
        tree_gone,
        ..incarnation.clone()
    };
    Decision::nothing()
        .event_by(Address::witness(rig), Some(rig), Some(bead), event)
        .change(Change::Incarnation(row))
}

/// Whose run it was that left processes behind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whose<'a> {
    pub run: &'a RunId,
    /// The agent, with its rig and bead; the engine itself for a job.
    pub agent: &'a Address,
    pub rig: Option<&'a RigName>,
    pub bead: Option<&'a BeadId>,
}

/// A run has ended, but not all of its processes; `known` are those that were told before.
pub(crate) fn left(
    whose: Whose<'_>,
    processes: &[Leftover],
    known: &[LeftoverRow],
    now: Now,
) -> Decision {
    let told = |one: &Leftover| known.iter().any(|row| row.process == *one);
    let fresh: Vec<&Leftover> = processes.iter().filter(|one| !told(one)).collect();
    if fresh.is_empty() {
        return Decision::nothing();
    }
    let event = EventBody::ProcessesLeft {
        agent: whose.agent.clone(),
        run: whose.run.clone(),
        processes: fresh.iter().map(|one| words(one)).collect(),
    };
    let decision = Decision::nothing().event(whose.rig, whose.bead, event);
    fresh.into_iter().fold(decision, |decision, one| {
        decision.change(Change::Leftover(LeftoverRow {
            process: one.clone(),
            run: whose.run.clone(),
            agent: whose.agent.clone(),
            since: now.wall,
        }))
    })
}

/// A process that outlived its run has ended after all.
pub(crate) fn ended(row: &LeftoverRow) -> Decision {
    let event = EventBody::LeftoverEnded {
        agent: row.agent.clone(),
        run: row.run.clone(),
        process: words(&row.process),
    };
    Decision::nothing()
        .event(row.agent.rig(), None, event)
        .change(Change::LeftoverEnded(row.clone()))
}

/// A process in words.
pub(crate) fn words(process: &Leftover) -> String {
    format!("process {} (`{}`)", process.pid, clean(&process.command))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AgentAlias, AgentName, AgentState};
    use std::path::PathBuf;

    const NOW: Now = Now {
        wall: 70_000,
        town: 5,
    };

    fn toast(phase: Phase, tree_gone: Option<i64>) -> IncarnationRow {
        let rig = RigName::parse("tradingbot").unwrap();
        let name = AgentName::parse("Toast").unwrap();
        IncarnationRow {
            id: crate::domain::IncarnationId::of(&rig, &name, 1),
            rig,
            name,
            number: 1,
            alias: AgentAlias::parse("worker").unwrap(),
            bead: BeadId::parse("tb-1").unwrap(),
            branch: "polecat/Toast/tb-1.1".to_owned(),
            phase,
            base: None,
            start: None,
            from: None,
            attempt: 1,
            sent_back: None,
            worktree: PathBuf::from("/gt/tradingbot/polecats/Toast/rig"),
            state: AgentState::Working,
            evidence: "it writes".to_owned(),
            since: 1,
            runs: 1,
            crashes: Vec::new(),
            restart_at: None,
            stop_at: None,
            end: None,
            note: None,
            tree_gone,
            rescue: None,
            trash: None,
            created_at: 1,
            ended_at: None,
        }
    }

    #[test]
    fn a_worktree_is_told_when_it_goes_and_when_it_comes_back_and_never_twice() {
        use Phase::{Buried, Failed, Preparing, Running, Stopping};
        let table = [
            (Running, None, Tree::Gone, Some(Some(70_000))),
            (Running, Some(9), Tree::Gone, None),
            (Running, Some(9), Tree::There, Some(None)),
            (Running, None, Tree::There, None),
            // An error while looking is no proof of anything.
            (Running, None, Tree::Unknown, None),
            (Running, Some(9), Tree::Unknown, None),
            // Only who has a worktree by right can lose it.
            (Preparing, None, Tree::Gone, None),
            (Stopping, None, Tree::Gone, None),
            (Buried, None, Tree::Gone, None),
            (Failed, None, Tree::Gone, None),
        ];
        for (phase, known, found, expected) in table {
            let decision = worktree(&toast(phase, known), found, NOW);
            let gone = decision.changes.iter().find_map(|change| match change {
                Change::Incarnation(row) => Some(row.tree_gone),
                _ => None,
            });
            let what = format!("{phase:?} {known:?} {found:?}");
            assert_eq!(gone, expected, "{what}");
            assert_eq!(
                decision.events.len(),
                usize::from(expected.is_some()),
                "{what}"
            );
            assert_eq!(decision.effects, [], "{what}");
        }
    }

    #[test]
    fn leftovers_are_told_once_and_their_end_too() {
        let process = |pid| Leftover {
            pid,
            started: 8,
            command: "stuck".to_owned(),
        };
        let (agent, run) = (
            toast(Phase::Running, None).address(),
            "tradingbot.Toast.1.1",
        );
        let run = RunId::parse(run).unwrap();
        let whose = Whose {
            run: &run,
            agent: &agent,
            rig: None,
            bead: None,
        };
        assert_eq!(left(whose, &[], &[], NOW), Decision::nothing());
        let first = left(whose, &[process(7)], &[], NOW);
        let [Change::Leftover(row)] = first.changes.as_slice() else {
            panic!("{first:?}");
        };
        assert_eq!((row.process.pid, row.since), (7, NOW.wall));
        let again = left(whose, &[process(7)], std::slice::from_ref(row), NOW);
        assert_eq!(again, Decision::nothing());
        let more = left(
            whose,
            &[process(7), process(9)],
            std::slice::from_ref(row),
            NOW,
        );
        assert_eq!((more.changes.len(), more.events.len()), (1, 1));
        let over = ended(row);
        assert_eq!(over.changes, [Change::LeftoverEnded(row.clone())]);
        assert_eq!(over.events.len(), 1);
    }
}
