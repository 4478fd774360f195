//! Moves, copies and searches against simple models, at random.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::fixture::{Hands, Keeper};
use crate::screen::copy::view::Lens;
use crate::screen::copy::{Act, Direction, Grip, Kind, Move, Paint, Pointer, draw};

const MOVES: [Move; 23] = [
    Move::Left,
    Move::Down,
    Move::Up,
    Move::Right,
    Move::Word,
    Move::WordBack,
    Move::WordEnd,
    Move::BigWord,
    Move::BigWordBack,
    Move::BigWordEnd,
    Move::LineStart,
    Move::LineInk,
    Move::LineEnd,
    Move::ParagraphUp,
    Move::ParagraphDown,
    Move::Oldest,
    Move::Newest,
    Move::HalfDown,
    Move::HalfUp,
    Move::PageDown,
    Move::PageUp,
    Move::High,
    Move::Low,
];

fn lines() -> impl Strategy<Value = Vec<String>> {
    let line =
        "([a-c]{0,4}[ .]{0,2}(日|é|_|:)?){0,9}".prop_map(|line: String| line.trim_end().to_owned());
    prop::collection::vec(line, 1..30)
}

/// The text with the place of each character, lines ended by `\n`.
fn flat(lines: &[String], hands: &Hands) -> Vec<(char, u64, usize)> {
    let mut all = Vec::new();
    let mut row = 0;
    for line in lines {
        let here = hands.copy.book.line(row).unwrap();
        let mut column = 0;
        for c in line.chars() {
            all.push((c, row, column));
            column += c.width().unwrap_or(0);
        }
        all.push(('\n', row, if line.is_empty() { 0 } else { usize::MAX }));
        row = here.first + here.rows();
    }
    all
}

/// The next word on flat text, as vi has it.
fn word_forward(text: &[(char, u64, usize)], at: usize, big: bool) -> usize {
    let class = |at: usize| match text[at].0 {
        c if c.is_whitespace() => 0,
        _ if big => 1,
        c if c.is_alphanumeric() || c == '_' => 1,
        _ => 2,
    };
    let mut next = at;
    while next < text.len() && class(next) != 0 && class(next) == class(at) {
        next += 1;
    }
    while next < text.len() && class(next) == 0 {
        if next > at && text[next].0 == '\n' && text[next - 1].0 == '\n' {
            return next;
        }
        next += 1;
    }
    next
}

fn width_of(line: &str) -> usize {
    line.width()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn words_are_where_a_simple_model_has_them(
        lines in lines(), columns in 4_usize..30, big in any::<bool>(),
    ) {
        let keeper = Keeper::new(&lines, columns, 1);
        let mut hands = Hands::begin(keeper, (20, 5), Grip::Keys);
        hands.act(Act::Move(Move::Oldest));
        let text = flat(&lines, &hands);
        let mut at = 0;
        for _ in 0..60 {
            at = word_forward(&text, at, big);
            hands.act(Act::Move(if big { Move::BigWord } else { Move::Word }));
            let Some((_, row, column)) = text.get(at) else { break };
            prop_assert_eq!(hands.at(), (*row, *column));
        }
    }

    #[test]
    fn copied_text_is_the_text_of_the_lines(
        lines in lines(), columns in 4_usize..30, view in 4_u16..30, ends in any::<(u16, u16)>(),
        by_line in any::<bool>(),
    ) {
        let keeper = Keeper::new(&lines, columns, 1);
        let mut hands = Hands::begin(keeper, (view, 5), Grip::Keys);
        hands.act(Act::Move(Move::Oldest));
        let text = flat(&lines, &hands);
        let stops: Vec<usize> = (0..text.len()).filter(|at| text[*at].2 != usize::MAX).collect();
        let pick = |end: u16| stops[usize::from(end) % stops.len()];
        let (from, to) = (pick(ends.0.min(ends.1)), pick(ends.0.max(ends.1)));
        let (from, to) = (from.min(to), from.max(to));
        let place = |at: usize| crate::screen::copy::line::Place { line: text[at].1, column: text[at].2 };
        hands.copy.move_to(place(from)).unwrap();
        hands.act(Act::Select(if by_line { Kind::Line } else { Kind::Character }));
        hands.copy.move_to(place(to)).unwrap();
        hands.act(Act::Copy);
        let wanted: String = if by_line {
            text.iter().filter(|(_, row, _)| (text[from].1..=text[to].1).contains(row))
                .map(|(c, _, _)| *c).collect()
        } else {
            let whole: String = text[from..=to].iter().map(|(c, _, _)| *c).collect();
            whole.strip_suffix('\n').unwrap_or(&whole).to_owned()
        };
        prop_assert_eq!(hands.copied(), Some(wanted.as_str()));
    }

    #[test]
    fn a_search_counts_like_brute_force(
        lines in lines(), columns in 4_usize..30, needle in "[a-c. ]{1,3}", back in any::<bool>(),
        from in any::<u16>(),
    ) {
        let keeper = Keeper::new(&lines, columns, 1);
        let mut hands = Hands::begin(keeper, (20, 5), Grip::Keys);
        hands.copy.digit(u32::from(from) % 40 + 1);
        hands.act(Act::Move(Move::Oldest));
        hands.copy.search_open(if back { Direction::Backward } else { Direction::Forward });
        hands.search(&needle);
        let brute: usize = lines.iter().map(|line| line.matches(&needle).count()).sum();
        let found = hands.copy.glance().unwrap().found.unwrap();
        prop_assert_eq!(found.total, brute);
        prop_assert_eq!(found.number > 0, brute > 0);
        hands.copy.search_accept();
        // Going on as often as there are matches visits each once.
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..brute {
            hands.act(Act::Next);
            seen.insert(hands.at());
        }
        prop_assert_eq!(seen.len(), brute);
    }

    #[test]
    fn the_view_is_never_outside(
        lines in lines(), columns in 4_usize..30, size in (2_u16..30, 1_u16..12),
        acts in prop::collection::vec((0_u8..30, 0_u32..12, any::<(u8, i8)>()), 0..40),
    ) {
        let keeper = Keeper::new(&lines, columns, 3);
        let mut hands = Hands::begin(keeper, size, Grip::Keys);
        for (act, count, (x, y)) in acts {
            hands.copy.digit(count);
            match act {
                0..23 => { hands.act(Act::Move(MOVES[usize::from(act)])); }
                23 => { hands.act(Act::Select(Kind::Block)); }
                24 => { hands.act(Act::OtherEnd); }
                25 => { hands.scroll(i64::from(y)); }
                26 => { hands.point(Pointer::Press { column: u16::from(x), row: 1, clicks: x % 4 }); }
                27 => { hands.point(Pointer::Drag { column: i32::from(x), row: i32::from(y) }); }
                28 => {
                    let size = (u16::from(x % 30) + 2, size.1);
                    let wishes = hands.copy.resize(size);
                    hands.carry_out(wishes);
                }
                _ => { hands.point(Pointer::Release); }
            }
            check(&hands)?;
        }
    }
}

/// The view lies within the history and is full where there are rows enough; every row drawn
/// measures what it takes, whatever is selected.
fn check(hands: &Hands) -> Result<(), TestCaseError> {
    let copy = &hands.copy;
    let pose = copy.pose.unwrap();
    let bounds = copy.book.bounds().unwrap();
    prop_assert!((bounds.oldest..bounds.end).contains(&pose.top.line));
    prop_assert!((bounds.oldest..bounds.end).contains(&pose.cursor.line));
    let shown = copy.lens.rows(&copy.book, pose.top).unwrap();
    prop_assert!(shown.iter().any(|row| row.holds(pose.cursor)), "{pose:?}");
    let all = Lens {
        height: usize::MAX,
        ..copy.lens
    };
    let rows = all
        .rows(&copy.book, crate::screen::copy::line::Place::default())
        .unwrap();
    prop_assert_eq!(shown.len(), copy.lens.height.min(rows.len()));
    let (width, height) = (copy.lens.width, copy.lens.height);
    let place = Rect::new(
        1,
        1,
        u16::try_from(width).unwrap(),
        u16::try_from(height).unwrap(),
    );
    let mut buf = Buffer::empty(Rect::new(0, 0, place.width + 2, place.height + 2));
    let cursor = draw(copy, place, &mut buf, Paint::default());
    prop_assert!(cursor.is_none_or(|cursor| place.contains(cursor)));
    for (y, row) in (0_u16..).zip(buf.content().chunks(width + 2)) {
        let mut column = 0;
        while let Some(cell) = row.get(column) {
            let inside = y >= 1 && usize::from(y) <= height && column >= 1 && column <= width;
            prop_assert!(inside || cell.symbol() == " ");
            column += width_of(cell.symbol()).max(1);
        }
        prop_assert_eq!(column, width + 2);
    }
    Ok(())
}
