//! What leaves the screen is kept, comes back when there is room, and is what the emulator had.

use alacritty_terminal::event::VoidListener;
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::{Config, Term, cell::Flags};
use alacritty_terminal::vte::ansi::Processor;
use proptest::prelude::*;

use super::snapshot::piece;
use crate::term::emulator::Size;
use crate::term::{CellWidth, PackedRow, Screen};

/// The emulator alone, with a history of its own.
fn alone(bytes: &[u8], size: (u16, u16)) -> (Vec<String>, Vec<String>, (usize, i32)) {
    let config = Config {
        scrolling_history: 10_000,
        ..Config::default()
    };
    let mut term = Term::new(config, &Size::clamped(size), VoidListener);
    let mut parser: Processor = Processor::new();
    parser.advance(&mut term, bytes);
    let text = |line: i32| {
        let row = &term.grid()[Line(line)];
        let mut text = String::new();
        for column in 0..term.columns() {
            let cell = &row[Column(column)];
            if !cell.flags.contains(Flags::WIDE_CHAR_SPACER) {
                text.push(if cell.c == '\t' { ' ' } else { cell.c });
                text.extend(cell.zerowidth().unwrap_or_default());
            }
        }
        text.trim_end_matches(' ').to_owned()
    };
    let above = i32::try_from(term.grid().history_size()).unwrap();
    let point = term.grid().cursor.point;
    (
        (-above..0).map(text).collect(),
        (0..i32::from(size.1)).map(text).collect(),
        (point.column.0, point.line.0),
    )
}

fn rows(screen: &Screen) -> Vec<String> {
    screen.rows(0).map(|row| row.text()).collect()
}

/// Lines with soft wraps undone; blank lines at the end do not count, nor do blanks: where a wide
/// character did not fit into an old row, the emulator may leave one in the line.
fn lines(screen: &Screen) -> Vec<String> {
    let rows = screen.packed(0, usize::MAX);
    let mut lines = vec![String::new()];
    for row in &rows {
        if let Some(line) = lines.last_mut() {
            line.push_str(&row.text.replace(' ', ""));
        }
        if !row.wrapped {
            lines.push(String::new());
        }
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// Pieces that the emulator alone understands as we do.
fn shared() -> impl Strategy<Value = Vec<String>> {
    let ours = |text: &String| {
        // Our own: whole sequences, titles, synchronised updates, what a reset keeps. Deleting
        // lines at the top is no scrolling, though the emulator keeps those rows.
        !text.contains("2026")
            && !text.contains(']')
            && !text.ends_with('M')
            && text != "\x1b[3"
            && text != "\x1bc"
            && !text.contains("[2J")
            && !text.contains("[3J")
    };
    any::<bool>().prop_flat_map(move |wide| {
        prop::collection::vec(piece(wide).prop_filter("shared", ours), 0..80)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn screen_and_history_are_those_of_the_emulator_alone(pieces in shared(), cut in 1_usize..40) {
        let bytes = format!("{}\x1b[?1049l", pieces.concat()).into_bytes();
        let mut screen = Screen::new((20, 10), 10_000);
        for part in bytes.chunks(cut) {
            screen.feed(part);
        }
        let (above, shown, cursor) = alone(&bytes, (20, 10));
        prop_assert_eq!(rows(&screen), shown);
        prop_assert_eq!(screen.history(usize::MAX), above);
        let point = screen.cursor();
        prop_assert_eq!((usize::from(point.column), i32::from(point.row)), cursor);
    }

    #[test]
    fn a_packed_row_is_its_row(pieces in shared()) {
        let mut screen = Screen::new((20, 10), 10);
        screen.feed(pieces.concat().as_bytes());
        for number in 0..10_u16 {
            let row = screen.row(number);
            let packed = screen.packed(screen.top() + u64::from(number), 1).remove(0);
            prop_assert_eq!(&packed.text, &row.text());
            prop_assert_eq!(packed.wrapped, row.wrapped());
            let styles = packed.styles.iter();
            let styles: Vec<_> = styles
                .flat_map(|(count, style)| std::iter::repeat_n(*style, usize::from(*count)))
                .collect();
            for (column, cell) in row.cells().enumerate() {
                let style = styles.get(column).copied().unwrap_or_default();
                prop_assert_eq!(style, cell.style(), "row {}, column {}", number, column);
            }
        }
    }

    #[test]
    fn no_resize_loses_or_doubles_a_row(
        text in prop::collection::vec("[a-z日本]{0,50}", 1..40),
        // Below 4 columns the emulator tears lines of wide characters.
        sizes in prop::collection::vec((4_u16..40, 1_u16..20), 1..8),
    ) {
        let mut screen = Screen::new((20, 6), 10_000);
        screen.feed(text.join("\r\n").as_bytes());
        let before = lines(&screen);
        for size in sizes {
            screen.resize(size);
            prop_assert_eq!(lines(&screen), before.clone(), "at {:?}", size);
        }
    }

    #[test]
    fn a_resize_behind_the_alternate_screen_loses_nothing(
        text in prop::collection::vec("[a-z]{0,50}", 1..40),
        sizes in prop::collection::vec((2_u16..40, 1_u16..20), 1..5),
    ) {
        let mut screen = Screen::new((20, 6), 10_000);
        screen.feed(text.join("\r\n").as_bytes());
        let before = lines(&screen);
        screen.feed(b"\x1b[?1049h\x1b[2J\x1b[Hsomething else");
        for size in sizes {
            screen.resize(size);
        }
        screen.feed(b"\x1b[?1049l");
        prop_assert_eq!(lines(&screen), before);
    }
}

#[test]
fn growing_brings_rows_back_and_shrinking_pushes_them_out() {
    let mut screen = Screen::new((10, 3), 100);
    screen.feed(b"one\r\ntwo\r\nthree\r\nfour\r\nfive");
    assert_eq!((screen.top(), screen.oldest()), (2, 0));
    screen.resize((10, 5));
    assert_eq!(rows(&screen), ["one", "two", "three", "four", "five"]);
    assert_eq!(screen.top(), 0);
    screen.resize((10, 2));
    assert_eq!(rows(&screen), ["four", "five"]);
    assert_eq!(screen.history(10), ["one", "two", "three"]);
}

#[test]
fn a_long_line_is_whole_again_across_the_top() {
    let mut screen = Screen::new((10, 2), 100);
    screen.feed("x".repeat(35).as_bytes());
    assert_eq!(screen.history(10).len(), 2);
    screen.resize((40, 2));
    assert_eq!(rows(&screen)[0], "x".repeat(35));
    assert_eq!(screen.history_len(), 0);
}

#[test]
fn clearing_the_screen_keeps_it_and_clearing_the_history_drops_it() {
    let mut screen = Screen::new((10, 3), 100);
    screen.feed(b"one\r\ntwo\x1b[2J\x1b[H");
    assert_eq!(screen.history(10), ["one", "two"]);
    screen.feed(b"\x1b[3J");
    assert_eq!(
        (screen.history_len(), screen.oldest(), screen.top()),
        (0, 2, 2)
    );
}

#[test]
fn tab_stops_and_the_repeated_character_survive_a_snapshot() {
    let mut screen = Screen::new((30, 4), 10);
    screen.feed(b"\x1b[3g\x1b[4G\x1bH\x1b[11G\x1bH\rab");
    let mut copy = Screen::new((30, 4), 10);
    copy.feed(&screen.snapshot());
    for screen in [&mut screen, &mut copy] {
        screen.feed(b"\x1b[3b\r\n\tx\ty");
    }
    assert_eq!(rows(&screen), ["abbbb", "   x      y", "", ""]);
    assert_eq!(rows(&copy), rows(&screen));
}

#[test]
fn clusters_take_two_columns_and_one_cell() {
    let table = [
        ("\u{2764}\u{fe0f}", 2),
        ("\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}", 2),
        ("\u{1f44d}\u{1f3fd}", 2),
        ("\u{1f1e9}\u{1f1ea}", 2),
        ("e\u{301}", 1),
        ("\u{2764}", 1),
        ("日", 2),
    ];
    for (cluster, columns) in table {
        let mut screen = Screen::new((10, 2), 10);
        screen.feed(format!("a{cluster}b").as_bytes());
        assert_eq!(screen.cursor().column, 2 + columns, "{cluster}");
        let row = screen.row(0);
        let cell = row.cells().nth(1).unwrap();
        let mut whole = String::from(cell.symbol());
        whole.extend(cell.marks());
        assert_eq!(whole, cluster);
        let wide = if columns == 2 {
            CellWidth::Wide
        } else {
            CellWidth::Narrow
        };
        assert_eq!(cell.width(), wide, "{cluster}");
        // At the right edge it goes to the next row whole.
        let mut edge = Screen::new((4, 3), 10);
        edge.feed(format!("abc{cluster}d").as_bytes());
        let shown = rows(&edge).concat();
        assert_eq!(shown, format!("abc{cluster}d"));
        if columns == 2 {
            assert_eq!(rows(&edge)[0], "abc", "{cluster}");
        }
        let mut copy = Screen::new((4, 3), 10);
        copy.feed(&edge.snapshot());
        assert_eq!((rows(&copy), copy.cursor()), (rows(&edge), edge.cursor()));
    }
    let mut two = Screen::new((10, 1), 0);
    two.feed("\u{1f1e9}\u{1f1ea}\u{1f1eb}\u{1f1f7}x".as_bytes());
    assert_eq!(two.cursor().column, 5);
}

#[test]
fn damage_names_the_rows_that_changed() {
    let mut screen = Screen::new((10, 4), 10);
    assert!(screen.take_damage().changed().is_none(), "all is new");
    screen.feed(b"\x1b[3;2Hab\x1b[1m");
    let rows: Vec<u16> = screen.take_damage().changed().unwrap().collect();
    assert_eq!(rows, [0, 2]);
    assert_eq!(screen.take_damage().changed().unwrap().count(), 0);
    screen.feed(b"\x1b[4;1H\n");
    assert!(screen.take_damage().changed().is_none(), "all rows moved");
}

#[test]
fn rows_have_numbers_that_stay() {
    let mut screen = Screen::new((10, 2), 3);
    for number in 0..10 {
        screen.feed(format!("row {number}\r\n").as_bytes());
    }
    assert_eq!((screen.oldest(), screen.top()), (6, 9));
    let text: Vec<String> = screen
        .packed(0, 100)
        .iter()
        .map(|row: &PackedRow| row.text.clone())
        .collect();
    assert_eq!(text, ["row 6", "row 7", "row 8", "row 9", ""]);
    assert_eq!(screen.packed(8, 1)[0].text, "row 8");
}

#[test]
fn what_was_printed_apart_stays_apart_in_a_snapshot() {
    // Two halves of a flag that met by moving the cursor, or by repeating, are no flag.
    for bytes in [
        "\x1b[2G\u{1f1ea}\x1b[1G\u{1f1e9}\x1b[5G",
        "\u{1f1e9}\x1b[3b",
        "\u{2764}\x1b[2G",
        "\x1b[?7l\x1b[10G\u{1f1e9}\u{1f1ea}",
        "\x1b[4h\u{1f1e9}",
        "\x1b[2;3r\x1b7\x1b[?6h\x1b8x",
    ] {
        let mut screen = Screen::new((10, 4), 10);
        screen.feed(bytes.as_bytes());
        let mut copy = Screen::new((10, 4), 10);
        copy.feed(&screen.snapshot());
        for then in ["", "\u{fe0f}", "\u{1f1ea}z"] {
            screen.feed(then.as_bytes());
            copy.feed(then.as_bytes());
            assert_eq!(
                (rows(&copy), copy.cursor()),
                (rows(&screen), screen.cursor()),
                "{bytes:?} and {then:?}"
            );
        }
    }
}

#[test]
fn marks_stay_few_however_they_come() {
    // T1.
    let marks = "\u{301}".repeat(7);
    let mut screen = Screen::new((10, 2), 10);
    screen.feed(format!("e{marks}\x1b[5Gx\x1b[2G{marks}").as_bytes());
    assert_eq!(screen.row(0).cells().next().unwrap().marks().len(), 7);
}

#[test]
fn a_lower_screen_keeps_what_stands_below_the_cursor() {
    let mut screen = Screen::new((10, 4), 10);
    screen.feed(b"one\r\ntwo\r\nthree\x1b[1;1H");
    screen.resize((10, 1));
    assert_eq!(lines(&screen), ["one", "two", "three"]);
}

#[test]
fn a_wide_line_is_whole_after_each_of_several_sizes() {
    let mut screen = Screen::new((20, 6), 100);
    screen.feed("日a本a本日a本本日本a日a本日a日aa本本a本aaaa本a本日日a".as_bytes());
    let before = lines(&screen);
    for size in [(19, 2), (4, 2), (5, 1)] {
        screen.resize(size);
        assert_eq!(lines(&screen), before, "{size:?}");
    }
}
