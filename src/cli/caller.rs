//! Who typed, where, and the way to the town from there. Everything is found when it is needed,
//! so that a verb that needs little is quick.

use std::path::{Path, PathBuf};

use super::edge;
use super::report::mismatch;
use super::show::Look;
use crate::client::{Need, TownClient};
use crate::config;
use crate::domain::{Answer, Command, Outcome, Query, Refusal, TownView};
use crate::support::paths::TownPaths;
use crate::verbs::Context;

/// The caller of one command line.
#[derive(Debug)]
pub(super) struct Caller {
    /// The words typed, such as `gt sling`.
    pub(super) how: &'static str,
    town: Option<PathBuf>,
    cwd: PathBuf,
    home: Option<PathBuf>,
}

impl Caller {
    /// The caller of the line `how`, which may name a town.
    pub(super) fn new(how: &'static str, town: Option<PathBuf>) -> Self {
        Self {
            how,
            town,
            cwd: edge::folder(),
            home: edge::home(),
        }
    }

    /// The town that is meant.
    pub(super) fn paths(&self) -> Result<TownPaths, Refusal> {
        config::find_town(
            self.town.as_deref(),
            edge::named_town().as_deref(),
            &self.cwd,
            self.home.as_deref(),
        )
    }

    /// The place without a town: folder, home and time.
    pub(super) fn place(&self) -> Context {
        Context {
            cwd: self.cwd.clone(),
            home: self.home.clone(),
            now: edge::now(),
            ..Context::default()
        }
    }

    /// The person's home.
    pub(super) fn home(&self) -> Result<&Path, Refusal> {
        self.home
            .as_deref()
            .ok_or_else(|| Refusal::failed("HOME is not set"))
    }

    /// The place in the town: the rig of the folder too.
    pub(super) fn context(&self) -> Result<Context, Refusal> {
        let paths = self.paths()?;
        Ok(Context {
            rig: config::rig_of_folder(&paths, &self.cwd),
            ..self.place()
        })
    }

    /// A way to the town.
    pub(super) fn open(&self, need: Need) -> Result<TownClient, Refusal> {
        TownClient::open(self.paths()?, need)
    }

    /// Carries out a command that needs the ledger alone.
    pub(super) fn command(&self, command: Command) -> Result<Outcome, Refusal> {
        self.open(Need::Ledger)?.command(command, self.how)
    }

    /// Carries out a command that needs engine and host.
    pub(super) fn command_with_hands(&self, command: Command) -> Result<Outcome, Refusal> {
        self.open(Need::Hands)?.command(command, self.how)
    }

    /// Answers a query.
    pub(super) fn query(&self, query: Query) -> Result<Answer, Refusal> {
        TownClient::ask(self.paths()?, query)
    }

    /// The live town.
    pub(super) fn town(&self) -> Result<TownView, Refusal> {
        let Answer::Town(town) = self.query(Query::Town)? else {
            return Err(mismatch(self.how));
        };
        Ok(*town)
    }

    /// How text shall look.
    pub(super) fn look(&self) -> Look {
        Look {
            colour: edge::wants_colour(),
            width: edge::width(),
            now: edge::now(),
        }
    }
}
