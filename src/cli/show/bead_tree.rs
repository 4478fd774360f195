//! Lists of beads that say more: below their parents as a tree, and with a second line each.
//!
//! A tree never draws a bead twice and never ends in a circle, whatever the edges say.

use std::collections::{HashMap, HashSet};

use super::bead::{bead_row, tone, urgency};
use super::{Look, Table, Tone};
use crate::domain::{BeadId, BeadStatus, BeadView, DepKind};
use crate::support::text::{clean, fit, identity};

/// Beads below their parents, in the order of the list otherwise.
pub(crate) fn tree_text(beads: &[BeadView], look: &Look) -> String {
    let places: HashMap<&BeadId, usize> = beads
        .iter()
        .enumerate()
        .map(|(place, bead)| (&bead.id, place))
        .collect();
    let mut below: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut roots = Vec::new();
    for (place, bead) in beads.iter().enumerate() {
        let parent = bead.parent().and_then(|id| places.get(id).copied());
        match parent.filter(|parent| *parent != place) {
            Some(parent) => below.entry(parent).or_default().push(place),
            None => roots.push(place),
        }
    }
    let mut tree = Tree {
        beads,
        below,
        look,
        drawn: HashSet::new(),
        out: String::new(),
    };
    for root in roots {
        tree.draw(root, "", "");
    }
    // What hangs in a circle has no root; it is shown all the same.
    for place in 0..beads.len() {
        tree.draw(place, "", "");
    }
    tree.out
}

struct Tree<'a> {
    beads: &'a [BeadView],
    below: HashMap<usize, Vec<usize>>,
    look: &'a Look,
    drawn: HashSet<usize>,
    out: String,
}

impl Tree<'_> {
    /// One bead and all below it, without recursion: what is to be drawn waits on a stack.
    fn draw(&mut self, root: usize, branch: &str, indent: &str) {
        let mut waiting = vec![(root, branch.to_owned(), indent.to_owned())];
        while let Some((place, branch, indent)) = waiting.pop() {
            let Some(bead) = self.beads.get(place) else {
                continue;
            };
            if !self.drawn.insert(place) {
                continue;
            }
            self.out.push_str(&line(bead, &branch, self.look));
            let children = self
                .below
                .get(&place)
                .map(Vec::as_slice)
                .unwrap_or_default();
            for (index, child) in children.iter().enumerate().rev() {
                let last = index + 1 == children.len();
                let (turn, go_on) = if last {
                    ("└── ", "    ")
                } else {
                    ("├── ", "│   ")
                };
                waiting.push((
                    *child,
                    format!("{indent}{turn}"),
                    format!("{indent}{go_on}"),
                ));
            }
        }
    }
}

/// One bead as a line that begins with a branch.
pub(super) fn line(bead: &BeadView, branch: &str, look: &Look) -> String {
    let waits = bead.is_blocked && bead.status == BeadStatus::Open;
    let (state, colour) = if waits {
        ("waits".to_owned(), Tone::Warn)
    } else {
        (clean(bead.status_text()), tone(bead.status))
    };
    let mut title = clean(&bead.title);
    if let Some(assignee) = &bead.assignee {
        title = format!("{title}  @{}", identity(assignee));
    }
    let head = [
        bead.id.as_str().to_owned(),
        bead.priority.to_string(),
        state.clone(),
        clean(bead.kind_text()),
    ];
    let used: usize = branch.chars().count()
        + head
            .iter()
            .map(|part| part.chars().count() + 1)
            .sum::<usize>();
    let title = match look.width {
        Some(width) => fit(&title, width.saturating_sub(used).max(8)),
        None => title,
    };
    let [id, priority, _, kind] = head;
    format!(
        "{}{} {} {} {} {title}\n",
        look.paint(Tone::Quiet, branch),
        look.paint(Tone::Name, &id),
        look.paint(urgency(bead.priority), &priority),
        look.paint(colour, &state),
        look.paint(Tone::Quiet, &kind),
    )
}

/// Beads as lines, each with a second one: labels, dates and what it waits for.
pub(crate) fn long_text(beads: &[BeadView], look: &Look) -> String {
    let mut table = Table::default();
    for bead in beads {
        table.row(bead_row(bead));
    }
    let rows = table.text(look, "");
    let mut out = String::new();
    for (row, bead) in rows.lines().zip(beads) {
        out.push_str(row);
        out.push('\n');
        let facts = facts(bead, look).join(" · ");
        let facts = match look.width {
            Some(width) => fit(&facts, width.saturating_sub(4).max(8)),
            None => facts,
        };
        out.extend([format!("    {}\n", look.paint(Tone::Quiet, &facts))]);
    }
    out
}

fn facts(bead: &BeadView, look: &Look) -> Vec<String> {
    let mut facts = Vec::new();
    facts.extend(bead.rig.as_ref().map(ToString::to_string));
    if !bead.labels.is_empty() {
        let labels: Vec<String> = bead.labels.iter().map(|label| clean(label)).collect();
        facts.push(format!("labels {}", labels.join(", ")));
    }
    if let Some(parent) = bead.parent() {
        facts.push(format!("part of {parent}"));
    }
    let blockers: Vec<String> = blockers(bead).map(|id| id.to_string()).collect();
    if !blockers.is_empty() {
        facts.push(format!("waits for {}", blockers.join(", ")));
    }
    facts.push(format!(
        "made by {} {} ago",
        identity(&bead.created_by),
        look.ago(bead.created_at)
    ));
    facts.push(format!("changed {} ago", look.ago(bead.updated_at)));
    if let Some(reason) = &bead.close_reason {
        facts.push(format!("closed: {}", clean(reason)));
    }
    facts
}

/// The open beads that hold this one back by an edge of its own.
pub(crate) fn blockers(bead: &BeadView) -> impl Iterator<Item = &BeadId> {
    bead.depends_on
        .iter()
        .filter(|edge| {
            let holds = matches!(
                edge.kind,
                DepKind::Blocks | DepKind::ConditionalBlocks | DepKind::WaitsFor
            );
            let here = !edge.title.is_empty() || edge.status != BeadStatus::Foreign;
            holds && here && !edge.status.is_inactive()
        })
        .map(|edge| &edge.id)
}
