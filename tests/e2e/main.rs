//! Whole runs of the real programs on real repositories and terminals; each file proves one promise.
//!
//! A test types what an operator would and looks with other tools than ours: git for what is on
//! main, the kernel for which processes live. Numbers such as P11 name lines of the contract.

#![cfg(test)]
#![expect(
    clippy::disallowed_methods,
    reason = "these tests run programs and look at what they left on the disk"
)]

#[path = "../support/mod.rs"]
mod support;

#[path = "../support/hydra.rs"]
mod hydra;

#[path = "../support/journal.rs"]
mod journal;

mod agents;
mod attacks;
mod builds;
mod burial;
mod checkout;
mod clones;
mod crash;
mod embedded;
mod faults;
mod gates;
mod harness;
mod input;
mod leaving;
mod login;
mod looking;
mod main_job;
mod owners;
mod patrol;
mod pause;
mod quiet;
mod recordings;
mod roles;
mod stopping;
mod strokes;
mod submitting;
mod tracked;
mod tree;
mod upgrade;
mod watching;
mod writing;
