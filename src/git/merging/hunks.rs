//! The places where two changes of one text meet.
//!
//! Both changes are taken as ranges of lines of the base. Ranges of the two sides that overlap or
//! touch are one place, which is git's own rule; a place where both sides say the same is none.
//! No conflict markers are written or read, so a text that holds some cannot pretend anything.

use std::ops::Range;

use git2::{DiffOptions, Patch};

use crate::domain::ConflictHunk;
use crate::git::error::Result;
use crate::git::objects;

/// Most places that are kept of a file, and most bytes of each side of one.
const PLACES: usize = 20;
const BYTES: usize = 4 << 10;

/// A change of one side: these lines of the base became those.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    base: Range<usize>,
    new: Range<usize>,
}

/// The places in conflict, and how many more there are.
pub(super) fn hunks(base: &[u8], ours: &[u8], theirs: &[u8]) -> Result<(Vec<ConflictHunk>, u32)> {
    let texts = [lines(base), lines(ours), lines(theirs)];
    let sides = [changes(base, ours)?, changes(base, theirs)?];
    let mut found = Vec::new();
    let mut more = 0;
    for (base, [ours, theirs]) in places(&sides) {
        let [base_lines, ours_lines, theirs_lines] = [
            texts[0].get(base).unwrap_or_default(),
            texts[1].get(ours.clone()).unwrap_or_default(),
            texts[2].get(theirs).unwrap_or_default(),
        ];
        if ours_lines == theirs_lines {
            continue;
        }
        if found.len() == PLACES {
            more += 1;
            continue;
        }
        let sides = [ours_lines, theirs_lines, base_lines].map(shown);
        let cut = sides.iter().any(|(_, cut)| *cut);
        let [ours_text, theirs, base] = sides.map(|(text, _)| text);
        found.push(ConflictHunk {
            ours_start: u32::try_from(ours.start + 1).unwrap_or(u32::MAX),
            ours: ours_text,
            theirs,
            base,
            cut,
        });
    }
    Ok((found, more))
}

/// The lines of a text, each with its line end.
pub(super) fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|&byte| byte == b'\n').collect()
}

fn changes(base: &[u8], new: &[u8]) -> Result<Vec<Change>> {
    let mut how = DiffOptions::new();
    how.context_lines(0).interhunk_lines(0).force_text(true);
    let patch = Patch::from_buffers(base, None, new, None, Some(&mut how))?;
    let mut all = Vec::new();
    for number in 0..patch.num_hunks() {
        let (hunk, _) = patch.hunk(number)?;
        all.push(Change {
            base: range(hunk.old_start(), hunk.old_lines()),
            new: range(hunk.new_start(), hunk.new_lines()),
        });
    }
    Ok(all)
}

/// A range of lines from 0. Of no lines, git names the line before.
fn range(start: u32, lines: u32) -> Range<usize> {
    let start = if lines == 0 {
        start as usize
    } else {
        (start as usize).saturating_sub(1)
    };
    start..start + lines as usize
}

/// The ranges that both sides have a part in: in the base, and on each side.
fn places(sides: &[Vec<Change>; 2]) -> Vec<(Range<usize>, [Range<usize>; 2])> {
    let mut at = [0, 0];
    // How far each side's lines are behind those of the base after the changes passed so far.
    let mut shift = [0_isize, 0_isize];
    let mut found = Vec::new();
    loop {
        let next = [0, 1].map(|side| sides[side].get(at[side]));
        let first = match next {
            [Some(one), Some(other)] if other.base.start < one.base.start => 1,
            [Some(_), _] => 0,
            [None, Some(_)] => 1,
            [None, None] => return found,
        };
        let Some(change) = next[first] else {
            return found;
        };
        let mut whole = change.base.clone();
        let (from, before) = (at, shift);
        let mut grows = true;
        while grows {
            grows = false;
            for side in [0, 1] {
                while let Some(change) = sides[side].get(at[side])
                    && change.base.start <= whole.end
                {
                    whole.end = whole.end.max(change.base.end);
                    shift[side] += change.new.len().cast_signed() - change.base.len().cast_signed();
                    at[side] += 1;
                    grows = true;
                }
            }
        }
        if at[0] > from[0] && at[1] > from[1] {
            let on = [0, 1].map(|side| {
                whole.start.saturating_add_signed(before[side])
                    ..whole.end.saturating_add_signed(shift[side])
            });
            found.push((whole, on));
        }
    }
}

/// Lines as text of a bounded length, and whether some is left out.
fn shown(lines: &[&[u8]]) -> (String, bool) {
    let bytes = lines.concat();
    let kept = bytes.get(..BYTES).unwrap_or(&bytes);
    (objects::shown(kept), kept.len() < bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(base: &str, ours: &str, theirs: &str) -> Vec<(u32, String, String, String)> {
        let (all, more) = hunks(base.as_bytes(), ours.as_bytes(), theirs.as_bytes()).unwrap();
        assert_eq!(more, 0);
        all.into_iter()
            .map(|hunk| (hunk.ours_start, hunk.ours, hunk.theirs, hunk.base))
            .collect()
    }

    fn place(start: u32, ours: &str, theirs: &str, base: &str) -> (u32, String, String, String) {
        (start, ours.to_owned(), theirs.to_owned(), base.to_owned())
    }

    #[test]
    fn only_places_that_both_sides_changed_differently_are_told() {
        let base = "1\n2\n3\n4\n5\n6\n7\n";
        assert_eq!(
            show(
                base,
                "0\n1\n2\n3\n4\nfive\n6\n7\n",
                "1\n2\n3\n4\ncinq\n6\n7\n8\n"
            ),
            [place(6, "five\n", "cinq\n", "5\n")]
        );
        assert_eq!(
            show(base, "1\ntwo\n3\n4\n5\n6\n7\n", "1\ntwo\n3\n4\n5\n6\n7\n"),
            []
        );
        assert_eq!(show(base, "2\n3\n4\n5\n6\n7\n", "1\n2\n3\n4\n5\n6\n"), []);
        // Touching ranges are one place, as with git.
        assert_eq!(
            show(
                base,
                "1\n2\nthree\n4\n5\n6\n7\n",
                "1\n2\n3\nfour\n5\n6\n7\n"
            ),
            [place(3, "three\n4\n", "3\nfour\n", "3\n4\n")]
        );
        // Removed on one side, changed on the other.
        assert_eq!(
            show(base, "1\n2\n3\n4\n6\n7\n", "1\n2\n3\n4\ncinq\n6\n7\n"),
            [place(5, "", "cinq\n", "5\n")]
        );
        assert_eq!(show("", "a\n", "b\n"), [place(1, "a\n", "b\n", "")]);
        // Two additions at one place.
        assert_eq!(
            show(base, "1\n2\na\n3\n4\n5\n6\n7\n", "1\n2\nb\n3\n4\n5\n6\n7\n"),
            [place(3, "a\n", "b\n", "")]
        );
    }

    #[test]
    fn long_and_many_places_are_counted_where_they_are_cut() {
        let side = |word: &str| -> String {
            (0..60)
                .map(|n| {
                    if n % 2 == 0 {
                        format!("{n}\n")
                    } else {
                        format!("{word}{n}\n")
                    }
                })
                .collect()
        };
        let (all, more) = hunks(
            side("b").as_bytes(),
            side("o").as_bytes(),
            side("t").as_bytes(),
        )
        .unwrap();
        assert_eq!((all.len(), more), (20, 10));
        let long = "x".repeat(10_000);
        let (all, _) = hunks(b"1\n", long.as_bytes(), b"2\n").unwrap();
        assert_eq!((all[0].ours.len(), all[0].cut), (4 << 10, true));
        assert_eq!(all[0].theirs, "2\n");
    }
}
