//! Several changes by one line: each stands for itself, all are told, and the line succeeds only
//! if every one did (DECISIONS 19).

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, Stop, mismatch, note_refusal};
use crate::cli::{output, show};
use crate::client::{Need, TownClient};
use crate::domain::{Answer, BeadId, BeadView, Command, Outcome, Query, Refusal};

/// The changes of one line.
pub(super) struct Several<'a> {
    caller: &'a Caller,
    town: TownClient,
    json: bool,
    done: Vec<(&'static str, BeadView)>,
    failed: Vec<Refusal>,
}

impl<'a> Several<'a> {
    /// A way to the town, with nothing changed yet.
    pub(super) fn open(caller: &'a Caller, json: bool) -> Result<Self, Refusal> {
        Ok(Self {
            caller,
            town: caller.open(Need::Ledger)?,
            json,
            done: Vec::new(),
            failed: Vec::new(),
        })
    }

    /// Carries one change out; `verb` tells it to people.
    pub(super) fn run(&mut self, verb: &'static str, command: Command) {
        match self.caller.carry(&mut self.town, command) {
            Ok(Outcome::Bead { bead, .. }) => self.done.push((verb, *bead)),
            Ok(Outcome::Beads { beads }) => {
                self.done.extend(beads.into_iter().map(|bead| (verb, bead)));
            }
            Ok(_) => self.failed.push(mismatch(self.caller.how)),
            Err(refusal) => self.failed.push(refusal),
        }
    }

    /// Carries one change of several beads out; refused as one, each is tried by itself.
    pub(super) fn together(
        &mut self,
        verb: &'static str,
        command: Command,
        apart: fn(&Command) -> Vec<Command>,
    ) {
        let each = apart(&command);
        let before = self.failed.len();
        self.run(verb, command);
        if self.failed.len() > before && each.len() > 1 {
            self.failed.truncate(before);
            for command in each {
                self.run(verb, command);
            }
        }
    }

    /// What was changed, and the last refusal; the others are told.
    pub(super) fn parts(mut self) -> (Vec<BeadView>, Option<Refusal>) {
        let last = self.failed.pop();
        self.failed.iter().for_each(note_refusal);
        let beads = self.done.into_iter().map(|(_, bead)| bead).collect();
        (beads, last)
    }

    /// A bead as it is; what is wrong with it is kept for the end.
    pub(super) fn look(&mut self, id: &BeadId) -> Option<BeadView> {
        let ids = vec![id.to_string()];
        match self.town.query(Query::Beads { ids }) {
            Ok(Answer::Beads { beads, .. }) => return beads.into_iter().next(),
            Ok(_) => self.failed.push(mismatch(self.caller.how)),
            Err(refusal) => self.failed.push(refusal),
        }
        None
    }

    /// Tells of a bead that was left as it is, in the JSON alone.
    pub(super) fn keep(&mut self, bead: BeadView) {
        self.done.push(("", bead));
    }

    /// Whether something was refused so far.
    pub(super) fn has_failed(&self) -> bool {
        !self.failed.is_empty()
    }

    /// Tells what became of everything.
    pub(super) fn end(mut self) -> Ended {
        if self.json {
            let mut beads: Vec<BeadView> = Vec::new();
            for (_, bead) in self.done {
                beads.retain(|known| known.id != bead.id);
                beads.push(bead);
            }
            // Nothing but a no: that is the answer then.
            if !beads.is_empty() || self.failed.is_empty() {
                output::json(&show::beads_json(&beads))?;
            }
        } else {
            let look = self.caller.look();
            for (verb, bead) in self.done.iter().filter(|(verb, _)| !verb.is_empty()) {
                output::line(&show::bead_line(verb, bead, &look))?;
            }
        }
        let Some(last) = self.failed.pop() else {
            return Ok(());
        };
        for refusal in &self.failed {
            note_refusal(refusal);
        }
        Err(Stop::Refused(last))
    }
}
