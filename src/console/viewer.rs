//! One terminal that is looked at: its bytes as a screen, and how far the connection is.
//!
//! Pure state; the connection itself belongs to the sources. A terminal that ended keeps its last
//! screen. Never answers what the program asks of its terminal: the host does.

use std::collections::BTreeSet;

use crossterm::event::KeyEvent;

use super::back::Back;
use super::msg::Stream;
use crate::client::AttachEvent;
use crate::domain::{Exit, History, RunId};
use crate::screen;
use crate::term::{Folder, Modes, Progress, Screen, keys};
use crate::wire::Holder;

/// How long after a key an answer counts as its echo, in milliseconds.
const ECHO_WITHIN: i64 = 50;
/// How long a lost terminal is left alone before it is tried again, in milliseconds.
const RETRY_AFTER: i64 = 1_000;
/// How long an unfinished synchronised update is held back, in milliseconds.
const HELD_FOR: i64 = 150;

/// How far a viewer is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Sight {
    /// Nothing came yet.
    Connecting,
    /// Bytes come.
    Live,
    /// The run ended.
    Ended(Exit),
    /// The host is away since that wall time, and why.
    Lost(i64, String),
    /// It cannot be looked at, and why.
    Refused(String),
}

/// What is to be seen of what a terminal said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Nothing yet.
    Nothing,
    /// Other cells; with an echo at once.
    Cells { echo: bool },
    /// More than cells: how far it is, its size, how it ended.
    Whole { echo: bool },
}

/// Rows of a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Touched {
    /// These.
    Rows(BTreeSet<u16>),
    /// Any of them.
    All,
}

/// What the wheel does over a terminal; told in the status line, because users take the
/// difference for a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wheel {
    /// It goes to the program, which asked for the mouse.
    Agent,
    /// It is told as arrow keys: the program has the whole screen and no mouse.
    Arrows,
    /// Nothing: the program has the whole screen and wants no arrow keys.
    Nothing,
    /// It moves through the history.
    History,
}

impl Wheel {
    pub(crate) fn of(modes: Modes) -> Self {
        match (modes.mouse.tells_wheel(), modes.alternate) {
            (true, _) => Self::Agent,
            (false, true) if modes.alternate_scroll => Self::Arrows,
            (false, true) => Self::Nothing,
            (false, false) => Self::History,
        }
    }

    /// In the status line; nothing for what one expects.
    pub(crate) const fn word(self) -> Option<&'static str> {
        match self {
            Self::Agent => Some("wheel: to the agent"),
            Self::Arrows => Some("wheel: arrow keys"),
            Self::Nothing => Some("wheel: off"),
            Self::History => None,
        }
    }
}

/// What a terminal called its operator with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// The bell.
    Bell,
    /// A notification.
    Note,
}

/// A console that shows terminals and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Solo {
    /// Whether keys do not go to the agent.
    pub(crate) read_only: bool,
}

/// A terminal that is looked at.
#[derive(Debug)]
pub(crate) struct Viewer {
    pub(crate) stream: Stream,
    pub(crate) run: RunId,
    pub(crate) sight: Sight,
    pub(crate) screen: Screen,
    /// Set while its history is looked at instead of the present.
    pub(crate) back: Option<Back>,
    /// Whether its last screen is kept without hearing more.
    pub(crate) asleep: bool,
    /// The size that was asked for.
    pub(crate) asked: Option<(u16, u16)>,
    /// Who holds the input.
    pub(crate) holder: Holder,
    key_at: Option<i64>,
    /// Bells that were heard.
    bells: u64,
    /// Notifications that were heard.
    notes: u64,
    /// What it called with while somebody else was typed to.
    pub(crate) marked: Option<Mark>,
    /// What its title line says of its progress and its folder.
    told: (Option<Progress>, Option<Folder>),
    /// Whether it has cells that are not drawn yet.
    pub(crate) changed: bool,
    /// The rows that are not drawn yet as they are now.
    touched: Touched,
    /// When it was last tried to attach.
    tried_at: i64,
    /// Whether what comes next begins the screen anew.
    anew: bool,
    /// The synchronised update that is held back, and since when.
    held: Option<(u64, i64)>,
}

impl Viewer {
    pub(crate) fn new(stream: Stream, run: RunId, size: (u16, u16), now: i64) -> Self {
        Self {
            stream,
            run,
            sight: Sight::Connecting,
            screen: Screen::keeping(size, History::default()),
            back: None,
            asleep: false,
            asked: None,
            holder: Holder::Nobody,
            key_at: None,
            bells: 0,
            notes: 0,
            marked: None,
            told: (None, None),
            changed: false,
            touched: Touched::All,
            tried_at: now,
            anew: false,
            held: None,
        }
    }

    /// Takes in what the terminal says, and says what of it is to be seen.
    pub(crate) fn hear(&mut self, event: AttachEvent, now: i64) -> Heard {
        let plain = self.sight == Sight::Live && self.back.is_none();
        let wheel = Wheel::of(self.screen.modes());
        let cells = matches!(event, AttachEvent::Bytes(_)) && !self.anew;
        self.take_in(event, now);
        let unseen = self.held.is_some();
        let first = !plain && self.sight == Sight::Live && self.back.is_none();
        let echo = first || self.key_at.is_some_and(|at| now - at <= ECHO_WITHIN);
        let same = wheel == Wheel::of(self.screen.modes()) && !self.learns();
        match (unseen, cells && plain && same) {
            (true, _) => Heard::Nothing,
            (false, true) => Heard::Cells { echo },
            (false, false) => Heard::Whole { echo },
        }
    }

    /// Whether the bell rang since this was last asked.
    pub(crate) fn rang(&mut self) -> bool {
        let bells = self.screen.bells();
        std::mem::replace(&mut self.bells, bells) < bells
    }

    /// Whether a notification came since this was last asked.
    pub(crate) fn noted(&mut self) -> bool {
        let (notes, _) = self.screen.notes();
        std::mem::replace(&mut self.notes, notes) < notes
    }

    /// Takes over what the program says of itself; says whether that is news.
    fn learns(&mut self) -> bool {
        let (progress, folder) = &self.told;
        let news = *progress != self.screen.progress() || folder.as_ref() != self.screen.cwd();
        if news {
            self.told = (self.screen.progress(), self.screen.cwd().cloned());
        }
        news
    }

    fn take_in(&mut self, event: AttachEvent, now: i64) {
        match event {
            AttachEvent::Bytes(bytes) => {
                self.begin();
                self.sight = Sight::Live;
                self.screen.feed(&bytes);
                self.note_touched();
                if let Some(back) = &mut self.back {
                    back.went_on();
                }
                self.note_held(now);
            }
            AttachEvent::Size(size) => self.resize(size),
            // Its size, and with that all that it shows, follows.
            AttachEvent::History(history) => self.clear(history),
            AttachEvent::Exited(exit) => {
                self.screen.release();
                self.sight = Sight::Ended(exit);
            }
            AttachEvent::Lost(why) => self.lose(why, now),
            AttachEvent::Holder(holder) => self.holder = holder,
        }
    }

    /// The connection is gone; what was shown stays.
    pub(crate) fn lose(&mut self, why: String, now: i64) {
        self.anew = false;
        self.holder = Holder::Nobody;
        self.sight = match std::mem::replace(&mut self.sight, Sight::Connecting) {
            ended @ Sight::Ended(_) => ended,
            Sight::Lost(since, _) => Sight::Lost(since, why),
            Sight::Connecting | Sight::Live | Sight::Refused(_) => Sight::Lost(now, why),
        };
    }

    /// Is attached anew as another stream; what was shown stays until something comes.
    pub(crate) fn renew(&mut self, stream: Stream, now: i64) {
        self.stream = stream;
        self.tried_at = now;
        self.anew = true;
        self.asleep = false;
    }

    /// Hears no more and keeps its last screen; says whether it heard anything before.
    pub(crate) fn sleep(&mut self) -> bool {
        let heard = match self.sight {
            Sight::Connecting | Sight::Live | Sight::Lost(..) => true,
            // There is nothing more to hear, and the outcome stays.
            Sight::Ended(_) | Sight::Refused(_) => false,
        };
        heard && !std::mem::replace(&mut self.asleep, true)
    }

    /// Takes over the terminal's size.
    fn resize(&mut self, size: (u16, u16)) {
        self.begin();
        self.screen.resize(size);
        self.touched = Touched::All;
        if let Some(back) = &mut self.back {
            back.resized();
        }
    }

    fn begin(&mut self) {
        if self.anew {
            self.clear(self.screen.keeps());
        }
    }

    fn clear(&mut self, history: History) {
        self.anew = false;
        self.screen = Screen::keeping(self.screen.size(), history);
        self.touched = Touched::All;
        self.held = None;
        (self.bells, self.notes) = (0, 0);
    }

    fn note_touched(&mut self) {
        let damage = self.screen.take_damage();
        match (&mut self.touched, damage.changed()) {
            (Touched::Rows(rows), Some(more)) => rows.extend(more),
            (touched, None) => *touched = Touched::All,
            (Touched::All, Some(_)) => {}
        }
    }

    /// The rows that must be drawn for the screen to be seen as it is; none where it may be any.
    pub(crate) fn touched(&self) -> Option<&BTreeSet<u16>> {
        match &self.touched {
            Touched::Rows(rows) => Some(rows),
            Touched::All => None,
        }
    }

    /// It was drawn; also what it did not ask to be drawn yet where the frame was whole.
    pub(crate) fn drawn(&mut self, whole: bool) {
        if whole || self.changed {
            self.touched = Touched::Rows(BTreeSet::new());
        }
        self.changed = false;
    }

    fn note_held(&mut self, now: i64) {
        self.held = self.screen.held().map(|number| match self.held {
            Some((known, since)) if known == number => (number, since),
            Some(_) | None => (number, now),
        });
    }

    /// The bytes of a key; none where there is no way to send it.
    pub(crate) fn key(&mut self, key: &KeyEvent, now: i64) -> Option<Vec<u8>> {
        let bytes = keys::encode(screen::press_of(key), self.screen.modes());
        if bytes.is_empty() {
            return None;
        }
        self.typed(now);
        Some(bytes)
    }

    /// The bytes of a paste.
    pub(crate) fn paste(&mut self, text: &str, now: i64) -> Vec<u8> {
        self.typed(now);
        keys::paste(text, self.screen.modes())
    }

    fn typed(&mut self, now: i64) {
        self.key_at = Some(now);
    }

    /// Whether it should be attached anew.
    pub(crate) fn wants_retry(&self, now: i64) -> bool {
        let lost = matches!(self.sight, Sight::Lost(..));
        lost && !self.asleep && now - self.tried_at >= RETRY_AFTER
    }

    /// Ends a synchronised update that takes too long; says whether there was one.
    pub(crate) fn release_held(&mut self, now: i64) -> bool {
        let due = self.held.is_some_and(|(_, at)| now - at >= HELD_FOR);
        if due {
            self.held = None;
            self.screen.release();
        }
        due
    }

    /// When something is due without any message, as wall time.
    pub(crate) fn due(&self) -> Option<i64> {
        let retry = match self.sight {
            Sight::Lost(..) if !self.asleep => Some(self.tried_at + RETRY_AFTER),
            Sight::Connecting
            | Sight::Live
            | Sight::Lost(..)
            | Sight::Ended(_)
            | Sight::Refused(_) => None,
        };
        let held = self.held.map(|(_, at)| at + HELD_FOR);
        let back = self.back.as_ref().and_then(Back::due);
        retry.into_iter().chain(held).chain(back).min()
    }
}

/// How a run ended, for people.
pub(crate) fn exit_words(exit: &Exit) -> String {
    match exit {
        Exit::Code { code: 0 } => "it ended".to_owned(),
        Exit::Code { code } => format!("it ended with code {code}"),
        Exit::Signal { signal } => format!("signal {signal} ended it"),
        Exit::NotStarted { reason } => format!("it could not be started: {reason}"),
        Exit::TimedOut => "it ran over its time limit".to_owned(),
        Exit::OverLimit { what, limit } => format!("it took more than {limit} {what}"),
        Exit::TooMuchOutput => "it wrote more than its limit".to_owned(),
        Exit::Lost => "its host is gone; how it ended is not known".to_owned(),
    }
}
