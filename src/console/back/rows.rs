//! Rows in the form in which a history is looked at: a screen's own, and those of a recording.

use crate::screen::copy::{Link, Mark, Row};
use crate::support::text::strip_block;
use crate::term::{CellStyle, CellWidth, PackedRow, RowView, Screen, Tag, Zone};

/// Rows by which a screen's own are found among the recorded ones.
pub(super) const PROBE: usize = 40;

/// Those of the recorded rows that come before a screen's own. A recording lags by up to a second,
/// so the oldest of the screen's rows are looked for in it, from its end.
pub(super) fn before(mut recorded: Vec<Row>, own: &mut [Row]) -> Vec<Row> {
    let found = place_of(own, &recorded);
    if let Some(at) = found {
        inherit(own, recorded.get_mut(at..).unwrap_or_default());
    }
    // Without a trace of them all that is more than the screen has itself is older.
    let older = found.unwrap_or(recorded.len().saturating_sub(own.len()));
    recorded.truncate(older);
    recorded
}

/// Adds what a screen shows by now to the rows that are known. Says no where they do not touch:
/// too much came at once, or the rows were cut anew.
pub(super) fn go_on(known: &mut Vec<Row>, mut own: Vec<Row>) -> bool {
    let Some(at) = place_of(&own, known) else {
        return false;
    };
    inherit(&mut own, known.get_mut(at..).unwrap_or_default());
    known.truncate(at);
    known.extend(own);
    true
}

/// What a screen was given whole it has without marks and links: they come from the same rows as
/// they were known before.
pub(super) fn inherit(own: &mut [Row], known: &mut [Row]) {
    for (one, other) in own.iter_mut().zip(known) {
        if one.text == other.text {
            one.mark = one.mark.or(other.mark);
            if one.links.is_empty() {
                one.links = std::mem::take(&mut other.links);
            }
        }
    }
}

/// The last place in `rows` where another piece's first rows begin.
fn place_of(piece: &[Row], rows: &[Row]) -> Option<usize> {
    (0..rows.len()).rev().find(fits(piece, rows))
}

/// The place nearest to `wanted` in `rows` where another piece's first rows begin.
pub(super) fn place_near(wanted: usize, piece: &[Row], rows: &[Row]) -> Option<usize> {
    let mut places: Vec<usize> = (0..rows.len()).collect();
    places.sort_by_key(|at| at.abs_diff(wanted));
    places.into_iter().find(fits(piece, rows))
}

/// Whether another piece's first rows are those of `rows` from a place on, as far as both go.
fn fits(piece: &[Row], rows: &[Row]) -> impl Fn(&usize) -> bool {
    let probe = piece.get(..PROBE.min(piece.len())).unwrap_or_default();
    move |at: &usize| {
        let there = rows.get(*at..).unwrap_or_default();
        let mut pairs = there.iter().zip(probe);
        let any = probe
            .iter()
            .take(there.len())
            .any(|row| !row.text.is_empty());
        any && pairs.all(|(one, other)| one.text == other.text)
    }
}

/// A row as the host tells it: without marks and links.
pub(super) fn of_packed(row: PackedRow) -> Row {
    Row {
        text: row.text,
        styles: row.styles,
        columns: row.columns,
        wrapped: row.wrapped,
        mark: None,
        links: Vec::new(),
    }
}

/// Every row that the screen has, the oldest first.
pub(super) fn rows_of(screen: &Screen) -> Vec<Row> {
    let (columns, height) = screen.size();
    let height = usize::from(height).max(1);
    let mut packer = Packer::default();
    let mut rows = Vec::new();
    let mut above = screen.history_len();
    while above > 0 {
        let count = above.min(height);
        let piece = screen.rows(above).take(count);
        rows.extend(piece.map(|row| packer.pack(row, columns)));
        above -= count;
    }
    rows.extend(screen.rows(0).map(|row| packer.pack(row, columns)));
    rows
}

/// Packs rows one after the other, for a mark is where a zone begins.
#[derive(Default)]
struct Packer {
    last: Option<Tag>,
    /// Whether this is not the first row of all.
    begun: bool,
}

impl Packer {
    fn pack(&mut self, view: RowView<'_>, columns: u16) -> Row {
        let mut row = Row {
            columns,
            wrapped: view.wrapped(),
            ..Row::BLANK
        };
        for (column, cell) in (0_u16..).zip(view.cells()) {
            if cell.width() != CellWidth::Spacer {
                row.text.push(cell.symbol());
                row.text.extend(cell.marks());
            }
            let style = cell.style();
            match row.styles.last_mut() {
                Some((count, last)) if *last == style => *count = count.saturating_add(1),
                _ => row.styles.push((1, style)),
            }
            if let Some(tag) = cell.tag() {
                self.tag(&mut row, column, tag);
            }
        }
        row.text.truncate(row.text.trim_end_matches(' ').len());
        if row.styles.last().map(|(_, style)| *style) == Some(CellStyle::default()) {
            row.styles.pop();
        }
        self.begun = true;
        row
    }

    fn tag(&mut self, row: &mut Row, column: u16, tag: Tag) {
        if let Some(target) = tag.link() {
            match row.links.last_mut() {
                Some(link) if link.to == column && link.target == target => link.to += 1,
                _ => row.links.push(Link {
                    from: column,
                    to: column + 1,
                    target: target.to_owned(),
                }),
            }
            return;
        }
        // Two prompts may follow each other; all else begins where it was something else before.
        let other = self.last.as_ref() != Some(&tag);
        let begins = match (tag.zone(), self.last.as_ref().and_then(Tag::zone)) {
            (Some(Zone::Prompt), _) => other,
            (now, before) => now != before,
        };
        let mark = match tag.zone() {
            Some(Zone::Prompt) => Some(Mark::Prompt),
            Some(Zone::Output) => Some(Mark::Output),
            Some(Zone::Command) | None => None,
        };
        // What the first row of all is part of may have begun above it.
        if begins && self.begun {
            row.mark = row.mark.or(mark);
        }
        self.last = Some(tag);
    }
}

/// Rows as the text of their lines, soft wraps undone.
pub(super) fn text_of(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        text.push_str(&strip_block(&row.text));
        if row.wrapped {
            let used = usize::from(crate::screen::width(&row.text));
            let gap = usize::from(row.columns).saturating_sub(used);
            // One column may be free because a wide character did not fit.
            text.extend(std::iter::repeat_n(' ', if gap > 1 { gap } else { 0 }));
        } else {
            text.push('\n');
        }
    }
    let end = text.trim_end_matches('\n').len();
    text.truncate(end);
    text.push('\n');
    text
}
