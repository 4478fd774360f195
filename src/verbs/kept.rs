//! `bd config`, `bd kv`, `bd remember` and its kin: what a ledger keeps by key.
//!
//! Settings stand under their own names, values of people and scripts under `kv.`, and what agents
//! shall remember under `kv.memory.`, as in the field's files.

use clap::Args;

use super::Verb;
use super::plain::Plain;
use crate::domain::{Command, KvSet, Query};

/// How the keys of values begin.
pub const VALUES: &str = "kv.";
/// How the keys of memories begin.
pub const MEMORIES: &str = "kv.memory.";
/// Longest key that is made of a text, in characters.
const SLUG_MAX: usize = 48;

/// A verb about what is kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    /// `bd config get`.
    ConfigGet(KeptKeyArgs),
    /// `bd config list`.
    ConfigList(KeptListArgs),
    /// `bd config unset`.
    ConfigUnset(KeptKeyArgs),
    /// `bd kv get`.
    ValueGet(KeptKeyArgs),
    /// `bd kv list`.
    ValueList(KeptListArgs),
    /// `bd kv set`.
    ValueSet(KeptSetArgs),
    /// `bd kv clear`.
    ValueClear(KeptKeyArgs),
    /// `bd remember`.
    Remember(RememberArgs),
    /// `bd memories`.
    Memories(MemoriesArgs),
    /// `bd recall`.
    Recall(KeptKeyArgs),
    /// `bd forget`.
    Forget(KeptKeyArgs),
}

/// Arguments of the verbs about one key.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct KeptKeyArgs {
    /// Its key
    #[arg(value_name = "KEY")]
    pub key: String,
    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of the verbs about all of them.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct KeptListArgs {
    /// Print them as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `bd kv set`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct KeptSetArgs {
    /// Its key
    #[arg(value_name = "KEY")]
    pub key: String,
    /// The value
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    pub value: String,
    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `bd remember`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct RememberArgs {
    /// What later sessions shall know
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    pub text: String,
    /// The name it goes by; else it is made of the first words
    #[arg(long)]
    pub key: Option<String>,
    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `bd memories`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct MemoriesArgs {
    /// Only those that say this, in any case
    #[arg(value_name = "WORDS")]
    pub words: Option<String>,
    /// Print them as JSON
    #[arg(long)]
    pub json: bool,
}

impl RememberArgs {
    /// The name it goes by.
    pub fn name(&self) -> String {
        self.key.clone().unwrap_or_else(|| slug(&self.text))
    }
}

/// The query for all that begins so.
pub fn kept_query(prefix: &str) -> Query {
    Query::Kv {
        prefix: prefix.to_owned(),
    }
}

/// The command that keeps a value, or takes it away.
pub fn keep_command(prefix: &str, key: &str, value: Option<&str>) -> Command {
    Command::KvSet(KvSet {
        key: format!("{prefix}{key}"),
        value: value.map(str::to_owned),
    })
}

/// A key made of the first words of a text.
fn slug(text: &str) -> String {
    let mut key = String::new();
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        if word.is_empty() {
            continue;
        }
        if key.chars().count() + word.chars().count() >= SLUG_MAX && !key.is_empty() {
            break;
        }
        if !key.is_empty() {
            key.push('-');
        }
        key.extend(word.to_lowercase().chars().take(SLUG_MAX));
    }
    if key.is_empty() {
        key.push_str("note");
    }
    key
}

macro_rules! makers {
    ($($name:ident($args:ty) => $variant:ident),* $(,)?) => {
        $(
            pub(super) fn $name(args: $args) -> Verb {
                Verb::Plain(Plain::Kept(Kept::$variant(args)))
            }
        )*
    };
}

makers! {
    config_get(KeptKeyArgs) => ConfigGet,
    config_list(KeptListArgs) => ConfigList,
    config_unset(KeptKeyArgs) => ConfigUnset,
    value_get(KeptKeyArgs) => ValueGet,
    value_list(KeptListArgs) => ValueList,
    value_set(KeptSetArgs) => ValueSet,
    value_clear(KeptKeyArgs) => ValueClear,
    remember(RememberArgs) => Remember,
    memories(MemoriesArgs) => Memories,
    recall(KeptKeyArgs) => Recall,
    forget(KeptKeyArgs) => Forget,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_names_itself_by_its_first_words() {
        for (text, key) in [
            ("Always run tests", "always-run-tests"),
            ("  --- ", "note"),
            ("Über-Größe: 3 µm", "über-größe-3-μm"),
            (
                "one two three four five six seven eight nine ten eleven twelve",
                "one-two-three-four-five-six-seven-eight-nine-ten",
            ),
        ] {
            assert_eq!(slug(text), key.replace('μ', "µ"), "{text}");
        }
        assert!(slug(&"x".repeat(500)).len() <= SLUG_MAX);
    }
}
