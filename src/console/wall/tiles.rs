//! The tiles of the wall and which of them has the focus. Pure; ids, never places in a list.

use super::tile::Tile;
use super::tree::{Axis, TileId, Tree};
use crate::console::msg::Stream;
use crate::console::viewer::Viewer;
use crate::domain::IncarnationId;

/// Tiles that a wall has at most.
pub(crate) const TILES_MAX: usize = 9;

/// Every terminal that the console knows: the one beside the lists, and those of the wall.
///
/// The wall keeps its tiles while the lists are shown; then they sleep.
#[derive(Debug, Default)]
pub(crate) struct Wall {
    /// The terminal beside the lists; none while the wall is shown.
    pub(crate) peek: Option<Tile>,
    tiles: Vec<Tile>,
    tree: Tree,
    focus: Option<TileId>,
    zoomed: bool,
}

impl Wall {
    pub(crate) fn tiles(&self) -> &[Tile] {
        &self.tiles
    }

    pub(crate) fn tiles_mut(&mut self) -> &mut [Tile] {
        &mut self.tiles
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The tile that gets the keys.
    pub(crate) fn focus(&self) -> Option<TileId> {
        self.focus
    }

    /// Whether only the focused tile is shown.
    pub(crate) fn zoomed(&self) -> bool {
        self.zoomed
    }

    pub(crate) fn set_zoomed(&mut self, zoomed: bool) {
        self.zoomed = zoomed && self.tiles.len() > 1;
    }

    pub(crate) fn tile(&self, id: TileId) -> Option<&Tile> {
        self.tiles.iter().find(|tile| tile.id == id)
    }

    pub(crate) fn tile_mut(&mut self, id: TileId) -> Option<&mut Tile> {
        self.tiles.iter_mut().find(|tile| tile.id == id)
    }

    pub(crate) fn focused(&self) -> Option<&Tile> {
        self.tile(self.focus?)
    }

    pub(crate) fn focused_mut(&mut self) -> Option<&mut Tile> {
        self.tile_mut(self.focus?)
    }

    /// The tile that follows an agent.
    pub(crate) fn of_agent(&self, agent: &IncarnationId) -> Option<TileId> {
        let mut tiles = self.tiles.iter();
        tiles
            .find(|tile| tile.agent.as_ref() == Some(agent))
            .map(|tile| tile.id)
    }

    /// Gives a tile of the wall the focus; says whether it had another one.
    pub(crate) fn set_focus(&mut self, id: TileId) -> bool {
        let moved = self.focus != Some(id) && self.tile(id).is_some();
        if moved {
            self.focus = Some(id);
        }
        moved
    }

    /// Puts a tile beside the focused one and gives it the focus.
    pub(crate) fn insert(&mut self, tile: Tile, axis: Axis) {
        self.tree.insert(tile.id, self.focus, axis);
        self.focus = Some(tile.id);
        self.zoomed = false;
        self.tiles.push(tile);
    }

    /// Fills an empty wall with rows of tiles; the first one has the focus.
    pub(crate) fn fill(&mut self, tiles: Vec<Tile>, columns: usize) {
        let ids: Vec<TileId> = tiles.iter().map(|tile| tile.id).collect();
        self.tree = Tree::grid(&ids, columns);
        self.focus = ids.first().copied();
        self.tiles = tiles;
    }

    /// Puts what another tile shows into the focused place.
    pub(crate) fn replace(&mut self, tile: Tile) -> Option<Tile> {
        let Some(focused) = self.focused_mut() else {
            self.insert(tile, Axis::Across);
            return None;
        };
        let place = focused.id;
        let before = std::mem::replace(focused, tile);
        focused.id = place;
        Some(before)
    }

    /// Takes a tile out; when it had the focus, `next` gets it.
    pub(crate) fn remove(&mut self, id: TileId, next: Option<TileId>) -> Option<Tile> {
        let at = self.tiles.iter().position(|tile| tile.id == id)?;
        self.tree.remove(id);
        let removed = self.tiles.remove(at);
        if self.focus == Some(id) {
            let first = self.tiles.first().map(|tile| tile.id);
            self.focus = next.filter(|next| *next != id).or(first);
        }
        self.zoomed &= self.tiles.len() > 1;
        Some(removed)
    }

    /// Every terminal, shown or not.
    pub(crate) fn viewers(&self) -> impl Iterator<Item = &Viewer> {
        let tiles = self.peek.iter().chain(&self.tiles);
        tiles.filter_map(|tile| tile.viewer.as_ref())
    }

    pub(crate) fn viewers_mut(&mut self) -> impl Iterator<Item = &mut Viewer> {
        let tiles = self.peek.iter_mut().chain(&mut self.tiles);
        tiles.filter_map(|tile| tile.viewer.as_mut())
    }

    /// The terminal that hears a stream.
    pub(crate) fn viewer_of(&mut self, stream: Stream) -> Option<&mut Viewer> {
        self.viewers_mut()
            .find(|viewer| viewer.stream == stream && !viewer.asleep)
    }
}
