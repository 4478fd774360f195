//! `gt rig list`.

use crate::cli::caller::Caller;
use crate::cli::report::Ended;
use crate::cli::{output, show};
use crate::verbs::RigListArgs;

/// Shows rigs.
pub(crate) fn list(args: &RigListArgs, caller: &Caller) -> Ended {
    let town = caller.town()?;
    if args.json {
        return output::json(&show::rigs_json(&town.rigs));
    }
    if town.rigs.is_empty() {
        return output::line("no rig yet (`gt rig add <name> <repository>` adds one)");
    }
    output::text(&show::rigs_text(&town.rigs, &caller.look()))
}
