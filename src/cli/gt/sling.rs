//! `gt sling`.

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{output, show};
use crate::domain::Outcome;
use crate::verbs::SlingArgs;

/// Gives a bead to a new polecat and tells the story.
pub(crate) fn run(args: &SlingArgs, caller: &Caller) -> Ended {
    let Outcome::Slung(slung) = caller.command_with_hands(args.command())? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        return output::json(&show::slung_json(&slung));
    }
    output::text(&show::slung_text(&slung, &caller.look()))
}
