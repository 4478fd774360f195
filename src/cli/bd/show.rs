//! `bd show`.

use super::touched;
use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{output, show};
use crate::domain::Answer;
use crate::verbs::BeadShowArgs;

/// Shows beads, each on a page.
pub(crate) fn run(args: &BeadShowArgs, caller: &Caller) -> Ended {
    let Answer::Beads { beads, .. } = caller.query(args.query())? else {
        return Err(mismatch(caller.how).into());
    };
    touched::seen(beads.last(), caller);
    if args.json {
        return output::json(&show::shown_json(&beads));
    }
    let look = caller.look();
    let pages: Vec<String> = beads
        .iter()
        .map(|bead| show::bead_text(bead, &look))
        .collect();
    output::text(&pages.join("\n"))
}
