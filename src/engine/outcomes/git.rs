//! What the git worker and the file thread did.

use crate::domain::{GitOutcome, MergeId, Refusal, RigName};
use crate::rules::decision::Decision;
use crate::rules::done::Found;
use crate::rules::effect::{Effect, FetchFor};
use crate::rules::row::RigRow;
use crate::rules::{access, done, lifecycle, queue, rig};
use crate::store::Owed;

use super::super::carry::{Carried, Cause, carry_out};
use super::super::input::{At, Said, Tag};
use super::super::names;
use super::super::town::{Check, Town};
use super::super::who::who;

impl Town {
    pub(in crate::engine) fn git_done(
        &mut self,
        tag: Tag,
        outcome: GitOutcome,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        match tag {
            Tag::Check(number) => self.checked(number, outcome, at, carried),
            Tag::Restore(number) => self.restored(number, outcome, at, carried),
            Tag::Emptied(id) => self.trash_emptied(&id, &outcome, at, carried),
            Tag::Effect(id) => match self.store.owed_one(id)? {
                Some(owed) => self.git_effect_done(&owed, outcome, at, carried),
                // Expired meanwhile: recorded nowhere, applied never.
                None => Ok(()),
            },
            Tag::Keystroke(_) | Tag::Asked(_) | Tag::Peek(_) | Tag::Nothing => Ok(()),
        }
    }

    fn git_effect_done(
        &mut self,
        owed: &Owed,
        outcome: GitOutcome,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        if let GitOutcome::Failed { reason } = outcome {
            return self.effect_failed(owed, &Refusal::failed(reason), at, carried);
        }
        self.store.settle(owed.id)?;
        self.synced(&owed.effect, &outcome, at, carried)?;
        if owed.effect.batch().is_some() {
            return self.batch_git_done(&owed.effect, outcome, at, carried);
        }
        let decision = match (&owed.effect, outcome) {
            (
                Effect::Layout { rig },
                GitOutcome::RigReady {
                    target,
                    tip,
                    tracked_prefix,
                    test_hint,
                },
            ) => {
                let found = rig::Found {
                    target,
                    tip,
                    tracked_prefix,
                    test_hint,
                };
                self.laid_out(rig, &found, at)?
            }
            (
                Effect::Sync {
                    next: FetchFor::Incarnation(incarnation),
                    ..
                },
                GitOutcome::Synced { .. },
            ) => Decision::nothing().effect(Effect::Worktree {
                incarnation: incarnation.clone(),
            }),
            (Effect::Worktree { incarnation }, GitOutcome::Worktree { base }) => {
                let wish = self.store.wish()?;
                lifecycle::worktree_ready(&self.the_incarnation(incarnation)?, &base, wish, at.now)
            }
            (Effect::Bury { incarnation }, GitOutcome::Buried { rescue, trash }) => {
                let row = self.the_incarnation(incarnation)?;
                let rescue = rescue.as_ref().map(|(name, _)| name.as_str());
                lifecycle::buried(&row, rescue, trash.as_deref(), at.now)
            }
            (effect, other) => {
                let refusal =
                    Refusal::failed(format!("git answered `{}` with {other:?}", effect.kind()));
                return self.effect_failed(owed, &refusal, at, carried);
            }
        };
        self.follow(owed.effect.kind(), decision, at, carried)
    }

    fn laid_out(&self, name: &RigName, found: &rig::Found, at: At) -> Result<Decision, Refusal> {
        let row = self.the_rig(name)?;
        let mut others = self.store.rigs()?;
        others.retain(|other| other.name != *name);
        Ok(rig::laid_out(&row, found, &others, at.now))
    }

    /// The target as the remote has it now; written at once so that what follows sees it.
    fn synced(
        &self,
        effect: &Effect,
        outcome: &GitOutcome,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        let (Effect::Sync { rig, .. }, GitOutcome::Synced { tip, external }) = (effect, outcome)
        else {
            return Ok(());
        };
        let fresh = RigRow {
            tip: Some(tip.clone()),
            fetched_at: Some(at.now.town),
            ..self.the_rig(rig)?
        };
        let told = external.as_ref().map_or_else(Decision::nothing, |old| {
            queue::moved_outside(&fresh, old, tip)
        });
        let decision = told.change(crate::rules::decision::Change::Rig(fresh));
        self.follow(effect.kind(), decision, at, carried)
    }

    pub(in crate::engine) fn files_done(
        &mut self,
        tag: &Tag,
        result: Result<(), String>,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        let Tag::Effect(id) = tag else {
            return Ok(());
        };
        let Some(owed) = self.store.owed_one(*id)? else {
            return Ok(());
        };
        if let Err(reason) = result {
            return self.effect_failed(&owed, &Refusal::failed(reason), at, carried);
        }
        self.store.settle(owed.id)?;
        let Effect::RigFiles { rig } = &owed.effect else {
            return Ok(());
        };
        let decision = rig::ready(&self.the_rig(rig)?);
        self.follow("gt rig add", decision, at, carried)
    }

    /// The look into a worktree is back: submit, or say why not.
    fn checked(
        &mut self,
        number: u64,
        outcome: GitOutcome,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        let Some(check) = self.checks.remove(&number) else {
            return Ok(());
        };
        let reply = check.reply;
        let answer = self.submit(&check, outcome, at, carried);
        carried.replies.push((reply, answer));
        Ok(())
    }

    fn submit(
        &self,
        check: &Check,
        outcome: GitOutcome,
        at: At,
        carried: &mut Carried,
    ) -> Result<Said, Refusal> {
        // The caller may have been nuked while git looked.
        let actor = who(&self.store, &check.peer)?;
        access::check(&actor.address, crate::domain::CommandKind::Done)?;
        let incarnation = self.the_incarnation(&check.incarnation)?;
        if let Some(outcome) = self.submitted_before(&incarnation)? {
            return Ok(Said::Outcome(outcome));
        }
        done::may_submit(&incarnation, &check.command)?;
        let found = found(outcome)?;
        let bead = names::bead(&self.store, &incarnation.bead)?;
        let (decision, outcome) = match &check.command.no_change {
            Some(reason) => {
                let convoys = self.convoys_of(&bead.id)?;
                let cx = done::NoChange {
                    reason,
                    convoys: &convoys,
                    now: at.now,
                };
                done::without_change(&incarnation, &bead, &found, cx)?
            }
            None => {
                let id = MergeId::parse(&format!("mr-{}", self.store.count_of("merges")? + 1))?;
                let submitted = done::submit(&incarnation, &bead, &found, &id, at.now)?;
                self.store.next_number("merges")?;
                submitted
            }
        };
        let cause = Cause {
            actor: &actor.address,
            words: &check.how,
            at,
        };
        carry_out(&self.store, carried, decision, cause)?;
        Ok(Said::Outcome(outcome))
    }
}

fn found(outcome: GitOutcome) -> Result<Found, Refusal> {
    match outcome {
        GitOutcome::Checked {
            head,
            branch,
            ahead,
            dirty,
            busy,
            ..
        } => Ok(Found {
            head,
            branch,
            ahead,
            dirty,
            busy,
        }),
        GitOutcome::Failed { reason } => Err(Refusal::failed(format!(
            "the worktree could not be checked: {reason}"
        ))
        .hint("nothing was changed; look at it with `git status`")),
        other => Err(Refusal::failed(format!(
            "the worktree could not be checked: {other:?}"
        ))),
    }
}
