//! A cooked formula as JSON, with the keys of the field in the order of the alphabet.

use serde_json::{Map, Value, json};

use super::cook::Cooked;
use super::model::{Gate, OnComplete, Step, Var, VarSort, WaitsFor};

/// An object that leaves out what is empty.
struct Object(Map<String, Value>);

impl Object {
    fn put(&mut self, key: &str, value: Value) {
        let empty = match &value {
            Value::Null | Value::Bool(false) => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(map) => map.is_empty(),
            Value::Bool(true) | Value::Number(_) => false,
        };
        if !empty {
            self.0.insert(key.to_owned(), value);
        }
    }

    fn sorted(mut self) -> Value {
        self.0.sort_keys();
        Value::Object(self.0)
    }
}

impl Cooked {
    /// The formula as JSON.
    pub fn json(&self) -> Value {
        let mut object = Object(Map::new());
        object.put("formula", json!(self.name));
        object.put("description", json!(self.description));
        object.put("type", json!(self.kind.word()));
        object.put("version", json!(self.version));
        object.put("phase", json!(if self.vapor { "vapor" } else { "" }));
        object.put("pour", json!(self.pour.unwrap_or(false)));
        object.put("agent", json!(self.agent));
        object.put("review_only", json!(self.review_only));
        object.put("source", json!(self.file));
        object.put("steps", steps(&self.steps));
        object.put("vars", vars(&self.vars));
        object.put("output", json!(self.output));
        let points = self.bond_points.iter().map(|point| {
            let mut object = Object(Map::new());
            object.put("id", json!(point.id));
            object.put("description", json!(point.description));
            object.put("after_step", json!(point.after));
            object.put("before_step", json!(point.before));
            object.sorted()
        });
        object.put("bond_points", points.collect());
        object.put("schema_version", json!(1));
        object.sorted()
    }
}

fn vars(vars: &[Var]) -> Value {
    let mut map = Map::new();
    for var in vars {
        let mut object = Object(Map::new());
        object.put("description", json!(var.description));
        object.put("required", json!(var.required));
        object.put("enum", json!(var.one_of));
        object.put("pattern", json!(var.pattern));
        object.put(
            "type",
            json!(match var.sort {
                VarSort::Text => "",
                VarSort::Int => "int",
                VarSort::Bool => "bool",
            }),
        );
        if let Some(default) = &var.default {
            object.0.insert("default".to_owned(), json!(default));
        }
        map.insert(var.name.clone(), object.sorted());
    }
    map.sort_keys();
    Value::Object(map)
}

fn steps(list: &[Step]) -> Value {
    list.iter().map(step).collect()
}

fn step(step: &Step) -> Value {
    let mut object = Object(Map::new());
    for (key, text) in [
        ("id", &step.id),
        ("title", &step.title),
        ("description", &step.description),
        ("notes", &step.notes),
        ("design", &step.design),
        ("acceptance", &step.acceptance),
        ("type", &step.kind),
        ("assignee", &step.assignee),
        ("agent", &step.agent),
    ] {
        object.put(key, json!(text));
    }
    if let Some(priority) = step.priority {
        object.0.insert("priority".to_owned(), json!(priority));
    }
    object.put("labels", json!(step.labels));
    object.put("metadata", Value::Object(step.metadata.clone()));
    object.put("needs", json!(step.needs));
    object.put("waits_for", json!(step.waits_for.as_ref().map(waits)));
    let conditions: Vec<&str> = step
        .conditions
        .iter()
        .map(|one| one.text.as_str())
        .collect();
    object.put(
        "condition",
        match conditions.as_slice() {
            [] => Value::Null,
            [one] => json!(one),
            several => json!(several),
        },
    );
    object.put("gate", step.gate.as_ref().map_or(Value::Null, gate));
    object.put(
        "on_complete",
        step.on_complete.as_ref().map_or(Value::Null, next),
    );
    object.put("parallel", json!(step.parallel));
    object.put("interactive", json!(step.interactive));
    object.put("review_only", json!(step.review_only));
    object.put("children", steps(&step.children));
    object.sorted()
}

fn waits(waits: &WaitsFor) -> String {
    match (&waits.of, waits.any) {
        (Some(of), _) => format!("children-of({of})"),
        (None, true) => "any-children".to_owned(),
        (None, false) => "all-children".to_owned(),
    }
}

fn gate(gate: &Gate) -> Value {
    let mut object = Object(Map::new());
    object.put("type", json!(gate.sort));
    object.put("await_id", json!(gate.await_id));
    object.put("timeout", json!(gate.timeout));
    object.sorted()
}

fn next(next: &OnComplete) -> Value {
    let mut object = Object(Map::new());
    object.put("for_each", json!(next.for_each));
    object.put("bond", json!(next.bond));
    object.put("vars", json!(next.vars));
    object.put("sequential", json!(next.sequential));
    object.sorted()
}
