//! Beads, edges and convoys.

use crate::domain::{
    BeadClose, BeadCreate, BeadId, BeadUpdate, ConvoyCreate, ConvoyId, DepAdd, DepKind, Outcome,
    Place, Prefix, Refusal, RigName,
};
use crate::rules::beads::Closing;
use crate::rules::fresh::{self, Seed};
use crate::rules::row::{BeadRow, ConvoyRow};
use crate::rules::{beads, convoy, rig};

use super::super::input::At;
use super::super::names;
use super::super::town::Town;
use super::super::view;
use super::super::who::Actor;
use super::dispatch::{Decided, Say};

impl Town {
    pub(super) fn bead_create(
        &self,
        actor: &Actor,
        cmd: &BeadCreate,
        at: At,
    ) -> Result<Decided, Refusal> {
        for id in &cmd.blocked_by {
            names::bead(&self.store, id)?;
        }
        let (rig, hint) = self.place(cmd)?;
        let prefix = match &rig {
            Some(rig) => names::rig(&self.store, rig)?.prefix,
            None => Prefix::town(),
        };
        let who = actor.address.to_string();
        let seed = Seed {
            title: cmd.title.trim(),
            description: &cmd.description,
            actor: &who,
            nanos: at.nanos,
        };
        let id = self.fresh_bead(&prefix, seed)?;
        let decision = beads::create(cmd, id.clone(), rig, &actor.address, at.now)?;
        Ok(Decided {
            decision,
            say: say_bead(id, hint),
        })
    }

    fn place(&self, cmd: &BeadCreate) -> Result<(Option<RigName>, Option<String>), Refusal> {
        match &cmd.place {
            Place::Rig(name) => Ok((Some(names::rig(&self.store, name)?.name), None)),
            Place::Town => {
                // A rig that could not be added is not a place for work.
                let rigs: Vec<RigName> = self
                    .store
                    .rigs()?
                    .into_iter()
                    .filter(|rig| rig.phase != crate::domain::RigPhase::Failed)
                    .map(|rig| rig.name)
                    .collect();
                let default = cmd
                    .default_rig
                    .clone()
                    .or_else(|| self.settings.default_rig());
                Ok(rig::place(&rigs, default.as_ref()))
            }
        }
    }

    fn fresh_bead(&self, prefix: &Prefix, seed: Seed<'_>) -> Result<BeadId, Refusal> {
        let counter = format!("beads:{prefix}");
        let count = self.store.count_of(&counter)?;
        let mut failed = None;
        let mut taken = |id: &str| self.is_taken(id, &mut failed);
        let id = fresh::bead_id(prefix, seed, count, &mut taken);
        if let Some(error) = failed {
            return Err(error);
        }
        self.store.next_number(&counter)?;
        id
    }

    fn is_taken(&self, id: &str, failed: &mut Option<Refusal>) -> bool {
        match self.store.id_taken(id) {
            Ok(taken) => taken,
            Err(error) => {
                *failed = Some(error.into());
                false
            }
        }
    }

    pub(super) fn fresh_convoy(
        &self,
        title: &str,
        actor: &Actor,
        at: At,
    ) -> Result<(ConvoyId, i64), Refusal> {
        let who = actor.address.to_string();
        let seed = Seed {
            title,
            description: "convoy",
            actor: &who,
            nanos: at.nanos,
        };
        let mut failed = None;
        let mut taken = |id: &str| self.is_taken(id, &mut failed);
        let id = fresh::convoy_id(seed, self.store.count_of("convoys")?, &mut taken);
        if let Some(error) = failed {
            return Err(error);
        }
        Ok((
            id?,
            i64::try_from(self.store.count_of("convoys")?).unwrap_or(0) + 1,
        ))
    }

    pub(super) fn bead_update(&self, cmd: &BeadUpdate, at: At) -> Result<Decided, Refusal> {
        let bead = names::bead_typed(&self.store, cmd.id.as_str())?;
        let decision = beads::update(cmd, &bead, at.now)?;
        Ok(Decided {
            decision,
            say: say_bead(bead.id, None),
        })
    }

    pub(super) fn bead_close(&self, cmd: &BeadClose, at: At) -> Result<Decided, Refusal> {
        let mut closing = Vec::new();
        for id in &cmd.ids {
            let bead = names::bead_typed(&self.store, id.as_str())?;
            let holder = self.store.holder_of(&bead.id)?;
            let merge = self.store.open_merge_of(&bead.id)?;
            closing.push(Closing {
                bead,
                holder,
                merge,
            });
        }
        let ids: Vec<BeadId> = closing.iter().map(|item| item.bead.id.clone()).collect();
        let mut convoys: Vec<(ConvoyRow, Vec<BeadId>)> = Vec::new();
        for id in &ids {
            for (row, open) in self.convoys_of(id)? {
                if convoys.iter().all(|(known, _)| known.id != row.id) {
                    convoys.push((row, open));
                }
            }
        }
        let decision = beads::close(cmd, &closing, &convoys, at.now)?;
        let say = Say::Later(Box::new(move |town| {
            let mut views = Vec::new();
            for id in &ids {
                views.push(view::bead(&town.store, &names::bead(&town.store, id)?)?);
            }
            Ok(Outcome::Beads { beads: views })
        }));
        Ok(Decided { decision, say })
    }

    /// The open convoys that track a bead, each with its beads that are not closed.
    pub(in crate::engine) fn convoys_of(
        &self,
        id: &BeadId,
    ) -> Result<Vec<(ConvoyRow, Vec<BeadId>)>, Refusal> {
        let mut convoys = Vec::new();
        for row in self.store.open_convoys_of(id)? {
            let open = self.store.open_beads_of(&row.id)?;
            convoys.push((row, open));
        }
        Ok(convoys)
    }

    pub(super) fn dep_add(&self, cmd: &DepAdd) -> Result<Decided, Refusal> {
        let bead = names::bead_typed(&self.store, cmd.bead.as_str())?;
        let on = names::bead_typed(&self.store, cmd.on.as_str())?;
        let orders = matches!(cmd.kind, DepKind::Blocks | DepKind::ParentChild);
        let reaches = orders && self.store.waits_for(&on.id, &bead.id)?;
        let exact = DepAdd {
            bead: bead.id.clone(),
            on: on.id.clone(),
            kind: cmd.kind,
        };
        let decision = beads::dep_add(&exact, &bead, reaches)?;
        let message = format!("{} depends on {} ({})", bead.id, on.id, cmd.kind);
        Ok(Decided {
            decision,
            say: Say::Now(Box::new(Outcome::Done { message })),
        })
    }

    pub(super) fn convoy_create(
        &self,
        actor: &Actor,
        cmd: &ConvoyCreate,
        at: At,
    ) -> Result<Decided, Refusal> {
        let mut tracked: Vec<BeadRow> = Vec::new();
        for id in &cmd.beads {
            tracked.push(names::bead_typed(&self.store, id.as_str())?);
        }
        let fresh = self.fresh_convoy(&cmd.title, actor, at)?;
        let id = fresh.0.clone();
        let decision = convoy::create(cmd, &tracked, fresh, &actor.address, at.now)?;
        self.store.next_number("convoys")?;
        let say = Say::Later(Box::new(move |town| {
            let row = names::convoy(&town.store, id.as_str())?;
            Ok(Outcome::Convoy {
                convoy: Box::new(view::convoy(&town.store, &row)?),
            })
        }));
        Ok(Decided { decision, say })
    }
}

fn say_bead(id: BeadId, hint: Option<String>) -> Say {
    Say::Later(Box::new(move |town| {
        let bead = view::bead(&town.store, &names::bead(&town.store, &id)?)?;
        Ok(Outcome::Bead {
            bead: Box::new(bead),
            hint,
        })
    }))
}
