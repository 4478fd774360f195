//! `bd`: one file a verb.

mod batch;
pub(super) mod close;
pub(super) mod create;
pub(super) mod dep;
mod doctor;
pub(super) mod edit;
mod gate;
pub(super) mod hooks;
mod idle;
mod init;
mod kept;
pub(super) mod ledger;
pub(super) mod list;
mod place;
pub(super) mod plain;
mod plan;
mod prime;
mod several;
pub(super) mod show;
pub(super) mod talk;
pub(super) mod update;
