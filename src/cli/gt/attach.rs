//! `gt attach`: an agent's terminal in this one.

use crate::cli::caller::Caller;
use crate::cli::edge;
use crate::cli::report::{Ended, mismatch};
use crate::console;
use crate::domain::{Answer, Kind, Query, Refusal};
use crate::verbs::AttachArgs;

/// Opens an agent's terminal.
pub(crate) fn run(args: &AttachArgs, caller: &Caller) -> Ended {
    if !edge::is_interactive() {
        return Err(Refusal::new(Kind::Usage, "`gt attach` needs a terminal")
            .hint(format!("gt peek {}", args.agent))
            .into());
    }
    let agent = args.agent.clone();
    let Answer::Seat(seat) = caller.query(Query::Seat { agent })? else {
        return Err(mismatch(caller.how).into());
    };
    let Some(run) = seat.run.as_ref().filter(|_| seat.alive) else {
        let why = seat
            .ended
            .unwrap_or_else(|| "it was never started".to_owned());
        return Err(Refusal::refused(format!(
            "`{}` has no terminal now: {why}",
            seat.address.short()
        ))
        .hint(format!("gt peek {}", seat.address.short()))
        .into());
    };
    let title = seat.address.short();
    Ok(console::attach(
        &caller.paths()?,
        vec![(title, run.clone())],
        args.read_only,
    )?)
}
