//! Which agent a role runs, and the command line, environment and settings file that follow (DECISIONS 16, DOCUMENT 15 to 17).

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::define::{define, unknown};
use super::program::{find_program, joined};
use super::settings::{AgentSource, Settings};
use crate::domain::{AgentAlias, Refusal, RigName, Role};
use crate::presets::{AgentSpec, Preset, PromptStyle};
use crate::support::paths::TownPaths;

/// The agent of every role for which nothing is set.
const LAST_RESORT: &str = "claude";

/// The statement that decided which agent a role runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// Somebody named it for this one start.
    Named,
    /// `role_agents` of the rig.
    RigRole(RigName),
    /// `agent` of the rig, for its polecats.
    RigAgent(RigName),
    /// `role_agents` of the town.
    TownRole,
    /// `default_agent` of the town.
    TownDefault,
    /// The town's default is named for the infrastructure, and this one stands beside it.
    Beside(AgentAlias),
    /// Nothing is set.
    LastResort,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named => f.write_str("named for this start"),
            Self::RigRole(rig) => write!(f, "role agent of rig `{rig}`"),
            Self::RigAgent(rig) => write!(f, "`agent` of rig `{rig}`"),
            Self::TownRole => f.write_str("role agent of the town"),
            Self::TownDefault => f.write_str("default of the town"),
            Self::Beside(default) => write!(
                f,
                "stands beside the default `{default}`, which is for the infrastructure"
            ),
            Self::LastResort => f.write_str("nothing is set"),
        }
    }
}

/// An agent as it will run in a role.
#[derive(Clone, Debug)]
pub struct ResolvedAgent {
    /// The name it goes by.
    pub alias: AgentAlias,
    /// What is known about its program.
    pub preset: Arc<Preset>,
    /// The program, as the definition names it.
    pub program: String,
    /// Its arguments, those that let a worker go on without approvals included.
    pub args: Vec<String>,
    /// Arguments that name its settings file.
    pub settings_args: Vec<String>,
    /// Environment that the definition asks for.
    pub env: Vec<(String, String)>,
    /// Where the definition stands.
    pub source: AgentSource,
    /// Why this agent, in a few words.
    pub why: String,
}

impl ResolvedAgent {
    /// The command line as it will run; the prompt is not in it.
    pub fn command_line(&self) -> String {
        let args = self.args.iter().chain(&self.settings_args);
        joined(std::iter::once(&self.program).chain(args))
    }

    /// The command line without the settings file that is added for the role.
    pub fn short_line(&self) -> String {
        joined(std::iter::once(&self.program).chain(&self.args))
    }

    /// Program and arguments of a fresh start.
    pub fn argv(&self, program: &Path, prompt: &str) -> Vec<String> {
        let mut argv = self.bare_argv(program);
        match self.preset.spec.prompt.unwrap_or_default() {
            PromptStyle::Arg => argv.push(prompt.to_owned()),
            PromptStyle::Flag => {
                argv.extend(self.preset.spec.prompt_flag.clone());
                argv.push(prompt.to_owned());
            }
            PromptStyle::Typed | PromptStyle::Env => {}
        }
        argv
    }

    /// Program and arguments that go on with a conversation: the one of this id, else the latest of
    /// the working folder. `None` when the program cannot.
    pub fn resume_argv(&self, program: &Path, session: Option<&str>) -> Option<Vec<String>> {
        let spec = &self.preset.spec;
        let resume = match session {
            Some(session) => spec.resume.as_ref().map(|args| {
                args.iter()
                    .map(|arg| arg.replace("{session}", session))
                    .collect()
            }),
            None => spec.resume_latest.clone(),
        }?;
        let mut argv = self.bare_argv(program);
        let is_flag = resume.first().is_some_and(|first| first.starts_with('-'));
        let at = if is_flag { argv.len() } else { 1 };
        argv.splice(at..at, resume);
        Some(argv)
    }

    /// Whether the prompt must be typed once the program is ready.
    pub fn prompt_typed(&self) -> bool {
        self.preset.spec.prompt == Some(PromptStyle::Typed)
    }

    /// Whether the prompt is given in the environment variable `GT_PROMPT`.
    pub fn prompt_in_env(&self) -> bool {
        self.preset.spec.prompt.unwrap_or_default() == PromptStyle::Env
    }

    /// The command that installs the program, when it is known.
    pub fn install_hint(&self) -> Option<&str> {
        self.preset.spec.install.as_deref()
    }

    /// The program's path, or the refusal that names how to install it.
    pub fn installed(&self, path_var: &str) -> Result<PathBuf, Refusal> {
        find_program(&self.program, path_var).ok_or_else(|| {
            let refusal = Refusal::not_found(format!(
                "program `{}` of agent `{}` is not installed",
                self.program, self.alias
            ));
            match self.install_hint() {
                Some(install) => refusal.hint(install),
                None => refusal.hint(format!("gt config agent get {}", self.alias)),
            }
        })
    }

    fn bare_argv(&self, program: &Path) -> Vec<String> {
        let mut argv = vec![program.to_string_lossy().into_owned()];
        argv.extend(self.args.iter().cloned());
        argv.extend(self.settings_args.iter().cloned());
        argv
    }
}

/// Decides which agent a role runs, and how. An alias that nobody defines is refused; nothing
/// is ever put in its place.
pub fn resolve(
    role: Role,
    rig: Option<&RigName>,
    named: Option<&AgentAlias>,
    settings: &Settings,
) -> Result<ResolvedAgent, Refusal> {
    let (alias, reason) = choose(role, rig, named, settings)?;
    let Some(definition) = define(settings, rig, alias.as_str()) else {
        return Err(unknown(settings, rig, alias.as_str(), &reason.to_string()));
    };
    let preset = definition.compiled()?;
    let spec = &preset.spec;
    let autonomous = role == Role::Polecat && spec.autonomous != Some(false);
    let mut args = spec.args.clone().unwrap_or_default();
    let mut env = spec.env.clone();
    if autonomous {
        args.extend(approvals_off(spec, &args));
        env.extend(spec.autonomous_env.clone());
    }
    let mut settings_args = Vec::new();
    if let Some(file) = settings_file(settings.paths(), role, rig, spec) {
        match (&spec.settings_flag, &spec.settings_env) {
            (Some(flag), _) if !has_flag(&args, flag) => {
                settings_args = vec![flag.clone(), file.to_string_lossy().into_owned()];
            }
            (None, Some(name)) => {
                env.entry(name.clone())
                    .or_insert_with(|| file.to_string_lossy().into_owned());
            }
            (Some(_) | None, _) => {}
        }
    }
    Ok(ResolvedAgent {
        program: spec.command.clone().unwrap_or_else(|| alias.to_string()),
        args,
        settings_args,
        env: env.into_iter().collect(),
        source: definition.source,
        why: reason.to_string(),
        preset,
        alias,
    })
}

/// The alias that a role runs, and the statement that decided it.
fn choose(
    role: Role,
    rig: Option<&RigName>,
    named: Option<&AgentAlias>,
    settings: &Settings,
) -> Result<(AgentAlias, Reason), Refusal> {
    if role == Role::Human {
        return Err(Refusal::refused("the operator runs no agent"));
    }
    if let Some(named) = named {
        return Ok((named.clone(), Reason::Named));
    }
    if let Some(rig) = rig {
        if let Some(alias) = settings.rig_role_agent(rig, role) {
            return Ok((alias, Reason::RigRole(rig.clone())));
        }
        if let Some(alias) = settings.rig_agent(rig).filter(|_| role == Role::Polecat) {
            return Ok((alias, Reason::RigAgent(rig.clone())));
        }
    }
    if let Some(alias) = settings.town_role_agent(role) {
        return Ok((alias, Reason::TownRole));
    }
    if let Some(default) = settings.default_agent() {
        return Ok(match sibling(role, rig, &default, settings) {
            Some(alias) => (alias, Reason::Beside(default)),
            None => (default, Reason::TownDefault),
        });
    }
    Ok((AgentAlias::parse(LAST_RESORT)?, Reason::LastResort))
}

/// A default that is named for the infrastructure (`claude-infra`) leaves mayor, crew and polecats
/// to the alias of the same family that is named for them (`claude-crew`), where there is one.
fn sibling(
    role: Role,
    rig: Option<&RigName>,
    default: &AgentAlias,
    settings: &Settings,
) -> Option<AgentAlias> {
    let family = default.as_str().strip_suffix("-infra")?;
    let endings: &[&str] = match role {
        Role::Mayor => &["mayor"],
        Role::Crew => &["crew"],
        Role::Polecat => &["polecat", "worker"],
        Role::Human | Role::Deacon | Role::Boot | Role::Witness | Role::Refinery => &[],
    };
    endings
        .iter()
        .map(|ending| format!("{family}-{ending}"))
        .find(|name| define(settings, rig, name).is_some())
        .and_then(|name| AgentAlias::parse(&name).ok())
}

fn approvals_off(spec: &AgentSpec, args: &[String]) -> Vec<String> {
    let chosen = spec
        .approval_args
        .iter()
        .flatten()
        .any(|flag| has_flag(args, flag));
    if chosen {
        return Vec::new();
    }
    spec.autonomous_args.clone().unwrap_or_default()
}

fn has_flag(args: &[String], flag: &str) -> bool {
    args.iter().any(|arg| {
        arg.strip_prefix(flag)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    })
}

/// The settings file of a program for a role, when the town has one there.
fn settings_file(
    paths: &TownPaths,
    role: Role,
    rig: Option<&RigName>,
    spec: &AgentSpec,
) -> Option<PathBuf> {
    let below = spec.settings_file.as_ref()?;
    let folder = match role {
        Role::Human => return None,
        Role::Mayor => paths.root().join("mayor"),
        Role::Deacon | Role::Boot => paths.root().join("deacon"),
        Role::Witness => paths.rig(rig?.as_str()).join("witness"),
        Role::Refinery => paths.rig(rig?.as_str()).join("refinery"),
        Role::Crew => paths.rig(rig?.as_str()).join("crew"),
        Role::Polecat => paths.rig(rig?.as_str()).join("polecats"),
    };
    Some(folder.join(below)).filter(|file| file.is_file())
}

#[cfg(test)]
mod tests;
