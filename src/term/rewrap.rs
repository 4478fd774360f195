//! Packed rows cut anew at another number of columns: the soft-wrapped ones of a line are joined.
//!
//! Looks and tags go along with the text. A cluster is never cut; a wide one that does not fit
//! leaves the last column free. Rows are taken one after the other, so that a line of any length
//! costs the memory of one row. Never looks at the emulator's types. Entry point: [`rewrap`].

use super::cells::CellStyle;
use super::cluster::Clusters;
use super::pack::{PackedRow, TagRun};

/// Fewer columns do not hold a wide character.
const COLUMNS_MIN: usize = 2;

/// Gives `out` the rows of `columns` columns that `rows` become. A line that goes on after the last
/// of them ends in a row that has as many columns as it has text, since what follows belongs there.
pub(super) fn rewrap(
    rows: impl Iterator<Item = PackedRow>,
    columns: u16,
    mut out: impl FnMut(&PackedRow),
) {
    let mut cutter = Cutter {
        columns: usize::from(columns).max(COLUMNS_MIN),
        ..Cutter::default()
    };
    let mut goes_on = false;
    for row in rows {
        if !goes_on && !row.wrapped && fits(&row, cutter.columns) {
            out(&row);
            continue;
        }
        cutter.add(&row, &mut out);
        goes_on = row.wrapped;
        if !goes_on {
            cutter.give(&mut out);
        }
    }
    if cutter.used > 0 {
        cutter.row.wrapped = true;
        cutter.columns = cutter.used;
        cutter.give(&mut out);
    }
}

/// Whether a row that is a whole line has room in so many columns.
fn fits(row: &PackedRow, columns: usize) -> bool {
    // No character takes more columns than bytes.
    let text = || {
        Clusters(&row.text)
            .map(|(_, columns)| columns)
            .sum::<usize>()
    };
    extent(row) <= columns && (row.text.len() <= columns || text() <= columns)
}

/// Columns that look like something or carry something.
fn extent(row: &PackedRow) -> usize {
    let looks = row
        .styles
        .iter()
        .map(|(count, _)| usize::from(*count))
        .sum();
    let tags = row.tags.last().map_or(0, |run| usize::from(run.to));
    tags.max(looks)
}

/// The row that is being filled.
#[derive(Default)]
struct Cutter {
    columns: usize,
    row: PackedRow,
    /// Columns of it that are filled.
    used: usize,
}

impl Cutter {
    /// Adds what stands in a row of the line; a row that goes on is full up to its last column.
    fn add(&mut self, row: &PackedRow, out: &mut impl FnMut(&PackedRow)) {
        let mut source = Source::of(row);
        let mut text = row.text.as_str();
        while !text.is_empty() {
            let (bytes, columns) = leading(text, self.columns - self.used);
            if columns == 0 {
                self.go_on(out);
                continue;
            }
            let (piece, rest) = text.split_at(bytes);
            self.row.text.push_str(piece);
            self.look(&mut source, columns);
            text = rest;
        }
        let end = if row.wrapped {
            usize::from(row.columns) - usize::from(row.short).min(usize::from(row.columns))
        } else {
            extent(row)
        };
        while source.column < end {
            let blanks = (self.columns - self.used).min(end - source.column);
            if blanks == 0 {
                self.go_on(out);
                continue;
            }
            self.row.text.extend(std::iter::repeat_n(' ', blanks));
            self.look(&mut source, blanks);
        }
    }

    /// Takes over how the next columns look and what they carry.
    fn look(&mut self, source: &mut Source<'_>, columns: usize) {
        source.tags(columns, |from, to, run| {
            let (from, to) = (narrow(self.used + from), narrow(self.used + to));
            match self.row.tags.last_mut() {
                Some(last) if last.to == from && last.tag == run.tag => last.to = to,
                _ => self.row.tags.push(TagRun {
                    from,
                    to,
                    tag: run.tag.clone(),
                }),
            }
        });
        source.styles(columns, |count, style| self.row.push_style(count, style));
        source.column += columns;
        self.used += columns;
    }

    /// Gives the row away and begins the next one of the line.
    fn go_on(&mut self, out: &mut impl FnMut(&PackedRow)) {
        self.row.wrapped = true;
        self.row.short = self.used < self.columns;
        self.give(out);
    }

    fn give(&mut self, out: &mut impl FnMut(&PackedRow)) {
        self.row.columns = narrow(self.columns);
        self.row.trim();
        out(&self.row);
        self.used = 0;
        self.row.text.clear();
        self.row.styles.clear();
        self.row.tags.clear();
        self.row.wrapped = false;
        self.row.short = false;
    }
}

/// Bytes and columns of the clusters at the beginning that have room.
fn leading(text: &str, room: usize) -> (usize, usize) {
    let (mut bytes, mut used) = (0, 0);
    for (cluster, columns) in Clusters(text) {
        if used + columns > room {
            break;
        }
        bytes += cluster.len();
        used += columns;
    }
    (bytes, used)
}

/// Looks and tags of a row, read from the left.
struct Source<'a> {
    column: usize,
    styles: std::slice::Iter<'a, (u16, CellStyle)>,
    /// What is left of the run of looks that has begun.
    begun: (usize, CellStyle),
    tags: &'a [TagRun],
}

impl<'a> Source<'a> {
    fn of(row: &'a PackedRow) -> Self {
        Self {
            column: 0,
            styles: row.styles.iter(),
            begun: (0, CellStyle::default()),
            tags: &row.tags,
        }
    }

    fn styles(&mut self, mut columns: usize, mut take: impl FnMut(usize, CellStyle)) {
        while columns > 0 {
            if self.begun.0 == 0 {
                let next = self.styles.next();
                self.begun = next.map_or((columns, CellStyle::default()), |(count, style)| {
                    (usize::from(*count), *style)
                });
            }
            let count = self.begun.0.min(columns);
            if count > 0 {
                take(count, self.begun.1);
            }
            self.begun.0 -= count;
            columns -= count;
        }
    }

    /// Tags of the next columns, as columns counted from there.
    fn tags(&mut self, columns: usize, mut take: impl FnMut(usize, usize, &TagRun)) {
        let end = self.column + columns;
        while let Some((run, rest)) = self.tags.split_first() {
            let (from, to) = (usize::from(run.from), usize::from(run.to));
            if from < end && to > self.column {
                let from = from.max(self.column);
                take(from - self.column, to.min(end) - self.column, run);
            }
            if to > end {
                break;
            }
            self.tags = rest;
        }
    }
}

fn narrow(columns: usize) -> u16 {
    u16::try_from(columns).unwrap_or(u16::MAX)
}
