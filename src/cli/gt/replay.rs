//! `gt replay list, info, export, prune`: recordings on disk. They are read where they lie, which
//! works with engine and host dead.
//!
//! What an agent wrote leaves as bytes only into a file or a pipe, or when the operator insists
//! (contract T3); text has been through a screen.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde_json::json;

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, Stop, disk};
use crate::cli::show::{self, RecordingView};
use crate::cli::{edge, output};
use crate::config::Settings;
use crate::domain::{Answer, Kind, Query, Refusal, RunId};
use crate::record::{self, Cast, Kept, Limits, Recording, Span};
use crate::support::text::{clean, timestamp};
use crate::verbs::{
    ExportForm, Replay, ReplayExportArgs, ReplayInfoArgs, ReplayListArgs, ReplayPruneArgs,
};

/// Carries out what is asked of recordings.
pub(crate) fn run(asked: &Replay, caller: &Caller) -> Ended {
    match asked {
        Replay::List(args) => list(args, caller),
        Replay::Info(args) => info(args, caller),
        Replay::Export(args) => export(args, caller),
        Replay::Prune(args) => prune(args, caller),
    }
}

/// Shows recordings, newest first.
fn list(args: &ReplayListArgs, caller: &Caller) -> Ended {
    let mut all = survey(caller)?;
    if let Some(agent) = &args.agent {
        let newest = run_of(agent, caller)?;
        // All runs of a seat begin alike: rig and name, then incarnation and run.
        let seat = seat_of(&newest);
        all.retain(|kept| seat_of(&kept.run) == seat);
    }
    all.reverse();
    let views: Vec<RecordingView> = all.iter().filter_map(view).collect();
    if args.json {
        return output::json(&views.iter().map(show::recording_json).collect::<Vec<_>>());
    }
    if views.is_empty() {
        return output::line("no recording");
    }
    output::text(&show::recordings_text(&views, &caller.look()))
}

/// Shows one recording.
fn info(args: &ReplayInfoArgs, caller: &Caller) -> Ended {
    let kept = find(&args.run, caller)?;
    let view = view(&kept).ok_or_else(|| unreadable(&kept.run, "it cannot be opened"))?;
    if args.json {
        return output::json(&show::recording_json(&view));
    }
    output::text(&show::recording_text(&view, &caller.look()))
}

/// Writes a recording in a form that others read.
fn export(args: &ReplayExportArgs, caller: &Caller) -> Ended {
    let kept = find(&args.run, caller)?;
    let mut recording = open(&kept)?;
    let (from, to) = args.stretch(recording.about().began)?;
    let span = Span { from, to };
    let bytes = matches!(args.format, ExportForm::Cast2 | ExportForm::Cast3);
    match args.target(&caller.place()) {
        Some(path) => {
            let file = create(&path, args.force)?;
            let mut out = BufWriter::new(file);
            write(&mut recording, args.format, span, &mut out)
                .and_then(|()| out.flush())
                .map_err(|error| disk(&format!("`{}`", path.display()), &error))?;
            output::note(&format!("wrote {}", clean(&path.display().to_string())));
        }
        None if bytes && edge::output_is_watched() && !args.force => {
            return Err(Refusal::refused(
                "an export holds an agent's bytes, and the output is a terminal",
            )
            .hint(format!("{} {} -o FILE", caller.how, kept.run))
            .into());
        }
        None => output::stream(|out| write(&mut recording, args.format, span, out))?,
    }
    if let Some(damage) = recording.damage() {
        output::note(&format!("exported up to the damage: {}", clean(damage)));
    }
    Ok(())
}

fn create(path: &Path, force: bool) -> Result<std::fs::File, Stop> {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    if force {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    options.open(path).map_err(|error| {
        let shown = path.display();
        match error.kind() {
            io::ErrorKind::AlreadyExists => Stop::Refused(
                Refusal::conflict(format!("`{shown}` is there already"))
                    .hint("add `--force` to write over it"),
            ),
            _ => Stop::Refused(disk(&format!("`{shown}` cannot be written"), &error)),
        }
    })
}

fn write(
    recording: &mut Recording,
    form: ExportForm,
    span: Span,
    out: &mut dyn Write,
) -> io::Result<()> {
    let began = recording.about().began;
    match form {
        ExportForm::Cast2 => record::write_cast(recording, Cast::Two, span, out),
        ExportForm::Cast3 => record::write_cast(recording, Cast::Three, span, out),
        ExportForm::Text => {
            record::write_lines(recording, span, &mut |_, line| writeln!(out, "{line}"))
        }
        ExportForm::Ndjson => record::write_lines(recording, span, &mut |time, line| {
            let milliseconds = i64::try_from(time / 1000).unwrap_or(i64::MAX);
            let at = timestamp(began.saturating_add(milliseconds));
            let value = json!({"at": at, "time_us": time, "text": line});
            let json = crate::support::text::ascii_json(&serde_json::to_string(&value)?);
            out.write_all(json.as_bytes())?;
            out.write_all(b"\n")
        }),
    }
}

/// Deletes recordings that are too old or too many.
fn prune(args: &ReplayPruneArgs, caller: &Caller) -> Ended {
    let (days, bytes) = Settings::load(&caller.paths()?).recordings();
    let limits = Limits::new(args.days.unwrap_or(days), args.bytes.unwrap_or(bytes));
    let gone = if args.dry_run {
        record::choose(&survey(caller)?, limits, edge::now())
    } else {
        record::sweep(&caller.paths()?.recordings(), limits, edge::now())
            .map_err(|error| disk("the recordings cannot be read", &error))?
    };
    if args.json {
        let rows: Vec<_> = gone
            .iter()
            .map(|kept| json!({"run": kept.run, "bytes": kept.bytes, "deleted": !args.dry_run}))
            .collect();
        return output::json(&rows);
    }
    output::text(&show::pruned_text(&gone, args.dry_run))
}

fn survey(caller: &Caller) -> Result<Vec<Kept>, Refusal> {
    record::survey(&caller.paths()?.recordings())
        .map_err(|error| disk("the recordings cannot be read", &error))
}

fn unreadable(run: &str, why: &str) -> Refusal {
    Refusal::failed(format!("the recording of `{run}` cannot be read: {why}"))
}

fn open(kept: &Kept) -> Result<Recording, Refusal> {
    match Recording::open(&kept.folder) {
        Ok(Some(recording)) => Ok(recording),
        Ok(None) => Err(unreadable(&kept.run, "it has just been deleted")),
        Err(error) => Err(unreadable(&kept.run, &error.to_string())),
    }
}

/// What is known of a recording; `None` for one that cannot be opened.
fn view(kept: &Kept) -> Option<RecordingView> {
    let mut recording = Recording::open(&kept.folder).ok().flatten()?;
    let duration = recording.duration().ok()?;
    let exit = recording.exit().ok().flatten();
    let (raw, _) = recording.weight();
    Some(RecordingView {
        run: kept.run.clone(),
        program: recording.about().program.clone(),
        began: recording.about().began,
        duration: i64::try_from(duration / 1000).unwrap_or(i64::MAX),
        size: recording.size(),
        terminal: recording.about().terminal,
        bytes: kept.bytes,
        raw,
        entries: recording.count(),
        living: kept.living,
        exit,
    })
}

/// The recording that is meant: a run, the unique beginning of one, or an agent's newest.
fn find(wanted: &str, caller: &Caller) -> Result<Kept, Refusal> {
    let all = survey(caller)?;
    let named = |run: &str| all.iter().find(|kept| kept.run == run).cloned();
    if let Some(kept) = named(wanted) {
        return Ok(kept);
    }
    let begun: Vec<&Kept> = all
        .iter()
        .filter(|kept| kept.run.starts_with(wanted))
        .collect();
    if let [one] = begun.as_slice() {
        return Ok((*one).clone());
    }
    match run_of(wanted, caller) {
        Ok(run) => named(&run)
            .ok_or_else(|| Refusal::not_found(format!("no recording of `{run}`")).hint(LIST)),
        Err(_) if begun.len() > 1 => Err(Refusal::new(
            Kind::Usage,
            format!("{} recordings begin with `{wanted}`", begun.len()),
        )
        .hint(LIST)),
        Err(refusal) if refusal.kind == Kind::NotFound => {
            Err(Refusal::not_found(format!("no recording `{wanted}`")).hint(LIST))
        }
        Err(refusal) => Err(refusal),
    }
}

const LIST: &str = "gt replay list";

/// The newest run of an agent.
fn run_of(agent: &str, caller: &Caller) -> Result<String, Refusal> {
    let answer = caller.query(Query::Seat {
        agent: agent.to_owned(),
    })?;
    let Answer::Seat(seat) = answer else {
        return Err(crate::cli::report::mismatch(caller.how));
    };
    let none = || Refusal::not_found(format!("`{agent}` has not been started yet"));
    Ok(seat
        .run
        .as_ref()
        .map(RunId::as_str)
        .ok_or_else(none)?
        .to_owned())
}

/// A run's name without incarnation and run number.
fn seat_of(run: &str) -> &str {
    let mut parts = run.rsplitn(3, '.');
    let (_, _) = (parts.next(), parts.next());
    parts.next().unwrap_or(run)
}
