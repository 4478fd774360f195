//! What becomes of one line of a file of beads.
//!
//! Owns the way from the decision of `jsonl::decide` to rows, events and the fate that is told.
//! An agent's bead is never changed by a file while the agent works on it, and a file deletes no
//! bead that lives here.

use crate::domain::{BeadId, EventBody, FieldDifference, LineFate, RigName};
use crate::jsonl::{Decision as Merge, Dialect, Record, Verdict, is_edited, restored};

use super::decision::{Change, Decision};
use super::row::{ImportedRow, TombstoneRow};
use super::sheet::Sheet;

/// What the ledger knows of the bead of a line.
#[derive(Debug, Default)]
pub(crate) struct Here {
    /// The bead.
    pub sheet: Option<Sheet>,
    /// It, as a file would say it.
    pub record: Option<Record>,
    /// The line it came in by, or went out by.
    pub base: Option<Record>,
    /// Whether somebody works on it or it waits to land.
    pub busy: bool,
}

/// A line that comes in.
#[derive(Debug)]
pub(crate) struct Incoming<'a> {
    pub record: &'a Record,
    pub line: Vec<u8>,
    pub dialect: Dialect,
    pub file: &'a str,
    /// Where it stands.
    pub place: i64,
    /// The rig of a new bead.
    pub rig: Option<RigName>,
    pub now: i64,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Taken {
    pub decision: Decision,
    pub fate: LineFate,
    pub differences: Vec<FieldDifference>,
}

/// Decides what becomes of a line with an issue.
pub(crate) fn take(line: &Incoming<'_>, here: &Here) -> Taken {
    let theirs = line.record;
    let merge = crate::jsonl::decide(here.base.as_ref(), here.record.as_ref(), theirs);
    let differences = merge
        .differences
        .iter()
        .map(|one| FieldDifference {
            field: one.field.clone(),
            ours: one.ours.clone(),
            theirs: one.theirs.clone(),
        })
        .collect();
    let (decision, fate) = match (&here.sheet, theirs.is_tombstone()) {
        (None, true) => (held(line), LineFate::Held),
        (Some(_), true) => (Decision::nothing(), LineFate::Kept),
        (Some(_), false) if here.busy => (stays(line, here), kept_or_same(merge.verdict)),
        (None, false) => add(line),
        (Some(sheet), false) => change(line, here, sheet, &merge),
    };
    Taken {
        decision,
        fate,
        differences,
    }
}

fn kept_or_same(verdict: Verdict) -> LineFate {
    match verdict {
        Verdict::Same => LineFate::Same,
        Verdict::Add | Verdict::Newer | Verdict::Older | Verdict::Joined | Verdict::Conflict => {
            LineFate::Kept
        }
    }
}

/// The line of a bead that others deleted: held for the export, and its id is never given here.
fn held(line: &Incoming<'_>) -> Decision {
    let record = line.record;
    let mut row = row(line, None, false);
    let Ok(id) = BeadId::parse(&record.id) else {
        return Decision::nothing().change(Change::Imported(row));
    };
    let gone = &record.tombstone;
    let kind = [&gone.original_type, &record.issue_type]
        .into_iter()
        .find(|word| !word.is_empty());
    let at = gone.deleted_at.as_ref().or(record.life.updated_at.as_ref());
    row.bead = Some(id.clone());
    Decision::nothing()
        .change(Change::Imported(row))
        .change(Change::Tombstone(TombstoneRow {
            id,
            at: at.map_or(line.now, |at| at.nanos.div_euclid(1_000_000)),
            by: gone.deleted_by.clone(),
            reason: gone.delete_reason.clone(),
            kind: kind.cloned().unwrap_or_default(),
            body: "{}".to_owned(),
        }))
}

/// The bead stays as it is; the line is what it is compared with from now on.
fn stays(line: &Incoming<'_>, here: &Here) -> Decision {
    let (Some(sheet), Some(ours)) = (&here.sheet, &here.record) else {
        return Decision::nothing();
    };
    let dirty = is_edited(&restored(ours.clone(), line.record), line.record);
    Decision::nothing().change(Change::Imported(row(line, Some(sheet), dirty)))
}

fn add(line: &Incoming<'_>) -> (Decision, LineFate) {
    match Sheet::of(line.record, line.rig.clone(), line.now) {
        Err(refusal) => (Decision::nothing(), LineFate::Rejected(refusal.message)),
        Ok(sheet) => {
            let title = sheet.row.title.clone();
            let decision = rows(None, &sheet)
                .change(Change::Imported(row(line, Some(&sheet), false)))
                .event(
                    sheet.row.rig.as_ref(),
                    Some(&sheet.row.id),
                    EventBody::BeadCreated { title },
                );
            (decision, LineFate::Added)
        }
    }
}

fn change(line: &Incoming<'_>, here: &Here, old: &Sheet, merge: &Merge) -> (Decision, LineFate) {
    let unchanged = here.record.as_ref() == Some(&merge.merged);
    if merge.verdict == Verdict::Same || unchanged {
        return (stays(line, here), kept_or_same(merge.verdict));
    }
    let new = match Sheet::of(&merge.merged, old.row.rig.clone(), line.now) {
        Err(refusal) => return (Decision::nothing(), LineFate::Rejected(refusal.message)),
        Ok(new) => new,
    };
    let after = restored(merge.merged.clone(), line.record);
    let dirty = is_edited(&after, line.record);
    let (changes, was) = merge
        .differences
        .iter()
        .map(|one| {
            (
                (one.field.clone(), one.theirs.clone()),
                (one.field.clone(), one.ours.clone()),
            )
        })
        .unzip();
    let decision = rows(Some(old), &new)
        .change(Change::Imported(row(line, Some(&new), dirty)))
        .event(
            new.row.rig.as_ref(),
            Some(&new.row.id),
            EventBody::BeadUpdated { changes, was },
        );
    let fate = if merge.overwrites {
        LineFate::Overwritten
    } else {
        LineFate::Updated
    };
    (decision, fate)
}

/// The rows of a bead, as it is after the line.
fn rows(old: Option<&Sheet>, new: &Sheet) -> Decision {
    let id = &new.row.id;
    let mut decision = Decision::nothing().change(Change::Bead(new.row.clone()));
    let labels = old.map(|old| old.labels.as_slice()).unwrap_or_default();
    let missing = |from: &[String], to: &[String]| -> Vec<String> {
        from.iter()
            .filter(|one| !to.contains(one))
            .cloned()
            .collect()
    };
    decision = decision.change(Change::Labels {
        bead: id.clone(),
        add: missing(&new.labels, labels),
        remove: missing(labels, &new.labels),
    });
    for gone in old.map(|old| old.deps.as_slice()).unwrap_or_default() {
        if new.deps.iter().all(|dep| dep.on != gone.on) {
            decision = decision.change(Change::DepGone {
                bead: id.clone(),
                on: gone.on.clone(),
            });
        }
    }
    for dep in &new.deps {
        decision = decision.change(Change::Dep(dep.clone()));
    }
    for comment in &new.comments {
        decision = decision.change(Change::Comment(comment.clone()));
    }
    decision
}

fn row(line: &Incoming<'_>, sheet: Option<&Sheet>, dirty: bool) -> ImportedRow {
    ImportedRow {
        file: line.file.to_owned(),
        place: line.place,
        bead: sheet.map(|sheet| sheet.row.id.clone()),
        line: line.line.clone(),
        dialect: word(line.dialect).to_owned(),
        dirty,
    }
}

/// The word for who wrote a line.
pub(crate) const fn word(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Plain => "plain",
        Dialect::Export => "export",
        Dialect::Table => "table",
    }
}
