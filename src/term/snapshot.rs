//! Writes a screen as bytes that rebuild it: attach, peek, keyframes and recovery all use this.
//!
//! Begins with a full reset, so that it also brings a used screen into the state. On the alternate
//! screen the primary one, as it was when it was left, comes first. Not kept: tab stops, the last
//! character for repeats, and which halves of a torn wide character are left (they become blanks).

use std::fmt::Write as _;

use alacritty_terminal::grid::{Cursor, Dimensions};
use alacritty_terminal::index::Line;
use alacritty_terminal::term::TermMode;
use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::vte::ansi::{CharsetIndex, Color, CursorShape, StandardCharset};

use super::cells::{CellView, CellWidth, RowView, row_at, row_of};
use super::cluster;
use super::filter::Act;
use super::mouse;
use super::pack::PackedRow;
use super::screen::{Body, Held};
use super::sequence;
use super::tag::{self, Tag, Zone};

/// Ends whatever a used screen is in the middle of, then resets it.
const RESET: &str = "\x18\x1b[?2026l\x1bc";

/// Ends the cluster before the cursor; the keypad's mode is set afterwards.
const APART: &str = "\x1b>";

/// The whole screen, without what is held back or unfinished.
pub(super) fn whole(body: &Body) -> Vec<u8> {
    let mut out = String::new();
    let start = match &body.primary {
        Some(primary) if body.alternate() => {
            out.push_str("\x1b[?1049h\x1b[0m\x1b[r\x1b[?6l\x1b[4l\x1b[?7h\x1b(B\x0f\x1b[2J");
            out.push_str(tag::END);
            primary.clone()
        }
        _ => RESET.as_bytes().to_vec(),
    };
    rows(body, &mut out);
    repeat(body, &mut out);
    let grid = body.emulator.term.grid();
    if grid.saved_cursor != Cursor::default() {
        saved_cursor(body, &mut out);
    }
    modes(body, &mut out);
    tabs(body, &mut out);
    place_cursor(body, &mut out);
    keypad(body, &mut out);
    go_on(body, &mut out);
    put_style(&grid.cursor.template, &mut out);
    if let Some(tag) = grid.cursor.template.hyperlink() {
        out.push_str(&Tag(tag).sequence());
    }
    charsets(&grid.cursor, &mut out);
    out.push(if body.shift == 0 { '\x0f' } else { '\x0e' });
    cursor_style(body, &mut out);
    body.facts.write(&mut out);
    body.keyboard.write(body.alternate(), &mut out);
    body.mouse.write(&mut out);
    put(&mut out, format_args!("\x1b]2;{}\x07", body.title));
    let mut bytes = start;
    bytes.extend_from_slice(out.as_bytes());
    bytes
}

/// A synchronised update that has begun.
pub(super) fn held(held: &Held, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\x1b[?2026h");
    let mut done = 0;
    for (place, act) in &held.acts {
        tag::tell(held.text.get(done..*place).unwrap_or_default(), out);
        done = *place;
        // All other acts are read again from the text around them.
        if let Act::Title(title) = act {
            out.extend_from_slice(format!("\x1b]2;{title}\x07").as_bytes());
        }
        if let Act::Keyboard(wish) = act {
            let mut told = String::new();
            wish.write(&mut told);
            out.extend_from_slice(told.as_bytes());
        }
        if let Act::Mouse(mode, on) = act {
            let mut told = String::new();
            mouse::write_mode(*mode, *on, &mut told);
            out.extend_from_slice(told.as_bytes());
        }
        if let Act::Fact(fact) = act {
            let mut told = String::new();
            fact.write(&mut told);
            out.extend_from_slice(told.as_bytes());
        }
    }
    tag::tell(held.text.get(done..).unwrap_or_default(), out);
}

/// What a shell says that comes now, and the link within it; after all else that is told.
pub(super) fn zone(body: &Body, zone: Option<Zone>, out: &mut Vec<u8>) {
    let Some(zone) = zone else { return };
    out.extend_from_slice(Tag::of("", zone.target()).sequence().as_bytes());
    let held = body.held.as_ref().and_then(|held| tag::last(&held.text));
    let now = body.emulator.term.grid().cursor.template.hyperlink();
    let link = held.or_else(|| now.map(|link| link.uri().to_owned()));
    if let Some(address) = link.filter(|address| tag::is_link(address)) {
        out.extend_from_slice(tag::begin(Some(&address)).as_bytes());
    }
}

/// A snapshot for a terminal that is fresh anyway and must keep the rows above its screen.
pub(super) fn without_reset(snapshot: &[u8]) -> &[u8] {
    snapshot.strip_prefix(RESET.as_bytes()).unwrap_or(snapshot)
}

/// A packed row as text and styles; the last column is reached where the text goes on.
pub(super) fn put_row(row: &PackedRow, out: &mut String) {
    let view = row_of(row, usize::from(row.columns));
    let mut style = Cell::default();
    out.push_str("\x1b[0m");
    let cells: Vec<CellView<'_>> = view.cells().collect();
    let used = cells
        .iter()
        .rposition(|cell| !is_blank(cell))
        .map_or(0, |last| last + 1);
    // A blank before a wide character that did not fit is made again by the emulator.
    let shown = match (row.wrapped, row.short) {
        (true, true) => cells.len().saturating_sub(1),
        (true, false) => cells.len(),
        (false, _) => used,
    };
    for cell in cells.iter().take(shown) {
        put_cell(cell, &mut style, out);
    }
    end_style(&style, out);
}

/// Prints the last printed character once more where it stands already, for a later REP.
fn repeat(body: &Body, out: &mut String) {
    let Some(last) = body.emulator.pen.last else {
        return;
    };
    let count = i32::try_from(body.emulator.term.grid().screen_lines()).unwrap_or(i32::MAX);
    for line in 0..count {
        let row = row_at(&body.emulator, line);
        // Not at the end of the row: printing there forgets that the row goes on.
        let columns = usize::from(body.emulator.size().columns);
        let found = row.cells().take(columns - 2).enumerate().find(|(_, cell)| {
            cell.symbol() == last && cell.marks().is_empty() && cell.width() != CellWidth::Spacer
        });
        if let Some((column, cell)) = found {
            put(out, format_args!("\x1b[{};{}H", line + 1, column + 1));
            reprint(&cell, out);
            out.push_str("\x1b[0m");
            return;
        }
    }
}

/// Prints what stands there already, style and tag included.
fn reprint(cell: &CellView<'_>, out: &mut String) {
    put_style(cell.cell, out);
    let tag = cell.tag();
    if let Some(tag) = &tag {
        out.push_str(&tag.sequence());
    }
    out.push(cell.symbol());
    out.extend(cell.marks());
    if tag.is_some() {
        out.push_str(tag::END);
    }
}

fn tabs(body: &Body, out: &mut String) {
    let Some(tabs) = &body.emulator.pen.tabs else {
        return;
    };
    out.push_str("\x1b[3g");
    for tab in tabs {
        put(out, format_args!("\x1b[{}G\x1bH", tab + 1));
    }
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = out.write_fmt(text);
}

fn rows(body: &Body, out: &mut String) {
    let grid = body.emulator.term.grid();
    let count = i32::try_from(grid.screen_lines()).unwrap_or(i32::MAX);
    let mut style = Cell::default();
    let mut goes_on = false;
    for line in 0..count {
        let row = row_at(&body.emulator, line);
        if !goes_on {
            put(out, format_args!("\x1b[{};1H", line + 1));
        }
        let wraps = row.wrapped() && line + 1 < count;
        let cells: Vec<CellView<'_>> = row.cells().collect();
        let used = cells
            .iter()
            .rposition(|cell| !is_blank(cell))
            .map_or(0, |last| last + 1);
        let shown = match (wraps, goes_on) {
            (true, _) => cells.len(),
            (false, true) => used.max(1),
            (false, false) => used,
        };
        // The emulator makes the blank before a wide character that wraps itself.
        let leaves_blank = wraps
            && row_at(&body.emulator, line + 1)
                .cells()
                .next()
                .is_some_and(|cell| cell.width() == CellWidth::Wide);
        for cell in cells.iter().take(shown) {
            if !(leaves_blank && cell.cell.flags.contains(Flags::LEADING_WIDE_CHAR_SPACER)) {
                put_cell(cell, &mut style, out);
            }
        }
        goes_on = wraps;
    }
    end_style(&style, out);
}

fn is_blank(cell: &CellView<'_>) -> bool {
    let plain = Cell::default();
    cell.symbol() == ' '
        && cell.width() == CellWidth::Narrow
        && cell.marks().is_empty()
        && same_style(cell.cell, &plain)
}

/// Ends the style that was put last.
fn end_style(style: &Cell, out: &mut String) {
    out.push_str("\x1b[0m");
    if style.hyperlink().is_some() {
        out.push_str(tag::END);
    }
}

fn same_style(a: &Cell, b: &Cell) -> bool {
    same_look(a, b) && a.hyperlink() == b.hyperlink()
}

fn same_look(a: &Cell, b: &Cell) -> bool {
    let shown = !(Flags::WRAPLINE
        | Flags::WIDE_CHAR
        | Flags::WIDE_CHAR_SPACER
        | Flags::LEADING_WIDE_CHAR_SPACER);
    a.fg == b.fg
        && a.bg == b.bg
        && a.flags & shown == b.flags & shown
        && a.underline_color() == b.underline_color()
}

fn put_cell(cell: &CellView<'_>, style: &mut Cell, out: &mut String) {
    if cell.width() == CellWidth::Spacer {
        return;
    }
    if !same_style(cell.cell, style) {
        if !same_look(cell.cell, style) {
            put_style(cell.cell, out);
        }
        let tag = cell.cell.hyperlink();
        if tag != style.hyperlink() {
            let sequence = tag.map(|tag| Tag(tag).sequence());
            out.push_str(sequence.as_deref().unwrap_or(tag::END));
        }
        *style = cell.cell.clone();
    }
    // What was printed apart stays apart.
    if cluster::may_join(cell.symbol()) {
        out.push_str(APART);
    }
    out.push(cell.symbol());
    out.extend(cell.marks());
}

fn put_style(cell: &Cell, out: &mut String) {
    out.push_str("\x1b[0");
    let table = [
        (Flags::BOLD, "1"),
        (Flags::DIM, "2"),
        (Flags::ITALIC, "3"),
        (Flags::UNDERLINE, "4"),
        (Flags::DOUBLE_UNDERLINE, "4:2"),
        (Flags::UNDERCURL, "4:3"),
        (Flags::DOTTED_UNDERLINE, "4:4"),
        (Flags::DASHED_UNDERLINE, "4:5"),
        (Flags::INVERSE, "7"),
        (Flags::HIDDEN, "8"),
        (Flags::STRIKEOUT, "9"),
    ];
    for (flag, code) in table {
        if cell.flags.contains(flag) {
            put(out, format_args!(";{code}"));
        }
    }
    put_color(cell.fg, 30, out);
    put_color(cell.bg, 40, out);
    if let Some(color) = cell.underline_color() {
        put_color(color, 50, out);
    }
    out.push('m');
}

fn put_color(color: Color, base: usize, out: &mut String) {
    match color {
        Color::Spec(rgb) => put(
            out,
            format_args!(";{};2;{};{};{}", base + 8, rgb.r, rgb.g, rgb.b),
        ),
        Color::Indexed(index) => put(out, format_args!(";{};5;{index}", base + 8)),
        Color::Named(name) => match name as usize {
            index if base == 50 && index < 16 => put(out, format_args!(";58;5;{index}")),
            index @ 0..=7 => put(out, format_args!(";{}", base + index)),
            index @ 8..=15 => put(out, format_args!(";{}", base + 60 + index - 8)),
            _ => {}
        },
    }
}

fn charsets(cursor: &Cursor<Cell>, out: &mut String) {
    let table = [
        (CharsetIndex::G0, '('),
        (CharsetIndex::G1, ')'),
        (CharsetIndex::G2, '*'),
        (CharsetIndex::G3, '+'),
    ];
    for (index, mark) in table {
        let name = match cursor.charsets[index] {
            StandardCharset::Ascii => 'B',
            StandardCharset::SpecialCharacterAndLineDrawing => '0',
        };
        put(out, format_args!("\x1b{mark}{name}"));
    }
}

fn saved_cursor(body: &Body, out: &mut String) {
    let cursor = &body.emulator.term.grid().saved_cursor;
    let (line, column) = (cursor.point.line.0, cursor.point.column.0);
    let row = row_at(&body.emulator, line);
    let at = (line + 1, column, cursor.input_needs_wrap);
    reach(&row, at, "H", out);
    charsets(cursor, out);
    put_style(&cursor.template, out);
    out.push_str("\x1b7");
    // What is printed later, to restore a pending wrap, must be plain again.
    out.push_str("\x1b[0m\x1b(B\x1b)B\x1b*B\x1b+B\x0f");
}

fn modes(body: &Body, out: &mut String) {
    match body.emulator.region {
        Some((top, bottom)) => put(out, format_args!("\x1b[{top};{bottom}r")),
        None => out.push_str("\x1b[r"),
    }
    let mode = *body.emulator.term.mode();
    let private = [
        (TermMode::APP_CURSOR, 1),
        (TermMode::LINE_WRAP, 7),
        (TermMode::SHOW_CURSOR, 25),
        (TermMode::FOCUS_IN_OUT, 1004),
        (TermMode::ALTERNATE_SCROLL, 1007),
        (TermMode::URGENCY_HINTS, 1042),
        (TermMode::BRACKETED_PASTE, 2004),
        (TermMode::ORIGIN, 6),
    ];
    for on in [false, true] {
        let end = if on { 'h' } else { 'l' };
        for (flag, number) in private {
            if mode.contains(flag) == on {
                put(out, format_args!("\x1b[?{number}{end}"));
            }
        }
        for (flag, number) in [(TermMode::INSERT, 4), (TermMode::LINE_FEED_NEW_LINE, 20)] {
            if mode.contains(flag) == on {
                put(out, format_args!("\x1b[{number}{end}"));
            }
        }
    }
}

/// Ends the cluster before the cursor, too.
fn keypad(body: &Body, out: &mut String) {
    let mode = body.emulator.term.mode();
    out.push_str(if mode.contains(TermMode::APP_KEYPAD) {
        "\x1b="
    } else {
        "\x1b>"
    });
}

/// Prints the character before the cursor once more, if what comes next may join it.
fn go_on(body: &Body, out: &mut String) {
    let grid = body.emulator.term.grid();
    if !body.emulator.pen.joins {
        return;
    }
    let row = row_at(&body.emulator, grid.cursor.point.line.0);
    let pending = usize::from(grid.cursor.input_needs_wrap);
    let cells: Vec<CellView<'_>> = row
        .cells()
        .take(grid.cursor.point.column.0 + pending)
        .collect();
    let found = cells
        .iter()
        .rposition(|cell| cell.width() != CellWidth::Spacer);
    let Some((column, cell)) = found.and_then(|at| Some((at, cells.get(at)?))) else {
        return;
    };
    if Some(cell.symbol()) != body.emulator.pen.last {
        return;
    }
    out.push('\r');
    if column > 0 {
        put(out, format_args!("\x1b[{column}C"));
    }
    let insert = body.emulator.term.mode().contains(TermMode::INSERT);
    out.push_str(if insert { "\x1b[4l" } else { "" });
    reprint(cell, out);
    out.push_str(if insert { "\x1b[4h" } else { "" });
}

fn place_cursor(body: &Body, out: &mut String) {
    let cursor = &body.emulator.term.grid().cursor;
    let Line(line) = cursor.point.line;
    let row = row_at(&body.emulator, line);
    let (top, bottom) = body.emulator.region.unwrap_or((1, u16::MAX));
    let origin = body.emulator.term.mode().contains(TermMode::ORIGIN);
    let outside = origin && !(i32::from(top)..=i32::from(bottom)).contains(&(line + 1));
    let first = if origin { i32::from(top) } else { 1 };
    let (number, end) = if outside {
        // No other move leads out of the region.
        (line + 1, sequence::ANYWHERE)
    } else {
        (line + 2 - first, "H")
    };
    let at = (number, cursor.point.column.0, cursor.input_needs_wrap);
    reach(&row, at, end, out);
}

/// Moves the cursor to a row, by its number for the move that is meant, and a column of it; where a
/// wrap waits there, so does it then, which only printing in the last column brings about.
fn reach(
    row: &RowView<'_>,
    (number, mut column, waits): (i32, usize, bool),
    end: &str,
    out: &mut String,
) {
    let cells: Vec<CellView<'_>> = row.cells().collect();
    let on_half = cells
        .get(column)
        .is_some_and(|cell| cell.width() == CellWidth::Spacer);
    if waits && on_half {
        column = column.saturating_sub(1);
    }
    put(out, format_args!("\x1b[{number};{}{end}", column + 1));
    if let Some(cell) = cells.get(column).filter(|_| waits) {
        reprint(cell, out);
    }
}

fn cursor_style(body: &Body, out: &mut String) {
    let style = body.emulator.term.cursor_style();
    let shape = match style.shape {
        CursorShape::Underline => 4,
        CursorShape::Beam => 6,
        CursorShape::Block | CursorShape::HollowBlock | CursorShape::Hidden => 2,
    };
    let number = if style.blinking { shape - 1 } else { shape };
    put(out, format_args!("\x1b[{number} q"));
}
