//! Rows above the screen at another width: the same lines, cut as a terminal of that width cuts them.

use proptest::prelude::*;

use crate::term::archive::Archive;
use crate::term::cells::row_of;
use crate::term::cluster::Clusters;
use crate::term::rewrap::rewrap;
use crate::term::{CellColor, CellStyle, CellWidth, PackedRow, Screen, Tag, TagRun};

fn cut(rows: &[PackedRow], columns: u16) -> Vec<PackedRow> {
    let mut out = Vec::new();
    rewrap(rows.iter().cloned(), columns, |row| out.push(row.clone()));
    out
}

fn row(text: &str, columns: u16, wrapped: bool) -> PackedRow {
    PackedRow {
        text: text.to_owned(),
        columns,
        wrapped,
        ..PackedRow::default()
    }
}

/// Rows as their text, with a `+` where the line goes on, and a `_` before it for a free column.
fn shown(rows: &[PackedRow]) -> Vec<String> {
    let show = |row: &PackedRow| {
        let short = if row.short { "_" } else { "" };
        let wrapped = if row.wrapped { "+" } else { "" };
        format!("{}{short}{wrapped}", row.text)
    };
    rows.iter().map(show).collect()
}

const RED: CellStyle = CellStyle {
    fg: CellColor::Indexed(1),
    bg: CellColor::Default,
    underline_color: None,
    attributes: 0,
    underline: crate::term::Underline::Single,
};

fn tag(from: u16, to: u16) -> TagRun {
    let tag = Tag::of("", "https://a.org/");
    TagRun { from, to, tag }
}

#[test]
fn lines_are_cut_at_the_new_width() {
    let short = PackedRow {
        short: true,
        ..row("日本", 5, true)
    };
    let table: &[(&[PackedRow], u16, &[&str])] = &[
        (&[row("plain", 10, false)], 5, &["plain"]),
        (&[row("plain", 10, false)], 4, &["plai+", "n"]),
        (&[row("", 10, false)], 4, &[""]),
        (&[row("", 10, false), row("a", 10, false)], 20, &["", "a"]),
        // Exactly full rows: no blank one follows.
        (&[row("abcdef", 6, false)], 3, &["abc+", "def"]),
        (&[row("abc", 3, true), row("def", 3, false)], 6, &["abcdef"]),
        (
            &[row("abc", 3, true), row("def", 3, true), row("g", 3, false)],
            5,
            &["abcde+", "fg"],
        ),
        // A row that goes on is full of blanks up to its end.
        (&[row("a", 3, true), row("b", 3, false)], 8, &["a  b"]),
        (&[row("a", 3, true), row("b", 3, false)], 2, &["a+", " b"]),
        (&[row("", 3, true), row("", 3, false)], 2, &["+", ""]),
        // Wide characters are never cut, and the free column before one is none of the text.
        (&[row("日本", 4, false)], 3, &["日_+", "本"]),
        (&[short, row("語", 5, false)], 10, &["日本語"]),
        (
            &[row("a👍🏽e\u{301}b", 9, false)],
            2,
            &["a_+", "👍🏽+", "e\u{301}b"],
        ),
        // The rest of a line that goes on below keeps its place in it.
        (&[row("abcde", 5, true)], 3, &["abc+", "de+"]),
    ];
    for (rows, columns, expected) in table {
        assert_eq!(shown(&cut(rows, *columns)), *expected, "{rows:?} {columns}");
    }
    assert_eq!(cut(&[row("abcde", 5, true)], 3)[1].columns, 2);
}

#[test]
fn looks_and_tags_go_along() {
    let line = PackedRow {
        styles: vec![(1, CellStyle::default()), (6, RED)],
        tags: vec![tag(2, 5), tag(6, 8)],
        ..row("abcdef", 10, false)
    };
    let narrow = cut(std::slice::from_ref(&line), 4);
    assert_eq!(shown(&narrow), ["abcd+", "ef"]);
    assert_eq!(narrow[0].styles, [(1, CellStyle::default()), (3, RED)]);
    assert_eq!(narrow[1].styles, [(3, RED)]);
    assert_eq!(narrow[0].tags, [tag(2, 4)]);
    assert_eq!(narrow[1].tags, [tag(0, 1), tag(2, 4)]);
    assert_eq!(cut(&narrow, 10), [line]);
}

#[test]
fn a_narrowing_keeps_every_row_until_new_ones_push_them_out() {
    let mut archive = Archive::new(100);
    for number in 0..150 {
        archive.push(&row(&format!("line {number:4}"), 10, false));
    }
    archive.rewrap(5);
    assert_eq!(
        (archive.len(), archive.oldest(), archive.end()),
        (200, 50, 250)
    );
    assert_eq!(archive.get(199).unwrap().text, " 149");
    archive.rewrap(10);
    assert_eq!(
        (archive.len(), archive.oldest(), archive.end()),
        (100, 150, 250)
    );
    assert_eq!(archive.get(0).unwrap().text, "line   50");
    archive.rewrap(5);
    for number in 0..300 {
        archive.push(&row("new", 5, false));
        let kept = archive.len();
        assert_eq!(kept, 100.max(199_usize.saturating_sub(number)), "{number}");
    }
    // The bytes are a limit all the same, by whole pages; the newest rows stay.
    let mut small = Archive::within(usize::MAX, 64 * 1024);
    for _ in 0..600 {
        small.push(&row(&"x".repeat(100), 100, false));
    }
    small.rewrap(10);
    let kept = small.len();
    assert!((5_000..=5_461).contains(&kept), "{kept}");
    assert_eq!(small.get(kept - 1), Some(row("xxxxxxxxxx", 10, false)));
}

/// What a column of a line holds.
type Column = (String, CellStyle, Option<Tag>);

/// The lines as their columns, without plain blanks at the end.
fn lines(rows: &[PackedRow]) -> Vec<Vec<Column>> {
    let mut lines = vec![Vec::new()];
    for row in rows {
        let text: usize = Clusters(&row.text).map(|(_, columns)| columns).sum();
        let full = usize::from(row.columns) - usize::from(row.short && row.wrapped);
        let view = row_of(row, text.max(full));
        let columns = view.cells().map(|cell| {
            let mut text = String::new();
            if cell.width() != CellWidth::Spacer {
                text.push(cell.symbol());
                text.extend(cell.marks());
            }
            (text, cell.style(), cell.tag())
        });
        let line = lines.last_mut().unwrap();
        line.extend(columns);
        if !row.wrapped {
            lines.push(Vec::new());
        }
    }
    let plain = (" ".to_owned(), CellStyle::default(), None);
    for line in &mut lines {
        while line.last() == Some(&plain) {
            line.pop();
        }
    }
    lines
}

fn piece() -> impl Strategy<Value = String> {
    let fixed = [
        "日本語",
        "e\u{301}",
        "\u{1f44d}\u{1f3fd}",
        "\u{2764}\u{fe0f}",
        "\r\n",
        "\r\n\r\n",
        "\t",
        "\x1b[5G",
        "\x1b[K",
        "\x1b[31m",
        "\x1b[1;4:3;48;5;3m",
        "\x1b[0m",
        "\x1b]8;;https://a.org/\x1b\\",
        "\x1b]8;;https://b.org/\x1b\\",
        "\x1b]8;;\x1b\\",
        "\x1b]133;A\x1b\\",
        "\x1b]133;C\x1b\\",
    ];
    prop_oneof![
        2 => "[a-z ]{1,40}",
        3 => prop::sample::select(fixed.to_vec()).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_width_changes_the_lines(
        pieces in prop::collection::vec(piece(), 0..80),
        width in 4_u16..40,
        widths in prop::collection::vec(2_u16..60, 1..4),
    ) {
        let mut screen = Screen::new((width, 2), 10_000);
        screen.feed(pieces.concat().as_bytes());
        let rows = screen.packed(0, usize::MAX);
        let before = lines(&rows);
        let mut now = rows;
        for columns in widths.into_iter().chain([width]) {
            now = cut(&now, columns);
            prop_assert_eq!(lines(&now), before.clone(), "at {}", columns);
            for row in &now {
                let used: usize = Clusters(&row.text).map(|(_, columns)| columns).sum();
                prop_assert!(used <= usize::from(columns), "{} at {}", row.text, columns);
            }
        }
    }

    #[test]
    fn rows_are_those_of_a_terminal_that_always_had_the_width(
        text in prop::collection::vec("[a-z ]{0,90}[a-z]|", 1..120),
        width in 2_u16..60,
        sizes in prop::collection::vec((2_u16..60, 1_u16..12), 1..5),
    ) {
        let bytes = text.join("\r\n");
        let mut screen = Screen::new((width, 5), 10_000);
        screen.feed(bytes.as_bytes());
        for size in sizes {
            screen.resize(size);
            let mut fresh = Screen::new(size, 10_000);
            fresh.feed(bytes.as_bytes());
            let rows = |screen: &Screen| {
                let mut rows = shown(&screen.packed(0, usize::MAX));
                // A cursor that waits at the edge may have gone on to rows of its own.
                let used = rows.iter().rposition(|row| !matches!(row.as_str(), "" | "+"));
                rows.truncate(used.map_or(0, |at| at + 1));
                if let Some(last) = rows.last_mut() {
                    *last = last.trim_end_matches('+').to_owned();
                }
                rows
            };
            prop_assert_eq!(rows(&screen), rows(&fresh), "at {:?}", size);
        }
    }
}

#[test]
fn looking_back_shows_whole_lines_after_a_change_of_width() {
    let mut screen = Screen::new((20, 3), 50);
    for number in 0..100 {
        screen.feed(format!("{number:03} and what comes after it\r\n").as_bytes());
    }
    assert_eq!(screen.history_len(), 50);
    screen.resize((10, 3));
    let above: Vec<String> = screen.rows(1).map(|row| row.text()).collect();
    assert_eq!(above, ["099 and wh", "at comes a", "fter it"]);
    let all = screen.history(usize::MAX).concat();
    for number in 75..100 {
        assert!(all.contains(&format!("{number:03} and wh")), "{all}");
    }
    screen.resize((40, 3));
    let mut rows = screen.packed(0, usize::MAX);
    rows.retain(|row| !row.text.is_empty());
    assert!(rows.len() >= 25);
    for row in rows {
        let (number, rest) = row.text.split_at(3);
        assert_eq!(rest, " and what comes after it", "{number}");
    }
}
