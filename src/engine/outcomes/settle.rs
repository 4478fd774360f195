//! Settling owed effects: done, failed, or too late to matter.

use crate::domain::{Address, EventBody, IncarnationId, RecordingNews, Refusal, RigName, RunId};
use crate::rules::decision::Decision;
use crate::rules::effect::{Effect, FetchFor};
use crate::rules::{lifecycle, rig};
use crate::store::Owed;

use super::super::carry::{Carried, Cause, carry_out};
use super::super::input::At;
use super::super::town::Town;

impl Town {
    /// Carries out what follows from an effect, as the engine.
    pub(in crate::engine) fn follow(
        &self,
        what: &str,
        decision: Decision,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        let cause = Cause {
            actor: &Address::Engine,
            words: what,
            at,
        };
        Ok(carry_out(&self.store, carried, decision, cause)?)
    }

    /// What happened to recordings becomes history.
    pub(in crate::engine) fn recordings_changed(
        &self,
        news: Vec<(RunId, RecordingNews)>,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        let mut told = Decision::nothing();
        for (run, news) in news {
            // A run's name begins with its rig's; a job's names none.
            let rig = (run.as_str().split_once('.'))
                .and_then(|(rig, _)| RigName::parse(rig).ok())
                .filter(|rig| self.the_rig(rig).is_ok());
            told = told.event(rig.as_ref(), None, EventBody::Recording { run, news });
        }
        self.follow("recordings", told, at, carried)
    }

    /// The effect cannot be done: whoever waits for it is told.
    pub(in crate::engine) fn effect_failed(
        &mut self,
        owed: &Owed,
        why: &Refusal,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        self.store.settle(owed.id)?;
        let reason = words(why);
        tracing::warn!(effect = owed.effect.kind(), %reason, "an effect failed");
        if owed.effect.batch().is_some() {
            return self.batch_failed(&owed.effect, why, at, carried);
        }
        let decision = match &owed.effect {
            Effect::Clone { rig } | Effect::Layout { rig } | Effect::RigFiles { rig } => {
                rig::failed(&self.the_rig(rig)?, &reason)
            }
            Effect::Fetch {
                next: FetchFor::Incarnation(incarnation),
                ..
            }
            | Effect::Sync {
                next: FetchFor::Incarnation(incarnation),
                ..
            }
            | Effect::Worktree { incarnation } => self.no_worktree(incarnation, &reason, at)?,
            Effect::Launch { run } => {
                let exit = crate::domain::Exit::NotStarted { reason };
                return self.agent_ended(run, &exit, at, carried);
            }
            Effect::Bury { incarnation } => self.not_buried(incarnation, &reason, at)?,
            // Those of a batch are told above.
            Effect::Fetch { .. }
            | Effect::Sync { .. }
            | Effect::Stack { .. }
            | Effect::GateTree { .. }
            | Effect::Gate { .. }
            | Effect::Verify { .. }
            | Effect::Push { .. }
            | Effect::Advance { .. }
            | Effect::Clear { .. }
            | Effect::Stop { .. }
            | Effect::Deliver { .. } => Decision::nothing(),
        };
        self.follow(
            &format!("{} failed", owed.effect.kind()),
            decision,
            at,
            carried,
        )
    }

    fn no_worktree(
        &self,
        incarnation: &IncarnationId,
        reason: &str,
        at: At,
    ) -> Result<Decision, Refusal> {
        Ok(lifecycle::preparation_failed(
            &self.the_incarnation(incarnation)?,
            reason,
            at.now,
        ))
    }

    fn not_buried(
        &self,
        incarnation: &IncarnationId,
        reason: &str,
        at: At,
    ) -> Result<Decision, Refusal> {
        Ok(lifecycle::burial_failed(
            &self.the_incarnation(incarnation)?,
            reason,
            at.now,
        ))
    }
}

/// A refusal in one line: what, and the next command.
pub(in crate::engine) fn words(why: &Refusal) -> String {
    match why.hints.first() {
        Some(hint) => format!("{}; {hint}", why.message),
        None => why.message.clone(),
    }
}
