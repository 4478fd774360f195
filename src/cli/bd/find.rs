//! From a verb that looks for beads to the function that carries it out. Nothing else.

use super::{list, ready};
use crate::cli::caller::Caller;
use crate::cli::report::Ended;
use crate::verbs::find::Find;

/// Carries it out.
pub(crate) fn run(find: &Find, caller: &Caller) -> Ended {
    match find {
        Find::List(args) => list::list(args, caller),
        Find::Ready(args) => ready::run(args, caller),
        Find::Blocked(args) => list::blocked(args, caller),
        Find::Children(args) => list::children(args, caller),
        Find::Search(args) => list::search(args, caller),
        Find::Query(args) => list::query(args, caller),
        Find::Stale(args) => list::stale(args, caller),
    }
}
