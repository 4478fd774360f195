//! Keeps every terminal that is shown in step with its agent and with its place.

use super::tile::Tile;
use super::tree::TileId;
use crate::console::app::{App, Mode};
use crate::console::msg::Effect;
use crate::console::viewer::Viewer;
use crate::domain::RunId;

/// The size that a terminal is taken to have until the host has told its own.
const SIZE: (u16, u16) = (120, 40);

impl App {
    /// The terminal that is looked at: beside the lists, or with the focus on the wall.
    pub(crate) fn viewer(&self) -> Option<&Viewer> {
        let tile = match self.mode {
            Mode::Town => self.wall.peek.as_ref(),
            Mode::Typing | Mode::Prefix => self.wall.focused(),
        };
        tile?.viewer.as_ref()
    }

    pub(crate) fn viewer_mut(&mut self) -> Option<&mut Viewer> {
        let tile = match self.mode {
            Mode::Town => self.wall.peek.as_mut(),
            Mode::Typing | Mode::Prefix => self.wall.focused_mut(),
        };
        tile?.viewer.as_mut()
    }

    /// Looks at the selected agent beside the lists. A peek never changes a size.
    pub(in crate::console) fn follow_peek(&mut self) -> Vec<Effect> {
        let wanted = self.agent().filter(|agent| agent.run.is_some());
        let Some(agent) = wanted else {
            let gone = self.wall.peek.take();
            self.dirty |= gone.is_some();
            return gone
                .and_then(|mut tile| tile.let_go())
                .into_iter()
                .collect();
        };
        let (id, run) = (agent.id.clone(), agent.run.clone());
        let known = self.wall.peek.as_ref();
        if known.and_then(|tile| tile.agent.as_ref()) != Some(&id) {
            let tile = Tile::of(0, agent);
            let mut effects = self.follow_nothing();
            self.wall.peek = Some(tile);
            effects.extend(self.look(None, run));
            return effects;
        }
        self.look(None, run)
    }

    /// Looks at nothing beside the lists.
    fn follow_nothing(&mut self) -> Vec<Effect> {
        let before = self.wall.peek.take();
        before
            .and_then(|mut tile| tile.let_go())
            .into_iter()
            .collect()
    }

    /// Attaches every tile that is shown to its agent's run, and lets the others sleep.
    pub(in crate::console) fn follow_wall(&mut self) -> Vec<Effect> {
        let places = self.wall.places(self.size);
        let ids: Vec<TileId> = self.wall.tiles().iter().map(|tile| tile.id).collect();
        let mut effects = Vec::new();
        for id in ids {
            if places.of(id).is_none() {
                effects.extend(self.wall.tile_mut(id).and_then(Tile::sleep));
                continue;
            }
            self.adopt(id);
            let run = self.run_of(id);
            effects.extend(self.look(Some(id), run));
        }
        effects
    }

    /// A tile of a run that was named outright follows the agent of that run once it is known.
    fn adopt(&mut self, id: TileId) {
        let Some(tile) = self.wall.tile(id).filter(|tile| tile.agent.is_none()) else {
            return;
        };
        let run = tile.viewer.as_ref().map(|viewer| &viewer.run);
        let mut agents = self.model.agents().iter();
        let found = agents.find(|agent| run.is_some() && agent.run.as_ref() == run);
        let Some(of) = found.map(|agent| Tile::of(id, agent)) else {
            return;
        };
        if let Some(tile) = self.wall.tile_mut(id) {
            let viewer = tile.viewer.take();
            *tile = Tile { viewer, ..of };
        }
    }

    /// The run that a tile should show: the newest of its agent, else the one it shows.
    fn run_of(&mut self, id: TileId) -> Option<RunId> {
        let tile = self.wall.tile(id)?;
        let agent = tile
            .agent
            .as_ref()
            .and_then(|agent| self.model.agent(agent));
        let newest = agent.and_then(|agent| agent.run.clone());
        newest.or_else(|| tile.viewer.as_ref().map(|viewer| viewer.run.clone()))
    }

    /// Makes a tile (none: the peek) look at a run, anew where it was lost or asleep.
    pub(super) fn look(&mut self, id: Option<TileId>, run: Option<RunId>) -> Vec<Effect> {
        let Some(run) = run else { return Vec::new() };
        let now = self.now;
        let size = id.and_then(|id| self.wanted_size(id));
        let next = self.stream();
        let tile = match id {
            Some(id) => self.wall.tile_mut(id),
            None => self.wall.peek.as_mut(),
        };
        let Some(tile) = tile else { return Vec::new() };
        let mut effects = Vec::new();
        match &mut tile.viewer {
            Some(viewer) if viewer.run == run => {
                if viewer.asleep {
                    viewer.renew(next, now);
                } else if viewer.wants_retry(now) {
                    effects.push(Effect::Detach(viewer.stream));
                    viewer.renew(next, now);
                } else {
                    return Vec::new();
                }
            }
            Some(_) | None => effects.extend(tile.watch(&run, next, size.unwrap_or(SIZE), now)),
        }
        if let Some(viewer) = &mut tile.viewer {
            viewer.asked = size;
        }
        self.dirty = true;
        effects.push(Effect::Attach(next, run, size));
        effects
    }

    /// The size that a tile gives its terminal; who only watches never changes one.
    fn wanted_size(&self, id: TileId) -> Option<(u16, u16)> {
        if self.mode == Mode::Town || self.read_only() {
            return None;
        }
        self.wall.places(self.size).of(id)?.size()
    }

    /// Asks for every terminal that is shown to have the size of its place, once for each size:
    /// whoever else has the say about it is not fought.
    pub(in crate::console) fn fit(&mut self) -> Vec<Effect> {
        if self.mode == Mode::Town || self.read_only() {
            return Vec::new();
        }
        let mut effects = Vec::new();
        for place in self.wall.places(self.size).tiles {
            let viewer = self
                .wall
                .tile_mut(place.id)
                .and_then(|tile| tile.viewer.as_mut());
            if let (Some(viewer), Some(size)) = (viewer, place.size())
                && viewer.screen.size() != size
                && viewer.asked != Some(size)
                && !viewer.asleep
            {
                viewer.asked = Some(size);
                effects.push(Effect::ResizeTerminal(viewer.stream, size));
            }
        }
        effects
    }
}
