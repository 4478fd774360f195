//! How the view is drawn: text, matches, selection, links, hostile rows.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

use super::fixture::{Hands, Keeper};
use crate::screen::copy::{Act, Direction, Grip, Kind, Link, Move, Paint, draw};
use crate::term::{CellColor, CellStyle};

const PAINT: Paint = Paint {
    indexed: false,
    selected: Style::new().add_modifier(Modifier::REVERSED),
    found: Style::new().add_modifier(Modifier::UNDERLINED),
    current: Style::new().add_modifier(Modifier::BOLD),
};

/// The rows as text; selected cells in upper case, matches in brackets' place as `?`.
fn shown(hands: &Hands, size: (u16, u16)) -> (String, Option<Position>) {
    let area = Rect::new(0, 0, size.0, size.1);
    let mut buf = Buffer::empty(area);
    let cursor = draw(&hands.copy, area, &mut buf, PAINT);
    let rows: Vec<String> = buf
        .content()
        .chunks(usize::from(size.0))
        .map(|row| {
            row.iter()
                .map(|cell| {
                    if cell.modifier.contains(Modifier::REVERSED) {
                        cell.symbol().replace(' ', "_").to_uppercase()
                    } else if cell.modifier.contains(Modifier::UNDERLINED) {
                        "?".to_owned()
                    } else if cell.modifier.contains(Modifier::BOLD) {
                        "!".to_owned()
                    } else {
                        cell.symbol().to_owned()
                    }
                })
                .collect::<String>()
        })
        .collect();
    (rows.join("\n"), cursor)
}

#[test]
fn selections_matches_and_the_cursor_are_shown() {
    let lines = ["find me", "", "and me too", "x"];
    let mut hands = Hands::begin(Keeper::new(&lines, 12, 4), (12, 4), Grip::Keys);
    hands.copy.search_open(Direction::Backward);
    hands.search("me");
    hands.copy.search_accept();
    let (text, cursor) = shown(&hands, (12, 4));
    assert_eq!(
        text,
        "find ??     \n            \nand !! too  \nx           "
    );
    assert_eq!(cursor, Some(Position::new(4, 2)));
    hands.act(Act::Select(Kind::Character));
    hands.act(Act::Move(Move::Oldest));
    let (text, cursor) = shown(&hands, (12, 4));
    assert_eq!(
        text,
        "FIND_ME     \n_           \nAND_M! too  \nx           "
    );
    assert_eq!(cursor, Some(Position::new(0, 0)));
    hands.act(Act::Select(Kind::Block));
    let (text, _) = shown(&hands, (12, 4));
    assert_eq!(
        text,
        "FIND_??     \n_           \nAND_M! too  \nx           "
    );
}

#[test]
fn a_link_under_the_cursor_tells_its_target() {
    let mut keeper = Keeper::new(&["go here now", "x"], 20, 2);
    keeper.rows[0].links.push(Link {
        from: 3,
        to: 7,
        target: "https://example.org/".to_owned(),
    });
    let mut hands = Hands::begin(keeper, (20, 2), Grip::Keys);
    hands.act(Act::Move(Move::Oldest));
    assert_eq!(hands.copy.glance().unwrap().link, None);
    hands.act(Act::Move(Move::Word));
    let target = hands.copy.glance().unwrap().link;
    assert_eq!(target.as_deref(), Some("https://example.org/"));
}

#[test]
fn hostile_rows_are_cells_and_nothing_else() {
    let mut keeper = Keeper::new(&["x"], 10, 2);
    keeper.rows[0].text = "a\x1b[2J\u{9b}b\u{202e}\u{301}\u{301}日".to_owned();
    keeper.rows[0].styles = vec![(
        3,
        CellStyle {
            bg: CellColor::Indexed(1),
            ..CellStyle::default()
        },
    )];
    let mut hands = Hands::begin(keeper, (10, 2), Grip::Keys);
    let area = Rect::new(0, 0, 10, 2);
    let mut buf = Buffer::empty(area);
    draw(&hands.copy, area, &mut buf, PAINT);
    for cell in buf.content() {
        assert!(!cell.symbol().chars().any(char::is_control), "{cell:?}");
    }
    hands.act(Act::Select(Kind::Line)).act(Act::Copy);
    let text = hands.copied().unwrap();
    assert!(!text.contains(['\x1b', '\u{9b}', '\u{202e}']), "{text:?}");
}
