//! What is drawn of a terminal that spoke: its changed rows, and nothing else is looked at.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::fixture::*;
use crate::client::AttachEvent;
use crate::console::app::App;
use crate::console::draw::{draw, draw_changed};
use crate::console::glyph::Glyphs;
use crate::console::msg::{Effect, Msg};

/// The console at a terminal of the size of its place, all of it drawn.
fn typing(buf: &mut Buffer) -> (App, u64) {
    let size = (buf.area.width, buf.area.height);
    let mut app = console(Some(busy_town()), size, Glyphs::Unicode);
    app.selected.agent = Some(id("tradingbot.Toast.1"));
    app.update(Msg::Tick, NOW);
    press(&mut app, "enter");
    let stream = app.viewer().unwrap().stream;
    let place = app.wall.places(app.size).tiles[0].body;
    let event = AttachEvent::Size((place.width, place.height));
    app.update(Msg::Terminal(stream, event), NOW);
    hear(&mut app, stream, b"$ ");
    draw(&app, buf);
    app.drawn();
    (app, stream)
}

fn hear(app: &mut App, stream: u64, bytes: &[u8]) -> Vec<Effect> {
    let event = AttachEvent::Bytes(bytes.to_vec());
    app.update(Msg::Terminal(stream, event), NOW)
}

#[test]
fn an_echo_looks_at_one_row_and_is_drawn_at_once() {
    let mut buf = Buffer::empty(Rect::new(0, 0, 80, 24));
    let (mut app, stream) = typing(&mut buf);
    press(&mut app, "x");
    assert!(!app.dirty);
    hear(&mut app, stream, b"x");
    assert!(app.urgent && !app.dirty);
    let painted = draw_changed(&app, true, &mut buf);
    assert_eq!(painted.areas, [Rect::new(0, 1, 80, 1)]);
    assert_eq!(buf[(2, 1)].symbol(), "x");
    assert_eq!(painted.cursor.unwrap().unwrap().x, 3);
    app.echoed();
    assert!(!app.wants_frame());
    // What comes long after the key waits for its frame.
    let late = AttachEvent::Bytes(b"done".to_vec());
    app.update(Msg::Terminal(stream, late), NOW + 51);
    assert!(!app.urgent && app.wants_frame());
}

/// Pieces that move, scroll, insert, delete, wrap and switch screens.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let csi = |finals: &'static str| {
        let finals: Vec<char> = finals.chars().collect();
        (0_u16..14, 0_u16..14, prop::sample::select(finals))
            .prop_map(|(a, b, end)| format!("\x1b[{a};{b}{end}").into_bytes())
    };
    prop_oneof![
        4 => "[ -~日é]{0,30}".prop_map(String::into_bytes),
        2 => Just(b"\r\n".to_vec()),
        4 => csi("ABCDEFGHJKLMPSTX@dmr"),
        1 => prop::sample::select(vec![
            "\x1b[?1049h", "\x1b[?1049l", "\x1b[?25l", "\x1b[?25h", "\x1bM", "\x1bD", "\x1b7",
            "\x1b8", "\x1bc", "\x1b[?2026h", "\x1b[?2026l", "\x1b#8", "\x1b[?6h", "\x1b[4h",
            "\x1b[4l", "\t", "\x08",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// What is drawn piece by piece reads as what is drawn whole.
    #[test]
    fn changed_rows_make_the_whole_screen(
        pieces in prop::collection::vec((piece(), any::<bool>(), any::<bool>()), 1..40),
    ) {
        let mut buf = Buffer::empty(Rect::new(0, 0, 24, 12));
        let (mut app, stream) = typing(&mut buf);
        for (bytes, shown, echo) in pieces {
            hear(&mut app, stream, &bytes);
            if !shown {
                continue;
            }
            if app.dirty {
                buf.reset();
                draw(&app, &mut buf);
                app.drawn();
            } else if app.wants_frame() {
                draw_changed(&app, echo, &mut buf);
                if echo { app.echoed() } else { app.drawn() }
            } else {
                continue;
            }
            let mut whole = Buffer::empty(buf.area);
            draw(&app, &mut whole);
            prop_assert_eq!(&buf, &whole);
        }
    }
}
