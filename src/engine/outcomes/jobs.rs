//! How the host's jobs ended: clone, fetch, gates, push.

use crate::domain::{Exit, GateOutcome, MergeId, Refusal, RunId};
use crate::git::{Errand, Trouble, explain};
use crate::rules::decision::Decision;
use crate::rules::effect::Effect;
use crate::rules::landing::{GateEnd, PushEnd};
use crate::rules::{landing, rig};
use crate::store::OutboxId;

use super::super::acts;
use super::super::carry::Carried;
use super::super::input::At;
use super::super::town::Town;
use super::settle::words;

/// How a job ended.
pub(super) struct JobEnd<'a> {
    pub exit: &'a Exit,
    pub tail: &'a str,
    pub took: i64,
}

impl Town {
    pub(super) fn job_ended(
        &mut self,
        id: OutboxId,
        end: &JobEnd<'_>,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        let Some(owed) = self.store.owed_one(id)? else {
            return Ok(());
        };
        if *end.exit == Exit::Lost {
            // Its host is gone and nobody knows how far it came: these jobs are repeatable, so it
            // is owed again under a new run.
            self.store.settle(id)?;
            let again = Decision::nothing().effect(owed.effect.clone());
            return self.follow("terminal host lost", again, at, carried);
        }
        let good = *end.exit == Exit::Code { code: 0 };
        let decision = match &owed.effect {
            Effect::Clone { rig } if good => rig::cloned(&self.the_rig(rig)?),
            Effect::Fetch { rig, next } if good => Decision::nothing().effect(Effect::Sync {
                rig: rig.clone(),
                next: next.clone(),
            }),
            Effect::Clone { rig } => {
                let url = self.the_rig(rig)?.url;
                let why = explain(Errand::Clone, &url, "", &tail_of(end)).refusal;
                return self.effect_failed(&owed, &why, at, carried);
            }
            Effect::Fetch { rig, next } => {
                let url = self.the_rig(rig)?.url;
                let again = match next {
                    crate::rules::effect::FetchFor::Merge(merge) => format!("gt mq retry {merge}"),
                    crate::rules::effect::FetchFor::Incarnation(_) => String::new(),
                };
                let why = explain(Errand::Fetch, &url, &again, &tail_of(end)).refusal;
                return self.effect_failed(&owed, &why, at, carried);
            }
            Effect::Gate { merge, position } => self.gate_ended(merge, *position, id, end, at)?,
            Effect::Push { merge } => {
                let merge = self.the_merge(merge)?;
                let url = self.the_rig(&merge.rig)?.url;
                landing::pushed(&merge, &push_end(&url, &merge.id, end), at.now)
            }
            Effect::Layout { .. }
            | Effect::RigFiles { .. }
            | Effect::Sync { .. }
            | Effect::Worktree { .. }
            | Effect::Launch { .. }
            | Effect::Stop { .. }
            | Effect::Bury { .. }
            | Effect::Candidate { .. }
            | Effect::Advance { .. }
            | Effect::Deliver { .. } => return Ok(()),
        };
        self.store.settle(id)?;
        self.follow(owed.effect.kind(), decision, at, carried)
    }

    fn gate_ended(
        &self,
        merge: &MergeId,
        position: i64,
        id: OutboxId,
        end: &JobEnd<'_>,
        at: At,
    ) -> Result<Decision, Refusal> {
        let merge = self.the_merge(merge)?;
        let gates = self.settings.rig_gates(&merge.rig);
        let place = usize::try_from(position).unwrap_or(usize::MAX);
        let name = gates
            .get(place)
            .map_or_else(|| format!("gate {position}"), |gate| gate.name.clone());
        let (outcome, how) = gate_outcome(end.exit);
        let gate_end = GateEnd {
            name,
            outcome,
            took: end.took,
            job: acts::job_run(id)?,
            tail: crate::support::text::clean_block(end.tail),
            how,
        };
        self.with_again(&merge, at, |again| {
            landing::gate_ended(&merge, &gate_end, gates.len(), again)
        })
    }

    /// The run is a job's, or an agent's.
    pub(super) fn effect_of_run(run: &RunId) -> Option<OutboxId> {
        acts::job_effect(run)
    }
}

/// M2: what an exit means for a gate.
fn gate_outcome(exit: &Exit) -> (GateOutcome, String) {
    match exit {
        Exit::Code { code: 0 } => (GateOutcome::Passed, "passed".to_owned()),
        Exit::Code { code: 127 } => (
            GateOutcome::CouldNotRun,
            "its command was not found (exit code 127)".to_owned(),
        ),
        Exit::Code { code: 126 } => (
            GateOutcome::CouldNotRun,
            "its command cannot be executed (exit code 126)".to_owned(),
        ),
        Exit::Code { code } => (GateOutcome::Failed, format!("exit code {code}")),
        Exit::Signal { signal } => (
            GateOutcome::CouldNotRun,
            format!("ended by signal {signal}"),
        ),
        Exit::NotStarted { reason } => (GateOutcome::CouldNotRun, reason.clone()),
        Exit::TooMuchOutput => (
            GateOutcome::Failed,
            "it wrote more than its limit".to_owned(),
        ),
        Exit::OverLimit { what, limit } => (
            GateOutcome::Failed,
            format!("it took more than {limit} {what}"),
        ),
        Exit::TimedOut => (
            GateOutcome::TimedOut,
            "it ran over its time limit".to_owned(),
        ),
        Exit::Lost => (
            GateOutcome::CouldNotRun,
            "nobody knows how it ended".to_owned(),
        ),
    }
}

fn push_end(url: &str, merge: &MergeId, end: &JobEnd<'_>) -> PushEnd {
    if *end.exit == (Exit::Code { code: 0 }) {
        return PushEnd::Moved;
    }
    let explained = explain(
        Errand::Push,
        url,
        &format!("gt mq retry {merge}"),
        &tail_of(end),
    );
    match explained.trouble {
        Trouble::Stale => PushEnd::Raced,
        Trouble::Login
        | Trouble::HostKey
        | Trouble::Unreachable
        | Trouble::NoRepository
        | Trouble::Owner
        | Trouble::NoBranch
        | Trouble::CheckedOut
        | Trouble::Declined
        | Trouble::Full
        | Trouble::NoGit
        | Trouble::Other => PushEnd::Refused(words(&explained.refusal)),
    }
}

fn tail_of(end: &JobEnd<'_>) -> String {
    match end.exit {
        Exit::NotStarted { reason } => reason.clone(),
        Exit::TimedOut => format!("{}\ntimed out", end.tail),
        Exit::OverLimit { what, limit } => format!("{}\nmore than {limit} {what}", end.tail),
        Exit::Code { .. } | Exit::Signal { .. } | Exit::TooMuchOutput | Exit::Lost => {
            end.tail.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m2_only_exit_code_zero_passes() {
        let table = [
            (Exit::Code { code: 0 }, GateOutcome::Passed),
            (Exit::Code { code: 1 }, GateOutcome::Failed),
            (Exit::Code { code: 126 }, GateOutcome::CouldNotRun),
            (Exit::Code { code: 127 }, GateOutcome::CouldNotRun),
            (Exit::Signal { signal: 9 }, GateOutcome::CouldNotRun),
            (
                Exit::NotStarted {
                    reason: "x".to_owned(),
                },
                GateOutcome::CouldNotRun,
            ),
            (Exit::TimedOut, GateOutcome::TimedOut),
            (Exit::TooMuchOutput, GateOutcome::Failed),
            (Exit::Lost, GateOutcome::CouldNotRun),
        ];
        for (exit, outcome) in table {
            assert_eq!(gate_outcome(&exit).0, outcome, "{exit:?}");
        }
    }
}
