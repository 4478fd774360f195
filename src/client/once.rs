//! Being the engine for one command: same code, same guarantees, no daemon (DECISIONS 4). Owes
//! effects and acts on none; the next engine does.

use crate::config::Settings;
use crate::domain::{Answer, Command, Outcome, PersonName, Query, Refusal, Wish};
use crate::engine::{At, Input, Peer, Said, Town, TownParts};
use crate::store::{Store, StoreError, TownLock};
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
    peer: Peer,
    // Dropped after the ledger.
    _lock: TownLock,
}

impl Once {
    /// Takes the lock and opens the ledger.
    pub(super) fn try_open(paths: &TownPaths, person: Option<&PersonName>) -> Result<Try, Refusal> {
        let Some(lock) = TownLock::try_take(&paths.lock())? else {
            return Ok(Try::Busy);
        };
        let store = open(paths)?;
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
            peer: peer(paths, person),
            _lock: lock,
        })))
    }

    /// Whether the operator wants the town up.
    pub(super) fn wish(&self) -> Result<Wish, Refusal> {
        Ok(self.town.wish()?)
    }

    /// Whether this process is inside a hosted agent's session.
    pub(super) fn is_agent(&self) -> Result<bool, Refusal> {
        Ok(self.town.is_agent(&self.peer)?)
    }

    /// Many commands follow in a row.
    pub(super) fn many(&self) -> Result<(), Refusal> {
        Ok(self.town.many()?)
    }

    /// The last of many commands is done.
    pub(super) fn done(self) -> Result<(), Refusal> {
        Ok(self.town.many_done()?)
    }

    /// Carries out a command.
    pub(super) fn command(&mut self, command: Command, how: &str) -> Result<Outcome, Refusal> {
        match self.turn(Input::Command {
            peer: self.peer.clone(),
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
            peer: self.peer.clone(),
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

/// Opens the ledger. A town's is brought up to date by its engine; a repository's has none.
fn open(paths: &TownPaths) -> Result<Store, Refusal> {
    match Store::open_once(&paths.ledger()) {
        Err(StoreError::Older(_)) if paths.is_plain() => {
            drop(Store::create_or_migrate(&paths.ledger())?);
            Ok(Store::open_once(&paths.ledger())?)
        }
        opened => Ok(opened?),
    }
}

/// This process as a caller. No agent lives in a repository's own ledger: whatever session the caller
/// has belongs to a town.
fn peer(paths: &TownPaths, person: Option<&PersonName>) -> Peer {
    if paths.is_plain() {
        return Peer {
            person: person.cloned(),
            ..Peer::default()
        };
    }
    let pid = i32::try_from(std::process::id()).unwrap_or(i32::MAX);
    Peer {
        token: super::start::token(),
        line: os::process_line(pid),
        person: None,
    }
}
