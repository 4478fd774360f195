//! Keeps selection and terminal in step with the town, and the agent's terminal with the screen.

use super::app::{App, Mode};
use super::layout::Pane;
use super::model::Link;
use super::msg::Effect;
use super::pane::terminal;
use super::viewer::Viewer;
use crate::domain::RunId;

/// The size that a terminal is taken to have until the host has told its own.
const SIZE: (u16, u16) = (120, 40);

impl App {
    /// Selects what can be selected, and looks at the terminal of the selected agent.
    pub(super) fn follow(&mut self) -> Vec<Effect> {
        if self.solo.is_some() {
            return self.retry();
        }
        if self.mode == Mode::Town {
            self.keep_selection();
        }
        let wanted = self.agent().and_then(|agent| agent.run.clone());
        let seen = self.viewer.as_ref().map(|viewer| &viewer.run);
        match wanted {
            Some(run) if Some(&run) != seen => self.watch(run),
            Some(_) => self.retry(),
            // Who watches an agent that is gone keeps its last screen.
            None if self.mode != Mode::Town => self.retry(),
            None => self.unwatch(),
        }
    }

    fn keep_selection(&mut self) {
        let there = self.agents();
        let selected = self.selected.agent.as_ref();
        if there.iter().any(|agent| Some(&agent.id) == selected) {
            return;
        }
        let first = there.first().map(|agent| agent.id.clone());
        if first.is_some() || self.model.agents().is_empty() {
            self.dirty |= first != self.selected.agent;
            self.selected.agent = first;
        }
    }

    /// Looks at another terminal.
    pub(super) fn watch(&mut self, run: RunId) -> Vec<Effect> {
        let mut effects = self.unwatch();
        let stream = self.stream();
        let size = self.terminal_size();
        let mut viewer = Viewer::new(stream, run.clone(), size.unwrap_or(SIZE), self.now);
        viewer.whose = self
            .agent()
            .map(|agent| (agent.address.clone(), agent.bead.clone()));
        self.viewer = Some(viewer);
        self.dirty = true;
        effects.push(Effect::Attach(stream, run, size));
        effects
    }

    fn unwatch(&mut self) -> Vec<Effect> {
        match self.viewer.take() {
            Some(viewer) => {
                self.dirty = true;
                vec![Effect::Detach(viewer.stream)]
            }
            None => Vec::new(),
        }
    }

    /// Attaches anew to a terminal that was lost, some time after the last try.
    fn retry(&mut self) -> Vec<Effect> {
        let now = self.now;
        let size = self.terminal_size();
        let next = self.stream();
        match &mut self.viewer {
            Some(viewer) if viewer.wants_retry(now) => {
                let before = viewer.stream;
                viewer.renew(next, now);
                let run = viewer.run.clone();
                vec![Effect::Detach(before), Effect::Attach(next, run, size)]
            }
            Some(_) | None => Vec::new(),
        }
    }

    /// The size that a full-screen terminal shall have; a peek never changes it.
    fn terminal_size(&self) -> Option<(u16, u16)> {
        let read_only = self.solo.as_ref().is_some_and(|solo| solo.read_only);
        let place = terminal::place(self.size);
        (self.mode != Mode::Town && !read_only && !place.is_empty())
            .then_some((place.width.max(2), place.height.max(1)))
    }

    /// Gives the terminal the size of the screen.
    pub(super) fn fill_screen(&mut self) -> Vec<Effect> {
        let Some(size) = self.terminal_size() else {
            return Vec::new();
        };
        match &self.viewer {
            Some(viewer) if viewer.screen.size() != size => {
                vec![Effect::ResizeTerminal(viewer.stream, size)]
            }
            Some(_) | None => Vec::new(),
        }
    }

    /// Opens the selected agent's terminal over the whole screen.
    pub(super) fn attach(&mut self) -> Vec<Effect> {
        let Some(agent) = self.agent() else {
            return Vec::new();
        };
        if agent.run.is_none() {
            self.toasts.info("it has no terminal yet", self.now);
            return Vec::new();
        }
        self.mode = Mode::Typing;
        self.dirty = true;
        let mut effects = self.follow();
        effects.extend(self.fill_screen());
        effects
    }

    /// Leaves the terminal; the agent goes on.
    pub(super) fn leave(&mut self) -> Vec<Effect> {
        if self.solo.is_some() {
            return vec![Effect::Quit];
        }
        self.mode = Mode::Town;
        if let Some(viewer) = &mut self.viewer {
            viewer.scroll = 0;
        }
        Vec::new()
    }

    /// Goes to the terminal of the agent `by` places further that has one.
    pub(super) fn next_terminal(&mut self, by: isize) -> Vec<Effect> {
        let ids: Vec<_> = self
            .model
            .agents()
            .iter()
            .filter(|agent| agent.run.is_some())
            .map(|agent| agent.id.clone())
            .collect();
        let Some(last) = ids.len().checked_sub(1) else {
            return Vec::new();
        };
        let selected = self.selected.agent.as_ref();
        let at = selected.and_then(|id| ids.iter().position(|known| known == id));
        let next = match (at, by >= 0) {
            (None, _) => 0,
            (Some(at), true) if at == last => 0,
            (Some(at), true) => at + 1,
            (Some(0), false) => last,
            (Some(at), false) => at - 1,
        };
        self.selected.agent = ids.get(next).cloned();
        Vec::new()
    }

    pub(super) fn scroll(&mut self, rows: isize) {
        if let Some(viewer) = &mut self.viewer {
            viewer.scroll_by(rows);
            self.dirty = true;
        }
    }

    /// When something is due without any message, as wall time.
    pub(crate) fn due(&self) -> Option<i64> {
        let viewer = self.viewer.as_ref().and_then(Viewer::due);
        [viewer, self.toasts.next(), self.ages_change_at]
            .into_iter()
            .flatten()
            .min()
    }

    /// After a draw: what was shown is up to date until the next age changes.
    pub(crate) fn drawn(&mut self) {
        self.dirty = false;
        self.urgent = false;
        self.ages_change_at = self.next_age_change();
    }

    /// When the first of the ages that are shown changes.
    fn next_age_change(&self) -> Option<i64> {
        let town = self.model.town.as_ref();
        let away = match self.model.link {
            Link::Away(since, _) => Some(since),
            Link::Connecting | Link::Live => None,
        };
        if self.mode != Mode::Town {
            return None;
        }
        let agents = self.model.agents().iter().map(|agent| agent.since);
        let attention = town.into_iter().flat_map(|town| &town.attention);
        let merges = self.model.merges().iter();
        let merges = merges.map(|merge| merge.ended_at.unwrap_or(merge.created_at));
        let zoomed = |pane| !self.zoom || self.focus == pane;
        away.into_iter()
            .chain(agents.filter(|_| zoomed(Pane::Agents)))
            .chain(attention.map(|row| row.since))
            .chain(merges.filter(|_| zoomed(Pane::Queue)))
            .map(|since| age_changes_at(since, self.now))
            .min()
    }
}

/// When the short age of something since `since` reads differently than at `now`.
fn age_changes_at(since: i64, now: i64) -> i64 {
    let passed = (now - since).max(0);
    let step = match passed / 1000 {
        0..60 => 1_000,
        60..3_600 => 60_000,
        3_600..86_400 => 3_600_000,
        _ => 86_400_000,
    };
    since.min(now) + (passed / step + 1) * step
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::text::age;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_age_reads_the_same_until_it_is_said_to_change(passed in 0_i64..300_000_000) {
            let at = age_changes_at(0, passed);
            prop_assert!(at > passed);
            prop_assert_eq!(age(at - 1), age(passed));
            prop_assert_ne!(age(at), age(passed));
        }
    }
}
