//! Asking and commanding the engine.

use crate::domain::{Answer, Command, Kind, Outcome, Query, Refusal};
use crate::support::paths::TownPaths;

/// What a call needs of the town.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The ledger only: without an engine it is opened in this process (DECISIONS 4).
    Ledger,
    /// Engine and host, which are started on demand.
    Hands,
}

/// A way to one town's engine.
#[derive(Debug)]
pub struct TownClient {
    paths: TownPaths,
}

impl TownClient {
    /// Reaches the town at `paths`.
    pub fn open(paths: TownPaths, _need: Need) -> Result<Self, Refusal> {
        Ok(Self { paths })
    }

    /// The town's paths.
    pub fn paths(&self) -> &TownPaths {
        &self.paths
    }

    /// Carries out a command; `how` is the words typed, such as `gt sling`.
    pub fn command(&mut self, _command: Command, _how: &str) -> Result<Outcome, Refusal> {
        Err(Refusal::new(Kind::Unreachable, "no engine"))
    }

    /// Answers a query.
    pub fn query(&mut self, _query: Query) -> Result<Answer, Refusal> {
        Err(Refusal::new(Kind::Unreachable, "no engine"))
    }
}
