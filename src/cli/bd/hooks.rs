//! What a repository wants to be told: programs `on_create`, `on_update` and `on_close` in its
//! `.beads/hooks`, called after the change stands, with the bead's id, the event, and the bead as JSON.
//!
//! They come with the repository, so they are somebody else's programs: none is ever started unless
//! the person said so in git's own settings (`git config beads.hooks true`), which no clone brings
//! along. A hook has 10 s, and how it ends changes nothing.

#![expect(
    clippy::disallowed_methods,
    reason = "starts the programs that the person allowed, and waits for them"
)]

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::cli::caller::Caller;
use crate::cli::show;
use crate::domain::{BeadView, CommandKind, Outcome};
use crate::git;
use crate::support::clock::Clock;

/// How long a hook may take, in milliseconds.
const PATIENCE: i64 = 10_000;

/// Tells the repository's hooks what was done, when it has some and may be told.
pub(crate) fn tell(kind: CommandKind, outcome: &Outcome, caller: &Caller) {
    let Some((hook, event)) = name_of(kind) else {
        return;
    };
    let Ok(found) = caller.ledger() else {
        return;
    };
    let program = found.paths.root().join("hooks").join(hook);
    if !found.paths.is_plain() || !is_program(&program) || !git::allows_hooks(&found.folder) {
        return;
    }
    for bead in beads_of(outcome) {
        run(&program, &found.folder, bead, event);
    }
}

const fn name_of(kind: CommandKind) -> Option<(&'static str, &'static str)> {
    match kind {
        CommandKind::BeadCreate => Some(("on_create", "create")),
        CommandKind::BeadUpdate => Some(("on_update", "update")),
        CommandKind::BeadClose => Some(("on_close", "close")),
        _ => None,
    }
}

fn is_program(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

fn beads_of(outcome: &Outcome) -> Vec<&BeadView> {
    match outcome {
        Outcome::Bead { bead, .. } => vec![bead.as_ref()],
        Outcome::Beads { beads } => beads.iter().collect(),
        _ => Vec::new(),
    }
}

fn run(program: &PathBuf, folder: &Path, bead: &BeadView, event: &str) {
    let child = Process::new(program)
        .arg(bead.id.as_str())
        .arg(event)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // What it starts ends with it when its time is over.
        .process_group(0)
        .spawn();
    let Ok(mut child) = child else {
        return;
    };
    let text = format!("{}\n", show::bead_json(bead));
    let writer = child.stdin.take().map(|mut input| {
        // A hook that does not read ends the writing by its own end.
        std::thread::spawn(move || drop(input.write_all(text.as_bytes())))
    });
    wait(&mut child);
    if let Some(writer) = writer {
        drop(writer.join());
    }
}

fn wait(child: &mut Child) {
    let clock = Clock::start(0);
    while clock.read().town < PATIENCE {
        match child.try_wait() {
            Ok(Some(_)) => return,
            Ok(None) => std::thread::sleep(Duration::from_millis(5)),
            Err(_) => break,
        }
    }
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(group) = group
        && let Err(error) = kill_process_group(group, Signal::KILL)
    {
        tracing::debug!(%error, "the hook ended by itself");
    }
    drop(child.wait());
}
