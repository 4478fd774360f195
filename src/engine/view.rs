//! Views from rows: what the engine shows. Reads only.

use crate::config::Settings;
use crate::domain::{
    AgentView, BatchPhase, BeadId, BeadView, ConvoyBead, ConvoyView, GateView, MergePhase,
    MergeView, NudgeView, Phase, RigView, SeatView, WorkView,
};
use crate::rules::row::{
    BatchRow, BeadRow, ConvoyRow, IncarnationRow, MergeRow, NudgeRow, RigRow, RunPhase,
};
use crate::rules::{lifecycle, queue};
use crate::store::{Around, Store, StoreError};

use super::town::Town;

/// Merge requests and convoys that ended and are still shown.
pub(super) const RECENT: u32 = 5;

/// A ledger with its settings.
#[derive(Clone, Copy)]
pub(crate) struct Viewed<'a> {
    pub store: &'a Store,
    pub settings: &'a Settings,
}

impl Town {
    /// What views are made from.
    pub(super) fn viewed(&self) -> Viewed<'_> {
        Viewed {
            store: &self.store,
            settings: &self.settings,
        }
    }
}

pub(crate) fn bead(store: &Store, row: &BeadRow) -> Result<BeadView, StoreError> {
    let around = store.around(&[&row.id])?;
    Ok(with_around(row, &around))
}

/// Many beads at the cost of a few questions.
pub(crate) fn beads(store: &Store, rows: &[BeadRow]) -> Result<Vec<BeadView>, StoreError> {
    let ids: Vec<&BeadId> = rows.iter().map(|row| &row.id).collect();
    let around = store.around(&ids)?;
    Ok(rows.iter().map(|row| with_around(row, &around)).collect())
}

fn with_around(row: &BeadRow, around: &Around) -> BeadView {
    BeadView {
        labels: around.labels.get(&row.id).cloned().unwrap_or_default(),
        depends_on: around.depends_on.get(&row.id).cloned().unwrap_or_default(),
        dependents: around.dependents.get(&row.id).cloned().unwrap_or_default(),
        convoy: around.convoys.get(&row.id).cloned(),
        comments: around.comments.get(&row.id).copied().unwrap_or_default(),
        status_word: row.status_word.clone(),
        kind_word: row.kind_word.clone(),
        rest: row.rest.clone(),
        id: row.id.clone(),
        rig: row.rig.clone(),
        title: row.title.clone(),
        description: row.description.clone(),
        status: row.status,
        kind: row.kind,
        priority: row.priority,
        assignee: row.assignee.clone(),
        created_by: row.created_by.clone(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        closed_at: row.closed_at,
        close_reason: row.close_reason.clone(),
        is_blocked: row.is_blocked,
    }
}

pub(crate) fn rig(viewed: Viewed<'_>, row: &RigRow) -> Result<RigView, StoreError> {
    let queued = viewed.store.open_merges(Some(&row.name))?.len();
    let polecats = viewed
        .store
        .living()?
        .iter()
        .filter(|one| one.rig == row.name)
        .count();
    let job = if row.phase == crate::domain::RigPhase::Cloning {
        let effect = crate::rules::effect::Effect::Clone {
            rig: row.name.clone(),
        };
        viewed
            .store
            .owed_like(&effect)?
            .and_then(|owed| super::acts::job_run(owed.id).ok())
    } else {
        None
    };
    Ok(RigView {
        name: row.name.clone(),
        url: crate::git::url::redact(&row.url),
        prefix: row.prefix.clone(),
        target: row.target.clone(),
        phase: row.phase,
        job,
        note: row.note.clone(),
        test_hint: row.test_hint.clone(),
        gates: count(viewed.settings.rig_gates(&row.name).len()),
        queued: count(queued),
        polecats: count(polecats),
        stopped: row.stopped.clone(),
    })
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

pub(crate) fn agent(store: &Store, row: &IncarnationRow) -> Result<AgentView, StoreError> {
    let run = match row.run() {
        Some(id) => store.run(&id)?,
        None => None,
    };
    Ok(AgentView {
        id: row.id.clone(),
        address: row.address(),
        alias: row.alias.clone(),
        phase: row.phase,
        state: row.state,
        evidence: row.evidence.clone(),
        bead: Some(row.bead.clone()),
        title: store.bead(&row.bead)?.map(|bead| bead.title),
        alive: run.as_ref().is_some_and(|run| run.phase == RunPhase::Live),
        run: run.map(|run| run.id),
        branch: row.branch.clone(),
        worktree: row.worktree.clone(),
        since: row.since,
        tree_gone: row.tree_gone.filter(|_| row.phase == Phase::Running),
        restarts: u32::try_from(row.runs.saturating_sub(1)).unwrap_or(0),
        note: row.note.clone(),
    })
}

pub(crate) fn merge(viewed: Viewed<'_>, row: &MergeRow) -> Result<MergeView, StoreError> {
    let store = viewed.store;
    let batch = row.batch.as_ref().map(|id| store.batch(id)).transpose()?;
    let batch = batch.flatten();
    let gates = match &batch {
        Some(batch) => store.gates(&batch.id, shown_at(row, batch))?,
        None => Vec::new(),
    };
    let gates = gates
        .into_iter()
        .map(|gate| GateView {
            name: gate.name,
            outcome: gate.outcome,
            took: gate.took,
            job: gate.job,
            tail: gate.tail,
        })
        .collect();
    Ok(MergeView {
        id: row.id.clone(),
        rig: row.rig.clone(),
        bead: row.bead.clone(),
        title: store
            .bead(&row.bead)?
            .map(|bead| bead.title)
            .unwrap_or_default(),
        author: row.author.clone(),
        branch: row.branch.clone(),
        target: store
            .rig(&row.rig)?
            .map(|rig| rig.target)
            .unwrap_or_default(),
        phase: row.phase,
        priority: row.priority,
        attempt: u32::try_from(row.attempt).unwrap_or(1),
        tip: row.tip.clone(),
        landed: (row.phase == MergePhase::Landed)
            .then(|| row.new.clone())
            .flatten(),
        reason: waits_for(store, row)?,
        batch: row.batch.clone(),
        place: count(row.place),
        conflict: row.conflict.clone(),
        gates,
        job: batch
            .map(|batch| job_of(store, &batch))
            .transpose()?
            .flatten(),
        created_at: row.created_at,
        ended_at: row.ended_at,
    })
}

/// The prefix of the stack whose gates tell about a request: what is tested now, what landed, or
/// what made it go back.
fn shown_at(row: &MergeRow, batch: &BatchRow) -> usize {
    match row.phase {
        MergePhase::SentBack | MergePhase::Held | MergePhase::Rejected => row.place,
        MergePhase::Queued
        | MergePhase::Fetching
        | MergePhase::Preparing
        | MergePhase::Gating
        | MergePhase::Landing
        | MergePhase::Landed => batch.at,
    }
}

/// Why a request is where it is; one that waits for other work says for which.
fn waits_for(store: &Store, row: &MergeRow) -> Result<Option<String>, StoreError> {
    if row.phase != MergePhase::Queued || row.reason.is_some() {
        return Ok(row.reason.clone());
    }
    let after = store.open_blockers(&row.bead)?;
    let after: Vec<String> = after.iter().map(|bead| format!("`{bead}`")).collect();
    Ok((!after.is_empty()).then(|| format!("waits for {}", after.join(", "))))
}

/// The job that runs for a batch now.
fn job_of(store: &Store, row: &BatchRow) -> Result<Option<crate::domain::RunId>, StoreError> {
    let effect = match row.phase {
        BatchPhase::Gating => Some(crate::rules::effect::Effect::Gate {
            batch: row.id.clone(),
            at: row.at,
            position: row.gate,
        }),
        BatchPhase::Landing => Some(crate::rules::effect::Effect::Push {
            batch: row.id.clone(),
        }),
        BatchPhase::Fetching | BatchPhase::Stacking | BatchPhase::Landed | BatchPhase::Ended => {
            None
        }
    };
    let owed = effect
        .map(|effect| store.owed_like(&effect))
        .transpose()?
        .flatten();
    Ok(owed.and_then(|owed| super::acts::job_run(owed.id).ok()))
}

/// The open requests in their order, and the last that ended.
pub(crate) fn merges(
    viewed: Viewed<'_>,
    rig: Option<&crate::domain::RigName>,
) -> Result<(Vec<MergeView>, Vec<MergeView>), StoreError> {
    let view = |rows: Vec<MergeRow>| {
        rows.iter()
            .map(|row| merge(viewed, row))
            .collect::<Result<Vec<_>, _>>()
    };
    let open = queue::in_order(view(viewed.store.open_merges(rig)?)?);
    let ended = view(viewed.store.ended_merges(rig, RECENT)?)?;
    Ok((open, ended))
}

pub(crate) fn convoy(store: &Store, row: &ConvoyRow) -> Result<ConvoyView, StoreError> {
    let mut beads = Vec::new();
    for id in store.convoy_beads(&row.id)? {
        beads.extend(convoy_bead(store, &id)?);
    }
    Ok(ConvoyView {
        id: row.id.clone(),
        number: u32::try_from(row.number).unwrap_or(0),
        title: row.title.clone(),
        closed: row.closed_at.is_some(),
        notify: row.notify.clone(),
        created_by: row.created_by.clone(),
        created_at: row.created_at,
        closed_at: row.closed_at,
        beads,
    })
}

fn convoy_bead(store: &Store, id: &BeadId) -> Result<Option<ConvoyBead>, StoreError> {
    let Some(bead) = store.bead(id)? else {
        return Ok(None);
    };
    let holder = store.holder_of(id)?;
    let merge = store.newest_merge_of(id)?;
    let landed = merge
        .as_ref()
        .filter(|merge| merge.phase == MergePhase::Landed)
        .and_then(|merge| merge.new.clone());
    let worker = holder
        .as_ref()
        .map(IncarnationRow::address)
        .or_else(|| merge.map(|merge| merge.author));
    Ok(Some(ConvoyBead {
        id: bead.id,
        title: bead.title,
        status: bead.status,
        worker,
        state: holder.map(|row| row.state),
        landed,
    }))
}

pub(crate) fn nudge(row: &NudgeRow) -> NudgeView {
    NudgeView {
        id: row.id.clone(),
        to: row.to.clone(),
        from: row.from.clone(),
        text: row.text.clone(),
        phase: row.phase,
        reason: row.reason.clone(),
        created_at: row.created_at,
    }
}

/// What an agent has to do.
pub(crate) fn work(
    viewed: Viewed<'_>,
    incarnation: Option<&IncarnationRow>,
    address: &crate::domain::Address,
) -> Result<WorkView, StoreError> {
    let store = viewed.store;
    let town = viewed.settings.town_name();
    let Some(row) = incarnation else {
        return Ok(WorkView {
            address: address.clone(),
            town,
            agent: None,
            bead: None,
            rig: None,
            base: None,
            attempt: 1,
            sent_back: None,
            gates: Vec::new(),
        });
    };
    let hooked = matches!(row.phase, Phase::Preparing | Phase::Running | Phase::Failed);
    let bead_row = if hooked { store.bead(&row.bead)? } else { None };
    let rig_row = store.rig(&row.rig)?;
    Ok(WorkView {
        address: row.address(),
        town,
        agent: Some(agent(store, row)?),
        bead: bead_row.map(|row| bead(store, &row)).transpose()?,
        rig: rig_row.map(|row| rig(viewed, &row)).transpose()?,
        base: row.base.clone(),
        attempt: u32::try_from(row.attempt).unwrap_or(1),
        sent_back: row.sent_back.clone(),
        gates: viewed
            .settings
            .rig_gates(&row.rig)
            .into_iter()
            .map(|gate| (gate.name, gate.command))
            .collect(),
    })
}

/// A seat and the run to look at.
pub(crate) fn seat(store: &Store, row: &IncarnationRow) -> Result<SeatView, StoreError> {
    let run = row.run();
    let alive = match &run {
        Some(id) => store
            .run(id)?
            .is_some_and(|run| run.phase == RunPhase::Live),
        None => false,
    };
    let ended = if alive { None } else { ended(store, row)? };
    Ok(SeatView {
        address: row.address(),
        run,
        alive,
        ended,
    })
}

/// When and why an agent's session is over, and where its work is, in one line (DOCUMENT 42).
pub(crate) fn ended(store: &Store, row: &IncarnationRow) -> Result<Option<String>, StoreError> {
    let name = row.address().short();
    let why = match row.phase {
        Phase::Preparing => {
            return Ok(Some(format!(
                "`{name}` has no session yet: {}",
                row.evidence
            )));
        }
        Phase::Running => {
            return Ok(Some(format!(
                "`{name}` has no process now: {}",
                row.evidence
            )));
        }
        Phase::Failed => return Ok(Some(format!("`{name}` failed: {}", row.evidence))),
        Phase::Stopping | Phase::Buried => row.end.clone().unwrap_or_else(|| "ended".to_owned()),
    };
    let exit = match row.run() {
        Some(id) => store.run(&id)?.and_then(|run| run.ended_at.zip(run.exit)),
        None => None,
    };
    let when = exit
        .as_ref()
        .map(|(at, _)| crate::support::text::timestamp(*at));
    // How the process ended says nothing where the engine ended it after good work.
    let good = matches!(row.end.as_deref(), Some("done" | "no change"));
    let how = exit
        .filter(|_| !good)
        .map(|(_, exit)| lifecycle::exit_words(&exit));
    let merge = store
        .newest_merge_of(&row.bead)?
        .filter(|merge| merge.incarnation == row.id);
    let place = match merge {
        Some(merge) if merge.phase == MergePhase::Landed => {
            let commit = merge.new.as_ref().map_or("?", |oid| oid.short());
            format!("its work landed as commit {commit}")
        }
        Some(merge) => format!("its work is {} ({})", merge.id, merge.phase),
        None => match &row.rescue {
            Some(rescue) => format!("its work is kept in {rescue}"),
            None => "it left no work".to_owned(),
        },
    };
    let when = when.map(|at| format!(" at {at}")).unwrap_or_default();
    let how = how.map(|how| format!(" ({how})")).unwrap_or_default();
    Ok(Some(format!(
        "session of `{name}` ended{when}: {why}{how}; {place}"
    )))
}
