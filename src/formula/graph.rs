//! The steps as a graph: every id once, every need known, no circle; and what needs what among the single steps.
//!
//! A step with children is done when they are: needing it is needing the last of them, and what it needs the
//! first of them need.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::limits;
use super::model::Step;
use super::problem::Problems;

/// One step of the tree, in the order of the file.
#[derive(Clone, Debug)]
pub struct Flat<'a> {
    /// The step.
    pub step: &'a Step,
    /// Where the step that it is a part of stands in the list.
    pub parent: Option<usize>,
}

/// The tree as a list, a parent before its children.
pub fn flat(steps: &[Step]) -> Vec<Flat<'_>> {
    let mut list = Vec::new();
    push(steps, None, &mut list);
    list
}

fn push<'a>(steps: &'a [Step], parent: Option<usize>, list: &mut Vec<Flat<'a>>) {
    for step in steps {
        let at = list.len();
        list.push(Flat { step, parent });
        push(&step.children, Some(at), list);
    }
}

/// Reports ids that stand twice and needs that name nothing, bodies of loops included. Ids of templates
/// may come from elsewhere, so this looks at steps only.
pub(super) fn known(steps: &[Step], out: &mut Problems) {
    let mut ids: BTreeMap<&str, u32> = BTreeMap::new();
    collect(steps, &mut ids, out);
    let all: BTreeSet<&str> = ids.keys().copied().collect();
    unknown(steps, &all, out);
}

fn collect<'a>(steps: &'a [Step], ids: &mut BTreeMap<&'a str, u32>, out: &mut Problems) {
    for step in steps {
        if let Some(first) = ids.insert(&step.id, step.line) {
            let there = if first > 0 {
                format!(", first in line {first}")
            } else {
                String::new()
            };
            out.error(
                step.line,
                &format!("{}.id", step.path),
                format!("`{}` stands twice{there}", step.id),
            );
        }
        collect(&step.children, ids, out);
        if let Some(repeat) = &step.repeat {
            collect(&repeat.body, ids, out);
        }
    }
}

fn unknown(steps: &[Step], ids: &BTreeSet<&str>, out: &mut Problems) {
    for step in steps {
        for need in step
            .needs
            .iter()
            .filter(|need| !ids.contains(need.as_str()))
        {
            out.error(step.line, &format!("{}.needs", step.path), told(need, ids));
        }
        let of = step.waits_for.as_ref().and_then(|waits| waits.of.as_ref());
        if let Some(of) = of.filter(|of| !ids.contains(of.as_str())) {
            out.error(
                step.line,
                &format!("{}.waits_for", step.path),
                told(of, ids),
            );
        }
        unknown(&step.children, ids, out);
        if let Some(repeat) = &step.repeat {
            unknown(&repeat.body, ids, out);
        }
    }
}

fn told(need: &str, ids: &BTreeSet<&str>) -> String {
    let near = crate::support::near::near_matches(need, ids.iter().copied());
    let hint = near
        .first()
        .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    format!("no step has the id `{need}`{hint}")
}

/// Reports everything that keeps finished steps from being worked on.
pub(super) fn check(steps: &[Step], out: &mut Problems) {
    known(steps, out);
    if out.failed() {
        return;
    }
    let list = flat(steps);
    if list.len() > limits::NODES {
        out.error(
            0,
            "",
            format!("{} steps, at most {} are taken", list.len(), limits::NODES),
        );
        return;
    }
    if let Some(circle) = circle(&list) {
        let named: Vec<String> = circle.iter().map(|id| format!("`{id}`")).collect();
        let line = list
            .iter()
            .find(|flat| circle.first() == Some(&flat.step.id))
            .map_or(0, |flat| flat.step.line);
        out.error(
            line,
            "",
            format!("steps that need each other: {}", named.join(" -> ")),
        );
    }
}

/// The places of ids in the list.
fn places<'a>(list: &[Flat<'a>]) -> HashMap<&'a str, usize> {
    list.iter()
        .enumerate()
        .map(|(at, flat)| (flat.step.id.as_str(), at))
        .collect()
}

/// Every step begins and ends: what it needs ends before it begins, its children begin after it and end before it.
/// The ids of a circle, each needing the next; `None` when there is none.
fn circle(list: &[Flat<'_>]) -> Option<Vec<String>> {
    let places = places(list);
    let count = list.len();
    // Node `at` is the beginning of a step, `count + at` its end.
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); count * 2];
    let mut edge = |from: usize, to: usize| {
        if let Some(list) = after.get_mut(from) {
            list.push(to);
        }
    };
    for (at, flat) in list.iter().enumerate() {
        edge(at, count + at);
        if let Some(parent) = flat.parent {
            edge(parent, at);
            edge(count + at, count + parent);
        }
        for need in &flat.step.needs {
            if let Some(from) = places.get(need.as_str()) {
                edge(count + from, at);
            }
        }
    }
    let left = unordered(&after);
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); count * 2];
    for (from, to) in after
        .iter()
        .enumerate()
        .filter(|(from, _)| left.get(*from) == Some(&true))
    {
        for to in to {
            if let Some(list) = before.get_mut(*to) {
                list.push(from);
            }
        }
    }
    let start = left.iter().position(|left| *left)?;
    let mut path = vec![start];
    let mut seen = vec![false; count * 2];
    *seen.get_mut(start)? = true;
    let mut at = start;
    loop {
        // Every node that is left has one before it that is left: going back must meet itself.
        let from = *before.get(at)?.first()?;
        if std::mem::replace(seen.get_mut(from)?, true) {
            let met = path.iter().position(|node| *node == from)?;
            let mut ids: Vec<String> = Vec::new();
            for node in path.iter().skip(met).chain([&from]) {
                let id = list.get(node % count).map(|flat| flat.step.id.clone())?;
                if ids.last() != Some(&id) {
                    ids.push(id);
                }
            }
            return Some(ids);
        }
        path.push(from);
        at = from;
    }
}

/// Which nodes no order can hold (Kahn).
fn unordered(after: &[Vec<usize>]) -> Vec<bool> {
    let mut before = vec![0_usize; after.len()];
    for to in after.iter().flatten() {
        if let Some(count) = before.get_mut(*to) {
            *count += 1;
        }
    }
    let mut free: Vec<usize> = (0..after.len())
        .filter(|at| before.get(*at) == Some(&0))
        .collect();
    let mut left = vec![true; after.len()];
    while let Some(at) = free.pop() {
        if let Some(left) = left.get_mut(at) {
            *left = false;
        }
        for to in after.get(at).into_iter().flatten() {
            if let Some(count) = before.get_mut(*to) {
                *count -= 1;
                if *count == 0 {
                    free.push(*to);
                }
            }
        }
    }
    left
}

/// The most edges between single steps.
const EDGES: usize = 50_000;

/// What every single step needs, among the single steps: places in the list. Steps with children have none.
pub fn needs(list: &[Flat<'_>]) -> Result<Vec<Vec<usize>>, String> {
    let places = places(list);
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); list.len()];
    for (at, flat) in list.iter().enumerate() {
        if let Some(inside) = flat.parent.and_then(|parent| children.get_mut(parent)) {
            inside.push(at);
        }
    }
    let mut needs: Vec<Vec<usize>> = vec![Vec::new(); list.len()];
    let mut edges = 0_usize;
    for (at, flat) in list.iter().enumerate() {
        let from: BTreeSet<usize> = flat
            .step
            .needs
            .iter()
            .filter_map(|need| places.get(need.as_str()).copied())
            .flat_map(|need| ends(list, &children, need, Side::Last))
            .collect();
        if from.is_empty() {
            continue;
        }
        for first in ends(list, &children, at, Side::First) {
            edges += from.len();
            if edges > EDGES {
                return Err(format!("more than {EDGES} needs between the steps"));
            }
            if let Some(own) = needs.get_mut(first) {
                own.extend(from.iter().copied().filter(|need| *need != first));
            }
        }
    }
    for own in &mut needs {
        own.sort_unstable();
        own.dedup();
    }
    Ok(needs)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    First,
    Last,
}

/// The single steps that a step begins or ends with.
fn ends(list: &[Flat<'_>], children: &[Vec<usize>], at: usize, side: Side) -> Vec<usize> {
    let inside = children.get(at).map(Vec::as_slice).unwrap_or_default();
    if inside.is_empty() {
        return vec![at];
    }
    let ids: BTreeSet<&str> = inside
        .iter()
        .filter_map(|at| list.get(*at))
        .map(|flat| flat.step.id.as_str())
        .collect();
    let needed: BTreeSet<&str> = inside
        .iter()
        .filter_map(|at| list.get(*at))
        .flat_map(|flat| flat.step.needs.iter().map(String::as_str))
        .collect();
    let is_end = |flat: &Flat<'_>| match side {
        Side::First => !flat
            .step
            .needs
            .iter()
            .any(|need| ids.contains(need.as_str())),
        Side::Last => !needed.contains(flat.step.id.as_str()),
    };
    inside
        .iter()
        .filter(|at| list.get(**at).is_some_and(is_end))
        .flat_map(|at| ends(list, children, *at, side))
        .collect()
}
