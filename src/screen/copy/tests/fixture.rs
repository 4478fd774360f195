//! A history that is asked for its rows, and hands that press keys.

use std::collections::VecDeque;

use unicode_width::UnicodeWidthChar;

use crate::screen::copy::{Act, Ask, Begin, Copy, Grip, Mark, Pointer, Row, Told, Wish};

/// The keeper of a history.
#[derive(Clone, Debug, Default)]
pub(super) struct Keeper {
    pub(super) rows: Vec<Row>,
    pub(super) oldest: u64,
    pub(super) height: usize,
    pub(super) asked: usize,
}

impl Keeper {
    /// These lines on a terminal of so many columns, the last `height` rows on its screen.
    pub(super) fn new<T: AsRef<str>>(lines: &[T], columns: usize, height: usize) -> Self {
        let mut rows = Vec::new();
        for line in lines {
            wrap(line.as_ref(), columns, &mut rows);
        }
        while rows.len() < height {
            rows.push(Row::BLANK);
        }
        Self {
            rows,
            oldest: 0,
            height,
            asked: 0,
        }
    }

    pub(super) fn mark(mut self, row: usize, mark: Mark) -> Self {
        self.rows[row].mark = Some(mark);
        self
    }

    pub(super) fn top(&self) -> u64 {
        u64::try_from(self.rows.len() - self.height).unwrap()
    }

    pub(super) fn answer(&mut self, ask: Ask) -> Told {
        self.asked += 1;
        let end = u64::try_from(self.rows.len()).unwrap();
        let from = ask.from.clamp(self.oldest, end);
        let to = (from + u64::from(ask.count)).min(end);
        Told {
            oldest: self.oldest,
            top: self.top(),
            end,
            from,
            rows: self.rows[usize::try_from(from).unwrap()..usize::try_from(to).unwrap()].to_vec(),
        }
    }
}

/// Cuts a line the way a terminal does.
fn wrap(line: &str, columns: usize, rows: &mut Vec<Row>) {
    let mut row = Row {
        columns: u16::try_from(columns).unwrap(),
        ..Row::BLANK
    };
    let mut used = 0;
    for c in line.chars() {
        let width = c.width().unwrap_or(0);
        if used + width > columns {
            let next = Row {
                text: String::new(),
                ..row.clone()
            };
            row.wrapped = true;
            rows.push(std::mem::replace(&mut row, next));
            used = 0;
        }
        row.text.push(c);
        used += width;
    }
    row.text.truncate(row.text.trim_end_matches(' ').len());
    rows.push(row);
}

/// An operator who looks back.
#[derive(Debug)]
pub(super) struct Hands {
    pub(super) keeper: Keeper,
    pub(super) copy: Copy,
    pub(super) said: Vec<Wish>,
}

impl Hands {
    /// Begins at the bottom of the screen.
    pub(super) fn begin(keeper: Keeper, size: (u16, u16), grip: Grip) -> Self {
        let used = keeper.rows.iter().rposition(|row| !row.text.is_empty());
        let top = usize::try_from(keeper.top()).unwrap();
        let row = used.unwrap_or(0).saturating_sub(top);
        let begin = Begin {
            first: 0,
            cursor: (0, u16::try_from(row).unwrap()),
        };
        let (copy, wishes) = Copy::open(size, grip, begin);
        let mut hands = Self {
            keeper,
            copy,
            said: Vec::new(),
        };
        hands.carry_out(wishes);
        hands
    }

    pub(super) fn carry_out(&mut self, wishes: Vec<Wish>) {
        let mut open = VecDeque::from(wishes);
        while let Some(wish) = open.pop_front() {
            if let Wish::Ask(ask) = wish {
                let told = self.keeper.answer(ask);
                assert!(self.keeper.asked < 2_000, "it asks without end: {ask:?}");
                open.extend(self.copy.hear(told));
            } else {
                self.said.push(wish);
            }
        }
    }

    pub(super) fn act(&mut self, act: Act) -> &mut Self {
        let wishes = self.copy.act(act);
        self.carry_out(wishes);
        self
    }

    pub(super) fn point(&mut self, pointer: Pointer) -> &mut Self {
        let wishes = self.copy.point(pointer);
        self.carry_out(wishes);
        self
    }

    pub(super) fn scroll(&mut self, rows: i64) -> &mut Self {
        let wishes = self.copy.scroll(rows);
        self.carry_out(wishes);
        self
    }

    pub(super) fn search(&mut self, text: &str) -> &mut Self {
        let wishes = self.copy.search_text(text);
        self.carry_out(wishes);
        self.finish();
        self
    }

    /// Lets a search run to its end.
    pub(super) fn finish(&mut self) {
        while self.copy.due().is_some() {
            let wishes = self.copy.work();
            self.carry_out(wishes);
        }
    }

    pub(super) fn copied(&self) -> Option<&str> {
        self.said.iter().rev().find_map(|wish| match wish {
            Wish::Copied(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// The row and the column of the line that the cursor is at.
    pub(super) fn at(&self) -> (u64, usize) {
        let pose = self.copy.pose.unwrap();
        (pose.cursor.line, pose.cursor.column)
    }
}
