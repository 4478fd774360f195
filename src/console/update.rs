//! One message in, effects out: the whole behaviour of the console, synchronous and without I/O.
//!
//! Order of keys, top down: overlay, filter, terminal, panels. The sorts of messages are handled
//! in `input`, `acts` and `replies`; `follow` keeps selection and terminal in step afterwards.

use super::action::Needs;
use super::app::{App, Mode, Start};
use super::layout::Pane;
use super::model::Link;
use super::msg::{Effect, Msg, Stream};
use super::pane::{agents, attention};
use super::viewer::{Heard, Mark, Sight};
use crate::client::{AttachEvent, Update};
use crate::domain::{
    Address, Delta, Event, EventBody, EventFilter, Kind, NudgePhase, Query, Refusal, Wish,
};

use super::app::Purpose;
use super::replies::tell_nudge;

/// Shortest time between two bells, in milliseconds.
const BELL_EVERY: i64 = 1_000;
/// Events that are asked for at the beginning.
const FEED_FIRST: u32 = 200;

impl App {
    /// Takes in one message at wall time `now`.
    pub(crate) fn update(&mut self, msg: Msg, now: i64) -> Vec<Effect> {
        self.now = now;
        let mut effects = match msg {
            Msg::Key(key) => self.stroke(&key),
            Msg::Paste(text) => self.paste(&text),
            Msg::Mouse(event) => self.mouse(&event),
            Msg::Resize(columns, rows) => self.resize((columns, rows)),
            Msg::Town(update) => self.hear_town(update),
            Msg::Terminal(stream, event) => self.hear_terminal(stream, event),
            Msg::AttachFailed(stream, why) => self.attach_failed(stream, &why),
            Msg::History(stream, wanted, rows) => self.hear_history(stream, wanted, rows),
            Msg::Rows(who, rows) => self.hear_rows(who, rows),
            Msg::Reply(call, result) => self.reply(call, result),
            Msg::Started(result) => self.started(result),
            Msg::Tick => self.tick(),
            Msg::Focus(focused) => self.outer_focus(focused),
            Msg::Suspend => vec![Effect::Suspend],
            Msg::Continue => self.retake(),
            Msg::Keyboard => self.knows_keyboard(),
            Msg::Hangup => vec![Effect::Quit],
        };
        effects.extend(self.follow());
        effects.extend(self.fit_backs());
        effects.extend(self.fit_keyboard());
        effects
    }

    fn retake(&mut self) -> Vec<Effect> {
        self.dirty = true;
        vec![Effect::Retake]
    }

    fn resize(&mut self, size: (u16, u16)) -> Vec<Effect> {
        self.dirty = true;
        self.size = size;
        match self.mode {
            Mode::Town => Vec::new(),
            Mode::Typing | Mode::Prefix => self.fit(),
        }
    }

    fn hear_town(&mut self, update: Update) -> Vec<Effect> {
        let mut effects = Vec::new();
        match &update {
            Update::Snapshot(_) => {
                let filter = EventFilter {
                    limit: FEED_FIRST,
                    ..EventFilter::default()
                };
                effects.push(self.query(Query::Events(filter), Purpose::Feed));
            }
            Update::Deltas(_, deltas) => {
                for delta in deltas {
                    effects.extend(self.notice(delta));
                }
            }
            Update::Lost(_) => {}
        }
        let before = self.model.link.clone();
        self.model.apply(update, self.now);
        // A first connection that fails is not a loss: the start says what is wrong.
        if before == Link::Connecting && self.model.town.is_none() {
            self.model.link = match self.model.link.clone() {
                Link::Away(..) => Link::Connecting,
                link @ (Link::Connecting | Link::Live) => link,
            };
        }
        self.dirty = true;
        effects
    }

    /// What is told to the operator beside the panels.
    fn notice(&mut self, delta: &Delta) -> Vec<Effect> {
        match delta {
            Delta::Nudge(nudge) => {
                if let Some(phase) = self.told.get_mut(&nudge.id)
                    && *phase != nudge.phase
                {
                    *phase = nudge.phase;
                    tell_nudge(&mut self.toasts, nudge, self.now);
                    if ended(nudge.phase) {
                        self.told.remove(&nudge.id);
                    }
                }
                Vec::new()
            }
            Delta::Event(event) => self.notice_event(event),
            Delta::Agent(_)
            | Delta::AgentGone(_)
            | Delta::Rig(_)
            | Delta::RigGone(_)
            | Delta::Merge(_)
            | Delta::Convoy(_)
            | Delta::Beads(_)
            | Delta::Attention(_)
            | Delta::Wish(_)
            | Delta::Engine(_) => Vec::new(),
        }
    }

    fn notice_event(&mut self, event: &Event) -> Vec<Effect> {
        match &event.body {
            EventBody::ConvoyClosed {
                convoy,
                title,
                notify: Some(Address::Human),
            } => {
                let text = format!("convoy {convoy} is done: {title}");
                self.toasts.info(&text, self.now);
                vec![Effect::Bell]
            }
            _ => Vec::new(),
        }
    }

    fn hear_terminal(&mut self, stream: Stream, event: AttachEvent) -> Vec<Effect> {
        let now = self.now;
        let Some(viewer) = self.wall.viewer_of(stream) else {
            return Vec::new();
        };
        let heard = viewer.hear(event, now);
        let (rang, noted) = (viewer.rang(), viewer.noted());
        let clip = viewer.screen.take_clip();
        match heard {
            Heard::Nothing => {}
            Heard::Cells { echo } => {
                viewer.changed = true;
                self.urgent |= echo;
                self.dirty |= !self.shows_cells_alone();
            }
            Heard::Whole { echo } => {
                self.urgent |= echo;
                self.dirty = true;
            }
        }
        let mut effects = Vec::new();
        if noted {
            self.mark(stream, Mark::Note);
        }
        if rang {
            effects.extend(self.bell(stream));
        }
        if let Some(text) = clip {
            effects.extend(self.wants_copied(stream, text));
        }
        effects
    }

    /// A terminal that is not typed to leaves a mark until it is; says whether it did.
    fn mark(&mut self, stream: Stream, mark: Mark) -> bool {
        let typed_to =
            self.mode != Mode::Town && self.viewer().is_some_and(|viewer| viewer.stream == stream);
        if typed_to {
            return false;
        }
        if let Some(viewer) = self.wall.viewer_of(stream) {
            // A notification says more than a bell.
            let mark = match viewer.marked {
                Some(Mark::Note) => Mark::Note,
                Some(Mark::Bell) | None => mark,
            };
            self.dirty |= viewer.marked.replace(mark) != Some(mark);
        }
        true
    }

    /// A bell of the agent that is typed to rings, at most once a second; another one leaves a
    /// mark (contract T6).
    fn bell(&mut self, stream: Stream) -> Vec<Effect> {
        if self.mark(stream, Mark::Bell) || self.now - self.rang_at < BELL_EVERY {
            return Vec::new();
        }
        self.rang_at = self.now;
        vec![Effect::Bell]
    }

    fn attach_failed(&mut self, stream: Stream, why: &Refusal) -> Vec<Effect> {
        let now = self.now;
        if let Some(viewer) = self.wall.viewer_of(stream) {
            match why.kind {
                Kind::Unreachable | Kind::TimedOut => viewer.lose(why.message.clone(), now),
                Kind::Failed | Kind::Usage | Kind::NotFound | Kind::Refused | Kind::Conflict => {
                    viewer.sight = Sight::Refused(why.message.clone());
                }
            }
            self.dirty = true;
        }
        Vec::new()
    }

    fn started(&mut self, result: Result<(), Refusal>) -> Vec<Effect> {
        self.dirty = true;
        self.start = match result {
            Ok(()) => Start::Done,
            Err(why) => {
                let hint = why.hints.first().map(|hint| format!("; {hint}"));
                Start::Failed(format!("{}{}", why.message, hint.unwrap_or_default()))
            }
        };
        Vec::new()
    }

    fn tick(&mut self) -> Vec<Effect> {
        let now = self.now;
        self.dirty |= self.toasts.expire(now);
        for viewer in self.wall.viewers_mut() {
            self.dirty |= viewer.release_held(now);
        }
        if self.ages_change_at.is_some_and(|at| at <= now) {
            self.dirty = true;
        }
        self.tick_backs()
    }
}

const fn ended(phase: NudgePhase) -> bool {
    match phase {
        NudgePhase::Queued | NudgePhase::Typing => false,
        NudgePhase::Submitted | NudgePhase::Failed | NudgePhase::Unknown => true,
    }
}

/// Whether what an action needs is there; else why not.
pub(crate) fn available(app: &App, needs: Needs) -> Result<(), &'static str> {
    let ok = |there: bool, why| if there { Ok(()) } else { Err(why) };
    match needs {
        Needs::Nothing => Ok(()),
        Needs::Agent => ok(app.agent().is_some(), "no agent is selected"),
        Needs::Row => open_row(app),
        Needs::Attention => ok(app.waiting().next().is_some(), "no agent needs you"),
        Needs::Down => ok(
            app.model.wish() == Some(Wish::Down) || engine_missing(app),
            "the town is up and its engine runs",
        ),
        Needs::Up => ok(app.model.wish() == Some(Wish::Up), "the town is not up"),
    }
}

/// Whether the engine is away, or did not come when it was started.
pub(crate) fn engine_missing(app: &App) -> bool {
    matches!(app.model.link, Link::Away(..))
        || (app.model.link == Link::Connecting && matches!(app.start, Start::Failed(_)))
}

fn open_row(app: &App) -> Result<(), &'static str> {
    match app.focus {
        Pane::Agents => match app.agent() {
            Some(agent) if agent.run.is_some() => Ok(()),
            Some(_) => Err("it has no terminal yet"),
            None if agents::rows(app).is_empty() => Err("there is no agent"),
            None => Err("no agent is selected"),
        },
        Pane::Attention if attention::rows(app).is_empty() => Err("nothing needs you"),
        Pane::Queue if app.model.merges().is_empty() => Err("the queue is empty"),
        Pane::Convoys if app.model.convoys().is_empty() => Err("there is no convoy"),
        Pane::Feed if app.model.feed().len() == 0 => Err("the feed is empty"),
        Pane::Attention | Pane::Queue | Pane::Convoys | Pane::Feed => Ok(()),
    }
}
