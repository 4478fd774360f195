//! Working on a tree of steps: finding, renaming, replacing, and re-pointing needs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::super::model::Step;
use super::super::vars;

/// Every id of a tree.
pub(super) fn ids(steps: &[Step]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    walk(steps, &mut |step| {
        found.insert(step.id.clone());
    });
    found
}

/// Visits every step, a parent before its children; bodies of loops are not visited.
pub(super) fn walk(steps: &[Step], visit: &mut dyn FnMut(&Step)) {
    for step in steps {
        visit(step);
        walk(&step.children, visit);
    }
}

/// The same, to change them.
pub(super) fn walk_mut(steps: &mut [Step], visit: &mut dyn FnMut(&mut Step)) {
    for step in steps {
        visit(step);
        walk_mut(&mut step.children, visit);
    }
}

/// How many steps, and how many bytes of text.
pub(super) fn size(steps: &[Step]) -> (usize, usize) {
    let (mut count, mut bytes) = (0, 0);
    walk(steps, &mut |step| {
        count += 1;
        bytes += step.id.len()
            + step.title.len()
            + step.description.len()
            + step.notes.len()
            + step.design.len()
            + step.acceptance.len()
            + step.needs.iter().map(String::len).sum::<usize>();
    });
    (count, bytes)
}

/// Where a need on `old` stood, the needs on `new` stand.
pub(super) fn repoint(steps: &mut [Step], changed: &BTreeMap<String, Vec<String>>) {
    if changed.is_empty() {
        return;
    }
    walk_mut(steps, &mut |step| {
        if step.needs.iter().any(|need| changed.contains_key(need)) {
            let mut needs: Vec<String> = Vec::new();
            for need in std::mem::take(&mut step.needs) {
                let new = changed.get(&need).cloned().unwrap_or_else(|| vec![need]);
                for need in new {
                    if !needs.contains(&need) {
                        needs.push(need);
                    }
                }
            }
            step.needs = needs;
        }
        let of = step.waits_for.as_mut().and_then(|waits| waits.of.as_mut());
        if let Some(of) = of
            && let Some(first) = changed.get(of).and_then(|new| new.first())
        {
            of.clone_from(first);
        }
    });
}

/// The steps of a group that need none of it, and those that none of it needs.
pub(super) fn ends(group: &[Step]) -> (Vec<String>, Vec<String>) {
    let inside: BTreeMap<String, String> = group
        .iter()
        .flat_map(|step| {
            ids(std::slice::from_ref(step))
                .into_iter()
                .map(|id| (id, step.id.clone()))
        })
        .collect();
    let mut needed: BTreeSet<String> = BTreeSet::new();
    let mut roots = Vec::new();
    for step in group {
        let mut is_root = true;
        walk(std::slice::from_ref(step), &mut |part| {
            for top in part.needs.iter().filter_map(|need| inside.get(need)) {
                if *top != step.id {
                    needed.insert(top.clone());
                    is_root = false;
                }
            }
        });
        if is_root {
            roots.push(step.id.clone());
        }
    }
    let sinks = group
        .iter()
        .filter(|step| !needed.contains(&step.id))
        .map(|step| step.id.clone())
        .collect();
    (roots, sinks)
}

/// Adds needs to a step, each once.
pub(super) fn need(step: &mut Step, needs: &[String]) {
    for id in needs {
        if !step.needs.contains(id) {
            step.needs.push(id.clone());
        }
    }
}

/// Lets the group stand where `old` stood: its needs, conditions, gate and, where the group says nothing
/// of its own, its people and labels.
pub(super) fn inherit(group: &mut [Step], old: &Step) {
    let (roots, _) = ends(group);
    for step in group.iter_mut().filter(|step| roots.contains(&step.id)) {
        need(step, &old.needs);
        if step.gate.is_none() {
            step.gate.clone_from(&old.gate);
        }
        if step.waits_for.is_none() {
            step.waits_for.clone_from(&old.waits_for);
        }
    }
    walk_mut(group, &mut |step| {
        step.conditions.extend(old.conditions.iter().cloned());
        step.priority = step.priority.or(old.priority);
        for (own, from) in [
            (&mut step.assignee, &old.assignee),
            (&mut step.agent, &old.agent),
        ] {
            if own.is_empty() {
                own.clone_from(from);
            }
        }
        for label in &old.labels {
            if !step.labels.contains(label) {
                step.labels.push(label.clone());
            }
        }
        step.review_only |= old.review_only;
    });
}

/// Puts values in for single braces in every text of a step and of all inside it.
pub(super) fn fill(step: &mut Step, values: &BTreeMap<String, String>) {
    let put = |text: &mut String| {
        if text.contains('{') {
            *text = vars::put_single(text, values).into_owned();
        }
    };
    texts(step, &mut |text| put(text));
    for step in &mut step.children {
        fill(step, values);
    }
    if let Some(repeat) = &mut step.repeat {
        for step in &mut repeat.body {
            fill(step, values);
        }
    }
}

/// Visits every text of a step that placeholders may stand in.
pub(in super::super) fn texts(step: &mut Step, visit: &mut dyn FnMut(&mut String)) {
    for text in [
        &mut step.id,
        &mut step.title,
        &mut step.description,
        &mut step.notes,
        &mut step.design,
        &mut step.acceptance,
        &mut step.assignee,
        &mut step.agent,
    ] {
        visit(text);
    }
    step.labels.iter_mut().for_each(&mut *visit);
    step.needs.iter_mut().for_each(&mut *visit);
    step.expand_vars.values_mut().for_each(&mut *visit);
    if let Some(of) = step.waits_for.as_mut().and_then(|waits| waits.of.as_mut()) {
        visit(of);
    }
    if let Some(gate) = &mut step.gate {
        visit(&mut gate.await_id);
        visit(&mut gate.timeout);
    }
    if let Some(next) = &mut step.on_complete {
        next.vars.values_mut().for_each(&mut *visit);
    }
    for value in step.metadata.values_mut() {
        json_texts(value, visit);
    }
}

fn json_texts(value: &mut Json, visit: &mut dyn FnMut(&mut String)) {
    match value {
        Json::String(text) => visit(text),
        Json::Array(items) => items.iter_mut().for_each(|item| json_texts(item, visit)),
        Json::Object(map) => map.values_mut().for_each(|item| json_texts(item, visit)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}
