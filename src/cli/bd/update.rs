//! `bd update`.

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{output, show};
use crate::domain::Outcome;
use crate::verbs::BeadUpdateArgs;

/// Changes a bead.
pub(crate) fn run(args: &BeadUpdateArgs, caller: &Caller) -> Ended {
    let Outcome::Bead { bead, .. } = caller.command(args.command()?)? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        return output::json(&show::beads_json(&[*bead]));
    }
    output::line(&show::bead_line("changed", &bead, &caller.look()))
}
