//! `gt demo`: a throwaway town with a small real repository and scripted agents.
//!
//! `agent` is the scripted agent, `beads` what there is to do, `repo` the repository it is done in;
//! `stage` sets the town up, `play` slings and answers, `plain` and `room` are the two ways to watch,
//! `verify` looks with git whether it is true. Everything goes through the ordinary client; there is
//! no second way into the engine. Entry points: [`run()`] and [`agent::main`].

pub mod agent;
mod beads;
mod place;
mod plain;
mod play;
mod repo;
mod room;
mod run;
mod stage;
mod tell;
mod verify;
mod watch;

pub use run::{Options, run};
