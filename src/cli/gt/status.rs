//! `gt status`.

use crate::cli::caller::Caller;
use crate::cli::report::Ended;
use crate::cli::{output, show};
use crate::verbs::StatusArgs;

/// Shows the town.
pub(crate) fn run(args: &StatusArgs, caller: &Caller) -> Ended {
    let town = caller.town()?;
    if args.json {
        return output::json(&show::status_json(&town));
    }
    output::text(&show::status_text(&town, &caller.look()))
}
