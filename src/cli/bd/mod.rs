//! `bd`: one file a verb.

mod batch;
mod circles;
pub(super) mod close;
pub(super) mod create;
pub(super) mod dep;
mod doctor;
pub(super) mod edit;
pub(super) mod find;
mod gate;
pub(super) mod hooks;
mod idle;
mod init;
mod kept;
pub(super) mod ledger;
mod list;
mod pages;
mod place;
pub(super) mod plain;
mod plan;
mod prime;
mod ready;
mod several;
pub(super) mod show;
pub(super) mod talk;
pub(super) mod update;
