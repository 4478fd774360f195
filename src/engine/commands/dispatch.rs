//! One arm per command; each calls its family's file.

use crate::domain::{Command, Outcome, Refusal};
use crate::rules::access;
use crate::rules::decision::Decision;

use super::super::carry::{Carried, Cause, carry_out};
use super::super::input::{At, Peer, ReplyTo, Said};
use super::super::town::Town;
use super::super::who::{Actor, who};

/// What a family's function gives back: a decision, and what is said once it is carried out.
pub(super) struct Decided {
    pub decision: Decision,
    pub say: Say,
}

/// Makes an answer from the rows as they are once the decision is written.
pub(super) type Later = Box<dyn FnOnce(&Town) -> Result<Outcome, Refusal>>;

/// How the answer is made, after the rows are written.
pub(super) enum Say {
    /// As it is.
    Now(Box<Outcome>),
    /// From the rows as they are then.
    Later(Later),
    /// Not yet: something outside is waited for.
    Wait,
}

impl Town {
    pub(in crate::engine) fn command(
        &mut self,
        peer: Peer,
        command: Command,
        how: String,
        reply: ReplyTo,
        (at, carried): (At, &mut Carried),
    ) -> Result<(), Refusal> {
        let actor = who(&self.store, &peer)?;
        access::check(&actor.address, command.kind())?;
        if let Command::Done(cmd) = command {
            return self.done(peer, &actor, cmd, how, (reply, carried));
        }
        if let Command::RescueRestore(cmd) = command {
            return self.restore(&actor, cmd, how, (reply, carried));
        }
        let cause = Cause {
            actor: &actor.address,
            words: &how,
            at,
        };
        let outcome = match command {
            Command::Batch(steps) => self.batch(&actor, steps, (cause, &mut *carried))?,
            command => match self.one(&actor, &command, (cause, &mut *carried))? {
                Some(outcome) => outcome,
                None => return Ok(()),
            },
        };
        carried.replies.push((reply, Ok(Said::Outcome(outcome))));
        Ok(())
    }

    /// Decides one command and writes what it decides; nothing is said while something is waited for.
    pub(super) fn one(
        &mut self,
        actor: &Actor,
        command: &Command,
        (cause, carried): (Cause<'_>, &mut Carried),
    ) -> Result<Option<Outcome>, Refusal> {
        let decided = self.decide(actor, command, cause.at)?;
        carry_out(&self.store, carried, decided.decision, cause)?;
        match decided.say {
            Say::Now(outcome) => Ok(Some(*outcome)),
            Say::Later(make) => Ok(Some(make(self)?)),
            Say::Wait => Ok(None),
        }
    }

    fn decide(&self, actor: &Actor, command: &Command, at: At) -> Result<Decided, Refusal> {
        match command {
            Command::BeadCreate(cmd) => self.bead_create(actor, cmd, at),
            Command::BeadUpdate(cmd) => self.bead_update(actor, cmd, at),
            Command::BeadClose(cmd) => self.bead_close(cmd, at),
            Command::DepAdd(cmd) => self.dep_add(actor, cmd, at),
            Command::BeadReopen(cmd) => self.bead_reopen(actor, cmd, at),
            Command::BeadDelete(cmd) => self.bead_delete(actor, cmd, at),
            Command::DepRemove(cmd) => self.dep_remove(cmd),
            Command::CommentAdd(cmd) => self.comment_add(actor, cmd, at),
            Command::KvSet(cmd) => self.kv_set(cmd),
            Command::ReadyClaim(filter) => self.ready_claim(actor, filter, at),
            Command::BeadImport(cmd) => self.bead_import(cmd, at),
            Command::ConvoyCreate(cmd) => self.convoy_create(actor, cmd, at),
            Command::RigAdd(cmd) => self.rig_add(cmd, at),
            Command::Sling(cmd) => self.sling(actor, cmd, at),
            Command::Nudge(cmd) => self.nudge(actor, cmd, at),
            Command::PolecatNuke(cmd) => self.polecat_nuke(cmd, at),
            Command::MergeRetry(cmd) => self.merge_retry(cmd),
            Command::QueuePause(cmd) => self.queue_pause(actor, cmd, at),
            Command::QueueResume(cmd) => self.queue_resume(cmd),
            Command::MergeReject(cmd) => self.merge_reject(cmd, at),
            Command::MergeReorder(cmd) => self.merge_reorder(cmd),
            Command::TownWish(cmd) => self.town_wish(cmd, at),
            // Handled by the caller: two wait for git, one is made of others.
            Command::Done(_) | Command::RescueRestore(_) | Command::Batch(_) => Ok(Decided {
                decision: Decision::nothing(),
                say: Say::Wait,
            }),
        }
    }
}
