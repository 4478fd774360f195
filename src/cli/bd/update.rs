//! `bd update`, and the verbs that change one field.

use super::several::Several;
use super::touched;
use crate::cli::caller::Caller;
use crate::cli::report::Ended;
use crate::cli::{intake, output};
use crate::domain::{BeadClose, BeadStatus, Command};
use crate::verbs::{BeadUpdateArgs, UndeferArgs};

/// Changes beads.
pub(crate) fn run(args: &BeadUpdateArgs, caller: &Caller) -> Ended {
    let mut args = args.clone();
    touched::or_last(&mut args.ids, caller)?;
    args.texts.take(|name| intake::text(caller, name))?;
    let mut town = Several::open(caller, args.json)?;
    let commands = args.commands(&caller.place())?;
    for command in commands {
        town.run("changed", command);
    }
    if args.closes() && !town.has_failed() {
        for id in &args.ids {
            let close = BeadClose {
                ids: vec![id.clone()],
                reason: "Closed".to_owned(),
                force: false,
                session: args.marks.session.clone(),
            };
            town.run("closed", Command::BeadClose(close));
        }
    }
    town.end()
}

/// Carries out changes, each of one bead.
pub(crate) fn each(
    verb: &'static str,
    commands: Vec<Command>,
    json: bool,
    caller: &Caller,
) -> Ended {
    let mut town = Several::open(caller, json)?;
    for command in commands {
        town.run(verb, command);
    }
    town.end()
}

/// Brings deferred beads back; what is not deferred is told and left as it is.
pub(crate) fn undefer(args: &UndeferArgs, caller: &Caller) -> Ended {
    let mut town = Several::open(caller, args.json)?;
    for id in &args.ids {
        let Some(bead) = town.look(id) else { continue };
        if bead.status != BeadStatus::Deferred && bead.rest.defer_until.is_none() {
            output::note(&format!(
                "`{}` is not deferred: status `{}`",
                bead.id,
                bead.status_text()
            ));
            town.keep(bead);
            continue;
        }
        let mut command = UndeferArgs::command(&bead.id);
        if let (Command::BeadUpdate(update), true) =
            (&mut command, bead.status != BeadStatus::Deferred)
        {
            update.status = None;
        }
        town.run("brought back", command);
    }
    town.end()
}
