//! `bd close`.

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{output, show};
use crate::domain::Outcome;
use crate::verbs::BeadCloseArgs;

/// Finishes beads by hand.
pub(crate) fn run(args: &BeadCloseArgs, caller: &Caller) -> Ended {
    let Outcome::Beads { beads } = caller.command(args.command()?)? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        return output::json(&show::beads_json(&beads));
    }
    let look = caller.look();
    for bead in &beads {
        output::line(&show::bead_line("closed", bead, &look))?;
    }
    Ok(())
}
