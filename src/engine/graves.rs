//! What is left of worktrees that went: who lies where, bringing it back, and emptying the trash
//! when its time is over (contract W1).

use crate::domain::{
    Address, Answer, GitJob, GitOutcome, GraveView, IncarnationId, Outcome, Phase, Refusal,
    RescueRestore, TRASH_KEPT,
};
use crate::rules::graves as rule;
use crate::store::Store;

use super::acts;
use super::carry::{Carried, Cause, carry_out};
use super::input::{Act, At, ReplyTo, Said, Tag};
use super::names;
use super::town::Town;
use super::who::Actor;

/// Rescued work on its way back, for somebody who waits.
#[derive(Debug)]
pub(super) struct Restoring {
    pub reply: ReplyTo,
    pub actor: Address,
    pub incarnation: IncarnationId,
    pub how: String,
}

/// Everybody whose work is, or may be, under rescue refs, newest first.
pub(super) fn graves(store: &Store) -> Result<Answer, Refusal> {
    let mut graves = Vec::new();
    for row in store.graves()? {
        let rig = names::rig(store, &row.rig)?;
        let trash = row.trash.as_ref();
        graves.push(GraveView {
            agent: row.address(),
            refs: acts::rescue_ref(&row),
            target: rig.target,
            buried: row.phase == Phase::Buried,
            trash: trash.map(|path| path.display().to_string()),
            ended_at: row.ended_at,
            empties_at: row
                .ended_at
                .filter(|_| trash.is_some())
                .map(|at| at + TRASH_KEPT),
            id: row.id,
            rig: row.rig,
            bead: row.bead,
            branch: row.branch,
        });
    }
    Ok(Answer::Graves { graves })
}

impl Town {
    /// Asks git to bring something back; the answer comes with its outcome.
    pub(super) fn restore(
        &mut self,
        actor: &Actor,
        cmd: RescueRestore,
        how: String,
        (reply, carried): (ReplyTo, &mut Carried),
    ) -> Result<(), Refusal> {
        let row = self.store.incarnation(&cmd.id)?.ok_or_else(|| {
            Refusal::not_found(format!("nothing was rescued of `{}`", cmd.id))
                .hint("gt rescue list")
        })?;
        let rig = self.the_rig(&row.rig)?;
        rule::may_restore(&cmd, &rig, self.paths.root())?;
        let refs = acts::rescue_ref(&row);
        let job = GitJob::Restore {
            repos: acts::repos(&self.paths, &rig),
            from: cmd
                .part
                .map_or(refs.clone(), |part| format!("{refs}/{part}")),
            to: cmd.to,
        };
        self.number += 1;
        let restoring = Restoring {
            reply,
            actor: actor.address.clone(),
            incarnation: row.id,
            how,
        };
        self.restores.insert(self.number, restoring);
        let tag = Tag::Restore(self.number);
        carried.acts.push(Act::Git { tag, job });
        Ok(())
    }

    /// It is back, or why not.
    pub(super) fn restored(
        &mut self,
        number: u64,
        outcome: GitOutcome,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        let Some(restoring) = self.restores.remove(&number) else {
            return Ok(());
        };
        let answer = self.told_restored(&restoring, outcome, at, carried);
        carried.replies.push((restoring.reply, answer));
        Ok(())
    }

    fn told_restored(
        &self,
        restoring: &Restoring,
        outcome: GitOutcome,
        at: At,
        carried: &mut Carried,
    ) -> Result<Said, Refusal> {
        let (from, place) = match outcome {
            GitOutcome::Restored { from, place, .. } => (from, place),
            GitOutcome::Failed { reason } => {
                return Err(Refusal::conflict(format!("nothing was restored: {reason}"))
                    .hint(format!("gt rescue show {}", restoring.incarnation)));
            }
            other => return Err(Refusal::failed(format!("git answered with {other:?}"))),
        };
        let row = self.the_incarnation(&restoring.incarnation)?;
        let message = format!("{from} is back as {place}");
        let cause = Cause {
            actor: &restoring.actor,
            words: &restoring.how,
            at,
        };
        let decision = rule::restored(&row, &from, &place);
        carry_out(&self.store, carried, decision, cause)?;
        Ok(Said::Outcome(Outcome::Done { message }))
    }

    /// Sends one folder of the trash to be deleted whose time is over; with the patrol.
    pub(super) fn empty_trash(&mut self, at: At, carried: &mut Carried) -> Result<(), Refusal> {
        let before = at.now.wall - TRASH_KEPT;
        let due = self.store.in_trash_since(before)?;
        let Some(row) = due.into_iter().find(|row| !self.emptied.contains(&row.id)) else {
            return Ok(());
        };
        let Some(trash) = rule::in_the_trash(&row, &self.paths.trash()) else {
            return Ok(());
        };
        let rig = self.the_rig(&row.rig)?;
        carried.acts.push(Act::Git {
            tag: Tag::Emptied(row.id.clone()),
            job: GitJob::Empty {
                repos: acts::repos(&self.paths, &rig),
                trash,
                rescue: acts::rescue_ref(&row),
            },
        });
        // Asked once in the life of this engine: what must stay is not asked for again and again.
        self.emptied.insert(row.id);
        Ok(())
    }

    /// A folder of the trash is gone, or has to stay.
    pub(super) fn trash_emptied(
        &self,
        id: &IncarnationId,
        outcome: &GitOutcome,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        match outcome {
            GitOutcome::Emptied { done: true } => {
                let decision = rule::emptied(&self.the_incarnation(id)?);
                self.follow("trash", decision, at, carried)
            }
            GitOutcome::Emptied { done: false } => {
                tracing::warn!(%id, "a folder stays in the trash: its rescue refs are not whole");
                Ok(())
            }
            other => {
                tracing::warn!(%id, outcome = ?other, "a folder of the trash could not be deleted");
                Ok(())
            }
        }
    }
}
