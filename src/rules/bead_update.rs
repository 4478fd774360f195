//! Changing a bead's fields by hand: new values, what they were, and who may take it.

use serde_json::Value;

use crate::domain::{
    Address, BeadId, BeadStatus, BeadUpdate, DepKind, Edit, EventBody, MetadataEdits, Now, Refusal,
};

use super::beads::{check_kept, check_labels, check_text, check_title, circle, named, two_kinds};
use super::decision::{Change, Decision};
use super::row::{BeadRow, DepRow};

/// A bead as the ledger knows it before it is changed.
#[derive(Debug)]
pub(crate) struct UpdateView<'a> {
    pub bead: &'a BeadRow,
    pub labels: Vec<String>,
    pub parent: Option<BeadId>,
    /// The edge to the new parent, when there is one already.
    pub known: Option<DepRow>,
    /// Whether the new parent already waits for this bead.
    pub reaches: bool,
}

/// What changed, for the history.
#[derive(Default)]
struct Audit {
    changes: Vec<(String, String)>,
    was: Vec<(String, String)>,
}

impl Audit {
    fn note(&mut self, field: &str, old: impl Into<String>, new: impl Into<String>) {
        self.changes.push((field.to_owned(), new.into()));
        self.was.push((field.to_owned(), old.into()));
    }

    /// Sets a text, and says so when it is another one.
    fn text(&mut self, field: &str, place: &mut String, new: Option<&String>) {
        if let Some(new) = new.filter(|new| *new != place) {
            self.note(field, place.clone(), new.clone());
            place.clone_from(new);
        }
    }

    fn number(&mut self, field: &str, place: &mut Option<i64>, new: Option<&Edit<i64>>) {
        let shown = |number: Option<i64>| number.map(|n| n.to_string()).unwrap_or_default();
        if let Some(new) = new.map(Edit::value).filter(|new| new != place) {
            self.note(field, shown(*place), shown(new));
            *place = new;
        }
    }

    fn flag(&mut self, field: &str, place: &mut bool, new: Option<bool>) {
        if let Some(new) = new.filter(|new| new != place) {
            self.note(field, place.to_string(), new.to_string());
            *place = new;
        }
    }
}

/// New values for some fields.
pub(crate) fn update(
    cmd: &BeadUpdate,
    view: &UpdateView<'_>,
    actor: &Address,
    now: Now,
) -> Result<Decision, Refusal> {
    let bead = view.bead;
    if bead.rest.template && cmd.flags.template != Some(false) {
        return Err(Refusal::refused(format!(
            "bead `{}` is a template and is not changed",
            bead.id
        )));
    }
    if let Some(status) = cmd.only_if.filter(|status| *status != bead.status) {
        return match &cmd.otherwise {
            Some(otherwise) => update(otherwise, view, actor, now),
            None => Err(another_status(bead, status)),
        };
    }
    let mut row = bead.clone();
    let mut audit = Audit::default();
    texts(cmd, &mut row, &mut audit)?;
    sorts(cmd, &mut row, &mut audit)?;
    numbers(cmd, &mut row, &mut audit, now)?;
    if let Some(assignee) = &cmd.assignee {
        assign(&mut row, named(Some(assignee)), &mut audit);
    }
    if cmd.claim {
        claim(&mut row, actor, &mut audit, now)?;
    }
    rest(cmd, &mut row, &mut audit)?;
    let mut decision = Decision::nothing();
    let (add, remove) = labels(cmd, &view.labels, &mut audit)?;
    if !add.is_empty() || !remove.is_empty() {
        decision = decision.change(Change::Labels {
            bead: bead.id.clone(),
            add,
            remove,
        });
    }
    decision = decision.and(parent(cmd, view, &mut audit, (actor, now))?);
    if audit.changes.is_empty() {
        return Ok(Decision::nothing());
    }
    row.updated_at = now.wall;
    Ok(Decision::nothing()
        .change(Change::Bead(row))
        .and(decision)
        .event(
            bead.rig.as_ref(),
            Some(&bead.id),
            EventBody::BeadUpdated {
                changes: audit.changes,
                was: audit.was,
            },
        ))
}

fn another_status(bead: &BeadRow, wanted: BeadStatus) -> Refusal {
    Refusal::conflict(format!(
        "`{}` has the status `{}`, not `{wanted}`",
        bead.id,
        bead.status_text()
    ))
    .hint(format!("bd show {}", bead.id))
}

fn texts(cmd: &BeadUpdate, row: &mut BeadRow, audit: &mut Audit) -> Result<(), Refusal> {
    if let Some(title) = &cmd.title {
        let title = check_title(title)?.to_owned();
        audit.text("title", &mut row.title, Some(&title));
    }
    let notes = match (&cmd.texts.notes, &cmd.texts.append_notes) {
        (notes, None) => notes.clone(),
        (notes, Some(more)) => {
            let base = notes.as_ref().unwrap_or(&row.rest.notes);
            Some(if base.is_empty() {
                more.clone()
            } else {
                format!("{base}\n{more}")
            })
        }
    };
    let rest = &mut row.rest;
    for (field, place, new) in [
        ("description", &mut row.description, &cmd.description),
        ("design", &mut rest.design, &cmd.texts.design),
        ("acceptance", &mut rest.acceptance, &cmd.texts.acceptance),
        ("notes", &mut rest.notes, &notes),
        ("spec_id", &mut rest.spec_id, &cmd.texts.spec_id),
        ("owner", &mut rest.owner, &cmd.texts.owner),
        (
            "external_ref",
            &mut rest.external_ref,
            &cmd.texts.external_ref,
        ),
    ] {
        if let Some(text) = new {
            check_text(field, text)?;
        }
        audit.text(field, place, new.as_ref());
    }
    Ok(())
}

fn sorts(cmd: &BeadUpdate, row: &mut BeadRow, audit: &mut Audit) -> Result<(), Refusal> {
    if let Some(kind) = cmd.kind {
        let new = kind.word_or(cmd.kind_word.as_deref()).to_owned();
        if new != row.kind_text() {
            audit.note("type", row.kind_text(), new);
            row.kind = kind;
            row.kind_word.clone_from(&cmd.kind_word);
        }
    }
    if let Some(priority) = cmd.priority.filter(|new| *new != row.priority) {
        audit.note("priority", row.priority.to_string(), priority.to_string());
        row.priority = priority;
    }
    Ok(())
}

fn numbers(
    cmd: &BeadUpdate,
    row: &mut BeadRow,
    audit: &mut Audit,
    now: Now,
) -> Result<(), Refusal> {
    let edits = &cmd.numbers;
    if let Some(Edit::To(minutes)) = edits.estimate
        && minutes < 0
    {
        return Err(Refusal::invalid(
            "estimate",
            &minutes.to_string(),
            "minutes, 0 or more",
        ));
    }
    audit.number("estimate", &mut row.rest.estimate, edits.estimate.as_ref());
    audit.number("due_at", &mut row.rest.due_at, edits.due_at.as_ref());
    audit.number(
        "defer_until",
        &mut row.rest.defer_until,
        edits.defer_until.as_ref(),
    );
    let follows = match &edits.defer_until {
        Some(Edit::To(until)) if *until > now.wall && row.status == BeadStatus::Open => {
            Some(BeadStatus::Deferred)
        }
        Some(Edit::Clear) if row.status == BeadStatus::Deferred => Some(BeadStatus::Open),
        Some(Edit::To(_) | Edit::Clear) | None => None,
    };
    if let Some(status) = cmd.status.or(follows) {
        let before = row.status_text().to_owned();
        let new = status.word_or(cmd.status_word.as_deref()).to_owned();
        if new != before {
            with_status(row, status, now)?;
            row.status_word.clone_from(&cmd.status_word);
            audit.note("status", before, new);
        }
    }
    Ok(())
}

/// A new status by hand, with what comes along.
fn with_status(bead: &mut BeadRow, status: BeadStatus, now: Now) -> Result<(), Refusal> {
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
            BeadStatus::Open
            | BeadStatus::InProgress
            | BeadStatus::Blocked
            | BeadStatus::Deferred
            | BeadStatus::Pinned
            | BeadStatus::Foreign,
            _,
        ) => None,
    };
    if let Some(hint) = hint {
        return Err(Refusal::refused(format!(
            "status of `{id}` goes from `{}` to `{status}` only by the engine",
            bead.status_text()
        ))
        .hint(hint));
    }
    if (bead.status == BeadStatus::Pinned) != (status == BeadStatus::Pinned) {
        bead.rest.pinned = status == BeadStatus::Pinned;
    }
    if status == BeadStatus::InProgress && bead.rest.started_at.is_none() {
        bead.rest.started_at = Some(now.wall);
    }
    bead.status = status;
    bead.closed_at = None;
    bead.close_reason = None;
    Ok(())
}

fn assign(row: &mut BeadRow, who: Option<String>, audit: &mut Audit) {
    if who != row.assignee {
        audit.note(
            "assignee",
            row.assignee.clone().unwrap_or_default(),
            who.clone().unwrap_or_default(),
        );
        row.assignee = who;
    }
}

/// Takes a bead: only one of those who ask at the same time gets it.
fn claim(row: &mut BeadRow, actor: &Address, audit: &mut Audit, now: Now) -> Result<(), Refusal> {
    let me = actor.to_string();
    let holder = row.assignee.clone().filter(|who| !who.is_empty());
    if let Some(other) = holder.as_ref().filter(|who| **who != me) {
        return Err(
            Refusal::conflict(format!("`{}` is already claimed by `{other}`", row.id))
                .hint("bd ready"),
        );
    }
    match row.status {
        BeadStatus::InProgress | BeadStatus::Hooked if holder.is_some() => Ok(()),
        BeadStatus::Open => {
            with_status(row, BeadStatus::InProgress, now)?;
            audit.note("status", "open", "in_progress");
            assign(row, Some(me), audit);
            Ok(())
        }
        // A bead whose day has come is as good as open.
        BeadStatus::Deferred if row.rest.defer_until.is_some_and(|at| at <= now.wall) => {
            with_status(row, BeadStatus::InProgress, now)?;
            audit.note("status", "deferred", "in_progress");
            assign(row, Some(me), audit);
            Ok(())
        }
        BeadStatus::InProgress
        | BeadStatus::Hooked
        | BeadStatus::InReview
        | BeadStatus::Blocked
        | BeadStatus::Deferred
        | BeadStatus::Pinned
        | BeadStatus::Closed
        | BeadStatus::Foreign => Err(Refusal::conflict(format!(
            "`{}` is not claimable: status `{}`",
            row.id,
            row.status_text()
        ))
        .hint("bd ready")),
    }
}

fn rest(cmd: &BeadUpdate, row: &mut BeadRow, audit: &mut Audit) -> Result<(), Refusal> {
    let flags = &cmd.flags;
    audit.flag("ephemeral", &mut row.rest.ephemeral, flags.ephemeral);
    audit.flag("pinned", &mut row.rest.pinned, flags.pinned);
    audit.flag("template", &mut row.rest.template, flags.template);
    let more = &mut row.rest.more;
    audit.flag("no_history", &mut more.no_history, flags.no_history);
    audit.text("await_id", &mut more.await_id, cmd.gate.await_id.as_ref());
    for waiter in &cmd.gate.add_waiters {
        if !more.waiters.contains(waiter) {
            audit.note("waiters", "", format!("+{waiter}"));
            more.waiters.push(waiter.clone());
        }
    }
    check_kept(row)?;
    metadata(&cmd.metadata, row, audit)
}

fn metadata(edits: &MetadataEdits, row: &mut BeadRow, audit: &mut Audit) -> Result<(), Refusal> {
    if *edits == MetadataEdits::default() {
        return Ok(());
    }
    let before = row.rest.more.metadata.to_string();
    let mut object = match std::mem::take(&mut row.rest.more.metadata) {
        Value::Null => serde_json::Map::new(),
        Value::Object(object) => object,
        other @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            return Err(Refusal::invalid(
                "metadata",
                &other.to_string(),
                "an object, for keys to be set in it",
            ));
        }
    };
    let spared = edits.unless.as_ref();
    if spared.is_none_or(|(key, value)| object.get(key) != Some(value)) {
        edit(edits, &mut object);
    }
    row.rest.more.metadata = if object.is_empty() {
        Value::Null
    } else {
        Value::Object(object)
    };
    let after = row.rest.more.metadata.to_string();
    if after != before {
        audit.note("metadata", before, after);
    }
    Ok(())
}

fn edit(edits: &MetadataEdits, object: &mut serde_json::Map<String, Value>) {
    for (key, value) in &edits.set {
        object.insert(key.clone(), value.clone());
    }
    for key in &edits.unset {
        object.shift_remove(key);
    }
    for (key, value) in &edits.with {
        let list = object
            .entry(key.clone())
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list
            && !list.contains(value)
        {
            list.push(value.clone());
        }
    }
    for (key, value) in &edits.without {
        if let Some(Value::Array(list)) = object.get_mut(key) {
            list.retain(|one| one != value);
            if list.is_empty() {
                object.shift_remove(key);
            }
        }
    }
}

/// Labels to add and to take away.
fn labels(
    cmd: &BeadUpdate,
    known: &[String],
    audit: &mut Audit,
) -> Result<(Vec<String>, Vec<String>), Refusal> {
    let mut wanted: Vec<String> = cmd.set_labels.clone().unwrap_or_else(|| known.to_vec());
    wanted.extend(cmd.add_labels.iter().cloned());
    for label in &mut wanted {
        *label = label.trim().to_owned();
    }
    wanted.retain(|label| !cmd.remove_labels.contains(label));
    wanted.sort();
    wanted.dedup();
    let add: Vec<String> = wanted
        .iter()
        .filter(|label| !known.contains(label))
        .cloned()
        .collect();
    let remove: Vec<String> = known
        .iter()
        .filter(|label| !wanted.contains(label))
        .cloned()
        .collect();
    if !add.is_empty() {
        check_labels(&add)?;
        check_labels(&wanted)?;
    }
    for label in &add {
        audit.note("label", "", format!("+{label}"));
    }
    for label in &remove {
        audit.note("label", label.clone(), format!("-{label}"));
    }
    Ok((add, remove))
}

/// A new parent in place of the old one.
fn parent(
    cmd: &BeadUpdate,
    view: &UpdateView<'_>,
    audit: &mut Audit,
    (actor, now): (&Address, Now),
) -> Result<Decision, Refusal> {
    let bead = &view.bead.id;
    let Some(edit) = &cmd.parent else {
        return Ok(Decision::nothing());
    };
    let new = edit.value();
    if new == view.parent {
        return Ok(Decision::nothing());
    }
    let shown = |id: Option<&BeadId>| id.map(ToString::to_string).unwrap_or_default();
    let mut decision = Decision::nothing();
    if let Some(old) = &view.parent {
        decision = decision.change(Change::DepGone {
            bead: bead.clone(),
            on: old.clone(),
        });
    }
    if let Some(on) = &new {
        if let Some(known) = &view.known {
            let word = known.kind.word_or(known.kind_word.as_deref());
            return Err(two_kinds(bead, on, word));
        }
        if view.reaches || on == bead {
            return Err(circle(bead, on));
        }
        decision = decision.change(Change::Dep(DepRow {
            bead: bead.clone(),
            on: on.clone(),
            kind: DepKind::ParentChild,
            kind_word: None,
            created_at: now.wall,
            created_by: actor.to_string(),
            metadata: String::new(),
            thread_id: String::new(),
        }));
    }
    audit.note("parent", shown(view.parent.as_ref()), shown(new.as_ref()));
    Ok(decision)
}
