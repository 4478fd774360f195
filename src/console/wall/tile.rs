//! One place of the wall: whose terminal stands in it, and the terminal itself.

use super::tree::TileId;
use crate::console::msg::{Effect, Stream};
use crate::console::viewer::Viewer;
use crate::domain::{Address, AgentView, BeadId, IncarnationId, RunId};

/// One place of the wall.
#[derive(Debug)]
pub(crate) struct Tile {
    pub(crate) id: TileId,
    /// The agent that it follows through all its runs; none for a run that was named outright.
    pub(crate) agent: Option<IncarnationId>,
    /// What it is called when the town does not say more.
    pub(crate) label: String,
    /// Whose it is and what for, kept after the agent is gone.
    pub(crate) whose: Option<(Address, Option<BeadId>)>,
    /// Its terminal; none while its agent has none.
    pub(crate) viewer: Option<Viewer>,
}

impl Tile {
    /// A tile that follows an agent.
    pub(crate) fn of(id: TileId, agent: &AgentView) -> Self {
        Self {
            id,
            agent: Some(agent.id.clone()),
            label: agent.address.short(),
            whose: Some((agent.address.clone(), agent.bead.clone())),
            viewer: None,
        }
    }

    /// A tile that shows one run to its end.
    pub(crate) fn of_run(id: TileId, label: String) -> Self {
        Self {
            id,
            agent: None,
            label,
            whose: None,
            viewer: None,
        }
    }

    /// Looks at a run from here on, as a stream; what was looked at before is let go.
    pub(crate) fn watch(
        &mut self,
        run: &RunId,
        stream: Stream,
        size: (u16, u16),
        now: i64,
    ) -> Option<Effect> {
        let before = self.let_go();
        self.viewer = Some(Viewer::new(stream, run.clone(), size, now));
        before
    }

    /// Stops looking; says what is to be done for it.
    pub(crate) fn let_go(&mut self) -> Option<Effect> {
        let viewer = self.viewer.take()?;
        (!viewer.asleep).then_some(Effect::Detach(viewer.stream))
    }

    /// Keeps the last screen but hears no more, while the tile is not shown.
    pub(crate) fn sleep(&mut self) -> Option<Effect> {
        let viewer = self.viewer.as_mut()?;
        viewer.sleep().then_some(Effect::Detach(viewer.stream))
    }
}
