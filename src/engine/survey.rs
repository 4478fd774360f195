//! Questions about many beads at once: from the ledger alone, by readers, beside the engine's thread.

use crate::domain::expr::{Expr, Field, Op, Value};
use crate::domain::{
    Answer, BeadFilter, BeadId, BeadStatus, Kind, ReadyFilter, Refusal, ScopeFilter, Selection,
    Stats, StatsAsk, Survey, Surveyed, TallyBy,
};
use crate::rules::circles;
use crate::store::Store;

use super::names;

/// Answers one; `now` is wall time.
pub(super) fn answer(store: &Store, survey: &Survey, now: i64) -> Result<Answer, Refusal> {
    let surveyed = match survey {
        Survey::Tally { filter, by } => tally(store, filter, *by, now)?,
        Survey::Stats(ask) => Surveyed::Stats(stats(store, ask, now)?),
        Survey::Epics { closable, offset } => {
            let (epics, more) = store.epics(*closable, *offset)?;
            Surveyed::Epics { epics, more }
        }
        Survey::Reach(ask) => {
            let root = names::bead_typed(store, &ask.bead)?;
            Surveyed::Reach(store.reach(&root, ask)?)
        }
        Survey::Circles => circles_of(store)?,
        Survey::Past { bead, after } => past(store, bead, *after)?,
        Survey::Doubles { rig } => Surveyed::Doubles {
            groups: store.doubles(rig.as_ref())?,
        },
        Survey::Lint(filter) => {
            let expr = Selection::list(filter, now).expr;
            let (found, total) = store.lacking(expr.as_ref(), now)?;
            Surveyed::Lint { found, total }
        }
    };
    Ok(Answer::Survey(Box::new(surveyed)))
}

fn tally(
    store: &Store,
    filter: &BeadFilter,
    by: Option<TallyBy>,
    now: i64,
) -> Result<Surveyed, Refusal> {
    if let Some(rig) = &filter.rig {
        names::rig(store, rig)?;
    }
    let expr = Selection::list(filter, now).expr;
    let groups = match by {
        Some(by) => store.tally(expr.as_ref(), by, now)?,
        None => Vec::new(),
    };
    Ok(Surveyed::Tally {
        total: store.count_all(expr.as_ref(), now)?,
        groups,
    })
}

fn stats(store: &Store, ask: &StatsAsk, now: i64) -> Result<Stats, Refusal> {
    if let Some(rig) = &ask.rig {
        names::rig(store, rig)?;
    }
    let filter = BeadFilter {
        rig: ask.rig.clone(),
        assignee: ask.assignee.clone(),
        all: true,
        scope: ScopeFilter {
            include_gates: true,
            ..ScopeFilter::default()
        },
        ..BeadFilter::default()
    };
    let all = Selection::list(&filter, now).expr;
    let only = |more: Expr| Expr::all(all.clone().into_iter().chain([more]));
    let flag = |field| Expr::test(field, Op::Eq, Value::Flag(true));
    let status = |status: BeadStatus| {
        let word = Value::Text(status.word().to_owned());
        Expr::test(Field::Status, Op::Eq, word)
    };
    let pinned = flag(Field::Pinned).or(status(BeadStatus::Pinned));
    let ready = ReadyFilter {
        filter: filter.clone(),
        ..ReadyFilter::default()
    };
    let activity = ask
        .since
        .map(|since| store.activity(since, ask.rig.as_ref()))
        .transpose()?;
    let by_status = store.tally(all.as_ref(), TallyBy::Status, now)?;
    Ok(Stats {
        total: by_status.iter().map(|(_, count)| count).sum(),
        by_status,
        blocked: store.count_all(only(flag(Field::Blocked)).as_ref(), now)?,
        ready: store.count_all(ready.expr(now).as_ref(), now)?,
        pinned: store.count_all(only(pinned).as_ref(), now)?,
        closable_epics: store.closable_epics(ask.rig.as_ref())?,
        lead_time: store.lead_time(only(status(BeadStatus::Closed)).as_ref(), now)?,
        activity,
    })
}

fn circles_of(store: &Store) -> Result<Surveyed, Refusal> {
    let edges = store.holding_edges()?;
    let pairs = edges.iter().map(|(bead, on)| (bead.as_str(), on.as_str()));
    let circles = circles::find(pairs)
        .iter()
        .map(|circle| circle.iter().map(|id| BeadId::parse(id)).collect())
        .collect::<Result<_, _>>()?;
    Ok(Surveyed::Circles { circles })
}

/// A bead that is there by any part of its id; one that is gone by its whole id or hash.
fn past(store: &Store, typed: &str, after: i64) -> Result<Surveyed, Refusal> {
    let bead = match names::bead_typed(store, typed) {
        Ok(row) => row.id,
        Err(refusal) if refusal.kind == Kind::NotFound => {
            store.past_id(typed.trim())?.ok_or(refusal)?
        }
        Err(refusal) => return Err(refusal),
    };
    let (events, more) = store.past(&bead, after)?;
    Ok(Surveyed::Past { bead, events, more })
}
