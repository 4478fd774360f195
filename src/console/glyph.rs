//! How states look: glyph, word and role of colour, so that none rests on colour alone.

use ratatui::style::Style;

use super::theme::Theme;
use crate::domain::{AgentState, AgentView, GateOutcome, MergePhase, NudgePhase, Phase};

/// Which characters the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Glyphs {
    /// Anything.
    Unicode,
    /// ASCII only.
    Ascii,
}

impl Glyphs {
    /// One of two forms.
    pub(crate) const fn pick(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        match self {
            Self::Unicode => unicode,
            Self::Ascii => ascii,
        }
    }
}

/// A state as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) glyph: &'static str,
    pub(crate) word: &'static str,
    pub(crate) style: Style,
}

const fn mark(glyph: &'static str, word: &'static str, style: Style) -> Mark {
    Mark { glyph, word, style }
}

/// What an agent is doing.
pub(crate) fn agent(agent: &AgentView, glyphs: Glyphs, theme: &Theme) -> Mark {
    if agent.phase == Phase::Failed {
        return mark(glyphs.pick("✗", "X"), "failed", theme.danger);
    }
    state(agent.state, glyphs, theme)
}

/// A state without its agent.
pub(crate) fn state(state: AgentState, glyphs: Glyphs, theme: &Theme) -> Mark {
    match state {
        AgentState::Starting => mark(glyphs.pick("◌", "o"), "starting", theme.busy),
        AgentState::Working => mark(glyphs.pick("●", "*"), "working", theme.ok),
        AgentState::NeedsYou => mark("!", "needs you", theme.warning),
        AgentState::Idle => mark("-", "idle", theme.muted),
        AgentState::Stopping => mark(glyphs.pick("◐", "/"), "stopping", theme.muted),
        AgentState::Dead => mark(glyphs.pick("✗", "x"), "dead", theme.danger),
        AgentState::Paused => mark(glyphs.pick("‖", "\""), "paused", theme.muted),
        AgentState::Unknown => mark("?", "unknown", theme.warning),
    }
}

/// Where a merge request stands.
pub(crate) fn merge(phase: MergePhase, glyphs: Glyphs, theme: &Theme) -> Mark {
    let busy = glyphs.pick("●", "*");
    match phase {
        MergePhase::Queued => mark(glyphs.pick("·", "."), "queued", theme.muted),
        MergePhase::Fetching => mark(busy, "fetching", theme.busy),
        MergePhase::Preparing => mark(busy, "preparing", theme.busy),
        MergePhase::Gating => mark(busy, "gating", theme.busy),
        MergePhase::Landing => mark(busy, "landing", theme.busy),
        MergePhase::Landed => mark(glyphs.pick("✓", "+"), "landed", theme.ok),
        MergePhase::SentBack => mark(glyphs.pick("↩", "<"), "sent back", theme.warning),
        MergePhase::Held => mark("!", "held", theme.warning),
        MergePhase::Rejected => mark(glyphs.pick("×", "x"), "rejected", theme.muted),
    }
}

/// How a gate ended.
pub(crate) fn gate(outcome: GateOutcome, glyphs: Glyphs, theme: &Theme) -> Mark {
    match outcome {
        GateOutcome::Passed => mark(glyphs.pick("✓", "+"), "passed", theme.ok),
        GateOutcome::Failed => mark(glyphs.pick("✗", "x"), "failed", theme.danger),
        GateOutcome::CouldNotRun => mark("!", "could not run", theme.danger),
        GateOutcome::TimedOut => mark("!", "timed out", theme.danger),
    }
}

/// How far a nudge is.
pub(crate) fn nudge(phase: NudgePhase, glyphs: Glyphs, theme: &Theme) -> Mark {
    match phase {
        NudgePhase::Queued => mark(glyphs.pick("·", "."), "queued", theme.muted),
        NudgePhase::Typing => mark(glyphs.pick("●", "*"), "being typed", theme.busy),
        NudgePhase::Submitted => mark(glyphs.pick("✓", "+"), "delivered", theme.ok),
        NudgePhase::Failed => mark(glyphs.pick("✗", "x"), "NOT delivered", theme.danger),
        NudgePhase::Unknown => mark("?", "perhaps delivered", theme.warning),
    }
}
