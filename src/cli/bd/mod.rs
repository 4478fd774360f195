//! `bd`: one file a verb.

mod batch;
pub(super) mod close;
pub(super) mod create;
pub(super) mod dep;
pub(super) mod edit;
mod gate;
pub(super) mod ledger;
pub(super) mod list;
mod plan;
mod several;
pub(super) mod show;
pub(super) mod talk;
pub(super) mod update;
