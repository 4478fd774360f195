//! How the host's jobs ended: clone and fetch here; gates and pushes belong to the merge queue.

use crate::domain::{Exit, Refusal, RunId};
use crate::git::{Errand, explain};
use crate::rules::decision::Decision;
use crate::rules::effect::Effect;
use crate::rules::rig;
use crate::store::OutboxId;

use super::super::acts;
use super::super::carry::Carried;
use super::super::input::At;
use super::super::queue::{JobEnd, tail_of};
use super::super::town::Town;

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
                    crate::rules::effect::FetchFor::Batch(_) => format!("gt mq resume {rig}"),
                    crate::rules::effect::FetchFor::Incarnation(_) => String::new(),
                };
                let why = explain(Errand::Fetch, &url, &again, &tail_of(end)).refusal;
                return self.effect_failed(&owed, &why, at, carried);
            }
            Effect::Gate { .. } | Effect::Push { .. } => {
                self.store.settle(id)?;
                return self.batch_job_ended(&owed, end, at, carried);
            }
            Effect::Layout { .. }
            | Effect::RigFiles { .. }
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
            | Effect::Deliver { .. } => return Ok(()),
        };
        self.store.settle(id)?;
        self.follow(owed.effect.kind(), decision, at, carried)
    }

    /// The run is a job's, or an agent's.
    pub(super) fn effect_of_run(run: &RunId) -> Option<OutboxId> {
        acts::job_effect(run)
    }
}
