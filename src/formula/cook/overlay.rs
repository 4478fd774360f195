//! Overlays: what a town or rig changes about the steps of a formula without touching its file.
//!
//! `formula-overlays/NAME.toml` with `[[step-overrides]]`: `step_id`, `mode` (replace, append, skip), `text`.

use std::collections::BTreeMap;

use super::super::fields::Fields;
use super::super::model::Step;
use super::super::node::{self, Table};
use super::super::problem::Problems;
use super::{Kitchen, wire};

/// What is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlay {
    /// The file.
    pub file: String,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    step: String,
    mode: Mode,
    line: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Mode {
    /// Another description.
    Replace(String),
    /// More of it.
    Append(String),
    /// The step is left out.
    Skip,
}

/// Reads an overlay.
pub(in super::super) fn read(text: &str, file: &str) -> Result<Overlay, Problems> {
    let mut out = Problems::of(file);
    let table = node::toml(text, &mut out);
    let mut top = Fields::of(&table, "");
    let mut tables = top.tables("step-overrides", &mut out);
    tables.extend(top.tables("step_overrides", &mut out));
    let rules = tables
        .into_iter()
        .filter_map(|(path, table)| rule(table, &path, &mut out))
        .collect();
    top.end(&mut out);
    if out.failed() {
        Err(out)
    } else {
        Ok(Overlay {
            file: file.to_owned(),
            rules,
        })
    }
}

fn rule(table: &Table, path: &str, out: &mut Problems) -> Option<Rule> {
    let mut keys = Fields::of(table, path);
    let step = keys.text("step_id", out).unwrap_or_default();
    if step.is_empty() {
        keys.wrong("step_id", out, "the id of a step is needed here".to_owned());
    }
    let text = keys.text("text", out);
    let word = keys.text("mode", out).unwrap_or_default();
    let mode = match (word.as_str(), text) {
        ("replace", Some(text)) => Some(Mode::Replace(text)),
        ("append", Some(text)) => Some(Mode::Append(text)),
        ("skip", _) => Some(Mode::Skip),
        ("replace" | "append", None) => {
            keys.wrong("text", out, format!("`{word}` needs a `text`"));
            None
        }
        _ => {
            keys.wrong(
                "mode",
                out,
                format!("`{word}` is not one of replace, append, skip"),
            );
            None
        }
    };
    let line = keys.line();
    keys.end(out);
    Some(Rule {
        step,
        mode: mode?,
        line,
    })
}

/// Changes the steps as the overlay of the formula says.
pub(super) fn apply(steps: &mut Vec<Step>, name: &str, kitchen: &mut Kitchen<'_>) {
    let overlay = match kitchen.lookup.overlay(name) {
        Ok(Some(overlay)) => overlay,
        Ok(None) => return,
        Err(problems) => return kitchen.out.take(problems),
    };
    let mut found = Problems::of(&overlay.file);
    for rule in &overlay.rules {
        if !wire::ids(steps).contains(&rule.step) {
            found.error(
                rule.line,
                "step_id",
                format!("`{name}` has no step `{}`", rule.step),
            );
            continue;
        }
        match &rule.mode {
            Mode::Skip => without(steps, &|step| step.id == rule.step),
            Mode::Replace(text) => described(steps, &rule.step, &|step| {
                text.clone_into(&mut step.description);
            }),
            Mode::Append(text) => described(steps, &rule.step, &|step| {
                let apart = if step.description.is_empty() {
                    ""
                } else {
                    "\n\n"
                };
                step.description.push_str(apart);
                step.description.push_str(text);
            }),
        }
    }
    kitchen.out.take(found);
}

fn described(steps: &mut [Step], id: &str, change: &dyn Fn(&mut Step)) {
    wire::walk_mut(steps, &mut |step| {
        if step.id == id {
            change(step);
        }
    });
}

/// Leaves steps out with all that is inside of them; what needed them needs what they needed.
pub(in super::super) fn without(steps: &mut Vec<Step>, unwanted: &dyn Fn(&Step) -> bool) {
    let mut gone = BTreeMap::new();
    drop_from(steps, unwanted, &mut gone);
    let through: BTreeMap<String, Vec<String>> = gone
        .keys()
        .map(|id| (id.clone(), past(id, &gone)))
        .collect();
    wire::repoint(steps, &through);
}

fn drop_from(
    steps: &mut Vec<Step>,
    unwanted: &dyn Fn(&Step) -> bool,
    gone: &mut BTreeMap<String, Vec<String>>,
) {
    steps.retain_mut(|step| {
        if !unwanted(step) {
            drop_from(&mut step.children, unwanted, gone);
            return true;
        }
        let needs = step.needs.clone();
        wire::walk(std::slice::from_ref(step), &mut |part| {
            let own = if part.id == step.id {
                needs.clone()
            } else {
                vec![step.id.clone()]
            };
            gone.insert(part.id.clone(), own);
        });
        false
    });
}

/// What is behind a step that is gone.
fn past(id: &str, gone: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = vec![id.to_owned()];
    let mut left: Vec<String> = gone.get(id).cloned().unwrap_or_default();
    left.reverse();
    while let Some(next) = left.pop() {
        if seen.contains(&next) {
            continue;
        }
        seen.push(next.clone());
        match gone.get(&next) {
            Some(needs) => left.extend(needs.iter().rev().cloned()),
            None => found.push(next),
        }
    }
    found
}
