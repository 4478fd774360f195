//! Loops: a body that is done several times becomes that many bodies, one after the other.
//!
//! The steps of turn N are `<loop>.iterN.<id>`; what needs the loop needs the ends of its last turn. A
//! loop `until` something holds is not unrolled: its body stands once, and says when it is repeated.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::super::model::{Loop, Step, Times};
use super::super::problem::Problems;
use super::super::{limits, range};
use super::{has_room, wire};

/// Unrolls every loop.
pub(super) fn unroll(steps: &mut Vec<Step>, values: &BTreeMap<String, String>, out: &mut Problems) {
    let mut changed = BTreeMap::new();
    list(steps, values, &mut changed, out);
    settle(&mut changed);
    wire::repoint(steps, &changed);
}

/// A loop without turns is what it needed; that may be a loop without turns too.
fn settle(changed: &mut BTreeMap<String, Vec<String>>) {
    for _ in 0..limits::DEPTH {
        let before = changed.clone();
        for news in changed.values_mut() {
            let through = news.iter().flat_map(|id| match before.get(id) {
                Some(news) => news.clone(),
                None => vec![id.clone()],
            });
            *news = through.collect();
        }
        if *changed == before {
            return;
        }
    }
}

fn list(
    steps: &mut Vec<Step>,
    values: &BTreeMap<String, String>,
    changed: &mut BTreeMap<String, Vec<String>>,
    out: &mut Problems,
) {
    let mut done = Vec::with_capacity(steps.len());
    for mut step in std::mem::take(steps) {
        list(&mut step.children, values, changed, out);
        let Some(repeat) = step.repeat.take() else {
            done.push(step);
            continue;
        };
        let turns = turns(&step, *repeat, values, out);
        let sinks = turns
            .last()
            .map_or_else(|| step.needs.clone(), |last| wire::ends(last).1);
        changed.insert(step.id.clone(), sinks);
        done.extend(turns.into_iter().flatten());
        if !has_room(&done, out) {
            return;
        }
    }
    *steps = done;
}

/// The bodies of a loop, each with its needs.
fn turns(
    step: &Step,
    repeat: Loop,
    values: &BTreeMap<String, String>,
    out: &mut Problems,
) -> Vec<Vec<Step>> {
    let mut body = repeat.body;
    let named: Vec<(String, i64)> = match &repeat.times {
        Times::Count(count) => (1..=*count).map(|turn| ("i".to_owned(), turn)).collect(),
        Times::Range { text, var } => match range::numbers(text, values) {
            Ok((from, to)) => (from..=to).map(|turn| (var.clone(), turn)).collect(),
            Err(told) => {
                out.error(step.line, &format!("{}.loop.range", step.path), told);
                Vec::new()
            }
        },
        Times::Until { condition, max } => {
            until(&mut body, condition, *max);
            vec![("i".to_owned(), 1)]
        }
    };
    let count = wire::size(&body).0.max(1);
    if count.saturating_mul(named.len()) > limits::NODES {
        out.error(
            step.line,
            &format!("{}.loop", step.path),
            format!(
                "{} turns of {count} steps, at most {} steps are taken",
                named.len(),
                limits::NODES
            ),
        );
        return Vec::new();
    }
    let mut turns: Vec<Vec<Step>> = Vec::with_capacity(named.len());
    for (at, (var, number)) in named.into_iter().enumerate() {
        if out.failed() {
            break;
        }
        let own = BTreeMap::from([(var, number.to_string())]);
        let mut turn = body.clone();
        for step in &mut turn {
            wire::fill(step, &own);
        }
        let mut all = values.clone();
        all.extend(own);
        unroll(&mut turn, &all, out);
        rename(&mut turn, &format!("{}.iter{}", step.id, at + 1));
        let mut first = step.clone();
        if let Some(last) = turns.last() {
            first.needs = wire::ends(last).1;
            first.gate = None;
            first.waits_for = None;
        }
        wire::inherit(&mut turn, &first);
        turns.push(turn);
    }
    turns
}

/// Puts a prefix before every id of a body, and before the needs inside of it.
fn rename(body: &mut [Step], prefix: &str) {
    let inside: BTreeSet<String> = wire::ids(body);
    let renamed = |id: &String| format!("{prefix}.{id}");
    wire::walk_mut(body, &mut |step| {
        for need in step.needs.iter_mut().filter(|need| inside.contains(*need)) {
            *need = renamed(need);
        }
        let of = step.waits_for.as_mut().and_then(|waits| waits.of.as_mut());
        if let Some(of) = of.filter(|of| inside.contains(*of)) {
            *of = renamed(of);
        }
        step.id = renamed(&step.id);
    });
}

/// Says in the body when it is repeated: the first step carries it as a label, the last ones in words.
fn until(body: &mut [Step], condition: &str, max: i64) {
    let (_, sinks) = wire::ends(body);
    if let Some(first) = body.first_mut() {
        first
            .labels
            .push(format!("loop:{}", json!({"max": max, "until": condition})));
    }
    let first = body
        .first()
        .map(|step| step.title.clone())
        .unwrap_or_default();
    for step in body.iter_mut().filter(|step| sinks.contains(&step.id)) {
        let told =
            format!("Repeat from \"{first}\" until this holds, at most {max} times: {condition}");
        step.description = if step.description.is_empty() {
            told
        } else {
            format!("{}\n\n{told}", step.description)
        };
    }
}
