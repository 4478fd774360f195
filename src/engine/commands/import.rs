//! Files of beads that come in: one batch of lines is one command and one transaction.

use std::collections::BTreeMap;

use crate::domain::{
    BeadId, BeadImport, FieldDifference, ImportLine, Imported, ImportedLine, LineFate, Outcome,
    Refusal, RigName,
};
use crate::jsonl::{self, Body, Line, restored};
use crate::rules::decision::{Change, Decision};
use crate::rules::import::{self, Here, Incoming};
use crate::store::Store;

use super::super::input::At;
use super::super::sheets;
use super::super::town::Town;
use super::dispatch::{Decided, Say};
use super::import_circles::Waiting;
use super::import_rows::{Row, RowFate};

/// Longest name of a file.
const NAME_MAX: usize = 4096;

impl Town {
    pub(super) fn bead_import(&self, cmd: &BeadImport, at: At) -> Result<Decided, Refusal> {
        if cmd.file.is_empty() || cmd.file.len() > NAME_MAX {
            return Err(Refusal::invalid("file", &cmd.file, "the name of a file"));
        }
        if cmd.place.is_some() {
            self.store.roomy()?;
        }
        let rigs = self.prefixes(cmd.rig.as_ref())?;
        let mut decision = Decision::nothing();
        let mut lines = Vec::with_capacity(cmd.lines.len());
        let mut waiting = Waiting::default();
        for line in &cmd.lines {
            let (more, one) = self.import_line(cmd, line, (&rigs, &mut waiting), at)?;
            decision = decision.and(more);
            lines.push(one);
        }
        if cmd.place.is_none() {
            decision = Decision::nothing();
        } else if !cmd.apply {
            refuse_overwriting(&lines)?;
        }
        if cmd.place.is_some() {
            self.count_in(&lines)?;
        }
        if let Some(place) = cmd.place.filter(|_| cmd.last) {
            decision = decision.change(Change::ImportedBefore {
                file: cmd.file.clone(),
                place,
            });
        }
        let outcome = Outcome::Imported(Imported {
            lines,
            next: self.store.next_place(&cmd.file)?,
        });
        let narrow = self.stays && cmd.place.is_some() && cmd.last;
        let say = Say::Later(Box::new(move |town| {
            if narrow {
                town.store.narrow()?;
            }
            Ok(outcome)
        }));
        Ok(Decided { decision, say })
    }

    fn import_line(
        &self,
        cmd: &BeadImport,
        line: &ImportLine,
        (rigs, waiting): (&Rigs, &mut Waiting),
        at: At,
    ) -> Result<(Decision, ImportedLine), Refusal> {
        let place = cmd.place.unwrap_or(0).saturating_add(line.number);
        let number = line.number;
        let bytes = line.line.as_bytes();
        let read = jsonl::read(bytes);
        let Some(read) = read.lines.first().filter(|_| read.rejects.is_empty()) else {
            let fate = LineFate::Rejected("the line cannot be read".to_owned());
            return Ok((Decision::nothing(), told(number, None, fate, false)));
        };
        let Body::Record(record) = &read.body else {
            let row = self.import_row(&Row {
                cmd,
                line: read,
                place,
                now: at.now.wall,
            })?;
            return self.row_told(row, number, waiting);
        };
        let id = match BeadId::parse(&record.id) {
            Ok(id) => id,
            Err(refusal) => {
                let fate = LineFate::Rejected(refusal.message);
                return Ok((Decision::nothing(), told(number, None, fate, false)));
            }
        };
        let (here, known) = here(&self.store, &id, read)?;
        // What was deleted here or elsewhere does not come back by a file.
        if here.sheet.is_none() && !record.is_tombstone() && self.store.id_taken(id.as_str())? {
            let one = told(number, Some(id), LineFate::Kept, true);
            return Ok((Decision::nothing(), one));
        }
        let incoming = Incoming {
            record,
            line: bytes.to_vec(),
            dialect: read.dialect,
            file: &cmd.file,
            place,
            rig: rigs.of(&id),
            now: at.now.wall,
        };
        let mut taken = import::take(&incoming, &here);
        let mut one = told(number, Some(id), taken.fate, known);
        one.differences = taken.differences;
        one.circles = waiting.without_circles(&self.store, &mut taken.decision)?;
        Ok((taken.decision, one))
    }

    /// Counts what came in, so that new ids are as long as the number of all asks for.
    fn count_in(&self, told: &[ImportedLine]) -> Result<(), Refusal> {
        let rigs = self.store.rigs()?.into_iter().map(|rig| rig.prefix);
        let mut prefixes: Vec<String> = rigs
            .chain([self.home_prefix()?])
            .map(|prefix| format!("{prefix}-"))
            .collect();
        prefixes.sort_by_key(|prefix| std::cmp::Reverse(prefix.len()));
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        let added = told.iter().filter(|one| one.fate == LineFate::Added);
        for id in added.filter_map(|one| one.id.as_ref()) {
            let of = prefixes
                .iter()
                .find(|prefix| id.as_str().starts_with(prefix.as_str()));
            if let Some(prefix) = of.filter(|_| id.depth() == 0) {
                *counts.entry(prefix.trim_end_matches('-')).or_default() += 1;
            }
        }
        for (prefix, count) in counts {
            self.store.count_more(&format!("beads:{prefix}"), count)?;
        }
        Ok(())
    }

    /// A row of another table, unless it is an edge that would close a circle.
    fn row_told(
        &self,
        mut row: RowFate,
        number: i64,
        waiting: &mut Waiting,
    ) -> Result<(Decision, ImportedLine), Refusal> {
        let circles = waiting.without_circles(&self.store, &mut row.decision)?;
        if circles.is_empty() {
            let one = told(number, row.id, row.fate, row.known);
            return Ok((row.decision, one));
        }
        let fate = LineFate::Rejected(format!("{} would be a circle", circles.join(", ")));
        Ok((Decision::nothing(), told(number, row.id, fate, false)))
    }

    fn prefixes(&self, default: Option<&RigName>) -> Result<Rigs, Refusal> {
        let mut known = Vec::new();
        for rig in self.store.rigs()? {
            known.push((format!("{}-", rig.prefix), rig.name));
        }
        // Of two prefixes that both fit, the longer one is meant.
        known.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        Ok(Rigs {
            known,
            default: default.cloned(),
        })
    }
}

fn told(number: i64, id: Option<BeadId>, fate: LineFate, known: bool) -> ImportedLine {
    ImportedLine {
        number,
        id,
        fate,
        known,
        differences: Vec::new(),
        circles: Vec::new(),
    }
}

/// Which rig an id belongs to.
struct Rigs {
    known: Vec<(String, RigName)>,
    default: Option<RigName>,
}

impl Rigs {
    fn of(&self, id: &BeadId) -> Option<RigName> {
        let mut known = self.known.iter();
        let found = known.find(|(prefix, _)| id.as_str().starts_with(prefix));
        found.map(|(_, rig)| rig.clone()).or(self.default.clone())
    }
}

/// What the ledger has of a bead, and whether it came in by this very line.
fn here(store: &Store, id: &BeadId, line: &Line) -> Result<(Here, bool), Refusal> {
    let Some(row) = store.bead(id)? else {
        let held = store.imported_by(id)?;
        let same_line = held.is_some_and(|row| row.line == line.raw);
        return Ok((Here::default(), same_line));
    };
    let busy = store.holder_of(id)?.is_some() || store.open_merge_of(id)?.is_some();
    let sheet = sheets::sheet(store, row)?;
    let imported = store.imported_by(id)?;
    let same_line = imported.as_ref().is_some_and(|row| row.line == line.raw);
    let base = imported
        .as_ref()
        .and_then(|row| sheets::record_in(&row.line));
    let record = match (&base, &imported) {
        (Some(base), Some(row)) if !row.dirty => base.clone(),
        (Some(base), _) => restored(sheet.record(), base),
        // Without a start, what the ledger rounds is no difference from the line.
        (None, _) => match line.record() {
            Some(theirs) => restored(sheet.record(), theirs),
            None => sheet.record(),
        },
    };
    let here = Here {
        sheet: Some(sheet),
        record: Some(record),
        base,
        busy,
    };
    Ok((here, same_line))
}

/// What was written here since the file was looked at is not overwritten either.
fn refuse_overwriting(told: &[ImportedLine]) -> Result<(), Refusal> {
    let Some(line) = told.iter().find(|line| line.fate == LineFate::Overwritten) else {
        return Ok(());
    };
    let fields: Vec<&str> = line
        .differences
        .iter()
        .map(|one: &FieldDifference| one.field.as_str())
        .collect();
    let id = line.id.as_ref().map_or("", |id| id.as_str());
    Err(Refusal::conflict(format!(
        "`{id}` was changed here and in line {} of the file: {}",
        line.number,
        fields.join(", ")
    ))
    .hint("bd import FILE --apply takes the file's values"))
}
