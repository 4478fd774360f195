//! Looking back in the focused terminal: copy mode, wheel, mouse, search, what is copied.

use std::collections::VecDeque;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::fixture::*;
use crate::client::{AttachEvent, Rows};
use crate::console::app::App;
use crate::console::glyph::Glyphs;
use crate::console::msg::{Effect, Msg, Past, Wanted};
use crate::domain::{Exit, Refusal};
use crate::screen::copy::Row;

/// The console at a terminal with a hundred lines, some of them long, and a prompt.
fn typing(size: (u16, u16)) -> (App, u64) {
    let mut app = console(Some(busy_town()), size, Glyphs::Unicode);
    app.selected.agent = Some(id("tradingbot.Toast.1"));
    app.update(Msg::Tick, NOW);
    press(&mut app, "enter");
    let stream = app.viewer().unwrap().stream;
    let place = app.wall.places(app.size).tiles[0].body;
    let event = AttachEvent::Size((place.width, place.height));
    app.update(Msg::Terminal(stream, event), NOW);
    let lines = (1..=100).map(|number| format!("line {number} of the build\r\n"));
    let mut text: String = lines.collect();
    text.push_str("error: 日本語 in src/lib.rs:12\r\n$ ");
    show(&mut app, stream, &text);
    (app, stream)
}

fn show(app: &mut App, stream: u64, text: &str) {
    let bytes = AttachEvent::Bytes(text.as_bytes().to_vec());
    app.update(Msg::Terminal(stream, bytes), NOW);
}

/// What a host answers that has the same rows as the terminal here.
fn host_rows(app: &App, from: u64, count: u32) -> Rows {
    let screen = &app.viewer().unwrap().screen;
    Rows {
        oldest: screen.oldest(),
        top: screen.top(),
        from: from.max(screen.oldest()),
        rows: screen.packed(from, count as usize),
    }
}

/// Answers requests for rows; what is left to do.
fn served(app: &mut App, effects: Vec<Effect>) -> Vec<Effect> {
    let mut open = VecDeque::from(effects);
    let mut rest = Vec::new();
    while let Some(effect) = open.pop_front() {
        if let Effect::Rows(who, _, from, count) = effect {
            assert!(count <= 512, "a page is enough: {count}");
            let rows = host_rows(app, from, count);
            open.extend(app.update(Msg::Rows(who, Ok(rows)), NOW));
        } else {
            rest.push(effect);
        }
    }
    rest
}

/// Presses keys at a terminal whose host answers at once.
fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    let mut rest = Vec::new();
    for key in keys.split(' ') {
        let effects = super::fixture::press(app, key);
        rest.extend(served(app, effects));
    }
    rest
}

fn tick(app: &mut App, now: i64) -> Vec<Effect> {
    let effects = app.update(Msg::Tick, now);
    served(app, effects)
}

/// Runs searches to their end.
fn finish(app: &mut App) {
    while app.viewer().unwrap().due().is_some_and(|at| at <= NOW) {
        tick(app, NOW);
    }
}

fn copied(effects: &[Effect]) -> Option<&str> {
    effects.iter().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text.as_str()),
        _ => None,
    })
}

fn mouse(app: &mut App, kind: MouseEventKind, (column, row): (u16, u16)) -> Vec<Effect> {
    let event = MouseEvent {
        kind,
        column,
        row,
        modifiers: KeyModifiers::NONE,
    };
    let effects = app.update(Msg::Mouse(event), NOW);
    served(app, effects)
}

#[test]
fn copy_mode_moves_selects_and_copies_and_no_key_reaches_the_agent() {
    let (mut app, _) = typing((80, 24));
    let effects = press(&mut app, "ctrl+b [ k 0 v e y");
    assert_eq!(copied(&effects), Some("error"));
    assert!(text(&app).contains("copied 5 characters"), "{}", text(&app));
    assert!(text(&app).contains("TYPING TO"));
    let effects = press(&mut app, "ctrl+b [ 'g2jwwiVjy");
    assert_eq!(
        copied(&effects),
        Some("line 3 of the build\nline 4 of the build\n")
    );
    // What was copied can be pasted to the agent.
    let effects = press(&mut app, "ctrl+b ]");
    assert!(
        matches!(effects.as_slice(), [Effect::Type(_, bytes)] if bytes.starts_with(b"line 3 of"))
    );
}

#[test]
fn the_view_stays_while_output_comes_and_ends_where_it_began() {
    let (mut app, stream) = typing((80, 24));
    press(&mut app, "ctrl+b [ ctrl+u");
    let before = text(&app);
    show(&mut app, stream, &"more\r\n".repeat(30));
    assert_eq!(text(&app), before);
    // What came is counted and can be gone to, but nothing moves.
    tick(&mut app, NOW + 1_000);
    assert!(text(&app).contains("30 new rows"), "{}", text(&app));
    assert!(text(&app).contains("/132"), "{}", text(&app));
    let shown = |text: &str| {
        text.lines()
            .skip(1)
            .take(20)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(shown(&text(&app)), shown(&before));
    press(&mut app, "G");
    assert_eq!(rows_shown(&app)[20..21], ["more"]);
    press(&mut app, "esc");
    assert!(!text(&app).contains("COPY"));
    assert!(text(&app).contains("more"));
}

#[test]
fn a_search_counts_and_goes_on() {
    let (mut app, _) = typing((80, 24));
    press(&mut app, "ctrl+b / 'LINE");
    finish(&mut app);
    assert!(text(&app).contains("?LINE"), "{}", text(&app));
    press(&mut app, "enter");
    assert!(text(&app).contains("no match"));
    press(&mut app, "/ '9 enter");
    finish(&mut app);
    assert!(text(&app).contains("match 1/20"), "{}", text(&app));
    press(&mut app, "n n");
    assert!(text(&app).contains("match 3/20"), "{}", text(&app));
    press(&mut app, "N v y");
    press(&mut app, "ctrl+b / esc q");
    assert!(text(&app).contains("TYPING TO"));
}

#[test]
fn scrolling_leaves_the_keyboard_with_the_agent() {
    let (mut app, stream) = typing((80, 24));
    press(&mut app, "shift+pageup");
    assert!(text(&app).contains("BACK "), "{}", text(&app));
    assert!(!text(&app).contains("$"));
    // Escape returns to the present and interrupts nobody.
    assert_eq!(press(&mut app, "esc"), []);
    assert!(text(&app).contains("\n$"));
    mouse(&mut app, MouseEventKind::ScrollUp, (3, 3));
    assert!(text(&app).contains("BACK "));
    assert_eq!(press(&mut app, "x"), [Effect::Type(stream, b"x".to_vec())]);
    assert!(!text(&app).contains("BACK "));
    mouse(&mut app, MouseEventKind::ScrollUp, (3, 3));
    mouse(&mut app, MouseEventKind::ScrollDown, (3, 3));
    assert!(!text(&app).contains("BACK "));
}

#[test]
fn the_mouse_copies_what_it_selects() {
    let (mut app, stream) = typing((80, 24));
    let row = rows(&app)
        .iter()
        .position(|row| row.contains("error:"))
        .unwrap();
    let row = u16::try_from(row).unwrap();
    let left = MouseButton::Left;
    mouse(&mut app, MouseEventKind::Down(left), (7, row));
    mouse(&mut app, MouseEventKind::Drag(left), (10, row));
    let effects = mouse(&mut app, MouseEventKind::Up(left), (10, row));
    assert_eq!(copied(&effects), Some("日本"));
    // Two clicks take a path, three the line.
    for wanted in ["src/lib.rs:12", "error: 日本語 in src/lib.rs:12\n"] {
        let clicks = if wanted.ends_with('\n') { 1 } else { 2 };
        let mut last = Vec::new();
        for _ in 0..clicks {
            mouse(&mut app, MouseEventKind::Down(left), (20, row));
            last = mouse(&mut app, MouseEventKind::Up(left), (20, row));
        }
        assert_eq!(copied(&last), Some(wanted));
    }
    // A program that took the mouse gets it, but not with Shift.
    press(&mut app, "x");
    show(&mut app, stream, "\x1b[?1002h\x1b[?1006h");
    let effects = mouse(&mut app, MouseEventKind::Down(left), (20, row));
    assert!(
        matches!(effects.as_slice(), [Effect::Type(..)]),
        "{effects:?}"
    );
    mouse(&mut app, MouseEventKind::Up(left), (20, row));
    let shifted = |kind, column| MouseEvent {
        kind,
        column,
        row,
        modifiers: KeyModifiers::SHIFT,
    };
    app.update(Msg::Mouse(shifted(MouseEventKind::Down(left), 0)), NOW);
    let effects = app.update(Msg::Mouse(shifted(MouseEventKind::Drag(left), 4)), NOW);
    served(&mut app, effects);
    let effects = app.update(Msg::Mouse(shifted(MouseEventKind::Up(left), 4)), NOW);
    assert_eq!(copied(&effects), Some("error"));
}

#[test]
fn what_a_shell_marks_is_gone_to_and_copied_and_links_are_told() {
    let (mut app, stream) = typing((80, 24));
    let prompt = "\x1b]133;A\x07$ \x1b]133;B\x07";
    let text_of = format!(
        "\r\n{prompt}ls\r\n\x1b]133;C\x07one\r\n\x1b]8;;https://example.org/two\x07two\x1b]8;;\x07\r\n\
         \x1b]133;D;0\x07{prompt}"
    );
    show(&mut app, stream, &text_of);
    let effects = press(&mut app, "ctrl+b [ c");
    assert_eq!(copied(&effects), Some("one\ntwo\n"));
    press(&mut app, "ctrl+b [ k");
    assert!(
        text(&app).contains("link https://example.org/two"),
        "{}",
        text(&app)
    );
    let effects = press(&mut app, "[ V y");
    assert_eq!(copied(&effects), Some("$ ls\n"));
    let (mut app, _) = typing((80, 24));
    press(&mut app, "ctrl+b [ [");
    assert!(text(&app).contains("OSC 133"), "{}", text(&app));
}

#[test]
fn a_paste_ends_looking_back_and_goes_to_the_agent() {
    let (mut app, stream) = typing((80, 24));
    press(&mut app, "shift+pageup");
    let effects = app.update(Msg::Paste("ls".to_owned()), NOW);
    assert_eq!(effects, [Effect::Type(stream, b"ls".to_vec())]);
    assert!(!text(&app).contains("BACK "));
    press(&mut app, "ctrl+b [ 0 v l y ctrl+b [");
    // While keys move the cursor a paste goes nowhere, but into a search.
    assert_eq!(app.update(Msg::Paste("rm".to_owned()), NOW), []);
    press(&mut app, "/");
    app.update(Msg::Paste("line".to_owned()), NOW);
    assert!(text(&app).contains("/line"), "{}", text(&app));
}

/// More lines than the host keeps.
fn flood(app: &mut App, stream: u64, lines: std::ops::RangeInclusive<u32>) {
    let text: Vec<String> = lines.map(|number| format!("row {number}\r\n")).collect();
    show(app, stream, &text.concat());
}

fn asks(effects: &[Effect]) -> bool {
    let mut all = effects.iter();
    all.any(|effect| matches!(effect, Effect::History(_, _, Wanted::Older)))
}

#[test]
fn rows_come_by_the_page_and_the_recording_is_read_near_the_hosts_oldest_row_only() {
    let (mut app, stream) = typing((80, 24));
    let up = |app: &mut App| mouse(app, MouseEventKind::ScrollUp, (3, 3));
    // The host has every row from the first on.
    assert!(!asks(&up(&mut app)));
    assert!(!asks(&press(&mut app, "ctrl+b [ g")));
    press(&mut app, "q");
    flood(&mut app, stream, 1..=12_000);
    // First where the rows are, then one page at a time.
    let effects = super::fixture::press(&mut app, "shift+pageup");
    let [Effect::Rows(who, _, _, 0)] = effects[..] else {
        panic!("{effects:?}");
    };
    let rows = host_rows(&app, 0, 0);
    let effects = app.update(Msg::Rows(who, Ok(rows)), NOW);
    assert!(
        matches!(effects[..], [Effect::Rows(_, _, from, 512)] if from > 11_000),
        "{effects:?}"
    );
    // Until then the present is shown.
    assert!(text(&app).contains("row 12000"), "{}", text(&app));
    assert!(!asks(&served(&mut app, effects)));
    assert!(!text(&app).contains("row 12000"), "{}", text(&app));
    let effects = app.scroll(9_000);
    assert!(!asks(&served(&mut app, effects)));
    let effects = app.scroll(2_000);
    assert!(asks(&served(&mut app, effects)));
    assert!(!asks(&up(&mut app)));
}

#[test]
fn a_search_goes_over_all_rows_of_the_host_and_says_when_it_still_counts() {
    let (mut app, stream) = typing((80, 24));
    flood(&mut app, stream, 1..=9_000);
    press(&mut app, "ctrl+b [");
    super::fixture::press(&mut app, "ctrl+b / 'row enter");
    assert!(text(&app).contains("  searching  "), "{}", text(&app));
    let effects = app.update(Msg::Tick, NOW);
    assert!(text(&app).contains("+ counting  "), "{}", text(&app));
    served(&mut app, effects);
    finish(&mut app);
    assert!(text(&app).contains("match 9000/9000  "), "{}", text(&app));
    // What comes meanwhile is counted too.
    flood(&mut app, stream, 9_001..=9_100);
    tick(&mut app, NOW + 1_000);
    finish(&mut app);
    assert!(text(&app).contains("match 9000/9100  "), "{}", text(&app));
}

#[test]
fn the_view_stays_though_the_host_drops_its_rows() {
    let (mut app, stream) = typing((80, 24));
    flood(&mut app, stream, 1..=5_000);
    press(&mut app, "ctrl+b [ '4000k");
    let before = rows_shown(&app)[..22].to_vec();
    assert!(before.contains(&"row 1010".to_owned()), "{before:?}");
    flood(&mut app, stream, 5_001..=16_000);
    // What the host dropped is in the recording by now.
    assert!(asks(&tick(&mut app, NOW + 1_000)));
    assert_eq!(rows_shown(&app)[..22], before);
    press(&mut app, "'900k");
    assert_eq!(rows_shown(&app)[..22], before);
    let screen = &app.viewer().unwrap().screen;
    let until = screen.oldest();
    let old = |number: u64| match number {
        0..100 => format!("line {} of the build", number + 1),
        100 => "error".to_owned(),
        _ => format!("row {}", number - 100),
    };
    let rows = (0..until).map(|number| row(old(number))).collect();
    let who = app.viewer().unwrap().back.as_ref().unwrap().who;
    let past = Past {
        rows,
        until: Some(until),
    };
    let effects = app.update(Msg::History(who, Wanted::Older, Ok(past)), NOW);
    served(&mut app, effects);
    let after = rows_shown(&app);
    assert!(after.contains(&"row 110".to_owned()), "{after:?}");
}

#[test]
fn who_looks_back_goes_on_when_the_run_ends() {
    let (mut app, stream) = typing((80, 24));
    flood(&mut app, stream, 1..=3_000);
    press(&mut app, "ctrl+b [ '1000k");
    let before = rows_shown(&app)[..22].to_vec();
    let exit = AttachEvent::Exited(Exit::Code { code: 0 });
    app.update(Msg::Terminal(stream, exit), NOW);
    // The host has forgotten the run when the next rows are needed.
    let effects = super::fixture::press(&mut app, "'1500k");
    let [Effect::Rows(who, ..)] = effects[..] else {
        panic!("{effects:?}");
    };
    let gone = Err(Refusal::not_found("no such run"));
    let effects = app.update(Msg::Rows(who, gone), NOW);
    assert!(
        matches!(effects[..], [Effect::History(of, _, Wanted::Look)] if of == who),
        "{effects:?}"
    );
    assert_eq!(rows_shown(&app)[..22], before);
    let nothing = Err(Refusal::not_found("nothing is recorded"));
    app.update(Msg::History(who, Wanted::Look, nothing), NOW);
    let after = rows_shown(&app);
    assert!(after.contains(&"row 510".to_owned()), "{after:?}");
    press(&mut app, "'1500j");
    assert!(rows_shown(&app).contains(&before[0]), "{before:?}");
}

#[test]
fn more_than_a_clipboard_takes_is_refused_with_what_helps() {
    let (mut app, stream) = typing((80, 24));
    show(&mut app, stream, &format!("{}\r\n", "x".repeat(80_000)));
    let effects = press(&mut app, "ctrl+b [ 'gVGy");
    assert_eq!(copied(&effects), None);
    let shown = text(&app).replace('\n', " ");
    assert!(shown.contains("too long"), "{shown}");
    assert!(shown.contains("Ctrl-b e"), "{shown}");
    let effects = press(&mut app, "ctrl+b e");
    assert!(matches!(
        effects.as_slice(),
        [Effect::History(of, _, Wanted::Edit)] if *of == stream
    ));
    let rows = Err(Refusal::not_found("no recording"));
    let effects = app.update(Msg::History(stream, Wanted::Edit, rows), NOW);
    assert!(
        matches!(effects.as_slice(), [Effect::Edit(text)] if text.contains("line 99 of the build\n"))
    );
}

fn row(text: String) -> Row {
    Row {
        text,
        columns: 80,
        ..Row::BLANK
    }
}

#[test]
fn what_was_recorded_before_goes_above_and_the_view_stays() {
    let (mut app, stream) = typing((80, 24));
    let exit = AttachEvent::Exited(Exit::Code { code: 0 });
    app.update(Msg::Terminal(stream, exit), NOW);
    press(&mut app, "ctrl+b / 'row enter");
    finish(&mut app);
    assert!(
        text(&app).contains("COPY 102/102  no match"),
        "{}",
        text(&app)
    );
    let older = (1..=5_000).map(|number| row(format!("row {number}")));
    // The recording lags: of the screen's own rows it has some.
    let lines = (1..=60).map(|number| row(format!("line {number} of the build")));
    let past = Past {
        rows: older.chain(lines).collect(),
        until: None,
    };
    let who = app.viewer().unwrap().back.as_ref().unwrap().who;
    app.update(Msg::History(who, Wanted::Look, Ok(past)), NOW);
    finish(&mut app);
    assert!(
        text(&app).contains("COPY 5000/5102  match 5000/5000"),
        "{}",
        text(&app)
    );
    press(&mut app, "N g");
    assert!(text(&app).contains("COPY 1/5102"), "{}", text(&app));
    assert_eq!(rows_shown(&app)[..2], ["row 1", "row 2"]);
    press(&mut app, "'5000Gj");
    assert!(rows_shown(&app).contains(&"line 1 of the build".to_owned()));
}

fn rows_shown(app: &App) -> Vec<String> {
    rows(app).into_iter().skip(1).collect()
}

#[test]
fn looking_back_at_two_sizes() {
    for size in [(80, 24), (120, 36)] {
        let (mut app, _) = typing(size);
        press(&mut app, "ctrl+b / 'lib enter V k k");
        finish(&mut app);
        let name = format!("copy_{}x{}", size.0, size.1);
        insta::assert_snapshot!(name, text(&app));
        press(&mut app, "esc esc / 'li");
        finish(&mut app);
        let name = format!("copy_search_{}x{}", size.0, size.1);
        insta::assert_snapshot!(name, text(&app));
    }
}
