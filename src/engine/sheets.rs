//! Beads as the lines of a file: one page of an export, from the rows as they are.

use crate::domain::{
    Answer, BATCH_MAX, BeadId, ExportFrom, ExportLine, ExportPage, LineBytes, Refusal,
};
use crate::jsonl::{self, Dialect, Record, edited, fresh, restored};
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

/// The line of a row as it is now; none when its bead is gone.
fn line_of(store: &Store, row: &ImportedRow) -> Result<Option<Vec<u8>>, Refusal> {
    let Some(id) = &row.bead else {
        return Ok(Some(row.line.clone()));
    };
    let Some(bead) = store.bead(id)? else {
        return Ok(None);
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
