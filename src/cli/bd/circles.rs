//! Circles of beads that wait for each other. Entry point: [`find`].

use std::collections::HashMap;

use crate::domain::{BeadView, DepKind};

/// The groups of beads that wait for each other in a circle, each in the order of their edges,
/// beginning with its smallest id. A bead is in one group at most.
pub(super) fn find(beads: &[BeadView]) -> Vec<Vec<String>> {
    let places: HashMap<&str, usize> = beads
        .iter()
        .enumerate()
        .map(|(place, bead)| (bead.id.as_str(), place))
        .collect();
    let next: Vec<Vec<usize>> = beads
        .iter()
        .map(|bead| {
            let holds = bead.depends_on.iter().filter(|edge| {
                matches!(
                    edge.kind,
                    DepKind::Blocks
                        | DepKind::ConditionalBlocks
                        | DepKind::WaitsFor
                        | DepKind::ParentChild
                )
            });
            holds
                .filter_map(|edge| places.get(edge.id.as_str()).copied())
                .collect()
        })
        .collect();
    let mut found: Vec<Vec<String>> = walk(&next)
        .into_iter()
        .map(|circle| named(&circle, beads))
        .collect();
    found.sort();
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Fresh,
    /// On the way that is being walked, at this step.
    Here(usize),
    Done,
}

/// Walks every way once, with a stack of its own: depth is bounded by memory, not by the stack.
fn walk(next: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut marks = vec![Mark::Fresh; next.len()];
    let mut circles = Vec::new();
    for start in 0..next.len() {
        let mut way: Vec<(usize, usize)> = Vec::new();
        if marks.get(start) == Some(&Mark::Fresh) {
            set(&mut marks, start, Mark::Here(0));
            way.push((start, 0));
        }
        while let Some((at, taken)) = way.last().copied() {
            let step = next.get(at).and_then(|ways| ways.get(taken)).copied();
            if let Some(last) = way.last_mut() {
                last.1 += 1;
            }
            let Some(to) = step else {
                set(&mut marks, at, Mark::Done);
                way.pop();
                continue;
            };
            match marks.get(to).copied().unwrap_or(Mark::Done) {
                Mark::Fresh => {
                    set(&mut marks, to, Mark::Here(way.len()));
                    way.push((to, 0));
                }
                Mark::Here(from) => {
                    let circle = way.iter().skip(from).map(|(one, _)| *one);
                    circles.push(circle.collect());
                }
                Mark::Done => {}
            }
        }
    }
    circles
}

fn set(marks: &mut [Mark], place: usize, mark: Mark) {
    if let Some(slot) = marks.get_mut(place) {
        *slot = mark;
    }
}

fn named(circle: &[usize], beads: &[BeadView]) -> Vec<String> {
    let mut ids: Vec<String> = circle
        .iter()
        .filter_map(|place| beads.get(*place))
        .map(|bead| bead.id.to_string())
        .collect();
    let first = (0..ids.len()).min_by_key(|place| ids.get(*place).cloned());
    ids.rotate_left(first.unwrap_or(0));
    ids
}
