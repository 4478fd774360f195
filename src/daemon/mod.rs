//! The background processes: sockets and process life around the engine and the terminal host.
//!
//! `run_engine` owns a town: lock, ledger, socket, workers. Nothing here decides; a decision is the
//! engine's or the host's own.

mod embedded;
mod engine;
mod errands;
mod fault;
mod git_lane;
mod host;
mod host_link;
mod hub;
mod install;
mod serve;

pub use embedded::Embedded;
pub use engine::{Engine, StartHost, run_engine};
pub use fault::fault_points;
pub use host::{HostThread, run_host, spawn_host};
pub use install::install_bin;
