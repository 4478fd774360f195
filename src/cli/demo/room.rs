//! The demo with the control room: beads are slung behind it while the person looks and answers.

use std::thread::JoinHandle;

use super::place::Place;
use super::play::{Play, Progress};
use super::stage::{self, Given};
use super::tell;
use super::watch::Watch;
use crate::client::{Need, TownClient};
use crate::console;
use crate::domain::{Answer, Kind, Query, Refusal};
use crate::support::paths::TownPaths;
use crate::verbs::Context;

/// Opens the control room, and goes on slinging until it is left.
pub(super) fn show(
    place: &Place,
    given: &Given,
    client: TownClient,
    watch: Watch,
    play: Play,
) -> Result<(), Refusal> {
    let stopper = watch.stopper();
    let director = direct(client, watch, play)?;
    let town = place.town();
    // Agents that are started from the room get the demo's environment too, not the person's.
    let context = Context {
        cwd: town.root().to_owned(),
        home: Some(place.home()),
        env: stage::agents_env(place, given),
        ..Context::default()
    };
    let options = console::Options {
        context,
        ..console::Options::default()
    };
    let left = console::run(&town, options);
    stopper.stop();
    let directed = director
        .join()
        .map_err(|_| Refusal::failed("the demo's own thread ended badly"))?;
    if let Err(refusal) = directed {
        tell::note(&format!(
            "warning: the demo stopped early: {}",
            refusal.message
        ));
    }
    left
}

/// Slings what is due on a thread of its own, until everything landed or the room is left.
fn direct(
    mut client: TownClient,
    mut watch: Watch,
    mut play: Play,
) -> Result<JoinHandle<Result<(), Refusal>>, Refusal> {
    std::thread::Builder::new()
        .name("director".to_owned())
        .spawn(move || {
            loop {
                match turn(&mut client, &mut play) {
                    Ok(Progress::Over) => return Ok(()),
                    Ok(Progress::Going | Progress::Stuck(_)) => {}
                    // The engine is away: the watch says when there is one again.
                    Err(refusal) if refusal.kind == Kind::Unreachable => {
                        if watch.next().is_err() {
                            return Ok(());
                        }
                        client = TownClient::open(client.paths().clone(), Need::Ledger)?;
                        continue;
                    }
                    Err(refusal) => return Err(refusal),
                }
                if watch.next().is_err() {
                    return Ok(());
                }
            }
        })
        .map_err(|error| Refusal::failed(format!("no thread: {error}")))
}

fn turn(client: &mut TownClient, play: &mut Play) -> Result<Progress, Refusal> {
    let Answer::Town(town) = client.query(Query::Town)? else {
        return Err(Refusal::failed("no answer about the town"));
    };
    Ok(play.step(client, &town)?.0)
}

/// Ends the engine, the host and all that runs in the town.
pub(super) fn stop(town: &TownPaths) -> Result<(), Refusal> {
    if !town.town_file().is_file() {
        return Ok(());
    }
    TownClient::shutdown(town)
}
