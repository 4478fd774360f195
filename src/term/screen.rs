//! The screen of one terminal: what a program's bytes have made of it.
//!
//! Entry point of `term`. Bytes go through the filter into the emulator; a synchronised update is
//! held back here until it ends or [`Screen::release`] is called. Never answers by itself: what
//! the program is to be told is taken with [`Screen::take_replies`].

use alacritty_terminal::term::TermMode;
use alacritty_terminal::vte::ansi::CursorShape;

use super::archive::Archive;
use super::cells::{RowView, row_at, row_of};
use super::damage::Damage;
use super::emulator::{Emulator, Size};
use super::facts::{Facts, Folder, Progress};
use super::filter::{Act, Filter, Sink};
use super::keyboard::Keyboard;
use super::keys::EVENTS;
use super::mouse::{Mouse, MouseForm, MouseMode};
use super::pack::PackedRow;
use super::report;
use super::snapshot;
use crate::domain::History;

/// Most bytes of a synchronised update that are held back.
const HELD_MAX: usize = 2 << 20;

/// A screen.
#[derive(Debug)]
pub struct Screen {
    filter: Filter,
    pub(super) body: Body,
    rev: u64,
}

/// What the filter's output acts on.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) emulator: Emulator,
    pub(super) title: String,
    pub(super) facts: Facts,
    pub(super) keyboard: Keyboard,
    pub(super) mouse: Mouse,
    pub(super) shift: u8,
    /// The primary screen as it was when the alternate one was entered.
    pub(super) primary: Option<Vec<u8>>,
    pub(super) held: Option<Held>,
    updates: u64,
    bells: u64,
    clip: Option<String>,
}

/// A synchronised update that has not ended: text, and acts by their place in it.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) text: Vec<u8>,
    pub(super) acts: Vec<(usize, Act)>,
}

/// Modes that whoever sends keys must know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modes {
    /// Arrow keys in application form.
    pub application_cursor: bool,
    /// Keypad in application form.
    pub application_keypad: bool,
    /// Pastes are to be bracketed.
    pub bracketed_paste: bool,
    /// The alternate screen is shown.
    pub alternate: bool,
    /// Focus changes are to be told.
    pub focus: bool,
    /// Mouse events wanted.
    pub mouse: MouseMode,
    /// How mouse events are written.
    pub mouse_form: MouseForm,
    /// On the alternate screen the wheel is to send arrow keys.
    pub alternate_scroll: bool,
    /// Return sends also a line feed.
    pub line_feed: bool,
    /// The kitty keyboard flags in force.
    pub kitty: u8,
    /// The level of modifyOtherKeys, 0 to 2.
    pub other_keys: u8,
}

impl Modes {
    /// Whether the program wants to hear of repeats and releases of keys.
    pub const fn wants_key_events(self) -> bool {
        self.kitty & EVENTS != 0
    }
}

/// The cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CursorView {
    /// Column, from 0.
    pub column: u16,
    /// Row, from 0.
    pub row: u16,
    /// Whether the program shows it.
    pub visible: bool,
    /// Whether it is a bar or an underline rather than a block.
    pub thin: bool,
}

impl Screen {
    /// A blank screen of `size` (columns, rows; at least 2 and 1) that keeps `history` rows.
    pub fn new(size: (u16, u16), history: usize) -> Self {
        Self::with_archive(size, Archive::new(history))
    }

    /// The same that keeps as much history as is stated.
    pub fn keeping(size: (u16, u16), history: History) -> Self {
        let bytes = usize::try_from(history.bytes).unwrap_or(usize::MAX);
        Self::with_archive(size, Archive::within(history.lines as usize, bytes))
    }

    /// How much history it keeps.
    pub fn keeps(&self) -> History {
        let (lines, bytes) = self.body.emulator.archive.limits();
        History {
            lines: u32::try_from(lines).unwrap_or(u32::MAX),
            bytes: u64::try_from(bytes).unwrap_or(u64::MAX),
        }
    }

    fn with_archive(size: (u16, u16), archive: Archive) -> Self {
        Self::over(Emulator::with_lines(Size::clamped(size), archive, 0))
    }

    /// Takes in what the program wrote, in any cut.
    pub fn feed(&mut self, bytes: &[u8]) {
        let size = self.size();
        self.filter.feed(bytes, size, &mut self.body);
        self.rev += 1;
    }

    /// What the program is to be told: fixed or numeric answers only, at most 4 KiB.
    pub fn take_replies(&mut self) -> Vec<u8> {
        self.body.emulator.take_replies()
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        let size = self.body.emulator.size();
        (size.columns, size.rows)
    }

    /// Grows with everything that is fed.
    pub fn rev(&self) -> u64 {
        self.rev
    }

    /// The number of the synchronised update that is being held back, if there is one; whoever
    /// feeds a live program releases it 150 ms after it first saw the number.
    pub fn held(&self) -> Option<u64> {
        self.body.held.is_some().then_some(self.body.updates)
    }

    /// Shows a synchronised update that has not ended.
    pub fn release(&mut self) {
        if self.body.held.is_some() {
            self.body.release();
            self.rev += 1;
        }
    }

    /// The program's title, sanitised.
    pub fn title(&self) -> &str {
        &self.body.title
    }

    /// The folder the program says it is in; untrusted.
    pub fn cwd(&self) -> Option<&Folder> {
        self.body.facts.folder.as_ref()
    }

    /// How far the program says it is.
    pub fn progress(&self) -> Option<Progress> {
        self.body.facts.progress
    }

    /// How many notifications came, and the last one, sanitised; never to be obeyed.
    pub fn notes(&self) -> (u64, Option<&str>) {
        (self.body.facts.notes, self.body.facts.note.as_deref())
    }

    /// How often the bell rang.
    pub fn bells(&self) -> u64 {
        self.body.bells
    }

    /// The text that the program wants to be copied since this was asked last, sanitised; only
    /// whoever answers for the operator may obey it (contract T5).
    pub fn take_clip(&mut self) -> Option<String> {
        self.body.clip.take()
    }

    /// How often the emulator failed and this screen was begun anew.
    pub fn faults(&self) -> u64 {
        self.body.emulator.faults
    }

    /// The modes that matter for keys.
    pub fn modes(&self) -> Modes {
        let mode = self.body.emulator.term.mode();
        Modes {
            application_cursor: mode.contains(TermMode::APP_CURSOR),
            application_keypad: mode.contains(TermMode::APP_KEYPAD),
            bracketed_paste: mode.contains(TermMode::BRACKETED_PASTE),
            alternate: mode.contains(TermMode::ALT_SCREEN),
            focus: mode.contains(TermMode::FOCUS_IN_OUT),
            mouse: self.body.mouse.mode,
            mouse_form: self.body.mouse.form,
            alternate_scroll: mode.contains(TermMode::ALTERNATE_SCROLL),
            line_feed: mode.contains(TermMode::LINE_FEED_NEW_LINE),
            kitty: self.body.keyboard.flags(self.body.alternate()),
            other_keys: self.body.keyboard.other(),
        }
    }

    /// The cursor.
    pub fn cursor(&self) -> CursorView {
        let term = &self.body.emulator.term;
        let point = term.grid().cursor.point;
        let shape = term.cursor_style().shape;
        CursorView {
            column: u16::try_from(point.column.0).unwrap_or(u16::MAX),
            row: u16::try_from(point.line.0).unwrap_or_default(),
            visible: term.mode().contains(TermMode::SHOW_CURSOR) && shape != CursorShape::Hidden,
            thin: matches!(shape, CursorShape::Beam | CursorShape::Underline),
        }
    }

    /// One row of the screen, 0 at the top.
    pub fn row(&self, row: u16) -> RowView<'_> {
        row_at(&self.body.emulator, i32::from(row))
    }

    /// The screen's rows from the top, moved `scroll` rows up into the history (0: as it is).
    pub fn rows(&self, scroll: usize) -> impl Iterator<Item = RowView<'_>> {
        let emulator = &self.body.emulator;
        let kept = emulator.archive.len();
        let columns = usize::from(self.size().0);
        let first = kept - scroll.min(kept);
        (first..first + usize::from(self.size().1)).map(move |place| {
            match emulator.archive.get(place) {
                Some(packed) => row_of(&packed, columns),
                None => row_at(emulator, i32::try_from(place - kept).unwrap_or(i32::MAX)),
            }
        })
    }

    /// Rows that are kept above the screen.
    pub fn history_len(&self) -> usize {
        self.body.emulator.archive.len()
    }

    /// The number of the oldest row that is kept, counted from the first that ever left the screen.
    pub fn oldest(&self) -> u64 {
        self.body.emulator.archive.oldest()
    }

    /// The number of the row at the top of the primary screen: how many rows have left it so far.
    pub fn top(&self) -> u64 {
        self.body.emulator.archive.end()
    }

    /// Rows by number, at most `count`: those above the screen, then those on it.
    pub fn packed(&self, from: u64, count: usize) -> Vec<PackedRow> {
        let emulator = &self.body.emulator;
        let (oldest, top) = (self.oldest(), self.top());
        let end = top + u64::from(self.size().1);
        (from.max(oldest)..end)
            .take(count)
            .filter_map(|number| match number.checked_sub(top) {
                Some(line) => {
                    let row = row_at(emulator, i32::try_from(line).ok()?);
                    Some(PackedRow::of(&row))
                }
                None => emulator.archive.get(usize::try_from(number - oldest).ok()?),
            })
            .collect()
    }

    /// The last `count` rows above the screen as plain text, oldest first.
    pub fn history(&self, count: usize) -> Vec<String> {
        let archive = &self.body.emulator.archive;
        let first = archive.len() - count.min(archive.len());
        (first..archive.len())
            .filter_map(|place| archive.get(place))
            .map(|row| row.text)
            .collect()
    }

    /// Drops the rows above the screen.
    pub fn forget_history(&mut self) {
        self.body.emulator.archive.clear();
    }

    /// The rows that changed since this was asked last.
    pub fn take_damage(&mut self) -> Damage {
        self.body.emulator.pen.damage.take()
    }

    pub(super) fn rev_up(&mut self) {
        self.rev += 1;
    }

    pub(super) fn over(emulator: Emulator) -> Self {
        Self {
            filter: Filter::default(),
            body: Body::over(emulator),
            rev: 0,
        }
    }

    /// Bytes that bring any screen of the same size into this screen's state, history excepted.
    pub fn snapshot(&self) -> Vec<u8> {
        let mut out = snapshot::whole(&self.body);
        if let Some(held) = &self.body.held {
            snapshot::held(held, &mut out);
        }
        snapshot::zone(&self.body, self.filter.zone(), &mut out);
        out.extend_from_slice(self.filter.pending());
        out
    }
}

impl Body {
    fn over(emulator: Emulator) -> Self {
        Self {
            emulator,
            title: String::new(),
            facts: Facts::default(),
            keyboard: Keyboard::default(),
            mouse: Mouse::default(),
            shift: 0,
            primary: None,
            held: None,
            updates: 0,
            bells: 0,
            clip: None,
        }
    }

    /// Goes on counting where another one stopped.
    pub(super) fn keep_counts(&mut self, before: &mut Self) {
        self.updates = before.updates;
        self.bells = before.bells;
        self.facts = std::mem::take(&mut before.facts);
    }

    pub(super) fn alternate(&self) -> bool {
        self.emulator.term.mode().contains(TermMode::ALT_SCREEN)
    }

    fn release(&mut self) {
        let Some(held) = self.held.take() else { return };
        let mut done = 0;
        for (place, act) in held.acts {
            let text = held.text.get(done..place).unwrap_or_default();
            self.emulator.advance(text);
            done = place;
            self.apply(act);
        }
        self.emulator
            .advance(held.text.get(done..).unwrap_or_default());
    }

    fn apply(&mut self, act: Act) {
        match act {
            Act::Title(title) => self.title = title,
            Act::SyncBegin => {
                self.held = Some(Held::default());
                self.updates += 1;
            }
            Act::SyncEnd => self.release(),
            Act::AlternateEnter => {
                if !self.alternate() {
                    self.primary = Some(snapshot::whole(self));
                    self.keyboard.enter_alternate();
                }
            }
            Act::AlternateLeave => self.primary = None,
            Act::Region(region) => self.emulator.region = region,
            Act::Shift(shift) => self.shift = shift,
            Act::Reset => {
                self.title.clear();
                self.facts.reset();
                self.keyboard.reset();
                self.mouse = Mouse::default();
                self.primary = None;
                self.emulator.region = None;
                self.shift = 0;
            }
            Act::Bell => self.bells += 1,
            Act::Clip(text) => self.clip = Some(text),
            Act::Fact(fact) => self.facts.learn(fact, &mut self.title),
            Act::Keyboard(wish) => {
                if let Some(text) = self.keyboard.follow(wish, self.alternate()) {
                    self.emulator.reply(&text);
                }
            }
            Act::Mouse(mode, on) => self.mouse.set(mode, on),
            Act::Reply(text) => self.emulator.reply(&text),
            Act::AskMode(mode) => {
                if let Some(text) = report::private_mode(mode, self.held.is_some(), self.mouse) {
                    self.emulator.reply(&text);
                }
            }
        }
    }
}

impl Sink for Body {
    fn text(&mut self, bytes: &[u8]) {
        match &mut self.held {
            None => self.emulator.advance(bytes),
            Some(held) => {
                held.text.extend_from_slice(bytes);
                if held.text.len() > HELD_MAX {
                    self.release();
                }
            }
        }
    }

    fn act(&mut self, act: Act) {
        match (&mut self.held, act) {
            (Some(_), Act::SyncBegin) => {}
            (Some(_), Act::SyncEnd) => self.release(),
            (Some(held), act) if !matches!(act, Act::Bell | Act::Reply(_) | Act::AskMode(_)) => {
                held.acts.push((held.text.len(), act));
                if held.acts.len() > HELD_MAX / 256 {
                    self.release();
                }
            }
            (_, act) => self.apply(act),
        }
    }
}
