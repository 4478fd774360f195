//! The changes behind `gt config agent set|remove` and `gt config default-agent`.
//!
//! An entry is changed where it stands and a new one goes to `settings/agents.json`; keys that
//! are not ours to know stay, in their order (DOCUMENT 10).

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::config::define::{define, is_built_in, unknown};
use crate::config::json::{object_at, read_object, write_object};
use crate::config::program::find_program;
use crate::config::settings::{AgentSource, Settings};
use crate::domain::{AgentAlias, Refusal, Role};
use crate::presets::{Preset, builtin, preset_of_command};
use crate::support::paths::TownPaths;

/// Roles that an alias is for, by the end of its name (DOCUMENT 16).
const ENDINGS: &[(&str, &[Role])] = &[
    ("-mayor", &[Role::Mayor]),
    ("-crew", &[Role::Crew]),
    ("-polecat", &[Role::Polecat]),
    ("-worker", &[Role::Polecat]),
    (
        "-infra",
        &[Role::Deacon, Role::Boot, Role::Witness, Role::Refinery],
    ),
];

/// Whether a program is on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Installed {
    /// At this path.
    Yes(PathBuf),
    /// No; the command that installs it, when it is known.
    No(Option<String>),
}

/// Roles that an alias took, or left because they run another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleTaken {
    /// It is their agent now.
    pub taken: Vec<Role>,
    /// They run another that was set before.
    pub kept: Vec<(Role, String)>,
}

/// What `set_agent` did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetReport {
    /// The file that holds the entry.
    pub file: PathBuf,
    /// Whether the entry is new.
    pub new: bool,
    /// The preset it inherits from: approvals, prompt, dialogs, states. `None` for an unknown program.
    pub inherited_preset: Option<String>,
    /// Whether the name is that of something built in, which it now hides.
    pub hides_built_in: bool,
    /// What its name says it is for.
    pub role_taken: RoleTaken,
    /// Whether its program is on this machine. Setting it is fine either way.
    pub installed: Installed,
}

/// Stores an alias for a command line. `provider` names the preset to inherit from when the
/// program's name does not say.
pub fn set_agent(
    settings: &Settings,
    alias: &AgentAlias,
    command_line: &str,
    provider: Option<&str>,
    path_var: &str,
) -> Result<SetReport, Refusal> {
    let (program, args) = split(command_line)?;
    if let Some(name) = provider.filter(|name| builtin(name).is_none()) {
        return Err(unknown(settings, None, name, "as a provider"));
    }
    let preset = match provider {
        Some(name) => builtin(name),
        None => builtin(alias.as_str()).or_else(|| preset_of_command(&program)),
    };
    let paths = settings.paths();
    let file = home_of(paths, alias)?;
    let new = edit_agents(&file, |agents| {
        let entry = object_at(agents, alias.as_str())?;
        let new = entry.is_empty();
        let stale = entry
            .get("provider")
            .and_then(Value::as_str)
            .is_some_and(|before| {
                preset_of_command(&program).is_some_and(|now| now.name != before)
            });
        match provider {
            Some(name) => drop(entry.insert("provider".to_owned(), json!(name))),
            // The old program's preset does not fit the new program, which has one of its own.
            None if stale => drop(entry.shift_remove("provider")),
            None => {}
        }
        entry.insert("command".to_owned(), json!(program));
        entry.insert("args".to_owned(), json!(args));
        Some(new)
    })?;
    let role_taken = take_roles(paths, alias)?;
    let installed = match find_program(&program, path_var) {
        Some(path) => Installed::Yes(path),
        None => Installed::No(
            preset
                .as_ref()
                .and_then(|preset| preset.spec.install.clone()),
        ),
    };
    Ok(SetReport {
        file,
        new,
        inherited_preset: preset.map(|preset: std::sync::Arc<Preset>| preset.name.clone()),
        hides_built_in: is_built_in(alias.as_str()),
        role_taken,
        installed,
    })
}

/// Takes an alias away, and the roles that its name had given it. Answers with the file and those
/// roles. What is built in, and what is still somebody's agent by name, stays.
pub fn remove_agent(
    settings: &Settings,
    alias: &AgentAlias,
) -> Result<(PathBuf, Vec<Role>), Refusal> {
    let name = alias.as_str();
    let paths = settings.paths();
    let Some((source, _)) = settings.agent_spec(None, name) else {
        return Err(if is_built_in(name) {
            Refusal::refused(format!("agent `{name}` is built in"))
                .hint(format!("gt config agent set {name} \"<command line>\""))
        } else {
            unknown(settings, None, name, "")
        });
    };
    let survives = is_built_in(name);
    if !survives {
        refuse_if_used(settings, alias)?;
    }
    let file = file_of(paths, source);
    edit_agents(&file, |agents| agents.shift_remove(name))?;
    let mut freed = Vec::new();
    if !survives {
        let config = paths.root().join("settings/config.json");
        let mut object = read_object(&config)?.unwrap_or_default();
        if let Some(roles) = object.get_mut("role_agents").and_then(Value::as_object_mut) {
            for &role in Role::ALL {
                if roles.get(role.word()).and_then(Value::as_str) == Some(name) {
                    roles.shift_remove(role.word());
                    freed.push(role);
                }
            }
        }
        if !freed.is_empty() {
            write_object(&config, &object)?;
        }
    }
    Ok((file, freed))
}

/// The town's default agent: what stands in the settings, else `claude`.
pub fn default_agent(settings: &Settings) -> String {
    settings
        .default_agent()
        .map_or_else(|| "claude".to_owned(), |alias| alias.to_string())
}

/// Makes an agent the town's default. Answers with the file.
pub fn set_default_agent(settings: &Settings, alias: &AgentAlias) -> Result<PathBuf, Refusal> {
    if define(settings, None, alias.as_str()).is_none() {
        return Err(unknown(settings, None, alias.as_str(), "as the default"));
    }
    let file = settings.paths().root().join("settings/config.json");
    let mut object = config_object(&file)?;
    object.insert("default_agent".to_owned(), json!(alias.as_str()));
    write_object(&file, &object)?;
    Ok(file)
}

fn split(command_line: &str) -> Result<(String, Vec<String>), Refusal> {
    let accepted = "a program and its arguments, quotes closed";
    let mut words = shlex::split(command_line)
        .ok_or_else(|| Refusal::invalid("command line", command_line, accepted))?
        .into_iter();
    match words.next() {
        Some(program) if !program.is_empty() => Ok((program, words.collect())),
        Some(_) | None => Err(Refusal::invalid("command line", command_line, accepted)),
    }
}

/// The file that an alias stands in, or belongs into when it is new.
fn home_of(paths: &TownPaths, alias: &AgentAlias) -> Result<PathBuf, Refusal> {
    let holds = |file: &Path| -> Result<bool, Refusal> {
        Ok(read_object(file)?
            .and_then(|object| object.get("agents")?.as_object().cloned())
            .is_some_and(|agents| agents.contains_key(alias.as_str())))
    };
    let agents = file_of(paths, AgentSource::AgentsFile);
    let config = file_of(paths, AgentSource::TownSettings);
    Ok(if !holds(&agents)? && holds(&config)? {
        config
    } else {
        agents
    })
}

fn file_of(paths: &TownPaths, source: AgentSource) -> PathBuf {
    let below = match source {
        AgentSource::TownSettings => "settings/config.json",
        AgentSource::AgentsFile | AgentSource::BuiltIn | AgentSource::Rig => "settings/agents.json",
    };
    paths.root().join(below)
}

/// Changes the `agents` of a file; `change` answers `None` when what stands there is no object.
fn edit_agents<T>(
    file: &Path,
    change: impl FnOnce(&mut Map<String, Value>) -> Option<T>,
) -> Result<T, Refusal> {
    let mut object = match read_object(file)? {
        Some(object) => object,
        None => Map::from_iter([("version".to_owned(), json!(1))]),
    };
    let changed = object_at(&mut object, "agents")
        .and_then(change)
        .ok_or_else(|| not_objects(file))?;
    write_object(file, &object)?;
    Ok(changed)
}

fn not_objects(file: &Path) -> Refusal {
    Refusal::failed(format!(
        "`agents` in `{}` does not hold objects",
        file.display()
    ))
    .hint(format!("correct the file: `{}`", file.display()))
}

fn config_object(file: &Path) -> Result<Map<String, Value>, Refusal> {
    Ok(read_object(file)?.unwrap_or_else(|| {
        Map::from_iter([
            ("type".to_owned(), json!("town-settings")),
            ("version".to_owned(), json!(1)),
        ])
    }))
}

/// Makes an alias the agent of the roles that its name ends in, where they have none.
fn take_roles(paths: &TownPaths, alias: &AgentAlias) -> Result<RoleTaken, Refusal> {
    let mut report = RoleTaken::default();
    let Some((_, wanted)) = ENDINGS
        .iter()
        .find(|(ending, _)| alias.as_str().ends_with(ending))
    else {
        return Ok(report);
    };
    let file = file_of(paths, AgentSource::TownSettings);
    let mut object = config_object(&file)?;
    let roles = object_at(&mut object, "role_agents").ok_or_else(|| {
        Refusal::failed(format!(
            "`role_agents` in `{}` is not an object",
            file.display()
        ))
    })?;
    for &role in *wanted {
        match roles.get(role.word()).and_then(Value::as_str) {
            Some(other) if other == alias.as_str() => {}
            Some(other) => report.kept.push((role, other.to_owned())),
            None => {
                roles.insert(role.word().to_owned(), json!(alias.as_str()));
                report.taken.push(role);
            }
        }
    }
    if !report.taken.is_empty() {
        write_object(&file, &object)?;
    }
    Ok(report)
}

fn refuse_if_used(settings: &Settings, alias: &AgentAlias) -> Result<(), Refusal> {
    if settings.default_agent().as_ref() == Some(alias) {
        return Err(
            Refusal::conflict(format!("agent `{alias}` is the default of the town"))
                .hint("gt config default-agent claude"),
        );
    }
    for rig in settings.rigs() {
        let own = settings
            .agent_spec(Some(rig), alias.as_str())
            .is_some_and(|(source, _)| source == AgentSource::Rig);
        let by_role = Role::ALL
            .iter()
            .any(|&role| settings.rig_role_agent(rig, role).as_ref() == Some(alias));
        if !own && (by_role || settings.rig_agent(rig).as_ref() == Some(alias)) {
            let file = settings
                .paths()
                .rig(rig.as_str())
                .join("settings/config.json");
            return Err(
                Refusal::conflict(format!("rig `{rig}` runs agent `{alias}`"))
                    .hint(format!("change `{}`", file.display())),
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
