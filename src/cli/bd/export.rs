//! `bd export`: every line that came in and was not edited goes out byte for byte.

use std::collections::HashSet;

use serde_json::json;

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, disk, mismatch};
use crate::cli::{intake, output};
use crate::client::Need;
use crate::domain::{
    Answer, BeadId, EventBody, EventFilter, ExportFrom, ExportLine, Query, Refusal,
};
use crate::jsonl::{self, Piece, Reading, SortKey};
use crate::support::files::{self, Access};
use crate::support::text::clean;
use crate::verbs::BeadExportArgs;

/// Writes the beads as a file.
pub(crate) fn run(args: &BeadExportArgs, caller: &Caller) -> Ended {
    let bytes = file(lines(caller)?);
    let Some(name) = &args.output else {
        return output::stream(|out| out.write_all(&bytes));
    };
    let path = caller.place().absolute(name.as_ref());
    let failed = |error: &std::io::Error| disk(&path.display().to_string(), error);
    let before = match path.metadata() {
        Ok(there) if there.is_file() => Some(intake::bytes(caller, name)?),
        // A device or a pipe would be replaced by a file.
        Ok(_) => {
            return Err(Refusal::invalid(
                "file",
                name,
                "a file; `bd export` without `-o` writes to a pipe",
            )
            .hint("bd export > FILE")
            .into());
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed(&error).into()),
    };
    if let Some(before) = before.as_ref().filter(|_| !args.force) {
        guard(caller, name, before, &bytes)?;
    }
    if before.as_ref() != Some(&bytes) {
        files::write_atomic(&path, &bytes, Access::Shared).map_err(|error| failed(&error))?;
    }
    let count = bytes.iter().filter(|byte| **byte == b'\n').count();
    if args.json {
        return output::json(&json!({"file": path, "lines": count, "schema_version": 1}));
    }
    output::line(&format!("exported {count} lines to {}", clean(name)))
}

/// Every line, page by page.
fn lines(caller: &Caller) -> Result<Vec<ExportLine>, Refusal> {
    let mut town = caller.open(Need::Ledger)?;
    let mut all = Vec::new();
    let mut from = Some(ExportFrom::Start);
    while let Some(begin) = from {
        let Answer::Export(page) = town.query(Query::Export { from: begin })? else {
            return Err(mismatch(caller.how));
        };
        all.extend(page.lines);
        from = page.next;
    }
    Ok(all)
}

/// The lines in their order: kept ones as they stood, new ones at their sorted place.
fn file(lines: Vec<ExportLine>) -> Vec<u8> {
    let mut kept = Reading::default();
    let mut pieces = Vec::with_capacity(lines.len());
    for line in lines {
        let bytes = line.line.as_bytes().to_vec();
        let mut reading = jsonl::read(&bytes);
        let key = reading
            .lines
            .first()
            .and_then(|line| line.record())
            .map(SortKey::of);
        match (line.kept, key) {
            (false, Some(key)) => pieces.push(Piece::New { key, bytes }),
            (_, key) => {
                kept.lines.append(&mut reading.lines);
                pieces.push(Piece::Kept { key, bytes });
            }
        }
    }
    jsonl::arrange(pieces, kept.order())
}

/// A file with issues that never came in would lose them.
fn guard(caller: &Caller, name: &str, before: &[u8], after: &[u8]) -> Result<(), Refusal> {
    let (before, after) = (jsonl::read(before), jsonl::read(after));
    let ids = |reading: &Reading| -> HashSet<String> {
        let records = reading.lines.iter().filter_map(jsonl::Line::record);
        records.map(|record| record.id.clone()).collect()
    };
    let after = ids(&after);
    let mut lost = 0;
    for id in ids(&before).difference(&after) {
        lost += usize::from(!was_deleted(caller, id)?);
    }
    if lost == 0 {
        return Ok(());
    }
    Err(Refusal::conflict(format!(
        "`{name}` holds {lost} issues that are not here, and would lose them"
    ))
    .hint(format!("bd import {name}"))
    .hint(format!("bd export -o {name} --force")))
}

/// Whether an issue is missing because it was deleted here.
fn was_deleted(caller: &Caller, id: &str) -> Result<bool, Refusal> {
    let Ok(bead) = BeadId::parse(id) else {
        return Ok(false);
    };
    let filter = EventFilter {
        bead: Some(bead),
        ..EventFilter::default()
    };
    let Answer::Events { events, .. } = caller.query(Query::Events(filter))? else {
        return Err(mismatch(caller.how));
    };
    let deleted =
        |event: &crate::domain::Event| matches!(event.body, EventBody::BeadDeleted { .. });
    Ok(events.iter().any(deleted))
}
