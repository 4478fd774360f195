//! A preset with its rules compiled, and the table of those that are built in.
//!
//! Rules are compiled once; a pattern that does not compile makes the whole preset an error
//! with the name of the rule, never a rule that silently matches nothing.

use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::spec::{AgentSpec, ComposerSpec, RuleSpec};
use crate::domain::AgentState;

/// Rows that a rule looks at when it does not say how many.
const DEFAULT_ROWS: usize = 12;

/// The built-in presets: name and file.
const FILES: &[(&str, &str)] = &[
    ("claude", include_str!("claude.toml")),
    ("gemini", include_str!("gemini.toml")),
    ("codex", include_str!("codex.toml")),
    ("opencode", include_str!("opencode.toml")),
    ("cursor", include_str!("cursor.toml")),
    ("amp", include_str!("amp.toml")),
    ("auggie", include_str!("auggie.toml")),
    ("copilot", include_str!("copilot.toml")),
    ("pi", include_str!("pi.toml")),
    ("shell", include_str!("shell.toml")),
    ("scripted", include_str!("scripted.toml")),
];

/// The name of the preset of a program that has none.
pub(crate) const GENERIC: &str = "generic";

/// Why a preset cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PresetError {
    /// The file does not read.
    #[error("preset `{name}` does not read")]
    Unreadable {
        /// Which.
        name: String,
        /// Why.
        #[source]
        source: toml::de::Error,
    },
    /// A pattern does not compile.
    #[error("agent `{name}`: pattern `{pattern}` in {place} does not compile")]
    BadPattern {
        /// Which definition.
        name: String,
        /// Where in it.
        place: String,
        /// The pattern.
        pattern: String,
        /// Why.
        #[source]
        source: Box<regex::Error>,
    },
}

/// A compiled rule.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) state: Option<AgentState>,
    pub(super) rows: usize,
    pub(super) any: Vec<Regex>,
    pub(super) all: Vec<Regex>,
    pub(super) none: Vec<Regex>,
    pub(super) title: Vec<Regex>,
    pub(super) evidence: Option<String>,
    pub(super) choose: Option<Regex>,
}

/// A compiled composer rule.
#[derive(Clone, Debug)]
pub(super) struct ComposerRule {
    pub(super) line: Regex,
    pub(super) rows: usize,
    pub(super) end: Option<Regex>,
    pub(super) placeholder: Vec<Regex>,
    pub(super) pasted: Option<Regex>,
}

/// An agent definition that is ready to use.
#[derive(Clone, Debug)]
pub struct Preset {
    /// `claude`, `gemini`, …, or `generic` for a program without a preset.
    pub name: String,
    /// What the definition says, the base laid under it.
    pub spec: AgentSpec,
    pub(super) ready: Option<Rule>,
    pub(super) rules: Vec<Rule>,
    pub(super) composer: Option<ComposerRule>,
}

impl Preset {
    /// Compiles a definition under the name of the preset it builds on.
    pub fn compile(name: &str, spec: AgentSpec) -> Result<Self, PresetError> {
        let ready = spec
            .ready
            .as_ref()
            .map(|rule| compile_rule(name, "ready", rule))
            .transpose()?;
        let rules = spec
            .rules
            .iter()
            .flatten()
            .enumerate()
            .map(|(index, rule)| compile_rule(name, &format!("rules[{index}]"), rule))
            .collect::<Result<_, _>>()?;
        let composer = match &spec.composer {
            Some(composer) => compile_composer(name, composer)?,
            None => None,
        };
        Ok(Self {
            name: name.to_owned(),
            spec,
            ready,
            rules,
            composer,
        })
    }

    /// The preset of a program that has none: its prompt is in `GT_PROMPT`, nothing is typed at
    /// start, and its screen says nothing but that it is there (DECISIONS 17).
    pub fn generic() -> Self {
        Self {
            name: GENERIC.to_owned(),
            spec: AgentSpec::default(),
            ready: None,
            rules: Vec::new(),
            composer: None,
        }
    }

    /// Whether this is the preset of a program without one.
    pub fn is_generic(&self) -> bool {
        self.name == GENERIC
    }

    /// Whether its screen can be read: without rules, state comes from process and commands alone.
    pub fn reads_screen(&self) -> bool {
        self.ready.is_some() || !self.rules.is_empty() || self.composer.is_some()
    }
}

static BUILTINS: LazyLock<Vec<Arc<Preset>>> = LazyLock::new(|| {
    FILES
        .iter()
        .filter_map(|(name, text)| match read(name, text) {
            Ok(preset) => Some(Arc::new(preset)),
            Err(error) => {
                tracing::error!(%name, %error, "a built-in preset does not read");
                None
            }
        })
        .collect()
});

/// Every built-in preset, in the order of the help.
pub fn builtins() -> &'static [Arc<Preset>] {
    &BUILTINS
}

/// The built-in preset of this name.
pub fn builtin(name: &str) -> Option<Arc<Preset>> {
    BUILTINS.iter().find(|preset| preset.name == name).cloned()
}

/// The built-in preset that a program belongs to, by the last part of its path.
pub fn preset_of_command(command: &str) -> Option<Arc<Preset>> {
    let base = command.rsplit('/').next().unwrap_or(command);
    BUILTINS
        .iter()
        .find(|preset| preset.spec.command.as_deref() == Some(base))
        .cloned()
}

fn read(name: &str, text: &str) -> Result<Preset, PresetError> {
    let spec: AgentSpec = toml::from_str(text).map_err(|source| PresetError::Unreadable {
        name: name.to_owned(),
        source,
    })?;
    Preset::compile(name, spec)
}

fn compile_rule(name: &str, place: &str, rule: &RuleSpec) -> Result<Rule, PresetError> {
    let many = |patterns: &[String]| -> Result<Vec<Regex>, PresetError> {
        patterns
            .iter()
            .map(|pattern| compile(name, place, pattern))
            .collect()
    };
    Ok(Rule {
        state: rule.state,
        rows: rule.rows.unwrap_or(DEFAULT_ROWS),
        any: many(&rule.any)?,
        all: many(&rule.all)?,
        none: many(&rule.none)?,
        title: many(&rule.title)?,
        evidence: rule.evidence.clone(),
        choose: rule
            .choose
            .as_deref()
            .map(|label| compile(name, place, &format!(r"([0-9])[.)]\s*(?:{label})")))
            .transpose()?,
    })
}

fn compile_composer(name: &str, spec: &ComposerSpec) -> Result<Option<ComposerRule>, PresetError> {
    let Some(line) = &spec.line else {
        return Ok(None);
    };
    let one = |pattern: &Option<String>| {
        pattern
            .as_deref()
            .map(|pattern| compile(name, "composer", pattern))
            .transpose()
    };
    Ok(Some(ComposerRule {
        line: compile(name, "composer", line)?,
        rows: spec.rows.unwrap_or(DEFAULT_ROWS),
        end: one(&spec.end)?,
        placeholder: spec
            .placeholder
            .iter()
            .map(|pattern| compile(name, "composer", pattern))
            .collect::<Result<_, _>>()?,
        pasted: one(&spec.pasted)?,
    }))
}

fn compile(name: &str, place: &str, pattern: &str) -> Result<Regex, PresetError> {
    Regex::new(pattern).map_err(|source| PresetError::BadPattern {
        name: name.to_owned(),
        place: place.to_owned(),
        pattern: pattern.to_owned(),
        source: Box::new(source),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_preset_reads_and_knows_no_unknown_key() {
        for (name, text) in FILES {
            let mut unknown = Vec::new();
            let deserializer = toml::de::Deserializer::parse(text).expect(name);
            let spec: AgentSpec =
                serde_ignored::deserialize(deserializer, |path| unknown.push(path.to_string()))
                    .expect(name);
            assert!(unknown.is_empty(), "{name}: {unknown:?}");
            assert!(spec.command.is_some(), "{name}");
            assert!(spec.install.is_some(), "{name}");
            Preset::compile(name, spec).expect(name);
        }
        assert_eq!(builtins().len(), FILES.len());
    }

    #[test]
    fn a_program_is_known_by_the_last_part_of_its_path() {
        for (command, preset) in [
            ("claude", Some("claude")),
            ("/opt/bin/gemini", Some("gemini")),
            ("cursor-agent", Some("cursor")),
            ("./claude", Some("claude")),
            ("python3", None),
            ("", None),
        ] {
            let found = preset_of_command(command);
            assert_eq!(
                found.as_ref().map(|found| found.name.as_str()),
                preset,
                "{command:?}"
            );
        }
    }

    #[test]
    fn a_bad_pattern_is_named() {
        let spec = AgentSpec {
            rules: Some(vec![RuleSpec {
                any: vec!["(".to_owned()],
                ..RuleSpec::default()
            }]),
            ..AgentSpec::default()
        };
        let error = Preset::compile("mine", spec).map(drop).unwrap_err();
        assert!(error.to_string().contains("rules[0]"), "{error}");
    }
}
