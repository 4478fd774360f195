//! Which rows of a screen changed since somebody last looked.

/// Changed rows, kept while they are few.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Damage {
    rows: Vec<bool>,
    all: bool,
}

impl Damage {
    /// Everything is new.
    pub(super) fn new(rows: u16) -> Self {
        Self {
            rows: vec![false; usize::from(rows)],
            all: true,
        }
    }

    pub(super) fn row(&mut self, row: i32) {
        if let Some(row) = usize::try_from(row)
            .ok()
            .and_then(|row| self.rows.get_mut(row))
        {
            *row = true;
        }
    }

    pub(super) fn all(&mut self) {
        self.all = true;
    }

    /// Forgets; says what was.
    pub(super) fn take(&mut self) -> Self {
        let empty = Self {
            rows: vec![false; self.rows.len()],
            all: false,
        };
        std::mem::replace(self, empty)
    }

    /// The rows that changed, from the top; `None` where it may be any.
    pub fn changed(&self) -> Option<impl Iterator<Item = u16>> {
        (!self.all).then(|| {
            let rows = (0_u16..).zip(&self.rows);
            rows.filter(|(_, changed)| **changed).map(|(row, _)| row)
        })
    }
}
