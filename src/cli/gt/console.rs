//! `gt` alone: the control room.

use crate::cli::caller::Caller;
use crate::cli::edge;
use crate::cli::report::Ended;
use crate::config::capture_env;
use crate::console::{self, Options};
use crate::daemon::Embedded;
use crate::domain::{Kind, Refusal};
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
    let options = Options {
        context,
        ..Options::default()
    };
    console::run(paths, options)
}
