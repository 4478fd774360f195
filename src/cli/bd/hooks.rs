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
use crate::domain::{BeadView, Command, CommandKind, Outcome};
use crate::git;
use crate::support::clock::Clock;

/// How long a hook may take, in milliseconds.
const PATIENCE: i64 = 10_000;

/// What is to be told of a command once it is done; of several in one, each by itself.
pub(crate) enum Told {
    One(Option<Event>),
    Each(Vec<Self>),
}

/// A hook's name, and the word that it gets for what was done.
type Event = (&'static str, &'static str);

impl Told {
    /// Of a command that is about to be carried out.
    pub(crate) fn of(command: &Command) -> Self {
        match command {
            Command::Batch(commands) => Self::Each(commands.iter().map(Self::of).collect()),
            other => Self::One(name_of(other.kind())),
        }
    }

    /// Tells the repository's hooks what was done, when it has some and may be told.
    pub(crate) fn tell(&self, outcome: &Outcome, caller: &Caller) {
        let mut all = Vec::new();
        self.gather(outcome, &mut all);
        if all.is_empty() {
            return;
        }
        let Ok(found) = caller.ledger() else {
            return;
        };
        let hooks = found.paths.root().join("hooks");
        if !found.paths.is_plain() || !hooks.is_dir() || !git::allows_hooks(&found.folder) {
            return;
        }
        for ((hook, event), bead) in all {
            let program = hooks.join(hook);
            if is_program(&program) {
                run(&program, &found.folder, bead, event);
            }
        }
    }

    fn gather<'a>(&self, outcome: &'a Outcome, all: &mut Vec<(Event, &'a BeadView)>) {
        match (self, outcome) {
            (Self::One(Some(event)), outcome) => {
                all.extend(beads_of(outcome).into_iter().map(|bead| (*event, bead)));
            }
            (Self::Each(told), Outcome::Batch { outcomes }) => {
                for (told, outcome) in told.iter().zip(outcomes) {
                    told.gather(outcome, all);
                }
            }
            (Self::One(None) | Self::Each(_), _) => {}
        }
    }
}

const fn name_of(kind: CommandKind) -> Option<Event> {
    match kind {
        CommandKind::BeadCreate => Some(("on_create", "create")),
        CommandKind::BeadUpdate | CommandKind::BeadReopen | CommandKind::ReadyClaim => {
            Some(("on_update", "update"))
        }
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
        Outcome::Reopened(done) => done.beads.iter().collect(),
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
