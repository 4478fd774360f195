//! Looking at terminals and typing into them, straight at the host (works with the engine dead).

use std::sync::mpsc::Receiver;

use crate::domain::{Exit, Kind, Refusal, RunId};
use crate::support::paths::TownPaths;
use crate::wire::{HostAnswer, HostAsk};

/// What an attached viewer hears.
#[derive(Clone, Debug, PartialEq)]
pub enum AttachEvent {
    /// Bytes for a `term::Screen`; the first ones rebuild the terminal as it is.
    Bytes(Vec<u8>),
    /// The run has ended.
    Exited(Exit),
    /// The host is away.
    Lost(String),
}

/// A connection to the terminal host with the operator's key.
#[derive(Debug)]
pub struct HostClient;

impl HostClient {
    /// Connects with the operator's key.
    pub fn open(_paths: &TownPaths) -> Result<Self, Refusal> {
        Err(Refusal::new(Kind::Unreachable, "no host"))
    }

    /// Ends the host, if one runs, and all its runs; waits until it is gone.
    pub fn shutdown(_paths: &TownPaths) -> Result<(), Refusal> {
        Err(Refusal::new(Kind::Unreachable, "no host"))
    }

    /// Asks and waits for the answer.
    pub fn ask(&mut self, _ask: HostAsk) -> Result<HostAnswer, Refusal> {
        Err(Refusal::new(Kind::Unreachable, "no host"))
    }

    /// Attaches to a run over a connection of its own.
    pub fn attach(
        _paths: &TownPaths,
        _run: &RunId,
        _size: Option<(u16, u16)>,
    ) -> Result<Attached, Refusal> {
        Err(Refusal::new(Kind::Unreachable, "no host"))
    }
}

/// An attached terminal. Detaches when dropped.
#[derive(Debug)]
pub struct Attached {
    keyboard: Keyboard,
    events: Receiver<AttachEvent>,
}

impl Attached {
    /// Where bytes and the exit come out; bounded.
    pub fn events(&self) -> &Receiver<AttachEvent> {
        &self.events
    }

    /// Sends the operator's keys, byte for byte.
    pub fn type_bytes(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.keyboard.type_bytes(bytes)
    }

    /// Tells the host the viewer's size.
    pub fn resize(&mut self, size: (u16, u16)) -> Result<(), Refusal> {
        self.keyboard.resize(size)
    }

    /// The two halves, for a viewer that listens on one thread and types on another.
    /// Dropping the keyboard detaches and ends the events.
    pub fn split(self) -> (Keyboard, Receiver<AttachEvent>) {
        (self.keyboard, self.events)
    }
}

/// The writing half of an attached terminal.
#[derive(Debug)]
pub struct Keyboard;

impl Keyboard {
    /// Sends the operator's keys, byte for byte.
    pub fn type_bytes(&mut self, _bytes: &[u8]) -> Result<(), Refusal> {
        Err(Refusal::new(Kind::Unreachable, "no host"))
    }

    /// Tells the host the viewer's size.
    pub fn resize(&mut self, _size: (u16, u16)) -> Result<(), Refusal> {
        Err(Refusal::new(Kind::Unreachable, "no host"))
    }
}
