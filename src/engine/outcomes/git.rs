//! What the git worker and the file thread did.

use crate::domain::{GitOutcome, MergeId, Refusal, RigName};
use crate::rules::decision::Decision;
use crate::rules::done::Found;
use crate::rules::effect::{Effect, FetchFor};
use crate::rules::landing::{Again, Candidate};
use crate::rules::row::RigRow;
use crate::rules::{access, done, landing, lifecycle, rig};
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
            (Effect::Sync { rig, next }, GitOutcome::Synced { tip, external }) => {
                let decision = self.synced(rig, (&tip, external.as_ref()), at, carried)?;
                decision.and(self.after_fetch(next)?)
            }
            (Effect::Worktree { incarnation }, GitOutcome::Worktree { base }) => {
                let wish = self.store.wish()?;
                lifecycle::worktree_ready(&self.the_incarnation(incarnation)?, &base, wish, at.now)
            }
            (Effect::Bury { incarnation }, GitOutcome::Buried { rescue, trash }) => {
                let rescue = rescue.as_ref().map(|(name, _)| name.as_str());
                lifecycle::buried(
                    &self.the_incarnation(incarnation)?,
                    rescue,
                    trash.as_deref(),
                    at.now,
                )
            }
            (
                effect @ (Effect::Candidate { merge } | Effect::Advance { merge }),
                outcome @ (GitOutcome::Candidate { .. }
                | GitOutcome::Conflict { .. }
                | GitOutcome::Advanced { .. }),
            ) => self.merge_job_done(effect.kind(), merge, outcome, at)?,
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

    /// A candidate was made or could not be, or the copies are forward.
    fn merge_job_done(
        &self,
        kind: &str,
        merge: &MergeId,
        outcome: GitOutcome,
        at: At,
    ) -> Result<Decision, Refusal> {
        match outcome {
            GitOutcome::Candidate { base, commit, tree } => {
                let merge = self.the_merge(merge)?;
                let gates = self.settings.rig_gates(&merge.rig).len();
                Ok(landing::prepared(
                    &merge,
                    Candidate { base, commit, tree },
                    gates,
                ))
            }
            GitOutcome::Conflict { paths, .. } => self.conflicted(merge, &paths, at),
            GitOutcome::Advanced { left } => {
                let landed = self.landed(merge, at)?;
                Ok(left
                    .into_iter()
                    .fold(landed, |decision, what| self.stayed(merge, what, decision)))
            }
            other => Err(Refusal::failed(format!(
                "git answered `{kind}` with {other:?}"
            ))),
        }
    }

    /// A copy that could not follow is logged; a target that somebody moved is told (contract M5).
    fn stayed(&self, merge: &MergeId, what: String, decision: Decision) -> Decision {
        tracing::info!(%merge, %what, "a copy did not simply follow");
        if !what.contains("outside the queue") {
            return decision;
        }
        let rig = self.the_merge(merge).ok().map(|merge| merge.rig);
        match rig {
            Some(rig) => {
                let refinery = crate::domain::Address::refinery(&rig);
                let body = crate::domain::EventBody::TargetPutBack { what };
                decision.event_by(refinery, Some(&rig), None, body)
            }
            None => decision,
        }
    }

    /// The target as the remote has it now; the row is written at once so that what follows sees it.
    fn synced(
        &self,
        name: &RigName,
        (tip, external): (&crate::domain::Oid, Option<&crate::domain::Oid>),
        at: At,
        carried: &mut Carried,
    ) -> Result<Decision, Refusal> {
        let rig = self.the_rig(name)?;
        let fresh = RigRow {
            tip: Some(tip.clone()),
            fetched_at: Some(at.now.town),
            ..rig
        };
        let told = external.map_or_else(Decision::nothing, |old| {
            landing::moved_outside(&fresh, old, tip)
        });
        let write = Decision::nothing().change(crate::rules::decision::Change::Rig(fresh));
        self.follow("fetch", write, at, carried)?;
        Ok(told)
    }

    fn after_fetch(&self, next: &FetchFor) -> Result<Decision, Refusal> {
        match next {
            FetchFor::Incarnation(incarnation) => {
                Ok(Decision::nothing().effect(Effect::Worktree {
                    incarnation: incarnation.clone(),
                }))
            }
            FetchFor::Merge(merge) => Ok(landing::fetched(&self.the_merge(merge)?)),
        }
    }

    fn conflicted(&self, merge: &MergeId, paths: &[String], at: At) -> Result<Decision, Refusal> {
        let merge = self.the_merge(merge)?;
        self.with_again(&merge, at, |again| {
            landing::conflicted(&merge, paths, again)
        })
    }

    /// Gives a rule what sending work back needs.
    pub(super) fn with_again(
        &self,
        merge: &crate::rules::row::MergeRow,
        at: At,
        rule: impl FnOnce(&Again<'_>) -> Decision,
    ) -> Result<Decision, Refusal> {
        let rig = self.the_rig(&merge.rig)?;
        let bead = names::bead(&self.store, &merge.bead)?;
        let seat = self.free_seat(&rig)?;
        let author = self.the_incarnation(&merge.incarnation)?;
        let convoy = self
            .store
            .open_convoys_of(&bead.id)?
            .into_iter()
            .next()
            .map(|row| row.id);
        let again = Again {
            rig: &rig,
            bead: &bead,
            seat: &seat,
            alias: &author.alias,
            convoy: convoy.as_ref(),
            now: at.now,
        };
        Ok(rule(&again))
    }

    fn landed(&self, merge: &MergeId, at: At) -> Result<Decision, Refusal> {
        let merge = self.the_merge(merge)?;
        let rig = self.the_rig(&merge.rig)?;
        let bead = names::bead(&self.store, &merge.bead)?;
        let convoys = self.convoys_of(&bead.id)?;
        Ok(landing::landed(&merge, &rig, &bead, &convoys, at.now))
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
