//! Which lines a change adds and removes, as counts.
//!
//! The *net* of a file is, for each line, how often the new text has it more than the old one.
//! However a diff is aligned, the net of a merge is the sum of the nets of what was merged, so it
//! can be compared exactly. The *gross* is what a diff without context says, and bounds what a net
//! can be. What is no text counts as one line that names the object; a mode is a line, too.

use std::collections::HashMap;

use git2::{DiffOptions, Patch, Repository};

use super::graft::Leaf;
use super::hunks;
use super::pairs::Pair;
use super::three;
use crate::git::error::Result;
use crate::git::objects;
use crate::support::text;

/// Longest line that is shown.
const SHOWN: usize = 160;
/// Begins a line that stands for something that is no line of a text.
const OTHER: char = '\0';

/// How often each line comes.
pub(super) type Counts = HashMap<Vec<u8>, i64>;

/// Lines that a change adds and removes.
#[derive(Debug, Default)]
pub(super) struct Gross {
    /// Added.
    pub(super) plus: Counts,
    /// Removed.
    pub(super) minus: Counts,
}

impl Gross {
    /// Takes the larger count of each line.
    pub(super) fn at_least(&mut self, other: Self) {
        for (mine, theirs) in [(&mut self.plus, other.plus), (&mut self.minus, other.minus)] {
            for (line, count) in theirs {
                let mine = mine.entry(line).or_default();
                *mine = count.max(*mine);
            }
        }
    }

    /// A line of this that `other` has less often, with `+` or `-`.
    pub(super) fn beyond(&self, other: &Self) -> Option<String> {
        let more = |mine: &Counts, theirs: &Counts| {
            let mut lines: Vec<&Vec<u8>> = mine
                .iter()
                .filter(|(line, count)| **count > get(theirs, line))
                .map(|(line, _)| line)
                .collect();
            lines.sort();
            lines.first().map(|line| line.to_vec())
        };
        more(&self.plus, &other.plus)
            .map(|line| shown('+', &line))
            .or_else(|| more(&self.minus, &other.minus).map(|line| shown('-', &line)))
    }
}

/// The count of a line.
pub(super) fn get(counts: &Counts, line: &[u8]) -> i64 {
    counts.get(line).copied().unwrap_or_default()
}

/// A line for a person.
pub(super) fn shown(sign: char, line: &[u8]) -> String {
    let line = line.get(..SHOWN).unwrap_or(line);
    let line = objects::shown(line);
    let line = line.trim_end_matches('\n').trim_start_matches(OTHER);
    format!("{sign}{}", text::clean(line))
}

/// Adds the net of a pair.
pub(super) fn add_net(repo: &Repository, pair: &Pair, to: &mut Counts) -> Result<()> {
    let (old, new) = contents(repo, pair)?;
    let (old, new) = (old.lines(), new.lines());
    let same = old.iter().zip(&new).take_while(|(old, new)| old == new);
    let head = same.count();
    let (old, new) = (
        old.get(head..).unwrap_or_default(),
        new.get(head..).unwrap_or_default(),
    );
    let same = old.iter().rev().zip(new.iter().rev());
    let tail = same.take_while(|(old, new)| old == new).count();
    for (lines, sign) in [(old, -1), (new, 1)] {
        for line in lines.get(..lines.len() - tail).unwrap_or_default() {
            *to.entry(line.to_vec()).or_default() += sign;
        }
    }
    for (line, sign) in modes(pair) {
        *to.entry(line).or_default() += sign;
    }
    to.retain(|_, count| *count != 0);
    Ok(())
}

/// Adds the gross of a pair; that a file was renamed is a line, too.
pub(super) fn add_gross(repo: &Repository, pair: &Pair, to: &mut Gross) -> Result<()> {
    match contents(repo, pair)? {
        (Content::Text(old), Content::Text(new)) => add_diff(&old, &new, to)?,
        (old, new) => {
            for line in old.lines() {
                *to.minus.entry(line.to_vec()).or_default() += 1;
            }
            for line in new.lines() {
                *to.plus.entry(line.to_vec()).or_default() += 1;
            }
        }
    }
    for (line, sign) in modes(pair) {
        let side = if sign > 0 {
            &mut to.plus
        } else {
            &mut to.minus
        };
        *side.entry(line).or_default() += 1;
    }
    if let Some((old, new)) = pair.renamed() {
        let named = |path: &[u8]| [b"\0the name ", path].concat();
        *to.minus.entry(named(old)).or_default() += 1;
        *to.plus.entry(named(new)).or_default() += 1;
    }
    Ok(())
}

fn add_diff(old: &[u8], new: &[u8], to: &mut Gross) -> Result<()> {
    let mut how = DiffOptions::new();
    how.context_lines(0).interhunk_lines(0).force_text(true);
    let patch = Patch::from_buffers(old, None, new, None, Some(&mut how))?;
    for hunk in 0..patch.num_hunks() {
        for number in 0..patch.num_lines_in_hunk(hunk)? {
            let line = patch.line_in_hunk(hunk, number)?;
            let side = match line.origin() {
                '+' => &mut to.plus,
                '-' => &mut to.minus,
                _ => continue,
            };
            *side.entry(line.content().to_vec()).or_default() += 1;
        }
    }
    Ok(())
}

enum Content {
    Text(Vec<u8>),
    Other(String),
    Nothing,
}

impl Content {
    fn lines(&self) -> Vec<&[u8]> {
        match self {
            Self::Text(text) => hunks::lines(text),
            Self::Other(name) => vec![name.as_bytes()],
            Self::Nothing => Vec::new(),
        }
    }
}

/// Both sides as texts; when one is no text, none is.
fn contents(repo: &Repository, pair: &Pair) -> Result<(Content, Content)> {
    let [old, new] = [&pair.old, &pair.new].map(|side| side.as_ref().map(|side| side.leaf));
    let texts = [text(repo, old)?, text(repo, new)?];
    if let [Some(old), Some(new)] = texts {
        return Ok((Content::Text(old), Content::Text(new)));
    }
    let named = |leaf: Option<Leaf>| match leaf {
        Some(leaf) => Content::Other(format!("{OTHER}the object {}", leaf.oid)),
        None => Content::Nothing,
    };
    Ok((named(old), named(new)))
}

/// The text of a file; an absent one has none, so it is empty.
fn text(repo: &Repository, leaf: Option<Leaf>) -> Result<Option<Vec<u8>>> {
    let Some(leaf) = leaf else {
        return Ok(Some(Vec::new()));
    };
    if !leaf.is_file() {
        return Ok(None);
    }
    let blob = repo.find_blob(leaf.oid)?;
    Ok((!three::is_binary(blob.content())).then(|| blob.content().to_vec()))
}

/// The modes of a pair as lines, unless they are the same.
fn modes(pair: &Pair) -> Vec<(Vec<u8>, i64)> {
    let [old, new] = [&pair.old, &pair.new].map(|side| side.as_ref().map(|side| side.leaf.mode));
    if old == new {
        return Vec::new();
    }
    let line = |mode: i32| format!("{OTHER}the mode {mode:o}").into_bytes();
    let old = old.map(|mode| (line(mode), -1));
    let new = new.map(|mode| (line(mode), 1));
    old.into_iter().chain(new).collect()
}
