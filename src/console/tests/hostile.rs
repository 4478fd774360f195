//! What agents may not do to the operator's terminal, to the console's own lines, and to each
//! other, whatever they write (contract T1, T7, T8).

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::fixture::*;
use crate::client::AttachEvent;
use crate::console::app::App;
use crate::console::canvas::Canvas;
use crate::console::draw::{draw, draw_changed};
use crate::console::glyph::Glyphs;
use crate::console::msg::{Effect, Msg, Stream};

const SIZE: (u16, u16) = (100, 30);

/// A wall of so many tiles.
fn wall(tiles: usize) -> App {
    let mut app = console(Some(busy_town()), SIZE, Glyphs::Unicode);
    app.selected.agent = Some(id("tradingbot.Toast.1"));
    app.update(Msg::Tick, NOW);
    press(&mut app, "enter");
    for split in ["ctrl+b v", "ctrl+b -", "ctrl+b h ctrl+b -"]
        .iter()
        .take(tiles - 1)
    {
        press(&mut app, split);
    }
    app
}

fn streams(app: &App) -> Vec<Stream> {
    app.wall.viewers().map(|viewer| viewer.stream).collect()
}

fn say(app: &mut App, stream: Stream, bytes: &[u8]) {
    let bytes = AttachEvent::Bytes(bytes.to_vec());
    app.update(Msg::Terminal(stream, bytes), NOW);
}

fn painted(app: &App) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    draw(app, &mut buf);
    buf
}

/// Bytes of a hostile program: sequences of every sort, whole and broken, between text.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..12),
        "[ -~日本é\u{301}\u{200d}\u{fe0f}👩]{0,12}".prop_map(String::into_bytes),
        "\x1b\\[[?>=!]?[0-9;]{0,9}[ $]?[@-~]".prop_map(String::into_bytes),
        "\x1b\\]([0-9]{1,3});[ -~]{0,16}(\x07|\x1b\\\\)?".prop_map(String::into_bytes),
        "\x1b[P_^X][ -~]{0,16}(\x1b\\\\)?".prop_map(String::into_bytes),
        "\x1b[ -/]?[0-~]".prop_map(String::into_bytes),
        Just(b"\x1b[?1049h\x1b[H TYPING TO  mayor \x1b[999;999Hx".to_vec()),
        Just(b"\x1b[999b\x1b[999L\x1b[r\x1b#8\x1b[8;9999;9999t\xc2\x9b31m\x9d0;x\x07".to_vec()),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// What is left of what the console writes when its own sequences and printable text are taken
/// away; nothing else may be in it.
fn foreign(bytes: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Some(error.to_string()),
    };
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = match c {
            '\x1b' => own_sequence(rest),
            c if c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c) => None,
            c => rest.get(c.len_utf8()..),
        };
        let Some(after) = after else {
            return Some(rest.chars().take(24).collect());
        };
        rest = after;
    }
    None
}

fn own_sequence(text: &str) -> Option<&str> {
    for whole in [
        "\x1b[?2026h",
        "\x1b[?2026l",
        "\x1b[?25h",
        "\x1b[?25l",
        "\x1b[2J",
    ] {
        if let Some(after) = text.strip_prefix(whole) {
            return Some(after);
        }
    }
    let body = text.strip_prefix("\x1b[")?;
    let end = body.find(|c: char| !c.is_ascii_digit() && c != ';' && c != ':')?;
    let (_, last) = body.split_at(end);
    last.strip_prefix('m').or_else(|| last.strip_prefix('H'))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// T1: only the console's own sequences and printable text reach the operator's terminal.
    #[test]
    fn t1_nothing_of_an_agent_reaches_the_terminal_as_bytes(
        pieces in prop::collection::vec((0_usize..4, hostile()), 1..6),
    ) {
        let mut app = wall(4);
        let mut canvas = Canvas::new(SIZE);
        let all = streams(&app);
        for (tile, bytes) in pieces {
            let whole = canvas.whole(|buf| draw(&app, buf)).unwrap().to_vec();
            prop_assert_eq!(foreign(&whole), None);
            app.drawn();
            say(&mut app, all[tile], &bytes);
            let part = canvas.part(|buf| draw_changed(&app, false, buf)).unwrap().to_vec();
            prop_assert_eq!(foreign(&part), None);
        }
    }

    /// T7: an agent's cells stay in their rectangle; the frames around them are the console's.
    #[test]
    fn t7_frames_are_never_an_agents(tile in 0_usize..4, bytes in hostile()) {
        let bytes: Vec<u8> = bytes.into_iter().filter(|byte| *byte != 7).collect();
        let mut app = wall(4);
        for stream in streams(&app) {
            say(&mut app, stream, b"$ ");
        }
        let before = painted(&app);
        let stream = streams(&app)[tile];
        say(&mut app, stream, &bytes);
        app.update(Msg::Tick, NOW + 1_000);
        let after = painted(&app);
        let places = app.wall.places(SIZE);
        for y in 0..SIZE.1 {
            for x in 0..SIZE.0 {
                let at = Position::new(x, y);
                let own = places.tiles.iter().any(|place| {
                    // After whose terminal it is stands what it says of itself.
                    let title = y == place.frame.y && (place.frame.x..place.frame.right()).contains(&x);
                    let word = |x: u16| before[(x, y)].symbol() != "─";
                    let after = title && !(x..place.frame.right() - 1).any(word);
                    place.body.contains(at) || after && x < place.frame.right() - 1
                });
                if !own && !places.status.contains(at) {
                    prop_assert_eq!(&before[at], &after[at], "at {},{}", x, y);
                }
            }
        }
    }

    /// T8: a key goes to the tile with the focus and to nobody else, whatever others asked for.
    #[test]
    fn t8_keys_go_to_exactly_one_agent(
        steps in prop::collection::vec((0_usize..10, 0_usize..4), 1..30),
    ) {
        let keys = [
            "x", "enter", "up", "ctrl+c", "ctrl+b h", "ctrl+b l", "ctrl+b j", "ctrl+b z",
            "ctrl+b n", "ctrl+b -",
        ];
        let mut app = wall(3);
        for (key, speaker) in steps {
            let all = streams(&app);
            if let Some(stream) = all.get(speaker) {
                say(&mut app, *stream, b"\x1b[?1h\x1b[?1003h\x1b[?1006h\x1b[?2004h");
            }
            let focused = app.viewer().map(|viewer| viewer.stream);
            for effect in press(&mut app, keys[key]) {
                if let Effect::Type(stream, _) = effect {
                    prop_assert_eq!(Some(stream), focused);
                }
            }
        }
    }
}
