//! The two programs as people and scripts meet them: text, JSON, messages, exit codes. No engine
//! runs here; what needs one is in `tests/e2e`.

#![cfg(test)]

#[path = "../support/mod.rs"]
mod support;

mod beads;
mod help;
mod refusals;
mod settings;
mod town;
