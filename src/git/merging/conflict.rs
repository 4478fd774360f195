//! The typed record of a conflict (contract M6): which files, in what way, at which lines.
//!
//! Everything in it is bounded, because both sides come from agents: files, places and bytes that
//! are left out are counted.

use git2::{Index, IndexConflict, IndexEntry, Oid, Repository};

use super::hunks;
use super::three;
use crate::domain::{ConflictFile, ConflictKind, ConflictRecord, ConflictWith};
use crate::git::error::Result;
use crate::git::objects;

/// Most files that are listed.
const FILES: usize = 50;
/// Most bytes of a path that are kept.
const PATH: usize = 1 << 10;
/// Files above this are told without their lines.
const SHOWN: usize = 1 << 20;
/// Most bytes of all lines together, so that a record fits into one frame of the wire.
const ALL: usize = 256 << 10;

const MODULE: u32 = 0o160_000;
const KIND: u32 = 0o170_000;

/// The two sides of a merge and what they come from, as commits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Between {
    /// What both come from.
    pub(super) base: Oid,
    /// The target's side.
    pub(super) ours: Oid,
    /// The work's side.
    pub(super) theirs: Oid,
}

/// The record of what `index` says.
pub(super) fn record(
    repo: &Repository,
    index: &Index,
    between: Between,
    with: ConflictWith,
) -> Result<ConflictRecord> {
    let mut files = Vec::new();
    let mut files_cut = 0;
    let mut room = ALL;
    for conflict in index.conflicts()? {
        let conflict = conflict?;
        if files.len() == FILES {
            files_cut += 1;
            continue;
        }
        let mut file = file(repo, &conflict)?;
        let size: usize = file.hunks.iter().map(size).sum();
        if size > room {
            file.hunks_cut += u32::try_from(file.hunks.len()).unwrap_or(u32::MAX);
            file.hunks.clear();
        } else {
            room -= size;
        }
        files.push(file);
    }
    Ok(ConflictRecord {
        with,
        base: objects::named(between.base)?,
        ours: objects::named(between.ours)?,
        theirs: objects::named(between.theirs)?,
        files,
        files_cut,
    })
}

fn size(hunk: &crate::domain::ConflictHunk) -> usize {
    hunk.ours.len() + hunk.theirs.len() + hunk.base.len()
}

fn file(repo: &Repository, conflict: &IndexConflict) -> Result<ConflictFile> {
    let sides = [&conflict.ancestor, &conflict.our, &conflict.their].map(Option::as_ref);
    let path = sides
        .into_iter()
        .flatten()
        .next()
        .map_or_else(String::new, |entry| {
            let path = entry.path.get(..PATH).unwrap_or(&entry.path);
            objects::shown(path)
        });
    let texts = texts(repo, sides);
    let kind = kind(sides, texts.is_some());
    let (hunks, hunks_cut) = match (&texts, kind) {
        (Some([base, ours, theirs]), ConflictKind::Content | ConflictKind::AddAdd) => {
            hunks::hunks(base, ours, theirs)?
        }
        _ => (Vec::new(), 0),
    };
    let [base, ours, theirs] =
        sides.map(|side| side.map(|entry| objects::named(entry.id)).transpose());
    Ok(ConflictFile {
        path,
        kind,
        base: base?,
        ours: ours?,
        theirs: theirs?,
        hunks,
        hunks_cut,
    })
}

/// The contents of all sides; nothing, when one is no text or too large to show.
fn texts(repo: &Repository, sides: [Option<&IndexEntry>; 3]) -> Option<[Vec<u8>; 3]> {
    let mut texts: [Vec<u8>; 3] = Default::default();
    for (side, text) in sides.into_iter().zip(&mut texts) {
        let Some(entry) = side else { continue };
        let blob = repo.find_blob(entry.id).ok()?;
        if blob.size() > SHOWN || three::is_binary(blob.content()) {
            return None;
        }
        *text = blob.content().to_vec();
    }
    Some(texts)
}

fn kind(sides: [Option<&IndexEntry>; 3], is_text: bool) -> ConflictKind {
    let mut there = sides.into_iter().flatten();
    if there.any(|entry| entry.mode == MODULE) {
        return ConflictKind::Submodule;
    }
    match sides {
        [Some(base), Some(ours), Some(theirs)] => {
            let kind = |entry: &IndexEntry| entry.mode & KIND;
            if kind(ours) != kind(theirs) || kind(base) != kind(ours) {
                ConflictKind::Mode
            } else if is_text {
                ConflictKind::Content
            } else {
                ConflictKind::Binary
            }
        }
        [None, Some(_), Some(_)] => ConflictKind::AddAdd,
        [Some(_), Some(_), None] | [Some(_), None, Some(_)] => ConflictKind::ModifyDelete,
        // One side alone: a rename met something, or a file met a folder.
        [Some(_), None, None] | [None, None, None] => ConflictKind::Rename,
        [None, Some(_), None] | [None, None, Some(_)] => ConflictKind::FileFolder,
    }
}
