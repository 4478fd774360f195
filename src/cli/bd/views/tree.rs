//! A graph as a tree of rows: which bead stands where, once unless every way is wanted, never in a circle.
//!
//! Pure. Without recursion: what is to be placed waits on a stack. Entry point: [`Tree::grow`].

use std::collections::{HashMap, HashSet};

use crate::cli::show::{Look, Tone};
use crate::domain::{BeadId, BeadStatus, Direction, Reach, ReachNode};
use crate::support::text::{clean, fit};

/// Most rows; only every way through a dense graph comes to so many.
const ROWS: usize = 20_000;

/// Why a bead has nothing below it although it leads on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// It does not, or what it leads to stands below.
    Here,
    /// It stands above already, with all it leads to.
    Above,
    /// It is above itself.
    Circle,
    /// There is more than was asked for.
    Cut,
}

/// One place of a bead.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    pub(super) node: &'a ReachNode,
    /// The row it hangs from.
    pub(super) above: Option<usize>,
    /// What the edge to it means.
    pub(super) kind: &'a str,
    pub(super) depth: u32,
    pub(super) ends: Ends,
}

/// The rows, each after the one it hangs from.
#[derive(Debug, Default)]
pub(super) struct Tree<'a> {
    pub(super) rows: Vec<Row<'a>>,
}

impl<'a> Tree<'a> {
    /// The tree of a graph that was followed one way; with `every_way`, a bead at each of its places.
    pub(super) fn grow(reach: &'a Reach, way: Direction, every_way: bool) -> Self {
        let nodes: HashMap<&BeadId, &ReachNode> =
            reach.nodes.iter().map(|node| (&node.id, node)).collect();
        let mut below: HashMap<&BeadId, Vec<(&ReachNode, &str)>> = HashMap::new();
        for edge in &reach.edges {
            let (near, far) = match way {
                Direction::Up => (&edge.on, &edge.bead),
                Direction::Down | Direction::Both => (&edge.bead, &edge.on),
            };
            if let Some(node) = nodes.get(far) {
                below.entry(near).or_default().push((node, &edge.kind));
            }
        }
        let deepest = reach.nodes.iter().map(|node| node.depth).max().unwrap_or(0);
        let mut tree = Self::default();
        let mut placed: HashSet<&BeadId> = HashSet::new();
        let root = nodes.get(&reach.root).copied();
        let mut waiting: Vec<(&ReachNode, Option<usize>, &str)> =
            root.into_iter().map(|node| (node, None, "")).collect();
        while let Some((node, above, kind)) = waiting.pop() {
            if tree.rows.len() >= ROWS {
                break;
            }
            let children = below.get(&node.id).map(Vec::as_slice).unwrap_or_default();
            let ends = if tree.is_above(above, &node.id) {
                Ends::Circle
            } else if !placed.insert(&node.id) && !every_way && !children.is_empty() {
                Ends::Above
            } else if reach.cut && children.is_empty() && node.depth == deepest {
                Ends::Cut
            } else {
                Ends::Here
            };
            let place = tree.rows.len();
            let depth = above
                .and_then(|above| tree.rows.get(above))
                .map_or(0, |row| row.depth + 1);
            tree.rows.push(Row {
                node,
                above,
                kind,
                depth,
                ends,
            });
            if ends == Ends::Here {
                let next = children.iter().rev();
                waiting.extend(next.map(|(child, kind)| (*child, Some(place), *kind)));
            }
        }
        tree
    }

    fn is_above(&self, mut place: Option<usize>, id: &BeadId) -> bool {
        while let Some(row) = place.and_then(|place| self.rows.get(place)) {
            if row.node.id == *id {
                return true;
            }
            place = row.above;
        }
        false
    }

    /// Only beads in a state, and the way to them.
    pub(super) fn only(self, status: &str) -> Self {
        let mut kept = vec![false; self.rows.len()];
        for (place, row) in self.rows.iter().enumerate().rev() {
            let fits = row.node.status_text() == status || row.above.is_none();
            if let Some(slot) = kept.get_mut(place) {
                *slot |= fits;
            }
            let keeps = kept.get(place).copied().unwrap_or(false);
            if let Some(slot) = row.above.and_then(|above| kept.get_mut(above)) {
                *slot |= keeps;
            }
        }
        let mut places: Vec<usize> = Vec::new();
        let mut rows: Vec<Row<'a>> = Vec::new();
        for (row, keep) in self.rows.into_iter().zip(kept) {
            places.push(rows.len());
            if keep {
                let above = row.above.and_then(|above| places.get(above).copied());
                rows.push(Row { above, ..row });
            }
        }
        Self { rows }
    }

    /// The rows as lines with branches.
    pub(super) fn text(&self, look: &Look) -> String {
        let mut last: HashMap<usize, usize> = HashMap::new();
        for (place, row) in self.rows.iter().enumerate() {
            if let Some(above) = row.above {
                last.insert(above, place);
            }
        }
        let mut indents: Vec<String> = Vec::new();
        let mut out = String::new();
        for (place, row) in self.rows.iter().enumerate() {
            let (branch, indent) = match row.above {
                None => (String::new(), String::new()),
                Some(above) => {
                    let before = indents.get(above).cloned().unwrap_or_default();
                    match last.get(&above) == Some(&place) {
                        true => (format!("{before}└── "), format!("{before}    ")),
                        false => (format!("{before}├── "), format!("{before}│   ")),
                    }
                }
            };
            indents.push(indent);
            out.push_str(&line(row, &branch, look));
        }
        out
    }
}

fn line(row: &Row<'_>, branch: &str, look: &Look) -> String {
    let node = row.node;
    let waits = node.is_blocked && node.status == Some(BeadStatus::Open);
    let (state, tone) = match (waits, node.status) {
        (true, _) => ("waits".to_owned(), Tone::Warn),
        (false, Some(BeadStatus::Closed)) => ("closed".to_owned(), Tone::Good),
        (false, _) => (clean(node.status_text()), Tone::Plain),
    };
    let kind = match row.kind {
        "" | "blocks" => String::new(),
        kind => format!(" ({})", clean(kind)),
    };
    let note = match row.ends {
        Ends::Here => "",
        Ends::Above => "  (shown above)",
        Ends::Circle => "  (in a circle)",
        Ends::Cut => "  …",
    };
    let id = clean(node.id.as_str());
    let used = [branch, &id, &state, &kind, note].map(|part| part.chars().count());
    let title = clean(&node.title);
    let title = match look.width {
        Some(width) => fit(
            &title,
            width.saturating_sub(used.iter().sum::<usize>() + 6).max(8),
        ),
        None => title,
    };
    let note_tone = if row.ends == Ends::Circle {
        Tone::Bad
    } else {
        Tone::Quiet
    };
    let text = format!(
        "{}{} {} {} {title}{}{}",
        look.paint(Tone::Quiet, branch),
        look.paint(Tone::Name, &id),
        node.priority,
        look.paint(tone, &state),
        look.paint(Tone::Quiet, &kind),
        look.paint(note_tone, note),
    );
    format!("{}\n", text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{BeadType, Priority, ReachEdge};

    fn reach(edges: &[(&str, &str)]) -> Reach {
        let id = |text: &str| BeadId::parse(&format!("tb-{text}")).unwrap();
        let mut nodes: Vec<ReachNode> = Vec::new();
        for text in edges.iter().flat_map(|(a, b)| [a, b]) {
            if nodes.iter().all(|node| node.id != id(text)) {
                nodes.push(ReachNode {
                    id: id(text),
                    title: text.to_uppercase(),
                    status: Some(BeadStatus::Open),
                    status_word: None,
                    kind: BeadType::Task,
                    priority: Priority::NORMAL,
                    is_blocked: false,
                    depth: 0,
                });
            }
        }
        Reach {
            root: id("a"),
            nodes,
            edges: edges
                .iter()
                .map(|(bead, on)| ReachEdge {
                    bead: id(bead),
                    on: id(on),
                    kind: "blocks".to_owned(),
                })
                .collect(),
            cut: false,
        }
    }

    #[test]
    fn a_bead_is_drawn_once_and_a_circle_ends() {
        let graph = reach(&[
            ("a", "b"),
            ("a", "c"),
            ("b", "d"),
            ("c", "d"),
            ("d", "e"),
            ("e", "b"),
        ]);
        let text = Tree::grow(&graph, Direction::Down, false).text(&Look::plain(0));
        assert_eq!(
            text,
            "tb-a P2 open A\n\
             ├── tb-b P2 open B\n\
             │   └── tb-d P2 open D\n\
             │       └── tb-e P2 open E\n\
             │           └── tb-b P2 open B  (in a circle)\n\
             └── tb-c P2 open C\n    \
                 └── tb-d P2 open D  (shown above)\n"
        );
        let every = Tree::grow(&graph, Direction::Down, true);
        assert_eq!(every.rows.len(), 10, "every way is drawn to its end");
        let up = Tree::grow(&graph, Direction::Up, false);
        assert_eq!(up.rows.len(), 1, "nothing depends on the root");
    }

    #[test]
    fn a_state_keeps_the_way_to_it() {
        let mut graph = reach(&[("a", "b"), ("b", "c"), ("a", "d")]);
        graph.nodes[2].status = Some(BeadStatus::Closed);
        let tree = Tree::grow(&graph, Direction::Down, false).only("closed");
        let ids: Vec<&str> = tree.rows.iter().map(|row| row.node.id.as_str()).collect();
        assert_eq!(ids, ["tb-a", "tb-b", "tb-c"]);
        assert_eq!(tree.rows[2].above, Some(1));
    }
}
