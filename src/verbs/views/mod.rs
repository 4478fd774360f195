//! The verbs of `bd` that look at many beads at once, at a bead's graph or at its history, and the two
//! that follow from what they show: `bd epic close-eligible` and `bd set-state`.
//!
//! Entry points: [`View`], and the arguments of each.

mod care;
mod counts;
mod graph;
mod past;
pub(super) mod verb;

pub use care::*;
pub use counts::*;
pub use graph::*;
pub use past::*;
pub use verb::View;
