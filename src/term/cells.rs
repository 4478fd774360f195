//! Cells for drawing, in words of our own: a drawing layer never sees the emulator's types.
//!
//! Pairs of wide characters that the program tore apart are told as blanks, so that whoever
//! draws can trust the widths.

use std::borrow::Cow;

use alacritty_terminal::grid::{Dimensions, Grid, Row};
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::vte::ansi::{Color, NamedColor, Rgb};
use serde::{Deserialize, Serialize};

use super::cluster::Clusters;
use super::emulator::Emulator;
use super::pack::PackedRow;
use super::packing;
use super::tag::Tag;

/// A colour as the program chose it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CellStyle {
    /// Text.
    pub fg: CellColor,
    /// Ground.
    pub bg: CellColor,
    /// Underline; `None` follows the text.
    pub underline_color: Option<CellColor>,
    /// The bits of [`CellStyle::BOLD`] and its neighbours.
    pub attributes: u8,
    /// What its underline looks like, where it has one.
    #[serde(default, skip_serializing_if = "Underline::is_single")]
    pub underline: Underline,
}

/// What an underline looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Underline {
    /// One line; also where there is none.
    #[default]
    Single,
    /// Two lines.
    Double,
    /// A wave.
    Curly,
    /// Dots.
    Dotted,
    /// Dashes.
    Dashed,
}

impl Underline {
    /// All kinds; the place of each is its number in a packed row.
    pub const ALL: [Self; 5] = [
        Self::Single,
        Self::Double,
        Self::Curly,
        Self::Dotted,
        Self::Dashed,
    ];

    const fn is_single(&self) -> bool {
        matches!(self, Self::Single)
    }

    const fn flag(self) -> Flags {
        match self {
            Self::Single => Flags::UNDERLINE,
            Self::Double => Flags::DOUBLE_UNDERLINE,
            Self::Curly => Flags::UNDERCURL,
            Self::Dotted => Flags::DOTTED_UNDERLINE,
            Self::Dashed => Flags::DASHED_UNDERLINE,
        }
    }
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
#[derive(Clone, Debug)]
pub struct RowView<'a> {
    pub(super) row: Cow<'a, Row<Cell>>,
}

impl RowView<'_> {
    /// The cells from the left, exactly as many as the terminal has columns.
    pub fn cells(&self) -> impl Iterator<Item = CellView<'_>> {
        let row = self.row.as_ref();
        (0..row.len()).map(move |column| cell_at(row, column))
    }

    /// Whether the text goes on in the next row.
    pub fn wrapped(&self) -> bool {
        self.row
            .last()
            .is_some_and(|cell| cell.flags.contains(Flags::WRAPLINE))
    }

    /// Whether nothing stands in it.
    pub(super) fn is_blank(&self) -> bool {
        packing::used(&self.row, usize::MAX) == 0
    }

    /// The text without trailing blanks.
    pub fn text(&self) -> String {
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
    row_in(emulator.term.grid(), line)
}

/// The same from the grid alone.
pub(super) fn row_in(grid: &Grid<Cell>, line: i32) -> RowView<'_> {
    let lowest = grid.screen_lines().saturating_sub(1);
    let top = -i32::try_from(grid.history_size()).unwrap_or(i32::MAX);
    let bottom = i32::try_from(lowest).unwrap_or(i32::MAX);
    RowView {
        row: Cow::Borrowed(&grid[Line(line.clamp(top, bottom))]),
    }
}

/// A packed row as cells, as many as the screen has columns by now.
pub(super) fn row_of(packed: &PackedRow, columns: usize) -> RowView<'static> {
    let mut cells: Vec<Cell> = Vec::with_capacity(columns);
    let mut styles = packed
        .styles
        .iter()
        .flat_map(|(count, style)| std::iter::repeat_n(*style, usize::from(*count)));
    for (cluster, columns) in Clusters(&packed.text) {
        let mut characters = cluster.chars();
        let Some(first) = characters.next() else {
            continue;
        };
        let mut cell = cell_of(first, styles.next().unwrap_or_default());
        characters.for_each(|mark| cell.push_zerowidth(mark));
        if columns == 2 {
            let mut half = cell_of(' ', styles.next().unwrap_or_default());
            half.flags.insert(Flags::WIDE_CHAR_SPACER);
            cell.flags.insert(Flags::WIDE_CHAR);
            cells.extend([cell, half]);
        } else {
            cells.push(cell);
        }
    }
    for run in &packed.tags {
        let end = usize::from(run.to).min(columns);
        let blanks = end.saturating_sub(cells.len());
        cells.extend((0..blanks).map(|_| cell_of(' ', styles.next().unwrap_or_default())));
        let tagged = cells.get_mut(usize::from(run.from)..end);
        for cell in tagged.into_iter().flatten() {
            cell.set_hyperlink(Some(run.tag.0.clone()));
        }
    }
    let room = columns.saturating_sub(cells.len());
    cells.extend((0..room).map(|_| cell_of(' ', styles.next().unwrap_or_default())));
    cells.truncate(columns);
    if let Some(last) = cells.last_mut().filter(|_| packed.wrapped) {
        last.flags.insert(Flags::WRAPLINE);
    }
    RowView {
        row: Cow::Owned(Row::from_vec(cells, columns)),
    }
}

fn cell_of(c: char, style: CellStyle) -> Cell {
    let mut cell = Cell {
        c,
        fg: color_for(style.fg, NamedColor::Foreground),
        bg: color_for(style.bg, NamedColor::Background),
        ..Cell::default()
    };
    for (flag, bit) in FLAGS {
        cell.flags.set(flag, style.has(bit));
    }
    cell.flags
        .set(style.underline.flag(), style.has(CellStyle::UNDERLINE));
    cell.set_underline_color(
        style
            .underline_color
            .map(|color| color_for(color, NamedColor::Foreground)),
    );
    cell
}

fn color_for(color: CellColor, default: NamedColor) -> Color {
    match color {
        CellColor::Default => Color::Named(default),
        CellColor::Indexed(index) => Color::Indexed(index),
        CellColor::Rgb(r, g, b) => Color::Spec(Rgb { r, g, b }),
    }
}

pub(super) fn cell_at(row: &Row<Cell>, column: usize) -> CellView<'_> {
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

const FLAGS: [(Flags, u8); 6] = [
    (Flags::BOLD, CellStyle::BOLD),
    (Flags::DIM, CellStyle::DIM),
    (Flags::ITALIC, CellStyle::ITALIC),
    (Flags::INVERSE, CellStyle::REVERSE),
    (Flags::STRIKEOUT, CellStyle::STRIKE),
    (Flags::HIDDEN, CellStyle::HIDDEN),
];

/// Halves of wide characters.
pub(super) const HALVES: Flags = Flags::WIDE_CHAR.union(Flags::WIDE_CHAR_SPACER);

pub(super) fn style_of(cell: &Cell) -> CellStyle {
    let mut attributes = FLAGS
        .iter()
        .filter(|(flag, _)| cell.flags.contains(*flag))
        .fold(0, |sum, (_, bit)| sum | bit);
    let kinds = Underline::ALL.into_iter();
    let underline = kinds
        .filter(|_| cell.flags.intersects(Flags::ALL_UNDERLINES))
        .find(|kind| cell.flags.contains(kind.flag()));
    if underline.is_some() {
        attributes |= CellStyle::UNDERLINE;
    }
    CellStyle {
        fg: color_of(cell.fg),
        bg: color_of(cell.bg),
        underline_color: cell.underline_color().map(color_of),
        attributes,
        underline: underline.unwrap_or_default(),
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
