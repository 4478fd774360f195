//! `bd ready --mol` and `bd ready --gated`: which steps of a molecule can be started, which of them at
//! the same time, and which molecules an opened gate has set free. What can be started is told by the
//! same flag as everywhere, so that a step held back from outside is not offered.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};

use super::pages;
use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{output, show};
use crate::domain::{
    Answer, BeadFilter, BeadSort, BeadStatus, BeadType, BeadView, DepKind, EdgeView, Query,
    Refusal, ScopeFilter,
};
use crate::support::text::clean;

/// How many gates that have opened are looked at, the last ones first.
const GATES: u32 = 300;
/// How many beads one question names.
const ASKED: usize = 200;

/// Shows the steps of a molecule that can be started.
pub(super) fn of_molecule(typed: &str, json: bool, caller: &Caller) -> Ended {
    let root = pages::one(typed, caller)?;
    let mut steps = vec![root.clone()];
    steps.extend(beads(below(&root), caller)?);
    let waves = waves(&steps);
    let ready: Vec<&BeadView> = steps.iter().filter(|step| is_ready(step)).collect();
    if json {
        return output::json(&molecule_json(&root, &steps, &ready, &waves));
    }
    let look = caller.look();
    if ready.is_empty() {
        return output::line("no step of the molecule can be started");
    }
    for step in ready {
        output::line(&show::bead_line("can be started", step, &look))?;
    }
    Ok(())
}

fn below(root: &BeadView) -> Query {
    Query::BeadList(Box::new(BeadFilter {
        all: true,
        scope: ScopeFilter {
            parent: Some(root.id.to_string()),
            deep: true,
            include_gates: true,
            include_ephemeral: true,
            ..ScopeFilter::default()
        },
        ..BeadFilter::default()
    }))
}

fn beads(query: Query, caller: &Caller) -> Result<Vec<BeadView>, Refusal> {
    match caller.query(query)? {
        Answer::Beads { beads, .. } => Ok(beads),
        _ => Err(mismatch(caller.how)),
    }
}

fn is_ready(step: &BeadView) -> bool {
    let open = matches!(step.status, BeadStatus::Open | BeadStatus::InProgress);
    open && !step.is_blocked && step.kind != BeadType::Gate
}

/// Whether the edge lets a step wait for the other end itself.
fn holds(edge: &EdgeView) -> bool {
    edge.kind.is_readiness() && edge.kind != DepKind::ParentChild
}

/// How many steps inside the molecule come before each; the root comes before none and is left out.
fn waves(steps: &[BeadView]) -> HashMap<&str, usize> {
    let mut waves: HashMap<&str, usize> = steps
        .iter()
        .skip(1)
        .map(|step| (step.id.as_str(), 0))
        .collect();
    // As often as there are steps is enough, also when a file brought a circle along.
    for _ in 0..steps.len() {
        let mut moved = false;
        for step in steps {
            let before = step.depends_on.iter().filter(|edge| holds(edge));
            let after = before
                .filter_map(|edge| waves.get(edge.id.as_str()))
                .max()
                .map_or(0, |wave| (wave + 1).min(steps.len()));
            if let Some(wave) = waves.get_mut(step.id.as_str())
                && *wave < after
            {
                *wave = after;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    waves
}

fn molecule_json(
    root: &BeadView,
    steps: &[BeadView],
    ready: &[&BeadView],
    waves: &HashMap<&str, usize>,
) -> Value {
    let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for step in steps {
        if let Some(wave) = waves.get(step.id.as_str()) {
            let group = groups.entry(format!("group-{}", wave + 1)).or_default();
            group.push(step.id.as_str());
        }
    }
    groups.retain(|_, ids| ids.len() > 1);
    let group_of = |step: &BeadView| {
        let ids = |(name, ids): (&String, &Vec<&str>)| {
            ids.contains(&step.id.as_str()).then(|| name.clone())
        };
        groups.iter().find_map(ids)
    };
    let shown: Vec<Value> = ready
        .iter()
        .map(|step| step_json(step, group_of(step)))
        .collect();
    show::object(json!({
        "molecule_id": root.id,
        "molecule_title": root.title,
        "parallel_groups": groups,
        "ready_steps": ready.len(),
        "steps": shown,
        "total_steps": steps.len(),
    }))
}

fn step_json(step: &BeadView, group: Option<String>) -> Value {
    let open = |edges: &[EdgeView]| -> Vec<String> {
        edges
            .iter()
            .filter(|edge| holds(edge) && !edge.status.is_inactive())
            .map(|edge| edge.id.to_string())
            .collect()
    };
    let mut map = Map::new();
    map.insert("issue".to_owned(), Value::Object(show::item_json(step)));
    let info = json!({
        "blocked_by": open(&step.depends_on),
        "blocks": open(&step.dependents),
        "can_parallel": group.is_some(),
        "is_ready": is_ready(step),
        "parallel_group": group.clone().unwrap_or_default(),
        "status": step.status_text(),
        "step_id": step.id,
    });
    map.insert("parallel_info".to_owned(), info);
    if let Some(group) = group {
        map.insert("parallel_group".to_owned(), json!(group));
    }
    Value::Object(map)
}

/// A molecule that an opened gate has set free.
struct Freed {
    root: BeadView,
    gate: BeadView,
    step: BeadView,
}

/// Shows the molecules that go on since a gate has opened, and that nobody has taken up.
pub(super) fn gated(json: bool, caller: &Caller) -> Ended {
    let freed = freed(caller)?;
    if json {
        let molecules: Vec<Value> = freed
            .iter()
            .map(|one| {
                json!({
                    "closed_gate": show::item_json(&one.gate),
                    "molecule_id": one.root.id,
                    "molecule_title": one.root.title,
                    "ready_step": show::item_json(&one.step),
                })
            })
            .collect();
        return output::json(&json!({
            "count": molecules.len(),
            "molecules": molecules,
            "schema_version": 1,
        }));
    }
    if freed.is_empty() {
        return output::line("no molecule waits to be taken up after a gate");
    }
    for one in &freed {
        output::line(&format!(
            "{} {} - {} can be started since {} has opened",
            one.root.id,
            clean(&one.root.title),
            one.step.id,
            one.gate.id
        ))?;
    }
    Ok(())
}

fn freed(caller: &Caller) -> Result<Vec<Freed>, Refusal> {
    let opened = BeadFilter {
        status: vec![BeadStatus::Closed],
        kind: Some(BeadType::Gate),
        scope: ScopeFilter {
            include_gates: true,
            include_ephemeral: true,
            ..ScopeFilter::default()
        },
        sort: Some(BeadSort::Closed),
        limit: GATES,
        ..BeadFilter::default()
    };
    let mut freed: Vec<Freed> = Vec::new();
    for gate in beads(Query::BeadList(Box::new(opened)), caller)? {
        let waited = gate.dependents.iter().filter(|edge| holds(edge));
        let ids: Vec<String> = waited
            .filter(|edge| edge.status == BeadStatus::Open)
            .map(|edge| edge.id.to_string())
            .take(ASKED)
            .collect();
        if ids.is_empty() {
            continue;
        }
        let steps = beads(Query::Beads { ids }, caller)?;
        for step in steps.into_iter().filter(is_ready) {
            let Some(root) = root_of(&step, caller)? else {
                continue;
            };
            let known = freed.iter().any(|one| one.root.id == root.id);
            if !known && root.status == BeadStatus::Open && root.assignee.is_none() {
                let gate = gate.clone();
                freed.push(Freed { root, gate, step });
            }
        }
    }
    Ok(freed)
}

/// The topmost bead that a step is a part of.
fn root_of(step: &BeadView, caller: &Caller) -> Result<Option<BeadView>, Refusal> {
    let mut root: Option<BeadView> = None;
    let mut next = step.parent().cloned();
    let mut seen = vec![step.id.clone()];
    while let Some(id) = next.filter(|id| !seen.contains(id)) {
        let ids = vec![id.to_string()];
        seen.push(id);
        root = beads(Query::Beads { ids }, caller)?.into_iter().next();
        next = root.as_ref().and_then(|bead| bead.parent().cloned());
    }
    Ok(root)
}
