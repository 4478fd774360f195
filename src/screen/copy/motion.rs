//! Where a move leads: words, lines, paragraphs, pages, prompts. Pure questions to the book.

use super::act::Move;
use super::book::{Book, Need};
use super::line::{Line, Mark, Place};
use super::search::Direction;
use super::view::{Lens, to_i64};

/// Most repetitions of one move.
const TIMES_MAX: u32 = 100_000;

/// Where the view and the cursor are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pose {
    /// The first place of the view.
    pub(super) top: Place,
    /// The cursor.
    pub(super) cursor: Place,
    /// The column of the view that moves up and down keep to.
    pub(super) wanted: usize,
}

/// What moves in a history.
#[derive(Clone, Copy, Debug)]
pub(super) struct Motion<'a> {
    pub(super) book: &'a Book,
    pub(super) lens: Lens,
}

impl Motion<'_> {
    /// The pose after a move, the cursor in view.
    pub(super) fn go(self, pose: Pose, how: Move, count: Option<u32>) -> Need<Pose> {
        let mut next = match how {
            Move::HalfDown => self.page(pose, to_i64(self.lens.height / 2).max(1), count)?,
            Move::HalfUp => self.page(pose, -to_i64(self.lens.height / 2).max(1), count)?,
            Move::PageDown => self.page(pose, to_i64(self.lens.height), count)?,
            Move::PageUp => self.page(pose, -to_i64(self.lens.height), count)?,
            Move::Oldest | Move::Newest => self.to_row(pose, how, count)?,
            Move::High | Move::Middle | Move::Low => self.in_view(pose, how, count)?,
            _ => {
                let mut pose = pose;
                for _ in 0..count.unwrap_or(1).clamp(1, TIMES_MAX) {
                    let next = self.once(pose, how)?;
                    if next == pose {
                        break;
                    }
                    pose = next;
                }
                pose
            }
        };
        next.top = self.lens.follow(self.book, next.top, next.cursor)?;
        if !matches!(
            how,
            Move::Up | Move::Down | Move::HalfUp | Move::HalfDown | Move::PageUp | Move::PageDown
        ) {
            next.wanted = match how {
                Move::LineEnd => usize::MAX,
                _ => self.view_column(next.cursor)?,
            };
        }
        Ok(next)
    }

    /// The column of the view that a place is in.
    pub(super) fn view_column(self, place: Place) -> Need<usize> {
        let start = self.lens.start(self.book, place)?;
        Ok(place.column.saturating_sub(start.column))
    }

    fn once(self, pose: Pose, how: Move) -> Need<Pose> {
        let at = pose.cursor;
        let cursor = match how {
            Move::Left | Move::Right | Move::LineStart | Move::LineInk | Move::LineEnd => {
                self.in_line(at, how)?
            }
            Move::Down => self.row(pose, 1)?,
            Move::Up => self.row(pose, -1)?,
            Move::Word => self.word(at, Words::Small)?,
            Move::BigWord => self.word(at, Words::Big)?,
            Move::WordBack => self.word_back(at, Words::Small)?,
            Move::BigWordBack => self.word_back(at, Words::Big)?,
            Move::WordEnd => self.word_end(at, Words::Small)?,
            Move::BigWordEnd => self.word_end(at, Words::Big)?,
            Move::ParagraphUp => self.paragraph(at, Direction::Backward)?,
            Move::ParagraphDown => self.paragraph(at, Direction::Forward)?,
            Move::Prompt(direction) => self.prompt(at, direction)?,
            Move::Oldest
            | Move::Newest
            | Move::HalfDown
            | Move::HalfUp
            | Move::PageDown
            | Move::PageUp
            | Move::High
            | Move::Middle
            | Move::Low => at,
        };
        Ok(Pose { cursor, ..pose })
    }

    fn in_line(self, at: Place, how: Move) -> Need<Place> {
        let line = self.book.line(at.line)?;
        let glyph = line.at_ink(at.column);
        Ok(match how {
            Move::Left => line.place(glyph.saturating_sub(1)),
            Move::Right => line.place((glyph + 1).min(line.ink.saturating_sub(1))),
            Move::LineInk => line.first_ink(),
            Move::LineEnd => line.last(),
            _ => line.place(0),
        })
    }

    fn row(self, pose: Pose, by: i64) -> Need<Place> {
        let start = self.lens.start(self.book, pose.cursor)?;
        let next = self.lens.step(self.book, start, by)?;
        if next == start {
            return Ok(pose.cursor);
        }
        self.lens.place(self.book, next, pose.wanted)
    }

    /// Moves view and cursor by rows.
    fn page(self, pose: Pose, rows: i64, count: Option<u32>) -> Need<Pose> {
        let rows = rows.saturating_mul(i64::from(count.unwrap_or(1).clamp(1, TIMES_MAX)));
        let lowest = self.lens.lowest(self.book)?;
        let top = self.lens.step(self.book, pose.top, rows)?.min(lowest);
        let start = self.lens.start(self.book, pose.cursor)?;
        let start = self.lens.step(self.book, start, rows)?;
        Ok(Pose {
            top,
            cursor: self.lens.place(self.book, start, pose.wanted)?,
            ..pose
        })
    }

    fn to_row(self, pose: Pose, how: Move, count: Option<u32>) -> Need<Pose> {
        let bounds = self.book.bounds()?;
        let row = match count {
            Some(count) => bounds.oldest + u64::from(count.max(1)) - 1,
            None if how == Move::Oldest => bounds.oldest,
            None => bounds.end - 1,
        };
        let row = row.min(bounds.end - 1);
        let line = self.book.line(row)?;
        let cursor = line.place(line.at_ink(line.column_of(row, 0)));
        let cursor = if count.is_none() && how == Move::Newest {
            line.last()
        } else {
            cursor
        };
        Ok(Pose { cursor, ..pose })
    }

    fn in_view(self, pose: Pose, how: Move, count: Option<u32>) -> Need<Pose> {
        let rows = self.lens.rows(self.book, pose.top)?;
        let last = rows.len().saturating_sub(1);
        let count = usize::try_from(count.unwrap_or(1).max(1) - 1).unwrap_or(0);
        let at = match how {
            Move::Middle => last / 2,
            Move::Low => last.saturating_sub(count),
            _ => count.min(last),
        };
        let Some(row) = rows.get(at) else {
            return Ok(pose);
        };
        let ink = row.line.first_ink();
        let cursor = if row.holds(ink) { ink } else { row.place(0) };
        Ok(Pose { cursor, ..pose })
    }

    fn word(self, at: Place, words: Words) -> Need<Place> {
        let mut line = self.book.line(at.line)?;
        let mut glyph = line.at_ink(at.column);
        let class = words.class(&line, glyph);
        if class != Class::Blank {
            while glyph < line.ink && words.class(&line, glyph) == class {
                glyph += 1;
            }
        }
        loop {
            while glyph < line.ink && words.class(&line, glyph) == Class::Blank {
                glyph += 1;
            }
            if glyph < line.ink {
                return Ok(line.place(glyph));
            }
            match self.book.after(&line)? {
                None => return Ok(line.last()),
                Some(next) if next.is_blank() => return Ok(next.place(0)),
                Some(next) => (line, glyph) = (next, 0),
            }
        }
    }

    fn word_back(self, at: Place, words: Words) -> Need<Place> {
        let mut line = self.book.line(at.line)?;
        let mut glyph = line.at_ink(at.column);
        loop {
            if glyph == 0 {
                match self.book.before(&line)? {
                    None => return Ok(line.place(0)),
                    Some(next) if next.is_blank() => return Ok(next.place(0)),
                    Some(next) => {
                        glyph = next.ink;
                        line = next;
                    }
                }
            }
            glyph -= 1;
            if words.class(&line, glyph) != Class::Blank {
                break;
            }
        }
        let class = words.class(&line, glyph);
        while glyph > 0 && words.class(&line, glyph - 1) == class {
            glyph -= 1;
        }
        Ok(line.place(glyph))
    }

    fn word_end(self, at: Place, words: Words) -> Need<Place> {
        let mut line = self.book.line(at.line)?;
        let mut glyph = line.at_ink(at.column) + 1;
        loop {
            while glyph < line.ink && words.class(&line, glyph) == Class::Blank {
                glyph += 1;
            }
            if glyph < line.ink {
                break;
            }
            match self.book.after(&line)? {
                None => return Ok(line.last()),
                Some(next) => (line, glyph) = (next, 0),
            }
        }
        let class = words.class(&line, glyph);
        while glyph + 1 < line.ink && words.class(&line, glyph + 1) == class {
            glyph += 1;
        }
        Ok(line.place(glyph))
    }

    fn next(self, line: &Line, direction: Direction) -> Need<Option<Line>> {
        match direction {
            Direction::Forward => self.book.after(line),
            Direction::Backward => self.book.before(line),
        }
    }

    fn paragraph(self, at: Place, direction: Direction) -> Need<Place> {
        let mut line = self.book.line(at.line)?;
        let mut text = !line.is_blank();
        while let Some(next) = self.next(&line, direction)? {
            line = next;
            if line.is_blank() && text {
                return Ok(line.place(0));
            }
            text |= !line.is_blank();
        }
        Ok(match direction {
            Direction::Forward => line.last(),
            Direction::Backward => line.place(0),
        })
    }

    /// The row of the next prompt; the cursor stays where there is none.
    fn prompt(self, at: Place, direction: Direction) -> Need<Place> {
        let bounds = self.book.bounds()?;
        let row = self.book.line(at.line)?.row_of(at.column);
        let found = match direction {
            Direction::Forward => self.marked((row + 1)..bounds.end, Mark::Prompt)?,
            Direction::Backward => self.marked_back(bounds.oldest, row, Mark::Prompt)?,
        };
        let Some(row) = found else { return Ok(at) };
        let line = self.book.line(row)?;
        Ok(line.place(line.at_ink(line.column_of(row, 0))))
    }

    /// The first row with a mark.
    pub(super) fn marked(self, rows: std::ops::Range<u64>, mark: Mark) -> Need<Option<u64>> {
        for row in rows {
            if self.book.row(row)?.mark == Some(mark) {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// The last row with a mark, before `until`.
    pub(super) fn marked_back(self, from: u64, until: u64, mark: Mark) -> Need<Option<u64>> {
        for row in (from..until).rev() {
            if self.book.row(row)?.mark == Some(mark) {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }
}

/// What counts as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// Letters, digits and underscores; other signs are words of their own.
    Small,
    /// Whatever is between blanks.
    Big,
    /// What a double click takes: names, paths, addresses.
    Click,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Blank,
    Word,
    Sign,
}

impl Words {
    pub(super) fn class(self, line: &Line, glyph: usize) -> Class {
        line.char_at(glyph).map_or(Class::Blank, |c| self.of(c))
    }

    pub(super) fn of(self, c: char) -> Class {
        let word = c.is_alphanumeric() || c == '_';
        match self {
            _ if c.is_whitespace() => Class::Blank,
            Self::Big => Class::Word,
            Self::Small if word => Class::Word,
            Self::Click if word || "-./~:@%+#?&=$".contains(c) => Class::Word,
            Self::Small | Self::Click => Class::Sign,
        }
    }
}
