//! Parts of other layers that this build does not have; each is replaced by its owner's function.

use crate::domain::{Refusal, RunId};
use crate::support::paths::TownPaths;

fn absent(what: &str) -> Refusal {
    Refusal::failed(format!("this build has no {what}"))
}

pub(super) fn console(_paths: &TownPaths, _embedded: bool) -> Result<(), Refusal> {
    Err(absent("control room"))
}

pub(super) fn attach(_paths: &TownPaths, _run: &RunId, _look: bool) -> Result<(), Refusal> {
    Err(absent("control room"))
}
