//! Steps: their keys, the steps they are made of, gates, loops and what follows from their results.

use super::super::condition::{self, Condition};
use super::super::fields::Fields;
use super::super::limits;
use super::super::model::{Gate, Loop, OnComplete, Step, Times, WaitsFor};
use super::super::node::Table;
use super::super::problem::Problems;
use super::super::runtime;

/// Ids are told apart by these letters; braces are for templates.
fn is_step_id(id: &str) -> bool {
    let good = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '{' | '}');
    !id.is_empty() && id.chars().count() <= 200 && id.chars().all(good)
}

/// How many steps there are, with those inside of others.
pub(super) fn count(steps: &[Step]) -> usize {
    steps
        .iter()
        .map(|step| {
            let body = step.repeat.as_ref().map_or(0, |repeat| count(&repeat.body));
            1 + count(&step.children) + body
        })
        .sum()
}

/// The steps under a key.
pub(super) fn steps(fields: &mut Fields<'_>, name: &'static str, out: &mut Problems) -> Vec<Step> {
    steps_at(fields, name, 0, out)
}

fn steps_at(
    fields: &mut Fields<'_>,
    name: &'static str,
    depth: usize,
    out: &mut Problems,
) -> Vec<Step> {
    let tables = fields.tables(name, out);
    if depth > limits::DEPTH && !tables.is_empty() {
        fields.wrong(
            name,
            out,
            format!(
                "steps inside of steps, more than {} levels deep",
                limits::DEPTH
            ),
        );
        return Vec::new();
    }
    tables
        .into_iter()
        .map(|(path, table)| at_depth(table, &path, depth, out))
        .collect()
}

/// One step.
pub(in super::super) fn step(table: &Table, path: &str, out: &mut Problems) -> Step {
    at_depth(table, path, 0, out)
}

fn at_depth(table: &Table, path: &str, depth: usize, out: &mut Problems) -> Step {
    let mut keys = Fields::of(table, path);
    let mut step = texts(&mut keys, out);
    step.priority = keys
        .number("priority", (0, 4), out)
        .and_then(|number| u8::try_from(number).ok());
    step.labels = keys.texts("labels", out);
    step.metadata = keys.data("metadata", out);
    step.needs = keys.texts("needs", out);
    for need in keys.texts("depends_on", out) {
        if !step.needs.contains(&need) {
            step.needs.push(need);
        }
    }
    step.waits_for = waits_for(&mut keys, out);
    step.expand = keys.text("expand", out);
    step.expand_vars = keys.pairs("expand_vars", out);
    step.conditions = wanted(&mut keys, out).into_iter().collect();
    step.gate = gate(&mut keys, out);
    step.on_complete = on_complete(&mut keys, out);
    step.parallel = keys.flag("parallel", out).unwrap_or(false);
    step.interactive = keys.flag("interactive", out).unwrap_or(false);
    step.review_only = keys.flag("review_only", out).unwrap_or(false);
    step.children = steps_at(&mut keys, "children", depth + 1, out);
    step.repeat = repeat(&mut keys, depth + 1, out).map(Box::new);
    check(&step, &keys, out);
    keys.end(out);
    step
}

fn texts(keys: &mut Fields<'_>, out: &mut Problems) -> Step {
    Step {
        id: keys.scalar("id", out).unwrap_or_default(),
        title: keys.text("title", out).unwrap_or_default(),
        description: keys.text("description", out).unwrap_or_default(),
        notes: keys.text("notes", out).unwrap_or_default(),
        design: keys.text("design", out).unwrap_or_default(),
        acceptance: keys.text("acceptance", out).unwrap_or_default(),
        kind: keys.text("type", out).unwrap_or_default(),
        assignee: keys.text("assignee", out).unwrap_or_default(),
        agent: keys.text("agent", out).unwrap_or_default(),
        line: keys.line(),
        path: keys.path().to_owned(),
        ..Step::default()
    }
}

fn check(step: &Step, keys: &Fields<'_>, out: &mut Problems) {
    if step.id.is_empty() {
        keys.wrong("id", out, "a step needs an id".to_owned());
    } else if !is_step_id(&step.id) {
        keys.wrong(
            "id",
            out,
            format!("`{}`: an id has letters, digits, `-`, `_` and `.`", step.id),
        );
    }
    if step.title.trim().is_empty() && step.expand.is_none() && step.repeat.is_none() {
        keys.wrong("title", out, "a step needs a title".to_owned());
    }
    if step.repeat.is_some() && (!step.children.is_empty() || step.expand.is_some()) {
        keys.wrong(
            "loop",
            out,
            "a step with a loop is its body: it has no `children` and no `expand`".to_owned(),
        );
    }
    if step.expand.is_some() && !step.children.is_empty() {
        keys.wrong(
            "expand",
            out,
            "a step is either expanded or has children".to_owned(),
        );
    }
}

fn wanted(keys: &mut Fields<'_>, out: &mut Problems) -> Option<Condition> {
    let text = keys.text("condition", out)?;
    let condition = Condition::parse(&text);
    if condition.is_none() {
        keys.wrong(
            "condition",
            out,
            format!("`{text}` is not {}", condition::FORMS),
        );
    }
    condition
}

fn waits_for(keys: &mut Fields<'_>, out: &mut Problems) -> Option<WaitsFor> {
    let text = keys.text("waits_for", out)?;
    match text.as_str() {
        "all-children" => {
            return Some(WaitsFor {
                any: false,
                of: None,
            });
        }
        "any-children" => {
            return Some(WaitsFor {
                any: true,
                of: None,
            });
        }
        _ => {}
    }
    let of = text
        .strip_prefix("children-of(")
        .and_then(|rest| rest.strip_suffix(')'));
    match of {
        Some(step) => Some(WaitsFor {
            any: false,
            of: Some(step.trim().to_owned()),
        }),
        None => {
            keys.wrong(
                "waits_for",
                out,
                format!("`{text}` is not `all-children`, `any-children` or `children-of(STEP)`"),
            );
            None
        }
    }
}

/// What a gate can wait for, and the words that others use for it.
const GATES: [(&str, &str); 12] = [
    ("human", "human"),
    ("manual", "human"),
    ("timer", "timer"),
    ("gh:run", "gh:run"),
    ("run", "gh:run"),
    ("ci", "gh:run"),
    ("gh:pr", "gh:pr"),
    ("pr", "gh:pr"),
    ("bead", "bead"),
    ("issue", "bead"),
    ("mail", "mail"),
    ("message", "mail"),
];

fn gate(keys: &mut Fields<'_>, out: &mut Problems) -> Option<Gate> {
    let table = keys.table("gate", out)?;
    let path = keys.key("gate");
    let mut gate = Fields::of(table, &path);
    let word = gate.text("type", out).unwrap_or_default();
    let sort = GATES
        .iter()
        .find(|(known, _)| *known == word)
        .map(|(_, sort)| *sort);
    if sort.is_none() {
        gate.wrong(
            "type",
            out,
            format!("`{word}` is not one of human, timer, gh:run, gh:pr, bead, mail"),
        );
    }
    let id = gate.scalar("id", out);
    let found = Gate {
        sort: sort.unwrap_or("human").to_owned(),
        await_id: gate.scalar("await_id", out).or(id).unwrap_or_default(),
        timeout: gate.scalar("timeout", out).unwrap_or_default(),
    };
    if found.sort == "timer" && found.timeout.is_empty() {
        gate.wrong(
            "timeout",
            out,
            "a timer needs a `timeout`, such as `30m`".to_owned(),
        );
    }
    gate.end(out);
    Some(found)
}

fn repeat(keys: &mut Fields<'_>, depth: usize, out: &mut Problems) -> Option<Loop> {
    let table = keys.table("loop", out)?;
    let path = keys.key("loop");
    let mut inner = Fields::of(table, &path);
    let most = i64::try_from(limits::NODES).unwrap_or(i64::MAX);
    let count = inner.number("count", (0, most), out);
    let range = inner.text("range", out);
    let until = inner.text("until", out);
    let max = inner.number("max", (1, most), out);
    let var = inner.text("var", out);
    let times = match (count, range, until) {
        (Some(count), None, None) => Some(Times::Count(count)),
        (None, Some(text), None) => Some(Times::Range {
            text,
            var: var.unwrap_or_else(|| "i".to_owned()),
        }),
        (None, None, Some(condition)) => {
            if let Err(told) = runtime::asked(&condition) {
                inner.wrong("until", out, told);
            }
            if max.is_none() {
                inner.wrong("max", out, "`until` needs a `max`".to_owned());
            }
            Some(Times::Until {
                condition,
                max: max.unwrap_or(1),
            })
        }
        _ => {
            out.error(
                inner.line(),
                &path,
                "a loop has exactly one of `count`, `range` and `until`".to_owned(),
            );
            None
        }
    };
    let body = steps_at(&mut inner, "body", depth, out);
    if body.is_empty() {
        inner.wrong(
            "body",
            out,
            "a loop needs at least one step in `body`".to_owned(),
        );
    }
    inner.end(out);
    Some(Loop {
        times: times?,
        body,
    })
}

fn on_complete(keys: &mut Fields<'_>, out: &mut Problems) -> Option<OnComplete> {
    let table = keys.table("on_complete", out)?;
    let path = keys.key("on_complete");
    let mut inner = Fields::of(table, &path);
    let parallel = inner.flag("parallel", out).unwrap_or(false);
    let found = OnComplete {
        for_each: inner.text("for_each", out).unwrap_or_default(),
        bond: inner.text("bond", out).unwrap_or_default(),
        vars: inner.pairs("vars", out),
        sequential: inner.flag("sequential", out).unwrap_or(false),
    };
    if found
        .for_each
        .strip_prefix("output.")
        .is_none_or(str::is_empty)
    {
        inner.wrong(
            "for_each",
            out,
            "the list in the step's result: `output.NAME`".to_owned(),
        );
    }
    if found.bond.is_empty() {
        inner.wrong(
            "bond",
            out,
            "the formula that is poured for each item".to_owned(),
        );
    }
    if parallel && found.sequential {
        inner.wrong(
            "sequential",
            out,
            "either `parallel` or `sequential`".to_owned(),
        );
    }
    inner.end(out);
    Some(found)
}
