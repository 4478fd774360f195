//! The demo with the control room: beads are slung behind it while the person looks and answers.

use std::thread::JoinHandle;

use super::place::Place;
use super::play::{Play, Progress};
use super::tell;
use super::watch::Watch;
use crate::client::TownClient;
use crate::domain::{Answer, Query, Refusal};
use crate::support::paths::TownPaths;

/// Opens the control room, and goes on slinging until it is left.
pub(super) fn show(
    place: &Place,
    client: TownClient,
    watch: Watch,
    play: Play,
) -> Result<(), Refusal> {
    let stopper = watch.stopper();
    let director = direct(client, watch, play)?;
    let town = place.town();
    let left = crate::cli::pending::console(&town, false);
    stopper.stop();
    let directed = director
        .join()
        .map_err(|_| Refusal::failed("the demo's own thread ended badly"))?;
    match directed {
        Ok(Some(why)) => tell::note(&format!("the demo stopped early: {why}")),
        Ok(None) => {}
        Err(refusal) => tell::note(&format!("the demo stopped early: {}", refusal.message)),
    }
    left
}

/// Slings what is due on a thread of its own; answers with what the town is stuck on, if it is.
fn direct(
    mut client: TownClient,
    mut watch: Watch,
    mut play: Play,
) -> Result<JoinHandle<Result<Option<String>, Refusal>>, Refusal> {
    std::thread::Builder::new()
        .name("director".to_owned())
        .spawn(move || {
            loop {
                let Answer::Town(town) = client.query(Query::Town)? else {
                    return Err(Refusal::failed("no answer about the town"));
                };
                match play.step(&mut client, &town)?.0 {
                    Progress::Over => return Ok(None),
                    // The person can mend it, and then it goes on.
                    Progress::Going | Progress::Stuck(_) => {}
                }
                if watch.next().is_err() {
                    return Ok(None);
                }
            }
        })
        .map_err(|error| Refusal::failed(format!("no thread: {error}")))
}

/// Ends the engine, the host and all that runs in the town.
pub(super) fn stop(town: &TownPaths) -> Result<(), Refusal> {
    if !town.town_file().is_file() {
        return Ok(());
    }
    TownClient::shutdown(town)
}
