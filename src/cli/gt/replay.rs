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
use crate::cli::show::{self, Damage, RecordingView};
use crate::cli::{edge, output};
use crate::config::Settings;
use crate::domain::{Answer, Kind, Query, Refusal, RunId};
use crate::record::{self, Cast, Depth, Going, Kept, Limits, Recording, Span};
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
        if all.iter().any(|kept| is_of(&kept.run, agent)) {
            all.retain(|kept| is_of(&kept.run, agent));
        } else {
            let newest = run_of(agent, caller)?;
            all.retain(|kept| seat_of(&kept.run) == seat_of(&newest));
        }
    }
    all.reverse();
    let views: Vec<RecordingView> = (all.iter())
        .map(|kept| {
            view(kept, Depth::Lengths).unwrap_or_else(|why| RecordingView::unreadable(kept, why))
        })
        .collect();
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
    let view = view(&kept, Depth::Bytes).map_err(|why| unreadable(&kept.run, &why))?;
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
    match recording.damage() {
        None => Ok(()),
        Some(damage) => Err(Refusal::failed(format!(
            "`{}` is exported up to its damage alone: {}",
            kept.run,
            clean(damage)
        ))
        .hint(format!("gt replay info {}", kept.run))
        .into()),
    }
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
            .map(|Going { kept, why }| {
                json!({
                    "run": kept.run, "bytes": kept.bytes, "why": why, "deleted": !args.dry_run,
                })
            })
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

/// What is known of a recording, or why nothing can be.
fn view(kept: &Kept, depth: Depth) -> Result<RecordingView, String> {
    let told = || -> io::Result<Option<RecordingView>> {
        let Some(mut recording) = Recording::open(&kept.folder)? else {
            return Ok(None);
        };
        let milliseconds = |time: u64| i64::try_from(time / 1000).unwrap_or(i64::MAX);
        let damage = recording.flaw(depth)?.map(|flaw| Damage {
            good_until: Some(milliseconds(flaw.good_until)),
            what: flaw.what,
        });
        let (raw, _) = recording.weight();
        Ok(Some(RecordingView {
            run: kept.run.clone(),
            program: recording.about().program.clone(),
            began: recording.about().began,
            duration: milliseconds(recording.duration()?),
            size: recording.size(),
            terminal: recording.about().terminal,
            bytes: kept.bytes,
            raw,
            entries: recording.count(),
            living: kept.living,
            // One that cannot be made out is damage, and told as such where it lies.
            exit: recording.exit().ok().flatten(),
            damage,
        }))
    };
    match told() {
        Ok(Some(view)) => Ok(view),
        Ok(None) => Err("it has just been deleted".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// The recording that is meant: a run, the unique beginning of one, or an agent's newest. The town
/// is asked only for what the folder of recordings does not say.
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
    // The oldest come first.
    let mine: Vec<&Kept> = (all.iter())
        .filter(|kept| is_of(&kept.run, wanted))
        .collect();
    if let Some(newest) = mine.last()
        && mine
            .iter()
            .all(|kept| seat_of(&kept.run) == seat_of(&newest.run))
    {
        return Ok((*newest).clone());
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

/// Whether a run is one of the agent that is meant by `Toast`, `tradingbot/Toast` or
/// `tradingbot/polecats/Toast`, in any case.
fn is_of(run: &str, agent: &str) -> bool {
    let seat = seat_of(run);
    if seat == run {
        return false;
    }
    let typed = agent
        .replace("/polecats/", "/")
        .replace("/crew/", "/")
        .replace('/', ".");
    let name = seat.rsplit('.').next().unwrap_or(seat);
    typed.eq_ignore_ascii_case(seat) || typed.eq_ignore_ascii_case(name)
}
