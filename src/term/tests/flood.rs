//! Many plain lines at once are what the same lines one by one are.

use proptest::prelude::*;

use super::snapshot::{piece, seen};
use crate::term::Screen;

const SIZE: (u16, u16) = (20, 10);

/// Plain lines of any length, blank and wrapping ones included.
fn lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        4 => "[a-z ]{0,20}",
        1 => "[a-z ]{0,90}",
        1 => "[a-z ]{20}|[a-z ]{40}|",
    ];
    prop::collection::vec(line, 0..70).prop_map(|lines| lines.join("\r\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_flood_is_its_lines(
        parts in prop::collection::vec((prop::collection::vec(piece(true), 0..4), lines(), any::<bool>()), 1..5),
        history in prop::sample::select(vec![0_usize, 7, 1000]),
    ) {
        let mut text = String::new();
        for (pieces, lines, home) in parts {
            text.push_str(&pieces.concat());
            // Most floods come when the cursor stands in a blank row.
            text.push_str(if home { "\x18\x1b[?1049l\x1b[r\x1b[4l\x1b[0m\x1b[J\r\n" } else { "" });
            text.push_str(&lines);
            text.push_str("\r\n");
        }
        let mut whole = Screen::new(SIZE, history);
        whole.feed(text.as_bytes());
        let mut slow = Screen::new(SIZE, history);
        text.as_bytes().chunks(3).for_each(|part| slow.feed(part));
        prop_assert_eq!(seen(&whole), seen(&slow));
        prop_assert_eq!((whole.oldest(), whole.top()), (slow.oldest(), slow.top()));
        prop_assert_eq!(whole.history(1000), slow.history(1000));
        let wrapped = |screen: &Screen| -> Vec<(bool, bool)> {
            let rows = screen.packed(0, 2000).into_iter();
            rows.map(|row| (row.wrapped, row.short)).collect()
        };
        prop_assert_eq!(wrapped(&whole), wrapped(&slow));
        prop_assert_eq!(whole.snapshot(), slow.snapshot());
    }
}

#[test]
fn a_flood_goes_past_the_screen() {
    let mut screen = Screen::new(SIZE, 10_000);
    screen.feed(b"first\r\n");
    let text: String = (0..1000)
        .map(|number| format!("row {number}\r\n"))
        .collect();
    screen.feed(text.as_bytes());
    assert_eq!(screen.top(), 1 + 1000 + 1 - 10);
    assert_eq!(screen.history(3), ["row 988", "row 989", "row 990"]);
    assert_eq!(screen.row(0).text(), "row 991");
    assert_eq!((screen.cursor().column, screen.cursor().row), (0, 9));
}
