//! `bd`: one file a verb.

pub(super) mod close;
pub(super) mod create;
pub(super) mod dep;
pub(super) mod list;
pub(super) mod show;
pub(super) mod update;
