//! `gt hook`.

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{output, show};
use crate::domain::Answer;
use crate::verbs::HookArgs;

/// Shows what is on a hook.
pub(crate) fn run(args: &HookArgs, caller: &Caller) -> Ended {
    let Answer::Work(work) = caller.query(args.query())? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        return output::json(&show::hook_json(&work));
    }
    output::text(&show::hook_text(&work, &caller.look()))
}
