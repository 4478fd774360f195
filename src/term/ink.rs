//! How far the rows of a screen are written, at most: so that blank cells need not be looked at.
//!
//! An upper bound, kept where it is cheap to keep and given up (the whole row) where it is not.

use std::collections::VecDeque;

/// For each row of the screen the column after the last that may be other than blank and plain.
#[derive(Clone, Debug)]
pub(super) struct Ink {
    rows: VecDeque<u16>,
}

impl Ink {
    /// Nothing is known about any row.
    pub(super) fn unknown(rows: u16) -> Self {
        Self {
            rows: std::iter::repeat_n(u16::MAX, usize::from(rows)).collect(),
        }
    }

    /// The columns of a row that may be written.
    pub(super) fn of(&self, line: i32) -> usize {
        let row = usize::try_from(line)
            .ok()
            .and_then(|line| self.rows.get(line));
        row.map_or(usize::MAX, |&end| usize::from(end))
    }

    /// A row was written up to a column, which is not its part any more.
    pub(super) fn reach(&mut self, line: i32, end: usize) {
        if let Some(row) = self.row(line) {
            *row = (*row).max(u16::try_from(end).unwrap_or(u16::MAX));
        }
    }

    /// Anything may have happened to a row.
    pub(super) fn lose(&mut self, line: i32) {
        if let Some(row) = self.row(line) {
            *row = u16::MAX;
        }
    }

    /// Anything may have happened to all of them.
    pub(super) fn lose_all(&mut self) {
        self.rows.iter_mut().for_each(|row| *row = u16::MAX);
    }

    /// All rows are blank.
    pub(super) fn clear(&mut self) {
        self.rows.iter_mut().for_each(|row| *row = 0);
    }

    /// All rows went one up; below comes a blank one, or one with a colour.
    pub(super) fn scroll(&mut self, blank: bool) {
        if self.rows.pop_front().is_some() {
            self.rows.push_back(if blank { 0 } else { u16::MAX });
        }
    }

    fn row(&mut self, line: i32) -> Option<&mut u16> {
        let line = usize::try_from(line).ok()?;
        self.rows.get_mut(line)
    }
}
