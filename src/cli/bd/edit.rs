//! The further verbs of `bd` that change beads: each to the file that carries it out.

use super::{create, update};
use crate::cli::caller::Caller;
use crate::cli::report::Ended;
use crate::verbs::Edit;

/// Carries one out.
pub(crate) fn run(edit: &Edit, caller: &Caller) -> Ended {
    match edit {
        Edit::Quick(args) => create::quick(args, caller),
        Edit::Assign(args) => update::each("changed", vec![args.command()], args.json, caller),
        Edit::Priority(args) => update::each("changed", vec![args.command()], args.json, caller),
        Edit::Tag(args) => update::each("changed", vec![args.command()?], args.json, caller),
        Edit::Note(args) => update::each("changed", vec![args.command()?], args.json, caller),
        Edit::Defer(args) => {
            let commands = args.commands(&caller.place())?;
            update::each("deferred", commands, args.json, caller)
        }
        Edit::Undefer(args) => update::undefer(args, caller),
    }
}
