//! `gt`: one file a verb, or a family of small ones.

pub(super) mod attach;
pub(super) mod config;
pub(super) mod console;
pub(super) mod convoy;
pub(super) mod demo;
pub(super) mod done;
pub(super) mod down;
pub(super) mod feed;
pub(super) mod hook;
pub(super) mod install;
pub(super) mod mq;
pub(super) mod nudge;
pub(super) mod peek;
pub(super) mod polecat;
pub(super) mod prime;
pub(super) mod process;
pub(super) mod ready;
pub(super) mod replay;
pub(super) mod rescue;
pub(super) mod rig;
pub(super) mod rig_add;
pub(super) mod shell;
pub(super) mod sling;
pub(super) mod status;
pub(super) mod up;
pub(super) mod version;
