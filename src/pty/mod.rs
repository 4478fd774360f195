//! Starting programs under a pseudo-terminal or a pipe, and ending all that they started.
//!
//! The only user of the spawning crate. Knows no runs, no recordings and no clock; whoever calls
//! reads and writes the non-blocking end and asks the child for its exit.

mod apart;
mod census;
mod child;
mod family;
mod program;
mod spawn;

pub(crate) use apart::{WORD, become_program};
pub(crate) use census::{Machine, Sign, Taken, census};
pub(crate) use child::Child;
pub(crate) use family::{Family, Member, reap_orphans};
pub(crate) use program::NotStarted;
pub(crate) use spawn::{Started, resize, start_job, start_terminal};
