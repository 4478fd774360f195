//! The engine: load rows, ask a rule, commit, hand out acts. The only caller of the rules that
//! writes the ledger; sees no bytes of a terminal and waits for nobody (STYLE B3).
//!
//! `Town::turn` is the step function: inputs in, `Turn` out, no clock, no thread, no socket. What
//! surrounds it (`daemon` for a process of its own, `client` for one command) hands in time and
//! randomness and carries out the acts.

mod acts;
mod carry;
mod commands;
mod follow;
mod graves;
mod input;
mod live;
mod names;
mod outcomes;
mod patrol;
mod query;
mod queue;
mod sheets;
mod survey;
mod timers;
mod town;
mod typing;
mod view;
mod who;

#[cfg(test)]
mod tests;

pub(crate) use commands::PREFIX_KEY;
pub(crate) use input::{Act, At, Input, Peer, ReplyTo, Said, Tag, Turn};
pub(crate) use query::Reader;
pub(crate) use town::{Town, TownParts, tell_installed};
