//! Being the engine for one command: same code, same guarantees, no daemon (DECISIONS 4). Owes
//! effects and acts on none; the next engine does.

use crate::config::Settings;
use crate::domain::{Answer, Command, Outcome, Query, Refusal, Wish};
use crate::engine::{At, Input, Peer, Said, Town, TownParts};
use crate::store::{Store, TownLock};
use crate::support::clock::Clock;
use crate::support::os;
use crate::support::paths::TownPaths;

/// The town lock is ours, or somebody else's.
#[derive(Debug)]
pub(super) enum Try {
    /// Ours, with the ledger open.
    Open(Box<Once>),
    /// Somebody else's.
    Busy,
}

/// An engine for one command.
#[derive(Debug)]
pub(super) struct Once {
    town: Town,
    clock: Clock,
    // Dropped after the ledger.
    _lock: TownLock,
}

impl Once {
    /// Takes the lock and opens the ledger.
    pub(super) fn try_open(paths: &TownPaths) -> Result<Try, Refusal> {
        let Some(lock) = TownLock::try_take(&paths.lock())? else {
            return Ok(Try::Busy);
        };
        let store = Store::open_once(&paths.ledger())?;
        let parts = TownParts {
            paths: paths.clone(),
            store,
            settings: Settings::load(paths),
            pid: None,
            // Never used: one command starts no agent.
            secret: [0; 32],
        };
        let town = Town::new(parts);
        let clock = Clock::start(town.town_time()?);
        Ok(Try::Open(Box::new(Self {
            town,
            clock,
            _lock: lock,
        })))
    }

    /// Whether the operator wants the town up.
    pub(super) fn wish(&self) -> Result<Wish, Refusal> {
        Ok(self.town.wish()?)
    }

    /// Whether this process is inside a hosted agent's session.
    pub(super) fn is_agent(&self) -> Result<bool, Refusal> {
        Ok(self.town.is_agent(&peer())?)
    }

    /// Carries out a command.
    pub(super) fn command(&mut self, command: Command, how: &str) -> Result<Outcome, Refusal> {
        match self.turn(Input::Command {
            peer: peer(),
            command,
            how: how.to_owned(),
            reply: 0,
        })? {
            Said::Outcome(outcome) => Ok(outcome),
            Said::Answer(_) => Err(Refusal::failed("the command was answered like a query")),
        }
    }

    /// Answers a query.
    pub(super) fn query(&mut self, query: Query) -> Result<Answer, Refusal> {
        match self.turn(Input::Query {
            peer: peer(),
            query,
            reply: 0,
        })? {
            Said::Answer(answer) => Ok(answer),
            Said::Outcome(_) => Err(Refusal::failed("the query was answered like a command")),
        }
    }

    fn turn(&mut self, input: Input) -> Result<Said, Refusal> {
        let now = self.clock.read();
        let at = At {
            now: crate::domain::Now {
                wall: now.wall,
                town: now.town,
            },
            nanos: now.nanos,
        };
        let turn = self.town.turn(vec![input], at);
        match turn.replies.into_iter().next() {
            Some((_, said)) => said,
            None => Err(Refusal::new(
                crate::domain::Kind::Unreachable,
                "this needs a running engine",
            )
            .hint("gt up")),
        }
    }
}

/// This process as a caller.
fn peer() -> Peer {
    let pid = i32::try_from(std::process::id()).unwrap_or(i32::MAX);
    Peer {
        token: super::start::token(),
        line: os::process_line(pid),
    }
}
