//! `gt rig add`: asks for the rig, shows the clone at work, tells what is there then.
//!
//! The clone is a job of the terminal host, so it goes on when this command is interrupted.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{edge, output, show};
use crate::client::{AttachEvent, HostClient, Need, Subscription, TownClient, Update};
use crate::config::derive_prefix;
use crate::domain::{Answer, Delta, Kind, Outcome, Query, Refusal, RigPhase, RigView, RunId};
use crate::git;
use crate::support::paths::TownPaths;
use crate::support::text::{clean, fit};
use crate::verbs::RigAddArgs;

/// Takes a repository under care.
pub(crate) fn run(args: &RigAddArgs, caller: &Caller) -> Ended {
    let command = args.command(&caller.place())?;
    let paths = caller.paths()?;
    let mut town = caller.open(Need::Hands)?;
    let Outcome::Rig { rig } = town.command(command, caller.how)? else {
        return Err(mismatch(caller.how).into());
    };
    if !is_settled(&rig) && TownClient::running(&paths)?.is_none() {
        return stored(args, &rig);
    }
    let known = rig.phase == RigPhase::Active;
    let rig = if is_settled(&rig) {
        *rig
    } else {
        follow(&paths, *rig)?
    };
    if rig.phase == RigPhase::Failed {
        let why = rig.note.as_deref().unwrap_or("no reason is known");
        return Err(Refusal::failed(format!(
            "the rig `{}` could not be added: {}",
            rig.name,
            clean(why)
        ))
        .hint(format!(
            "mend what is named above, then `gt rig add {} …` again",
            rig.name
        ))
        .into());
    }
    let Answer::Rig(rig) = town.query(Query::Rig { name: rig.name })? else {
        return Err(mismatch(caller.how).into());
    };
    keep_in_repository(&paths, &rig);
    if args.json {
        return output::json(&show::rig_json(&rig));
    }
    if known {
        return output::line(&show::rig_again(&rig));
    }
    let derived = derivation(args, &rig);
    output::text(&show::rig_story(&rig, &derived, &paths, &caller.look()))
}

/// The town is down: the wish for the rig is kept, and nobody clones it now.
fn stored(args: &RigAddArgs, rig: &RigView) -> Ended {
    if args.json {
        return output::json(&show::rig_json(rig));
    }
    output::line(&format!(
        "stored: the town is down, so {} is cloned when it is up again (`gt up`)",
        rig.name
    ))
}

/// A town that is a repository stays clean: the rig's settings are committed (DOCUMENT 3).
fn keep_in_repository(paths: &TownPaths, rig: &RigView) {
    let below = [rig.name.as_str(), "mayor", ".beads", "settings"];
    let message = format!("Add the rig {}", rig.name);
    if let Err(error) = git::town::record(paths.root(), &below, &message) {
        output::note(&format!(
            "warning: the town's repository did not take the new rig: {error}"
        ));
    }
}

/// How the prefix came about.
fn derivation(args: &RigAddArgs, rig: &RigView) -> String {
    let made = derive_prefix(rig.name.as_str());
    if args.prefix.as_ref() == Some(&rig.prefix) {
        "as you said".to_owned()
    } else if made == rig.prefix {
        format!("from the words of the name {}", rig.name)
    } else if rig.prefix.as_str().starts_with(made.as_str()) {
        format!("{made} is taken by another rig")
    } else {
        "from the beads that the repository tracks".to_owned()
    }
}

const fn is_settled(rig: &RigView) -> bool {
    match rig.phase {
        RigPhase::Cloning | RigPhase::Preparing => false,
        RigPhase::Active | RigPhase::Failed => true,
    }
}

enum News {
    Town(Update),
    Job(AttachEvent),
}

/// Shows the clone's own words until the rig is ready or has failed.
fn follow(paths: &TownPaths, mut rig: RigView) -> Result<RigView, Refusal> {
    let (send, receive) = sync_channel(64);
    let town = Subscription::open(paths)?;
    forward(send.clone(), move || {
        town.updates().recv().ok().map(News::Town)
    });
    let mut shown = Progress::new(&rig);
    let mut attached: Option<RunId> = None;
    loop {
        if let Some(job) = &rig.job
            && attached.as_ref() != Some(job)
        {
            attached = Some(job.clone());
            watch_job(paths, job, &send);
        }
        match receive_one(&receive)? {
            News::Job(AttachEvent::Bytes(bytes)) => shown.bytes(&bytes),
            News::Job(
                AttachEvent::Size(_)
                | AttachEvent::History(_)
                | AttachEvent::Exited(_)
                | AttachEvent::Lost(_)
                | AttachEvent::Holder(_),
            ) => {}
            News::Town(Update::Lost(_)) => {
                // The clone goes on under the terminal host; an engine has to hear of its end.
                drop(TownClient::open(paths.clone(), Need::Hands)?);
            }
            // A rig that could not be added is no longer among the town's.
            News::Town(Update::Snapshot(_)) => rig = asked(paths, &rig)?,
            News::Town(update) => {
                if let Some(newer) = of(update, &rig) {
                    rig = newer;
                }
            }
        }
        if is_settled(&rig) {
            shown.end();
            return Ok(rig);
        }
    }
}

fn asked(paths: &TownPaths, rig: &RigView) -> Result<RigView, Refusal> {
    let mut town = TownClient::open(paths.clone(), Need::Hands)?;
    match town.query(Query::Rig {
        name: rig.name.clone(),
    })? {
        Answer::Rig(rig) => Ok(*rig),
        _ => Err(mismatch("gt rig add")),
    }
}

fn receive_one(receive: &Receiver<News>) -> Result<News, Refusal> {
    receive.recv().map_err(|_| {
        Refusal::new(Kind::Unreachable, "the engine went away while it cloned").hint("gt rig list")
    })
}

/// The rig in an update, when the update holds it.
fn of(update: Update, rig: &RigView) -> Option<RigView> {
    match update {
        Update::Snapshot(town) => town.rigs.into_iter().find(|other| other.name == rig.name),
        Update::Deltas(_, deltas) => deltas.into_iter().rev().find_map(|delta| match delta {
            Delta::Rig(other) if other.name == rig.name => Some(*other),
            Delta::RigGone(name) if name == rig.name => Some(RigView {
                phase: RigPhase::Failed,
                note: rig
                    .note
                    .clone()
                    .or_else(|| Some("it was taken back".to_owned())),
                ..rig.clone()
            }),
            Delta::Rig(_)
            | Delta::RigGone(_)
            | Delta::Agent(_)
            | Delta::AgentGone(_)
            | Delta::Merge(_)
            | Delta::Convoy(_)
            | Delta::Beads(_)
            | Delta::Attention(_)
            | Delta::Wish(_)
            | Delta::Engine(_)
            | Delta::Nudge(_)
            | Delta::Event(_) => None,
        }),
        Update::Lost(_) => None,
    }
}

/// Brings the job's output into the same channel. A job that is over already says nothing.
fn watch_job(paths: &TownPaths, job: &RunId, send: &SyncSender<News>) {
    if let Ok(attached) = HostClient::attach(paths, job, None) {
        forward(send.clone(), move || {
            attached.events().recv().ok().map(News::Job)
        });
    }
}

/// A thread that ends with its source or with the one who listens; nobody waits for it.
fn forward(send: SyncSender<News>, next: impl FnMut() -> Option<News> + Send + 'static) {
    let mut next = next;
    drop(
        std::thread::Builder::new()
            .name("rig-add".to_owned())
            .spawn(move || {
                while let Some(news) = next() {
                    if send.send(news).is_err() {
                        break;
                    }
                }
            }),
    );
}

/// The clone's own words: one line that changes on a terminal, finished lines elsewhere.
struct Progress {
    watched: bool,
    line: Vec<u8>,
    drawn: bool,
}

impl Progress {
    fn new(rig: &RigView) -> Self {
        output::note(&format!("cloning {} from {}", rig.name, clean(&rig.url)));
        Self {
            watched: edge::messages_are_watched(),
            line: Vec::new(),
            drawn: false,
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'\n' => self.finish(),
                b'\r' => self.draw(),
                other => self.line.push(*other),
            }
        }
        self.line.truncate(4096);
    }

    fn text(&mut self) -> String {
        let text = fit(clean(&String::from_utf8_lossy(&self.line)).trim(), 100);
        self.line.clear();
        text
    }

    fn draw(&mut self) {
        let text = self.text();
        if self.watched && !text.is_empty() {
            output::progress(&format!("\r\x1b[K  {text}"));
            self.drawn = true;
        }
    }

    fn finish(&mut self) {
        let text = self.text();
        if !text.is_empty() {
            self.end();
            output::note(&format!("  {text}"));
        }
    }

    /// Takes the changing line away.
    fn end(&mut self) {
        if std::mem::take(&mut self.drawn) {
            output::progress("\r\x1b[K");
        }
    }
}
