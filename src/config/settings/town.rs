//! All settings of a town in memory: the town's own, and those of its rigs.

#![expect(
    clippy::disallowed_methods,
    reason = "the rigs of a town are found by its folders"
)]

use std::collections::BTreeMap;

use super::check;
use super::file::{Check, Loaded};
use super::gates::{self, Gate};
use super::model::{
    AgentsFile, Escalation, Form, RigConfig, RigSettings, RigsFile, TownFile, TownSettings,
};
use super::pool;
use super::terminal;
use crate::domain::{AgentAlias, AgentName, MergeStrategy, Prefix, RigName, Role};
use crate::presets::AgentSpec;
use crate::support::paths::TownPaths;

/// The mail domain of agents when none is set.
const EMAIL_DOMAIN: &str = "gastown.local";
/// How long recordings are kept, in days, and how many bytes they may take (DECISIONS 14).
const RECORDINGS: (u32, u64) = (14, 20 << 30);

/// Where an agent definition stands; the order is the order in which they win (DECISIONS 16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AgentSource {
    /// `<rig>/settings/config.json`.
    Rig,
    /// `settings/agents.json`.
    AgentsFile,
    /// `settings/config.json`.
    TownSettings,
    /// Built in.
    BuiltIn,
}

impl AgentSource {
    /// The file, as people name it.
    pub const fn shown(self) -> &'static str {
        match self {
            Self::Rig => "rig settings",
            Self::AgentsFile => "settings/agents.json",
            Self::TownSettings => "settings/config.json",
            Self::BuiltIn => "built in",
        }
    }
}

#[derive(Clone, Debug)]
struct RigFiles {
    config: Loaded<RigConfig>,
    settings: Loaded<RigSettings>,
}

/// The settings of a town. Cheap to keep current: `reload` looks at the files' times only.
#[derive(Clone, Debug)]
pub struct Settings {
    paths: TownPaths,
    town_file: Loaded<TownFile>,
    rigs_file: Loaded<RigsFile>,
    town: Loaded<TownSettings>,
    agents: Loaded<AgentsFile>,
    escalation: Loaded<Escalation>,
    rigs: BTreeMap<RigName, RigFiles>,
    problems: Vec<String>,
}

impl Settings {
    /// Reads every settings file of the town. Never fails: what cannot be read is a problem.
    pub fn load(paths: &TownPaths) -> Self {
        let mut settings = Self {
            town_file: open(paths, "mayor/town.json", check::town_file),
            rigs_file: open(paths, "mayor/rigs.json", check::rigs_file),
            town: open(paths, "settings/config.json", check::town_settings),
            agents: open(paths, "settings/agents.json", check::agents_file),
            escalation: open(paths, "settings/escalation.json", check::escalation),
            rigs: BTreeMap::new(),
            problems: Vec::new(),
            paths: paths.clone(),
        };
        settings.open_rigs();
        settings.collect_problems();
        settings
    }

    /// Reads again what changed on the disk; says whether anything did.
    pub fn reload(&mut self) -> bool {
        let mut changed = self.town_file.refresh(check::town_file);
        changed |= self.town.refresh(check::town_settings);
        changed |= self.agents.refresh(check::agents_file);
        changed |= self.escalation.refresh(check::escalation);
        if self.rigs_file.refresh(check::rigs_file) {
            changed = true;
            self.open_rigs();
        }
        for rig in self.rigs.values_mut() {
            changed |= rig.config.refresh(check::rig_config);
            changed |= rig.settings.refresh(check::rig_settings);
        }
        if changed {
            self.collect_problems();
        }
        changed
    }

    /// What is wrong with the files, each with file and line.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// The folders of the town.
    pub fn paths(&self) -> &TownPaths {
        &self.paths
    }

    /// The town's name; the name of its folder when the file states none.
    pub fn town_name(&self) -> String {
        match &self.town_file.value.name {
            Some(name) if !name.trim().is_empty() => crate::support::text::clean(name),
            Some(_) | None => super::super::layout::town_name(&self.paths),
        }
    }

    /// The rigs that the town's files name.
    pub fn rigs(&self) -> impl Iterator<Item = &RigName> {
        self.rigs.keys()
    }

    /// The prefix of a rig by the town's files.
    pub fn rig_prefix(&self, rig: &RigName) -> Option<Prefix> {
        let listed = self.rigs_file.value.rigs.get(rig.as_str());
        let own = self
            .rigs
            .get(rig)
            .and_then(|files| files.config.value.beads.as_ref());
        own.or_else(|| listed.and_then(|entry| entry.beads.as_ref()))
            .and_then(|beads| Prefix::parse(beads.prefix.as_deref()?).ok())
    }

    /// The gates of a rig, in the order they run.
    pub fn rig_gates(&self, rig: &RigName) -> Vec<Gate> {
        self.rig(rig)
            .and_then(|settings| settings.merge_queue.as_ref())
            .map(gates::gates_of)
            .unwrap_or_default()
    }

    /// Why it is not certain which gates a rig wants: a key of its merge queue that nobody knows, a
    /// value that is none, or a file that cannot be read.
    pub fn gates_in_doubt(&self, rig: &RigName) -> Option<&str> {
        let files = self.rigs.get(rig)?;
        let doubt = |problem: &&String| {
            problem.contains("merge_queue") || problem.contains(super::file::BROKEN)
        };
        let first = files.settings.problems().iter().find(doubt);
        first.map(String::as_str)
    }

    /// How the work of a rig becomes part of its target.
    pub fn merge_strategy(&self, rig: &RigName) -> MergeStrategy {
        let stated = (self.rig(rig))
            .and_then(|settings| settings.merge_queue.as_ref()?.merge_strategy.as_deref());
        stated.and_then(MergeStrategy::parse).unwrap_or_default()
    }

    /// How often a gate of a rig is run before it is taken to fail.
    pub fn gate_attempts(&self, rig: &RigName) -> i64 {
        let stated =
            (self.rig(rig)).and_then(|settings| settings.merge_queue.as_ref()?.retry_flaky_tests);
        stated.map_or(1, |times| i64::from(times.clamp(1, gates::ATTEMPTS_MAX)))
    }

    /// The most requests of a rig that are tested and landed together.
    pub fn batch_max(&self, rig: &RigName) -> usize {
        let stated =
            (self.rig(rig)).and_then(|settings| settings.merge_queue.as_ref()?.batch.max_size);
        stated.map_or(gates::BATCH_DEFAULT, |size| {
            (size as usize).clamp(1, gates::BATCH_MAX)
        })
    }

    /// Whether the operator said anything about the gates of a rig, be it that there are none.
    pub fn gates_decided(&self, rig: &RigName) -> bool {
        self.rig(rig)
            .and_then(|settings| settings.merge_queue.as_ref())
            .is_some_and(gates::is_decided)
    }

    /// The names that the polecats of a rig get, in their order.
    pub fn name_pool(&self, rig: &RigName) -> Vec<AgentName> {
        let stated = self
            .rig(rig)
            .and_then(|settings| settings.namepool.as_ref()?.names.as_deref());
        pool::pool_of(stated)
    }

    /// The mail domain of agents.
    pub fn email_domain(&self) -> &str {
        self.town
            .value
            .agent_email_domain
            .as_deref()
            .filter(|domain| check::is_domain(domain))
            .unwrap_or(EMAIL_DOMAIN)
    }

    /// What one run may take of the machine.
    pub fn limits(&self) -> crate::domain::RunLimits {
        let stated = &self.town.value.limits;
        let usual = crate::domain::RunLimits::default();
        crate::domain::RunLimits {
            processes: stated.processes.unwrap_or(usual.processes),
            memory: stated.memory.unwrap_or(usual.memory),
            files: stated.files.unwrap_or(usual.files),
            nice: stated.nice.unwrap_or(usual.nice).clamp(0, 19),
            recording: terminal::run_bytes(self.town.value.recordings.as_ref())
                .unwrap_or(usual.recording),
        }
    }

    /// How many days recordings are kept, and how many bytes all of them may take.
    pub fn recordings(&self) -> (u32, u64) {
        let set = self.town.value.recordings.clone().unwrap_or_default();
        (
            set.days.filter(|days| *days > 0).unwrap_or(RECORDINGS.0),
            set.bytes.unwrap_or(RECORDINGS.1),
        )
    }

    /// How the terminals of a rig's agents are kept.
    pub fn terminal(&self, rig: &RigName) -> crate::domain::TerminalRules {
        let own = self.rig(rig).map(|settings| &settings.terminal);
        terminal::rules(&self.town.value.terminal, own)
    }

    /// The rig of beads that are made without saying which.
    pub fn default_rig(&self) -> Option<RigName> {
        RigName::parse(self.town.value.default_rig.as_deref()?).ok()
    }

    /// The agent that all roles run which have none of their own, when it is set.
    pub fn default_agent(&self) -> Option<AgentAlias> {
        alias(self.town.value.default_agent.as_ref())
    }

    /// The agent of a role in the town's settings.
    pub fn town_role_agent(&self, role: Role) -> Option<AgentAlias> {
        alias(self.town.value.role_agents.get(role.word()))
    }

    /// The agent of a role in a rig's settings.
    pub fn rig_role_agent(&self, rig: &RigName, role: Role) -> Option<AgentAlias> {
        alias(self.rig(rig)?.role_agents.get(role.word()))
    }

    /// The `agent` of a rig's settings: what its polecats run.
    pub fn rig_agent(&self, rig: &RigName) -> Option<AgentAlias> {
        alias(self.rig(rig)?.agent.as_ref())
    }

    /// What a crew member runs by the settings: the rig's word before the town's.
    pub fn crew_agent(&self, rig: &RigName, member: &AgentName) -> Option<AgentAlias> {
        let own = self
            .rig(rig)
            .and_then(|settings| settings.worker_agents.get(member.as_str()));
        alias(own.or_else(|| self.town.value.crew_agents.get(member.as_str())))
    }

    /// The definition of an alias in the files, the winning one first found (DECISIONS 16).
    pub fn agent_spec(
        &self,
        rig: Option<&RigName>,
        name: &str,
    ) -> Option<(AgentSource, &AgentSpec)> {
        let in_rig = rig
            .and_then(|rig| self.rig(rig)?.agents.get(name))
            .map(|spec| (AgentSource::Rig, spec));
        let in_agents = || {
            let spec = self.agents.value.agents.get(name)?;
            Some((AgentSource::AgentsFile, spec))
        };
        let in_town = || {
            let spec = self.town.value.agents.get(name)?;
            Some((AgentSource::TownSettings, spec))
        };
        in_rig.or_else(in_agents).or_else(in_town)
    }

    /// Every alias that the town's files define, and those of one rig.
    pub fn agent_names(&self, rig: Option<&RigName>) -> Vec<&str> {
        let of_rig = rig
            .and_then(|rig| self.rig(rig))
            .map(|settings| settings.agents.keys());
        let mut names: Vec<&str> = self
            .agents
            .value
            .agents
            .keys()
            .chain(self.town.value.agents.keys())
            .chain(of_rig.into_iter().flatten())
            .map(String::as_str)
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn rig(&self, rig: &RigName) -> Option<&RigSettings> {
        self.rigs.get(rig).map(|files| &files.settings.value)
    }

    /// Opens the files of rigs that are new, and forgets those that are gone. A rig counts by its
    /// folder as well as by the list: a list that lost a line must not take a rig's gates away.
    fn open_rigs(&mut self) {
        let listed = self.rigs_file.value.rigs.keys();
        let mut named: Vec<RigName> = listed
            .filter_map(|name| RigName::parse(name).ok())
            .collect();
        named.extend(rig_folders(&self.paths));
        self.rigs.retain(|rig, _| named.contains(rig));
        for rig in named {
            if self.rigs.contains_key(&rig) {
                continue;
            }
            let files = RigFiles {
                config: open(
                    &self.paths,
                    &format!("{rig}/config.json"),
                    check::rig_config,
                ),
                settings: open(
                    &self.paths,
                    &format!("{rig}/settings/config.json"),
                    check::rig_settings,
                ),
            };
            self.rigs.insert(rig, files);
        }
    }

    fn collect_problems(&mut self) {
        let mut problems: Vec<String> = Vec::new();
        problems.extend_from_slice(self.town_file.problems());
        problems.extend_from_slice(self.rigs_file.problems());
        problems.extend_from_slice(self.town.problems());
        problems.extend_from_slice(self.agents.problems());
        problems.extend_from_slice(self.escalation.problems());
        for rig in self.rigs.values() {
            problems.extend_from_slice(rig.config.problems());
            problems.extend_from_slice(rig.settings.problems());
        }
        let twice = self.agents.value.agents.keys().filter(|name| {
            let other = self.town.value.agents.get(*name);
            other.is_some() && other != self.agents.value.agents.get(*name)
        });
        problems.extend(twice.map(|name| {
            format!(
                "settings/config.json: agent `{name}` is defined differently in settings/agents.json, which counts"
            )
        }));
        self.problems = problems;
    }
}

/// The folders of the town that hold a rig's `config.json`.
fn rig_folders(paths: &TownPaths) -> Vec<RigName> {
    let Ok(entries) = std::fs::read_dir(paths.root()) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|entry| entry.path().join("config.json").is_file())
        .filter_map(|entry| RigName::parse(entry.file_name().to_str()?).ok())
        .collect()
}

fn alias(text: Option<&String>) -> Option<AgentAlias> {
    AgentAlias::parse(text?).ok()
}

fn open<T: Form>(paths: &TownPaths, below: &str, check: Check<T>) -> Loaded<T> {
    Loaded::open(paths.root(), paths.root().join(below), check)
}

#[cfg(test)]
mod tests;
