//! What the mouse selects.

use super::fixture::{Hands, Keeper};
use crate::screen::copy::{Act, Grip, Kind, Pointer, Wish};

fn press(column: u16, row: u16, clicks: u8) -> Pointer {
    Pointer::Press {
        column,
        row,
        clicks,
    }
}

const fn drag(column: i32, row: i32) -> Pointer {
    Pointer::Drag { column, row }
}

fn hands() -> Hands {
    let mut lines: Vec<String> = (0..50).map(|number| format!("row {number}")).collect();
    lines.push("see ./src/lib.rs:12 and 日本 go".to_owned());
    lines.push("end".to_owned());
    Hands::begin(Keeper::new(&lines, 16, 4), (16, 4), Grip::Passive)
}

#[test]
fn clicks_and_drags_select_and_copy_at_once() {
    let table: [(&[Pointer], &str); 6] = [
        (&[press(0, 3, 1), drag(1, 3)], "en"),
        // Backwards, over a wrap, to the second half of a wide character.
        (&[press(10, 2, 1), drag(15, 1)], "s:12 and 日本"),
        (&[press(6, 1, 2)], "./src/lib.rs:12"),
        (&[press(0, 1, 2), drag(6, 1)], "see ./src/lib.rs:12"),
        (&[press(0, 2, 3)], "see ./src/lib.rs:12 and 日本 go\n"),
        // To the right of the text and below the last row.
        (&[press(1, 3, 1), drag(40, 9)], "nd"),
    ];
    for (pointers, text) in table {
        let mut hands = hands();
        for pointer in pointers {
            hands.point(*pointer);
        }
        hands.point(Pointer::Release);
        assert_eq!(hands.copied(), Some(text), "{pointers:?}");
        assert!(!hands.said.contains(&Wish::Leave));
    }
}

#[test]
fn a_click_alone_selects_nothing_and_leaves_a_view_at_the_bottom() {
    let mut hands = hands();
    hands.point(press(2, 2, 1)).point(Pointer::Release);
    assert_eq!(hands.said, [Wish::Leave]);
}

#[test]
fn dragging_beyond_the_edge_goes_on_while_it_is_held() {
    let mut hands = hands();
    hands.point(press(5, 0, 1)).point(drag(0, -1));
    for _ in 0..10 {
        let wishes = hands.copy.hold();
        hands.carry_out(wishes);
    }
    assert!(hands.copy.due().is_some());
    hands.point(Pointer::Release);
    assert!(hands.copy.due().is_none());
    let text = hands.copied().unwrap();
    assert!(text.starts_with("row 38\nrow 39\n"), "{text}");
    assert!(text.ends_with("row 49"), "{text}");
    // The keyboard goes on with what the mouse began.
    hands.copy.grab();
    hands.act(Act::Select(Kind::Line)).act(Act::Copy);
    assert!(hands.copied().unwrap().ends_with("row 49\n"));
}
