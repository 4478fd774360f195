//! Beads, edges and convoys.
//!
//! Size: one short function a verb that loads what its rule needs; the rules themselves are elsewhere.

use crate::domain::{
    BeadClose, BeadCreate, BeadId, BeadStatus, BeadType, BeadUpdate, ConvoyCreate, ConvoyId,
    DepAdd, DepKind, Edit, Kind, Outcome, Place, Prefix, Refusal, RigName,
};
use crate::rules::bead_update::{self, UpdateView};
use crate::rules::beads::{Closing, NewBead};
use crate::rules::fresh::{self, Seed};
use crate::rules::row::{BeadRow, ConvoyRow};
use crate::rules::{beads, convoy, rig, words};

use super::super::input::At;
use super::super::names;
use super::super::town::Town;
use super::super::view;
use super::super::who::Actor;
use super::dispatch::{Decided, Say};

/// The setting that says how the ids of a repository's own ledger begin.
pub(crate) const PREFIX_KEY: &str = "issue_prefix";

impl Town {
    pub(super) fn bead_create(
        &self,
        actor: &Actor,
        cmd: &BeadCreate,
        at: At,
    ) -> Result<Decided, Refusal> {
        self.check_kind(cmd.kind, cmd.kind_word.as_deref())?;
        let cmd = &self.exact(cmd)?;
        let (mut new, hint) = self.place_new(actor, cmd, at)?;
        let id = new.id.clone();
        new.circle = self.circle_through(cmd, &id)?;
        let decision = beads::create(cmd, new, &actor.address, at.now)?;
        Ok(Decided {
            decision,
            say: say_bead(id, hint),
        })
    }

    /// The same with every id that was typed as the one that is meant.
    fn exact(&self, cmd: &BeadCreate) -> Result<BeadCreate, Refusal> {
        let exact = |id: &BeadId| -> Result<BeadId, Refusal> {
            if id.is_external() {
                return Ok(id.clone());
            }
            Ok(names::bead_typed(&self.store, id.as_str())?.id)
        };
        let mut cmd = cmd.clone();
        for id in cmd
            .blocked_by
            .iter_mut()
            .chain(&mut cmd.blocks)
            .chain(&mut cmd.parent)
        {
            *id = exact(id)?;
        }
        for dep in &mut cmd.deps {
            dep.on = exact(&dep.on)?;
        }
        Ok(cmd)
    }

    /// A pair that a new bead would close a circle between. Its id may be known already: edges of a
    /// file can point to beads that are not there yet.
    fn circle_through(
        &self,
        cmd: &BeadCreate,
        id: &BeadId,
    ) -> Result<Option<(BeadId, BeadId)>, Refusal> {
        if cmd.blocks.is_empty() && cmd.id.is_none() && cmd.parent.is_none() {
            return Ok(None);
        }
        let mut waiting: Vec<BeadId> = cmd.blocks.clone();
        waiting.push(id.clone());
        if let Some(parent) = &cmd.parent {
            // Who waits for the children of the parent waits for the new one too.
            waiting.extend(self.store.waiters_on(parent)?);
        }
        let blocked_by = cmd.blocked_by.iter().map(|on| (on, DepKind::Blocks));
        let parent = cmd.parent.iter().map(|on| (on, DepKind::ParentChild));
        let deps = cmd.deps.iter().map(|dep| (&dep.on, dep.kind));
        let all = blocked_by.chain(parent).chain(deps);
        for (on, kind) in all.filter(|(_, kind)| kind.is_readiness()) {
            let spawner = kind == DepKind::WaitsFor;
            for waiting in &waiting {
                // A bead on both sides is told as such.
                let both = on == waiting && cmd.blocks.contains(on);
                if !both && self.store.waits_for(on, waiting, spawner)? {
                    return Ok(Some((waiting.clone(), on.clone())));
                }
            }
        }
        Ok(None)
    }

    /// The id and the rig of a new bead, and what the caller should know about that.
    fn place_new(
        &self,
        actor: &Actor,
        cmd: &BeadCreate,
        at: At,
    ) -> Result<(NewBead, Option<String>), Refusal> {
        if let Some(parent) = &cmd.parent {
            if cmd.id.is_some() {
                return Err(Refusal::new(
                    Kind::Usage,
                    "a bead has either an id of your choice or a parent",
                ));
            }
            return Ok((self.child_of(parent, cmd)?, None));
        }
        let (rig, hint) = self.place(cmd)?;
        let prefix = match &rig {
            Some(rig) => names::rig(&self.store, rig)?.prefix,
            None => self.home_prefix()?,
        };
        if let Some(id) = &cmd.id {
            return Ok((self.chosen(id, rig, cmd.force)?, None));
        }
        let who = actor.address.to_string();
        let seed = Seed {
            title: cmd.title.trim(),
            description: &cmd.description,
            actor: &who,
            nanos: at.nanos,
        };
        let prefix = match &cmd.infix {
            Some(infix) => Prefix::parse(&format!("{prefix}-{infix}"))?,
            None => prefix,
        };
        let new = NewBead {
            id: self.fresh_bead(&prefix, seed)?,
            rig,
            number: None,
            inherited: Vec::new(),
            circle: None,
        };
        Ok((new, hint))
    }

    fn child_of(&self, parent: &BeadId, cmd: &BeadCreate) -> Result<NewBead, Refusal> {
        let row = names::bead(&self.store, parent)?;
        if parent.depth() >= beads::DEPTH_MAX {
            return Err(Refusal::refused(format!(
                "`{parent}` is {} steps down, and no bead goes deeper",
                beads::DEPTH_MAX
            ))
            .hint("bd create \"...\" and bd dep add <new> <parent> --type parent-child"));
        }
        let number = self.store.last_child(parent)? + 1;
        let inherited = if cmd.no_inherit_labels {
            Vec::new()
        } else {
            self.store.labels(parent)?
        };
        Ok(NewBead {
            id: parent.child(number)?,
            rig: row.rig,
            number: Some(number),
            inherited,
            circle: None,
        })
    }

    /// An id that the caller chose: free, and of a prefix of this town unless forced.
    fn chosen(&self, id: &BeadId, rig: Option<RigName>, force: bool) -> Result<NewBead, Refusal> {
        if id.is_external() || !id.as_str().contains('-') {
            return Err(Refusal::invalid(
                "id",
                id.as_str(),
                "an id such as `tb-4kq`: a prefix, a dash, and what follows",
            ));
        }
        if self.store.id_taken(id.as_str())? {
            return Err(Refusal::conflict(format!("the id `{id}` is or was in use"))
                .hint(format!("bd show {id}")));
        }
        let mut owner = None;
        let home = self.home_prefix()?;
        let mut known = vec![home.to_string()];
        known.extend(self.allowed_prefixes()?);
        let town = known
            .iter()
            .any(|prefix| id.as_str().starts_with(&format!("{prefix}-")));
        for row in self.store.rigs()? {
            if id.as_str().starts_with(&format!("{}-", row.prefix)) {
                owner = Some(row.name.clone());
            }
            known.push(row.prefix.to_string());
        }
        if owner.is_none() && !town && !force {
            let accepted: Vec<String> = known.iter().map(|one| format!("`{one}-`")).collect();
            let accepted = format!("a prefix of this town: {}", accepted.join(", "));
            return Err(
                Refusal::invalid("id", id.as_str(), &accepted).hint("bd create --id ... --force")
            );
        }
        Ok(NewBead {
            id: id.clone(),
            rig: if town { None } else { owner.or(rig) },
            number: None,
            inherited: Vec::new(),
            circle: None,
        })
    }

    /// How ids begin that belong to no rig: the town's own, or what a repository chose for itself.
    pub(super) fn home_prefix(&self) -> Result<Prefix, Refusal> {
        if !self.paths.is_plain() {
            return Ok(Prefix::town());
        }
        match self.store.kv(PREFIX_KEY)? {
            Some(text) => Prefix::parse(&text),
            None => Ok(Prefix::town()),
        }
    }

    /// Further prefixes that an id of the caller's choice may have, by the setting of that name.
    fn allowed_prefixes(&self) -> Result<Vec<String>, Refusal> {
        let setting = self.store.kv("allowed_prefixes")?.unwrap_or_default();
        Ok(setting
            .split(',')
            .map(|one| one.trim().trim_end_matches('-').to_owned())
            .filter(|one| !one.is_empty())
            .collect())
    }

    fn check_kind(&self, kind: BeadType, word: Option<&str>) -> Result<(), Refusal> {
        if kind != BeadType::Foreign {
            return Ok(());
        }
        let setting = self.store.kv(words::TYPES_KEY)?.unwrap_or_default();
        words::check_type(word.unwrap_or_default(), &setting)
    }

    fn check_status(&self, status: BeadStatus, word: Option<&str>) -> Result<(), Refusal> {
        if status != BeadStatus::Foreign {
            return Ok(());
        }
        let setting = self.store.kv(words::STATUS_KEY)?.unwrap_or_default();
        words::check_status(word.unwrap_or_default(), &setting)
    }

    fn place(&self, cmd: &BeadCreate) -> Result<(Option<RigName>, Option<String>), Refusal> {
        match &cmd.place {
            Place::Rig(name) => Ok((Some(names::rig(&self.store, name)?.name), None)),
            Place::Prefix(prefix) => Ok((self.rig_of_prefix(prefix)?, None)),
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

    /// The rig whose ids begin so; none when the ledger's own do.
    fn rig_of_prefix(&self, prefix: &Prefix) -> Result<Option<RigName>, Refusal> {
        let home = self.home_prefix()?;
        if *prefix == home {
            return Ok(None);
        }
        let rigs = self.store.rigs()?;
        if let Some(rig) = rigs.iter().find(|rig| rig.prefix == *prefix) {
            return Ok(Some(rig.name.clone()));
        }
        let mut known = vec![format!("`{home}`")];
        known.extend(
            rigs.iter()
                .map(|rig| format!("`{}` ({})", rig.prefix, rig.name)),
        );
        Err(Refusal::invalid(
            "prefix",
            prefix.as_str(),
            &format!("one of {}", known.join(", ")),
        )
        .hint("gt rig list"))
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

    pub(super) fn bead_update(
        &self,
        actor: &Actor,
        cmd: &BeadUpdate,
        at: At,
    ) -> Result<Decided, Refusal> {
        let bead = names::bead_typed(&self.store, cmd.id.as_str())?;
        if let Some(kind) = cmd.kind {
            self.check_kind(kind, cmd.kind_word.as_deref())?;
        }
        if let Some(status) = cmd.status {
            self.check_status(status, cmd.status_word.as_deref())?;
        }
        let mut cmd = cmd.clone();
        let mut view = UpdateView {
            bead: &bead,
            labels: self.store.labels(&bead.id)?,
            parent: self.store.parent_of(&bead.id)?,
            known: None,
            reaches: false,
        };
        if let Some(Edit::To(typed)) = &cmd.parent {
            let parent = names::bead_typed(&self.store, typed.as_str())?.id;
            view.known = self
                .store
                .dep(&bead.id, &parent)?
                .filter(|known| known.kind != DepKind::ParentChild);
            view.reaches = self
                .store
                .closes_circle(&bead.id, &parent, DepKind::ParentChild)?;
            cmd.parent = Some(Edit::To(parent));
        }
        let decision = bead_update::update(&cmd, &view, &actor.address, at.now)?;
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
            let blockers = self
                .store
                .depends_on(&bead.id)?
                .into_iter()
                .filter(|edge| edge.kind == DepKind::Blocks && !edge.other.status.is_inactive())
                .map(|edge| edge.other.id)
                .collect();
            closing.push(Closing {
                holder,
                merge,
                open_children: self.store.open_children(&bead.id)?,
                blockers,
                awaits: self.awaited(&bead)?,
                bead,
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

    /// The bead that a gate waits for, as `tb-4kq` or `<rig>:tb-4kq`, while it is there and not closed.
    fn awaited(&self, gate: &BeadRow) -> Result<Option<BeadId>, Refusal> {
        let more = &gate.rest.more;
        if gate.kind != BeadType::Gate || more.await_type != "bead" {
            return Ok(None);
        }
        let id = more.await_id.rsplit(':').next().unwrap_or_default();
        let Ok(id) = BeadId::parse(id) else {
            return Ok(None);
        };
        let bead = self.store.bead(&id)?;
        let open = bead.filter(|bead| bead.status != BeadStatus::Closed);
        Ok(open.map(|bead| bead.id))
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

    pub(super) fn dep_add(&self, actor: &Actor, cmd: &DepAdd, at: At) -> Result<Decided, Refusal> {
        let bead = names::bead_typed(&self.store, cmd.bead.as_str())?;
        let on = if cmd.on.is_external() {
            None
        } else {
            Some(names::bead_typed(&self.store, cmd.on.as_str())?)
        };
        let exact = DepAdd {
            bead: bead.id.clone(),
            on: on
                .as_ref()
                .map_or_else(|| cmd.on.clone(), |on| on.id.clone()),
            ..cmd.clone()
        };
        let view = beads::EdgeView {
            bead: &bead,
            on: on.as_ref(),
            known: self.store.dep(&exact.bead, &exact.on)?,
            reaches: self
                .store
                .closes_circle(&exact.bead, &exact.on, exact.kind)?,
        };
        let decision = beads::dep_add(&exact, &view, &actor.address, at.now)?;
        let message = format!("{} depends on {} ({})", exact.bead, exact.on, cmd.kind);
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
