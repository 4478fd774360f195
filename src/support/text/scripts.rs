//! Names whose letters look like others: a word that mixes scripts shows its foreign letters as marks.
//!
//! `mаin` with a Cyrillic letter reads like `main` (attack 23 of contract 3.8). Names of agents, rigs
//! and beads are ASCII by their types; branches, and who wrote what was imported, are not. What mixes
//! is decided word by word as Unicode's technical standard 39 has it for the level that also lets the
//! scripts of East Asia stand beside others, so that a branch `feature/привет` and Japanese writing
//! stay as they are. Table: `unicode-script`. Entry point: [`write_told_apart`].

use unicode_script::{Script, ScriptExtension, UnicodeScript};

use super::marks;

/// Adds `name`, which holds nothing hidden, to `out`; letters that mix into another script's word are
/// marks.
pub(super) fn write_told_apart(name: &str, out: &mut String) {
    for word in name.split_inclusive(|c: char| !c.is_alphanumeric()) {
        if word.is_ascii() || is_of_one_script(word) {
            out.push_str(word);
            continue;
        }
        let own = own_script(word);
        for c in word.chars() {
            if stands_anywhere(c) || c.script() == own {
                out.push(c);
            } else {
                marks::mark(c, out);
            }
        }
    }
}

fn is_of_one_script(word: &str) -> bool {
    word.chars()
        .filter(|c| !stands_anywhere(*c))
        .map(|c| c.script_extension())
        .reduce(ScriptExtension::intersection)
        .is_none_or(|common| !common.is_empty())
}

/// Characters that belong to every script, or are taken for no other's.
fn stands_anywhere(c: char) -> bool {
    matches!(
        c.script(),
        Script::Common
            | Script::Inherited
            | Script::Han
            | Script::Hiragana
            | Script::Katakana
            | Script::Bopomofo
            | Script::Hangul
    )
}

/// The script that a word passes for: Latin where it has a letter of it, else that of its first letter.
fn own_script(word: &str) -> Script {
    let mut scripts = word
        .chars()
        .filter(|c| !stands_anywhere(*c))
        .map(|c| c.script());
    let first = scripts.next().unwrap_or(Script::Common);
    if first == Script::Latin || scripts.any(|one| one == Script::Latin) {
        Script::Latin
    } else {
        first
    }
}
