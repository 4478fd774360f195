//! `gt version`.

use crate::cli::caller::Caller;
use crate::cli::output;
use crate::cli::report::Ended;
use crate::wire::BUILD;

/// Prints the version.
pub(crate) fn run(caller: &Caller) -> Ended {
    output::line(&format!("{} {BUILD}", caller.how))
}
