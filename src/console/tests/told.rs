//! What programs say beside their screens: clipboard wishes, progress, notifications, folders.

use super::fixture::*;
use crate::client::AttachEvent;
use crate::console::app::App;
use crate::console::glyph::Glyphs;
use crate::console::look::Clipboard;
use crate::console::msg::{Effect, Msg};

/// The console at Toast's terminal, and with two tiles also at Shadow's.
fn typing(tiles: usize, size: (u16, u16)) -> (App, u64) {
    let mut app = console(Some(busy_town()), size, Glyphs::Unicode);
    app.selected.agent = Some(id("tradingbot.Toast.1"));
    app.update(Msg::Tick, NOW);
    press(&mut app, "enter");
    let stream = app.viewer().unwrap().stream;
    for _ in 1..tiles {
        press(&mut app, "ctrl+b v");
    }
    let viewers: Vec<u64> = app.wall.viewers().map(|viewer| viewer.stream).collect();
    for stream in viewers {
        hear(&mut app, stream, "$ ", NOW);
    }
    (app, stream)
}

fn hear(app: &mut App, stream: u64, text: &str, now: i64) -> Vec<Effect> {
    let bytes = AttachEvent::Bytes(text.as_bytes().to_vec());
    app.update(Msg::Terminal(stream, bytes), now)
}

/// `rm -rf ~`, a line end and an escape.
const EVIL: &str = "\x1b]52;c;cm0gLXJmIH4KG1szMW0=\x07";
const OTHER: &str = "\x1b]52;c;b3RoZXI=\x07";

#[test]
fn an_agent_copies_only_what_the_operator_lets_it() {
    // Contract T5.
    let (mut app, stream) = typing(1, (100, 24));
    assert_eq!(hear(&mut app, stream, EVIL, NOW), []);
    let asks = "tradingbot/Toast wants to copy 13 characters \"rm -rf ~ [31m\": Ctrl-b y copy / Ctrl-b N refuse";
    assert!(text(&app).contains(asks), "{}", text(&app));
    // Over a terminal it stands at the top: the last rows are where one types.
    let row = text(&app).lines().position(|line| line.contains(asks));
    assert_eq!(row, Some(1));
    // The question is for the text that it shows, though the agent goes on to wish.
    assert_eq!(hear(&mut app, stream, OTHER, NOW), []);
    assert!(text(&app).contains(asks));
    let effects = press(&mut app, "ctrl+b y");
    assert_eq!(effects, [Effect::Copy("rm -rf ~\n[31m".to_owned())]);
    assert!(
        text(&app).contains("copied 13 characters"),
        "{}",
        text(&app)
    );
    assert_eq!(press(&mut app, "ctrl+b y"), []);
    // Refused, and nothing of it can be had later.
    hear(&mut app, stream, OTHER, NOW);
    assert_eq!(press(&mut app, "ctrl+b N"), []);
    assert_eq!(press(&mut app, "ctrl+b y"), []);
    assert!(!text(&app).contains("copy / "));
    // A question that nobody answered is over.
    hear(&mut app, stream, OTHER, NOW - 40_000);
    assert_eq!(press(&mut app, "ctrl+b y"), []);
    assert_eq!(app.register, None);
    // Reading is never allowed.
    app.look.clipboard = Clipboard::Allow;
    assert_eq!(hear(&mut app, stream, "\x1b]52;c;?\x07", NOW), []);
    let copied = Effect::Copy("other".to_owned());
    assert_eq!(hear(&mut app, stream, OTHER, NOW), [copied]);
    app.look.clipboard = Clipboard::Deny;
    app.toasts.clear();
    assert_eq!(hear(&mut app, stream, OTHER, NOW), []);
    assert!(!text(&app).contains("copy"), "{}", text(&app));
}

#[test]
fn who_is_not_typed_to_copies_nothing() {
    let (mut app, toast) = typing(2, (120, 36));
    app.look.clipboard = Clipboard::Allow;
    assert_eq!(hear(&mut app, toast, OTHER, NOW), []);
    let other = app.viewer().unwrap().stream;
    assert_ne!(other, toast);
    app.update(Msg::Focus(false), NOW);
    assert_eq!(hear(&mut app, other, OTHER, NOW), []);
    app.update(Msg::Focus(true), NOW);
    assert_eq!(hear(&mut app, other, OTHER, NOW).len(), 1);
    press(&mut app, "ctrl+q");
    let peek = app.viewer().unwrap().stream;
    assert_eq!(hear(&mut app, peek, OTHER, NOW), []);
}

#[test]
fn progress_and_folder_stand_in_the_title_line_and_a_note_until_it_is_looked_at() {
    let (mut app, toast) = typing(2, (200, 60));
    let title = |app: &App| rows(app)[0].clone();
    hear(&mut app, toast, "\x1b]9;4;1;42\x07", NOW);
    assert!(
        app.dirty && title(&app).contains(" 42 % "),
        "{}",
        title(&app)
    );
    hear(&mut app, toast, "\x1b]9;4;2;42\x07", NOW);
    assert!(title(&app).contains(" 42 % failed "), "{}", title(&app));
    hear(&mut app, toast, "\x1b]9;4;0\x07", NOW);
    assert!(!title(&app).contains('%'), "{}", title(&app));
    let home = "/t/tradingbot/polecats/Toast";
    hear(
        &mut app,
        toast,
        &format!("\x1b]7;file://box{home}/src\x07"),
        NOW,
    );
    assert!(title(&app).contains(" in src "), "{}", title(&app));
    hear(
        &mut app,
        toast,
        &format!("\x1b]7;file://box{home}\x07"),
        NOW,
    );
    assert!(!title(&app).contains("src"), "{}", title(&app));
    hear(&mut app, toast, "\x07\x1b]9;tests are done\x07\x07", NOW);
    assert!(
        title(&app).contains("! \"tests are done\""),
        "{}",
        title(&app)
    );
    press(&mut app, "ctrl+b h");
    assert!(!title(&app).contains("! \"tests"), "{}", title(&app));
    // Who is typed to needs no mark.
    hear(&mut app, toast, "\x1b]9;tests are done\x07", NOW);
    assert!(!title(&app).contains("! \"tests"), "{}", title(&app));
    // Beside the lists.
    press(&mut app, "ctrl+q");
    let peek = app.viewer().unwrap().stream;
    hear(&mut app, peek, "\x1b]9;4;1;7\x07\x1b]9;come\x07$ ", NOW);
    assert!(text(&app).contains(" 7 %  live "), "{}", text(&app));
    assert!(text(&app).contains(" ! \"come\""), "{}", text(&app));
}
