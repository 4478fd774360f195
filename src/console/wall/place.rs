//! Where tiles go on the screen: frames, the cells inside that agents get, and the status line.
//!
//! Agents' cells are confined to the `body` of their tile; the line around or above it and the
//! status line are the console's alone (contract T7).

use ratatui::layout::{Position, Rect};

use super::tiles::Wall;
use super::tree::{TileId, neighbour};
use super::{Axis, Side};
use crate::console::layout::{bottom, top};

/// The smallest body for which a wall is divided by the operator.
const ROOM: (u16, u16) = (16, 3);
/// The smallest body that is shown at all beside others.
const LEAST: (u16, u16) = (4, 1);
/// From this height on there is a status line.
const STATUS_FROM: u16 = 6;

/// A tile's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) id: TileId,
    /// With what is drawn around it.
    pub(crate) frame: Rect,
    /// What its agent gets.
    pub(crate) body: Rect,
}

impl Place {
    /// The size that the terminal shall have.
    pub(crate) fn size(self) -> Option<(u16, u16)> {
        (!self.body.is_empty()).then_some((self.body.width.max(2), self.body.height.max(1)))
    }
}

/// All places of a frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    pub(crate) tiles: Vec<Place>,
    pub(crate) status: Rect,
    /// Whether tiles have a border; one alone has a title line.
    pub(crate) boxed: bool,
}

impl Places {
    /// The tile under a position.
    pub(crate) fn at(&self, at: Position) -> Option<Place> {
        let mut tiles = self.tiles.iter();
        tiles.find(|place| place.frame.contains(at)).copied()
    }

    /// The place of a tile, if it is shown.
    pub(crate) fn of(&self, id: TileId) -> Option<Place> {
        self.tiles.iter().find(|place| place.id == id).copied()
    }

    fn holds(&self, least: (u16, u16)) -> bool {
        let mut tiles = self.tiles.iter();
        tiles.all(|place| place.body.width >= least.0 && place.body.height >= least.1)
    }
}

impl Wall {
    /// Where the tiles go. When they do not all fit, or on a zoom, only the focused one is shown.
    pub(crate) fn places(&self, size: (u16, u16)) -> Places {
        let (wall, status) = room(size);
        let all = self.divided(wall);
        let few = self.zoomed() || all.len() == 1;
        if !few {
            let places = framed(all, status);
            if places.holds(LEAST) {
                return places;
            }
        }
        let alone = self.focus().map(|id| Place {
            id,
            frame: wall,
            body: top(wall, 1).1,
        });
        Places {
            tiles: alone.into_iter().collect(),
            status,
            boxed: false,
        }
    }

    /// Whether there is room for another tile beside the focused one.
    pub(crate) fn has_room(&self, size: (u16, u16), axis: Axis) -> bool {
        let (wall, status) = room(size);
        let mut tree = self.tree().clone();
        tree.insert(TileId::MAX, self.focus(), axis);
        framed(tree.areas(wall), status).holds(ROOM)
    }

    /// The tile at a side of the focused one.
    pub(crate) fn beside(&self, size: (u16, u16), side: Side) -> Option<TileId> {
        neighbour(&self.divided(room(size).0), self.focus()?, side)
    }

    fn divided(&self, area: Rect) -> Vec<(TileId, Rect)> {
        self.tree().areas(area)
    }
}

fn room(size: (u16, u16)) -> (Rect, Rect) {
    let whole = Rect::new(0, 0, size.0, size.1);
    bottom(whole, u16::from(size.1 >= STATUS_FROM))
}

fn framed(areas: Vec<(TileId, Rect)>, status: Rect) -> Places {
    let place = |(id, frame): (TileId, Rect)| Place {
        id,
        frame,
        body: Rect {
            x: frame.x.saturating_add(1),
            y: frame.y.saturating_add(1),
            width: frame.width.saturating_sub(2),
            height: frame.height.saturating_sub(2),
        },
    };
    Places {
        tiles: areas.into_iter().map(place).collect(),
        status,
        boxed: true,
    }
}
