//! `gt` alone: the control room.

use crate::cli::caller::Caller;
use crate::cli::edge;
use crate::cli::report::Ended;
use crate::domain::{Kind, Refusal};

/// Opens the control room; with `embedded`, engine and host live in this very process.
pub(crate) fn run(embedded: bool, caller: &Caller) -> Ended {
    if !edge::is_interactive() {
        return Err(
            Refusal::new(Kind::Usage, "the control room needs a terminal")
                .hint("gt status")
                .hint("gt --help")
                .into(),
        );
    }
    let paths = caller.paths()?;
    Ok(crate::cli::pending::console(&paths, embedded)?)
}
