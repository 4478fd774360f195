//! From a verb about the ledger as a whole to the file that carries it out. Nothing else.

use super::{doctor, idle, init, kept, place, prime};
use crate::cli::caller::Caller;
use crate::cli::report::Ended;
use crate::verbs::plain::Plain;

/// Carries one of them out.
pub(crate) fn run(plain: &Plain, caller: &Caller) -> Ended {
    match plain {
        Plain::Init(args) => init::run(args, caller),
        Plain::Where(args) => place::run(args, caller),
        Plain::Info(args) => place::info(args, caller),
        Plain::Version(args) => place::version(args),
        Plain::Prime(args) => prime::run(args, caller),
        Plain::Doctor(args) => doctor::run(args, caller),
        Plain::Kept(kept) => kept::run(kept, caller),
        Plain::Idle(args) => idle::run(args, caller),
    }
}
