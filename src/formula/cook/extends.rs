//! What a formula continues: the steps, variables and rules of others come first, its own replace or follow.

use std::collections::BTreeMap;

use super::super::limits;
use super::super::model::{Compose, Formula, FormulaKind, Leg, Step, Var};
use super::super::problem::Problems;
use super::Lookup;

/// The formula with all that it continues. `chain` are the names on the way here.
pub(super) fn merged(
    formula: Formula,
    lookup: &dyn Lookup,
    chain: &mut Vec<String>,
    out: &mut Problems,
) -> Formula {
    if formula.extends.is_empty() {
        return formula;
    }
    chain.push(formula.name.clone());
    let mut base: Option<Formula> = None;
    for name in &formula.extends {
        if chain.contains(name) {
            out.error(
                0,
                "extends",
                format!("a circle: {} -> {name}", chain.join(" -> ")),
            );
            continue;
        }
        if chain.len() > limits::EXTENDS {
            out.error(
                0,
                "extends",
                format!(
                    "more than {} formulas that continue one another",
                    limits::EXTENDS
                ),
            );
            break;
        }
        match lookup.formula(name) {
            Ok(parent) => {
                let parent = merged(parent, lookup, chain, out);
                base = Some(match base {
                    None => parent,
                    Some(base) => onto(base, parent),
                });
            }
            Err(problems) => out.take(problems),
        }
    }
    chain.pop();
    let Some(base) = base else {
        return formula;
    };
    let merged = onto(base, formula);
    if merged.vars.len() > limits::VARS {
        out.error(
            0,
            "vars",
            format!(
                "{} variables with those it continues, at most {} are taken",
                merged.vars.len(),
                limits::VARS
            ),
        );
    }
    merged
}

/// What `child` says over what `base` says.
fn onto(base: Formula, child: Formula) -> Formula {
    let kind = if child.kind == FormulaKind::Workflow {
        base.kind
    } else {
        child.kind
    };
    let or = |own: String, from: String| if own.is_empty() { from } else { own };
    Formula {
        name: child.name,
        file: child.file,
        description: or(child.description, base.description),
        kind,
        version: child.version,
        vapor: child.vapor || base.vapor,
        pour: child.pour.or(base.pour),
        agent: child.agent.or(base.agent),
        review_only: child.review_only || base.review_only,
        extends: Vec::new(),
        vars: vars(base.vars, child.vars),
        steps: steps(base.steps, child.steps),
        template: steps(base.template, child.template),
        compose: compose(base.compose, child.compose),
        advice: both(base.advice, child.advice),
        pointcuts: both(base.pointcuts, child.pointcuts),
        legs: legs(base.legs, child.legs),
        synthesis: child.synthesis.or(base.synthesis),
        prompts: map(base.prompts, child.prompts),
        output: map(base.output, child.output),
    }
}

fn both<T>(mut base: Vec<T>, child: Vec<T>) -> Vec<T> {
    base.extend(child);
    base
}

fn map(
    mut base: BTreeMap<String, String>,
    child: BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    base.extend(child);
    base
}

fn by<T>(mut base: Vec<T>, child: Vec<T>, key: fn(&T) -> &str) -> Vec<T> {
    for own in child {
        match base.iter_mut().find(|old| key(old) == key(&own)) {
            Some(old) => *old = own,
            None => base.push(own),
        }
    }
    base
}

fn vars(base: Vec<Var>, child: Vec<Var>) -> Vec<Var> {
    by(base, child, |var| &var.name)
}

fn steps(base: Vec<Step>, child: Vec<Step>) -> Vec<Step> {
    by(base, child, |step| &step.id)
}

fn legs(base: Vec<Leg>, child: Vec<Leg>) -> Vec<Leg> {
    by(base, child, |leg| &leg.id)
}

fn compose(base: Compose, child: Compose) -> Compose {
    let mut aspects = base.aspects;
    for name in child.aspects {
        if !aspects.contains(&name) {
            aspects.push(name);
        }
    }
    Compose {
        expand: both(base.expand, child.expand),
        map: both(base.map, child.map),
        branch: both(base.branch, child.branch),
        gate: both(base.gate, child.gate),
        aspects,
        bond_points: both(base.bond_points, child.bond_points),
        hooks: both(base.hooks, child.hooks),
    }
}

/// What is known of the variables before anything is poured: what was given, else the defaults.
pub(super) fn known_values(vars: &[Var], given: &[(String, String)]) -> BTreeMap<String, String> {
    let defaults = vars
        .iter()
        .filter_map(|var| Some((var.name.clone(), var.default.clone()?)));
    defaults.chain(given.iter().cloned()).collect()
}
