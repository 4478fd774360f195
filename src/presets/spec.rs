//! What a preset file or an agent entry of the settings may say, as plain data.
//!
//! Preset files (TOML) and the entries of `settings/agents.json` and its like (JSON) have the
//! same keys, so an operator can state rules for a program of their own. Every key is
//! optional: an entry is laid over the preset it builds on, key by key.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::AgentState;

/// How an agent program is given its first words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PromptStyle {
    /// As the last argument.
    Arg,
    /// After `prompt_flag`.
    Flag,
    /// Typed into its composer once it is ready.
    #[serde(alias = "none")]
    Typed,
    /// In the environment variable `GT_PROMPT`; nothing is typed.
    #[default]
    Env,
}

/// One rule over the screen: what is seen, and what it means.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSpec {
    /// The state that it means.
    #[serde(default)]
    pub state: Option<AgentState>,
    /// How many of the bottom rows are looked at; blank rows at the very bottom do not count.
    #[serde(default)]
    pub rows: Option<usize>,
    /// One of these patterns is in one of the rows.
    #[serde(default)]
    pub any: Vec<String>,
    /// Each of these patterns is in one of the rows.
    #[serde(default)]
    pub all: Vec<String>,
    /// None of these patterns is in any of the rows.
    #[serde(default)]
    pub none: Vec<String>,
    /// One of these patterns is in the title; counts like `any`.
    #[serde(default)]
    pub title: Vec<String>,
    /// What to tell the operator; the row that matched when absent.
    #[serde(default)]
    pub evidence: Option<String>,
    /// The dialog is answered with the number in front of this label, without asking anyone.
    #[serde(default)]
    pub choose: Option<String>,
}

/// Where typed text shows, and how it is sent off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComposerSpec {
    /// Finds the composer's first row; the first group is what was typed.
    #[serde(default)]
    pub line: Option<String>,
    /// How many of the bottom rows are looked at.
    #[serde(default)]
    pub rows: Option<usize>,
    /// Ends the composer below its first row; without it the composer is one row.
    #[serde(default)]
    pub end: Option<String>,
    /// What an empty composer shows in place of text.
    #[serde(default)]
    pub placeholder: Vec<String>,
    /// What stands in the composer for a long paste.
    #[serde(default)]
    pub pasted: Option<String>,
}

/// An agent definition: a preset file, or an entry of the settings laid over one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentSpec {
    /// The preset it builds on; the one that the program's name belongs to when absent.
    #[serde(default)]
    pub provider: Option<String>,
    /// What it is for, for people.
    #[serde(default)]
    pub description: Option<String>,
    /// The program.
    #[serde(default)]
    pub command: Option<String>,
    /// Its arguments for every role.
    #[serde(default)]
    pub args: Option<Vec<String>>,
    /// Environment for every role.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Whether a worker runs it without approvals; yes when absent.
    #[serde(default)]
    pub autonomous: Option<bool>,
    /// The arguments that let it work without approvals.
    #[serde(default)]
    pub autonomous_args: Option<Vec<String>>,
    /// Environment that lets it work without approvals.
    #[serde(default)]
    pub autonomous_env: BTreeMap<String, String>,
    /// Arguments by which the operator has chosen already; then `autonomous_args` stay away.
    #[serde(default)]
    pub approval_args: Option<Vec<String>>,
    /// How it is given its first words.
    #[serde(default, alias = "prompt_mode")]
    pub prompt: Option<PromptStyle>,
    /// The argument in front of the first words.
    #[serde(default)]
    pub prompt_flag: Option<String>,
    /// Arguments that resume a conversation; `{session}` stands for its id.
    #[serde(default)]
    pub resume: Option<Vec<String>>,
    /// Arguments that resume the latest conversation of the working folder.
    #[serde(default)]
    pub resume_latest: Option<Vec<String>>,
    /// The command that installs the program.
    #[serde(default)]
    pub install: Option<String>,
    /// Its settings file below the folder of the role.
    #[serde(default)]
    pub settings_file: Option<String>,
    /// The argument in front of the settings file.
    #[serde(default)]
    pub settings_flag: Option<String>,
    /// The environment variable that names the settings file.
    #[serde(default)]
    pub settings_env: Option<String>,
    /// When it can be typed to; when it shows its composer, if this is absent.
    #[serde(default)]
    pub ready: Option<RuleSpec>,
    /// What its screen means, first match wins.
    #[serde(default)]
    pub rules: Option<Vec<RuleSpec>>,
    /// Where typed text shows.
    #[serde(default)]
    pub composer: Option<ComposerSpec>,
}

impl AgentSpec {
    /// This definition laid over `base`: what it says wins, what it leaves out is the base's.
    #[must_use]
    pub fn over(&self, base: &Self) -> Self {
        Self {
            provider: self.provider.clone().or_else(|| base.provider.clone()),
            description: self
                .description
                .clone()
                .or_else(|| base.description.clone()),
            command: self.command.clone().or_else(|| base.command.clone()),
            args: self.args.clone().or_else(|| base.args.clone()),
            env: merged(&base.env, &self.env),
            autonomous: self.autonomous.or(base.autonomous),
            autonomous_args: self
                .autonomous_args
                .clone()
                .or_else(|| base.autonomous_args.clone()),
            autonomous_env: merged(&base.autonomous_env, &self.autonomous_env),
            approval_args: self
                .approval_args
                .clone()
                .or_else(|| base.approval_args.clone()),
            prompt: self.prompt.or(base.prompt),
            prompt_flag: self
                .prompt_flag
                .clone()
                .or_else(|| base.prompt_flag.clone()),
            resume: self.resume.clone().or_else(|| base.resume.clone()),
            resume_latest: self
                .resume_latest
                .clone()
                .or_else(|| base.resume_latest.clone()),
            install: self.install.clone().or_else(|| base.install.clone()),
            settings_file: self
                .settings_file
                .clone()
                .or_else(|| base.settings_file.clone()),
            settings_flag: self
                .settings_flag
                .clone()
                .or_else(|| base.settings_flag.clone()),
            settings_env: self
                .settings_env
                .clone()
                .or_else(|| base.settings_env.clone()),
            ready: self.ready.clone().or_else(|| base.ready.clone()),
            rules: self.rules.clone().or_else(|| base.rules.clone()),
            composer: self.composer.clone().or_else(|| base.composer.clone()),
        }
    }
}

fn merged(
    base: &BTreeMap<String, String>,
    over: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut all = base.clone();
    all.extend(
        over.iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    all
}
