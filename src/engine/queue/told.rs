//! What git worker and host answered about a batch.

use crate::domain::{BatchId, Exit, GateOutcome, GitOutcome, Refusal, RunId};
use crate::git::{Errand, Trouble, explain};
use crate::rules::effect::{Effect, FetchFor};
use crate::rules::queue::{self, GateEnd, Made, PushEnd};
use crate::store::Owed;

use super::super::acts;
use super::super::carry::Carried;
use super::super::input::At;
use super::super::outcomes::words;
use super::super::town::Town;

/// How a host's job ended.
pub(in crate::engine) struct JobEnd<'a> {
    pub exit: &'a Exit,
    pub tail: &'a str,
    pub took: i64,
}

impl Town {
    /// The git worker has done something for a batch; the effect is settled.
    pub(in crate::engine) fn batch_git_done(
        &self,
        effect: &Effect,
        outcome: GitOutcome,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        let what = effect.kind();
        match (effect, outcome) {
            (
                Effect::Sync {
                    next: FetchFor::Batch(batch),
                    ..
                },
                _,
            ) => self.lead_on(what, batch, (at, carried), |batch| {
                queue::fetched(batch).into()
            }),
            (Effect::Stack { batch }, GitOutcome::Stacked { base, tree, steps }) => {
                let made = Made {
                    base,
                    base_tree: tree,
                    steps,
                };
                self.lead_on(what, batch, (at, carried), |batch| {
                    queue::stacked(batch, &made)
                })
            }
            (Effect::GateTree { batch, at: place }, GitOutcome::GateTreeReady { .. }) => self
                .lead_on(what, batch, (at, carried), |batch| {
                    queue::tree_ready(batch, *place)
                }),
            (Effect::Verify { batch }, GitOutcome::Verified { problems }) => {
                self.lead_on(what, batch, (at, carried), |batch| {
                    queue::verified(batch, &problems)
                })
            }
            (Effect::Advance { batch }, GitOutcome::Advanced { left }) => {
                self.stayed(batch, left, at, carried)?;
                self.batch_landed(batch, at, carried)
            }
            (Effect::Clear { .. }, GitOutcome::TreeDropped) => Ok(()),
            (effect, other) => {
                let why = Refusal::failed(format!("git answered `{what}` with {other:?}"));
                self.batch_failed(effect, &why, at, carried)
            }
        }
    }

    /// A copy that could not follow is logged; a target that somebody moved is told (contract M5).
    fn stayed(
        &self,
        batch: &BatchId,
        left: Vec<String>,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        for what in left {
            tracing::info!(%batch, %what, "a copy did not simply follow");
            if !what.contains("outside the queue") {
                continue;
            }
            let rig = self.the_batch(batch)?.rig;
            let refinery = crate::domain::Address::refinery(&rig);
            let body = crate::domain::EventBody::TargetPutBack { what };
            let told = crate::rules::decision::Decision::nothing().event_by(
                refinery,
                Some(&rig),
                None,
                body,
            );
            self.follow("advance", told, at, carried)?;
        }
        Ok(())
    }

    /// All copies are forward: every request of the batch that lands, its bead and its convoys.
    fn batch_landed(&self, id: &BatchId, at: At, carried: &mut Carried) -> Result<(), Refusal> {
        let mut beads = Vec::new();
        let mut convoys = Vec::new();
        for merge in self.store.merges_of(id)? {
            let Some(bead) = self.store.bead(&merge.bead)? else {
                continue;
            };
            for convoy in self.convoys_of(&bead.id)? {
                if !convoys.contains(&convoy) {
                    convoys.push(convoy);
                }
            }
            beads.push(bead);
        }
        self.lead_on("landing", id, (at, carried), |batch| {
            queue::landed(batch, &beads, &convoys).into()
        })
    }

    /// An effect of a batch cannot be done.
    pub(in crate::engine) fn batch_failed(
        &self,
        effect: &Effect,
        why: &Refusal,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        let Some(id) = effect.batch() else {
            return Ok(());
        };
        let reason = words(why);
        let what = format!("{} failed", effect.kind());
        self.lead_on(&what, id, (at, carried), |batch| {
            queue::failed(batch, &reason)
        })
    }

    /// A host's job of a batch ended; the effect is settled.
    pub(in crate::engine) fn batch_job_ended(
        &self,
        owed: &Owed,
        end: &JobEnd<'_>,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        let what = owed.effect.kind();
        match &owed.effect {
            Effect::Gate {
                batch,
                at: place,
                position,
            } => {
                let job = acts::job_run(owed.id)?;
                let end = self.gate_end(batch, (*place, *position), job, end)?;
                self.lead_on(what, batch, (at, carried), |batch| {
                    queue::gate_ended(batch, &end)
                })
            }
            Effect::Push { batch } => {
                let rig = self.the_rig(&self.the_batch(batch)?.rig)?;
                let end = push_end(&rig.url, &format!("gt mq resume {}", rig.name), end);
                self.lead_on(what, batch, (at, carried), |batch| {
                    queue::pushed(batch, &end)
                })
            }
            Effect::Clone { .. }
            | Effect::Layout { .. }
            | Effect::RigFiles { .. }
            | Effect::Fetch { .. }
            | Effect::Sync { .. }
            | Effect::Worktree { .. }
            | Effect::Launch { .. }
            | Effect::Stop { .. }
            | Effect::Bury { .. }
            | Effect::Stack { .. }
            | Effect::GateTree { .. }
            | Effect::Verify { .. }
            | Effect::Advance { .. }
            | Effect::Clear { .. }
            | Effect::Deliver { .. } => Ok(()),
        }
    }

    /// How a gate ended, by the settings as they are now.
    fn gate_end(
        &self,
        batch: &BatchId,
        (at, position): (usize, i64),
        job: RunId,
        end: &JobEnd<'_>,
    ) -> Result<GateEnd, Refusal> {
        let row = self.the_batch(batch)?;
        let gates = self.settings.rig_gates(&row.rig);
        let gate = usize::try_from(position)
            .ok()
            .and_then(|position| gates.get(position));
        let (outcome, how) = gate_outcome(end.exit);
        Ok(GateEnd {
            at,
            position,
            name: gate.map_or_else(|| format!("gate {position}"), |gate| gate.name.clone()),
            command: gate.map_or_else(String::new, |gate| gate.command.clone()),
            outcome,
            took: end.took,
            job,
            tail: crate::support::text::clean_block(end.tail),
            how,
        })
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

fn push_end(url: &str, again: &str, end: &JobEnd<'_>) -> PushEnd {
    if *end.exit == (Exit::Code { code: 0 }) {
        return PushEnd::Moved;
    }
    let explained = explain(Errand::Push, url, again, &tail_of(end));
    match explained.trouble {
        Trouble::Stale => PushEnd::Raced,
        Trouble::Declined => PushEnd::Declined(words(&explained.refusal)),
        Trouble::Login
        | Trouble::HostKey
        | Trouble::Unreachable
        | Trouble::NoRepository
        | Trouble::Owner
        | Trouble::NoBranch
        | Trouble::CheckedOut
        | Trouble::Full
        | Trouble::NoGit
        | Trouble::Other => PushEnd::Refused(words(&explained.refusal)),
    }
}

pub(in crate::engine) fn tail_of(end: &JobEnd<'_>) -> String {
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
