//! `bd import`: looks at whole files first, then takes them in, and puts aside what cannot be read.

use super::import_parts::{Part, parts};
use super::import_story::Summary;
use super::rejects;
use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{edge, output};
use crate::client::{Need, TownClient};
use crate::domain::{BATCH_MAX, BeadImport, Command, ImportLine, ImportedLine, Outcome, Refusal};
use crate::verbs::BeadImportArgs;

/// How many lines one transaction takes at most.
const LINES_MAX: usize = 1000;
/// From how many lines on a bar shows how far it is.
const BAR_FROM: usize = 2000;
/// How wide that bar is.
const BAR_WIDTH: usize = 30;

/// Takes a file, or the files of a backup, in.
pub(crate) fn run(args: &BeadImportArgs, caller: &Caller) -> Ended {
    let summary = take_in(args, caller)?;
    let refused = summary.is_refused();
    summary.print(refused)?;
    if refused {
        return Err(summary.refusal().into());
    }
    Ok(())
}

/// Takes files in, unless that would lose what was written here.
pub(super) fn take_in<'a>(
    args: &'a BeadImportArgs,
    caller: &Caller,
) -> Result<Summary<'a>, Refusal> {
    let mut parts = parts(caller, &args.file)?;
    let mut job = Job {
        rig: caller.context()?.rig,
        town: caller.open(Need::Ledger)?,
        how: caller.how,
        apply: args.apply,
        bar: Bar::new(&parts),
    };
    job.town.hold()?;
    for part in &mut parts {
        let (told, next) = job.pass(part, &part.lines, None)?;
        part.hear(told, next);
    }
    let place = rejects::place(caller, &args.file);
    let summary = Summary {
        args,
        parts,
        place: place.display().to_string(),
    };
    if !args.dry_run && !summary.is_refused() {
        for part in &summary.parts {
            // A file that is held line by line already is not written again.
            if !part.is_settled() {
                job.pass(part, &part.good(), Some(part.next))?;
            }
        }
        job.town.release()?;
        for part in &summary.parts {
            rejects::write(&place, &part.name, &part.aside)?;
        }
    }
    drop(job);
    Ok(summary)
}

struct Job {
    rig: Option<crate::domain::RigName>,
    town: TownClient,
    how: &'static str,
    apply: bool,
    bar: Bar,
}

impl Job {
    /// Goes through the lines of a file, to look or, with a place, to take them in.
    fn pass(
        &mut self,
        part: &Part,
        lines: &[ImportLine],
        place: Option<i64>,
    ) -> Result<(Vec<ImportedLine>, i64), Refusal> {
        let mut told = Vec::with_capacity(lines.len());
        let mut next = 1;
        let batches = batches(lines);
        let last = batches.len().saturating_sub(1);
        for (index, batch) in batches.into_iter().enumerate() {
            let command = Command::BeadImport(Box::new(BeadImport {
                file: part.name.clone(),
                lines: batch.to_vec(),
                place,
                last: index == last,
                apply: self.apply,
                rig: self.rig.clone(),
            }));
            let Outcome::Imported(imported) = self.town.command(command, self.how)? else {
                return Err(mismatch(self.how));
            };
            self.bar.step(imported.lines.len());
            told.extend(imported.lines);
            next = imported.next;
        }
        Ok((told, next))
    }
}

/// How far a large import is, for a person at a terminal. Nothing is drawn for anybody else.
struct Bar {
    /// Steps in both passes; none when nobody looks.
    all: Option<usize>,
    done: usize,
}

impl Bar {
    fn new(parts: &[Part]) -> Self {
        let lines: usize = parts.iter().map(|part| part.lines.len()).sum();
        let watched = lines >= BAR_FROM && edge::messages_are_watched();
        Self {
            all: watched.then_some(lines * 2),
            done: 0,
        }
    }

    fn step(&mut self, lines: usize) {
        let Some(all) = self.all else {
            return;
        };
        self.done = (self.done + lines).min(all);
        let filled = self.done * BAR_WIDTH / all.max(1);
        let percent = self.done * 100 / all.max(1);
        let (full, empty) = ("█".repeat(filled), "░".repeat(BAR_WIDTH - filled));
        output::progress(&format!("\r  importing {full}{empty} {percent:3} %"));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.all.is_some() {
            output::progress("\r\u{1b}[K");
        }
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
