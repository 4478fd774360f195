//! Behaviour of formulas from text to steps.

mod cooking;
mod finding;
mod hostile;
mod reading;

use std::collections::BTreeMap;

use super::*;

/// Formulas by name, for those that are made of others.
#[derive(Default)]
struct Shelf(BTreeMap<String, String>, BTreeMap<String, String>);

impl Shelf {
    fn with(mut self, name: &str, text: &str) -> Self {
        self.0.insert(name.to_owned(), text.to_owned());
        self
    }

    fn overlaid(mut self, name: &str, text: &str) -> Self {
        self.1.insert(name.to_owned(), text.to_owned());
        self
    }
}

impl Lookup for Shelf {
    fn formula(&self, name: &str) -> Result<Formula, Problems> {
        let Some(text) = self.0.get(name) else {
            let mut out = Problems::of("");
            out.error(0, "", format!("there is no formula `{name}`"));
            return Err(out);
        };
        read_toml(text, &format!("{name}.toml")).map(|(formula, _)| formula)
    }

    fn overlay(&self, name: &str) -> Result<Option<Overlay>, Problems> {
        self.1
            .get(name)
            .map(|text| cook::read_overlay(text, "overlay.toml"))
            .transpose()
    }
}

fn cooked(text: &str, shelf: &Shelf) -> Result<Cooked, Problems> {
    let (formula, _) = read_toml(text, "a.toml")?;
    cook(formula, &[], shelf)
}

fn told(problems: &Problems) -> Vec<String> {
    problems.all().iter().map(ToString::to_string).collect()
}

/// Every step with its needs, as `id <- need, need`.
fn wired(steps: &[Step]) -> Vec<String> {
    flat(steps)
        .iter()
        .map(|flat| {
            let step = flat.step;
            if step.needs.is_empty() {
                step.id.clone()
            } else {
                format!("{} <- {}", step.id, step.needs.join(", "))
            }
        })
        .collect()
}

/// The values of `key=value` words.
fn given(words: &[&str]) -> Vec<(String, String)> {
    words
        .iter()
        .filter_map(|word| word.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

/// Adds lines to a text.
fn add(text: &mut String, more: &str) {
    text.push_str(more);
}
