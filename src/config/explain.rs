//! Which agent each role runs, and why: the table that `gt config explain` prints.

use super::resolve::resolve;
use super::settings::Settings;
use crate::domain::{AgentAlias, RigName, Role};

/// One role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainRow {
    /// Which.
    pub role: Role,
    /// The agent that it runs; `None` when that cannot be said.
    pub alias: Option<AgentAlias>,
    /// The command line, or what is wrong.
    pub line: String,
    /// The statement that decided it.
    pub why: String,
}

/// Every role that runs an agent, for the town or as it is in one rig.
pub fn explain(settings: &Settings, rig: Option<&RigName>) -> Vec<ExplainRow> {
    Role::ALL
        .iter()
        .filter(|role| **role != Role::Human)
        .map(|&role| match resolve(role, rig, None, settings) {
            Ok(agent) => ExplainRow {
                role,
                line: agent.short_line(),
                why: agent.why,
                alias: Some(agent.alias),
            },
            Err(refusal) => ExplainRow {
                role,
                alias: None,
                line: refusal.message,
                why: "cannot run".to_owned(),
            },
        })
        .collect()
}
