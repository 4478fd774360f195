//! Parts of other layers that this build does not have; each is replaced by its owner's function.

use crate::domain::{Refusal, RunId};
use crate::support::paths::TownPaths;

fn absent(what: &str) -> Refusal {
    Refusal::failed(format!("this build has no {what}"))
}

pub(super) fn embedded(_paths: &TownPaths) -> Result<(), Refusal> {
    Err(absent("engine and host inside the control room"))
}
