//! All decisions of the town, pure: rows in, `Decision` or `Refusal` out. No I/O, no clock, no randomness.
//!
//! `row` is the shape of the ledger's rows, `decision` what a rule may say, `effect` what has to be
//! done outside; every other file is one family of decisions.

pub(crate) mod access;
pub(crate) mod attention;
pub(crate) mod bead_update;
pub(crate) mod beads;
pub(crate) mod circles;
pub(crate) mod convoy;
pub(crate) mod decision;
pub(crate) mod done;
pub(crate) mod effect;
pub(crate) mod follow;
pub(crate) mod fresh;
pub(crate) mod graves;
pub(crate) mod import;
pub(crate) mod ledger;
pub(crate) mod lifecycle;
pub(crate) mod merge_row;
pub(crate) mod nudge;
pub(crate) mod patrol;
pub(crate) mod queue;
pub(crate) mod rig;
pub(crate) mod row;
pub(crate) mod sections;
pub(crate) mod sheet;
pub(crate) mod sling;
pub(crate) mod town;
pub(crate) mod words;
