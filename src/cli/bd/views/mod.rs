//! `bd` looking at many beads at once, at a bead's graph or at its history: one file a family.

mod care;
mod counts;
mod epics;
mod graph;
mod past;
pub(in crate::cli) mod run;
mod states;
mod tree;
mod words;
