//! The further verbs of `bd` that change beads: each to the file that carries it out.

use super::{batch, close, create, dep, gate, ship, slot, talk, update};
use crate::cli::caller::Caller;
use crate::cli::report::Ended;
use crate::domain::Command;
use crate::verbs::Edit;

/// Carries one out.
pub(crate) fn run(edit: &Edit, caller: &Caller) -> Ended {
    let changed =
        |command: Command, json: bool| update::each("changed", vec![command], json, caller);
    match edit {
        Edit::Quick(args) => create::quick(args, caller),
        Edit::Assign(args) => changed(args.command(), args.json),
        Edit::Priority(args) => changed(args.command(), args.json),
        Edit::Tag(args) => changed(args.command()?, args.json),
        Edit::Note(args) => changed(args.command()?, args.json),
        Edit::Defer(args) => {
            let commands = args.commands(&caller.place())?;
            update::each("deferred", commands, args.json, caller)
        }
        Edit::Undefer(args) => update::undefer(args, caller),
        Edit::Done(args) => close::done(args, caller),
        Edit::LabelAdd(args) => talk::label(args, false, caller),
        Edit::LabelRemove(args) => talk::label(args, true, caller),
        Edit::Labels(args) => talk::labels(args, caller),
        Edit::AllLabels(args) => talk::all_labels(args, caller),
        Edit::LabelPropagate(args) => talk::propagate(args, caller),
        Edit::Comments(args) => talk::comments(args, caller),
        Edit::Link(args) => dep::link(args, caller),
        Edit::Relate(args) => dep::relate(args, false, caller),
        Edit::Unrelate(args) => dep::relate(args, true, caller),
        Edit::Duplicate(args) => dep::duplicate(args, caller),
        Edit::Supersede(args) => dep::supersede(args, caller),
        Edit::Ship(args) => ship::run(args, caller),
        Edit::Batch(args) => batch::run(args, caller),
        Edit::GateList(args) => gate::list(args, caller),
        Edit::GateShow(args) => gate::show_one(args, caller),
        Edit::GateCreate(args) => gate::create(args, caller),
        Edit::GateResolve(args) => gate::resolve(args, caller),
        Edit::GateCheck(args) => gate::check(args, caller),
        Edit::GateWaiter(args) => changed(args.command(), args.json),
        Edit::SlotCreate(args) => slot::make(args, caller),
        Edit::SlotCheck(args) => slot::check(args, caller),
        Edit::SlotAcquire(args) => slot::acquire(args, caller),
        Edit::SlotRelease(args) => slot::release(args, caller),
    }
}
