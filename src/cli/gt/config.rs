//! `gt config`: agents by name, the default, and which role runs what.

use serde_json::{Value, json};

use crate::cli::caller::Caller;
use crate::cli::report::Ended;
use crate::cli::show::{Cell, Look, Table, Tone};
use crate::cli::{edge, output};
use crate::config::{self, AgentRow, AgentSource, ExplainRow, Installed, SetReport, Settings};
use crate::domain::{Refusal, RigName, Role};
use crate::support::text::clean;
use crate::verbs::{
    AgentGetArgs, AgentListArgs, AgentRemoveArgs, AgentSetArgs, DefaultAgentArgs, ExplainArgs,
};

fn settings(caller: &Caller) -> Result<Settings, Refusal> {
    let settings = Settings::load(&caller.paths()?);
    for problem in settings.problems() {
        output::note(&format!("warning: {}", clean(problem)));
    }
    Ok(settings)
}

fn search_path() -> String {
    edge::variable("PATH").unwrap_or_default()
}

fn words(roles: &[Role]) -> String {
    let words: Vec<&str> = roles.iter().map(|role| role.word()).collect();
    words.join(", ")
}

/// Shows agents: source, command line, installed or not (DOCUMENT 10).
pub(crate) fn list(args: &AgentListArgs, caller: &Caller) -> Ended {
    let settings = settings(caller)?;
    let rows = config::agent_rows(&settings, &search_path());
    if args.json {
        return output::json(&rows.iter().map(row_json).collect::<Vec<_>>());
    }
    let look = caller.look();
    let mut table = Table::with_heading(&["name", "from", "installed", "for", "command line"]);
    for row in &rows {
        table.row([
            Cell::new(
                if row.is_default {
                    Tone::Strong
                } else {
                    Tone::Name
                },
                &row.name,
            ),
            Cell::plain(row.source.shown()),
            installed_cell(row),
            Cell::plain(words(&row.roles)),
            Cell::plain(&row.command_line),
        ]);
    }
    output::text(&table.text(&look, ""))?;
    output::line(&format!("\ndefault: {}", config::default_agent(&settings)))
}

fn installed_cell(row: &AgentRow) -> Cell {
    if row.installed {
        Cell::new(Tone::Good, "yes")
    } else {
        Cell::new(Tone::Warn, "no")
    }
}

fn row_json(row: &AgentRow) -> Value {
    json!({
        "name": row.name,
        "type": if row.source == AgentSource::BuiltIn { "built-in" } else { "custom" },
        "is_custom": row.source != AgentSource::BuiltIn,
        "source": row.source.shown(),
        "preset": row.preset,
        "command": row.program,
        "command_line": row.command_line,
        "installed": row.installed,
        "install": row.install_hint,
        "roles": row.roles,
        "is_default": row.is_default,
    })
}

/// Shows one agent.
pub(crate) fn get(args: &AgentGetArgs, caller: &Caller) -> Ended {
    let settings = settings(caller)?;
    let row = config::agent_row(&settings, args.name.as_str(), &search_path())?;
    if args.json {
        return output::json(&row_json(&row));
    }
    let mut table = Table::default();
    let mut fact = |name: &str, value: &str| {
        table.row([Cell::new(Tone::Quiet, name), Cell::plain(value)]);
    };
    fact("name", &row.name);
    if let Some(description) = &row.description {
        fact("about", description);
    }
    fact("from", row.source.shown());
    fact("preset", &row.preset);
    fact("command line", &row.command_line);
    let installed = match (row.installed, &row.install_hint) {
        (true, _) => "yes".to_owned(),
        (false, Some(hint)) => format!("no; install it with `{hint}`"),
        (false, None) => format!("no: `{}` is not on PATH", row.program),
    };
    fact("installed", &installed);
    fact("for", &words(&row.roles));
    output::text(&table.text(&caller.look(), ""))
}

/// Gives a command line a name.
pub(crate) fn set(args: &AgentSetArgs, caller: &Caller) -> Ended {
    let settings = settings(caller)?;
    let report = config::set_agent(
        &settings,
        &args.name,
        &args.command_line,
        args.provider.as_deref(),
        &search_path(),
    )?;
    output::text(&set_story(args, &report))
}

fn set_story(args: &AgentSetArgs, report: &SetReport) -> String {
    let verb = if report.new { "set" } else { "changed" };
    let mut lines = vec![format!(
        "✓ {} {verb} to `{}` in {}",
        args.name,
        clean(&args.command_line),
        report.file.display()
    )];
    lines.push(match &report.inherited_preset {
        Some(preset) => format!(
            "  inherits the {preset} preset: prompt, dialogs, states, and its autonomous flag for polecats"
        ),
        None => "  no preset knows this program: it is started as it is, its prompt is in GT_PROMPT".to_owned(),
    });
    if report.hides_built_in {
        lines.push("  it stands before the built-in agent of that name".to_owned());
    }
    if !report.role_taken.taken.is_empty() {
        lines.push(format!(
            "  by its name it is now the agent of {}",
            words(&report.role_taken.taken)
        ));
    }
    for (role, other) in &report.role_taken.kept {
        lines.push(format!("  {role} keeps {}", clean(other)));
    }
    match &report.installed {
        Installed::Yes(_) => {}
        Installed::No(Some(hint)) => lines.push(format!(
            "warning: its program is not on this machine; install it with `{hint}`"
        )),
        Installed::No(None) => {
            lines.push("warning: its program is not on this machine".to_owned());
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

/// Takes a name away.
pub(crate) fn remove(args: &AgentRemoveArgs, caller: &Caller) -> Ended {
    let settings = settings(caller)?;
    let (file, freed) = config::remove_agent(&settings, &args.name)?;
    output::line(&format!("✓ {} taken out of {}", args.name, file.display()))?;
    if freed.is_empty() {
        return Ok(());
    }
    output::line(&format!("  {} run the default again", words(&freed)))
}

/// Shows or sets the town's default agent.
pub(crate) fn default_agent(args: &DefaultAgentArgs, caller: &Caller) -> Ended {
    let settings = settings(caller)?;
    match &args.name {
        None => output::line(&config::default_agent(&settings)),
        Some(name) => {
            let file = config::set_default_agent(&settings, name)?;
            output::line(&format!(
                "✓ {name} is the default agent, in {}",
                file.display()
            ))
        }
    }
}

/// Shows which role runs which agent, and why.
pub(crate) fn explain(args: &ExplainArgs, caller: &Caller) -> Ended {
    let settings = settings(caller)?;
    let rigs: Vec<RigName> = settings.rigs().cloned().collect();
    let groups: Vec<(Option<&RigName>, Vec<ExplainRow>)> = if rigs.is_empty() {
        vec![(None, config::explain(&settings, None))]
    } else {
        let of = |rig| (Some(rig), config::explain(&settings, Some(rig)));
        rigs.iter().map(of).collect()
    };
    if args.json {
        let all: Vec<Value> = groups
            .iter()
            .flat_map(|(rig, rows)| json_of(*rig, rows))
            .collect();
        return output::json(&all);
    }
    let look = caller.look();
    let parts: Vec<String> = groups
        .iter()
        .map(|(rig, rows)| text_of(*rig, rows, &look))
        .collect();
    output::text(&parts.join("\n"))
}

fn text_of(rig: Option<&RigName>, rows: &[ExplainRow], look: &Look) -> String {
    let mut table = Table::with_heading(&["role", "agent", "why", "command line"]);
    for row in rows {
        table.row([
            Cell::new(Tone::Strong, row.role.word()),
            Cell::new(
                Tone::Name,
                row.alias.as_ref().map_or("-", |alias| alias.as_str()),
            ),
            Cell::plain(&row.why),
            Cell::plain(&row.line),
        ]);
    }
    let head = rig.map_or_else(String::new, |rig| {
        format!("{}\n", look.paint(Tone::Strong, rig.as_str()))
    });
    head + &table.text(look, "")
}

fn json_of(rig: Option<&RigName>, rows: &[ExplainRow]) -> Vec<Value> {
    rows.iter()
        .map(|row| {
            json!({
                "rig": rig,
                "role": row.role,
                "agent": row.alias,
                "command_line": row.line,
                "why": row.why,
            })
        })
        .collect()
}
