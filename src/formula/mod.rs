//! Formulas: files that say how a kind of work is done, step by step.
//!
//! The way of one: `library` finds the file, `node` makes a tree of it with lines, `read` makes a [`Formula`] of the
//! tree, `cook` puts together what it continues, repeats and expands, `graph` looks for circles, and
//! [`Cooked::pour`] puts values in. Every finding is a [`Problem`] with file, line and key. Data in, data out: makes no
//! bead, starts nothing; of the disk it reads the folders with formulas (`library`).

mod built_in;
mod condition;
mod cook;
mod fields;
mod graph;
mod library;
pub mod limits;
mod model;
mod node;
mod pour;
mod problem;
mod range;
mod read;
mod runtime;
#[cfg(test)]
mod tests;
mod vars;
mod view;

pub use built_in::FORMULAS as BUILT_IN;
pub use cook::{Cooked, Lookup, Overlay, cook};
pub use graph::{Flat, flat, needs};
pub use library::{Entry, Library, Missing, Origin, is_path};
pub use model::*;
pub use pour::{Poured, PouredStep, PouredVar};
pub use problem::{Level, Problem, Problems};
pub use read::{read_json, read_toml};
