//! What the benchmark's command line asks for.

use serde_json::Value;

use super::Program;
use super::measures::Measure;

/// The options, with what holds when they are left out.
pub(crate) struct Options {
    pub(crate) rounds: usize,
    pub(crate) keys: usize,
    pub(crate) flood: usize,
    pub(crate) panes: usize,
    pub(crate) targets: Vec<Program>,
    pub(crate) only: Vec<Measure>,
    pub(crate) json: bool,
    check: Option<String>,
}

impl Options {
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            rounds: 3,
            keys: 200,
            flood: 100,
            panes: 30,
            targets: Program::ALL.to_vec(),
            only: Measure::ALL.to_vec(),
            json: false,
            check: None,
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--rounds" => options.rounds = number(&value()?)?,
                "--keys" => options.keys = number(&value()?)?,
                "--flood" => options.flood = number(&value()?)?,
                "--panes" => options.panes = number(&value()?)?,
                "--targets" => options.targets = list(&value()?, &Program::ALL, |one| one.name())?,
                "--only" => options.only = list(&value()?, &Measure::ALL, |one| one.name())?,
                "--json" => options.json = true,
                "--check" => options.check = Some(value()?),
                // Cargo adds this by itself.
                "--bench" => {}
                other => return Err(format!("{other} is not an option")),
            }
        }
        Ok(options)
    }

    /// The results of an earlier run that these are compared with.
    pub(crate) fn stored(&self) -> Result<Option<Value>, String> {
        let Some(path) = &self.check else {
            return Ok(None);
        };
        let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
        let value = serde_json::from_str(&text).map_err(|error| format!("{path}: {error}"))?;
        Ok(Some(value))
    }
}

fn number(text: &str) -> Result<usize, String> {
    let number = text.parse().map_err(|_| format!("{text} is no number"))?;
    if number == 0 {
        return Err("a number here is at least 1".to_owned());
    }
    Ok(number)
}

fn list<T: Copy>(
    text: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
) -> Result<Vec<T>, String> {
    text.split(',')
        .map(|word| {
            let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
            all.iter()
                .copied()
                .find(|one| name(*one) == word)
                .ok_or_else(|| format!("{word} is none of {}", names.join(", ")))
        })
        .collect()
}
