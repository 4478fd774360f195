//! The town itself: rigs, up and down.

use crate::config::free_prefix;
use crate::domain::{Outcome, Prefix, Refusal, RigAdd, TownWish, Wish};
use crate::rules::town::Living;
use crate::rules::{rig, town};

use super::super::input::At;
use super::super::names;
use super::super::town::Town;
use super::super::view;
use super::dispatch::{Decided, Say};

impl Town {
    pub(super) fn rig_add(&self, cmd: &RigAdd, at: At) -> Result<Decided, Refusal> {
        let known = self.store.rig(&cmd.name)?;
        let rigs = self.store.rigs()?;
        if let Some(near) = rigs.iter().find(|rig| {
            rig.name != cmd.name && rig.name.as_str().eq_ignore_ascii_case(cmd.name.as_str())
        }) {
            return Err(Refusal::conflict(format!(
                "rig `{}` differs from `{}` only in its case",
                near.name, cmd.name
            ))
            .hint("choose another name"));
        }
        let mut taken: Vec<Prefix> = rigs
            .iter()
            .filter(|rig| rig.name != cmd.name)
            .map(|rig| rig.prefix.clone())
            .collect();
        taken.push(Prefix::town());
        let view = rig::AddView {
            shown_url: crate::git::url::redact(&cmd.url),
            foreign_folder: known.is_none() && self.paths.rig(cmd.name.as_str()).exists(),
            derived: free_prefix(cmd.name.as_str(), &taken),
            known,
            taken,
        };
        let (decision, row) = rig::add(cmd, &view, at.now)?;
        let say = Say::Later(Box::new(move |town| {
            let row = names::rig(&town.store, &row.name)?;
            Ok(Outcome::Rig {
                rig: Box::new(view::rig(town.viewed(), &row)?),
            })
        }));
        Ok(Decided { decision, say })
    }

    pub(super) fn town_wish(&self, cmd: &TownWish, at: At) -> Result<Decided, Refusal> {
        let was = self.store.wish()?;
        let mut living = Vec::new();
        for incarnation in self.store.living()? {
            let run = self.live_run(&incarnation)?;
            living.push(Living { incarnation, run });
        }
        let decision = town::wish(cmd, was, &living, at.now);
        let agents = living.iter().filter(|one| one.run.is_some()).count();
        let message = match (cmd.wish, agents) {
            (Wish::Up, _) => "the town is up".to_owned(),
            (Wish::Down, 0) => "the town is down: hooks, worktrees and branches stay".to_owned(),
            (Wish::Down, 1) => {
                "the town is down: 1 agent is being stopped; its hook, worktree and branch stay"
                    .to_owned()
            }
            (Wish::Down, count) => {
                format!(
                    "the town is down: {count} agents are being stopped; their hooks, worktrees and branches stay"
                )
            }
        };
        Ok(Decided {
            decision,
            say: Say::Now(Box::new(Outcome::Done { message })),
        })
    }
}
