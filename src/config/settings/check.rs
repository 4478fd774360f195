//! Values of settings that read but cannot be used: each is named with its key.

use std::collections::BTreeMap;

use super::gates;
use super::model::{
    AgentsFile, Escalation, MergeQueue, RigConfig, RigSettings, RigsFile, TownFile, TownSettings,
};
use super::terminal;
use crate::config::env::is_identity;
use crate::domain::{
    Address, AgentAlias, AgentName, MergeStrategy, Prefix, Refusal, RigName, Role, parse_span,
};
use crate::presets::{AgentSpec, Preset, builtin};

type Problems = Vec<(String, String)>;

fn note<T>(problems: &mut Problems, key: String, checked: Result<T, Refusal>) {
    if let Err(refusal) = checked {
        problems.push((key, refusal.message));
    }
}

pub(super) fn town_file(_file: &TownFile) -> Problems {
    Vec::new()
}

pub(super) fn rigs_file(file: &RigsFile) -> Problems {
    let mut problems = Vec::new();
    for (name, rig) in &file.rigs {
        note(&mut problems, format!("rigs.{name}"), RigName::parse(name));
        if let Some(prefix) = rig.beads.as_ref().and_then(|beads| beads.prefix.as_deref()) {
            note(
                &mut problems,
                format!("rigs.{name}.beads.prefix"),
                Prefix::parse(prefix),
            );
        }
    }
    problems
}

pub(super) fn town_settings(file: &TownSettings) -> Problems {
    let mut problems = agents(&file.agents);
    if let Some(alias) = &file.default_agent {
        note(
            &mut problems,
            "default_agent".to_owned(),
            AgentAlias::parse(alias),
        );
    }
    if let Some(rig) = &file.default_rig {
        note(&mut problems, "default_rig".to_owned(), RigName::parse(rig));
    }
    if let Some(domain) = &file.agent_email_domain
        && !is_domain(domain)
    {
        let reason = "not a mail domain such as `gastown.local`".to_owned();
        problems.push(("agent_email_domain".to_owned(), reason));
    }
    if file
        .limits
        .nice
        .is_some_and(|nice| !(0..=19).contains(&nice))
    {
        let reason = "not a number from 0 to 19".to_owned();
        problems.push(("limits.nice".to_owned(), reason));
    }
    if let Some(recordings) = &file.recordings
        && recordings.days == Some(0)
    {
        let reason = "must be at least 1: recordings of today are kept".to_owned();
        problems.push(("recordings.days".to_owned(), reason));
    }
    problems.extend(file.recordings.as_ref().and_then(terminal::check_run_bytes));
    problems.extend(terminal::check(&file.terminal));
    problems.extend(roles(&file.role_agents));
    problems.extend(members("crew_agents", &file.crew_agents));
    problems
}

/// Whether a text can stand behind the `@` of a mail address.
pub(super) fn is_domain(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 253
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
}

pub(super) fn agents_file(file: &AgentsFile) -> Problems {
    agents(&file.agents)
}

pub(super) fn rig_config(file: &RigConfig) -> Problems {
    let mut problems = Vec::new();
    if let Some(prefix) = file
        .beads
        .as_ref()
        .and_then(|beads| beads.prefix.as_deref())
    {
        note(
            &mut problems,
            "beads.prefix".to_owned(),
            Prefix::parse(prefix),
        );
    }
    problems
}

pub(super) fn rig_settings(file: &RigSettings) -> Problems {
    let mut problems = agents(&file.agents);
    if let Some(alias) = &file.agent {
        note(&mut problems, "agent".to_owned(), AgentAlias::parse(alias));
    }
    problems.extend(roles(&file.role_agents));
    problems.extend(members("worker_agents", &file.worker_agents));
    problems.extend(terminal::check(&file.terminal));
    if let Some(queue) = &file.merge_queue {
        problems.extend(merge_queue(queue));
    }
    let names = file.namepool.as_ref().and_then(|pool| pool.names.as_ref());
    for name in names.into_iter().flatten() {
        note(
            &mut problems,
            "namepool.names".to_owned(),
            AgentName::parse(name),
        );
    }
    problems
}

fn merge_queue(queue: &MergeQueue) -> Problems {
    let mut problems = Vec::new();
    let spans = [
        ("setup_timeout", &queue.setup_timeout),
        ("typecheck_timeout", &queue.typecheck_timeout),
        ("lint_timeout", &queue.lint_timeout),
        ("test_timeout", &queue.test_timeout),
        ("build_timeout", &queue.build_timeout),
    ];
    for (key, span) in spans {
        if let Some(span) = span {
            note(
                &mut problems,
                format!("merge_queue.{key}"),
                parse_span(span),
            );
        }
    }
    if let Some(word) = &queue.merge_strategy
        && MergeStrategy::parse(word).is_none()
    {
        let known: Vec<&str> = MergeStrategy::ALL.iter().map(|one| one.as_str()).collect();
        let reason = format!("`{word}` is none of {}", known.join(", "));
        problems.push(("merge_queue.merge_strategy".to_owned(), reason));
    }
    let counts = [
        (
            "retry_flaky_tests",
            queue.retry_flaky_tests,
            gates::ATTEMPTS_MAX as usize,
        ),
        ("batch.max_size", queue.batch.max_size, gates::BATCH_MAX),
    ];
    for (key, count, most) in counts {
        if count.is_some_and(|count| count == 0 || count as usize > most) {
            let reason = format!("is not within 1 and {most}");
            problems.push((format!("merge_queue.{key}"), reason));
        }
    }
    for (name, gate) in queue.gates.iter().flat_map(|gates| &gates.0) {
        let key = format!("merge_queue.gates.{name}");
        note(&mut problems, key.clone(), AgentName::parse(name));
        if gate.cmd.trim().is_empty() {
            problems.push((format!("{key}.cmd"), "is empty".to_owned()));
        }
        if let Some(span) = &gate.timeout {
            note(&mut problems, format!("{key}.timeout"), parse_span(span));
        }
    }
    problems
}

pub(super) fn escalation(file: &Escalation) -> Problems {
    let mut problems = Vec::new();
    for (severity, route) in &file.routes {
        if !matches!(severity.as_str(), "critical" | "high" | "medium" | "low") {
            let reason = "not a severity: critical, high, medium or low".to_owned();
            problems.push((format!("routes.{severity}"), reason));
        }
        for action in route {
            let known = action == "bead"
                || action
                    .strip_prefix("mail:")
                    .is_some_and(|to| Address::parse(to).is_ok());
            if !known {
                let reason = format!("`{action}` is neither `bead` nor `mail:` and an address");
                problems.push((format!("routes.{severity}"), reason));
            }
        }
    }
    if let Some(span) = &file.stale_threshold {
        note(
            &mut problems,
            "stale_threshold".to_owned(),
            parse_span(span),
        );
    }
    problems
}

fn roles(table: &BTreeMap<String, String>) -> Problems {
    let mut problems = Vec::new();
    for (role, alias) in table {
        let key = format!("role_agents.{role}");
        match Role::parse(role) {
            Ok(Role::Human) => {
                problems.push((key.clone(), "the operator runs no agent".to_owned()));
            }
            known => note(&mut problems, key.clone(), known),
        }
        note(&mut problems, key, AgentAlias::parse(alias));
    }
    problems
}

fn members(table: &str, entries: &BTreeMap<String, String>) -> Problems {
    let mut problems = Vec::new();
    for (name, alias) in entries {
        let key = format!("{table}.{name}");
        note(&mut problems, key.clone(), AgentName::parse(name));
        note(&mut problems, key, AgentAlias::parse(alias));
    }
    problems
}

fn agents(table: &BTreeMap<String, AgentSpec>) -> Problems {
    let mut problems = Vec::new();
    for (alias, spec) in table {
        let key = format!("agents.{alias}");
        note(&mut problems, key.clone(), AgentAlias::parse(alias));
        if let Some(provider) = &spec.provider
            && builtin(provider).is_none()
        {
            let reason = format!("`{provider}` is not a built-in preset");
            problems.push((format!("{key}.provider"), reason));
        }
        for name in spec.env.keys().filter(|name| is_identity(name)) {
            let reason = "is set by the town for every agent".to_owned();
            problems.push((format!("{key}.env.{name}"), reason));
        }
        if let Err(error) = Preset::compile(alias, spec.clone()) {
            problems.push((key, error.to_string()));
        }
    }
    problems
}
