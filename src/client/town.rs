//! Asking and commanding the engine: over its socket, or, when none runs and the ledger is enough,
//! by taking the town lock and being the engine for one command (DECISIONS 4).

use std::time::Duration;

use crate::domain::{Answer, Command, Kind, Outcome, PersonName, Query, Refusal, TownWish, Wish};
use crate::support::clock::Clock;
use crate::support::paths::TownPaths;
use crate::wire::{Reply, RequestBody};

use super::link::{Dial, Link};
use super::once::{Once, Try};
use super::start;

/// How long a command waits for a busy ledger or a starting engine.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two tries.
const TRY_EVERY: Duration = Duration::from_millis(10);
/// How long many commands in a row may own the ledger before others have their turn, in milliseconds.
const HOLD: i64 = 2_000;

/// What a call needs of the town.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The ledger only: without an engine it is opened in this process.
    Ledger,
    /// Engine and host, which are started on demand, but never against a stored `gt down`: then the
    /// command is stored and says so.
    Hands,
}

/// A way to one town's engine.
#[derive(Debug)]
pub struct TownClient {
    paths: TownPaths,
    need: Need,
    /// In whose name, in a repository's own ledger.
    person: Option<PersonName>,
    /// Absent between two commands without an engine: the ledger is owned for one at a time.
    way: Option<Way>,
    /// Since when the ledger is owned for many commands in a row.
    held: Option<Clock>,
}

#[derive(Debug)]
enum Way {
    Engine(Link),
    Once(Box<Once>),
}

impl TownClient {
    /// Reaches the town at `paths`.
    pub fn open(paths: TownPaths, need: Need) -> Result<Self, Refusal> {
        Self::open_as(paths, need, None)
    }

    /// Reaches the ledger at `paths` in the name of somebody; a town knows by itself who asks.
    pub fn open_as(
        paths: TownPaths,
        need: Need,
        person: Option<PersonName>,
    ) -> Result<Self, Refusal> {
        let way = Some(reach(&paths, need, person.as_ref())?);
        Ok(Self {
            paths,
            need,
            person,
            way,
            held: None,
        })
    }

    /// Answers one query of a process that has no other: greets and asks at once.
    pub fn ask(paths: TownPaths, query: Query) -> Result<Answer, Refusal> {
        if !paths.is_plain()
            && let Some(reply) = Link::dial_asking(&paths, RequestBody::Query(query.clone()))?
        {
            return answer(reply);
        }
        Self::open(paths, Need::Ledger)?.query(query)
    }

    /// Reaches the town's engine and starts it when it does not run, whatever the wish.
    pub fn start(paths: TownPaths) -> Result<Self, Refusal> {
        let link = match Link::dial(&paths)? {
            Dial::Up(link) => link,
            Dial::Down => start_engine(&paths)?,
        };
        Ok(Self::over(paths, link))
    }

    /// Reaches the engine if it runs; starts nothing.
    pub fn running(paths: &TownPaths) -> Result<Option<Self>, Refusal> {
        Ok(match Link::dial(paths)? {
            Dial::Up(link) => Some(Self::over(paths.clone(), link)),
            Dial::Down => None,
        })
    }

    fn over(paths: TownPaths, link: Link) -> Self {
        Self {
            paths,
            need: Need::Hands,
            person: None,
            way: Some(Way::Engine(link)),
            held: None,
        }
    }

    /// Owns the ledger, when no engine does, for the many commands that follow until [`Self::release`];
    /// others have their turn in between.
    pub fn hold(&mut self) -> Result<(), Refusal> {
        let way = self.take_way()?;
        if let Way::Once(once) = &way {
            once.many()?;
        }
        self.held = Some(Clock::start(0));
        self.way = Some(way);
        Ok(())
    }

    /// Ends [`Self::hold`].
    pub fn release(&mut self) -> Result<(), Refusal> {
        if self.held.take().is_none() {
            return Ok(());
        }
        match self.take_way()? {
            Way::Once(once) => once.done(),
            Way::Engine(link) => {
                self.way = Some(Way::Engine(link));
                Ok(())
            }
        }
    }

    /// Keeps the ledger after a command of many, unless it is the others' turn.
    fn keep(&mut self, once: Box<Once>) {
        match &self.held {
            None => drop(once),
            Some(since) if since.read().town < HOLD => self.way = Some(Way::Once(once)),
            Some(_) => {
                drop(once);
                // Whoever waits looks every ten milliseconds.
                std::thread::sleep(2 * TRY_EVERY);
            }
        }
    }

    /// The town's paths.
    pub fn paths(&self) -> &TownPaths {
        &self.paths
    }

    /// Carries out a command; `how` is the words typed, such as `gt sling`.
    pub fn command(&mut self, command: Command, how: &str) -> Result<Outcome, Refusal> {
        let starts = matches!(&command, Command::TownWish(TownWish { wish: Wish::Up, .. }));
        match self.take_way()? {
            Way::Engine(mut link) => {
                let body = RequestBody::Command {
                    command,
                    how: how.to_owned(),
                };
                let reply = link.ask(body);
                self.way = Some(Way::Engine(link));
                outcome(reply?)
            }
            Way::Once(mut once) => {
                let outcome = once.command(command, how);
                self.keep(once);
                let outcome = outcome?;
                if starts {
                    // The wish is stored; what it asks for needs hands.
                    self.way = Some(Way::Engine(start_engine(&self.paths)?));
                }
                Ok(outcome)
            }
        }
    }

    /// Answers a query.
    pub fn query(&mut self, query: Query) -> Result<Answer, Refusal> {
        match self.take_way()? {
            Way::Engine(mut link) => {
                let reply = link.ask(RequestBody::Query(query));
                self.way = Some(Way::Engine(link));
                answer(reply?)
            }
            Way::Once(mut once) => once.query(query),
        }
    }

    /// The way to the engine. Owning the ledger is for one call: whoever keeps a client must not
    /// keep others, or an engine that is to begin, out.
    fn take_way(&mut self) -> Result<Way, Refusal> {
        match self.way.take() {
            Some(way) => Ok(way),
            None => {
                let way = reach(&self.paths, self.need, self.person.as_ref())?;
                if let (Way::Once(once), Some(since)) = (&way, &mut self.held) {
                    once.many()?;
                    *since = Clock::start(0);
                }
                Ok(way)
            }
        }
    }

    /// Ends the engine, if one runs, and waits until it is gone. Agents live on.
    pub fn end_engine(paths: &TownPaths) -> Result<bool, Refusal> {
        let Some(mut client) = Self::running(paths)? else {
            return Ok(false);
        };
        let Some(Way::Engine(link)) = &mut client.way else {
            return Ok(false);
        };
        match link.ask(RequestBody::Shutdown)? {
            Reply::Bye => link.wait_closed().map(|()| true),
            other @ (Reply::Outcome(_) | Reply::Answer(_)) => Err(odd(&other)),
        }
    }

    /// Ends an engine of another build, so that the next one is of this build; agents live on
    /// (DECISIONS 15). Says whether it ended one.
    pub fn end_other_build(paths: &TownPaths) -> Result<bool, Refusal> {
        match Link::dial(paths) {
            Ok(Dial::Up(link)) if !link.is_of_this_program() => {
                drop(link);
                Self::end_engine(paths)
            }
            Ok(Dial::Up(_) | Dial::Down) => Ok(false),
            // It speaks another protocol: the lock says which process it is.
            Err(refusal) if refusal.kind == Kind::Conflict => {
                start::end_owner(paths).map(|()| true)
            }
            Err(refusal) => Err(refusal),
        }
    }

    /// Ends engine and host, if they run; every agent ends with the host.
    pub fn shutdown(paths: &TownPaths) -> Result<(), Refusal> {
        Self::end_engine(paths)?;
        super::HostClient::shutdown(paths)
    }
}

fn outcome(reply: Reply) -> Result<Outcome, Refusal> {
    match reply {
        Reply::Outcome(outcome) => Ok(outcome),
        other @ (Reply::Answer(_) | Reply::Bye) => Err(odd(&other)),
    }
}

fn answer(reply: Reply) -> Result<Answer, Refusal> {
    match reply {
        Reply::Answer(answer) => Ok(answer),
        other @ (Reply::Outcome(_) | Reply::Bye) => Err(odd(&other)),
    }
}

fn odd(reply: &Reply) -> Refusal {
    Refusal::failed(format!("the engine answered something else: {reply:?}"))
}

fn reach(paths: &TownPaths, need: Need, person: Option<&PersonName>) -> Result<Way, Refusal> {
    let clock = Clock::start(0);
    let limit = i64::try_from(PATIENCE.as_millis()).unwrap_or(i64::MAX);
    loop {
        if !paths.is_plain()
            && let Dial::Up(link) = Link::dial(paths)?
        {
            return Ok(Way::Engine(link));
        }
        match Once::try_open(paths, person)? {
            // No engine owns it and no agent lives in it (DECISIONS 20).
            Try::Open(once) if paths.is_plain() => return Ok(Way::Once(once)),
            // An agent never opens the ledger itself, and work that needs hands needs an engine; both
            // respect a stored `gt down`.
            Try::Open(once) if once.is_agent()? => {
                if once.wish()? == Wish::Down {
                    return Err(Refusal::new(Kind::Unreachable, "the town is down")
                        .hint("the operator starts it with `gt up`"));
                }
                drop(once);
                return start_engine(paths).map(Way::Engine);
            }
            Try::Open(once) if need == Need::Hands && once.wish()? == Wish::Up => {
                drop(once);
                return start_engine(paths).map(Way::Engine);
            }
            Try::Open(once) => return Ok(Way::Once(once)),
            // Somebody owns the ledger: another command for a moment, or an engine that begins.
            Try::Busy if clock.read().town < limit => std::thread::sleep(TRY_EVERY),
            Try::Busy => {
                return Err(Refusal::new(
                    Kind::Unreachable,
                    "the ledger is held by a process that does not answer",
                )
                .hint(format!("see which: cat {}", paths.lock().display())));
            }
        }
    }
}

/// Starts an engine and waits until it answers.
fn start_engine(paths: &TownPaths) -> Result<Link, Refusal> {
    let mut engine = start::spawn_engine(paths)?;
    let clock = Clock::start(0);
    let limit = i64::try_from(PATIENCE.as_millis()).unwrap_or(i64::MAX);
    while clock.read().town < limit {
        if let Dial::Up(link) = Link::dial(paths)? {
            return Ok(link);
        }
        if let Some(why) = engine.ended()? {
            return Err(why);
        }
        std::thread::sleep(TRY_EVERY);
    }
    Err(
        Refusal::new(Kind::TimedOut, "the engine did not answer within 10 s")
            .hint(format!("see {}", paths.logs().join("engine.log").display())),
    )
}
