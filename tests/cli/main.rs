//! The two programs as people and scripts meet them: text, JSON, messages, exit codes. No engine
//! runs here; what needs one is in `tests/e2e`.

#![cfg(test)]
#![expect(
    clippy::disallowed_methods,
    reason = "these tests look at the files that the programs leave"
)]

#[path = "../support/mod.rs"]
mod support;

mod beads;
mod beads_backup;
mod beads_batch;
mod beads_close;
mod beads_common;
mod beads_corpus;
mod beads_create;
mod beads_dep;
mod beads_files;
mod beads_gate;
mod beads_ledger;
mod beads_list;
mod beads_plain;
mod beads_show;
mod beads_talk;
mod beads_update;
mod beads_views;
mod conformance;
mod help;
mod refusals;
mod replay;
mod settings;
mod town;
