//! What the agent knows about the demo's beads: which script does which.
//!
//! It recognises its bead by the title in what `gt prime` prints, as a reader would.

use std::collections::VecDeque;

use super::script::{self, ScriptError, Step};
use crate::cli::demo::beads::{self, Bead};

/// The bead that `gt prime` speaks of, if it is one of the demo's.
pub(super) fn known(prime: &str) -> Option<&'static Bead> {
    beads::BEADS
        .iter()
        .filter_map(|bead| prime.find(bead.title).map(|at| (at, bead)))
        .min_by_key(|(at, _)| *at)
        .map(|(_, bead)| bead)
}

/// The steps for a bead: the whole work, or mending it when `told` (the prompt and `gt prime`)
/// says that it was sent back.
pub(super) fn steps(bead: &Bead, told: &str) -> Result<VecDeque<Step>, ScriptError> {
    let sent_back = told.to_lowercase().contains("was sent back");
    script::parse(if sent_back { beads::MEND } else { bead.script })
}

#[cfg(test)]
mod tests;
