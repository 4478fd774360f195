//! The terminal host: owns pseudo-terminals and jobs, their screens, recordings and viewers.
//!
//! No ledger, no git, no rules (DECISIONS 10). One thread runs everything but the disk and the reading of floods: a task per
//! run reads, feeds and writes; a task per connection hears, another one says. A slow viewer loses
//! bytes and gets a snapshot, a slow disk slows the one agent that fills it, nothing else waits.
//! Entry point: [`serve()`].

mod ask;
mod config;
mod connection;
mod ending;
mod hot;
mod input;
mod launch;
mod limits;
mod outbox;
mod output;
mod pump;
mod recorder;
mod run;
mod serve;
mod shots;
mod state;
#[cfg(test)]
mod tests;
mod viewers;
mod way;

pub use config::{HostConfig, Place};
pub use serve::serve;
