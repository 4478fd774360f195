//! Commands: load the rows, ask the rule, carry it out. No decisions of its own.

mod agents;
mod batch;
mod beads;
mod dispatch;
mod import;
mod import_circles;
mod import_rows;
mod ledger;
mod queue;
mod town;

pub(crate) use beads::PREFIX_KEY;
