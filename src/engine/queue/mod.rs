//! The engine's side of the merge queue: rows in for the rules, work orders out for git worker and
//! host. Decides nothing.
//!
//! `turn` takes up what waits and carries out what a rule says of a batch, `jobs` are the work
//! orders, `told` are the outcomes.

mod jobs;
mod told;
mod turn;

pub(super) use told::{JobEnd, tail_of};
