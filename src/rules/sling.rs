//! Giving a bead to a new polecat: hook, convoy, seat and the first effect in one decision.

use std::path::PathBuf;

use crate::domain::{
    AgentAlias, AgentName, AgentState, BeadId, BeadRest, BeadStatus, ConvoyId, EventBody,
    IncarnationId, Now, Oid, Phase, Refusal, RigPhase, Slung, Wish,
};

use super::decision::{Change, Decision};
use super::effect::{Effect, FetchFor};
use super::row::{BeadRow, ConvoyRow, IncarnationRow, MergeRow, RigRow};

/// A fetch younger than this is fresh enough for a new worktree (contract W6), in milliseconds.
const FRESH_FETCH: i64 = 300_000;

/// A seat that can be taken.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    pub name: AgentName,
    pub number: i64,
    pub worktree: PathBuf,
}

/// What the decision needs to know.
#[derive(Debug)]
pub(crate) struct SlingView {
    pub rig: RigRow,
    pub bead: BeadRow,
    /// Open beads that the bead waits for.
    pub blockers: Vec<BeadId>,
    /// The living incarnation that has the bead on its hook.
    pub holder: Option<IncarnationRow>,
    /// The merge request in which the bead waits to land.
    pub merge: Option<MergeRow>,
    /// The next free seat of the rig.
    pub seat: Seat,
    /// The open convoy that tracks the bead.
    pub convoy: Option<ConvoyRow>,
    /// The convoy to make when none does.
    pub fresh_convoy: (ConvoyId, i64),
    pub alias: AgentAlias,
    pub command_line: String,
    pub wish: Wish,
    pub actor: String,
}

/// Hooks the bead to a new polecat, or says why not.
pub(crate) fn sling(view: &SlingView, now: Now) -> Result<(Decision, Slung), Refusal> {
    check_rig(&view.rig)?;
    if let Some(holder) = &view.holder {
        return already(view, holder);
    }
    check_bead(view)?;
    let (tracked, convoy, new_convoy) = track(view, now);
    let incarnation = take_seat(
        &view.rig,
        &view.bead.id,
        &view.seat,
        Assignment {
            alias: view.alias.clone(),
            from: None,
            base: None,
            attempt: 1,
            sent_back: None,
        },
        now,
    );
    let event = EventBody::Slung {
        agent: incarnation.address(),
        incarnation: incarnation.id.clone(),
        alias: view.alias.clone(),
        branch: incarnation.branch.clone(),
        convoy: convoy.clone(),
    };
    let slung = story(view, &incarnation, convoy, new_convoy);
    let decision = tracked
        .change(Change::Bead(hook(&view.bead, &incarnation, now)))
        .change(Change::Incarnation(incarnation.clone()))
        .event(Some(&view.rig.name), Some(&view.bead.id), event)
        .effect(first_effect(&view.rig, &incarnation, now));
    Ok((decision, slung))
}

fn check_rig(rig: &RigRow) -> Result<(), Refusal> {
    match rig.phase {
        RigPhase::Active => Ok(()),
        RigPhase::Cloning | RigPhase::Preparing => Err(Refusal::refused(format!(
            "rig `{}` is still being added",
            rig.name
        ))
        .hint("gt rig list")),
        RigPhase::Failed => Err(
            Refusal::refused(format!("rig `{}` could not be added", rig.name))
                .hint(format!("gt rig add {} {}", rig.name, rig.url)),
        ),
    }
}

fn check_bead(view: &SlingView) -> Result<(), Refusal> {
    let bead = &view.bead;
    if bead.rig.as_ref().is_some_and(|rig| *rig != view.rig.name) {
        let rig = bead
            .rig
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        return Err(Refusal::conflict(format!(
            "bead `{}` belongs to rig `{rig}`, not to `{}`",
            bead.id, view.rig.name
        ))
        .hint(format!("gt sling {} {rig}", bead.id)));
    }
    if let Some(merge) = &view.merge {
        return Err(Refusal::conflict(format!(
            "bead `{}` is waiting to land as `{}`",
            bead.id, merge.id
        ))
        .hint(format!("gt mq list {}", view.rig.name)));
    }
    if bead.status == BeadStatus::Closed {
        return Err(Refusal::conflict(format!("bead `{}` is closed", bead.id))
            .hint(format!("bd show {}", bead.id)));
    }
    if let Some(first) = view.blockers.first() {
        return Err(
            Refusal::refused(format!("bead `{}` waits for `{first}`", bead.id))
                .hint(format!("gt sling {first} {}", view.rig.name)),
        );
    }
    Ok(())
}

/// The same sling again changes nothing.
fn already(view: &SlingView, holder: &IncarnationRow) -> Result<(Decision, Slung), Refusal> {
    if holder.rig != view.rig.name {
        return Err(Refusal::conflict(format!(
            "bead `{}` is on the hook of `{}`",
            view.bead.id,
            holder.address().short()
        ))
        .hint(format!("gt peek {}", holder.address().short())));
    }
    let convoy = view
        .convoy
        .as_ref()
        .map_or_else(|| view.fresh_convoy.0.clone(), |convoy| convoy.id.clone());
    let mut slung = story(view, holder, convoy, false);
    slung.already = true;
    Ok((Decision::nothing(), slung))
}

fn track(view: &SlingView, now: Now) -> (Decision, ConvoyId, bool) {
    if let Some(convoy) = &view.convoy {
        return (Decision::nothing(), convoy.id.clone(), false);
    }
    let (id, number) = view.fresh_convoy.clone();
    let row = ConvoyRow {
        id: id.clone(),
        number,
        title: format!("Work: {}", view.bead.title),
        notify: None,
        created_by: view.actor.clone(),
        created_at: now.wall,
        closed_at: None,
    };
    let event = EventBody::ConvoyCreated {
        convoy: id.clone(),
        title: row.title.clone(),
        beads: vec![view.bead.id.clone()],
    };
    let decision = Decision::nothing()
        .change(Change::Convoy(row))
        .change(Change::Track {
            convoy: id.clone(),
            bead: view.bead.id.clone(),
        })
        .event(Some(&view.rig.name), None, event);
    (decision, id, true)
}

fn story(
    view: &SlingView,
    incarnation: &IncarnationRow,
    convoy: ConvoyId,
    new_convoy: bool,
) -> Slung {
    Slung {
        bead: view.bead.id.clone(),
        title: view.bead.title.clone(),
        agent: incarnation.address(),
        name: incarnation.name.clone(),
        alias: incarnation.alias.clone(),
        command_line: view.command_line.clone(),
        branch: incarnation.branch.clone(),
        convoy,
        new_convoy,
        already: false,
        note: (view.wish == Wish::Down)
            .then(|| "the town is down: it starts with `gt up`".to_owned()),
    }
}

/// How a seat is taken.
#[derive(Clone, Debug)]
pub(crate) struct Assignment {
    pub alias: AgentAlias,
    pub from: Option<Oid>,
    pub base: Option<Oid>,
    pub attempt: i64,
    pub sent_back: Option<String>,
}

/// A new incarnation in a free seat.
pub(crate) fn take_seat(
    rig: &RigRow,
    bead: &BeadId,
    seat: &Seat,
    how: Assignment,
    now: Now,
) -> IncarnationRow {
    IncarnationRow {
        id: IncarnationId::of(&rig.name, &seat.name, seat.number),
        rig: rig.name.clone(),
        name: seat.name.clone(),
        number: seat.number,
        alias: how.alias,
        bead: bead.clone(),
        branch: format!("polecat/{}/{bead}.{}", seat.name, seat.number),
        phase: Phase::Preparing,
        base: how.base,
        start: None,
        from: how.from,
        attempt: how.attempt,
        sent_back: how.sent_back,
        worktree: seat.worktree.clone(),
        state: AgentState::Starting,
        evidence: "its worktree is being made".to_owned(),
        since: now.wall,
        runs: 0,
        crashes: Vec::new(),
        restart_at: None,
        stop_at: None,
        end: None,
        note: None,
        tree_gone: None,
        rescue: None,
        trash: None,
        created_at: now.wall,
        ended_at: None,
    }
}

/// The bead on an incarnation's hook.
pub(crate) fn hook(bead: &BeadRow, incarnation: &IncarnationRow, now: Now) -> BeadRow {
    BeadRow {
        status: BeadStatus::Hooked,
        status_word: None,
        assignee: Some(incarnation.address().to_string()),
        updated_at: now.wall,
        rest: Box::new(BeadRest {
            started_at: bead.rest.started_at.or(Some(now.wall)),
            ..*bead.rest.clone()
        }),
        ..bead.clone()
    }
}

/// A worktree at once when the last fetch is fresh, else a fetch first.
pub(crate) fn first_effect(rig: &RigRow, incarnation: &IncarnationRow, now: Now) -> Effect {
    if rig.fetched_at.is_some_and(|at| now.town - at < FRESH_FETCH) {
        Effect::Worktree {
            incarnation: incarnation.id.clone(),
        }
    } else {
        Effect::Fetch {
            rig: rig.name.clone(),
            next: FetchFor::Incarnation(incarnation.id.clone()),
        }
    }
}
