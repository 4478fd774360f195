//! `bd`: one file a verb.

pub(super) mod close;
pub(super) mod create;
pub(super) mod dep;
pub(super) mod edit;
pub(super) mod ledger;
pub(super) mod list;
mod plan;
mod several;
pub(super) mod show;
pub(super) mod update;
