//! A screen as the data that crosses processes: rows of text and styles, and their digest.
//!
//! At most the bottom 40 rows (DECISIONS 10). The digest is stable over processes and builds.

use crate::domain::{ScreenRow, ScreenView, Style};

use super::cells::{CellColor, CellStyle, CellWidth, RowView};
use super::screen::Screen;

/// Rows that a view holds at most.
const ROWS_MAX: u16 = 40;

impl Screen {
    /// The bottom rows with styles, and their digest.
    pub fn view(&self) -> ScreenView {
        let size = self.size();
        let first = size.1.saturating_sub(ROWS_MAX);
        let rows: Vec<ScreenRow> = (first..size.1).map(|row| row_view(self.row(row))).collect();
        let modes = self.modes();
        let mut view = ScreenView {
            rev: self.rev(),
            hash: 0,
            size,
            title: self.title().to_owned(),
            cursor: self
                .cursor()
                .visible
                .then(|| (self.cursor().column, self.cursor().row)),
            alternate: modes.alternate,
            bracketed_paste: modes.bracketed_paste,
            rows,
        };
        view.hash = digest(&view);
        view
    }

    /// The last `count` rows above those of [`Screen::view`] as plain text, oldest first.
    pub fn above(&self, count: usize) -> Vec<String> {
        let first = self.size().1.saturating_sub(ROWS_MAX);
        let shown = (0..first).map(|row| self.row(row).text());
        let mut rows: Vec<String> = self.history(count).into_iter().chain(shown).collect();
        rows.split_off(rows.len().saturating_sub(count))
    }
}

fn row_view(row: RowView<'_>) -> ScreenRow {
    let mut text = String::new();
    let mut runs: Vec<(u16, CellStyle)> = Vec::new();
    for cell in row.cells() {
        if cell.width() != CellWidth::Spacer {
            text.push(cell.symbol());
            text.extend(cell.marks());
        }
        let style = cell.style();
        match runs.last_mut() {
            Some((count, last)) if *last == style => *count = count.saturating_add(1),
            _ => runs.push((1, style)),
        }
    }
    text.truncate(text.trim_end_matches(' ').len());
    while runs
        .last()
        .is_some_and(|(_, style)| *style == CellStyle::default())
    {
        runs.pop();
    }
    ScreenRow {
        text,
        runs: runs
            .into_iter()
            .map(|(count, style)| (count, style_view(style)))
            .collect(),
    }
}

fn style_view(style: CellStyle) -> Style {
    let letters = [
        (CellStyle::BOLD, 'b'),
        (CellStyle::DIM, 'd'),
        (CellStyle::ITALIC, 'i'),
        (CellStyle::UNDERLINE, 'u'),
        (CellStyle::REVERSE, 'r'),
        (CellStyle::STRIKE, 's'),
        (CellStyle::HIDDEN, 'h'),
    ];
    Style {
        fg: color_view(style.fg),
        bg: color_view(style.bg),
        flags: letters
            .iter()
            .filter(|(bit, _)| style.has(*bit))
            .map(|(_, letter)| *letter)
            .collect(),
    }
}

fn color_view(color: CellColor) -> Option<String> {
    match color {
        CellColor::Default => None,
        CellColor::Indexed(index) => Some(index.to_string()),
        CellColor::Rgb(r, g, b) => Some(format!("#{r:02x}{g:02x}{b:02x}")),
    }
}

fn digest(view: &ScreenView) -> u64 {
    let mut sum = Fnv(0xcbf2_9ce4_8422_2325);
    for row in &view.rows {
        sum.add(row.text.as_bytes());
        for (count, style) in &row.runs {
            sum.add(&count.to_le_bytes());
            sum.add(style.fg.as_deref().unwrap_or("-").as_bytes());
            sum.add(style.bg.as_deref().unwrap_or("-").as_bytes());
            sum.add(style.flags.as_bytes());
        }
        sum.add(b"\n");
    }
    if let Some((column, row)) = view.cursor {
        sum.add(&column.to_le_bytes());
        sum.add(&row.to_le_bytes());
    }
    sum.0
}

/// FNV-1a: short, and the same in every build.
struct Fnv(u64);

impl Fnv {
    fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
