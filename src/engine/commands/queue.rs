//! Commands to the merge queue.

use crate::domain::{
    MergeId, MergeReject, MergeReorder, MergeRetry, Outcome, QueuePause, QueueResume, Refusal,
};
use crate::rules::decision::Decision;
use crate::rules::queue;
use crate::rules::row::MergeRow;

use super::super::input::At;
use super::super::names;
use super::super::town::Town;
use super::super::who::Actor;
use super::dispatch::{Decided, Say};

impl Town {
    pub(super) fn merge_retry(&self, cmd: &MergeRetry) -> Result<Decided, Refusal> {
        let merge = self.named_merge(&cmd.id)?;
        let decision = queue::retry(&merge)?;
        Ok(done(
            decision,
            format!("{} is in the queue again", merge.id),
        ))
    }

    pub(super) fn queue_pause(
        &self,
        actor: &Actor,
        cmd: &QueuePause,
        at: At,
    ) -> Result<Decided, Refusal> {
        let rig = self.the_rig(&cmd.rig)?;
        let decision = queue::pause(&rig, &actor.address, cmd.reason.as_deref(), at.now)?;
        let message = format!(
            "nothing more of {} lands until `gt mq resume {}`; what is being landed is finished",
            rig.name, rig.name
        );
        Ok(done(decision, message))
    }

    pub(super) fn queue_resume(&self, cmd: &QueueResume) -> Result<Decided, Refusal> {
        let rig = self.the_rig(&cmd.rig)?;
        let decision = queue::resume(&rig)?;
        Ok(done(
            decision,
            format!("the merge queue of {} goes on", rig.name),
        ))
    }

    pub(super) fn merge_reject(&self, cmd: &MergeReject, at: At) -> Result<Decided, Refusal> {
        let merge = self.named_merge(&cmd.id)?;
        let bead = names::bead(&self.store, &merge.bead)?;
        let decision = queue::reject(&merge, &bead, &cmd.reason, at.now)?;
        let message = format!(
            "{} is out of the queue; {} is open again",
            merge.id, bead.id
        );
        Ok(done(decision, message))
    }

    pub(super) fn merge_reorder(&self, cmd: &MergeReorder) -> Result<Decided, Refusal> {
        let merge = self.named_merge(&cmd.id)?;
        let decision = queue::reorder(&merge, cmd.priority)?;
        Ok(done(
            decision,
            format!("{} is {} now", merge.id, cmd.priority),
        ))
    }

    fn named_merge(&self, id: &MergeId) -> Result<MergeRow, Refusal> {
        self.store.merge(id)?.ok_or_else(|| {
            Refusal::not_found(format!("no merge request `{id}`")).hint("gt mq list")
        })
    }
}

fn done(decision: Decision, message: String) -> Decided {
    Decided {
        decision,
        say: Say::Now(Box::new(Outcome::Done { message })),
    }
}
