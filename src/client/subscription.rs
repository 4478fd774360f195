//! The live town, kept current by the engine's deltas.

use std::sync::mpsc::Receiver;

use crate::domain::{Delta, Kind, Refusal, Seq, TownView};
use crate::support::paths::TownPaths;

/// What a subscriber hears.
#[derive(Clone, Debug, PartialEq)]
pub enum Update {
    /// The whole town: at the beginning, after a reconnect, and after falling behind.
    Snapshot(Box<TownView>),
    /// Changes of one commit.
    Deltas(Seq, Vec<Delta>),
    /// The engine is away; the subscription goes on trying until dropped.
    Lost(String),
}

/// A live connection to the engine. Ends when dropped.
#[derive(Debug)]
pub struct Subscription {
    updates: Receiver<Update>,
}

impl Subscription {
    /// Subscribes; the first update is a snapshot or `Lost`.
    pub fn open(_paths: &TownPaths) -> Result<Self, Refusal> {
        Err(Refusal::new(Kind::Unreachable, "no engine"))
    }

    /// Where the updates come out; bounded.
    pub fn updates(&self) -> &Receiver<Update> {
        &self.updates
    }
}
