//! The attack catalogue of contract 3.8, as far as it concerns the model: inert, bounded, unheard.

use proptest::prelude::*;

use crate::term::{CellWidth, Progress, Screen};

fn fed(bytes: &[u8]) -> Screen {
    let mut screen = Screen::new((40, 10), 100);
    screen.feed(bytes);
    screen
}

fn inert(screen: &Screen) {
    let view = screen.view();
    let shown = view
        .rows
        .iter()
        .map(|row| row.text.as_str())
        .chain([view.title.as_str()]);
    for text in shown {
        assert!(
            !text.chars().any(|c| c.is_control()
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')),
            "{text:?}"
        );
    }
    for row in screen.rows(0) {
        let cells: Vec<_> = row.cells().collect();
        assert_eq!(cells.len(), usize::from(screen.size().0));
        for (place, cell) in cells.iter().enumerate() {
            assert!(!cell.symbol().is_control());
            assert!(cell.marks().len() <= 7);
            let spacer_follows = cells
                .get(place + 1)
                .is_some_and(|next| next.width() == CellWidth::Spacer);
            assert_eq!(cell.width() == CellWidth::Wide, spacer_follows);
        }
    }
}

#[test]
fn queries_get_numbers_or_nothing() {
    // T4: attacks 2 to 9.
    let table: [(&[u8], &[u8]); 29] = [
        (b"\x1b[c", b"\x1b[?6c"),
        (b"\x1b[5n", b"\x1b[0n"),
        (b"\x1b[3;4H\x1b[6n", b"\x1b[3;4R"),
        (b"\x1b[?2004$p", b"\x1b[?2004;2$y"),
        (b"\x1b[18t", b"\x1b[8;10;40t"),
        (b"\x1b]11;?\x07", b"\x1b]11;rgb:1010/1010/1010\x07"),
        (b"\x1b]10;?\x1b\\", b"\x1b]10;rgb:d0d0/d0d0/d0d0\x1b\\"),
        (b"\x1b]0;evil\x07\x1b[21t\x1b[20t", b""),
        (b"\x1bP$qm\x1b\\", b""),
        (b"\x1bP+q544e\x1b\\", b""),
        (b"\x05", b""),
        (b"\x1b]52;c;?\x07", b""),
        (b"\x1b]50;?\x07", b""),
        (b"\x1b]4;1;?\x07", b"\x1b]4;1;rgb:cdcd/3131/3131\x07"),
        (
            b"\x1b]4;16;?;231;?;255;?\x1b\\",
            b"\x1b]4;16;rgb:0000/0000/0000\x1b\\\x1b]4;231;rgb:ffff/ffff/ffff\x1b\\\x1b]4;255;rgb:eeee/eeee/eeee\x1b\\",
        ),
        (b"\x1b]4;1;#ff0000\x07", b""),
        (b"\x1b]4;256;?\x07", b""),
        (b"\x1b]104\x07\x1b]11;#ffffff\x07", b""),
        (b"\x1b[>q", b"\x1bP>|gastown\x1b\\"),
        (b"\x1b[?996n", b"\x1b[?997;1n"),
        (b"\x1b[?2031$p", b"\x1b[?2031;3$y"),
        (b"\x1b[?2026$p", b"\x1b[?2026;2$y"),
        (b"\x1b[?2026h\x1b[?2026$p", b"\x1b[?2026;1$y"),
        (b"\x1b[?9999$p", b"\x1b[?9999;0$y"),
        (b"\x1b[?996;1n\x1b[>1q", b""),
        (b"\x1b]2;x\x07\x1b[22;0t\x1b[23;0t", b""),
        (b"\x1b[1;1;1;1;10;10*y", b""),
        (b"\x1b[?u", b"\x1b[?0u"),
        (b"\x1b[14t", b""),
    ];
    for (asked, answer) in table {
        let mut screen = fed(asked);
        let got = screen.take_replies();
        assert_eq!(
            got,
            answer,
            "{:?} was answered {:?}",
            String::from_utf8_lossy(asked),
            String::from_utf8_lossy(&got)
        );
    }
    let mut flood = fed(&b"\x1b[c".repeat(100_000));
    assert!(flood.take_replies().len() <= 4096);
}

#[test]
fn strings_are_swallowed_and_the_text_after_them_is_not() {
    // Attacks 1, 11, 12, 18, 19.
    let long = [
        b"\x1b]0;".to_vec(),
        vec![b'x'; 200_000],
        b"\x07after".to_vec(),
    ]
    .concat();
    let table: [&[u8]; 9] = [
        b"\x1b]52;c;cm0gLXJmIC8=\x07after",
        b"\x1b]9;click me\x07after",
        b"\x1b]777;notify;a;b\x1b\\after",
        b"\x1b]1337;File=name=x:AAAA\x07after",
        b"\x1b_Gf=24;AAAA\x1b\\after",
        b"\x1bPq#0;2;0;0;0~~\x1b\\after",
        b"\x1bPtmux;\x1b\x1b]0;x\x07\x1b\\after",
        b"\x1b^unterminated \x18after",
        &long,
    ];
    for bytes in table {
        let screen = fed(bytes);
        let text = screen.view().text();
        let text = text.trim_end();
        assert!(text.ends_with("after"), "{text:?}");
        assert!(text.len() <= "]0;x after".len(), "{text:?}");
        inert(&screen);
    }
}

#[test]
fn what_hides_or_reorders_text_is_not_there() {
    // Attacks 17, 21, 22, 26.
    let screen = fed("a\u{9b}31mb\u{202e}c\u{200f}d\u{2066}e\u{e0041}f\u{feff}g".as_bytes());
    assert_eq!(screen.view().rows[0].text, "a\u{fffd}31mbcdefg");
    let screen = fed(b"a\x9b31mb\xc0\x80\xed\xa0\x80c\xf0\x28d");
    let text = screen.view().rows[0].text.clone();
    assert!(text.starts_with("a\u{fffd}31mb"), "{text:?}");
    inert(&screen);
    let zalgo = fed(format!("e{}x", "\u{301}".repeat(60_000)).as_bytes());
    assert_eq!(zalgo.view().rows[0].text.chars().count(), 9);
}

#[test]
fn folders_progress_and_notes_are_data() {
    // T6, attack 11.
    let screen = fed(b"\x1b]7;file://box/a%20b/%1b]c\x07\x1b]9;4;1;250\x07");
    let folder = screen.cwd().unwrap();
    assert_eq!(
        (folder.host.as_str(), folder.path.as_str()),
        ("box", "/a b/<U+001B>]c")
    );
    assert_eq!(screen.progress(), Some(Progress::Percent(100)));
    assert_eq!(fed(b"\x1b]9;4;3\x07\x1b]9;4;0\x07").progress(), None);
    for other in [
        "http://box/a",
        "file://b\u{fc}x/a",
        "file:///",
        "file://a;b/c",
        "file:",
    ] {
        let screen = fed(format!("\x1b]7;{other}\x07").as_bytes());
        assert_eq!(screen.cwd().is_some(), other == "file:///", "{other}");
    }
    let long = "x".repeat(5000);
    let screen = fed(format!(
        "\x1b]9;a\u{202e}b\x07\x1b]777;notify;c;d\x07\x1b]99;i=1;e\x1b\\\x1b]9;{long}\x07\x1b]9;\x07"
    ).as_bytes());
    let (count, last) = screen.notes();
    assert_eq!((count, last.map(str::len)), (4, Some(200)));
}

#[test]
fn titles_are_put_away_and_come_back() {
    assert_eq!(
        fed(b"\x1b]2;a\x07\x1b[22t\x1b]2;b\x07\x1b[23t").title(),
        "a"
    );
    assert_eq!(fed(b"\x1b]2;a\x07\x1b[23;2t").title(), "a");
    // An icon's name alone is nobody's title.
    assert_eq!(
        fed(b"\x1b]2;a\x07\x1b[22;1t\x1b]2;b\x07\x1b[23;2t").title(),
        "b"
    );
    let many = "\x1b]2;x\x07\x1b[22t".repeat(5000);
    assert!(fed(many.as_bytes()).snapshot().len() < 2000);
}

#[test]
fn titles_are_data() {
    assert_eq!(fed(b"\x1b]2;a\x1b]b\x07").title(), "a");
    assert_eq!(
        fed("\x1b]2;a\u{202e}b\x07".as_bytes()).title(),
        "a<U+202E>b"
    );
    let long = format!("\x1b]0;{}\x07", "é".repeat(5000));
    assert_eq!(fed(long.as_bytes()).title().chars().count(), 200);
}

#[test]
fn giant_numbers_cost_little() {
    // T10, attacks 13, 16, 27. A bound on work, not on this machine's speed.
    for sequence in [
        "\x1b[8;9999;9999t",
        "\x1b[999999999b",
        "\x1b[999999999L",
        "\x1b[999999999@",
        "\x1b[999999999X",
        "\x1b[99999999999999999999;99999999999999H",
        "\x1b[?3h",
        "\x1b#8",
        "\x1bc",
    ] {
        let screen = fed(sequence.repeat(2000).as_bytes());
        assert_eq!(screen.size(), (40, 10));
        inert(&screen);
    }
    let mut tiny = Screen::new((0, 0), 10);
    assert_eq!(tiny.size(), (2, 1));
    tiny.feed("日本語 wide\n".repeat(100).as_bytes());
    tiny.resize((1, 1));
    tiny.resize((200, 60));
    inert(&tiny);
}

#[test]
fn a_synchronised_update_is_held_and_can_be_released() {
    let mut screen = fed(b"before\x1b[?2026h\rAFTER!\x1b]2;new\x07");
    assert!(screen.view().text().starts_with("before"));
    assert_eq!(screen.held(), Some(1));
    let copy = {
        let mut copy = Screen::new(screen.size(), 0);
        copy.feed(&screen.snapshot());
        copy.feed(b"\x1b[?2026l");
        copy
    };
    screen.release();
    assert_eq!(screen.held(), None);
    assert!(screen.view().text().starts_with("AFTER!"));
    assert_eq!(screen.title(), "new");
    assert_eq!(copy.view().hash, screen.view().hash);
    assert_eq!(copy.title(), "new");
}

fn noise() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        3 => any::<u8>(),
        2 => prop::sample::select(b"\x1b[]P_^X?;0123456789hlmHJKLMPSTr\x07\x18\\\xe2\x80\xae".to_vec()),
    ];
    prop::collection::vec(byte, 0..400)
}

proptest! {
    #[test]
    fn noise_is_inert_in_any_cut(bytes in noise(), cut in 1_usize..50, columns in 2_u16..90) {
        let whole = {
            let mut screen = Screen::new((columns, 10), 50);
            screen.feed(&bytes);
            screen
        };
        let mut pieces = Screen::new((columns, 10), 50);
        for piece in bytes.chunks(cut) {
            pieces.feed(piece);
        }
        inert(&whole);
        prop_assert_eq!(whole.view().hash, pieces.view().hash);
        prop_assert_eq!(whole.faults(), 0);
    }
}
