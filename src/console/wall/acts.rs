//! What the operator does with the wall: open, leave, split, close, move, zoom, change the agent.

use super::tile::Tile;
use super::tiles::TILES_MAX;
use super::tree::{Axis, Side, TileId};
use crate::console::app::{App, Mode};
use crate::console::msg::Effect;
use crate::console::viewer::Sight;
use crate::domain::{AgentView, IncarnationId, RunId};

impl App {
    /// Opens the selected agent's terminal: on the wall where it is, else in the focused place.
    pub(in crate::console) fn attach(&mut self) -> Vec<Effect> {
        let Some(agent) = self.agent() else {
            return Vec::new();
        };
        if agent.run.is_none() {
            self.toasts.info("it has no terminal yet", self.now);
            return Vec::new();
        }
        let id = agent.id.clone();
        let mut effects = self.show_on_wall(&id);
        self.forget_gone();
        self.mode = Mode::Typing;
        self.dirty = true;
        effects.extend(self.tell_focus(self.wall.focus(), true));
        effects.extend(self.follow_wall());
        effects.extend(self.fit());
        effects
    }

    /// Fills the wall of a console that shows nothing else with runs and their titles.
    pub(in crate::console) fn open_runs(&mut self, runs: Vec<(String, RunId)>) -> Vec<Effect> {
        let columns = columns_for(runs.len(), self.size.0);
        let mut tiles = Vec::new();
        let mut wanted = Vec::new();
        for (label, run) in runs.into_iter().take(TILES_MAX) {
            let id = self.fresh();
            tiles.push(Tile::of_run(id, label));
            wanted.push((id, run));
        }
        self.wall.fill(tiles, columns);
        let looks = wanted.into_iter();
        looks
            .flat_map(|(id, run)| self.look(Some(id), Some(run)))
            .collect()
    }

    /// Puts an agent into the focused place, or moves the focus to where it is. What is looked at
    /// beside the lists is taken along, so that its screen need not be asked for again.
    fn show_on_wall(&mut self, id: &IncarnationId) -> Vec<Effect> {
        let peek = self.wall.peek.take();
        let (same, other) = match peek {
            Some(tile) if tile.agent.as_ref() == Some(id) => (Some(tile), None),
            other => (None, other),
        };
        let mut effects: Vec<Effect> = other
            .and_then(|mut tile| tile.let_go())
            .into_iter()
            .collect();
        if let Some(place) = self.wall.of_agent(id) {
            self.wall.set_focus(place);
            if let (Some(tile), Some(mut peek)) = (self.wall.focused_mut(), same) {
                effects.extend(tile.let_go());
                tile.viewer = peek.viewer.take();
            }
            return effects;
        }
        let fresh = self.fresh();
        let tile = match (same, self.model.agent(id)) {
            (Some(peek), _) => Tile { id: fresh, ..peek },
            (None, Some(agent)) => Tile::of(fresh, agent),
            (None, None) => return effects,
        };
        let before = self.wall.replace(tile);
        effects.extend(before.and_then(|mut tile| tile.let_go()));
        effects
    }

    /// Takes tiles off the wall whose agents are gone; they slept while the lists were shown.
    fn forget_gone(&mut self) {
        let known = |tile: &Tile| {
            let agent = tile.agent.as_ref();
            agent.is_none_or(|agent| self.model.agent(agent).is_some())
        };
        let gone: Vec<TileId> = self
            .wall
            .tiles()
            .iter()
            .filter(|tile| !known(tile))
            .map(|tile| tile.id)
            .collect();
        for id in gone {
            drop(self.wall.remove(id, None));
        }
    }

    /// Leaves the wall; the agents go on and the focused one stays beside the lists.
    pub(in crate::console) fn leave(&mut self) -> Vec<Effect> {
        if self.solo.is_some() {
            return vec![Effect::Quit];
        }
        let focus = self.wall.focus();
        let mut effects: Vec<Effect> = self.tell_focus(focus, false).into_iter().collect();
        self.mode = Mode::Town;
        let mut peek = None;
        for tile in self.wall.tiles_mut() {
            if Some(tile.id) == focus {
                let viewer = tile.viewer.take().map(|mut viewer| {
                    viewer.back = None;
                    viewer.asked = None;
                    viewer
                });
                peek = Some(Tile {
                    id: 0,
                    agent: tile.agent.clone(),
                    label: tile.label.clone(),
                    whose: tile.whose.clone(),
                    viewer,
                });
            } else {
                effects.extend(tile.sleep());
            }
        }
        self.wall.peek = peek;
        effects
    }

    /// Shows another agent in the focused place, or goes to the tile that has it.
    pub(in crate::console) fn show_agent(&mut self, id: IncarnationId) -> Vec<Effect> {
        self.selected.agent = Some(id.clone());
        if self.mode == Mode::Town {
            return Vec::new();
        }
        self.dirty = true;
        let before = self.wall.focus();
        let mut effects = self.show_on_wall(&id);
        effects.extend(self.focus_moved(before));
        effects.extend(self.follow_wall());
        effects.extend(self.fit());
        effects
    }

    /// Agents that have a terminal, in the order of the roster.
    fn with_terminal(&self) -> Vec<&AgentView> {
        let agents = self.model.agents().iter();
        agents.filter(|agent| agent.run.is_some()).collect()
    }

    /// The agent `by` places further that has a terminal and no tile.
    fn next_free(&self, forward: bool) -> Option<IncarnationId> {
        let here = self.wall.focused().and_then(|tile| tile.agent.as_ref());
        let free = |agent: &&AgentView| self.wall.of_agent(&agent.id).is_none();
        let mut all = self.with_terminal();
        if !forward {
            all.reverse();
        }
        let at = here.and_then(|id| all.iter().position(|agent| agent.id == *id));
        let after = at.map_or(0, |at| at + 1);
        let (before, rest) = all.split_at(after.min(all.len()));
        let mut round = rest.iter().chain(before).copied();
        round.find(free).map(|agent| agent.id.clone())
    }

    /// Shows the next or the previous agent that is not on the wall in the focused place.
    pub(in crate::console) fn next_terminal(&mut self, forward: bool) -> Vec<Effect> {
        match self.next_free(forward) {
            Some(id) => self.show_agent(id),
            None => self.say("no other agent has a terminal"),
        }
    }

    /// Shows the nth agent that has a terminal.
    pub(in crate::console) fn nth_terminal(&mut self, number: u8) -> Vec<Effect> {
        let place = usize::from(number).saturating_sub(1);
        let agents = self.with_terminal();
        let nth = agents.get(place).map(|agent| agent.id.clone());
        match nth {
            Some(id) => self.show_agent(id),
            None => self.say(&format!("there is no {number}. agent with a terminal")),
        }
    }

    /// Divides the focused place; the new one shows the next agent that has no tile.
    pub(in crate::console) fn split(&mut self, axis: Axis) -> Vec<Effect> {
        match self.next_free(true) {
            Some(id) => self.add_tile(id, axis),
            None => self.say("every agent that has a terminal is on the wall"),
        }
    }

    /// Puts an agent beside the focused place, or goes to the tile that has it.
    pub(in crate::console) fn add_tile(&mut self, id: IncarnationId, axis: Axis) -> Vec<Effect> {
        if let Some(place) = self.wall.of_agent(&id) {
            return self.focus_tile(place);
        }
        if self.wall.tiles().len() >= TILES_MAX {
            return self.say(&format!("a wall has at most {TILES_MAX} tiles"));
        }
        if !self.wall.has_room(self.size, axis) {
            return self.say("there is no room for another tile here");
        }
        let place = self.fresh();
        let Some(tile) = self.model.agent(&id).map(|agent| Tile::of(place, agent)) else {
            return Vec::new();
        };
        let before = self.wall.focus();
        self.wall.insert(tile, axis);
        self.rearranged(before)
    }

    /// Takes the focused tile off the wall; with the last one the wall is left.
    pub(in crate::console) fn close_tile(&mut self) -> Vec<Effect> {
        if self.wall.tiles().len() <= 1 {
            return self.leave();
        }
        let before = self.wall.focus();
        let sides = [Side::Left, Side::Above, Side::Right, Side::Below];
        let mut sides = sides.into_iter();
        let next = sides.find_map(|side| self.wall.beside(self.size, side));
        let mut effects = Vec::new();
        let removed = before.and_then(|id| self.wall.remove(id, next));
        effects.extend(removed.and_then(|mut tile| tile.let_go()));
        effects.extend(self.rearranged(before));
        effects
    }

    /// Moves the focus to the tile at a side.
    pub(in crate::console) fn move_focus(&mut self, side: Side) -> Vec<Effect> {
        match self.wall.beside(self.size, side) {
            Some(id) => self.focus_tile(id),
            None => self.say("there is no tile at that side"),
        }
    }

    /// Gives a tile the focus.
    pub(in crate::console) fn focus_tile(&mut self, id: TileId) -> Vec<Effect> {
        let before = self.wall.focus();
        if !self.wall.set_focus(id) {
            return Vec::new();
        }
        self.rearranged(before)
    }

    /// Gives the focused tile the whole screen, and back.
    pub(in crate::console) fn zoom_tile(&mut self) -> Vec<Effect> {
        if self.wall.tiles().len() <= 1 {
            return self.say("there is only one tile");
        }
        let zoomed = self.wall.zoomed();
        self.wall.set_zoomed(!zoomed);
        let focus = self.wall.focus();
        self.rearranged(focus)
    }

    /// After tiles or the focus changed: selection, attaches and sizes follow.
    fn rearranged(&mut self, before: Option<TileId>) -> Vec<Effect> {
        self.dirty = true;
        let mut effects = self.focus_moved(before);
        effects.extend(self.follow_wall());
        effects.extend(self.fit());
        effects
    }

    /// After the focus may have moved from a tile: the selection goes along, and both agents hear
    /// of it where they asked.
    fn focus_moved(&mut self, before: Option<TileId>) -> Vec<Effect> {
        let now = self.wall.focus();
        if now == before {
            return Vec::new();
        }
        if let Some(viewer) = self
            .wall
            .focused_mut()
            .and_then(|tile| tile.viewer.as_mut())
        {
            viewer.marked = None;
        }
        if let Some(agent) = self.wall.focused().and_then(|tile| tile.agent.clone()) {
            self.selected.agent = Some(agent);
        }
        let lost = self.tell_focus(before, false);
        lost.into_iter().chain(self.tell_focus(now, true)).collect()
    }

    /// The operator's terminal got or lost the focus: only the agent that is typed to hears of it.
    pub(in crate::console) fn outer_focus(&mut self, focused: bool) -> Vec<Effect> {
        self.focused = focused;
        if self.mode == Mode::Town {
            return Vec::new();
        }
        let told = self.tell(self.wall.focus(), focused);
        told.into_iter().collect()
    }

    /// Tells an agent that it got or lost the focus, while the operator's terminal has it.
    fn tell_focus(&self, id: Option<TileId>, focused: bool) -> Option<Effect> {
        self.focused.then(|| self.tell(id, focused)).flatten()
    }

    /// Tells an agent of the focus when it asked for that (contract T8).
    fn tell(&self, id: Option<TileId>, focused: bool) -> Option<Effect> {
        let viewer = self.wall.tile(id?)?.viewer.as_ref()?;
        let asked = viewer.sight == Sight::Live && !viewer.asleep && viewer.screen.modes().focus;
        let bytes = if focused { b"\x1b[I" } else { b"\x1b[O" };
        (asked && !self.read_only()).then(|| Effect::Type(viewer.stream, bytes.to_vec()))
    }

    pub(in crate::console) fn say(&mut self, text: &str) -> Vec<Effect> {
        self.toasts.info(text, self.now);
        Vec::new()
    }
}

/// Tiles in a row for so many terminals on so wide a screen.
fn columns_for(tiles: usize, width: u16) -> usize {
    match (tiles, width >= 120) {
        (0 | 1, _) | (2, false) => 1,
        (2, true) | (3..=4, _) | (5..=6, false) => 2,
        (5.., _) => 3,
    }
}
