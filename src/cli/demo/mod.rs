//! `gt demo`: a throwaway town with a small real repository and scripted agents.
//!
//! `agent` is the scripted agent, `beads` what there is to do, `repo` the repository it is done in.
//! Everything goes through the ordinary client; there is no second way into the engine.

pub mod agent;
mod beads;
mod repo;

pub use repo::generate;
