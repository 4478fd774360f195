//! Beads opened again, deleted, talked about and claimed; edges away; kept values.

use std::collections::{BTreeMap, VecDeque};

use crate::domain::{
    BeadDelete, BeadId, BeadReopen, BeadUpdate, CommentAdd, Deleted, DepRemove, KvSet, Outcome,
    ReadyFilter, Refusal, Reopened,
};
use crate::rules::bead_update::{self, UpdateView};
use crate::rules::decision::Decision;
use crate::rules::fresh::{self, Seed};
use crate::rules::ledger::{self, Leaving};
use crate::rules::row::BeadRow;

use super::super::input::At;
use super::super::names;
use super::super::sheets;
use super::super::town::Town;
use super::super::view;
use super::super::who::Actor;
use super::dispatch::{Decided, Say};

impl Town {
    pub(super) fn bead_reopen(
        &self,
        actor: &Actor,
        cmd: &BeadReopen,
        at: At,
    ) -> Result<Decided, Refusal> {
        let mut rows: Vec<(BeadRow, String)> = Vec::new();
        for id in &cmd.ids {
            let row = names::bead_typed(&self.store, id.as_str())?;
            if rows.iter().any(|(known, _)| known.id == row.id) {
                continue;
            }
            let text = cmd.reason.as_deref().unwrap_or_default();
            let comment = self.fresh_comment(&row.id, text, actor, at)?;
            rows.push((row, comment));
        }
        let decision = ledger::reopen(cmd, &rows, &actor.address, at.now)?;
        let already = rows
            .iter()
            .filter(|(row, _)| row.status == crate::domain::BeadStatus::Open)
            .map(|(row, _)| row.id.clone())
            .collect();
        let ids: Vec<BeadId> = rows.into_iter().map(|(row, _)| row.id).collect();
        let say = Say::Later(Box::new(move |town| {
            let mut beads = Vec::new();
            for id in &ids {
                beads.push(view::bead(&town.store, &names::bead(&town.store, id)?)?);
            }
            Ok(Outcome::Reopened(Reopened { beads, already }))
        }));
        Ok(Decided { decision, say })
    }

    pub(super) fn comment_add(
        &self,
        actor: &Actor,
        cmd: &CommentAdd,
        at: At,
    ) -> Result<Decided, Refusal> {
        let bead = names::bead_typed(&self.store, cmd.bead.as_str())?;
        let id = self.fresh_comment(&bead.id, &cmd.text, actor, at)?;
        let decision = ledger::comment(cmd, &bead, &id, &actor.address, at.now)?;
        let comment = crate::domain::CommentView {
            id,
            bead: bead.id,
            author: actor.address.to_string(),
            text: cmd.text.clone(),
            created_at: at.now.wall,
        };
        Ok(Decided {
            decision,
            say: Say::Now(Box::new(Outcome::Comment { comment })),
        })
    }

    pub(super) fn dep_remove(&self, cmd: &DepRemove) -> Result<Decided, Refusal> {
        let bead = names::bead_typed(&self.store, cmd.bead.as_str())?;
        let edge = match self.store.dep(&bead.id, &cmd.on)? {
            Some(edge) => edge,
            None => {
                let on = names::bead_typed(&self.store, cmd.on.as_str())?;
                let edge = self.store.dep(&bead.id, &on.id)?;
                edge.ok_or_else(|| {
                    Refusal::not_found(format!("`{}` does not depend on `{}`", bead.id, on.id))
                        .hint(format!("bd show {}", bead.id))
                })?
            }
        };
        let message = format!("{} no longer depends on {}", edge.bead, edge.on);
        Ok(Decided {
            decision: ledger::dep_remove(&bead, &edge),
            say: Say::Now(Box::new(Outcome::Done { message })),
        })
    }

    pub(super) fn kv_set(&self, cmd: &KvSet) -> Result<Decided, Refusal> {
        let was = self.store.kv(&cmd.key)?;
        let decision = ledger::kv(cmd, was.as_deref())?;
        let message = match (&cmd.value, was) {
            (Some(_), _) => format!("{} is set", cmd.key),
            (None, Some(_)) => format!("{} is taken away", cmd.key),
            (None, None) => format!("{} was not set", cmd.key),
        };
        Ok(Decided {
            decision,
            say: Say::Now(Box::new(Outcome::Done { message })),
        })
    }

    pub(super) fn bead_delete(
        &self,
        actor: &Actor,
        cmd: &BeadDelete,
        at: At,
    ) -> Result<Decided, Refusal> {
        let (mut leaving, mut deleted) = self.leaving(cmd)?;
        let mut neighbours: BTreeMap<BeadId, BeadRow> = BTreeMap::new();
        for one in &mut leaving {
            let gone = sheets::Gone {
                by: &actor.address.to_string(),
                reason: &cmd.reason,
                at: at.now.wall,
                hard: cmd.hard,
            };
            one.line = sheets::tombstone(&self.store, &one.bead, &gone)?;
            deleted.labels += u64::try_from(self.store.labels(&one.bead.id)?.len()).unwrap_or(0);
            for row in self.store.neighbours(&one.bead.id)? {
                if !deleted.ids.contains(&row.id) {
                    neighbours.insert(row.id.clone(), row);
                }
            }
        }
        let neighbours: Vec<BeadRow> = neighbours.into_values().collect();
        deleted.rewritten = neighbours
            .iter()
            .filter(|row| ledger::rewritten(row, &leaving).is_some())
            .map(|row| row.id.clone())
            .collect();
        let decision = ledger::delete(&leaving, &neighbours, &cmd.reason, &actor.address, at.now)?;
        Ok(Decided {
            decision,
            say: Say::Now(Box::new(Outcome::Deleted(deleted))),
        })
    }

    /// What is to be deleted: what was named, and with `cascade` all that depends on it.
    fn leaving(&self, cmd: &BeadDelete) -> Result<(Vec<Leaving>, Deleted), Refusal> {
        let mut queue: VecDeque<BeadRow> = VecDeque::new();
        for id in &cmd.ids {
            queue.push_back(names::bead_typed(&self.store, id.as_str())?);
        }
        let mut leaving: Vec<Leaving> = Vec::new();
        let mut deleted = Deleted::default();
        let mut orphans: Vec<BeadId> = Vec::new();
        while let Some(bead) = queue.pop_front() {
            if deleted.ids.contains(&bead.id) {
                continue;
            }
            deleted.ids.push(bead.id.clone());
            let (edges, dependents) = self.store.edges_of(&bead.id)?;
            deleted.edges += edges;
            if cmd.cascade {
                for id in &dependents {
                    queue.push_back(names::bead(&self.store, id)?);
                }
            }
            orphans.extend(dependents);
            let body = if cmd.hard {
                "{}".to_owned()
            } else {
                let seen = view::bead(&self.store, &bead)?;
                serde_json::to_string(&seen).map_err(|error| Refusal::failed(error.to_string()))?
            };
            leaving.push(Leaving {
                on_record: self.store.on_record(&bead.id)?,
                bead,
                body,
                line: None,
            });
        }
        orphans.sort();
        orphans.dedup();
        orphans.retain(|id| !deleted.ids.contains(id));
        if cmd.ids.len() > 1 && !orphans.is_empty() && !cmd.force {
            let names: Vec<String> = orphans.iter().take(5).map(|id| format!("`{id}`")).collect();
            return Err(Refusal::refused(format!(
                "others depend on what is to be deleted: {}",
                names.join(", ")
            ))
            .hint("bd delete ... --cascade deletes them too")
            .hint("bd delete ... --force leaves them"));
        }
        deleted.orphaned = orphans;
        Ok((leaving, deleted))
    }

    pub(super) fn ready_claim(
        &self,
        actor: &Actor,
        filter: &ReadyFilter,
        at: At,
    ) -> Result<Decided, Refusal> {
        let Some(bead) = self.first_free(&actor.address.to_string(), filter, at)? else {
            return Ok(Decided {
                decision: Decision::nothing(),
                say: Say::Now(Box::new(Outcome::Beads { beads: Vec::new() })),
            });
        };
        let cmd = BeadUpdate {
            claim: true,
            ..BeadUpdate::of(bead.id.clone())
        };
        let view = UpdateView {
            bead: &bead,
            labels: self.store.labels(&bead.id)?,
            parent: None,
            known: None,
            reaches: false,
        };
        let decision = bead_update::update(&cmd, &view, &actor.address, at.now)?;
        let id = bead.id.clone();
        let say = Say::Later(Box::new(move |town| {
            let bead = view::bead(&town.store, &names::bead(&town.store, &id)?)?;
            Ok(Outcome::Beads { beads: vec![bead] })
        }));
        Ok(Decided { decision, say })
    }
}

impl Town {
    /// The first bead that can be started and is nobody else's, looked for page by page.
    fn first_free(
        &self,
        me: &str,
        filter: &ReadyFilter,
        at: At,
    ) -> Result<Option<BeadRow>, Refusal> {
        let mut filter = filter.clone();
        filter.filter.limit = 64;
        filter.filter.offset = 0;
        loop {
            let (rows, _) = self.store.ready(&filter, at.now.wall)?;
            if rows.is_empty() {
                return Ok(None);
            }
            let free = rows.into_iter().find(|row| {
                row.assignee
                    .as_ref()
                    .is_none_or(|who| who.is_empty() || who == me)
            });
            if free.is_some() {
                return Ok(free);
            }
            filter.filter.offset += filter.filter.limit;
        }
    }

    /// A comment's id that the bead does not have yet: what is said twice in one turn stays two.
    fn fresh_comment(
        &self,
        bead: &BeadId,
        text: &str,
        actor: &Actor,
        at: At,
    ) -> Result<String, Refusal> {
        let mut number = 0;
        loop {
            let id = comment_id(bead, text, actor, at, number);
            if !self.store.comment_taken(bead, &id)? {
                return Ok(id);
            }
            number += 1;
        }
    }
}

fn comment_id(bead: &BeadId, text: &str, actor: &Actor, at: At, number: usize) -> String {
    let who = actor.address.to_string();
    let seed = Seed {
        title: bead.as_str(),
        description: text,
        actor: &who,
        nanos: at.nanos,
    };
    fresh::comment_id(seed, number)
}
