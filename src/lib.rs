//! Gas Town Control Room: one program that runs a town of AI coding agents.
//!
//! The crate is layered; a module uses only lower layers or its own subtree. The
//! table of layers is data in `tests/architecture.rs`, which fails on a breach.
//! Entry points: `cli::gt` and `cli::bd`, called by the two binaries in `src/bin`.

pub mod support;

pub mod domain;
pub mod term;

pub mod config;
pub mod formula;
pub mod jsonl;
pub mod presets;
pub mod wire;

pub mod rules;

pub mod git;
pub mod pty;
pub mod record;
pub mod store;

pub mod engine;
pub mod host;

pub mod client;
pub mod daemon;

pub mod screen;
pub mod verbs;

pub mod cli;
pub mod console;
