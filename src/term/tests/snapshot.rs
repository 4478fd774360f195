//! A snapshot rebuilds the screen, and whatever comes after it goes on the same way.

use std::fmt::Write as _;

use proptest::prelude::*;

use crate::term::{CellStyle, CellWidth, Modes, RowView, Screen};

/// All that can be seen or will matter for what comes.
#[derive(Debug, PartialEq)]
pub(super) struct Seen {
    rows: Vec<String>,
    cursor: crate::term::CursorView,
    modes: Modes,
    title: String,
    facts: (Option<crate::term::Folder>, Option<crate::term::Progress>),
    titles: Vec<String>,
    held: bool,
}

pub(super) fn seen(screen: &Screen) -> Seen {
    Seen {
        rows: screen.rows(0).map(row).collect(),
        cursor: screen.cursor(),
        modes: screen.modes(),
        title: screen.title().to_owned(),
        facts: (screen.cwd().cloned(), screen.progress()),
        titles: screen.body.facts.titles().to_vec(),
        held: screen.held().is_some(),
    }
}

/// A row as text, with each change of style written into it.
fn row(row: RowView<'_>) -> String {
    let mut out = String::new();
    let mut style = CellStyle::default();
    let mut tag = None;
    for cell in row.cells() {
        if cell.style() != style {
            style = cell.style();
            let (fg, bg) = (style.fg, style.bg);
            let (line, more) = (style.underline_color, style.attributes);
            let kind = style.underline;
            write!(out, "<{fg:?} {bg:?} {line:?} {kind:?} {more}>").unwrap();
        }
        let now = cell
            .tag()
            .map(|tag| (tag.zone(), tag.link().map(str::to_owned)));
        if now != tag {
            write!(out, "{now:?}").unwrap();
            tag = now;
        }
        out.push(cell.symbol());
        out.extend(cell.marks());
        if cell.width() == CellWidth::Wide {
            out.push('+');
        }
    }
    out
}

fn rebuilt(screen: &Screen) -> Screen {
    let mut copy = Screen::new(screen.size(), 100);
    copy.feed(&screen.snapshot());
    copy
}

/// Pieces of a stream. Either with wide characters or with edits that can tear them in two: a torn
/// half comes back as a blank, and the emulator later treats the two differently.
pub(super) fn piece(wide: bool) -> impl Strategy<Value = String> {
    let number = 0_u16..14;
    let text = prop_oneof![
        "[a-z ]{1,30}",
        Just(if wide { "日本語" } else { "plain" }.to_owned()),
        Just("e\u{301}".to_owned()),
        Just("\t".to_owned()),
        Just("\r\n".to_owned()),
        Just("\n".to_owned()),
        Just("\x08".to_owned()),
    ];
    let moves = (
        number.clone(),
        number.clone(),
        prop::sample::select(b"HABCDGd".to_vec()),
    )
        .prop_map(|(a, b, end)| format!("\x1b[{a};{b}{}", char::from(end)));
    let edits = if wide {
        b"LMST".to_vec()
    } else {
        b"JKLMPSTX@".to_vec()
    };
    let edits = (number.clone(), prop::sample::select(edits))
        .prop_map(|(a, end)| format!("\x1b[{}{}", a % 4, char::from(end)));
    let styles = (
        prop::sample::select(vec![0_u16, 1, 2, 3, 4, 7, 9, 21, 22, 31, 44, 95, 102]),
        any::<u8>(),
    )
        .prop_map(|(code, index)| match index {
            0..=99 => format!("\x1b[{code}m"),
            100..=149 => format!("\x1b[38;5;{index}m"),
            150..=199 => format!("\x1b[48;2;{index};1;2m"),
            200..=220 => format!("\x1b[4:{};58;5;{index}m", index % 6),
            _ => "\x1b[m".to_owned(),
        });
    let region = (1_u16..6, 6_u16..12).prop_map(|(top, bottom)| format!("\x1b[{top};{bottom}r"));
    let switches = prop::sample::select(
        [
            "\x1b[r",
            "\x1b7",
            "\x1b8",
            "\x1bM",
            "\x1bD",
            "\x1bE",
            "\x1b=",
            "\x1b>",
            "\x1b(0",
            "\x1b(B",
            "\x1b)0",
            "\x0e",
            "\x0f",
            "\x1b[?1h",
            "\x1b[?1l",
            "\x1b[?6h",
            "\x1b[?6l",
            "\x1b[8;15H\x1b7",
            "\x1b[2;5r\x1b[?6h\x1b8",
            "\x1b[?7l",
            "\x1b[?7h",
            "\x1b[?25l",
            "\x1b[?25h",
            "\x1b[?1000h",
            "\x1b[?1002h",
            "\x1b[?1003h",
            "\x1b[?1003l",
            "\x1b[?1006h",
            "\x1b[?1006l",
            "\x1b[?1005;1015h",
            "\x1b[?9h",
            "\x1b[?2004h",
            "\x1b[?2004l",
            "\x1b[?1004h",
            if wide { "" } else { "\x1b[4h" },
            "\x1b[4l",
            "\x1b[20h",
            "\x1b[20l",
            "\x1b[?1049h",
            "\x1b[>1u",
            "\x1b[>31u",
            "\x1b[<u",
            "\x1b[=1;2u",
            "\x1b[>4;2m",
            "\x1b[>4m",
            "\x1b[?1049l",
            "\x1b[?2026h",
            "\x1b[?2026l",
            "\x1b[5 q",
            "\x1b[2 q",
            "\x1b]0;a title\x07",
            "\x1b]2;",
            "\x1b]2;other\x07",
            "\x1b[22;0t",
            "\x1b[23;0t",
            "\x1b]7;file://box/a%25b\x07",
            "\x1b]9;4;1;30\x07",
            "\x1b]9;4;0\x07",
            "\x1b]9;4",
            "\x1b[3",
            "\x1b]133;A\x07",
            "\x1b]133;B\x07",
            "\x1b]133;C\x07",
            "\x1b]133;D\x07",
            "\x1b]8;;https://a.org/\x07",
            "\x1b]8;;https://b.org/\x1b\\",
            "\x1b]8;;\x07",
            "\x1bH",
            "\x1b[g",
            "\x1b[3g",
            "\x1bc",
            "\x1b#8",
        ]
        .map(str::to_owned)
        .to_vec(),
    );
    prop_oneof![4 => text, 3 => moves, 2 => edits, 2 => styles, 1 => region, 3 => switches]
}

/// What comes before a snapshot and after it, of the same sort.
fn both() -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
    any::<bool>().prop_flat_map(|wide| {
        let part = || prop::collection::vec(piece(wide), 0..60);
        (part(), part())
    })
}

fn stream() -> impl Strategy<Value = Vec<String>> {
    any::<bool>().prop_flat_map(|wide| prop::collection::vec(piece(wide), 0..60))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_snapshot_is_the_screen((before, after) in both()) {
        let mut screen = Screen::new((20, 10), 100);
        for piece in &before {
            screen.feed(piece.as_bytes());
        }
        let mut copy = rebuilt(&screen);
        prop_assert_eq!(seen(&copy), seen(&screen));
        for piece in &after {
            screen.feed(piece.as_bytes());
            copy.feed(piece.as_bytes());
        }
        prop_assert_eq!(seen(&copy), seen(&screen));
    }

    #[test]
    fn a_used_screen_takes_a_snapshot_as_well(before in stream(), other in stream()) {
        let mut screen = Screen::new((20, 10), 100);
        screen.feed(before.concat().as_bytes());
        let mut used = Screen::new((20, 10), 100);
        used.feed(other.concat().as_bytes());
        used.feed(&screen.snapshot());
        prop_assert_eq!(seen(&used), seen(&screen));
    }
}

#[test]
fn what_was_saved_outside_of_a_region_is_saved_after_a_snapshot() {
    for before in [
        // Below the region, above it, and saved within it.
        "\x1b[9;5H\x1b[31m\x1b(0\x1b7\x1b[2;6r\x1b[?6h\x1b8\x08\x08",
        "\x1b[2;5H\x1b7\x1b[4;6r\x1b[?6h\x1b8\x1b[m\x08\x08",
        "\x1b[9;5H\x1b7\x1b[2;6r\x1b[?6h\x1b8\n\x08",
        // The wrap that waits is saved, too.
        "\x1b[9;20Hab\x1b[3;20H\x1b[31mx\x1b7\x1b[m\x1b[H",
        "\x1b[9;19H\x1b[31mxy\x1b7\x1b[2;6r\x1b[?6h\x1b8",
    ] {
        let mut screen = Screen::new((20, 10), 0);
        screen.feed(before.as_bytes());
        let mut copy = rebuilt(&screen);
        assert_eq!(seen(&copy), seen(&screen), "{before:?}");
        for screen in [&mut screen, &mut copy] {
            screen.feed(b"h\x1b8q");
        }
        assert_eq!(seen(&copy), seen(&screen), "{before:?}");
    }
}

#[test]
fn the_primary_screen_comes_back_also_after_a_resize() {
    let mut screen = Screen::new((20, 5), 100);
    screen.feed(b"primary\r\n\x1b[31mred\x1b[?1049h\x1b[2Jalternate");
    screen.resize((30, 6));
    let mut copy = rebuilt(&screen);
    assert_eq!(seen(&copy), seen(&screen));
    screen.feed(b"\x1b[?1049l");
    copy.feed(b"\x1b[?1049l");
    assert!(copy.view().text().starts_with("primary\nred"));
    assert_eq!(seen(&copy), seen(&screen));
}
