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
use crate::jsonl::{self, Piece, Reading, Record, SortKey};
use crate::support::files::{self, Access};
use crate::support::text::clean;
use crate::verbs::BeadExportArgs;

/// Beads of a town's machinery; a file has them only when they are asked for, or came by it.
const INFRA: [&str; 4] = ["agent", "rig", "role", "message"];

/// Writes the beads as a file.
pub(crate) fn run(args: &BeadExportArgs, caller: &Caller) -> Ended {
    let bytes = file(lines(caller)?, args, &memories(args, caller)?);
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

/// What is remembered, when it was asked for, by name.
fn memories(args: &BeadExportArgs, caller: &Caller) -> Result<Vec<(String, String)>, Refusal> {
    if args.all || args.include_memories {
        return super::kept::all_memories(caller);
    }
    Ok(Vec::new())
}

/// Whether an issue goes out that no file had.
fn is_wanted(record: &Record, args: &BeadExportArgs) -> bool {
    let infra = INFRA.contains(&record.issue_type.as_str());
    args.all || !(record.traits.is_template || infra && !args.include_infra)
}

/// Whether a title says that the issue is a test.
fn is_test(record: &Record) -> bool {
    let title = record.title.trim().to_lowercase();
    let first = title.split(|c: char| !c.is_alphanumeric()).next();
    matches!(
        first,
        Some("test" | "tests" | "testing" | "test1" | "dummy")
    )
}

/// The lines in their order: kept ones as they stood, new ones at their sorted place.
fn file(lines: Vec<ExportLine>, args: &BeadExportArgs, memories: &[(String, String)]) -> Vec<u8> {
    let mut kept = Reading::default();
    let mut pieces = Vec::with_capacity(lines.len());
    for line in lines {
        let bytes = line.line.as_bytes().to_vec();
        let mut reading = jsonl::read(&bytes);
        let record = reading.lines.first().and_then(jsonl::Line::record);
        let unwanted = |record| !line.kept && !is_wanted(record, args);
        if record.is_some_and(|record| unwanted(record) || (args.scrub && is_test(record))) {
            continue;
        }
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
    let held: HashSet<String> = kept.lines.iter().filter_map(memory_of).collect();
    let mut bytes = jsonl::arrange(pieces, kept.order());
    for (key, value) in memories.iter().filter(|(key, _)| !held.contains(key)) {
        if !bytes.is_empty() && !bytes.ends_with(b"\n") {
            bytes.push(b'\n');
        }
        bytes.extend(jsonl::memory(key, value));
    }
    bytes
}

fn memory_of(line: &jsonl::Line) -> Option<String> {
    if let jsonl::Body::Memory { key, .. } = &line.body {
        return Some(key.clone());
    }
    None
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
