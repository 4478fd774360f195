//! Waiting for something to become true in the live town: driven by the engine's pushes, with a
//! deadline, never by asking again and again.

use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use super::edge;
use crate::client::{Subscription, Update};
use crate::domain::{Delta, Refusal, TownView};
use crate::support::paths::TownPaths;

/// What a watcher sees.
#[derive(Debug)]
pub(super) enum Watched<'a> {
    /// The whole town: first, and again after a gap.
    Town(&'a TownView),
    /// One change.
    Delta(&'a Delta),
    /// The engine is away.
    Lost,
}

/// Watches until `seen` has an answer; `None` when the time is over.
pub(super) fn wait_for<T>(
    paths: &TownPaths,
    patience: Option<Duration>,
    mut seen: impl FnMut(Watched<'_>) -> Option<T>,
) -> Result<Option<T>, Refusal> {
    let town = Subscription::open(paths)?;
    let end = patience.map(|patience| edge::moment() + patience);
    loop {
        let update = match end {
            Some(end) => {
                let left = end.saturating_duration_since(edge::moment());
                town.updates().recv_timeout(left)
            }
            None => town
                .updates()
                .recv()
                .map_err(|_| RecvTimeoutError::Disconnected),
        };
        let Ok(update) = update else {
            return Ok(None);
        };
        if let Some(answer) = tell(&update, &mut seen) {
            return Ok(Some(answer));
        }
    }
}

fn tell<T>(update: &Update, seen: &mut impl FnMut(Watched<'_>) -> Option<T>) -> Option<T> {
    match update {
        Update::Snapshot(town) => seen(Watched::Town(town)),
        Update::Deltas(_, deltas) => deltas.iter().find_map(|delta| seen(Watched::Delta(delta))),
        Update::Lost(_) => seen(Watched::Lost),
    }
}
