//! `gt polecat list` and `gt polecat nuke`.

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{output, show};
use crate::domain::{Address, AgentView, RigName, Seat};
use crate::verbs::{NukeArgs, PolecatListArgs};

/// Shows polecats.
pub(crate) fn list(args: &PolecatListArgs, caller: &Caller) -> Ended {
    let town = caller.town()?;
    let polecats: Vec<&AgentView> = town
        .agents
        .iter()
        .filter(|agent| is_polecat_of(agent, args.rig.as_ref()))
        .collect();
    if args.json {
        return output::json(&show::polecats_json(&polecats));
    }
    if polecats.is_empty() {
        return output::line("no polecat at work (`gt sling <bead> <rig>` makes one)");
    }
    output::text(&show::polecats_text(&polecats, &caller.look()))
}

fn is_polecat_of(agent: &AgentView, rig: Option<&RigName>) -> bool {
    match &agent.address {
        Address::Rig(own, Seat::Polecat(_)) => rig.is_none_or(|rig| rig == own),
        Address::Rig(_, Seat::Witness | Seat::Refinery | Seat::Crew(_))
        | Address::Human
        | Address::Person(_)
        | Address::Engine
        | Address::Mayor
        | Address::Deacon
        | Address::Boot => false,
    }
}

/// Buries a polecat now and says where everything of it lies.
pub(crate) fn nuke(args: &NukeArgs, caller: &Caller) -> Ended {
    let outcome = caller.command_with_hands(args.command())?;
    if args.json {
        return output::json(&outcome);
    }
    match show::nuked_text(&outcome, &caller.look()) {
        Some(text) => output::text(&text),
        None => Err(mismatch(caller.how).into()),
    }
}
