//! Batches: taken up when a rig's refinery is free, and led on by what the rules say of them.

use crate::config::gate_set;
use crate::domain::{Address, BatchId, Refusal, Wish};
use crate::rules::queue::{self, Back, Batch, Next, Waiting};
use crate::rules::row::{BatchRow, MergeRow, RigRow};
use crate::store::StoreError;

use super::super::carry::{Carried, Cause, carry_out};
use super::super::input::At;
use super::super::names;
use super::super::town::Town;

impl Town {
    /// Takes up the next batch of every rig whose refinery is free.
    pub(in crate::engine) fn pump(&self, at: At, carried: &mut Carried) -> Result<(), StoreError> {
        if self.store.wish()? == Wish::Down {
            return Ok(());
        }
        for rig in self.store.rigs()? {
            if rig.stopped.is_some() || !self.store.open_batches(&rig.name)?.is_empty() {
                continue;
            }
            let max = self.settings.batch_max(&rig.name);
            let window = match rig.window {
                0 => max,
                window => window.min(max),
            };
            let taken = queue::take(self.waiting(&rig)?, window);
            if taken.is_empty() {
                continue;
            }
            let number = self.store.next_number("batches")?;
            let Ok(id) = BatchId::parse(&format!("batch-{number}")) else {
                continue;
            };
            let actor = Address::refinery(&rig.name);
            let cause = Cause {
                actor: &actor,
                words: "merge queue",
                at,
            };
            let begun = queue::begin(&rig, id, &taken, at.now);
            carry_out(&self.store, carried, begun, cause)?;
        }
        Ok(())
    }

    fn waiting(&self, rig: &RigRow) -> Result<Vec<Waiting>, StoreError> {
        let queued = self.store.queued_merges(&rig.name)?;
        queued
            .into_iter()
            .map(|merge| {
                let after = self.store.open_blockers(&merge.bead)?;
                Ok(Waiting { merge, after })
            })
            .collect()
    }

    /// Carries out what a rule says of a batch. Requests that go back get their seats one by one
    /// after that.
    pub(in crate::engine) fn lead_on(
        &self,
        what: &str,
        id: &BatchId,
        (at, carried): (At, &mut Carried),
        rule: impl FnOnce(&Batch<'_>) -> Next,
    ) -> Result<(), Refusal> {
        let row = self.the_batch(id)?;
        let rig = self.the_rig(&row.rig)?;
        let members = self.store.merges_of(id)?;
        let gates = self.settings.rig_gates(&rig.name);
        let gate_set = gate_set(&gates);
        let batch = Batch {
            row: &row,
            rig: &rig,
            members: &members,
            gates: gates.len(),
            gate_set: &gate_set,
            doubt: self.settings.gates_in_doubt(&rig.name),
            attempts: self.settings.gate_attempts(&rig.name),
            known: &|tree| {
                let known = self.store.tree_passed(&rig.name, tree, &gate_set);
                // Not known is safe: its gates run again.
                known.unwrap_or_else(|error| {
                    tracing::error!(%error, "the passed trees could not be read");
                    false
                })
            },
            max: self.settings.batch_max(&rig.name),
            now: at.now,
        };
        let next = rule(&batch);
        self.follow(what, next.decision, at, carried)?;
        for back in &next.back {
            self.give_back(what, back, at, carried)?;
        }
        Ok(())
    }

    fn give_back(
        &self,
        what: &str,
        back: &Back,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        let merge = self.the_merge(&back.merge)?;
        let decision = if back.held {
            queue::hold(&merge, &back.reason, at.now)
        } else {
            let sent = self.with_again(&merge, at, |again| {
                queue::send_back(&merge, &back.reason, again)
            });
            // Without a seat for the next attempt the work is kept for a person.
            sent.unwrap_or_else(|why| {
                let reason = format!("{}; {}", back.reason, why.message);
                queue::hold(&merge, &reason, at.now)
            })
        };
        self.follow(what, decision, at, carried)
    }

    /// Gives a rule what sending work back needs.
    fn with_again(
        &self,
        merge: &MergeRow,
        at: At,
        rule: impl FnOnce(&queue::Again<'_>) -> crate::rules::decision::Decision,
    ) -> Result<crate::rules::decision::Decision, Refusal> {
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
        let again = queue::Again {
            rig: &rig,
            bead: &bead,
            seat: &seat,
            alias: &author.alias,
            convoy: convoy.as_ref(),
            now: at.now,
        };
        Ok(rule(&again))
    }

    pub(in crate::engine) fn the_batch(&self, id: &BatchId) -> Result<BatchRow, Refusal> {
        self.store
            .batch(id)?
            .ok_or_else(|| Refusal::not_found(format!("no batch `{id}`")))
    }
}
