//! Advice: steps before and after every step that matches, of the formula itself or of an aspect.
//!
//! The first step before takes over what the matched step needed; what needed the matched step waits for
//! the last step after it. Steps that advice put in are not matched by the same advice.

use std::collections::BTreeMap;

use globset::{GlobBuilder, GlobMatcher};

use super::super::model::{Advice, Pointcut, Step};
use super::super::problem::Problems;
use super::{Kitchen, body, extends, has_room, wire};

/// A pattern of step ids.
pub(super) fn glob(pattern: &str) -> Result<GlobMatcher, String> {
    GlobBuilder::new(pattern)
        .literal_separator(false)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| format!("`{pattern}` is no pattern: {}", error.kind()))
}

/// Takes the advice of every aspect that is named.
pub(super) fn aspects(steps: &mut Vec<Step>, names: &[String], kitchen: &mut Kitchen<'_>) {
    for name in names {
        match kitchen.lookup.formula(name) {
            Ok(formula) => {
                let aspect = extends::merged(formula, kitchen.lookup, &mut Vec::new(), kitchen.out);
                if aspect.advice.is_empty() {
                    kitchen
                        .out
                        .error(0, "compose.aspects", format!("`{name}` has no advice"));
                }
                apply(steps, &aspect.advice, &aspect.pointcuts, kitchen.out);
            }
            Err(problems) => {
                if !problems.failed() {
                    kitchen
                        .out
                        .error(0, "compose.aspects", format!("`{name}` cannot be read"));
                }
                kitchen.out.take(problems);
            }
        }
    }
}

/// Puts the steps of the advice around the steps that match.
pub(super) fn apply(
    steps: &mut Vec<Step>,
    advice: &[Advice],
    points: &[Pointcut],
    out: &mut Problems,
) {
    for rule in advice {
        let matchers = match matchers(rule, points) {
            Ok(matchers) => matchers,
            Err(told) => {
                out.error(rule.line, &rule.path, told);
                continue;
            }
        };
        let mut changed = BTreeMap::new();
        around(steps, rule, &matchers, &mut changed, out);
        let put_in: BTreeMap<String, Vec<String>> = changed
            .iter()
            .filter_map(|(id, put): (&String, &Put)| {
                Some((id.clone(), vec![put.last_after.clone()?]))
            })
            .collect();
        repoint_outside(steps, &put_in, &changed);
    }
}

/// Whether a step is meant.
enum Means {
    Glob(GlobMatcher),
    Point {
        glob: Option<GlobMatcher>,
        kind: String,
        label: String,
    },
}

impl Means {
    fn step(&self, step: &Step) -> bool {
        match self {
            Self::Glob(glob) => glob.is_match(&step.id),
            Self::Point { glob, kind, label } => {
                glob.as_ref().is_none_or(|glob| glob.is_match(&step.id))
                    && (kind.is_empty() || *kind == step.kind)
                    && (label.is_empty() || step.labels.contains(label))
            }
        }
    }
}

fn matchers(rule: &Advice, points: &[Pointcut]) -> Result<Vec<Means>, String> {
    if !rule.target.is_empty() {
        return Ok(vec![Means::Glob(glob(&rule.target)?)]);
    }
    if points.is_empty() {
        return Err("advice needs a `target`, or the formula `[[pointcuts]]`".to_owned());
    }
    points
        .iter()
        .map(|point| {
            let glob = (!point.glob.is_empty())
                .then(|| glob(&point.glob))
                .transpose()?;
            Ok(Means::Point {
                glob,
                kind: point.kind.clone(),
                label: point.label.clone(),
            })
        })
        .collect()
}

/// What was put around one step.
struct Put {
    last_after: Option<String>,
    ids: Vec<String>,
}

fn around(
    steps: &mut Vec<Step>,
    rule: &Advice,
    means: &[Means],
    changed: &mut BTreeMap<String, Put>,
    out: &mut Problems,
) {
    let mut done = Vec::with_capacity(steps.len());
    for mut step in std::mem::take(steps) {
        around(&mut step.children, rule, means, changed, out);
        if !means.iter().any(|means| means.step(&step)) {
            done.push(step);
            continue;
        }
        let values = body::target(&step.id, &step.title, &step.description);
        let before = chain(&rule.before, &values, &step.needs, &step);
        let after = chain(&rule.after, &values, std::slice::from_ref(&step.id), &step);
        if let Some(last) = before.last() {
            wire::need(&mut step, std::slice::from_ref(&last.id));
        }
        changed.insert(
            step.id.clone(),
            Put {
                last_after: after.last().map(|last| last.id.clone()),
                ids: before
                    .iter()
                    .chain(&after)
                    .map(|step| step.id.clone())
                    .collect(),
            },
        );
        done.extend(before);
        done.push(step);
        done.extend(after);
        if !has_room(&done, out) {
            return;
        }
    }
    *steps = done;
}

/// Steps one after the other, the first one after `first`.
fn chain(
    rule: &[Step],
    values: &BTreeMap<String, String>,
    first: &[String],
    around: &Step,
) -> Vec<Step> {
    let mut needs = first.to_vec();
    rule.iter()
        .map(|step| {
            let mut step = step.clone();
            wire::fill(&mut step, values);
            wire::need(&mut step, &needs);
            step.conditions.extend(around.conditions.iter().cloned());
            needs = vec![step.id.clone()];
            step
        })
        .collect()
}

/// Lets what needed a matched step wait for what comes after it; what was put around the step keeps its needs.
fn repoint_outside(
    steps: &mut [Step],
    after: &BTreeMap<String, Vec<String>>,
    put: &BTreeMap<String, Put>,
) {
    wire::walk_mut(steps, &mut |step| {
        for need in &mut step.needs {
            let own = put.get(need).is_some_and(|put| put.ids.contains(&step.id));
            if let Some(last) = after.get(need).and_then(|ids| ids.first()).filter(|_| !own) {
                need.clone_from(last);
            }
        }
    });
}
