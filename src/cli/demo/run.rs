//! `gt demo`: from the empty folder to the last line, with the control room or without.
//!
//! It owns the order of things and the cleaning up; everything else is in the files beside it.

#![expect(
    clippy::disallowed_methods,
    reason = "the demo's start is where its own program and search path are looked up"
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::place::Place;
use super::plain;
use super::play::{Operator, Play};
use super::room;
use super::stage::{self, Given, Stage, Unset};
use super::tell;
use super::watch::{Ended, Watch};
use crate::client::TownClient;
use crate::domain::{Kind, Refusal};

/// Longest plain run, setting the stage included.
const LIMIT: Duration = Duration::from_secs(55);

/// What `gt demo` was asked.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Run to the end without the control room.
    pub plain: bool,
    /// Leave the town, and what runs in it.
    pub keep: bool,
    /// Where, in place of a fresh temporary folder.
    pub dir: Option<PathBuf>,
}

/// Runs the demo.
pub fn run(options: &Options) -> Result<(), Refusal> {
    if !options.plain && !tell::is_interactive() {
        let refusal = Refusal::new(Kind::Usage, "the control room needs a terminal");
        return Err(refusal.hint("gt demo --plain"));
    }
    let place = Place::make(options.dir.as_deref())?;
    let came = given().and_then(|given| {
        if options.plain {
            without_room(&place, &given)
        } else {
            with_room(&place, &given)
        }
    });
    let cleaned = end(place, options.keep);
    if came.is_ok() {
        closing();
    }
    match (came, cleaned) {
        (Err(came), Err(left)) => {
            tell::note(&format!("warning: {}", left.message));
            Err(came)
        }
        (came, cleaned) => came.and(cleaned),
    }
}

fn given() -> Result<Given, Refusal> {
    let program = std::env::current_exe()
        .map_err(|error| Refusal::failed(format!("this program cannot be found: {error}")))?;
    Ok(Given {
        program,
        path: std::env::var("PATH").unwrap_or_else(|_| "/usr/local/bin:/usr/bin:/bin".to_owned()),
        now: jiff::Timestamp::now().to_string(),
    })
}

fn without_room(place: &Place, given: &Given) -> Result<(), Refusal> {
    let mut watch = Watch::new(Some(LIMIT));
    watch.hear_signals()?;
    let remote = open(place, given)?;
    let mut client = stage::start(place, given)?;
    watch.hear_town(&place.town())?;
    let mut story = plain::Story::default();
    let came = set_and_play(place, &remote, &mut client, &mut watch, &mut story);
    // What happened up to a bad end is what explains it.
    drop(story.tell(&mut client));
    match came {
        Ok(line) => {
            tell::line(&format!("\n{line}"));
            Ok(())
        }
        Err(Unset::Refused(refusal)) => Err(refusal),
        Err(Unset::Ended(Ended::Interrupted | Ended::Told)) => Err(interrupted()),
        Err(Unset::Ended(Ended::TimedOut)) => Err(Refusal::failed(format!(
            "the demo did not end within {} s: the town never became ready",
            LIMIT.as_secs()
        ))),
    }
}

fn set_and_play(
    place: &Place,
    remote: &Path,
    client: &mut TownClient,
    watch: &mut Watch,
    story: &mut plain::Story,
) -> Result<String, Unset> {
    let stage = stage::fill(place, remote, client, watch)?;
    let mut play = course(&stage, Operator::Demo);
    match plain::play(&mut play, client, watch, story) {
        Ok(()) => Ok(plain::check(place, remote, &stage.convoy, client)?),
        Err(Unset::Ended(Ended::TimedOut)) => Err(plain::late(&play, client, LIMIT).into()),
        Err(other) => Err(other),
    }
}

fn with_room(place: &Place, given: &Given) -> Result<(), Refusal> {
    let mut watch = Watch::new(None);
    let remote = open(place, given)?;
    let mut client = stage::start(place, given)?;
    watch.hear_town(&place.town())?;
    let stage = match stage::fill(place, &remote, &mut client, &mut watch) {
        Ok(stage) => stage,
        Err(Unset::Refused(refusal)) => return Err(refusal),
        Err(Unset::Ended(_)) => return Err(interrupted()),
    };
    room::show(
        place,
        given,
        client,
        watch,
        course(&stage, Operator::Person),
    )
}

fn open(place: &Place, given: &Given) -> Result<PathBuf, Refusal> {
    tell::line(&format!(
        "a throwaway town in {}: a small repository, eight beads, scripted agents",
        place.town().root().display()
    ));
    stage::build(place, given)
}

fn course(stage: &Stage, operator: Operator) -> Play {
    Play::new(
        stage.rig.clone(),
        stage.convoy.clone(),
        stage.parts.clone(),
        operator,
    )
}

/// Stops everything and removes the folder; or says where it is.
fn end(place: Place, keep: bool) -> Result<(), Refusal> {
    let town = place.town();
    let root = town.root().display().to_string();
    if keep {
        tell::line(&format!(
            "\nThe town stays in {root}, and its agents go on."
        ));
        tell::line(&format!("  gt --town {root}             opens it again"));
        tell::line(&format!(
            "  gt --town {root} down --all  stops everything in it"
        ));
        return Ok(());
    }
    room::stop(&town)?;
    place.remove()?;
    tell::line(&format!("\nThe town in {root} is stopped and removed."));
    Ok(())
}

fn closing() {
    tell::line(
        "\nNext:
  cargo install --path .                              puts `gt` and `bd` on your PATH
  gt install ~/gt --name trading-hq --shell           makes a town of your own
  gt rig add tradingbot <url or path of a repository> takes a repository under care
  bd create \"...\" --type task                         files work; `gt sling <id> tradingbot` hands it out
  gt                                                  opens the control room",
    );
}

fn interrupted() -> Refusal {
    Refusal::failed("the demo was interrupted")
}
