//! The files of issues that other programs wrote and read: one JSON object on each line.
//!
//! Owns the three dialects of such files as pure data: reading them line by line without losing
//! one ([`read`]), writing a record back so that only what was edited changes ([`edited`],
//! [`fresh`], [`arrange`]), and deciding what becomes of an issue that two sides changed
//! ([`decide`]). Touches no file and no ledger, and judges no word: that is for its callers.

mod arrange;
mod backup;
mod decode;
mod differ;
mod encode;
mod fields;
mod line;
mod merge;
mod read;
mod record;
mod restore;
mod scan;
mod stamp;
mod style;
mod write;

#[cfg(test)]
mod tests;

pub use arrange::{Piece, SortKey, arrange};
pub use backup::joined;
pub use decode::Wrong;
pub use differ::{Difference, differences};
pub use line::{Body, Deletion, Dialect, EventRow, Line, Reason};
pub use merge::{Decision, Verdict, decide};
pub use read::{LINE_MAX, Note, Order, Reading, Reject, read};
pub use record::{
    Bond, Comment, Compaction, Counts, Dependency, EventFields, Gate, Life, Molecule, Origin,
    People, RawJson, Record, Tombstone, Traits,
};
pub use restore::restored;
pub use scan::Broken;
pub use stamp::Stamp;
pub use write::{edited, fresh, is_edited, memory};
