//! What every `bd` line may carry beside its verb's own arguments, wherever in the line it stands.
//!
//! Also the switches of older programs that scripts and prompts still type: they are taken out of the
//! line and do nothing. A word after `--` is never looked at.

use std::path::PathBuf;

use crate::domain::{Kind, Refusal};

/// Options of `bd` as a whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Globals {
    /// `--db`: the ledger that is meant.
    pub db: Option<PathBuf>,
    /// `-C`, `--directory`: the folder that the line is typed in.
    pub directory: Option<PathBuf>,
    /// `--actor`: in whose name.
    pub actor: Option<String>,
    /// `--readonly`: nothing may be changed.
    pub readonly: bool,
    /// `--json=true` or `--json=false`, as programs of the field write switches.
    pub json: Option<bool>,
}

/// Switches of older programs without a value.
const IDLE: &[&str] = &[
    "--no-daemon",
    "--no-auto-flush",
    "--no-auto-import",
    "--allow-stale",
    "--no-db",
    "--sandbox",
    "--global",
    "--profile",
    "--ignore-schema-skew",
];

/// The same with a value.
const IDLE_WITH_VALUE: &[&str] = &["--lock-timeout", "--dolt-auto-commit"];

/// What a word of a line is.
enum Word {
    Idle,
    IdleWithValue,
    Db,
    Directory,
    Actor,
    Readonly,
    Json(bool),
    Other,
}

fn kind_of(word: &str, name: &str) -> Word {
    match name {
        "--json" if word == "--json=true" => Word::Json(true),
        "--json" if word == "--json=false" => Word::Json(false),
        "--db" => Word::Db,
        "--directory" => Word::Directory,
        "--actor" => Word::Actor,
        "--readonly" => Word::Readonly,
        name if IDLE.contains(&name) => Word::Idle,
        name if IDLE_WITH_VALUE.contains(&name) => Word::IdleWithValue,
        _ => Word::Other,
    }
}

impl Globals {
    /// Takes the options of `bd` as a whole out of a line; the rest is the verb's.
    pub(super) fn take(words: &[String]) -> Result<(Self, Vec<String>), Refusal> {
        let mut globals = Self::default();
        let mut rest = Vec::with_capacity(words.len());
        let mut left = words.iter();
        while let Some(word) = left.next() {
            if word == "--" {
                rest.push(word.clone());
                rest.extend(left.cloned());
                break;
            }
            // The short form stands in front only: a verb may have its own.
            if word == "-C" && rest.is_empty() {
                globals.directory = Some(PathBuf::from(value(word, None, left.next())?));
                continue;
            }
            let (name, inline) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (word.as_str(), None),
            };
            match kind_of(word, name) {
                Word::Idle => {}
                Word::Json(wanted) => {
                    globals.json = Some(wanted);
                    rest.extend(wanted.then(|| "--json".to_owned()));
                }
                Word::Readonly => globals.readonly = true,
                Word::Other => rest.push(word.clone()),
                with_value @ (Word::IdleWithValue | Word::Db | Word::Directory | Word::Actor) => {
                    let next = if inline.is_none() { left.next() } else { None };
                    let value = value(name, inline, next)?;
                    globals.keep(&with_value, value);
                }
            }
        }
        Ok((globals, rest))
    }

    fn keep(&mut self, word: &Word, value: String) {
        match word {
            Word::Db => self.db = Some(PathBuf::from(value)),
            Word::Directory => self.directory = Some(PathBuf::from(value)),
            Word::Actor => self.actor = Some(value),
            Word::Idle | Word::IdleWithValue | Word::Readonly | Word::Json(_) | Word::Other => {}
        }
    }
}

fn value(name: &str, inline: Option<&str>, next: Option<&String>) -> Result<String, Refusal> {
    inline
        .map(str::to_owned)
        .or_else(|| next.cloned())
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Refusal::new(Kind::Usage, format!("`{name}` needs a value")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn options_of_the_program_stand_anywhere() {
        for (line, rest, db, actor, readonly) in [
            ("list", "list", None, None, false),
            (
                "--db /x list --json",
                "list --json",
                Some("/x"),
                None,
                false,
            ),
            ("list --db=/x --readonly", "list", Some("/x"), None, true),
            (
                "create a --actor jo --no-daemon --lock-timeout 5s --sandbox",
                "create a",
                None,
                Some("jo"),
                false,
            ),
            ("list --json=true", "list --json", None, None, false),
            ("list --json=false", "list", None, None, false),
            ("create -- --db", "create -- --db", None, None, false),
            ("import -C x", "import -C x", None, None, false),
        ] {
            let (globals, left) = Globals::take(&words(line)).unwrap();
            assert_eq!(left, words(rest), "{line}");
            assert_eq!(globals.db, db.map(PathBuf::from), "{line}");
            assert_eq!(globals.actor.as_deref(), actor, "{line}");
            assert_eq!(globals.readonly, readonly, "{line}");
        }
        let (globals, left) = Globals::take(&words("-C /tmp list")).unwrap();
        assert_eq!(
            (globals.directory, left),
            (Some("/tmp".into()), words("list"))
        );
        assert!(Globals::take(&words("list --db")).is_err());
    }
}
