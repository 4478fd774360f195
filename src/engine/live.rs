//! The live town as a console keeps it: the whole of it, and the rows that a turn changed, made
//! mechanically from what was touched (DECISIONS 2). Reads only.

use std::collections::BTreeSet;

use crate::domain::{AttentionView, BeadId, Delta, Phase, RigPhase, TownView};
use crate::rules::attention as rule;
use crate::store::StoreError;

use super::carry::Touched;
use super::town::Town;
use super::view::{RECENT, Viewed, agent, convoy, merge, merges, nudge, rig};

/// The whole live town.
pub(super) fn town(town: &Town) -> Result<TownView, StoreError> {
    let (store, viewed) = (&town.store, town.viewed());
    // A rig that could not be added never was one.
    let rigs = store
        .rigs()?
        .iter()
        .filter(|row| row.phase != RigPhase::Failed)
        .map(|row| rig(viewed, row))
        .collect::<Result<Vec<_>, _>>()?;
    let agents = store
        .living()?
        .iter()
        .map(|row| agent(store, row))
        .collect::<Result<Vec<_>, _>>()?;
    let (mut merges, ended) = merges(viewed, None)?;
    let attention = rule::rows(
        &agents,
        &merges,
        &store.rigs()?,
        &store.leftovers()?,
        town.settings.problems(),
    );
    merges.extend(ended);
    let convoys = store
        .convoys(RECENT)?
        .iter()
        .map(|row| convoy(store, row))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(TownView {
        name: town.settings.town_name(),
        root: town.paths.root().to_path_buf(),
        wish: store.wish()?,
        seq: store.newest_seq()?,
        rigs,
        agents,
        merges,
        convoys,
        beads: store.bead_counts()?,
        attention,
        engine: town.facts.clone(),
    })
}

/// What needs a person.
pub(super) fn attention(town: &Town) -> Result<Vec<AttentionView>, StoreError> {
    let (store, viewed) = (&town.store, town.viewed());
    let agents = store
        .living()?
        .iter()
        .map(|row| agent(store, row))
        .collect::<Result<Vec<_>, _>>()?;
    let merges = store
        .open_merges(None)?
        .iter()
        .map(|row| merge(viewed, row))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(rule::rows(
        &agents,
        &merges,
        &store.rigs()?,
        &store.leftovers()?,
        town.settings.problems(),
    ))
}

/// The changed rows of the live town, made mechanically from what was touched (DECISIONS 2).
pub(super) fn deltas(town: &Town, touched: &BTreeSet<Touched>) -> Result<Vec<Delta>, StoreError> {
    let (store, viewed) = (&town.store, town.viewed());
    let convoys = |bead: &BeadId| {
        let found = store.convoys_of(bead)?;
        Ok::<_, StoreError>(found.into_iter().map(Touched::Convoy))
    };
    let mut wanted = touched.clone();
    for one in touched {
        match one {
            // A bead shows in its convoys and its agent; an agent in its convoys and its rig.
            Touched::Bead(id) => {
                wanted.extend(convoys(id)?);
            }
            Touched::Agent(id) => {
                if let Some(row) = store.incarnation(id)? {
                    wanted.insert(Touched::Rig(row.rig));
                    wanted.extend(convoys(&row.bead)?);
                }
            }
            Touched::Merge(id) => {
                if let Some(row) = store.merge(id)? {
                    wanted.insert(Touched::Rig(row.rig));
                    wanted.extend(convoys(&row.bead)?);
                }
            }
            Touched::Rig(_)
            | Touched::Convoy(_)
            | Touched::Nudge(_)
            | Touched::Run(_)
            | Touched::Wish => {}
        }
    }
    let mut deltas = Vec::new();
    for one in &wanted {
        deltas.extend(delta(viewed, one)?);
    }
    if touched.iter().any(|one| matches!(one, Touched::Bead(_))) {
        deltas.push(Delta::Beads(store.bead_counts()?));
    }
    Ok(deltas)
}

fn delta(viewed: Viewed<'_>, one: &Touched) -> Result<Option<Delta>, StoreError> {
    let store = viewed.store;
    Ok(match one {
        Touched::Agent(id) => match store.incarnation(id)? {
            Some(row) if row.phase == Phase::Buried => Some(Delta::AgentGone(row.id)),
            Some(row) => Some(Delta::Agent(Box::new(agent(store, &row)?))),
            None => None,
        },
        Touched::Rig(name) => match store.rig(name)? {
            Some(row) => Some(Delta::Rig(Box::new(rig(viewed, &row)?))),
            None => Some(Delta::RigGone(name.clone())),
        },
        Touched::Merge(id) => match store.merge(id)? {
            Some(row) => Some(Delta::Merge(Box::new(merge(viewed, &row)?))),
            None => None,
        },
        Touched::Convoy(id) => match store.convoy(id)? {
            Some(row) => Some(Delta::Convoy(Box::new(convoy(store, &row)?))),
            None => None,
        },
        Touched::Nudge(id) => store
            .nudge(id)?
            .map(|row| Delta::Nudge(Box::new(nudge(&row)))),
        Touched::Wish => Some(Delta::Wish(store.wish()?)),
        Touched::Bead(_) | Touched::Run(_) => None,
    })
}
