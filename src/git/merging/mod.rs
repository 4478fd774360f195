//! Merging in memory: stacks of works, their check after a landing, and forecasts (contracts M4, M6, M8).
//!
//! Nothing here makes a checkout or obeys attributes and drivers of a repository. Objects are made
//! in memory over the mirror and go to disk in one pack once a stack is whole. [`verify`] shares no
//! merging with [`stack`]: it finds merge bases its own way and compares lines.

mod conflict;
mod fit;
mod forecast;
mod graft;
mod hunks;
mod lines;
mod pairs;
mod past;
mod scratch;
mod stack;
mod three;
mod verify;
mod work;

#[cfg(test)]
pub(super) use fit::Bases;
pub(super) use forecast::forecast;
pub(super) use stack::{Stack, stack};
pub(super) use verify::{Landing, verify};
