//! The verbs of `bd` that only look: lists, searches, counts, trees, the history of a bead.
//!
//! Arguments, and the filters and expressions they come to. Nothing here changes a bead, but
//! `bd ready --claim` and `bd epic close-eligible`. Entry points: [`Find`], and the filters.

mod filter;
mod form;
mod list;
mod ready;
pub(super) mod verb;

pub use filter::{FilterArgs, TagArgs};
pub use form::{Form, Template};
pub use list::{
    BeadListArgs, BlockedArgs, ChildrenArgs, QueryArgs, SearchArgs, ShapeArgs, StaleArgs,
};
pub use ready::BeadReadyArgs;
pub use verb::Find;

#[cfg(test)]
mod tests;
