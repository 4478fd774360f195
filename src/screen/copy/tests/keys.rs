//! What keys do: moves, counts, selections, searches, marks, leaving.

use super::fixture::{Hands, Keeper};
use crate::screen::copy::{Act, Direction, Grip, Kind, Mark, Move, Wish};

const TEXT: [&str; 8] = [
    "make release",
    "  foo.bar(baz) ok",
    "",
    "a line that is much longer than twenty columns",
    "日本語 wide",
    "",
    "error: Nothing",
    "done",
];

fn hands() -> Hands {
    Hands::begin(Keeper::new(&TEXT, 20, 4), (20, 4), Grip::Keys)
}

#[test]
fn moves_go_where_vi_goes() {
    let mut hands = hands();
    hands.act(Act::Move(Move::Oldest));
    let moves = [
        (Move::Right, (0, 1)),
        (Move::Word, (0, 5)),
        (Move::WordEnd, (0, 11)),
        (Move::Word, (1, 2)),
        (Move::Word, (1, 5)),
        (Move::BigWord, (1, 15)),
        (Move::LineStart, (1, 0)),
        (Move::LineInk, (1, 2)),
        (Move::BigWordEnd, (1, 13)),
        (Move::LineEnd, (1, 16)),
        (Move::Down, (2, 0)),
        // The wish for the end of the line outlives the blank line; a row of a wrapped line counts.
        (Move::Down, (3, 19)),
        (Move::Down, (3, 39)),
        (Move::ParagraphDown, (7, 0)),
        (Move::ParagraphUp, (2, 0)),
        (Move::ParagraphDown, (7, 0)),
        (Move::WordBack, (6, 7)),
        (Move::BigWordBack, (6, 0)),
        (Move::Right, (6, 2)),
        (Move::Newest, (9, 3)),
        (Move::Left, (9, 2)),
        (Move::Up, (8, 2)),
    ];
    for (how, at) in moves {
        hands.act(Act::Move(how));
        assert_eq!(hands.at(), at, "{how:?}");
    }
}

#[test]
fn counts_repeat_moves_and_name_rows() {
    let mut hands = hands();
    hands.act(Act::Move(Move::Oldest));
    assert!(!hands.copy.digit(0));
    assert!(hands.copy.digit(3));
    hands.act(Act::Move(Move::Word));
    assert_eq!(hands.at(), (1, 5));
    assert!(hands.copy.digit(9));
    hands.act(Act::Move(Move::Newest));
    assert_eq!(hands.at(), (8, 0));
    assert_eq!(hands.copy.pending_count(), None);
    assert!(hands.copy.digit(9));
    assert!(hands.copy.digit(0));
    hands.act(Act::Move(Move::Left));
    assert_eq!(hands.at(), (8, 0));
}

#[test]
fn copies_drop_wraps_and_trailing_blanks_and_keep_blocks() {
    let table: [(&[Act], &str); 5] = [
        // By line, over a wrap.
        (
            &[Act::Move(Move::Up), Act::Select(Kind::Line), Act::Copy],
            "error: Nothing\n",
        ),
        (
            &[
                Act::Move(Move::Oldest),
                Act::Move(Move::ParagraphDown),
                Act::Move(Move::Down),
                Act::Select(Kind::Line),
                Act::Copy,
            ],
            "a line that is much longer than twenty columns\n",
        ),
        // By character, to the other end and on.
        (
            &[
                Act::Move(Move::Oldest),
                Act::Move(Move::Word),
                Act::Select(Kind::Character),
                Act::Move(Move::Down),
                Act::OtherEnd,
                Act::Move(Move::Left),
                Act::Copy,
            ],
            " release\n  foo.",
        ),
        // A block of two columns over a wide character takes it whole.
        (
            &[
                Act::Move(Move::ParagraphUp),
                Act::Move(Move::Up),
                Act::Move(Move::Right),
                Act::Select(Kind::Block),
                Act::Move(Move::Up),
                Act::Move(Move::Right),
                Act::Copy,
            ],
            "um\n本",
        ),
        (
            &[
                Act::Move(Move::LineStart),
                Act::Select(Kind::Word),
                Act::Copy,
            ],
            "done",
        ),
    ];
    for (acts, text) in table {
        let mut hands = hands();
        for act in acts {
            hands.act(*act);
        }
        assert_eq!(hands.copied(), Some(text), "{acts:?}");
        assert_eq!(hands.said.last(), Some(&Wish::Leave));
    }
}

#[test]
fn searches_are_smart_about_case_and_say_how_many() {
    let mut hands = hands();
    hands.act(Act::Move(Move::Newest));
    hands.copy.search_open(Direction::Backward);
    hands.search("o");
    let found = hands.copy.glance().unwrap().found.unwrap();
    assert_eq!((found.number, found.total, found.more), (8, 8, false));
    assert_eq!(hands.at(), (9, 1));
    hands.search("nothing");
    assert_eq!(hands.at(), (8, 7));
    hands.search("Nothin");
    assert_eq!(hands.at(), (8, 7));
    hands.search("NOTHING");
    let found = hands.copy.glance().unwrap().found.unwrap();
    assert_eq!((found.number, found.total, found.more), (0, 0, false));
    hands.search(r"\v\S+ing$");
    assert_eq!(hands.at(), (8, 7));
    hands.search(r"\v(");
    assert!(hands.copy.glance().unwrap().problem.is_some());
    // Over a wrap.
    hands.search("longer");
    assert_eq!(hands.at(), (3, 20));
    hands.copy.search_accept();
    hands.act(Act::Escape);
    assert!(hands.copy.glance().unwrap().found.is_none());
    hands.act(Act::Escape);
    assert_eq!(hands.said.last(), Some(&Wish::Leave));
}

#[test]
fn next_and_previous_go_round() {
    let mut hands = Hands::begin(
        Keeper::new(&["x1", "-", "x2", "-", "x3"], 10, 3),
        (10, 3),
        Grip::Keys,
    );
    hands.copy.search_open(Direction::Backward);
    hands.search("x");
    hands.copy.search_accept();
    // Whoever stands on the last match goes to the one before.
    assert_eq!(hands.at(), (2, 0));
    let steps = [(Act::Next, 0), (Act::Next, 4), (Act::Previous, 0)];
    for (act, row) in steps {
        hands.act(act);
        assert_eq!(hands.at(), (row, 0), "{act:?}");
    }
    hands.copy.search_open(Direction::Forward);
    hands.search("nowhere");
    let wishes = hands.copy.search_cancel();
    hands.carry_out(wishes);
    assert_eq!(hands.at(), (0, 0));
    hands.act(Act::Next);
    assert!(matches!(hands.said.last(), Some(Wish::Tell(_))));
}

#[test]
fn prompts_and_the_output_of_a_command_are_found_by_their_marks() {
    let lines = ["$ ls", "one", "two", "$ true", "$ "];
    let keeper = Keeper::new(&lines, 20, 3)
        .mark(0, Mark::Prompt)
        .mark(1, Mark::Output)
        .mark(3, Mark::Prompt)
        .mark(4, Mark::Prompt);
    let mut hands = Hands::begin(keeper, (20, 3), Grip::Keys);
    hands.act(Act::Move(Move::Prompt(Direction::Backward)));
    assert_eq!(hands.at(), (3, 0));
    hands.act(Act::Move(Move::Prompt(Direction::Backward)));
    assert_eq!(hands.at(), (0, 0));
    hands.act(Act::Move(Move::Prompt(Direction::Forward)));
    assert_eq!(hands.at(), (3, 0));
    hands.act(Act::CopyOutput);
    assert_eq!(hands.copied(), Some("one\ntwo\n"));
    let mut bare = Hands::begin(Keeper::new(&lines, 20, 3), (20, 3), Grip::Keys);
    bare.act(Act::CopyOutput);
    assert!(matches!(bare.said.as_slice(), [Wish::Tell(text)] if text.contains("OSC 133")));
}

#[test]
fn the_view_stays_while_rows_come_and_counts_them() {
    let lines: Vec<String> = (0..3_000).map(|number| format!("row {number}")).collect();
    let mut hands = Hands::begin(Keeper::new(&lines, 20, 5), (20, 5), Grip::Keys);
    hands.act(Act::Move(Move::PageUp));
    let before = hands.copy.pose.unwrap();
    hands.keeper.rows[2_997].text = "changed".to_owned();
    let more = Keeper::new(&["new"; 40], 20, 5);
    hands.keeper.rows.extend(more.rows);
    let ask = hands.copy.refresh().unwrap();
    let wishes = vec![Wish::Ask(ask)];
    hands.carry_out(wishes);
    assert_eq!(hands.copy.pose.unwrap(), before);
    let glance = hands.copy.glance().unwrap();
    assert_eq!((glance.newer, glance.rows), (40, 3_040));
    assert_eq!(hands.copy.book.line(2_997).unwrap().text(), "changed");
    hands.act(Act::Move(Move::Newest));
    assert_eq!(hands.at(), (3_039, 2));
}

#[test]
fn far_rows_are_fetched_in_pages_and_the_book_stays_bounded() {
    let lines: Vec<String> = (0..60_000)
        .map(|number| format!("row {number} x"))
        .collect();
    let mut hands = Hands::begin(Keeper::new(&lines, 20, 24), (20, 24), Grip::Keys);
    hands.act(Act::Move(Move::Oldest));
    assert_eq!(hands.at(), (0, 0));
    assert!(hands.keeper.asked < 8, "{}", hands.keeper.asked);
    hands.copy.search_open(Direction::Backward);
    hands.search("x");
    let found = hands.copy.glance().unwrap().found.unwrap();
    assert_eq!((found.number, found.total), (60_000, 60_000));
    assert_eq!(hands.at(), (59_999, 10));
    let (rows, bytes) = hands.copy.book.len();
    assert!(rows <= 50_000 && bytes <= 16 << 20, "{rows} {bytes}");
    assert!(hands.keeper.asked < 300, "{}", hands.keeper.asked);
    hands.copy.search_accept();
    // A selection over more than the book holds is refused, not begun.
    hands.act(Act::Select(Kind::Line));
    hands.act(Act::Move(Move::Oldest));
    hands.act(Act::Copy);
    assert_eq!(hands.said.last(), Some(&Wish::TooLong));
}

#[test]
fn escape_ends_a_search_that_runs() {
    let lines: Vec<String> = (0..9_000).map(|number| format!("row {number}")).collect();
    let mut hands = Hands::begin(Keeper::new(&lines, 20, 5), (20, 5), Grip::Keys);
    hands.copy.search_open(Direction::Backward);
    let wishes = hands.copy.search_text("nowhere");
    assert!(
        matches!(wishes.as_slice(), [Wish::Ask(_)] | []),
        "{wishes:?}"
    );
    hands.copy.search_accept();
    assert!(hands.copy.glance().unwrap().found.unwrap().more);
    hands.act(Act::Escape);
    assert!(!hands.copy.glance().unwrap().found.unwrap().more);
    assert!(hands.said.is_empty());
}

#[test]
fn a_change_of_width_keeps_the_text_in_view() {
    let lines = ["0123456789".repeat(8), "b".to_owned(), "c".to_owned()];
    let mut hands = Hands::begin(Keeper::new(&lines, 20, 2), (20, 2), Grip::Keys);
    hands.act(Act::Move(Move::Oldest));
    hands.copy.digit(2);
    hands.act(Act::Move(Move::Down));
    assert_eq!(hands.at(), (0, 40));
    for width in [7, 80, 33] {
        let wishes = hands.copy.resize((width, 2));
        hands.carry_out(wishes);
        assert_eq!(hands.at(), (0, 40));
    }
}

#[test]
fn scrolling_alone_ends_at_the_bottom() {
    let lines: Vec<String> = (0..100).map(|number| format!("row {number}")).collect();
    let mut hands = Hands::begin(Keeper::new(&lines, 20, 10), (20, 10), Grip::Passive);
    hands.scroll(3).scroll(3).scroll(-3);
    assert!(hands.said.is_empty());
    assert_eq!(hands.copy.glance().unwrap().row, 88);
    hands.scroll(-5);
    assert_eq!(hands.said, [Wish::Leave]);
}
