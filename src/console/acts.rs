//! What each action and each wish of an overlay does.

use super::action::{Action, spec_of};
use super::app::{App, Filter, Mode, Purpose, Start};
use super::layout::Pane;
use super::lines::{self, Line};
use super::msg::Effect;
use super::overlay::{Act, Ask, Compose, Help, Output, Overlay, Palette, Part};
use super::pane::{attention, convoys, feed, list, queue};
use super::update::{available, engine_missing};
use super::wall::Axis;
use crate::domain::{Command, IncarnationId, Nudge, Refusal};
use crate::screen::copy::{Act as LookAct, Move};

const PANES: [Pane; 5] = [
    Pane::Agents,
    Pane::Queue,
    Pane::Convoys,
    Pane::Feed,
    Pane::Attention,
];

impl App {
    /// Does an action, or says why it cannot be done.
    pub(super) fn perform(&mut self, action: Action) -> Vec<Effect> {
        self.dirty = true;
        if let Some(spec) = spec_of(action)
            && let Err(why) = available(self, spec.needs)
        {
            self.toasts.info(why, self.now);
            return Vec::new();
        }
        match action {
            Action::Palette => self.open_palette(""),
            Action::Help => self.show(Overlay::Help(Help::whole())),
            Action::Open => self.open_row(),
            Action::Nudge => self.compose(),
            Action::Filter => self.begin_filter(),
            Action::NextAttention => self.next_waiting(),
            Action::TownUp => self.town_up(),
            Action::TownPause => self.ask_pause(),
            Action::Back => self.back(),
            Action::Redraw => vec![Effect::Redraw],
            Action::Quit => self.ask_quit(),
            Action::NextPane
            | Action::PreviousPane
            | Action::Zoom
            | Action::Down
            | Action::Up
            | Action::Top
            | Action::Bottom
            | Action::PageDown
            | Action::PageUp => self.look_around(action),
            Action::ClipTake => self.take_clip(),
            Action::ClipRefuse => self.refuse_clip(),
            Action::CopyMode
            | Action::SearchBack
            | Action::Search(_)
            | Action::Looking(_)
            | Action::PasteCopied
            | Action::EditHistory => self.look_back_act(action),
            Action::Leave
            | Action::SplitRight
            | Action::SplitDown
            | Action::CloseTile
            | Action::MoveFocus(_)
            | Action::ZoomTile
            | Action::NthTerminal(_)
            | Action::TakeInput
            | Action::SendPrefix
            | Action::SendLeave
            | Action::NextTerminal
            | Action::PreviousTerminal
            | Action::AttentionTerminal
            | Action::TerminalPalette
            | Action::Card
            | Action::ScrollUp
            | Action::ScrollDown => self.in_terminal(action),
        }
    }

    fn look_around(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::NextPane => self.step_pane(1),
            Action::PreviousPane => self.step_pane(PANES.len() - 1),
            Action::Zoom => self.zoom = !self.zoom,
            Action::Down => self.step(1),
            Action::Up => self.step(-1),
            Action::Top => self.step(isize::MIN),
            Action::Bottom => self.step(isize::MAX),
            Action::PageDown => self.step(10),
            Action::PageUp => self.step(-10),
            _ => {}
        }
        Vec::new()
    }

    fn in_terminal(&mut self, action: Action) -> Vec<Effect> {
        let page = i64::from(self.size.1 / 2).max(1);
        match action {
            Action::Leave => return self.leave(),
            // The prefix is also a key of copy mode in hands that know tmux: a page up.
            Action::TakeInput => return self.take_input(),
            Action::SendPrefix if self.is_copying() => {
                return self.perform(Action::Looking(LookAct::Move(Move::PageUp)));
            }
            Action::SendPrefix => return self.type_key(&self.look.keys.prefix.event()),
            Action::SendLeave => return self.type_key(&self.look.keys.leave.event()),
            Action::CloseTile => return self.close_tile(),
            Action::MoveFocus(side) => return self.move_focus(side),
            Action::ZoomTile => return self.zoom_tile(),
            Action::SplitRight
            | Action::SplitDown
            | Action::NthTerminal(_)
            | Action::NextTerminal
            | Action::PreviousTerminal
            | Action::TerminalPalette
            | Action::AttentionTerminal
                if self.solo.is_some() =>
            {
                return self.say("only in the control room: gt");
            }
            Action::SplitRight => return self.split(Axis::Across),
            Action::SplitDown => return self.split(Axis::Down),
            Action::NthTerminal(number) => {
                return self.nth_terminal(number);
            }
            Action::NextTerminal => return self.next_terminal(true),
            Action::PreviousTerminal => return self.next_terminal(false),
            Action::AttentionTerminal => return self.next_waiting(),
            Action::TerminalPalette => return self.open_palette(""),
            Action::Card => {
                let part = if self.is_copying() {
                    Part::Copying
                } else {
                    Part::Typing
                };
                return self.show(Overlay::Help(Help::card(part)));
            }
            Action::ScrollUp => return self.scroll(page),
            Action::ScrollDown => return self.scroll(-page),
            _ => {}
        }
        Vec::new()
    }

    /// Does what an overlay wants.
    pub(super) fn act(&mut self, act: Act) -> Vec<Effect> {
        self.dirty = true;
        match act {
            Act::Action(action) => self.perform(action),
            Act::Line(line) => self.run_line(&line),
            Act::Confirmed(line) => self.run_confirmed(&line),
            Act::Nudge(to, text) => self.nudge(to, text),
            Act::Attach(id) => {
                self.selected.agent = Some(id);
                self.focus = Pane::Agents;
                self.attach()
            }
            Act::Quit => vec![Effect::Quit],
        }
    }

    fn show(&mut self, overlay: Overlay) -> Vec<Effect> {
        self.overlays.push(overlay);
        Vec::new()
    }

    fn open_palette(&mut self, text: &str) -> Vec<Effect> {
        let palette = Palette::new(self, text);
        self.show(Overlay::Palette(palette))
    }

    fn compose(&mut self) -> Vec<Effect> {
        match self.agent().map(|agent| agent.address.short()) {
            Some(to) => self.show(Overlay::Compose(Compose::new(to))),
            None => Vec::new(),
        }
    }

    fn begin_filter(&mut self) -> Vec<Effect> {
        self.set_focus(Pane::Agents);
        self.filter.typing = true;
        Vec::new()
    }

    fn back(&mut self) -> Vec<Effect> {
        if self.toasts.clear() {
        } else if !self.filter.field.text().is_empty() {
            self.filter = Filter::default();
        } else if self.zoom {
            self.zoom = false;
        } else {
            self.set_focus(Pane::Agents);
        }
        Vec::new()
    }

    /// Starts an engine that is away, which changes no wish; else wants the town up.
    fn town_up(&mut self) -> Vec<Effect> {
        if engine_missing(self) {
            self.start = Start::Running;
            self.toasts.info("starting the engine", self.now);
            return vec![Effect::Start];
        }
        self.run_line("gt up")
    }

    fn living_agents(&self) -> usize {
        let agents = self.model.agents().iter();
        agents.filter(|agent| agent.alive).count()
    }

    fn ask_quit(&mut self) -> Vec<Effect> {
        let agents = self.living_agents();
        let running = match agents {
            0 => "no agent runs".to_owned(),
            1 if self.is_embedded() => "1 agent ends with it".to_owned(),
            many if self.is_embedded() => format!("{many} agents end with it"),
            1 => "1 agent keeps running".to_owned(),
            many => format!("{many} agents keep running"),
        };
        self.show(Overlay::Ask(Ask {
            question: "leave the console?".to_owned(),
            means: vec![format!("{running}; gt brings you back")],
            yes: Act::Quit,
        }))
    }

    fn ask_pause(&mut self) -> Vec<Effect> {
        let agents = self.living_agents();
        self.show(Overlay::Ask(Ask {
            question: "pause the town? (gt down)".to_owned(),
            means: vec![
                format!("{agents} agent sessions end; no agent costs tokens until gt up"),
                "hooks, worktrees and the queue are kept".to_owned(),
            ],
            yes: Act::Confirmed("gt down".to_owned()),
        }))
    }

    /// Gives a panel the focus and selects its first row where none is selected.
    pub(super) fn set_focus(&mut self, pane: Pane) {
        self.dirty = true;
        self.focus = pane;
        self.step(0);
    }

    fn step_pane(&mut self, by: usize) {
        let shown = |pane: &Pane| *pane != Pane::Attention || !attention::rows(self).is_empty();
        let panes: Vec<Pane> = PANES.into_iter().filter(shown).collect();
        let at = panes.iter().position(|pane| *pane == self.focus);
        let by = if by == 1 { 1 } else { panes.len() - 1 };
        let next = at.map_or(0, |at| (at + by) % panes.len());
        if let Some(pane) = panes.get(next) {
            self.set_focus(*pane);
        }
    }

    /// Moves the selection of the panel with the focus.
    fn step(&mut self, by: isize) {
        match self.focus {
            Pane::Agents => self.step_agent(by),
            Pane::Queue => {
                let ids: Vec<_> = self
                    .model
                    .merges()
                    .iter()
                    .map(|row| row.id.clone())
                    .collect();
                self.selected.merge = list::step(&ids, self.selected.merge.as_ref(), by);
            }
            Pane::Convoys => {
                let rows = self.model.convoys().iter();
                let ids: Vec<_> = rows.map(|row| row.id.clone()).collect();
                self.selected.convoy = list::step(&ids, self.selected.convoy.as_ref(), by);
            }
            Pane::Feed => {
                let ids = feed::ids(self);
                self.selected.event = list::step(&ids, self.selected.event.as_ref(), by);
            }
            Pane::Attention => {
                let rows = attention::rows(self).iter();
                let keys: Vec<_> = rows.map(|row| row.key.clone()).collect();
                let selected = self.selected.attention.as_ref();
                self.selected.attention = list::step(&keys, selected, by);
            }
        }
    }

    fn step_agent(&mut self, by: isize) {
        let ids: Vec<_> = self.agents().iter().map(|agent| agent.id.clone()).collect();
        let selected = self.selected.agent.as_ref();
        self.selected.agent = list::step(&ids, selected, by).or_else(|| selected.cloned());
    }

    fn next_waiting(&mut self) -> Vec<Effect> {
        let ids: Vec<_> = self.waiting().map(|agent| agent.id.clone()).collect();
        let at = self
            .selected
            .agent
            .as_ref()
            .and_then(|id| ids.iter().position(|known| known == id));
        let next = at.map_or(0, |at| (at + 1) % ids.len().max(1));
        let Some(id) = ids.get(next) else {
            return Vec::new();
        };
        if self.mode == Mode::Town {
            self.set_focus(Pane::Agents);
        }
        self.show_agent(id.clone())
    }

    fn open_row(&mut self) -> Vec<Effect> {
        let (title, text) = match self.focus {
            Pane::Agents => return self.attach(),
            Pane::Attention => return self.open_attention(),
            Pane::Queue => {
                let wanted = self.selected.merge.as_ref();
                let rows = self.model.merges();
                let row = rows.iter().find(|row| Some(&row.id) == wanted);
                row.map(|row| (row.id.to_string(), queue::details(self, row)))
            }
            Pane::Convoys => {
                let wanted = self.selected.convoy.as_ref();
                let rows = self.model.convoys();
                let row = rows.iter().find(|row| Some(&row.id) == wanted);
                row.map(|row| (row.id.to_string(), convoys::details(self, row)))
            }
            Pane::Feed => {
                let wanted = self.selected.event;
                let row = self.model.feed().find(|row| Some(row.seq) == wanted);
                row.map(|row| ("event".to_owned(), feed::details(self, row)))
            }
        }
        .unwrap_or_else(|| ("nothing".to_owned(), "nothing is selected".to_owned()));
        self.show(Overlay::Output(Output::new(&title, &text)))
    }

    /// Opens the agent's terminal, or the palette with the command that helps.
    fn open_attention(&mut self) -> Vec<Effect> {
        let wanted = self.selected.attention.as_ref();
        let rows = attention::rows(self);
        let Some(row) = rows.iter().find(|row| Some(&row.key) == wanted) else {
            return Vec::new();
        };
        let next = row.next.clone().unwrap_or_default();
        let agent = self
            .model
            .agents()
            .iter()
            .find(|agent| {
                let address = &agent.address;
                row.subject == address.short() || row.subject == address.to_string()
            })
            .filter(|agent| agent.run.is_some())
            .map(|agent| agent.id.clone());
        match agent {
            Some(id) if next.is_empty() || next.starts_with("gt attach") => {
                self.act(Act::Attach(id))
            }
            Some(_) | None => self.open_palette(&next),
        }
    }

    /// Runs a typed line; what ends something is asked for once more.
    pub(super) fn run_line(&mut self, line: &str) -> Vec<Effect> {
        match lines::read(line, &self.context()) {
            Ok(Line::Command(command, _)) if lines::destroys(&command) => {
                let means = lines::loses(&command, self.model.agents());
                self.show(Overlay::Ask(Ask {
                    question: line.to_owned(),
                    means,
                    yes: Act::Confirmed(line.to_owned()),
                }))
            }
            other => self.run_read(line, other),
        }
    }

    fn run_confirmed(&mut self, line: &str) -> Vec<Effect> {
        let read = lines::read(line, &self.context());
        self.run_read(line, read)
    }

    fn run_read(&mut self, line: &str, read: Result<Line, Refusal>) -> Vec<Effect> {
        match read {
            Ok(Line::Command(command, how)) => {
                vec![self.command(*command, how, Purpose::Line(line.to_owned()))]
            }
            Ok(Line::Program(words)) => {
                let call = self.fresh();
                self.calls.insert(call, Purpose::Line(line.to_owned()));
                self.overlays
                    .push(Overlay::Output(Output::waiting(line, call)));
                vec![Effect::Run(call, words)]
            }
            Ok(Line::Attach(names)) => self.attach_named(&names),
            Ok(Line::Text(text)) => self.show(Overlay::Output(Output::new(line, &text))),
            Err(why) => {
                self.refused(&why);
                Vec::new()
            }
        }
    }

    /// Opens the terminals of agents by their names, beside each other.
    fn attach_named(&mut self, names: &[String]) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let Some(id) = self.agent_named(name) else {
                return effects;
            };
            effects.extend(if at == 0 {
                self.act(Act::Attach(id))
            } else {
                self.add_tile(id, Axis::Across)
            });
        }
        effects
    }

    /// The agent that is called so; else says that there is none.
    fn agent_named(&mut self, name: &str) -> Option<IncarnationId> {
        let wanted = name.to_lowercase();
        let fits = |text: &str| text.to_lowercase() == wanted;
        let mut agents = self.model.agents().iter().filter(|agent| {
            let short = agent.address.short();
            fits(&agent.address.to_string())
                || fits(&short)
                || short.rsplit('/').next().is_some_and(fits)
        });
        match (agents.next().map(|agent| agent.id.clone()), agents.next()) {
            (Some(id), None) => Some(id),
            (Some(_), Some(_)) => {
                let text = format!("several agents are called `{name}`; say which rig");
                self.toasts.warn(&text, self.now);
                None
            }
            (None, _) => {
                let text = format!("there is no agent `{name}` at work");
                self.toasts.warn(&text, self.now);
                None
            }
        }
    }

    fn nudge(&mut self, agent: String, text: String) -> Vec<Effect> {
        let command = Command::Nudge(Nudge {
            agent: agent.clone(),
            text,
        });
        vec![self.command(command, "gt nudge".to_owned(), Purpose::Nudge(agent))]
    }

    fn command(&mut self, command: Command, how: String, purpose: Purpose) -> Effect {
        let call = self.fresh();
        self.calls.insert(call, purpose);
        Effect::Command(call, Box::new(command), how)
    }
}
