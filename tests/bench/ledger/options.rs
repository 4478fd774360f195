//! What the benchmark's command line asks for.

use serde_json::Value;

use super::seed::Sizes;

/// The options, with what holds when they are left out.
pub(crate) struct Options {
    pub(crate) rounds: usize,
    pub(crate) sizes: Sizes,
    /// How long each kind of writers writes; 0 leaves them out.
    pub(crate) seconds: u64,
    /// Only commands whose name contains this.
    pub(crate) only: Option<String>,
    pub(crate) json: bool,
    check: Option<String>,
}

impl Options {
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            rounds: 100,
            sizes: Sizes {
                beads: 100_000,
                edges: 150_000,
                events: 1_000_000,
            },
            seconds: 5,
            only: None,
            json: false,
            check: None,
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--rounds" => options.rounds = number(&value()?, 1)?,
                "--beads" => options.sizes.beads = number(&value()?, 1_000)?,
                "--edges" => options.sizes.edges = number(&value()?, 0)?,
                "--events" => options.sizes.events = number(&value()?, 0)?,
                "--seconds" => {
                    options.seconds = value()?.parse().map_err(|_| "--seconds: a number")?;
                }
                "--only" => options.only = Some(value()?),
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

fn number(text: &str, least: usize) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number >= least => Ok(number),
        Ok(_) => Err(format!("{text} is less than {least}")),
        Err(_) => Err(format!("{text} is no number")),
    }
}
