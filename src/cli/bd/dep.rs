//! `bd dep add`.

use serde_json::json;

use crate::cli::caller::Caller;
use crate::cli::output;
use crate::cli::report::{Ended, mismatch};
use crate::domain::Outcome;
use crate::support::text::clean;
use crate::verbs::DepAddArgs;

/// Makes a bead wait for another, or links them.
pub(crate) fn add(args: &DepAddArgs, caller: &Caller) -> Ended {
    let Outcome::Done { message } = caller.command(args.command())? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        return output::json(&json!({
            "status": "added",
            "issue_id": args.bead,
            "depends_on_id": args.on,
            "type": args.kind,
            "schema_version": 1,
        }));
    }
    output::line(&clean(&message))
}
