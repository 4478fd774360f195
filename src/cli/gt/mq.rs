//! `gt mq list` and `gt mq retry`.

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{output, show};
use crate::domain::{Answer, Outcome};
use crate::support::text::clean;
use crate::verbs::{MergeListArgs, MergeRetryArgs};

/// Shows the queue and what landed last (DOCUMENT 41).
pub(crate) fn list(args: &MergeListArgs, caller: &Caller) -> Ended {
    let Answer::Merges { open, ended } = caller.query(args.query())? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        return output::json(&show::merges_json(&open, &ended));
    }
    output::text(&show::merges_text(&open, &ended, &caller.look()))
}

/// Puts a held merge request back into the queue.
pub(crate) fn retry(args: &MergeRetryArgs, caller: &Caller) -> Ended {
    let Outcome::Done { message } = caller.command_with_hands(args.command())? else {
        return Err(mismatch(caller.how).into());
    };
    output::line(&clean(&message))
}
