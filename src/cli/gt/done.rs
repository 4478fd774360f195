//! `gt done`.

use serde_json::json;

use crate::cli::caller::Caller;
use crate::cli::output;
use crate::cli::report::{Ended, mismatch};
use crate::domain::Outcome;
use crate::support::text::clean_block;
use crate::verbs::DoneArgs;

/// Hands one's work in.
pub(crate) fn run(args: &DoneArgs, caller: &Caller) -> Ended {
    let command = args.command(&caller.place())?;
    let Outcome::Submitted {
        merge,
        bead,
        message,
    } = caller.command_with_hands(command)?
    else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        return output::json(&json!({"merge": merge, "bead": bead, "message": message}));
    }
    output::line(&clean_block(&message))
}
