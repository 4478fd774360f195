//! The patrol: what to look at by the clock, and what was found. Worktrees of agents at work, and
//! processes that outlived a stop.

use crate::domain::{Address, IncarnationId, Leftover, Phase, Refusal, RunId};
use crate::rules::decision::Decision;
use crate::rules::patrol::{self as rule, Tree, Whose};
use crate::rules::row::LeftoverRow;

use super::carry::Carried;
use super::input::{Act, At};
use super::town::Town;

impl Town {
    /// Asks for a look, if there is anything to look at.
    pub(super) fn patrol(&mut self, at: At, carried: &mut Carried) -> Result<(), Refusal> {
        self.empty_trash(at, carried)?;
        let living = self.store.living()?.into_iter();
        let trees: Vec<_> = living
            .filter(|row| row.phase == Phase::Running)
            .map(|row| (row.id, row.worktree))
            .collect();
        let left: Vec<Leftover> = self
            .store
            .leftovers()?
            .into_iter()
            .map(|row| row.process)
            .collect();
        if !trees.is_empty() || !left.is_empty() {
            carried.acts.push(Act::Patrol { trees, left });
        }
        Ok(())
    }

    /// A look is back: `trees` as they were found, and which processes have `ended`.
    pub(super) fn patrolled(
        &self,
        trees: Vec<(IncarnationId, Tree)>,
        ended: &[Leftover],
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        for (id, found) in trees {
            // Buried and pruned meanwhile: nothing to tell.
            if let Some(row) = self.store.incarnation(&id)? {
                let decision = rule::worktree(&row, found, at.now);
                self.follow("patrol", decision, at, carried)?;
            }
        }
        let known = self.store.leftovers()?;
        let over = known.iter().filter(|row| ended.contains(&row.process));
        let decision = over.fold(Decision::nothing(), |all, row: &LeftoverRow| {
            all.and(rule::ended(row))
        });
        self.follow("patrol", decision, at, carried)
    }

    /// A run has ended, but not all of its processes.
    pub(super) fn left_behind(
        &self,
        run: &RunId,
        processes: &[Leftover],
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        if processes.is_empty() {
            return Ok(());
        }
        let incarnation = match self.store.run(run)? {
            Some(row) => Some(self.the_incarnation(&row.incarnation)?),
            None => None,
        };
        let agent = incarnation
            .as_ref()
            .map_or(Address::Engine, |row| row.address());
        let whose = Whose {
            run,
            agent: &agent,
            rig: incarnation.as_ref().map(|row| &row.rig),
            bead: incarnation.as_ref().map(|row| &row.bead),
        };
        let decision = rule::left(whose, processes, &self.store.leftovers()?, at.now);
        self.follow(&format!("exit {run}"), decision, at, carried)
    }
}
