//! Expansions: the template of another formula in the place of one step.
//!
//! The first steps of the template take over what the step needed; what needed the step waits for the last
//! ones. Where a step says who works on it, its labels and its conditions, the steps of the template have them too.

use std::collections::{BTreeMap, BTreeSet};

use super::super::limits;
use super::super::model::{Compose, Formula, FormulaKind, Replace, Step};
use super::super::{problem::Problems, vars};
use super::{Kitchen, advice, body, extends, has_room, loops, wire};

/// Expands every step that names an expansion itself, also those in templates.
pub(super) fn inline(steps: &mut Vec<Step>, kitchen: &mut Kitchen<'_>) {
    for depth in 0.. {
        let mut asked = BTreeSet::new();
        wire::walk(steps, &mut |step| {
            if step.expand.is_some() {
                asked.insert(step.id.clone());
            }
        });
        if asked.is_empty() || kitchen.out.failed() {
            return;
        }
        if depth >= limits::EXPANSIONS {
            let first = asked.into_iter().next().unwrap_or_default();
            kitchen.out.error(
                0,
                "expand",
                format!(
                    "`{first}`: more than {} expansions inside of one another",
                    limits::EXPANSIONS
                ),
            );
            return;
        }
        let rule = |step: &Step| {
            let with = step.expand.clone()?;
            Some(Rule {
                with,
                vars: step.expand_vars.clone(),
                line: step.line,
                path: format!("{}.expand", step.path),
            })
        };
        replace(steps, &rule, kitchen);
    }
}

/// Expands what `[compose]` says: single steps first, then patterns.
pub(super) fn composed(steps: &mut Vec<Step>, compose: &Compose, kitchen: &mut Kitchen<'_>) {
    for one in &compose.expand {
        if !wire::ids(steps).contains(&one.target) {
            kitchen.out.error(
                one.line,
                &one.path,
                format!("no step has the id `{}`", one.target),
            );
            continue;
        }
        replace(
            steps,
            &|step: &Step| (step.id == one.target).then(|| Rule::of(one)),
            kitchen,
        );
    }
    for many in &compose.map {
        let glob = match advice::glob(&many.target) {
            Ok(glob) => glob,
            Err(told) => {
                kitchen.out.error(many.line, &many.path, told);
                continue;
            }
        };
        let before = wire::ids(steps);
        if !before.iter().any(|id| glob.is_match(id)) {
            kitchen.out.warning(
                many.line,
                &many.path,
                format!("no step matches `{}`", many.target),
            );
        }
        let rule = |step: &Step| {
            (before.contains(&step.id) && glob.is_match(&step.id)).then(|| Rule::of(many))
        };
        replace(steps, &rule, kitchen);
    }
}

/// Which expansion takes the place of a step.
struct Rule {
    with: String,
    vars: BTreeMap<String, String>,
    line: u32,
    path: String,
}

impl Rule {
    fn of(replace: &Replace) -> Self {
        Self {
            with: replace.with.clone(),
            vars: replace.vars.clone(),
            line: replace.line,
            path: replace.path.clone(),
        }
    }
}

fn replace(steps: &mut Vec<Step>, rule: &dyn Fn(&Step) -> Option<Rule>, kitchen: &mut Kitchen<'_>) {
    let mut changed = BTreeMap::new();
    list(steps, rule, &mut changed, kitchen);
    wire::repoint(steps, &changed);
}

fn list(
    steps: &mut Vec<Step>,
    rule: &dyn Fn(&Step) -> Option<Rule>,
    changed: &mut BTreeMap<String, Vec<String>>,
    kitchen: &mut Kitchen<'_>,
) {
    let mut done = Vec::with_capacity(steps.len());
    for mut step in std::mem::take(steps) {
        list(&mut step.children, rule, changed, kitchen);
        let Some(rule) = rule(&step) else {
            done.push(step);
            continue;
        };
        if !step.children.is_empty() {
            kitchen.out.error(
                rule.line,
                &rule.path,
                format!("`{}` has children and cannot be expanded", step.id),
            );
            continue;
        }
        let Some(mut group) = group(&step, &rule, kitchen) else {
            continue;
        };
        wire::inherit(&mut group, &step);
        changed.insert(step.id.clone(), wire::ends(&group).1);
        done.extend(group);
        if !has_room(&done, kitchen.out) {
            return;
        }
    }
    *steps = done;
}

/// The steps of the template for one step.
fn group(step: &Step, rule: &Rule, kitchen: &mut Kitchen<'_>) -> Option<Vec<Step>> {
    let formula = match kitchen.lookup.formula(&rule.with) {
        Ok(formula) => formula,
        Err(problems) => {
            kitchen.out.error(
                rule.line,
                &rule.path,
                format!("`{}` cannot be used", rule.with),
            );
            kitchen.out.take(problems);
            return None;
        }
    };
    let formula = extends::merged(formula, kitchen.lookup, &mut Vec::new(), kitchen.out);
    if formula.kind != FormulaKind::Expansion {
        kitchen.out.error(
            rule.line,
            &rule.path,
            format!("`{}` is a {}, no expansion", rule.with, formula.kind.word()),
        );
        return None;
    }
    let mut values = given(&formula, rule, kitchen.out)?;
    values.extend(body::target(&step.id, &step.title, &step.description));
    let mut group = formula.template;
    for part in &mut group {
        wire::fill(part, &values);
        if part.title.is_empty() {
            part.title.clone_from(&step.title);
        }
    }
    loops::unroll(&mut group, &values, kitchen.out);
    Some(group)
}

/// The values of the variables of an expansion.
fn given(formula: &Formula, rule: &Rule, out: &mut Problems) -> Option<BTreeMap<String, String>> {
    let given: Vec<(String, String)> = rule
        .vars
        .iter()
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    match vars::values(&formula.vars, &BTreeSet::new(), &given) {
        Ok(values) => Some(values),
        Err(wrong) => {
            for told in wrong {
                out.error(rule.line, &rule.path, told);
            }
            None
        }
    }
}
