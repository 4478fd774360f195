//! Finding the definition of an agent by its name: the files of town and rig first, then what is built in.
//!
//! A definition is laid over the preset that it builds on, so that `"gemini"` alone inherits
//! everything that is known about Gemini. A name that nobody defines is refused with near names.

use std::sync::Arc;

use super::settings::{AgentSource, Settings};
use crate::domain::{Refusal, RigName};
use crate::presets::{AgentSpec, Preset, builtin, builtins, preset_of_command};
use crate::support::near::near_matches;

/// The preset of the demo's agent: to build on, not to choose.
const DEMO: &str = "scripted";

/// Aliases that exist without being set, as the town's first set-up defines them: alias and command line.
const BUILT_IN_ALIASES: &[(&str, &str)] = &[
    ("claude-mayor", "claude --model sonnet"),
    (
        "claude-infra",
        "claude --model haiku --dangerously-skip-permissions",
    ),
    ("claude-crew", "claude --model sonnet"),
    ("gemini-worker", "gemini"),
];

/// A definition found for an alias.
pub(super) struct Definition {
    pub(super) source: AgentSource,
    /// The definition laid over the preset it builds on.
    pub(super) spec: AgentSpec,
    /// That preset.
    pub(super) base: Option<Arc<Preset>>,
}

impl Definition {
    /// The preset it builds on, with what the definition changes.
    pub(super) fn compiled(&self) -> Result<Arc<Preset>, Refusal> {
        let mut base = match &self.base {
            Some(base) => Preset::clone(base),
            None => Preset::generic(),
        };
        let same_rules = self.spec.rules == base.spec.rules
            && self.spec.ready == base.spec.ready
            && self.spec.composer == base.spec.composer;
        if same_rules {
            base.spec = self.spec.clone();
            return Ok(Arc::new(base));
        }
        Preset::compile(&base.name, self.spec.clone())
            .map(Arc::new)
            .map_err(|error| Refusal::failed(error.to_string()).hint("gt config agent list"))
    }
}

/// Finds the definition of an alias: files first, then what is built in.
pub(super) fn define(settings: &Settings, rig: Option<&RigName>, name: &str) -> Option<Definition> {
    if let Some((source, own)) = settings.agent_spec(rig, name) {
        let base = base_of(name, own);
        let spec = match &base {
            Some(base) => own.over(&base.spec),
            None => own.clone(),
        };
        return Some(Definition { source, spec, base });
    }
    let built_in = |spec: AgentSpec, base: Option<Arc<Preset>>| Definition {
        source: AgentSource::BuiltIn,
        spec,
        base,
    };
    if let Some((_, line)) = BUILT_IN_ALIASES.iter().find(|(alias, _)| *alias == name) {
        let mut words = line.split(' ').map(str::to_owned);
        let own = AgentSpec {
            command: words.next(),
            args: Some(words.collect()),
            ..AgentSpec::default()
        };
        let base = base_of(name, &own);
        let spec = base
            .as_ref()
            .map_or_else(|| own.clone(), |base| own.over(&base.spec));
        return Some(built_in(spec, base));
    }
    builtin(name).map(|preset| built_in(preset.spec.clone(), Some(preset)))
}

fn base_of(name: &str, own: &AgentSpec) -> Option<Arc<Preset>> {
    if let Some(provider) = &own.provider {
        return builtin(provider);
    }
    builtin(name).or_else(|| preset_of_command(own.command.as_deref()?))
}

/// Every name that `resolve` knows: the files', the built-in aliases, the presets.
pub(super) fn known_names<'a>(settings: &'a Settings, rig: Option<&RigName>) -> Vec<&'a str> {
    let mut names = settings.agent_names(rig);
    names.extend(BUILT_IN_ALIASES.iter().map(|(alias, _)| *alias));
    let offered = builtins().iter().filter(|preset| preset.name != DEMO);
    names.extend(offered.map(|preset| preset.name.as_str()));
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether an alias exists without being set.
pub(super) fn is_built_in(name: &str) -> bool {
    BUILT_IN_ALIASES.iter().any(|(alias, _)| *alias == name) || builtin(name).is_some()
}

pub(super) fn unknown(
    settings: &Settings,
    rig: Option<&RigName>,
    name: &str,
    why: &str,
) -> Refusal {
    let near = near_matches(name, known_names(settings, rig));
    let mut message = format!("no agent `{name}`");
    if !why.is_empty() {
        message.push_str(" (");
        message.push_str(why);
        message.push(')');
    }
    if !near.is_empty() {
        let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
        message.push_str("; near: ");
        message.push_str(&near.join(", "));
    }
    Refusal::not_found(message).hint("gt config agent list")
}
