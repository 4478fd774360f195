//! `gt attach`, `gt crew at`, `gt mayor attach`: agents' terminals in this one; `gt reset` for a
//! terminal that was left as it was.

use crate::cli::caller::Caller;
use crate::cli::edge;
use crate::cli::report::{Ended, mismatch};
use crate::client::{Need, TownClient};
use crate::console;
use crate::domain::{Address, Answer, Kind, Query, Refusal, RunId, Seat, SeatView};
use crate::verbs::{AttachArgs, CrewAtArgs, MayorAttachArgs};

/// Opens agents' terminals, each in a place of its own.
pub(crate) fn run(args: &AttachArgs, caller: &Caller) -> Ended {
    check_terminal(caller, args.agents.first().map_or("", String::as_str))?;
    let mut town = caller.open(Need::Ledger)?;
    let mut runs: Vec<(String, RunId)> = Vec::new();
    for name in &args.agents {
        let seat = seat(&mut town, name, caller)?;
        let run = living(&seat)?;
        if runs.iter().all(|(_, known)| *known != run) {
            runs.push((seat.address.short(), run));
        }
    }
    drop(town);
    Ok(console::attach(&caller.paths()?, runs, args.read_only)?)
}

/// Opens a crew member's terminal.
pub(crate) fn crew(args: &CrewAtArgs, caller: &Caller) -> Ended {
    check_terminal(caller, &args.name)?;
    let found = seat(&mut caller.open(Need::Ledger)?, &args.name, caller);
    let nobody = || {
        Refusal::not_found(format!("no crew member `{}` has a terminal", args.name))
            .hint("gt status")
    };
    let seat = found.map_err(|why| or_else(why, nobody))?;
    match &seat.address {
        Address::Rig(_, Seat::Crew(_)) => alone(&seat, args.read_only, caller),
        other => Err(
            Refusal::not_found(format!("`{}` is no crew member", other.short()))
                .hint(format!("gt attach {}", other.short()))
                .into(),
        ),
    }
}

/// Opens the mayor's terminal.
pub(crate) fn mayor(args: &MayorAttachArgs, caller: &Caller) -> Ended {
    check_terminal(caller, "mayor")?;
    let found = seat(&mut caller.open(Need::Ledger)?, "mayor", caller);
    let nobody =
        || Refusal::not_found("the mayor has no terminal: no session of it runs").hint("gt status");
    let seat = found.map_err(|why| or_else(why, nobody))?;
    match &seat.address {
        Address::Mayor => alone(&seat, args.read_only, caller),
        _ => Err(nobody().into()),
    }
}

/// Brings this terminal back.
pub(crate) fn reset() -> Ended {
    Ok(console::reset()?)
}

fn check_terminal(caller: &Caller, name: &str) -> Result<(), Refusal> {
    if edge::is_interactive() {
        return Ok(());
    }
    let why = format!("`{}` needs a terminal", caller.how);
    Err(Refusal::new(Kind::Usage, why).hint(format!("gt peek {name}")))
}

fn seat(town: &mut TownClient, name: &str, caller: &Caller) -> Result<SeatView, Refusal> {
    let agent = name.to_owned();
    match town.query(Query::Seat { agent })? {
        Answer::Seat(seat) => Ok(*seat),
        _ => Err(mismatch(caller.how)),
    }
}

/// What nobody answers to is said in words of the seat that is meant.
fn or_else(why: Refusal, nobody: impl FnOnce() -> Refusal) -> Refusal {
    if why.kind == Kind::NotFound {
        nobody()
    } else {
        why
    }
}

/// The run that lives in a seat.
fn living(seat: &SeatView) -> Result<RunId, Refusal> {
    if let Some(run) = seat.run.as_ref().filter(|_| seat.alive) {
        return Ok(run.clone());
    }
    let name = seat.address.short();
    let why = seat.ended.as_deref().unwrap_or("it was never started");
    Err(
        Refusal::refused(format!("`{name}` has no terminal now: {why}"))
            .hint(format!("gt peek {name}")),
    )
}

fn alone(seat: &SeatView, read_only: bool, caller: &Caller) -> Ended {
    let runs = vec![(seat.address.short(), living(seat)?)];
    Ok(console::attach(&caller.paths()?, runs, read_only)?)
}
