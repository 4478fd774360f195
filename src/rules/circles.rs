//! Circles of beads that hold each other back: nobody in one can ever be started. Entry point: [`find`].
//!
//! New edges that would close a circle are refused; what other programs wrote may have some.

use std::collections::HashMap;

/// The circles that edges make, each in the order of the edges, beginning with its smallest id.
/// Every edge that closes a circle is told by one of them.
pub(crate) fn find<'a>(edges: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<Vec<String>> {
    let mut graph = Graph::default();
    for (bead, on) in edges {
        let (from, to) = (graph.place(bead), graph.place(on));
        if let Some(ways) = graph.next.get_mut(from) {
            ways.push(to);
        }
    }
    let circles = walk(&graph.next);
    let mut found: Vec<Vec<String>> = circles.iter().map(|circle| graph.named(circle)).collect();
    found.sort();
    found.dedup();
    found
}

/// Beads by their places, and what each depends on.
#[derive(Default)]
struct Graph<'a> {
    places: HashMap<&'a str, usize>,
    ids: Vec<&'a str>,
    next: Vec<Vec<usize>>,
}

impl<'a> Graph<'a> {
    fn place(&mut self, id: &'a str) -> usize {
        *self.places.entry(id).or_insert_with(|| {
            self.ids.push(id);
            self.next.push(Vec::new());
            self.ids.len() - 1
        })
    }

    fn named(&self, circle: &[usize]) -> Vec<String> {
        let mut ids: Vec<String> = circle
            .iter()
            .filter_map(|place| self.ids.get(*place))
            .map(|id| (*id).to_owned())
            .collect();
        let first = (0..ids.len()).min_by_key(|place| ids.get(*place));
        ids.rotate_left(first.unwrap_or(0));
        ids
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_told_from_their_smallest_id_and_ways_that_meet_are_none() {
        type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a [&'a str]]);
        let cases: [Case<'_>; 4] = [
            (&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")], &[]),
            (&[("c", "a"), ("a", "b"), ("b", "c")], &[&["a", "b", "c"]]),
            (&[("x", "x"), ("x", "y")], &[&["x"]]),
            (
                &[("d", "c"), ("c", "d"), ("b", "a"), ("a", "b"), ("a", "c")],
                &[&["a", "b"], &["c", "d"]],
            ),
        ];
        for (edges, expected) in cases {
            assert_eq!(find(edges.iter().copied()), expected, "{edges:?}");
        }
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let ids: Vec<String> = (0..200_000).map(|number| number.to_string()).collect();
        let pairs = ids.iter().zip(ids.iter().skip(1));
        let chain = pairs.map(|(one, two)| (one.as_str(), two.as_str()));
        assert_eq!(find(chain.clone()), Vec::<Vec<String>>::new());
        let closed = chain.chain([("199999", "0")]);
        assert_eq!(find(closed).first().map(Vec::len), Some(200_000));
    }
}
