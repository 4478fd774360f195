//! Expressions and filters carried out by the ledger itself.
//!
//! `select` answers a selection, `tally` counts one, `terms` writes an expression as SQL over the row `beads`, `tree` the tests that look at other
//! beads, `pattern` the texts that are looked for. Never puts a text of people into SQL.

mod pattern;
mod select;
mod tally;
mod terms;
#[cfg(test)]
mod tests;
mod tree;

pub(super) use select::Pick;
