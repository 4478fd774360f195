//! Several commands about beads in one commit: all of them or none.

use crate::domain::{BeadId, Command, CommandKind, Kind, Outcome, Refusal};
use crate::rules::access;

use super::super::carry::{Carried, Cause};
use super::super::town::Town;
use super::super::who::Actor;

/// Most steps of a batch: a turn must stay short.
const STEPS_MAX: usize = 2000;

impl Town {
    /// Carries the steps out one after the other; the first refusal undoes them all.
    pub(super) fn batch(
        &mut self,
        actor: &Actor,
        steps: Vec<Command>,
        (cause, carried): (Cause<'_>, &mut Carried),
    ) -> Result<Outcome, Refusal> {
        if steps.len() > STEPS_MAX {
            let shown = format!("{} steps", steps.len());
            return Err(Refusal::invalid("batch", &shown, "at most 2000 steps"));
        }
        let mut outcomes: Vec<Outcome> = Vec::new();
        let mut made: Vec<Option<BeadId>> = Vec::new();
        let several = steps.len() > 1;
        for (index, step) in steps.into_iter().enumerate() {
            let outcome = self
                .step(actor, step, &made, (cause, &mut *carried))
                .map_err(|mut refusal| {
                    if several {
                        refusal.message = format!("step {}: {}", index + 1, refusal.message);
                    }
                    refusal
                })?;
            made.push(match &outcome {
                Outcome::Bead { bead, .. } => Some(bead.id.clone()),
                _ => None,
            });
            outcomes.push(outcome);
        }
        Ok(Outcome::Batch { outcomes })
    }

    fn step(
        &mut self,
        actor: &Actor,
        step: Command,
        made: &[Option<BeadId>],
        (cause, carried): (Cause<'_>, &mut Carried),
    ) -> Result<Outcome, Refusal> {
        if !can_be_a_step(step.kind()) {
            return Err(Refusal::new(
                Kind::Usage,
                "a batch makes, changes, closes, opens and links beads, and nothing else",
            ));
        }
        access::check(&actor.address, step.kind())?;
        let step = step.settled(made)?;
        self.one(actor, &step, (cause, carried))?
            .ok_or_else(|| Refusal::failed("a step of a batch cannot wait for something"))
    }
}

const fn can_be_a_step(kind: CommandKind) -> bool {
    matches!(
        kind,
        CommandKind::BeadCreate
            | CommandKind::BeadUpdate
            | CommandKind::BeadClose
            | CommandKind::BeadReopen
            | CommandKind::DepAdd
            | CommandKind::DepRemove
            | CommandKind::CommentAdd
    )
}
