//! How a wall is divided: a tree of splits with tiles as leaves. Pure.
//!
//! Children of a split have equal shares, so a wall has one shape for one tree and a size; nothing
//! is remembered in columns and rows.

use ratatui::layout::Rect;

use crate::console::layout::{cut, top};

/// Which tile; numbers are never used again.
pub(crate) type TileId = u64;

/// In which direction tiles follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Axis {
    /// Side by side.
    Across,
    /// One under the other.
    Down,
}

/// A direction to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Side {
    Left,
    Below,
    Above,
    Right,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    Leaf(TileId),
    Split(Axis, Vec<Self>),
}

/// The division of a wall.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    root: Option<Node>,
}

impl Tree {
    /// Rows of tiles, as equal as they can be.
    pub(crate) fn grid(ids: &[TileId], columns: usize) -> Self {
        let rows = ids.chunks(columns.max(1));
        let rows = rows.map(|row| split(Axis::Across, row.iter().copied().map(Node::Leaf)));
        Self {
            root: (!ids.is_empty()).then(|| split(Axis::Down, rows)),
        }
    }

    /// Puts a tile after another one, or alone into an empty wall.
    pub(crate) fn insert(&mut self, id: TileId, beside: Option<TileId>, axis: Axis) {
        match (&mut self.root, beside) {
            (Some(root), Some(beside)) => {
                root.insert(id, beside, axis);
            }
            (root, _) => *root = Some(Node::Leaf(id)),
        }
    }

    /// Takes a tile out; its neighbours get its room.
    pub(crate) fn remove(&mut self, id: TileId) {
        self.root = self.root.take().and_then(|root| root.without(id));
    }

    /// The room of every tile, in reading order.
    pub(crate) fn areas(&self, area: Rect) -> Vec<(TileId, Rect)> {
        let mut out = Vec::new();
        if let Some(root) = &self.root {
            root.areas(area, &mut out);
        }
        out
    }
}

impl Node {
    /// Says whether the place was found.
    fn insert(&mut self, id: TileId, beside: TileId, axis: Axis) -> bool {
        match self {
            Self::Leaf(known) if *known == beside => {
                *self = Self::Split(axis, vec![Self::Leaf(beside), Self::Leaf(id)]);
                true
            }
            Self::Leaf(_) => false,
            Self::Split(along, children) => {
                let at = children
                    .iter()
                    .position(|child| *child == Self::Leaf(beside));
                if let Some(at) = at
                    && *along == axis
                {
                    children.insert(at + 1, Self::Leaf(id));
                    return true;
                }
                children
                    .iter_mut()
                    .any(|child| child.insert(id, beside, axis))
            }
        }
    }

    fn without(self, id: TileId) -> Option<Self> {
        match self {
            Self::Leaf(known) => (known != id).then_some(Self::Leaf(known)),
            Self::Split(axis, children) => {
                let kept = children.into_iter().filter_map(|child| child.without(id));
                let kept: Vec<Self> = kept.collect();
                (!kept.is_empty()).then(|| split(axis, kept.into_iter()))
            }
        }
    }

    fn areas(&self, area: Rect, out: &mut Vec<(TileId, Rect)>) {
        match self {
            Self::Leaf(id) => out.push((*id, area)),
            Self::Split(axis, children) => {
                let mut rest = area;
                let mut left = u16::try_from(children.len()).unwrap_or(u16::MAX);
                for child in children {
                    let (place, after) = match axis {
                        Axis::Across => cut(rest, rest.width.div_ceil(left)),
                        Axis::Down => top(rest, rest.height.div_ceil(left)),
                    };
                    child.areas(place, out);
                    rest = after;
                    left = left.saturating_sub(1).max(1);
                }
            }
        }
    }
}

/// A split of several children; one alone stands for itself.
fn split(axis: Axis, mut children: impl Iterator<Item = Node>) -> Node {
    let all: Vec<Node> = children.by_ref().collect();
    match <[Node; 1]>::try_from(all) {
        Ok([only]) => only,
        Err(all) => Node::Split(axis, all),
    }
}

/// The tile that is met first when one goes from another to a side.
pub(crate) fn neighbour(areas: &[(TileId, Rect)], from: TileId, side: Side) -> Option<TileId> {
    let (_, here) = *areas.iter().find(|(id, _)| *id == from)?;
    let overlap = |a: (u16, u16), b: (u16, u16)| a.1.min(b.1).saturating_sub(a.0.max(b.0));
    areas
        .iter()
        .filter_map(|(id, there)| {
            let (distance, shared) = match side {
                Side::Left => (here.x.checked_sub(there.right()), rows(here, *there)),
                Side::Right => (there.x.checked_sub(here.right()), rows(here, *there)),
                Side::Above => (here.y.checked_sub(there.bottom()), columns(here, *there)),
                Side::Below => (there.y.checked_sub(here.bottom()), columns(here, *there)),
            };
            let shared = overlap(shared.0, shared.1);
            (shared > 0).then_some((distance?, u16::MAX - shared, *id))
        })
        .min()
        .map(|(_, _, id)| id)
}

type Span = (u16, u16);

fn rows(a: Rect, b: Rect) -> (Span, Span) {
    ((a.y, a.bottom()), (b.y, b.bottom()))
}

fn columns(a: Rect, b: Rect) -> (Span, Span) {
    ((a.x, a.right()), (b.x, b.right()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WHOLE: Rect = Rect::new(0, 0, 120, 36);

    #[test]
    fn splits_share_equally_and_give_back_their_room() {
        let mut tree = Tree::default();
        tree.insert(1, None, Axis::Across);
        tree.insert(2, Some(1), Axis::Across);
        tree.insert(3, Some(2), Axis::Across);
        tree.insert(4, Some(3), Axis::Down);
        let areas = tree.areas(WHOLE);
        assert_eq!(
            areas,
            [
                (1, Rect::new(0, 0, 40, 36)),
                (2, Rect::new(40, 0, 40, 36)),
                (3, Rect::new(80, 0, 40, 18)),
                (4, Rect::new(80, 18, 40, 18)),
            ]
        );
        assert_eq!(neighbour(&areas, 4, Side::Left), Some(2));
        assert_eq!(neighbour(&areas, 4, Side::Above), Some(3));
        assert_eq!(neighbour(&areas, 2, Side::Right), Some(3));
        assert_eq!(neighbour(&areas, 1, Side::Left), None);
        tree.remove(2);
        tree.remove(3);
        assert_eq!(
            tree.areas(WHOLE),
            [(1, Rect::new(0, 0, 60, 36)), (4, Rect::new(60, 0, 60, 36))]
        );
        tree.remove(1);
        tree.remove(4);
        assert!(tree.areas(WHOLE).is_empty());
    }

    proptest! {
        /// T7: the rooms of tiles never overlap and fill the wall.
        #[test]
        fn rooms_are_apart_and_fill_the_wall(
            steps in prop::collection::vec((0_usize..9, any::<bool>(), any::<bool>()), 1..20),
            width in 0_u16..260, height in 0_u16..90,
        ) {
            let mut tree = Tree::default();
            let mut ids = vec![];
            for (next, (at, across, remove)) in (1..).zip(steps) {
                let chosen = (!ids.is_empty()).then(|| ids[at % ids.len()]);
                if remove && ids.len() > 1 {
                    tree.remove(chosen.unwrap());
                    ids.retain(|id| Some(*id) != chosen);
                } else {
                    tree.insert(next, chosen, if across { Axis::Across } else { Axis::Down });
                    ids.push(next);
                }
            }
            let whole = Rect::new(0, 0, width, height);
            let areas = tree.areas(whole);
            let mut seen: Vec<TileId> = areas.iter().map(|(id, _)| *id).collect();
            seen.sort_unstable();
            ids.sort_unstable();
            prop_assert_eq!(seen, ids);
            let total: u32 = areas.iter().map(|(_, area)| area.area()).sum();
            prop_assert_eq!(total, whole.area());
            for (at, (_, one)) in areas.iter().enumerate() {
                prop_assert_eq!(one.intersection(whole), *one);
                for (_, other) in areas.iter().skip(at + 1) {
                    prop_assert!(one.intersection(*other).is_empty());
                }
            }
        }
    }
}
