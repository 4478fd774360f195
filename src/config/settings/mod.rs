//! The settings files of a town and its rigs: their form, reading them again when they change, and what they say.

mod check;
mod file;
mod gates;
mod model;
mod pool;
mod terminal;
mod town;

pub use gates::{Gate, gate_set};
pub use pool::{POOL, pick_name};
pub use town::{AgentSource, Settings};
