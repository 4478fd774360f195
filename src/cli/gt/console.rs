//! `gt` alone: the control room.

use crate::cli::caller::Caller;
use crate::cli::edge;
use crate::cli::report::{Ended, mismatch};
use crate::client::TownClient;
use crate::config::capture_env;
use crate::console::{self, Options};
use crate::daemon::Embedded;
use crate::domain::{Answer, Command, Kind, Query, Refusal, TownWish, Wish};
use crate::support::paths::TownPaths;
use crate::verbs::Context;

/// Opens the control room; with `embedded`, engine and host live in this very process.
pub(crate) fn run(embedded: bool, caller: &Caller) -> Ended {
    if !edge::is_interactive() {
        return Err(
            Refusal::new(Kind::Usage, "the control room needs a terminal")
                .hint("gt status")
                .hint("gt --help")
                .into(),
        );
    }
    let paths = caller.paths()?;
    if embedded {
        // Engine and host end, and with them every agent, when this is dropped.
        let town = Embedded::start(&paths)?;
        let opened = open(&paths, caller.context()?);
        drop(town);
        return Ok(opened?);
    }
    Ok(open(&paths, caller.context()?)?)
}

/// Opens the control room for lines that are typed at `place`; agents may be started from it, so
/// it brings the environment for them.
pub(crate) fn open(paths: &TownPaths, place: Context) -> Result<(), Refusal> {
    let context = Context {
        env: capture_env(edge::environment()),
        ..place
    };
    console::run(paths, Options { context, start })
}

/// Starts engine and host where they do not run, never an agent, and never against a `gt down`. In a
/// town that is up, agents are started with this terminal's environment from now on (DECISIONS 17).
fn start(paths: &TownPaths) -> Result<(), Refusal> {
    let mut town = TownClient::start(paths.clone())?;
    let Answer::Town(now) = town.query(Query::Town)? else {
        return Err(mismatch("gt"));
    };
    match now.wish {
        Wish::Down => Ok(()),
        Wish::Up => {
            let env = capture_env(edge::environment());
            let wish = Command::TownWish(TownWish {
                wish: Wish::Up,
                env,
            });
            town.command(wish, "gt").map(drop)
        }
    }
}
