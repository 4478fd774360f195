//! Cells for drawing, in words of our own: a drawing layer never sees the emulator's types.
//!
//! Pairs of wide characters that the program tore apart are told as blanks, so that whoever
//! draws can trust the widths.

use alacritty_terminal::grid::{Dimensions, Row};
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::vte::ansi::{Color, NamedColor};

use super::emulator::Emulator;
use super::tag::Tag;

/// A colour as the program chose it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CellColor {
    /// The terminal's own.
    #[default]
    Default,
    /// One of the 256.
    Indexed(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// How a cell looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CellStyle {
    /// Text.
    pub fg: CellColor,
    /// Ground.
    pub bg: CellColor,
    /// Underline; `None` follows the text.
    pub underline_color: Option<CellColor>,
    /// The bits of [`CellStyle::BOLD`] and its neighbours.
    pub attributes: u8,
}

impl CellStyle {
    /// Bold.
    pub const BOLD: u8 = 1;
    /// Dim.
    pub const DIM: u8 = 2;
    /// Italic.
    pub const ITALIC: u8 = 4;
    /// Underlined in any way.
    pub const UNDERLINE: u8 = 8;
    /// Text and ground change places.
    pub const REVERSE: u8 = 16;
    /// Struck through.
    pub const STRIKE: u8 = 32;
    /// Not to be shown.
    pub const HIDDEN: u8 = 64;

    /// Whether all of `attribute`'s bits are set.
    pub const fn has(self, attribute: u8) -> bool {
        self.attributes & attribute == attribute
    }
}

/// What place a cell has in its character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellWidth {
    /// A character of one column.
    Narrow,
    /// The left half of a character of two columns.
    Wide,
    /// The right half: nothing is to be drawn.
    Spacer,
}

/// One cell.
#[derive(Clone, Copy, Debug)]
pub struct CellView<'a> {
    pub(super) cell: &'a Cell,
    width: CellWidth,
    torn: bool,
}

impl<'a> CellView<'a> {
    /// The base character; a blank for spacers and tabs.
    pub fn symbol(&self) -> char {
        if self.torn || self.width == CellWidth::Spacer || self.cell.c.is_control() {
            ' '
        } else {
            self.cell.c
        }
    }

    /// Characters of no width on top of the base character, at most 7.
    pub fn marks(&self) -> &'a [char] {
        if self.torn || self.width == CellWidth::Spacer {
            return &[];
        }
        self.cell.zerowidth().unwrap_or_default()
    }

    /// The cell's place in its character.
    pub fn width(&self) -> CellWidth {
        self.width
    }

    /// What it carries besides its look.
    pub fn tag(&self) -> Option<Tag> {
        self.cell.hyperlink().map(Tag)
    }

    /// How it looks.
    pub fn style(&self) -> CellStyle {
        style_of(self.cell)
    }
}

/// One row of cells.
#[derive(Clone, Copy, Debug)]
pub struct RowView<'a> {
    row: &'a Row<Cell>,
}

impl<'a> RowView<'a> {
    /// The cells from the left, exactly as many as the terminal has columns.
    pub fn cells(self) -> impl Iterator<Item = CellView<'a>> {
        let row = self.row;
        (0..row.len()).map(move |column| cell_at(row, column))
    }

    /// Whether the text goes on in the next row.
    pub fn wrapped(&self) -> bool {
        self.row
            .last()
            .is_some_and(|cell| cell.flags.contains(Flags::WRAPLINE))
    }

    /// The text without trailing blanks.
    pub fn text(self) -> String {
        let mut text = String::new();
        for cell in self.cells() {
            if cell.width() != CellWidth::Spacer {
                text.push(cell.symbol());
                text.extend(cell.marks());
            }
        }
        text.truncate(text.trim_end_matches(' ').len());
        text
    }
}

/// The row `line` of the active screen: 0 is its top, negative numbers are history.
pub(super) fn row_at(emulator: &Emulator, line: i32) -> RowView<'_> {
    let grid = emulator.term.grid();
    let lowest = grid.screen_lines().saturating_sub(1);
    let top = -i32::try_from(grid.history_size()).unwrap_or(i32::MAX);
    let bottom = i32::try_from(lowest).unwrap_or(i32::MAX);
    RowView {
        row: &grid[Line(line.clamp(top, bottom))],
    }
}

fn cell_at(row: &Row<Cell>, column: usize) -> CellView<'_> {
    let cell = &row[Column(column)];
    let has =
        |column: usize, flag: Flags| column < row.len() && row[Column(column)].flags.contains(flag);
    let (width, torn) = if cell.flags.contains(Flags::WIDE_CHAR) {
        let whole = has(column + 1, Flags::WIDE_CHAR_SPACER);
        if whole {
            (CellWidth::Wide, false)
        } else {
            (CellWidth::Narrow, true)
        }
    } else if cell.flags.contains(Flags::WIDE_CHAR_SPACER) {
        let whole = column > 0 && has(column - 1, Flags::WIDE_CHAR);
        if whole {
            (CellWidth::Spacer, false)
        } else {
            (CellWidth::Narrow, true)
        }
    } else {
        (CellWidth::Narrow, false)
    };
    CellView { cell, width, torn }
}

pub(super) fn style_of(cell: &Cell) -> CellStyle {
    let table = [
        (Flags::BOLD, CellStyle::BOLD),
        (Flags::DIM, CellStyle::DIM),
        (Flags::ITALIC, CellStyle::ITALIC),
        (Flags::INVERSE, CellStyle::REVERSE),
        (Flags::STRIKEOUT, CellStyle::STRIKE),
        (Flags::HIDDEN, CellStyle::HIDDEN),
    ];
    let mut attributes = table
        .iter()
        .filter(|(flag, _)| cell.flags.contains(*flag))
        .fold(0, |sum, (_, bit)| sum | bit);
    if cell.flags.intersects(Flags::ALL_UNDERLINES) {
        attributes |= CellStyle::UNDERLINE;
    }
    CellStyle {
        fg: color_of(cell.fg),
        bg: color_of(cell.bg),
        underline_color: cell.underline_color().map(color_of),
        attributes,
    }
}

fn color_of(color: Color) -> CellColor {
    match color {
        Color::Spec(rgb) => CellColor::Rgb(rgb.r, rgb.g, rgb.b),
        Color::Indexed(index) => CellColor::Indexed(index),
        Color::Named(name) => named(name),
    }
}

fn named(name: NamedColor) -> CellColor {
    match name as usize {
        index @ 0..=15 => CellColor::Indexed(u8::try_from(index).unwrap_or_default()),
        _ => CellColor::Default,
    }
}
