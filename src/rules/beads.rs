//! Beads by hand: create, update, close, and edges between them.

use crate::domain::{
    Address, BeadClose, BeadCreate, BeadId, BeadStatus, BeadUpdate, DepAdd, DepKind, EventBody,
    Now, Refusal, RigName,
};

use super::decision::{Change, Decision};
use super::row::{BeadRow, ConvoyRow, IncarnationRow, MergeRow};
use super::{convoy, done};

/// Longest title, in characters (contract S12).
const TITLE_MAX: usize = 512;
/// Longest description, in bytes.
const TEXT_MAX: usize = 64 * 1024;
/// Most labels of a bead.
const LABELS_MAX: usize = 200;

/// A new bead with an id that was found free.
pub(crate) fn create(
    cmd: &BeadCreate,
    id: BeadId,
    rig: Option<RigName>,
    actor: &Address,
    now: Now,
) -> Result<Decision, Refusal> {
    let title = check_title(&cmd.title)?;
    check_text(&cmd.description)?;
    check_labels(&cmd.labels)?;
    let row = BeadRow {
        id: id.clone(),
        rig: rig.clone(),
        title: title.to_owned(),
        description: cmd.description.clone(),
        status: BeadStatus::Open,
        kind: cmd.kind,
        priority: cmd.priority,
        assignee: None,
        created_by: actor.to_string(),
        created_at: now.wall,
        updated_at: now.wall,
        closed_at: None,
        close_reason: None,
        is_blocked: false,
    };
    let mut decision = Decision::nothing().change(Change::Bead(row)).event(
        rig.as_ref(),
        Some(&id),
        EventBody::BeadCreated {
            title: title.to_owned(),
        },
    );
    if !cmd.labels.is_empty() {
        decision = decision.change(Change::Labels {
            bead: id.clone(),
            add: cmd.labels.clone(),
            remove: Vec::new(),
        });
    }
    for on in &cmd.blocked_by {
        decision = decision.change(Change::Dep {
            bead: id.clone(),
            on: on.clone(),
            kind: DepKind::Blocks,
        });
    }
    Ok(decision)
}

/// New values for some fields.
pub(crate) fn update(cmd: &BeadUpdate, bead: &BeadRow, now: Now) -> Result<Decision, Refusal> {
    let mut row = bead.clone();
    let mut changes: Vec<(String, String)> = Vec::new();
    if let Some(title) = &cmd.title {
        row.title = check_title(title)?.to_owned();
        changes.push(("title".to_owned(), row.title.clone()));
    }
    if let Some(text) = &cmd.description {
        check_text(text)?;
        row.description.clone_from(text);
        changes.push((
            "description".to_owned(),
            crate::support::text::fit(&crate::support::text::clean(text), 80),
        ));
    }
    if let Some(kind) = cmd.kind {
        row.kind = kind;
        changes.push(("type".to_owned(), kind.to_string()));
    }
    if let Some(priority) = cmd.priority {
        row.priority = priority;
        changes.push(("priority".to_owned(), priority.to_string()));
    }
    if let Some(status) = cmd.status {
        row = with_status(&row, status)?;
        changes.push(("status".to_owned(), status.to_string()));
    }
    if let Some(assignee) = &cmd.assignee {
        let who = assignee.trim();
        row.assignee = (!who.is_empty()).then(|| who.to_owned());
        changes.push(("assignee".to_owned(), who.to_owned()));
    }
    check_labels(&cmd.add_labels)?;
    for label in &cmd.add_labels {
        changes.push(("label".to_owned(), format!("+{label}")));
    }
    for label in &cmd.remove_labels {
        changes.push(("label".to_owned(), format!("-{label}")));
    }
    if changes.is_empty() {
        return Ok(Decision::nothing());
    }
    row.updated_at = now.wall;
    let labels = Change::Labels {
        bead: bead.id.clone(),
        add: cmd.add_labels.clone(),
        remove: cmd.remove_labels.clone(),
    };
    Ok(Decision::nothing()
        .change(Change::Bead(row))
        .change(labels)
        .event(
            bead.rig.as_ref(),
            Some(&bead.id),
            EventBody::BeadUpdated { changes },
        ))
}

fn with_status(bead: &BeadRow, status: BeadStatus) -> Result<BeadRow, Refusal> {
    let id = &bead.id;
    let hint = match (status, bead.status) {
        (BeadStatus::Hooked, _) => Some(format!("gt sling {id} <rig>")),
        (BeadStatus::InReview, _) => Some("gt done, in the agent's worktree".to_owned()),
        (BeadStatus::Closed, _) => Some(format!("bd close {id} --reason \"...\"")),
        (_, BeadStatus::Hooked) => bead
            .assignee
            .as_ref()
            .map(|who| format!("gt polecat nuke {who}")),
        (_, BeadStatus::InReview) => Some("gt mq list".to_owned()),
        (
            BeadStatus::Open | BeadStatus::InProgress | BeadStatus::Blocked | BeadStatus::Deferred,
            _,
        ) => None,
    };
    if let Some(hint) = hint {
        return Err(Refusal::refused(format!(
            "status of `{id}` goes from `{}` to `{status}` only by the engine",
            bead.status
        ))
        .hint(hint));
    }
    Ok(BeadRow {
        status,
        closed_at: None,
        close_reason: None,
        ..bead.clone()
    })
}

/// A bead that is to be closed, with what holds it.
#[derive(Debug)]
pub(crate) struct Closing {
    pub bead: BeadRow,
    pub holder: Option<IncarnationRow>,
    pub merge: Option<MergeRow>,
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
    for item in closing {
        let bead = &item.bead;
        if let Some(holder) = &item.holder {
            return Err(Refusal::conflict(format!(
                "bead `{}` is on the hook of `{}`",
                bead.id,
                holder.address().short()
            ))
            .hint(format!("gt polecat nuke {}", holder.address().short())));
        }
        if let Some(merge) = &item.merge {
            return Err(Refusal::conflict(format!(
                "bead `{}` is waiting to land as `{}`",
                bead.id, merge.id
            ))
            .hint(format!("gt mq list {}", merge.rig)));
        }
        if bead.status == BeadStatus::Closed || ids.contains(&bead.id) {
            continue;
        }
        ids.push(bead.id.clone());
        decision = decision
            .change(Change::Bead(done::closed(bead, &cmd.reason, now)))
            .event(
                bead.rig.as_ref(),
                Some(&bead.id),
                EventBody::BeadClosed {
                    reason: cmd.reason.clone(),
                },
            );
    }
    Ok(decision.and(convoy::after_close(convoys, &ids, now)))
}

/// A new edge; `reaches` says whether `cmd.on` already waits for `cmd.bead`, directly or not.
pub(crate) fn dep_add(cmd: &DepAdd, bead: &BeadRow, reaches: bool) -> Result<Decision, Refusal> {
    if cmd.bead == cmd.on {
        return Err(Refusal::conflict(format!(
            "bead `{}` cannot depend on itself",
            cmd.bead
        )));
    }
    if reaches {
        return Err(Refusal::conflict(format!(
            "`{}` already waits for `{}`: that would be a circle",
            cmd.on, cmd.bead
        ))
        .hint(format!("bd show {}", cmd.on)));
    }
    let event = EventBody::DepAdded {
        on: cmd.on.clone(),
        kind: cmd.kind.to_string(),
    };
    Ok(Decision::nothing()
        .change(Change::Dep {
            bead: cmd.bead.clone(),
            on: cmd.on.clone(),
            kind: cmd.kind,
        })
        .event(bead.rig.as_ref(), Some(&cmd.bead), event))
}

fn check_title(title: &str) -> Result<&str, Refusal> {
    let trimmed = title.trim();
    if trimmed.is_empty()
        || trimmed.chars().count() > TITLE_MAX
        || trimmed.contains(['\n', '\r', '\0'])
    {
        return Err(Refusal::invalid(
            "title",
            trimmed,
            "one line of 1 to 512 characters",
        ));
    }
    Ok(trimmed)
}

fn check_text(text: &str) -> Result<(), Refusal> {
    if text.len() > TEXT_MAX {
        let length = format!("{} bytes", text.len());
        return Err(Refusal::invalid("description", &length, "at most 64 KiB"));
    }
    Ok(())
}

fn check_labels(labels: &[String]) -> Result<(), Refusal> {
    if labels.len() > LABELS_MAX {
        return Err(Refusal::invalid(
            "labels",
            &labels.len().to_string(),
            "at most 200",
        ));
    }
    for label in labels {
        if label.is_empty() || label.len() > 100 || label.chars().any(char::is_control) {
            return Err(Refusal::invalid(
                "label",
                label,
                "1 to 100 characters on one line",
            ));
        }
    }
    Ok(())
}
