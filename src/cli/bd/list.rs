//! `bd list` and `bd ready`.

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{output, show};
use crate::domain::{Answer, Query};
use crate::verbs::{BeadListArgs, BeadReadyArgs};

/// Shows beads that match.
pub(crate) fn run(args: &BeadListArgs, caller: &Caller) -> Ended {
    let query = args.query(&caller.context()?)?;
    answer(query, args.json, "no bead matches", caller)
}

/// Shows beads that can be started.
pub(crate) fn ready(args: &BeadReadyArgs, caller: &Caller) -> Ended {
    let query = args.query(&caller.context()?);
    answer(query, args.json, "no bead can be started", caller)
}

fn answer(query: Query, json: bool, none: &str, caller: &Caller) -> Ended {
    let Answer::Beads { beads, total } = caller.query(query)? else {
        return Err(mismatch(caller.how).into());
    };
    if json {
        return output::json(&show::beads_json(&beads));
    }
    if beads.is_empty() {
        return output::line(none);
    }
    output::text(&show::beads_text(&beads, total, &caller.look()))
}
