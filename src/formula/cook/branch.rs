//! Branches and conditions of `[compose]`: sections beside each other, and what must hold before a step.

use super::super::model::{Branch, ComposeGate, Gate, Step};
use super::super::problem::Problems;
use super::super::runtime::{self, Asked};
use super::wire;

/// Puts the steps of every branch after its beginning and before its join.
pub(super) fn branches(steps: &mut [Step], branches: &[Branch], out: &mut Problems) {
    for branch in branches {
        let known = wire::ids(steps);
        let named = branch.steps.iter().chain([&branch.from, &branch.join]);
        let mut whole = true;
        for id in named.filter(|id| !known.contains(*id)) {
            out.error(
                branch.line,
                &branch.path,
                format!("no step has the id `{id}`"),
            );
            whole = false;
        }
        if !whole {
            continue;
        }
        wire::walk_mut(steps, &mut |step| {
            if branch.steps.contains(&step.id) {
                wire::need(step, std::slice::from_ref(&branch.from));
                step.parallel = true;
            }
            if step.id == branch.join {
                wire::need(step, &branch.steps);
            }
        });
    }
}

/// Puts every condition before its step: as a need where it only says that something is done, else as a
/// gate that a person opens, because nothing else can see whether it holds.
pub(super) fn gates(steps: &mut [Step], gates: &[ComposeGate], out: &mut Problems) {
    for gate in gates {
        let known = wire::ids(steps);
        if !known.contains(&gate.before) {
            out.error(
                gate.line,
                &gate.path,
                format!("no step has the id `{}`", gate.before),
            );
            continue;
        }
        let asked = match runtime::asked(&gate.condition) {
            Ok(asked) => asked,
            Err(told) => {
                out.error(gate.line, &gate.path, told);
                continue;
            }
        };
        let label = format!("gate:{}", serde_json::json!({"condition": gate.condition}));
        let mut taken = false;
        wire::walk_mut(steps, &mut |step| {
            if step.id != gate.before {
                return;
            }
            match &asked {
                Asked::Done(id) | Asked::ChildrenDone(id) if known.contains(id) => {
                    wire::need(step, std::slice::from_ref(id));
                }
                Asked::Done(_) | Asked::ChildrenDone(_) | Asked::Person => {
                    taken = step.gate.is_some();
                    if !taken {
                        step.gate = Some(Gate {
                            sort: "human".to_owned(),
                            await_id: gate.condition.clone(),
                            timeout: String::new(),
                        });
                    }
                }
            }
            step.labels.push(label.clone());
        });
        if taken {
            out.error(
                gate.line,
                &gate.path,
                format!("`{}` has a gate of its own already", gate.before),
            );
        }
    }
}
