//! Whole runs of the real programs on real repositories and terminals; each file proves one promise.
//!
//! A test types what an operator would and looks with other tools than ours: git for what is on
//! main, the kernel for which processes live. Numbers such as P11 name lines of the contract.

#![cfg(test)]

#[path = "../support/mod.rs"]
mod support;

mod harness;
