//! The engine under a simulator: a virtual terminal host, git and clock around the step function,
//! with faults at every effect (reliability.md 4.1). One number reproduces a run.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "the simulator writes the settings of its towns, and a campaign is bounded by time and says what it did"
)]

mod agents;
mod batches;
mod check;
mod circles;
mod graves;
mod ledger;
mod patrol;
mod runs;
mod world;
