//! The steps that a formula begins with, by its type.

use std::collections::BTreeMap;

use super::super::model::{Formula, FormulaKind, Leg, Step};
use super::super::problem::Problems;
use super::super::vars;
use super::wire;

/// What a template stands around when it is used alone.
pub(super) const ALONE: &str = "main";

/// The steps of a formula before anything is done with them.
pub(super) fn steps(formula: &Formula, out: &mut Problems) -> Vec<Step> {
    match formula.kind {
        FormulaKind::Workflow => formula.steps.clone(),
        FormulaKind::Expansion => alone(&formula.template, &formula.description),
        FormulaKind::Convoy => convoy(formula, out),
        FormulaKind::Aspect if !formula.legs.is_empty() => convoy(formula, out),
        FormulaKind::Aspect => aspect(formula),
    }
}

/// A template with nothing to stand for.
fn alone(template: &[Step], about: &str) -> Vec<Step> {
    let values = target(ALONE, ALONE, about);
    let mut steps = template.to_vec();
    for step in &mut steps {
        wire::fill(step, &values);
    }
    steps
}

/// What the single braces of a template stand for.
pub(super) fn target(id: &str, title: &str, description: &str) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for word in ["target", "step"] {
        for (part, value) in [
            ("", id),
            (".id", id),
            (".title", title),
            (".description", description),
        ] {
            values.insert(format!("{word}{part}"), value.to_owned());
        }
    }
    values
}

/// The steps of an aspect around nothing: those before, then those after.
fn aspect(formula: &Formula) -> Vec<Step> {
    let sides = formula
        .advice
        .iter()
        .flat_map(|advice| advice.before.iter().chain(&advice.after));
    let mut steps: Vec<Step> = Vec::new();
    let values = target(ALONE, ALONE, &formula.description);
    for side in sides {
        let mut step = side.clone();
        wire::fill(&mut step, &values);
        if let Some(last) = steps.last().map(|last| last.id.clone()) {
            wire::need(&mut step, &[last]);
        }
        steps.push(step);
    }
    steps
}

/// Legs beside each other, and the synthesis after them.
fn convoy(formula: &Formula, out: &mut Problems) -> Vec<Step> {
    let mut steps: Vec<Step> = formula
        .legs
        .iter()
        .map(|leg| of_leg(formula, leg))
        .collect();
    let Some(synthesis) = &formula.synthesis else {
        return steps;
    };
    let mut last = of_leg(formula, synthesis);
    last.needs.clone_from(&synthesis.needs);
    if last.needs.is_empty() {
        last.needs = formula.legs.iter().map(|leg| leg.id.clone()).collect();
    }
    last.parallel = false;
    if formula.legs.iter().any(|leg| leg.id == synthesis.id) {
        out.error(
            synthesis.line,
            &synthesis.path,
            format!("`{}` is also the id of a leg", synthesis.id),
        );
    }
    steps.push(last);
    steps
}

fn of_leg(formula: &Formula, leg: &Leg) -> Step {
    let values: BTreeMap<String, String> = [
        ("leg.id", &leg.id),
        ("leg.title", &leg.title),
        ("leg.focus", &leg.focus),
        ("leg.description", &leg.description),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value.clone()))
    .collect();
    let prompts = ["base", leg.id.as_str()]
        .into_iter()
        .filter_map(|name| formula.prompts.get(name));
    let mut parts: Vec<String> = prompts.map(|text| vars::put_leg(text, &values)).collect();
    if !leg.focus.is_empty() {
        parts.push(format!("Focus: {}", leg.focus));
    }
    parts.push(leg.description.clone());
    parts.retain(|part| !part.trim().is_empty());
    Step {
        id: leg.id.clone(),
        title: leg.title.clone(),
        description: parts.join("\n\n"),
        needs: leg.needs.clone(),
        agent: leg.agent.clone(),
        review_only: leg.review_only || formula.review_only,
        parallel: true,
        line: leg.line,
        path: leg.path.clone(),
        ..Step::default()
    }
}
