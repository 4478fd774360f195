//! Beads as the lines of a file: one page of an export, from the rows as they are.

use crate::domain::{
    Answer, BATCH_MAX, BeadId, ExportFrom, ExportLine, ExportPage, LineBytes, Refusal,
};
use crate::jsonl::{self, Body, Dialect, Record, Stamp, Tombstone, edited, fresh, restored};
use crate::rules::row::{BeadRow, ImportedRow};
use crate::rules::sheet::Sheet;
use crate::store::Store;

/// A bead with all that belongs to it.
pub(super) fn sheet(store: &Store, row: BeadRow) -> Result<Sheet, Refusal> {
    Ok(Sheet {
        labels: store.labels(&row.id)?,
        deps: store.deps_of(&row.id)?,
        comments: store.comments_of(&row.id)?,
        row,
    })
}

/// The issue of a line.
pub(super) fn record_in(line: &[u8]) -> Option<Record> {
    let reading = jsonl::read(line);
    let line = reading.lines.into_iter().next()?;
    line.record().cloned()
}

/// A page of the lines that an export writes.
pub(super) fn page(store: &Store, from: &ExportFrom) -> Result<Answer, Refusal> {
    let mut page = Page::default();
    let next = match from {
        ExportFrom::Start => kept(store, ("", 0), &mut page)?,
        ExportFrom::Line { file, place } => kept(store, (file, *place), &mut page)?,
        ExportFrom::Bead(id) => new(store, id, &mut page)?,
    };
    Ok(Answer::Export(Box::new(ExportPage {
        lines: page.lines,
        next,
    })))
}

#[derive(Default)]
struct Page {
    lines: Vec<ExportLine>,
    weight: usize,
}

impl Page {
    /// Whether the line still has a place; the first one always has.
    fn push(&mut self, kept: bool, bytes: Vec<u8>) -> bool {
        let line = LineBytes::new(bytes);
        self.weight += line.weight();
        if self.weight > BATCH_MAX && !self.lines.is_empty() {
            return false;
        }
        self.lines.push(ExportLine { kept, line });
        true
    }
}

/// The lines that came in by a file, in their order.
fn kept(
    store: &Store,
    behind: (&str, i64),
    page: &mut Page,
) -> Result<Option<ExportFrom>, Refusal> {
    let mut last = None;
    for row in store.imported_after(behind.0, behind.1)? {
        if let Some(line) = line_of(store, &row)?
            && !page.push(true, line)
        {
            break;
        }
        last = Some(ExportFrom::Line {
            file: row.file,
            place: row.place,
        });
    }
    Ok(Some(last.unwrap_or(ExportFrom::Bead(String::new()))))
}

/// How a bead is deleted.
#[derive(Debug)]
pub(super) struct Gone<'a> {
    pub by: &'a str,
    pub reason: &'a str,
    pub at: i64,
    /// Keep only that it was there.
    pub hard: bool,
}

/// What the line that a bead came in by becomes when the bead is deleted.
pub(super) fn tombstone(
    store: &Store,
    bead: &BeadRow,
    gone: &Gone<'_>,
) -> Result<Option<ImportedRow>, Refusal> {
    let Some(mut row) = store.imported_by(&bead.id)? else {
        return Ok(None);
    };
    let Some(base) = record_in(&row.line) else {
        return Ok(None);
    };
    let mut record = if gone.hard {
        Record {
            id: base.id.clone(),
            title: "(deleted)".to_owned(),
            priority: base.priority,
            issue_type: base.issue_type.clone(),
            ..Record::default()
        }
    } else {
        restored(sheet(store, bead.clone())?.record(), &base)
    };
    let at = Stamp::at(gone.at.saturating_mul(1_000_000));
    "tombstone".clone_into(&mut record.status);
    record.life.created_at.clone_from(&base.life.created_at);
    record.life.updated_at = Some(at.clone());
    record.tombstone = Tombstone {
        deleted_at: Some(at),
        deleted_by: gone.by.to_owned(),
        delete_reason: gone.reason.to_owned(),
        original_type: record.issue_type.clone(),
    };
    row.line = if gone.hard {
        let plain = row.dialect != crate::rules::import::word(Dialect::Export);
        let dialect = if plain {
            Dialect::Plain
        } else {
            Dialect::Export
        };
        fresh(&record, dialect)
    } else {
        edited(&record, &row.line)
    };
    row.dirty = false;
    Ok(Some(row))
}

/// The line of a row as it is now; none when its bead is gone.
fn line_of(store: &Store, row: &ImportedRow) -> Result<Option<Vec<u8>>, Refusal> {
    let Some(id) = &row.bead else {
        return memory_or_as_it_is(store, row);
    };
    let Some(bead) = store.bead(id)? else {
        let held = record_in(&row.line).filter(Record::is_tombstone);
        return Ok(held.map(|_| row.line.clone()));
    };
    let base = record_in(&row.line).filter(|_| row.dirty);
    let Some(base) = base else {
        return Ok(Some(row.line.clone()));
    };
    let mut record = restored(sheet(store, bead)?.record(), &base);
    if base.counts.dependency_count.is_some() {
        record.count(dependents(store, id)?);
    }
    Ok(Some(edited(&record, &row.line)))
}

/// What is remembered now where a memory stood, unless it was forgotten; other lines as they are.
fn memory_or_as_it_is(store: &Store, row: &ImportedRow) -> Result<Option<Vec<u8>>, Refusal> {
    let line = || row.line.clone();
    let reading = jsonl::read(&row.line);
    let Some(Body::Memory { key, value }) = reading.lines.first().map(|line| &line.body) else {
        return Ok(Some(line()));
    };
    if !crate::rules::ledger::is_key(&memory_key(key)) {
        return Ok(Some(line()));
    }
    Ok(match store.kv(&memory_key(key))? {
        Some(now) if now == *value => Some(line()),
        Some(now) => Some(jsonl::memory(key, &now)),
        None => None,
    })
}

/// Under which key something remembered is kept.
pub(super) fn memory_key(key: &str) -> String {
    format!("kv.memory.{key}")
}

fn dependents(store: &Store, id: &BeadId) -> Result<i64, Refusal> {
    let around = store.around(&[id])?;
    let edges = around.dependents.get(id);
    let count = edges.map_or(0, |edges| {
        edges
            .iter()
            .filter(|edge| edge.kind == crate::domain::DepKind::Blocks)
            .count()
    });
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Beads that came in by no file, as the first file that came in would say them.
fn new(store: &Store, behind: &str, page: &mut Page) -> Result<Option<ExportFrom>, Refusal> {
    let plain = store
        .imported_dialect()?
        .is_some_and(|word| word != crate::rules::import::word(Dialect::Export));
    let mut last = None;
    for id in store.unimported_after(behind)? {
        if let Some(bead) = store.bead(&id)? {
            let mut record = sheet(store, bead)?.record();
            let dialect = if plain {
                Dialect::Plain
            } else {
                record.count(dependents(store, &id)?);
                Dialect::Export
            };
            if !page.push(false, fresh(&record, dialect)) {
                break;
            }
        }
        last = Some(ExportFrom::Bead(id.to_string()));
    }
    Ok(last)
}
