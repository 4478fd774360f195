//! The emulator crate behind our own face: the only file that builds it.
//!
//! It keeps no history of its own: rows that leave the top are packed away by `print`, which is
//! how text gets in. Answers of the emulator (device attributes, cursor position, colours) are
//! numbers only and are collected here, within a limit (contract T4). The clipboard is never
//! touched (contract T5).

use std::sync::{Arc, Mutex, PoisonError};

use alacritty_terminal::event::{Event, EventListener};
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::Column;
use alacritty_terminal::term::cell::Flags;
use alacritty_terminal::term::{Config, Osc52, Term};
use alacritty_terminal::vte::ansi::{Processor, Rgb};

use super::archive::Archive;
use super::print::Pen;

/// Most bytes of answers kept until they are taken; a program that does not read gets no more.
const REPLIES_MAX: usize = 4096;

/// The colours that a program is told: light grey on near black, whatever the operator's theme is.
const FOREGROUND: Rgb = Rgb {
    r: 0xd0,
    g: 0xd0,
    b: 0xd0,
};
const BACKGROUND: Rgb = Rgb {
    r: 0x10,
    g: 0x10,
    b: 0x10,
};
/// Index of the background among the emulator's named colours.
const BACKGROUND_INDEX: usize = 257;

/// Columns and rows, never below what the emulator survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) columns: u16,
    pub(super) rows: u16,
}

impl Size {
    /// At least 2 columns and 1 row: the emulator never returns from 1 column with wide text.
    pub(super) fn clamped(size: (u16, u16)) -> Self {
        Self {
            columns: size.0.clamp(2, 1000),
            rows: size.1.clamp(1, 1000),
        }
    }
}

impl Dimensions for Size {
    fn total_lines(&self) -> usize {
        usize::from(self.rows)
    }

    fn screen_lines(&self) -> usize {
        usize::from(self.rows)
    }

    fn columns(&self) -> usize {
        usize::from(self.columns)
    }
}

/// Collects what the emulator wants to say to the program.
#[derive(Clone, Debug, Default)]
pub(super) struct Replies(Arc<Mutex<Vec<u8>>>);

impl Replies {
    fn add(&self, text: &str) {
        let mut replies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if replies.len() + text.len() <= REPLIES_MAX {
            replies.extend_from_slice(text.as_bytes());
        }
    }

    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl EventListener for Replies {
    fn send_event(&self, event: Event) {
        match event {
            Event::PtyWrite(text) => self.add(&text),
            Event::ColorRequest(index, format) => {
                let color = if index == BACKGROUND_INDEX {
                    BACKGROUND
                } else {
                    FOREGROUND
                };
                self.add(&format(color));
            }
            Event::MouseCursorDirty
            | Event::Title(_)
            | Event::ResetTitle
            | Event::ClipboardStore(..)
            | Event::ClipboardLoad(..)
            | Event::TextAreaSizeRequest(_)
            | Event::CursorBlinkingChange
            | Event::Wakeup
            | Event::Bell
            | Event::Exit
            | Event::ChildExit(_) => {}
        }
    }
}

/// One emulator.
pub(super) struct Emulator {
    pub(super) term: Term<Replies>,
    pub(super) parser: Processor,
    replies: Replies,
    pub(super) size: Size,
    /// Rows that have left the top of the primary screen.
    pub(super) archive: Archive,
    /// The scrolling region, first and last row counted from 1; `None` is the whole screen.
    pub(super) region: Option<(u16, u16)>,
    /// Whether the emulator keeps rows above the screen itself.
    pub(super) reflows: bool,
    /// What printing must remember.
    pub(super) pen: Pen,
    /// How often the emulator failed and was begun anew.
    pub(super) faults: u64,
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

impl Emulator {
    /// A blank one whose emulator keeps `lines` rows above the screen itself, to reflow them.
    pub(super) fn with_lines(size: Size, archive: Archive, lines: usize) -> Self {
        let replies = Replies::default();
        let config = Config {
            scrolling_history: lines,
            kitty_keyboard: false,
            osc52: Osc52::Disabled,
            ..Config::default()
        };
        Self {
            term: Term::new(config, &size, replies.clone()),
            parser: Processor::new(),
            replies,
            size,
            archive,
            region: None,
            reflows: lines > 0,
            pen: Pen::new(size),
            faults: 0,
        }
    }

    pub(super) fn size(&self) -> Size {
        self.size
    }

    /// Feeds whole sequences. A failure inside the emulator costs this screen's content, no more.
    pub(super) fn advance(&mut self, bytes: &[u8]) {
        let fed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            self.read(bytes);
        }));
        if fed.is_err() {
            self.begin_anew();
        }
    }

    /// Changes the size of what is shown; rows above are `reflow`'s business.
    pub(super) fn resize(&mut self, size: Size) {
        let resized = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            self.term.resize(size);
        }));
        self.size = size;
        self.region = None;
        self.pen.resized(size);
        if resized.is_err() {
            self.begin_anew();
        }
        self.settle_cursor();
    }

    /// A cursor waits with a wrap in the last column only: after a resize it may stand on the
    /// character that it wrote last instead, which no bytes could bring about again.
    fn settle_cursor(&mut self) {
        let columns = usize::from(self.size.columns);
        let grid = self.term.grid_mut();
        let point = grid.cursor.point;
        if !grid.cursor.input_needs_wrap || point.column.0 + 1 >= columns {
            return;
        }
        let wide = grid[point].flags.contains(Flags::WIDE_CHAR);
        let after = point.column.0 + 1 + usize::from(wide);
        grid.cursor.point.column = Column(after.min(columns - 1));
        grid.cursor.input_needs_wrap = after >= columns;
    }

    /// Adds an answer to those of the emulator, within the same limit.
    pub(super) fn reply(&self, text: &str) {
        self.replies.add(text);
    }

    pub(super) fn take_replies(&self) -> Vec<u8> {
        self.replies.take()
    }

    fn begin_anew(&mut self) {
        let faults = self.faults + 1;
        let archive = std::mem::replace(&mut self.archive, Archive::new(0));
        *self = Self::with_lines(self.size, archive, 0);
        self.faults = faults;
    }
}
