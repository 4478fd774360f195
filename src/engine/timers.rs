//! Deadlines: columns of rows, in town time, looked at when the nearest has come (STYLE B3.5).

use crate::domain::{Phase, Refusal, Wish};
use crate::rules::lifecycle;
use crate::store::{Store, StoreError};

use super::carry::Carried;
use super::input::At;
use super::town::Town;
use super::typing;

/// Town time of the nearest deadline that [`fire`] acts on.
pub(super) fn next(store: &Store) -> Result<Option<i64>, StoreError> {
    let agents = store.living()?.into_iter().flat_map(|row| {
        let restart = row.restart_at.filter(|_| row.phase == Phase::Running);
        [row.stop_at, restart]
    });
    let nudges = store.open_nudges()?.into_iter().map(|row| row.deadline);
    Ok(agents.flatten().chain(nudges).min())
}

/// Does what is due.
pub(super) fn fire(town: &mut Town, at: At, carried: &mut Carried) -> Result<(), Refusal> {
    let wish = town.store.wish()?;
    for row in town.store.living()? {
        if row.stop_at.is_some_and(|due| due <= at.now.town) {
            let live = town.live_run(&row)?;
            town.follow(
                "farewell over",
                lifecycle::stop_due(&row, live.as_ref()),
                at,
                carried,
            )?;
        } else if row.restart_at.is_some_and(|due| due <= at.now.town)
            && row.phase == Phase::Running
        {
            let bead = super::names::bead(&town.store, &row.bead)?;
            let decision = if wish == Wish::Up {
                lifecycle::restart(&row, &bead, at.now)
            } else {
                lifecycle::start_run(&row, Wish::Down, at.now)
            };
            town.follow("restart due", decision, at, carried)?;
        }
    }
    Ok(typing::expire(town, at, carried)?)
}
