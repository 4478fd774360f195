//! The mouse over the view: dragging selects characters, two clicks words, three clicks lines.

use super::book::Need;
use super::line::Place;
use super::motion::Pose;
use super::select::{Kind, Selection};
use super::state::{Copy, Grip, Wish};
use super::view::to_i64;

/// Most rows that the view moves at once while the mouse is beyond its edge.
const EDGE_ROWS: i64 = 3;

/// What the mouse did, in columns and rows of the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pointer {
    /// The left button went down, for the first, second or third time at a place.
    Press {
        /// The column.
        column: u16,
        /// The row.
        row: u16,
        /// How often.
        clicks: u8,
    },
    /// It was moved with the button down; it may be outside of the view.
    Drag {
        /// The column.
        column: i32,
        /// The row.
        row: i32,
    },
    /// The button went up.
    Release,
}

impl Copy {
    pub(super) fn perform_point(&mut self, pointer: Pointer) -> Need<Vec<Wish>> {
        let pose = self.pose.unwrap_or_default();
        match pointer {
            Pointer::Press {
                column,
                row,
                clicks,
            } => {
                let cursor = self.place_at(pose.top, i32::from(column), i32::from(row))?;
                self.press(pose, cursor, clicks);
                Ok(Vec::new())
            }
            Pointer::Drag { column, row } => self.drag(pose, column, row),
            Pointer::Release => self.let_go(pose),
        }
    }

    fn press(&mut self, pose: Pose, cursor: Place, clicks: u8) {
        self.pressed = Some(cursor);
        self.pose = Some(Pose { cursor, ..pose });
        let kind = match clicks {
            0 | 1 => None,
            2 => Some(Kind::Word),
            3.. => Some(Kind::Line),
        };
        self.selection = kind.map(|kind| Selection {
            anchor: cursor,
            kind,
        });
    }

    fn drag(&mut self, pose: Pose, column: i32, row: i32) -> Need<Vec<Wish>> {
        let Some(anchor) = self.pressed else {
            return Ok(Vec::new());
        };
        let height = i32::try_from(self.lens.height).unwrap_or(i32::MAX);
        let beyond = match row {
            ..0 => i64::from(row),
            _ if row >= height => i64::from(row - height + 1),
            _ => 0,
        };
        let by = beyond.clamp(-EDGE_ROWS, EDGE_ROWS);
        let lowest = self.lens.lowest(&self.book)?;
        let top = self.lens.step(&self.book, pose.top, by)?.min(lowest);
        let cursor = self.place_at(top, column, row)?;
        self.pose_at(Pose {
            top,
            cursor,
            ..pose
        })?;
        self.selection.get_or_insert(Selection {
            anchor,
            kind: Kind::Character,
        });
        self.edge = (by != 0).then_some(Pointer::Drag { column, row });
        Ok(Vec::new())
    }

    fn let_go(&mut self, pose: Pose) -> Need<Vec<Wish>> {
        let wishes = if self.selection.is_some() && self.pressed.is_some() {
            self.copy_selection(pose, None)?
        } else if self.grip == Grip::Passive && pose.top >= self.lens.lowest(&self.book)? {
            vec![Wish::Leave]
        } else {
            Vec::new()
        };
        self.pressed = None;
        self.edge = None;
        Ok(wishes)
    }

    /// The place under a cell of the view, or the nearest.
    fn place_at(&self, top: Place, column: i32, row: i32) -> Need<Place> {
        let shown = self.lens.rows(&self.book, top)?;
        let last = i32::try_from(shown.len()).unwrap_or(i32::MAX) - 1;
        let at = usize::try_from(row.clamp(0, last.max(0))).unwrap_or(0);
        let right = to_i64(self.lens.width) - 1;
        let column = usize::try_from(i64::from(column).clamp(0, right)).unwrap_or(0);
        Ok(shown.get(at).map_or(top, |row| row.place(column)))
    }
}
