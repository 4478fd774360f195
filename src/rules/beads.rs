//! Beads by hand: made, closed, and the edges between them. Changes of fields are in `bead_update`.

use crate::domain::{
    Address, BeadClose, BeadCreate, BeadId, BeadStatus, BeadType, DepAdd, DepKind, EventBody, Now,
    Refusal, RigName,
};

use super::decision::{Change, Decision};
use super::row::{BeadRow, ConvoyRow, DepRow, IncarnationRow, MergeRow};
use super::{convoy, done};

/// Longest title, in characters (contract S12).
const TITLE_MAX: usize = 500;
/// Longest text, in bytes.
const TEXT_MAX: usize = 64 * 1024;
/// Most labels of a bead.
const LABELS_MAX: usize = 200;
/// How deep children of children go.
pub(crate) const DEPTH_MAX: usize = 3;

/// Where a new bead goes, as the ledger knows it.
#[derive(Debug)]
pub(crate) struct NewBead {
    /// An id that was found free.
    pub id: BeadId,
    pub rig: Option<RigName>,
    /// Its number under its parent, when the id was made from it.
    pub number: Option<i64>,
    /// The labels of the parent that it takes over.
    pub inherited: Vec<String>,
    /// Who would wait for the new bead while what the new bead waits for waits for it.
    pub circle: Option<(BeadId, BeadId)>,
}

/// A new bead with its labels and edges.
pub(crate) fn create(
    cmd: &BeadCreate,
    new: NewBead,
    actor: &Address,
    now: Now,
) -> Result<Decision, Refusal> {
    if let Some((waiting, on)) = &new.circle {
        return Err(circle(waiting, on));
    }
    let title = check_title(&cmd.title)?.to_owned();
    for (field, text) in [
        ("description", &cmd.description),
        ("design", &cmd.rest.design),
        ("acceptance", &cmd.rest.acceptance),
        ("notes", &cmd.rest.notes),
    ] {
        check_text(field, text)?;
    }
    let mut labels = cmd.labels.clone();
    labels.extend(new.inherited);
    labels.sort();
    labels.dedup();
    check_labels(&labels)?;
    let mut row = BeadRow::new(new.id.clone(), title.clone(), actor.to_string(), now.wall);
    row.rig.clone_from(&new.rig);
    row.description.clone_from(&cmd.description);
    row.kind = cmd.kind;
    row.kind_word.clone_from(&cmd.kind_word);
    row.priority = cmd.priority;
    row.assignee = named(cmd.assignee.as_deref());
    *row.rest = cmd.rest.clone();
    if row.rest.defer_until.is_some_and(|until| until > now.wall) {
        row.status = BeadStatus::Deferred;
    }
    check_kept(&row)?;
    let mut decision = Decision::nothing().change(Change::Bead(row)).event(
        new.rig.as_ref(),
        Some(&new.id),
        EventBody::BeadCreated { title },
    );
    if !labels.is_empty() {
        decision = decision.change(Change::Labels {
            bead: new.id.clone(),
            add: labels,
            remove: Vec::new(),
        });
    }
    if let (Some(parent), Some(number)) = (&cmd.parent, new.number) {
        decision = decision.change(Change::ChildNumber {
            parent: parent.clone(),
            number,
        });
    }
    for edge in edges(cmd, &new.id, actor, now)? {
        decision = decision.change(Change::Dep(edge));
    }
    Ok(decision)
}

/// The edges of a new bead, one a pair.
fn edges(cmd: &BeadCreate, id: &BeadId, actor: &Address, now: Now) -> Result<Vec<DepRow>, Refusal> {
    let edge = |bead: &BeadId, on: &BeadId, kind: DepKind, metadata: &str| DepRow {
        bead: bead.clone(),
        on: on.clone(),
        kind,
        kind_word: None,
        created_at: now.wall,
        created_by: actor.to_string(),
        metadata: metadata.to_owned(),
        thread_id: String::new(),
    };
    let mut rows: Vec<DepRow> = Vec::new();
    if let Some(parent) = &cmd.parent {
        rows.push(edge(id, parent, DepKind::ParentChild, ""));
    }
    let blocked = cmd
        .blocked_by
        .iter()
        .map(|on| edge(id, on, DepKind::Blocks, ""));
    rows.extend(blocked);
    for dep in &cmd.deps {
        check_metadata(&dep.metadata)?;
        rows.push(edge(id, &dep.on, dep.kind, &dep.metadata));
    }
    let waiting = cmd
        .blocks
        .iter()
        .map(|bead| edge(bead, id, DepKind::Blocks, ""));
    rows.extend(waiting);
    let mut unique: Vec<DepRow> = Vec::new();
    for row in rows {
        match unique
            .iter()
            .find(|known| known.bead == row.bead && known.on == row.on)
        {
            None => unique.push(row),
            Some(known) if known.kind == row.kind => {}
            Some(known) => return Err(two_kinds(&row.bead, &row.on, known.kind.word())),
        }
    }
    // Both ways between the same two beads is the shortest circle.
    if let Some(both) = cmd.blocks.iter().find(|bead| {
        unique
            .iter()
            .any(|row| row.bead == *id && row.on == **bead && row.kind.is_readiness())
    }) {
        return Err(circle(id, both));
    }
    Ok(unique)
}

/// A bead that is to be closed, with what holds it.
#[derive(Debug)]
pub(crate) struct Closing {
    pub bead: BeadRow,
    pub holder: Option<IncarnationRow>,
    pub merge: Option<MergeRow>,
    /// Children that are not closed.
    pub open_children: Vec<BeadId>,
    /// Open beads that hold it back.
    pub blockers: Vec<BeadId>,
    /// Of a gate: the bead that it waits for, while that is not closed.
    pub awaits: Option<BeadId>,
}

/// Closes beads by hand, all or none. `convoys` as in [`convoy::after_close`].
pub(crate) fn close(
    cmd: &BeadClose,
    closing: &[Closing],
    convoys: &[(ConvoyRow, Vec<BeadId>)],
    now: Now,
) -> Result<Decision, Refusal> {
    let mut decision = Decision::nothing();
    let mut ids: Vec<BeadId> = Vec::new();
    let asked: Vec<&BeadId> = closing.iter().map(|item| &item.bead.id).collect();
    for item in closing {
        let bead = &item.bead;
        check_free(item)?;
        if bead.status == BeadStatus::Closed || ids.contains(&bead.id) {
            continue;
        }
        if !cmd.force {
            check_closable(item, &asked)?;
            check_gate(item, now)?;
        }
        ids.push(bead.id.clone());
        let mut row = done::closed(bead, &cmd.reason, now);
        if let Some(session) = &cmd.session {
            row.rest.more.closed_by_session.clone_from(session);
        }
        decision = decision.change(Change::Bead(row)).event(
            bead.rig.as_ref(),
            Some(&bead.id),
            EventBody::BeadClosed {
                reason: cmd.reason.clone(),
            },
        );
    }
    Ok(decision.and(convoy::after_close(convoys, &ids, now)))
}

/// Nobody works on it and nothing waits to land for it; `--force` does not change that.
fn check_free(item: &Closing) -> Result<(), Refusal> {
    let bead = &item.bead;
    if let Some(holder) = &item.holder {
        let short = holder.address().short();
        return Err(
            Refusal::conflict(format!("bead `{}` is on the hook of `{short}`", bead.id))
                .hint(format!("gt polecat nuke {short}")),
        );
    }
    if let Some(merge) = &item.merge {
        return Err(Refusal::conflict(format!(
            "bead `{}` is waiting to land as `{}`",
            bead.id, merge.id
        ))
        .hint(format!("gt mq list {}", merge.rig)));
    }
    Ok(())
}

fn check_closable(item: &Closing, asked: &[&BeadId]) -> Result<(), Refusal> {
    let bead = &item.bead;
    let id = &bead.id;
    let forced = format!("bd close {id} --force");
    if bead.rest.template {
        return Err(Refusal::refused(format!("bead `{id}` is a template")).hint(forced));
    }
    if bead.rest.pinned || bead.status == BeadStatus::Pinned {
        return Err(Refusal::refused(format!("bead `{id}` is pinned")).hint(forced));
    }
    let left = |ids: &[BeadId]| -> Vec<String> {
        ids.iter()
            .filter(|one| !asked.contains(one))
            .take(5)
            .map(|one| format!("`{one}`"))
            .collect()
    };
    let children = left(&item.open_children);
    if bead.kind == BeadType::Epic && !children.is_empty() {
        return Err(Refusal::refused(format!(
            "epic `{id}` has open children: {}",
            children.join(", ")
        ))
        .hint(forced));
    }
    let blockers = left(&item.blockers);
    if bead.is_blocked && !blockers.is_empty() {
        return Err(Refusal::refused(format!(
            "bead `{id}` is blocked by open {}",
            blockers.join(", ")
        ))
        .hint(forced));
    }
    Ok(())
}

/// A gate that waits for what can be looked up opens when that is there, not before.
fn check_gate(item: &Closing, now: Now) -> Result<(), Refusal> {
    let bead = &item.bead;
    if bead.kind != BeadType::Gate {
        return Ok(());
    }
    let more = &bead.rest.more;
    let ends = bead.created_at.saturating_add(more.timeout / 1_000_000);
    let (waits, check) = match more.await_type.as_str() {
        "timer" if now.wall < ends => {
            let left = (ends - now.wall) / 1000;
            (format!("waits {left} s more"), false)
        }
        "bead" => match &item.awaits {
            Some(open) => (format!("waits for `{open}`, which is not closed"), false),
            None => return Ok(()),
        },
        sort @ ("gh:run" | "gh:pr") => {
            let what = format!("{sort} {}", more.await_id);
            (format!("waits for {}", what.trim_end()), true)
        }
        _ => return Ok(()),
    };
    let mut refusal = Refusal::refused(format!("gate `{}` {waits}", bead.id));
    if check {
        refusal = refusal.hint("bd gate check   asks there, and opens it when it has come");
    }
    Err(refusal.hint(format!("bd close {} --force", bead.id)))
}

/// What the ledger knows about an edge that is to be added.
#[derive(Debug)]
pub(crate) struct EdgeView<'a> {
    pub bead: &'a BeadRow,
    /// The target, when it is in this ledger.
    pub on: Option<&'a BeadRow>,
    /// The edge of that pair as it is.
    pub known: Option<DepRow>,
    /// Whether the target already waits for the bead, directly or not.
    pub reaches: bool,
}

/// A new edge, or new data of one that is there.
pub(crate) fn dep_add(
    cmd: &DepAdd,
    view: &EdgeView<'_>,
    actor: &Address,
    now: Now,
) -> Result<Decision, Refusal> {
    check_metadata(&cmd.metadata)?;
    if cmd.bead == cmd.on {
        return Err(Refusal::conflict(format!(
            "bead `{}` cannot depend on itself",
            cmd.bead
        )));
    }
    let known = view.known.as_ref();
    if let Some(known) = known.filter(|known| known.kind != cmd.kind) {
        let word = known.kind.word_or(known.kind_word.as_deref());
        return Err(two_kinds(&cmd.bead, &cmd.on, word));
    }
    if view.reaches {
        return Err(circle(&cmd.bead, &cmd.on));
    }
    if cmd.kind.is_readiness() && cmd.kind != DepKind::ParentChild {
        if cmd.bead.is_below(&cmd.on) {
            return Err(Refusal::conflict(format!(
                "`{}` is a part of `{}`: neither could ever be closed",
                cmd.bead, cmd.on
            ))
            .hint(format!("bd dep add {} {}", cmd.on, cmd.bead)));
        }
        check_epics(cmd, view)?;
    }
    let row = DepRow {
        bead: cmd.bead.clone(),
        on: cmd.on.clone(),
        kind: cmd.kind,
        kind_word: None,
        created_at: known.map_or(now.wall, |known| known.created_at),
        created_by: known.map_or_else(|| actor.to_string(), |known| known.created_by.clone()),
        metadata: cmd.metadata.clone(),
        thread_id: cmd.thread_id.clone(),
    };
    if known == Some(&row) {
        return Ok(Decision::nothing());
    }
    let event = EventBody::DepAdded {
        on: cmd.on.clone(),
        kind: cmd.kind.to_string(),
    };
    Ok(Decision::nothing().change(Change::Dep(row)).event(
        view.bead.rig.as_ref(),
        Some(&cmd.bead),
        event,
    ))
}

/// Epics block epics, and work blocks work: an epic is open as long as its work is.
fn check_epics(cmd: &DepAdd, view: &EdgeView<'_>) -> Result<(), Refusal> {
    let (DepKind::Blocks, Some(on)) = (cmd.kind, view.on) else {
        return Ok(());
    };
    let epic = |row: &BeadRow| row.kind == BeadType::Epic;
    if epic(view.bead) == epic(on) {
        return Ok(());
    }
    let refusal = Refusal::refused(format!(
        "`{}` is a {} and `{}` is a {}: only epics block epics",
        cmd.bead,
        view.bead.kind_text(),
        cmd.on,
        on.kind_text()
    ));
    Err(refusal.hint(format!(
        "bd dep add {} {} --type parent-child",
        cmd.bead, cmd.on
    )))
}

pub(super) fn two_kinds(bead: &BeadId, on: &BeadId, word: &str) -> Refusal {
    Refusal::conflict(format!("`{bead}` already has a `{word}` edge to `{on}`"))
        .hint(format!("bd dep remove {bead} {on}"))
}

pub(super) fn circle(bead: &BeadId, on: &BeadId) -> Refusal {
    Refusal::conflict(format!(
        "`{on}` already waits for `{bead}`: that would be a circle"
    ))
    .hint(format!("bd show {on}"))
}

pub(super) fn named(who: Option<&str>) -> Option<String> {
    who.map(str::trim)
        .filter(|who| !who.is_empty())
        .map(str::to_owned)
}

pub(super) fn check_title(title: &str) -> Result<&str, Refusal> {
    let trimmed = title.trim();
    if trimmed.is_empty()
        || trimmed.chars().count() > TITLE_MAX
        || trimmed.contains(['\n', '\r', '\0'])
    {
        return Err(Refusal::invalid(
            "title",
            trimmed,
            "one line of 1 to 500 characters",
        ));
    }
    Ok(trimmed)
}

/// A wisp is never kept, so it cannot also be kept without a history.
pub(super) fn check_kept(row: &BeadRow) -> Result<(), Refusal> {
    if row.rest.ephemeral && row.rest.more.no_history {
        let accepted = "either `ephemeral` or `no-history`";
        return Err(Refusal::invalid("no-history", "true", accepted));
    }
    Ok(())
}

pub(super) fn check_text(field: &str, text: &str) -> Result<(), Refusal> {
    if text.len() > TEXT_MAX {
        let length = format!("{} bytes", text.len());
        return Err(Refusal::invalid(field, &length, "at most 64 KiB"));
    }
    Ok(())
}

fn check_metadata(text: &str) -> Result<(), Refusal> {
    if text.is_empty() || serde_json::from_str::<serde_json::Value>(text).is_ok() {
        return Ok(());
    }
    Err(Refusal::invalid("metadata", text, "JSON"))
}

pub(super) fn check_labels(labels: &[String]) -> Result<(), Refusal> {
    if labels.len() > LABELS_MAX {
        return Err(Refusal::invalid(
            "labels",
            &labels.len().to_string(),
            "at most 200",
        ));
    }
    for label in labels {
        let blank = label.trim().is_empty();
        if blank || label.chars().count() > 255 || label.chars().any(char::is_control) {
            return Err(Refusal::invalid(
                "label",
                label,
                "1 to 255 characters on one line",
            ));
        }
    }
    Ok(())
}
