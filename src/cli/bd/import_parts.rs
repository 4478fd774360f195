//! The files that one `bd import` reads: a file of issues, or those of a backup, one a table.
//!
//! Labels, edges and comments of a backup come in with their issues; rows whose issue is not in the
//! backup come in by themselves. Entry point: [`parts`].

use std::path::Path;

use super::rejects::Aside;
use crate::cli::caller::Caller;
use crate::cli::intake;
use crate::domain::{BATCH_MAX, ImportLine, ImportedLine, LineBytes, LineFate, Refusal};
use crate::jsonl::{self, Body, Line, Note, Reading};

/// The tables of a backup, in the order in which they come in.
const TABLES: [&str; 7] = [
    "issues.jsonl",
    "labels.jsonl",
    "dependencies.jsonl",
    "comments.jsonl",
    "events.jsonl",
    "config.jsonl",
    "deletions.jsonl",
];
/// How many of them stand beside the issues and are joined to them.
const JOINED: usize = 3;

/// One file, and what came of it.
#[derive(Debug)]
pub(super) struct Part {
    /// By which its lines are known later.
    pub(super) name: String,
    pub(super) lines: Vec<ImportLine>,
    pub(super) aside: Vec<Aside>,
    pub(super) notes: Vec<Note>,
    pub(super) told: Vec<ImportedLine>,
    /// Where its lines stand, once they come in.
    pub(super) next: i64,
}

impl Part {
    fn of(name: String, mut reading: Reading) -> Self {
        let only_rows = !reading.lines.iter().any(|line| line.record().is_some());
        reading.keep(|body| belongs(body, only_rows));
        let mut aside: Vec<Aside> = reading.rejects.iter().map(Aside::read).collect();
        let lines = fitting(&reading.lines, &mut aside);
        Self {
            name,
            lines,
            aside,
            notes: reading.notes,
            told: Vec::new(),
            next: 1,
        }
    }

    /// The file's own name.
    pub(super) fn short(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }

    /// What the ledger said of the lines.
    pub(super) fn hear(&mut self, told: Vec<ImportedLine>, next: i64) {
        let rejected = told.iter().filter_map(|one| Aside::of(one, &self.lines));
        self.aside.extend(rejected);
        self.aside.sort_by_key(|one| one.line);
        self.told = told;
        self.next = next;
    }

    /// Whether the ledger holds every line already.
    pub(super) fn is_settled(&self) -> bool {
        let settled = |one: &ImportedLine| {
            let stays = matches!(one.fate, LineFate::Same | LineFate::Kept | LineFate::Held);
            is_rejected(one) || (one.known && stays)
        };
        self.told.iter().all(settled)
    }

    /// The lines that come in.
    pub(super) fn good(&self) -> Vec<ImportLine> {
        let pairs = self.lines.iter().zip(&self.told);
        pairs
            .filter(|(_, one)| !is_rejected(one))
            .map(|(line, _)| line.clone())
            .collect()
    }
}

/// What `name` holds: a file, or the folder of a backup.
pub(super) fn parts(caller: &Caller, name: &str) -> Result<Vec<Part>, Refusal> {
    let path = caller.place().absolute(name.as_ref());
    if name == "-" || !path.is_dir() {
        let bytes = intake::bytes(caller, name)?;
        return Ok(vec![Part::of(
            intake::name(caller, name),
            jsonl::read(&bytes),
        )]);
    }
    let folder = folder(&path).ok_or_else(|| {
        Refusal::not_found(format!("no file of issues is in `{}`", path.display()))
            .hint(format!("looked for {}", TABLES.join(", ")))
    })?;
    let mut readings = Vec::new();
    for table in TABLES {
        let file = folder.join(table);
        if file.is_file() {
            let file = file.to_string_lossy().into_owned();
            let reading = jsonl::read(&intake::bytes(caller, &file)?);
            readings.push((table, intake::name(caller, &file), reading));
        }
    }
    join(&mut readings);
    Ok(readings
        .into_iter()
        .map(|(_, name, reading)| Part::of(name, reading))
        .collect())
}

/// The folder with the tables: this one, or the `backup` in it.
fn folder(path: &Path) -> Option<std::path::PathBuf> {
    [path.to_path_buf(), path.join("backup")]
        .into_iter()
        .find(|folder| TABLES.iter().any(|table| folder.join(table).is_file()))
}

/// Rows go to the lines of their issues; those without stay in their own file.
fn join(readings: &mut [(&str, String, Reading)]) {
    let Some(((first, _, issues), rest)) = readings.split_first_mut() else {
        return;
    };
    if *first != TABLES[0] {
        return;
    }
    for (_, _, rows) in rest
        .iter_mut()
        .filter(|(table, ..)| TABLES.iter().skip(1).take(JOINED).any(|one| one == table))
    {
        rows.lines = jsonl::joined(issues, std::mem::take(&mut rows.lines));
    }
}

/// Issues and what stands beside them in their files; in a file without issues, rows of other tables.
fn belongs(body: &Body, only_rows: bool) -> bool {
    match body {
        Body::Blank | Body::Header | Body::Record(_) | Body::Memory { .. } => true,
        Body::Label { .. }
        | Body::Dependency(_)
        | Body::Comment(_)
        | Body::Event(_)
        | Body::Setting { .. }
        | Body::Deletion(_) => only_rows,
        Body::Route { .. } => false,
    }
}

/// The lines that fit into a batch; longer ones are put aside.
fn fitting(all: &[Line], aside: &mut Vec<Aside>) -> Vec<ImportLine> {
    let mut lines = Vec::with_capacity(all.len());
    for Line { number, raw, .. } in all {
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
