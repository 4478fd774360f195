//! The state of the console: the model, what is looked at and what lies on top. No I/O.
//!
//! Selections are ids, never places in a list. How messages change it is in `update`; how it
//! looks is in `draw`.

use std::collections::BTreeMap;

use super::back::Clicks;
use super::clip::Offer;
use super::field::Field;
use super::layout::{Areas, Pane, Shape, layout};
use super::look::Look;
use super::model::{Model, needs_person};
use super::msg::{Call, Effect, Stream};
use super::overlay::Overlay;
use super::strokes::Strokes;
use super::toast::Toasts;
use super::viewer::Solo;
use super::wall::{TileId, Wall};
use crate::domain::{
    AgentView, ConvoyId, IncarnationId, MergeId, NudgeId, NudgePhase, Query, RunId, Seq,
};
use crate::verbs::Context;

/// Who gets the keys when nothing lies on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Lists and panels.
    Town,
    /// The agent whose terminal fills the screen.
    Typing,
    /// The same, and the prefix was pressed.
    Prefix,
}

/// What is selected in each panel.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selected {
    pub(crate) agent: Option<IncarnationId>,
    pub(crate) merge: Option<MergeId>,
    pub(crate) convoy: Option<ConvoyId>,
    pub(crate) event: Option<Seq>,
    pub(crate) attention: Option<String>,
}

/// The filter of the list of agents.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) field: Field,
    /// Whether keys go into it.
    pub(crate) typing: bool,
}

/// What a call is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The feed's first lines.
    Feed,
    /// A line that was typed, with its words.
    Line(String),
    /// A nudge to an agent; the words are its text.
    Nudge(String),
}

/// How the engine's and the host's start went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// Under way.
    Running,
    /// Done, or not needed.
    Done,
    /// It failed, and why.
    Failed(String),
}

/// Everything on the screen.
pub(crate) struct App {
    pub(crate) look: Look,
    pub(crate) model: Model,
    pub(crate) now: i64,
    pub(crate) size: (u16, u16),
    pub(crate) mode: Mode,
    pub(crate) focus: Pane,
    pub(crate) zoom: bool,
    pub(crate) selected: Selected,
    pub(crate) filter: Filter,
    pub(crate) wall: Wall,
    /// When the bell rang last.
    pub(super) rang_at: i64,
    /// Whether the operator's terminal has the focus.
    pub(crate) focused: bool,
    /// The tile in which a mouse button went down; it alone hears of the drag.
    pub(crate) grabbed: Option<TileId>,
    pub(super) strokes: Strokes,
    pub(crate) clicks: Clicks,
    /// What was copied last.
    pub(crate) register: Option<String>,
    /// What an agent wants to be copied, until the operator has answered.
    pub(super) offer: Option<Offer>,
    pub(crate) overlays: Vec<Overlay>,
    pub(crate) toasts: Toasts,
    pub(crate) calls: BTreeMap<Call, Purpose>,
    /// Nudges of this console whose delivery is still to be told.
    pub(crate) told: BTreeMap<NudgeId, NudgePhase>,
    pub(crate) start: Start,
    /// Set in a console that shows terminals and nothing else.
    pub(crate) solo: Option<Solo>,
    /// Where typed lines are read.
    cx: Context,
    /// When an age that is shown changes.
    pub(super) ages_change_at: Option<i64>,
    next: u64,
    /// Whether something visible changed since it was drawn, beside the cells of terminals.
    pub(crate) dirty: bool,
    /// The terminal whose cells should be drawn at once: they are the echo of a key.
    pub(crate) urgent: bool,
}

impl App {
    /// Whether the engine lives in this very process, as with `gt --embedded`.
    pub(crate) fn is_embedded(&self) -> bool {
        let engine = self.model.town.as_ref().and_then(|town| town.engine.pid);
        engine == Some(std::process::id())
    }

    pub(crate) fn new(look: Look, cx: Context, size: (u16, u16), now: i64) -> Self {
        let mut app = Self {
            look,
            model: Model::new(),
            now,
            size,
            mode: Mode::Town,
            focus: Pane::Agents,
            zoom: false,
            selected: Selected::default(),
            filter: Filter::default(),
            wall: Wall::default(),
            rang_at: 0,
            focused: true,
            grabbed: None,
            strokes: Strokes::default(),
            clicks: Clicks::default(),
            register: None,
            offer: None,
            overlays: Vec::new(),
            toasts: Toasts::default(),
            calls: BTreeMap::new(),
            told: BTreeMap::new(),
            start: Start::Running,
            solo: None,
            cx,
            ages_change_at: None,
            next: 1,
            dirty: true,
            urgent: false,
        };
        for problem in app.look.problems.clone() {
            app.toasts.warn(&problem, now);
        }
        app
    }

    /// A console that shows terminals and nothing else, and what is to be done first.
    pub(crate) fn solo(
        look: Look,
        size: (u16, u16),
        now: i64,
        runs: Vec<(String, RunId)>,
        solo: Solo,
    ) -> (Self, Vec<Effect>) {
        let mut app = Self::new(look, Context::default(), size, now);
        app.solo = Some(solo);
        app.mode = Mode::Typing;
        app.start = Start::Done;
        let effects = app.open_runs(runs);
        (app, effects)
    }

    /// Whether keys do not go to agents.
    pub(crate) fn read_only(&self) -> bool {
        self.solo.is_some_and(|solo| solo.read_only)
    }

    /// Where typed lines are read, now.
    pub(crate) fn context(&self) -> Context {
        Context {
            now: self.now,
            ..self.cx.clone()
        }
    }

    pub(crate) fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// A fresh stream number.
    pub(crate) fn stream(&mut self) -> Stream {
        self.fresh()
    }

    /// Asks the engine something.
    pub(crate) fn query(&mut self, query: Query, purpose: Purpose) -> Effect {
        let call = self.fresh();
        self.calls.insert(call, purpose);
        Effect::Query(call, Box::new(query))
    }

    /// The selected agent.
    pub(crate) fn agent(&self) -> Option<&AgentView> {
        self.model.agent(self.selected.agent.as_ref()?)
    }

    /// The agents that the filter lets through, in their order.
    pub(crate) fn agents(&self) -> Vec<&AgentView> {
        let wanted = self.filter.field.text().to_lowercase();
        self.model
            .agents()
            .iter()
            .filter(|agent| wanted.split_whitespace().all(|word| matches(agent, word)))
            .collect()
    }

    /// Agents that wait for a person, in their order.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &AgentView> {
        self.model
            .agents()
            .iter()
            .filter(|agent| needs_person(agent))
    }

    pub(crate) fn areas(&self) -> Areas {
        let attention = self
            .model
            .town
            .as_ref()
            .map_or(0, |town| town.attention.len());
        layout(Shape {
            size: self.size,
            focus: self.focus,
            zoom: self.zoom,
            attention,
            agents: super::pane::agents::rows(self).len(),
            queue: self.model.merges().len(),
            convoys: super::pane::convoys::wanted(self),
        })
    }
}

/// Whether an agent has to do with a word (lower case).
fn matches(agent: &AgentView, word: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(word);
    has(&agent.address.short())
        || has(agent.alias.as_str())
        || has(agent.state.word())
        || agent.bead.as_ref().is_some_and(|bead| has(bead.as_str()))
        || agent.title.as_deref().is_some_and(has)
}
