//! The tree of a town and of a rig on disk: made where missing, never overwritten.

mod formulas;
mod rig;
mod town;
mod tree;

pub use formulas::{FORMULAS, given_formula, is_given_formula};
pub use rig::{RigFacts, write_rig};
pub use town::{InstallOptions, gitignore_text, town_name, write_town};
