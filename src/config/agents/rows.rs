//! The agents that a town knows, as a table.

use crate::config::define::{Definition, define, known_names, unknown};
use crate::config::program::find_program;
use crate::config::resolve::resolve;
use crate::config::settings::{AgentSource, Settings};
use crate::domain::{AgentAlias, Refusal, Role};

/// One agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentRow {
    /// The name it goes by.
    pub name: String,
    /// Where its definition stands.
    pub source: AgentSource,
    /// The preset it builds on; `generic` when it has none.
    pub preset: String,
    /// What it is for, when that is stated.
    pub description: Option<String>,
    /// The command line as it runs in its roles; that of a worker when a worker runs it.
    pub command_line: String,
    /// The program.
    pub program: String,
    /// Whether the program is on this machine.
    pub installed: bool,
    /// The command that installs it.
    pub install_hint: Option<String>,
    /// The roles that run it in the town, by the settings as they are.
    pub roles: Vec<Role>,
    /// Whether it is the town's default.
    pub is_default: bool,
}

/// Every agent that the town knows, by name.
pub fn agent_rows(settings: &Settings, path_var: &str) -> Vec<AgentRow> {
    let running = running_roles(settings);
    known_names(settings, None)
        .into_iter()
        .filter_map(|name| {
            let definition = define(settings, None, name)?;
            row(settings, name, &definition, &running, path_var).ok()
        })
        .collect()
}

/// One agent by its name.
pub fn agent_row(settings: &Settings, name: &str, path_var: &str) -> Result<AgentRow, Refusal> {
    let definition =
        define(settings, None, name).ok_or_else(|| unknown(settings, None, name, ""))?;
    row(
        settings,
        name,
        &definition,
        &running_roles(settings),
        path_var,
    )
}

fn running_roles(settings: &Settings) -> Vec<(Role, AgentAlias)> {
    Role::ALL
        .iter()
        .filter_map(|&role| Some((role, resolve(role, None, None, settings).ok()?.alias)))
        .collect()
}

fn row(
    settings: &Settings,
    name: &str,
    definition: &Definition,
    running: &[(Role, AgentAlias)],
    path_var: &str,
) -> Result<AgentRow, Refusal> {
    let alias = AgentAlias::parse(name)?;
    let roles: Vec<Role> = running
        .iter()
        .filter(|(_, runs)| *runs == alias)
        .map(|(role, _)| *role)
        .collect();
    let role = if roles.contains(&Role::Polecat) {
        Role::Polecat
    } else {
        roles.first().copied().unwrap_or(Role::Crew)
    };
    let agent = resolve(role, None, Some(&alias), settings)?;
    Ok(AgentRow {
        name: name.to_owned(),
        source: definition.source,
        preset: agent.preset.name.clone(),
        description: definition.spec.description.clone(),
        command_line: agent.short_line(),
        installed: find_program(&agent.program, path_var).is_some(),
        install_hint: agent.install_hint().map(str::to_owned),
        program: agent.program,
        roles,
        is_default: settings.default_agent().as_ref() == Some(&alias),
    })
}
