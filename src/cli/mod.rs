//! The commands `gt` and `bd`: words in, text or JSON out, one exit code.
//!
//! `verbs` says what can be typed; a file in `gt` or `bd` carries one verb out; `show` makes text
//! and JSON of what the town answers; `output` is the only place that prints; `edge` is the only
//! place that looks at the environment. Decides nothing about the town.

mod bd;
mod caller;
pub mod demo;
mod dispatch;
mod edge;
mod entry;
mod gt;
mod intake;
mod log;
mod operator;
mod output;
mod report;
mod show;
mod watch;

pub use entry::{bd, gt};
