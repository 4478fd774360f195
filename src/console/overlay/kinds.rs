//! The kinds of overlays and what they can want.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Ask, Compose, Help, Output, Palette};
use crate::console::action::Action;
use crate::console::app::App;
use crate::domain::IncarnationId;

/// Something on top of the panels.
#[derive(Clone, Debug)]
pub(crate) enum Overlay {
    /// Find anything.
    Palette(Palette),
    /// Keys and commands.
    Help(Help),
    /// Write to an agent.
    Compose(Compose),
    /// A question with yes and no.
    Ask(Ask),
    /// What a command wrote, or details.
    Output(Output),
}

/// What an overlay wants after a key.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reaction {
    /// Stay.
    Keep,
    /// Go.
    Close,
    /// Go, and do this.
    Do(Act),
}

/// What an overlay wants to be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Act {
    /// An action of the table.
    Action(Action),
    /// A typed line.
    Line(String),
    /// A typed line that was asked for once more.
    Confirmed(String),
    /// Say something to an agent: its address and the words.
    Nudge(String, String),
    /// Open an agent's terminal.
    Attach(IncarnationId),
    /// Leave.
    Quit,
}

impl Overlay {
    /// Takes a key.
    pub(crate) fn key(&mut self, key: &KeyEvent, app: &App) -> Reaction {
        match self {
            Self::Palette(palette) => palette.key(key, app),
            Self::Help(help) => help.key(key, app),
            Self::Compose(compose) => compose.key(key),
            Self::Ask(ask) => ask.key(key),
            Self::Output(output) => output.key(key, app),
        }
    }

    /// Takes a paste.
    pub(crate) fn paste(&mut self, text: &str, app: &App) {
        match self {
            Self::Palette(palette) => palette.paste(text, app),
            Self::Compose(compose) => compose.paste(text),
            Self::Help(_) | Self::Ask(_) | Self::Output(_) => {}
        }
    }

    /// Draws; returns where the cursor is, when it has one.
    pub(crate) fn draw(&self, area: Rect, buf: &mut Buffer, app: &App) -> Option<Position> {
        match self {
            Self::Palette(palette) => Some(palette.draw(area, buf, app)),
            Self::Help(help) => {
                help.draw(area, buf, app);
                None
            }
            Self::Compose(compose) => Some(compose.draw(area, buf, app)),
            Self::Ask(ask) => {
                ask.draw(area, buf, app);
                None
            }
            Self::Output(output) => {
                output.draw(area, buf, app);
                None
            }
        }
    }

    /// The keys that it takes, for the hint line.
    pub(crate) fn hints(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Palette(_) => Palette::HINTS,
            Self::Help(_) => Help::HINTS,
            Self::Compose(_) => Compose::HINTS,
            Self::Ask(_) => Ask::HINTS,
            Self::Output(_) => Output::HINTS,
        }
    }
}
