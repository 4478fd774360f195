//! A screen's own rows in the form in which a history is looked at.

use crate::screen::copy::Row;
use crate::support::text::clean_block;
use crate::term::{CellStyle, CellWidth, RowView, Screen};

/// Every row that the screen has, the oldest first.
pub(super) fn rows_of(screen: &Screen) -> Vec<Row> {
    let (columns, height) = screen.size();
    let height = usize::from(height).max(1);
    let mut rows = Vec::new();
    let mut above = screen.history_len();
    while above > 0 {
        let count = above.min(height);
        rows.extend(screen.rows(above).take(count).map(|row| pack(row, columns)));
        above -= count;
    }
    rows.extend(screen.rows(0).map(|row| pack(row, columns)));
    rows
}

fn pack(view: RowView<'_>, columns: u16) -> Row {
    let mut row = Row {
        columns,
        wrapped: view.wrapped(),
        ..Row::BLANK
    };
    for cell in view.cells() {
        if cell.width() != CellWidth::Spacer {
            row.text.push(cell.symbol());
            row.text.extend(cell.marks());
        }
        let style = cell.style();
        match row.styles.last_mut() {
            Some((count, last)) if *last == style => *count = count.saturating_add(1),
            _ => row.styles.push((1, style)),
        }
    }
    row.text.truncate(row.text.trim_end_matches(' ').len());
    if row.styles.last().map(|(_, style)| *style) == Some(CellStyle::default()) {
        row.styles.pop();
    }
    row
}

/// Rows as the text of their lines, soft wraps undone.
pub(super) fn text_of(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        text.push_str(&clean_block(&row.text));
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
