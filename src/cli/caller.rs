//! Who typed, where, and the way to the town from there. Everything is found when it is needed,
//! so that a verb that needs little is quick.

use std::path::{Path, PathBuf};

use super::report::mismatch;
use super::show::Look;
use super::{bd, edge, output};
use crate::client::{Need, TownClient};
use crate::config::{self, LedgerAsk, LedgerPlace};
use crate::domain::{
    Address, Answer, Command, Outcome, PersonName, Query, Refusal, RigName, TownView,
};
use crate::git;
use crate::support::paths::TownPaths;
use crate::support::text::clean;
use crate::verbs::{Context, Globals};

/// The caller of one command line.
#[derive(Debug)]
pub(super) struct Caller {
    /// The words typed, such as `gt sling`.
    pub(super) how: &'static str,
    town: Option<PathBuf>,
    cwd: PathBuf,
    home: Option<PathBuf>,
    /// What a `bd` line says beside its verb.
    pub(super) globals: Globals,
}

impl Caller {
    /// The caller of the line `how`, which may name a town.
    pub(super) fn new(how: &'static str, town: Option<PathBuf>) -> Self {
        Self {
            how,
            town,
            cwd: edge::folder(),
            home: edge::home(),
            globals: Globals::default(),
        }
    }

    /// The caller of a line that was understood.
    pub(super) fn of(how: &'static str, town: Option<PathBuf>, globals: Globals) -> Self {
        let mut caller = Self::new(how, town);
        if let Some(folder) = &globals.directory {
            caller.cwd = caller.place().absolute(folder);
        }
        caller.globals = globals;
        caller
    }

    /// The folder that the line is meant in.
    pub(super) fn folder(&self) -> &Path {
        &self.cwd
    }

    /// The ledger that `bd` means here (DECISIONS 20).
    pub(super) fn ledger(&self) -> Result<LedgerPlace, Refusal> {
        let named = edge::variable("BEADS_DIR").or_else(|| edge::variable("BEADS_DB"));
        config::find_ledger(&LedgerAsk {
            db: self.globals.db.as_deref(),
            town: self.town.as_deref(),
            beads_dir: named.as_deref().map(Path::new),
            env_root: edge::named_town().as_deref(),
            agent: edge::is_agent(),
            cwd: &self.cwd,
            home: self.home.as_deref(),
        })
    }

    fn is_bd(&self) -> bool {
        self.how.starts_with("bd ")
    }

    /// The town that is meant; for `bd`, the ledger.
    pub(super) fn paths(&self) -> Result<TownPaths, Refusal> {
        if self.is_bd() {
            return self.ledger().map(|found| found.paths);
        }
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
            agent: edge::switch("BD_AGENT_MODE"),
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
        let rig = if self.is_bd() {
            Self::rig_at(&self.ledger()?)
        } else {
            config::rig_of_folder(&self.paths()?, &self.cwd)
        };
        Ok(Context {
            rig,
            ..self.place()
        })
    }

    /// The rig that a place means: the one whose folder it is, else the one whose repository it is a
    /// clone of (DOCUMENT 26).
    pub(super) fn rig_at(found: &LedgerPlace) -> Option<RigName> {
        if found.paths.is_plain() {
            return None;
        }
        let rig = config::rig_of_folder(&found.paths, &found.folder);
        if rig.is_some() || found.folder.starts_with(found.paths.root()) {
            return rig;
        }
        let itself = config::ledger_home(&found.folder);
        let mut urls = git::origin(&found.folder)
            .into_iter()
            .chain(itself.to_str().map(str::to_owned));
        urls.find_map(|url| config::rig_of_remote(&found.paths, &url))
    }

    /// The rig whose folder, or a clone of whose repository, is at a path as typed.
    pub(super) fn rig_named(&self, typed: &str) -> Option<RigName> {
        let mut found = self.ledger().ok()?;
        found.folder = self.place().absolute(Path::new(typed));
        if !found.folder.is_dir() {
            return None;
        }
        Self::rig_at(&found)
    }

    /// A way to the town for several questions, which change nothing.
    pub(super) fn reader(&self) -> Result<TownClient, Refusal> {
        TownClient::open(self.paths()?, Need::Ledger)
    }

    /// A way to the town.
    pub(super) fn open(&self, need: Need) -> Result<TownClient, Refusal> {
        self.may_change()?;
        let paths = self.paths()?;
        let person = if paths.is_plain() {
            self.person()
        } else {
            if self.is_bd() && self.globals.actor.is_some() {
                output::note("note: `--actor` is not taken in a town, which knows who asks");
            }
            None
        };
        TownClient::open_as(paths, need, person)
    }

    /// In whose name work in a repository's own ledger is done: as the line says, as the environment
    /// says, as git says, the user's name.
    fn person(&self) -> Option<PersonName> {
        let said = self.globals.actor.clone();
        said.or_else(|| edge::variable("BEADS_ACTOR"))
            .or_else(|| edge::variable("BD_ACTOR"))
            .or_else(|| git::person(&self.cwd))
            .or_else(|| edge::variable("USER"))
            .and_then(|name| PersonName::parse(clean(&name).trim()).ok())
    }

    /// Who asks, as beads name those who work on them.
    pub(super) fn me(&self) -> Result<String, Refusal> {
        if self.paths()?.is_plain() {
            let person = self.person().map(|name| name.to_string());
            return Ok(person.unwrap_or_else(|| String::from(Address::Human)));
        }
        match self.query(Query::Work { agent: None })? {
            Answer::Work(work) => Ok(String::from(work.address)),
            _ => Err(mismatch(self.how)),
        }
    }

    /// Carries out a command that needs the ledger alone.
    pub(super) fn command(&self, command: Command) -> Result<Outcome, Refusal> {
        let mut town = self.open(Need::Ledger)?;
        self.carry(&mut town, command)
    }

    /// Carries out one of several commands over an open way, and tells the repository's hooks.
    pub(super) fn carry(
        &self,
        town: &mut TownClient,
        command: Command,
    ) -> Result<Outcome, Refusal> {
        let told = self.is_bd().then(|| bd::hooks::Told::of(&command));
        let outcome = town.command(command, self.how)?;
        if let Some(told) = told {
            bd::touched::note(&outcome, self);
            told.tell(&outcome, self);
        }
        Ok(outcome)
    }

    /// Refuses what would change something when the line says that nothing may.
    pub(super) fn may_change(&self) -> Result<(), Refusal> {
        if self.globals.readonly {
            return Err(Refusal::refused(format!(
                "`{}` changes the ledger, and the line says `--readonly`",
                self.how
            )));
        }
        Ok(())
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
