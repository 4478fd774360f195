//! The ledger: one SQLite file, the truth of the town. The only user of rusqlite.
//!
//! `open` guards the file and its version, `apply` writes changes, one file per aggregate reads
//! rows back. Knows rows, not rules; nothing operational is parsed out of free text (contract D6).

mod agents;
mod apply;
mod batches;
mod bead_list;
#[cfg(test)]
mod bead_tests;
mod beads;
mod blocked;
#[cfg(test)]
mod blocked_tests;
mod columns;
mod convoys;
mod edges;
mod error;
mod events;
mod expr;
mod imported;
mod kv;
mod leftovers;
mod lock;
mod merges;
mod meta;
mod open;
mod outbox;
mod reach;
mod rigs;
mod survey;

pub(crate) use edges::Around;
pub(crate) use error::StoreError;
pub(crate) use lock::TownLock;
pub(crate) use open::Store;
pub(crate) use outbox::{OutboxId, Owed};
