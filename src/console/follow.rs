//! Keeps the selection in step with the town, and says when something is due; `wall` follows with
//! the terminals.

use super::app::{App, Mode};
use super::layout::Pane;
use super::model::Link;
use super::msg::Effect;
use super::viewer::Viewer;

impl App {
    /// Selects what can be selected, and looks at the terminals that are to be seen.
    pub(super) fn follow(&mut self) -> Vec<Effect> {
        match self.mode {
            Mode::Town => {
                self.keep_selection();
                self.follow_peek()
            }
            Mode::Typing | Mode::Prefix => self.follow_wall(),
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

    /// When something is due without any message, as wall time.
    pub(crate) fn due(&self) -> Option<i64> {
        let viewers = self.wall.viewers().filter_map(Viewer::due).min();
        [viewers, self.toasts.next(), self.ages_change_at]
            .into_iter()
            .flatten()
            .min()
    }

    /// After a draw: what was shown is up to date until the next age changes.
    pub(crate) fn drawn(&mut self) {
        let whole = std::mem::take(&mut self.dirty);
        self.urgent = false;
        for viewer in self.wall.viewers_mut() {
            viewer.drawn(whole);
        }
        self.ages_change_at = self.next_age_change();
    }

    /// After only the focused terminal was drawn, as the echo of a key.
    pub(crate) fn echoed(&mut self) {
        self.urgent = false;
        if let Some(viewer) = self.viewer_mut() {
            viewer.drawn(false);
        }
    }

    /// Whether a frame is wanted.
    pub(crate) fn wants_frame(&self) -> bool {
        self.dirty || self.wall.viewers().any(|viewer| viewer.changed)
    }

    /// Whether the cells of terminals can be drawn without anything else: nothing lies over them.
    pub(crate) fn shows_cells_alone(&self) -> bool {
        let covered = !self.overlays.is_empty() || self.toasts.iter().next().is_some();
        self.mode != Mode::Town && !covered
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
            .map(whole_second)
    }
}

/// The end of that second of the wall clock: thirty ages that change at thirty moments of a second
/// are one draw.
fn whole_second(at: i64) -> i64 {
    at.div_euclid(1_000) * 1_000 + if at.rem_euclid(1_000) == 0 { 0 } else { 1_000 }
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

    #[test]
    fn ages_that_change_within_a_second_change_together() {
        for (at, together) in [
            (0, 0),
            (1, 1_000),
            (999, 1_000),
            (1_000, 1_000),
            (1_001, 2_000),
        ] {
            assert_eq!(whole_second(at), together, "{at}");
        }
    }

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
