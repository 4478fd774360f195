//! `bd import`: looks at the whole file first, then takes it in, and puts aside what cannot be read.

use serde_json::{Value, json};

use super::rejects::{self, Aside};
use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{intake, output};
use crate::client::{Need, TownClient};
use crate::domain::{
    BATCH_MAX, BeadImport, Command, ImportLine, ImportedLine, LineBytes, LineFate, Outcome, Refusal,
};
use crate::jsonl::{self, Body, Line, Reading};
use crate::support::text::clean;
use crate::verbs::BeadImportArgs;

/// How many lines one transaction takes at most.
const LINES_MAX: usize = 1000;
/// How many differences and rejects are told one by one.
const TOLD_MAX: usize = 20;

/// Takes a file in.
pub(crate) fn run(args: &BeadImportArgs, caller: &Caller) -> Ended {
    let bytes = intake::bytes(caller, &args.file)?;
    let mut reading = jsonl::read(&bytes);
    reading.keep(belongs);
    let mut aside: Vec<Aside> = reading.rejects.iter().map(Aside::read).collect();
    let lines = fitting(&reading, &mut aside);
    let mut job = Job {
        name: intake::name(caller, &args.file),
        rig: caller.context()?.rig,
        town: caller.open(Need::Ledger)?,
        how: caller.how,
        apply: args.apply,
    };
    job.town.hold()?;
    let (told, next) = job.pass(&lines, None)?;
    aside.extend(told.iter().filter_map(|one| Aside::of(one, &lines)));
    aside.sort_by_key(|one| one.line);
    let overwrites = told.iter().any(|one| one.fate == LineFate::Overwritten);
    let refused = overwrites && !args.apply && !args.dry_run;
    let place = rejects::place(caller, &args.file);
    if !args.dry_run && !refused {
        // A file that is held line by line already is not written again.
        let settled = |one: &ImportedLine| {
            one.known && matches!(one.fate, LineFate::Same | LineFate::Kept | LineFate::Held)
        };
        let good = good_lines(&lines, &told);
        if !told.iter().all(|one| settled(one) || is_rejected(one)) {
            job.pass(&good, Some(next))?;
        }
        job.town.release()?;
        rejects::write(&place, &job.name, &aside)?;
    }
    let summary = Summary {
        args,
        told: &told,
        aside: &aside,
        reading: &reading,
        place: place.display().to_string(),
    };
    summary.print(refused)?;
    if refused {
        return Err(summary.refusal().into());
    }
    Ok(())
}

/// Issues, and what stands beside them in their files.
fn belongs(body: &Body) -> bool {
    match body {
        Body::Blank | Body::Header | Body::Record(_) | Body::Memory { .. } => true,
        Body::Label { .. }
        | Body::Dependency(_)
        | Body::Comment(_)
        | Body::Event(_)
        | Body::Setting { .. }
        | Body::Route { .. }
        | Body::Deletion(_) => false,
    }
}

/// The lines that fit into a batch; longer ones are put aside.
fn fitting(reading: &Reading, aside: &mut Vec<Aside>) -> Vec<ImportLine> {
    let mut lines = Vec::with_capacity(reading.lines.len());
    for Line { number, raw, .. } in &reading.lines {
        let line = LineBytes::new(raw.clone());
        if line.weight() > BATCH_MAX {
            let reason = format!("the line is longer than {} KiB", BATCH_MAX >> 10);
            aside.push(Aside::new(*number, reason, raw));
            continue;
        }
        let number = i64::try_from(*number).unwrap_or(i64::MAX);
        lines.push(ImportLine { number, line });
    }
    lines
}

fn is_rejected(one: &ImportedLine) -> bool {
    matches!(one.fate, LineFate::Rejected(_))
}

fn good_lines(lines: &[ImportLine], told: &[ImportedLine]) -> Vec<ImportLine> {
    let pairs = lines.iter().zip(told);
    pairs
        .filter(|(_, one)| !is_rejected(one))
        .map(|(line, _)| line.clone())
        .collect()
}

struct Job {
    name: String,
    rig: Option<crate::domain::RigName>,
    town: TownClient,
    how: &'static str,
    apply: bool,
}

impl Job {
    /// Goes through the lines, to look or, with a place, to take them in.
    fn pass(
        &mut self,
        lines: &[ImportLine],
        place: Option<i64>,
    ) -> Result<(Vec<ImportedLine>, i64), Refusal> {
        let mut told = Vec::with_capacity(lines.len());
        let mut next = 1;
        let batches = batches(lines);
        let last = batches.len().saturating_sub(1);
        for (index, batch) in batches.into_iter().enumerate() {
            let command = Command::BeadImport(Box::new(BeadImport {
                file: self.name.clone(),
                lines: batch.to_vec(),
                place,
                last: index == last,
                apply: self.apply,
                rig: self.rig.clone(),
            }));
            let Outcome::Imported(imported) = self.town.command(command, self.how)? else {
                return Err(mismatch(self.how));
            };
            told.extend(imported.lines);
            next = imported.next;
        }
        Ok((told, next))
    }
}

/// The lines in batches that each fit into a frame.
fn batches(mut lines: &[ImportLine]) -> Vec<&[ImportLine]> {
    let mut batches = Vec::new();
    while !lines.is_empty() {
        let mut weight = 0;
        let fits = |line: &&ImportLine| {
            weight += line.line.weight();
            weight <= BATCH_MAX
        };
        let count = lines.iter().take(LINES_MAX).take_while(fits).count();
        let (batch, rest) = lines.split_at(count.max(1));
        batches.push(batch);
        lines = rest;
    }
    batches
}

/// What is said at the end.
struct Summary<'a> {
    args: &'a BeadImportArgs,
    told: &'a [ImportedLine],
    aside: &'a [Aside],
    reading: &'a Reading,
    place: String,
}

impl Summary<'_> {
    fn count(&self, fate: &LineFate) -> usize {
        self.told.iter().filter(|one| one.fate == *fate).count()
    }

    fn counts(&self) -> [(&'static str, usize); 7] {
        [
            ("added", self.count(&LineFate::Added)),
            ("updated", self.count(&LineFate::Updated)),
            ("overwritten", self.count(&LineFate::Overwritten)),
            ("unchanged", self.count(&LineFate::Same)),
            ("kept", self.count(&LineFate::Kept)),
            ("held", self.count(&LineFate::Held)),
            ("rejected", self.aside.len()),
        ]
    }

    fn print(&self, refused: bool) -> Ended {
        for note in &self.reading.notes {
            output::note(&format!("note: {}", clean(&note.to_string())));
        }
        if self.args.json {
            return output::json(&self.object(refused));
        }
        if refused {
            return Ok(());
        }
        let counts: Vec<String> = self
            .counts()
            .iter()
            .filter(|(word, count)| *count > 0 || *word == "added")
            .map(|(word, count)| format!("{count} {word}"))
            .collect();
        let verb = if self.args.dry_run {
            "would import"
        } else {
            "imported"
        };
        output::line(&format!(
            "{verb} {}: {}",
            clean(&self.args.file),
            counts.join(", ")
        ))?;
        if self.args.dry_run {
            for line in self.conflicts().take(TOLD_MAX) {
                output::line(&format!("  changed here too: {line}"))?;
            }
        }
        self.print_aside()
    }

    fn print_aside(&self) -> Ended {
        if self.aside.is_empty() {
            return Ok(());
        }
        let verb = if self.args.dry_run {
            "would be put aside"
        } else {
            "put aside"
        };
        output::line(&format!("{verb} in {}:", clean(&self.place)))?;
        for one in self.aside.iter().take(TOLD_MAX) {
            output::line(&format!("  line {}: {}", one.line, clean(&one.reason)))?;
        }
        match self.aside.len().saturating_sub(TOLD_MAX) {
            0 => Ok(()),
            more => output::line(&format!("  and {more} more")),
        }
    }

    fn object(&self, refused: bool) -> Value {
        let mut object = serde_json::Map::new();
        for (word, count) in self.counts() {
            object.insert(word.to_owned(), json!(count));
        }
        let conflicts: Vec<Value> = self
            .overwritten()
            .map(|one| json!({"id": one.id, "line": one.number, "differences": one.differences}))
            .collect();
        object.insert("applied".to_owned(), json!(!refused && !self.args.dry_run));
        object.insert("conflicts".to_owned(), json!(conflicts));
        object.insert("dry_run".to_owned(), json!(self.args.dry_run));
        let file = Some(&self.place).filter(|_| !self.aside.is_empty());
        object.insert("rejects_file".to_owned(), json!(file));
        object.insert("schema_version".to_owned(), json!(1));
        Value::Object(object)
    }

    fn overwritten(&self) -> impl Iterator<Item = &ImportedLine> {
        self.told
            .iter()
            .filter(|one| one.fate == LineFate::Overwritten)
    }

    /// One line for each field that would be lost.
    fn conflicts(&self) -> impl Iterator<Item = String> {
        self.overwritten().flat_map(|one| {
            let id = one.id.as_ref().map_or("", |id| id.as_str());
            one.differences.iter().map(move |field| {
                format!(
                    "{id} {}: here \"{}\", in line {} \"{}\"",
                    field.field,
                    short(&field.ours),
                    one.number,
                    short(&field.theirs)
                )
            })
        })
    }

    fn refusal(&self) -> Refusal {
        let count = self.overwritten().count();
        let mut refusal = Refusal::conflict(format!(
            "{count} beads were changed here and in the file; nothing is imported"
        ));
        for line in self.conflicts().take(TOLD_MAX) {
            refusal = refusal.hint(line);
        }
        refusal.hint(format!("bd import {} --apply", self.args.file))
    }
}

/// The beginning of a value, on one line.
fn short(text: &str) -> String {
    let text = clean(text);
    match text.char_indices().nth(80) {
        None => text,
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}
