//! Lines of a file that are no issues: what is remembered, and the rows of a backup's other tables.
//!
//! A row belongs to a bead that is here, or it is put aside. What is here already stays as it is.
//! Entry point: `Town::import_row`.

use crate::domain::{Address, BeadId, BeadImport, EventBody, KvSet, LineFate, PersonName, Refusal};
use crate::jsonl::{Body, Comment, Deletion, Dependency, EventRow, Line, Stamp};
use crate::rules::decision::{Change, Decision, Told};
use crate::rules::import::word;
use crate::rules::ledger;
use crate::rules::row::{BeadRow, CommentRow, ImportedRow, TombstoneRow};
use crate::rules::sheet;

use super::super::sheets::memory_key;
use super::super::town::Town;
use super::beads::PREFIX_KEY;

/// How a held row of another table is marked: it is no line of an export.
const BESIDE: &str = "beside";

/// A line with what belongs to it.
pub(super) struct Row<'a> {
    pub cmd: &'a BeadImport,
    pub line: &'a Line,
    pub place: i64,
    pub now: i64,
}

/// What comes of it.
pub(super) struct RowFate {
    pub decision: Decision,
    pub fate: LineFate,
    pub known: bool,
    pub id: Option<BeadId>,
}

impl RowFate {
    fn new(decision: Decision, fate: LineFate, id: Option<BeadId>) -> Self {
        let known = fate == LineFate::Same || fate == LineFate::Kept;
        Self {
            decision,
            fate,
            known,
            id,
        }
    }

    fn same(id: BeadId) -> Self {
        Self::new(Decision::nothing(), LineFate::Same, Some(id))
    }

    fn rejected(reason: impl Into<String>) -> Self {
        Self::new(Decision::nothing(), LineFate::Rejected(reason.into()), None)
    }
}

impl Town {
    pub(super) fn import_row(&self, row: &Row<'_>) -> Result<RowFate, Refusal> {
        match &row.line.body {
            Body::Blank | Body::Header | Body::Record(_) | Body::Route { .. } => {
                self.held(row, Decision::nothing())
            }
            Body::Memory { key, value } => {
                let key = memory_key(key);
                self.held(row, self.memory(row, &key, value)?)
            }
            Body::Label { issue_id, label } => self.label(issue_id, label),
            Body::Dependency(edge) => self.edge(row, edge),
            Body::Comment(comment) => self.remark(row, comment),
            Body::Event(event) => self.event(row, event),
            Body::Setting { key, value } => self.setting(key, value),
            Body::Deletion(deletion) => self.deletion(row, deletion),
        }
    }

    /// The line is held for the export, with what follows from it the first time.
    fn held(&self, row: &Row<'_>, first: Decision) -> Result<RowFate, Refusal> {
        let known = self.store.holds_line(&row.cmd.file, &row.line.raw)?;
        let hold = Decision::nothing().change(Change::Imported(line(row, word(row.line.dialect))));
        let decision = if known { hold } else { hold.and(first) };
        Ok(RowFate {
            decision,
            fate: LineFate::Held,
            known,
            id: None,
        })
    }

    /// What is remembered otherwise here stays, unless the file's values were asked for.
    fn memory(&self, row: &Row<'_>, key: &str, value: &str) -> Result<Decision, Refusal> {
        let was = self.store.kv(key)?;
        if !ledger::is_key(key) || (was.is_some() && !row.cmd.apply) {
            return Ok(Decision::nothing());
        }
        Ok(ledger::kv(&kept(key, value), was.as_deref()).unwrap_or_default())
    }

    fn setting(&self, key: &str, value: &str) -> Result<RowFate, Refusal> {
        let own =
            key == PREFIX_KEY || key.starts_with("compact") || key.starts_with("auto_compact");
        let was = self.store.kv(key)?;
        let fate = match was.as_deref() {
            Some(was) if was == value => LineFate::Same,
            Some(_) => LineFate::Kept,
            None if own => LineFate::Kept,
            None => LineFate::Updated,
        };
        if fate != LineFate::Updated {
            return Ok(RowFate::new(Decision::nothing(), fate, None));
        }
        Ok(match ledger::kv(&kept(key, value), None) {
            Ok(decision) => RowFate::new(decision, fate, None),
            Err(refusal) => RowFate::rejected(refusal.message),
        })
    }

    /// The bead of a row, or why the row is put aside.
    fn owner(&self, id: &str) -> Result<Result<BeadRow, RowFate>, Refusal> {
        let id = match BeadId::parse(id) {
            Ok(id) => id,
            Err(refusal) => return Ok(Err(RowFate::rejected(refusal.message))),
        };
        Ok(match self.store.bead(&id)? {
            Some(bead) => Ok(bead),
            None => Err(RowFate::rejected(format!("no bead `{id}` is here"))),
        })
    }

    fn label(&self, id: &str, label: &str) -> Result<RowFate, Refusal> {
        let bead = match self.owner(id)? {
            Ok(bead) => bead,
            Err(fate) => return Ok(fate),
        };
        if self.store.labels(&bead.id)?.iter().any(|one| one == label) {
            return Ok(RowFate::same(bead.id));
        }
        let decision = Decision::nothing()
            .change(Change::Labels {
                bead: bead.id.clone(),
                add: vec![label.to_owned()],
                remove: Vec::new(),
            })
            .event(
                bead.rig.as_ref(),
                Some(&bead.id),
                EventBody::BeadUpdated {
                    changes: vec![("labels".to_owned(), label.to_owned())],
                    was: Vec::new(),
                },
            );
        Ok(RowFate::new(decision, LineFate::Updated, Some(bead.id)))
    }

    fn edge(&self, row: &Row<'_>, edge: &Dependency) -> Result<RowFate, Refusal> {
        let bead = match self.owner(&edge.issue_id)? {
            Ok(bead) => bead,
            Err(fate) => return Ok(fate),
        };
        let on = match BeadId::parse(&edge.depends_on_id) {
            Ok(on) if on == bead.id => {
                return Ok(RowFate::rejected(format!("`{on}` would depend on itself")));
            }
            Ok(on) => on,
            Err(refusal) => return Ok(RowFate::rejected(refusal.message)),
        };
        if self.store.dep(&bead.id, &on)?.is_some() {
            return Ok(RowFate::same(bead.id));
        }
        let kind = edge.kind.clone();
        let decision = Decision::nothing()
            .change(Change::Dep(sheet::dep(&bead.id, on.clone(), edge, row.now)))
            .event(
                bead.rig.as_ref(),
                Some(&bead.id),
                EventBody::DepAdded { on, kind },
            );
        Ok(RowFate::new(decision, LineFate::Updated, Some(bead.id)))
    }

    fn remark(&self, row: &Row<'_>, comment: &Comment) -> Result<RowFate, Refusal> {
        let bead = match self.owner(&comment.issue_id)? {
            Ok(bead) => bead,
            Err(fate) => return Ok(fate),
        };
        let at = millis(comment.created_at.as_ref()).unwrap_or(row.now);
        let there = self.store.comments(&bead.id)?;
        let same = |one: &crate::domain::CommentView| {
            one.author == comment.author && one.text == comment.text && one.created_at == at
        };
        if there.iter().any(same) {
            return Ok(RowFate::same(bead.id));
        }
        let told = comment.id.trim_matches('"').to_owned();
        let free = !told.is_empty() && !self.store.comment_taken(&bead.id, &told)?;
        let said = CommentRow {
            bead: bead.id.clone(),
            id: if free {
                told
            } else {
                format!("r{}", row.place)
            },
            author: comment.author.clone(),
            text: comment.text.clone(),
            created_at: at,
        };
        let decision = Decision::nothing().change(Change::Comment(said)).event(
            bead.rig.as_ref(),
            Some(&bead.id),
            EventBody::Commented {
                text: comment.text.clone(),
            },
        );
        Ok(RowFate::new(decision, LineFate::Updated, Some(bead.id)))
    }

    /// History of another program, told at its own time; its row is held so that it comes in once.
    fn event(&self, row: &Row<'_>, event: &EventRow) -> Result<RowFate, Refusal> {
        let id = match BeadId::parse(&event.issue_id) {
            Ok(id) => id,
            Err(refusal) => return Ok(RowFate::rejected(refusal.message)),
        };
        let hold = Decision::nothing().change(Change::Imported(line(row, BESIDE)));
        if self.store.holds_line(&row.cmd.file, &row.line.raw)? {
            return Ok(RowFate {
                decision: hold,
                ..RowFate::same(id)
            });
        }
        let rig = self.store.bead(&id)?.and_then(|bead| bead.rig);
        let mut decision = hold;
        decision.events.push(Told {
            actor: actor(&event.actor),
            at: millis(event.created_at.as_ref()),
            rig,
            bead: Some(id.clone()),
            body: body(event),
        });
        Ok(RowFate::new(decision, LineFate::Added, None))
    }

    fn deletion(&self, row: &Row<'_>, deletion: &Deletion) -> Result<RowFate, Refusal> {
        let id = match BeadId::parse(&deletion.id) {
            Ok(id) => id,
            Err(refusal) => return Ok(RowFate::rejected(refusal.message)),
        };
        // A file deletes no bead that lives here.
        if self.store.bead(&id)?.is_some() {
            return Ok(RowFate::new(Decision::nothing(), LineFate::Kept, Some(id)));
        }
        if self.store.id_taken(id.as_str())? {
            return Ok(RowFate::same(id));
        }
        let decision = Decision::nothing().change(Change::Tombstone(TombstoneRow {
            id: id.clone(),
            at: millis(deletion.at.as_ref()).unwrap_or(row.now),
            by: deletion.by.clone(),
            reason: deletion.reason.clone(),
            kind: String::new(),
            body: "{}".to_owned(),
        }));
        Ok(RowFate::new(decision, LineFate::Added, None))
    }
}

fn line(row: &Row<'_>, dialect: &str) -> ImportedRow {
    ImportedRow {
        file: row.cmd.file.clone(),
        place: row.place,
        bead: None,
        line: row.line.raw.clone(),
        dialect: dialect.to_owned(),
        dirty: false,
    }
}

fn kept(key: &str, value: &str) -> KvSet {
    KvSet {
        key: key.to_owned(),
        value: Some(value.to_owned()),
    }
}

fn millis(stamp: Option<&Stamp>) -> Option<i64> {
    stamp.map(|stamp| stamp.nanos.div_euclid(1_000_000))
}

/// Who did it: an address, or the name of a person; else whoever imports.
fn actor(name: &str) -> Option<Address> {
    Address::parse(name)
        .or_else(|_| PersonName::parse(name).map(Address::Person))
        .ok()
}

fn body(event: &EventRow) -> EventBody {
    let reason = [&event.comment, &event.new_value]
        .into_iter()
        .find(|text| !text.is_empty())
        .cloned()
        .unwrap_or_default();
    match event.event_type.as_str() {
        "commented" => EventBody::Commented { text: reason },
        "closed" => EventBody::BeadClosed { reason },
        "reopened" => EventBody::BeadReopened { reason },
        other => {
            let said = |value: &String| vec![(other.to_owned(), value.clone())];
            EventBody::BeadUpdated {
                changes: said(if event.new_value.is_empty() {
                    &event.comment
                } else {
                    &event.new_value
                }),
                was: if event.old_value.is_empty() {
                    Vec::new()
                } else {
                    said(&event.old_value)
                },
            }
        }
    }
}
