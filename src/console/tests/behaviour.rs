//! What keys and messages do, without a terminal and without an engine.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;

use super::fixture::*;
use crate::client::{AttachEvent, Update};
use crate::console::action::{ACTIONS, When};
use crate::console::app::{App, Mode};
use crate::console::glyph::Glyphs;
use crate::console::look::Look;
use crate::console::msg::{Effect, Msg, Reply};
use crate::console::overlay::Overlay;
use crate::console::pane::foot::hints;
use crate::console::viewer::Solo;
use crate::domain::*;

fn busy() -> App {
    let mut app = console(Some(busy_town()), (120, 36), Glyphs::Unicode);
    let toast: IncarnationId = id("tradingbot.Toast.1");
    app.selected.agent = Some(toast);
    app.update(Msg::Tick, NOW);
    app
}

fn stream(app: &App) -> u64 {
    app.viewer().unwrap().stream
}

#[test]
fn the_peek_follows_the_selection() {
    let mut app = busy();
    let before = stream(&app);
    let effects = press(&mut app, "k");
    let run = app.agent().unwrap().run.clone().unwrap();
    assert_ne!(run, id("tradingbot.Toast.1.1"));
    assert_eq!(
        effects,
        [
            Effect::Detach(before),
            Effect::Attach(stream(&app), run, None)
        ]
    );
}

#[test]
fn a_new_run_of_the_selected_agent_is_looked_at() {
    let mut app = busy();
    let mut agent = app.agent().unwrap().clone();
    agent.run = Some(id("tradingbot.Toast.1.2"));
    let delta = Delta::Agent(Box::new(agent));
    let effects = app.update(Msg::Town(Update::Deltas(41, vec![delta])), NOW);
    assert!(
        matches!(effects.as_slice(), [Effect::Detach(_), Effect::Attach(_, run, None)] if run.as_str() == "tradingbot.Toast.1.2")
    );
}

#[test]
fn keys_go_to_the_agent_byte_for_byte_and_the_leave_key_leaves() {
    let mut app = busy();
    let effects = press(&mut app, "enter");
    assert_eq!(app.mode, Mode::Typing);
    assert_eq!(effects, [Effect::ResizeTerminal(stream(&app), (120, 34))]);
    let shown = stream(&app);
    app.update(
        Msg::Terminal(shown, AttachEvent::Bytes(b"$ ".to_vec())),
        NOW,
    );
    let typed = press(&mut app, "'q1 ctrl+c ctrl+k esc up ?");
    let bytes: Vec<&[u8]> = typed
        .iter()
        .map(|effect| match effect {
            Effect::Type(to, bytes) if *to == shown => bytes.as_slice(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(bytes.concat(), b"q1\x03\x0b\x1b\x1b[A?");
    assert_eq!(
        press(&mut app, "ctrl+b ctrl+b"),
        [Effect::Type(shown, vec![2])]
    );
    assert_eq!(
        press(&mut app, "ctrl+b ctrl+q"),
        [Effect::Type(shown, vec![17])]
    );
    assert_eq!(press(&mut app, "ctrl+q"), []);
    assert_eq!(app.mode, Mode::Town);
    press(&mut app, "enter ctrl+b d");
    assert_eq!(app.mode, Mode::Town);
}

#[test]
fn a_paste_keeps_its_bracket_and_brings_no_escape() {
    let mut app = busy();
    press(&mut app, "enter");
    let shown = stream(&app);
    app.update(
        Msg::Terminal(shown, AttachEvent::Bytes(b"\x1b[?2004h".to_vec())),
        NOW,
    );
    let effects = app.update(Msg::Paste("a\x1b[201~b".to_owned()), NOW);
    assert_eq!(
        effects,
        [Effect::Type(shown, b"\x1b[200~a[201~b\x1b[201~".to_vec())]
    );
}

#[test]
fn the_prefix_goes_to_the_next_agent_and_back() {
    let mut app = busy();
    press(&mut app, "enter");
    let first = app.selected.agent.clone();
    press(&mut app, "ctrl+b n");
    assert_eq!(app.mode, Mode::Typing);
    assert_ne!(app.selected.agent, first);
    press(&mut app, "ctrl+b p");
    assert_eq!(app.selected.agent, first);
}

#[test]
fn an_echo_is_drawn_at_once_and_other_bytes_are_not() {
    let mut app = busy();
    press(&mut app, "enter");
    let shown = stream(&app);
    let bytes = |app: &mut App, at| {
        app.drawn();
        app.update(Msg::Terminal(shown, AttachEvent::Bytes(b"x".to_vec())), at);
        (app.wants_frame(), app.urgent, app.dirty)
    };
    assert_eq!(bytes(&mut app, NOW), (true, true, true));
    assert_eq!(bytes(&mut app, NOW), (true, false, false));
    press(&mut app, "x");
    assert_eq!(bytes(&mut app, NOW + 40), (true, true, false));
    assert_eq!(bytes(&mut app, NOW + 90), (true, false, false));
}

#[test]
fn nothing_is_drawn_when_nothing_visible_changed() {
    let mut app = busy();
    app.drawn();
    app.update(Msg::Tick, NOW + 1);
    app.update(
        Msg::Terminal(9_999, AttachEvent::Bytes(b"x".to_vec())),
        NOW + 1,
    );
    assert!(!app.dirty);
    let at = app.due().unwrap();
    assert!(at > NOW + 1);
    app.update(Msg::Tick, at);
    assert!(app.dirty);
}

#[test]
fn who_watches_an_agent_that_ends_keeps_its_last_screen() {
    let mut app = busy();
    press(&mut app, "enter");
    let shown = stream(&app);
    app.update(
        Msg::Terminal(shown, AttachEvent::Bytes(b"all done".to_vec())),
        NOW,
    );
    app.update(
        Msg::Terminal(shown, AttachEvent::Exited(Exit::Code { code: 0 })),
        NOW,
    );
    let gone = Delta::AgentGone(id("tradingbot.Toast.1"));
    app.update(Msg::Town(Update::Deltas(41, vec![gone])), NOW);
    let seen = text(&app);
    assert!(
        seen.contains("all done") && seen.contains("tradingbot/Toast is over  tb-x31"),
        "{seen}"
    );
    assert!(
        seen.contains(" OVER ") && !seen.contains("TYPING TO"),
        "{seen}"
    );
    assert_eq!(press(&mut app, "x"), []);
    press(&mut app, "q");
    assert_eq!(app.mode, Mode::Town);
    assert_ne!(app.selected.agent, Some(id("tradingbot.Toast.1")));
}

#[test]
fn a_lost_terminal_is_tried_again_by_itself() {
    let mut app = busy();
    let before = stream(&app);
    let bytes = AttachEvent::Bytes(b"last words".to_vec());
    app.update(Msg::Terminal(before, bytes), NOW);
    let lost = AttachEvent::Lost("no host".to_owned());
    app.update(Msg::Terminal(before, lost), NOW);
    assert_eq!(app.update(Msg::Tick, NOW + 500), []);
    let effects = app.update(Msg::Tick, NOW + 1_000);
    assert!(
        matches!(effects.as_slice(), [Effect::Detach(old), Effect::Attach(..)] if *old == before)
    );
    let shown = text(&app);
    assert!(
        shown.contains("last words") && shown.contains("terminals away"),
        "{shown}"
    );
    let renewed = stream(&app);
    let bytes = AttachEvent::Bytes(b"back".to_vec());
    app.update(Msg::Terminal(renewed, bytes), NOW + 1_100);
    let shown = text(&app);
    assert!(
        shown.contains("back") && !shown.contains("last words"),
        "{shown}"
    );
}

#[test]
fn a_nudge_is_sent_and_its_delivery_told() {
    let mut app = busy();
    let effects = press(&mut app, "n 'status? enter");
    let [Effect::Command(call, command, how)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(how, "gt nudge");
    assert_eq!(
        **command,
        Command::Nudge(Nudge {
            agent: "tradingbot/Toast".to_owned(),
            text: "status?".to_owned()
        })
    );
    let mut nudge = NudgeView {
        id: id("ng-7"),
        to: Address::polecat(&id("tradingbot"), &id("Toast")),
        from: Address::Human,
        text: "status?".to_owned(),
        phase: NudgePhase::Queued,
        reason: None,
        created_at: NOW,
    };
    let outcome = Outcome::Nudged {
        nudge: nudge.clone(),
        note: None,
    };
    app.update(
        Msg::Reply(*call, Ok(Reply::Outcome(Box::new(outcome)))),
        NOW,
    );
    assert!(text(&app).contains("nudge to tradingbot/Toast is queued"));
    nudge.phase = NudgePhase::Failed;
    nudge.reason = Some("it was not ready within 2 min".to_owned());
    let delta = Delta::Nudge(Box::new(nudge));
    app.update(Msg::Town(Update::Deltas(41, vec![delta])), NOW);
    let shown = text(&app);
    assert!(
        shown.contains("was NOT delivered: it was not ready"),
        "{shown}"
    );
    assert!(!shown.contains("is queued"), "{shown}");
}

#[test]
fn a_destroying_line_is_asked_for_once_more() {
    let mut app = busy();
    press(&mut app, ":");
    app.update(Msg::Paste("gt polecat nuke Toast".to_owned()), NOW);
    assert_eq!(press(&mut app, "enter"), []);
    let shown = text(&app);
    assert!(shown.contains("tb-x31 MACD crossover signal"), "{shown}");
    assert_eq!(press(&mut app, "n"), []);
    press(&mut app, ":");
    app.update(Msg::Paste("gt polecat nuke Toast".to_owned()), NOW);
    let effects = press(&mut app, "enter y");
    assert!(
        matches!(effects.as_slice(), [Effect::Command(_, command, _)] if command.kind() == CommandKind::PolecatNuke)
    );
}

#[test]
fn a_query_line_runs_the_program_and_shows_what_it_writes() {
    let mut app = busy();
    press(&mut app, ":");
    app.update(Msg::Paste("gt mq list tradingbot".to_owned()), NOW);
    let effects = press(&mut app, "enter");
    let [Effect::Run(call, words)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(words, &["gt", "mq", "list", "tradingbot"]);
    let output = Reply::Output {
        ok: true,
        text: "mr-3 \x1b[31mgating".to_owned(),
    };
    app.update(Msg::Reply(*call, Ok(output)), NOW);
    assert!(text(&app).contains("mr-3 <U+001B>[31mgating"));
    press(&mut app, "esc");
    assert!(app.overlays.is_empty());
}

#[test]
fn a_line_that_is_not_understood_is_refused_with_a_hint() {
    let mut app = busy();
    press(&mut app, ":");
    app.update(Msg::Paste("gt slang tb-1".to_owned()), NOW);
    assert_eq!(press(&mut app, "enter"), []);
    assert!(text(&app).contains("slang"), "{}", text(&app));
}

#[test]
fn control_c_never_quits_and_quit_asks() {
    let mut app = busy();
    assert_eq!(press(&mut app, "ctrl+c"), []);
    press(&mut app, "q");
    assert!(text(&app).contains("agents keep running"));
    assert_eq!(press(&mut app, "n"), []);
    assert_eq!(press(&mut app, "q y"), [Effect::Quit]);
    assert_eq!(app.update(Msg::Hangup, NOW), [Effect::Quit]);
}

#[test]
fn the_wish_keys_count_only_where_they_make_sense() {
    let mut app = busy();
    assert_eq!(press(&mut app, "u"), []);
    let effects = press(&mut app, "! y");
    assert!(
        matches!(effects.as_slice(), [Effect::Command(_, command, _)] if **command == Command::TownWish(TownWish { wish: Wish::Down, env: Vec::new() }))
    );
    app.update(
        Msg::Town(Update::Deltas(41, vec![Delta::Wish(Wish::Down)])),
        NOW,
    );
    let effects = press(&mut app, "u");
    assert!(
        matches!(effects.as_slice(), [Effect::Command(_, command, how)] if how == "gt up" && command.kind() == CommandKind::TownWish)
    );
}

#[test]
fn attention_opens_what_helps() {
    let mut app = busy();
    press(&mut app, "shift+tab");
    press(&mut app, "g enter");
    assert_eq!(app.mode, Mode::Typing);
    press(&mut app, "ctrl+q shift+tab");
    press(&mut app, "G enter");
    assert!(matches!(app.overlays.last(), Some(Overlay::Palette(_))));
    assert!(text(&app).contains("gt mq retry mr-2"));
}

#[test]
fn the_filter_narrows_and_escape_clears_it() {
    let mut app = busy();
    press(&mut app, "/ 'shadow enter");
    assert_eq!(app.agents().len(), 1);
    assert_eq!(app.agent().unwrap().address.short(), "tradingbot/Shadow");
    press(&mut app, "esc");
    assert_eq!(app.agents().len(), 5);
}

fn solo(read_only: bool) -> (App, Vec<Effect>) {
    let look = Look::fixed(Glyphs::Unicode);
    let runs = vec![("tradingbot/Toast".to_owned(), id("tradingbot.Toast.1.1"))];
    App::solo(look, (80, 24), NOW, runs, Solo { read_only })
}

#[test]
fn a_terminal_alone_is_typed_into_and_left() {
    let (mut app, effects) = solo(false);
    let shown = stream(&app);
    let run: RunId = id("tradingbot.Toast.1.1");
    assert_eq!(effects, [Effect::Attach(shown, run, Some((80, 22)))]);
    app.update(
        Msg::Terminal(shown, AttachEvent::Bytes(b"hello".to_vec())),
        NOW,
    );
    assert!(text(&app).contains("hello") && text(&app).contains("tradingbot/Toast"));
    assert_eq!(press(&mut app, "x"), [Effect::Type(shown, b"x".to_vec())]);
    assert_eq!(press(&mut app, "ctrl+b n ctrl+b space"), []);
    assert_eq!(press(&mut app, "ctrl+q"), [Effect::Quit]);
}

#[test]
fn several_terminals_alone_stand_side_by_side_and_learn_whose_they_are() {
    let run = |name: &str| {
        (
            format!("tradingbot/{name}"),
            id(&format!("tradingbot.{name}.1.1")),
        )
    };
    let runs = vec![run("Toast"), run("Shadow")];
    let look = Look::fixed(Glyphs::Unicode);
    let solo = Solo { read_only: false };
    let (mut app, effects) = App::solo(look, (160, 40), NOW, runs, solo);
    let sizes: Vec<_> = effects
        .iter()
        .map(|effect| match effect {
            Effect::Attach(_, run, size) => (run.as_str(), *size),
            other => panic!("{other:?}"),
        })
        .collect();
    let size = Some((78, 37));
    assert_eq!(
        sizes,
        [
            ("tradingbot.Toast.1.1", size),
            ("tradingbot.Shadow.1.1", size)
        ]
    );
    let first = stream(&app);
    press(&mut app, "ctrl+b l");
    let second = stream(&app);
    assert_eq!(press(&mut app, "x"), [Effect::Type(second, b"x".to_vec())]);
    // The engine may be away; once it says who they are, each has its agent's state.
    app.update(Msg::Town(Update::Snapshot(Box::new(busy_town()))), NOW);
    let shown = text(&app);
    assert!(
        shown.contains("! needs you") && shown.contains("working"),
        "{shown}"
    );
    let closed = press(&mut app, "ctrl+b x");
    assert!(closed.contains(&Effect::Detach(second)), "{closed:?}");
    assert_eq!(stream(&app), first);
    assert_eq!(press(&mut app, "ctrl+b x"), [Effect::Quit]);
}

#[test]
fn who_only_watches_sends_nothing_and_resizes_nothing() {
    let (mut app, effects) = solo(true);
    assert!(matches!(effects.as_slice(), [Effect::Attach(_, _, None)]));
    let shown = stream(&app);
    app.update(
        Msg::Terminal(
            shown,
            AttachEvent::Bytes(b"\x1b[?1003h\x1b[?1006h".to_vec()),
        ),
        NOW,
    );
    assert_eq!(press(&mut app, "x ctrl+c enter ctrl+b ctrl+b"), []);
    assert_eq!(app.update(Msg::Paste("x".to_owned()), NOW), []);
    assert_eq!(app.update(Msg::Mouse(click(3, 3)), NOW), []);
    assert_eq!(app.update(Msg::Resize(90, 30), NOW), []);
    assert_eq!(press(&mut app, "ctrl+b d"), [Effect::Quit]);
}

fn click(column: u16, row: u16) -> MouseEvent {
    MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column,
        row,
        modifiers: KeyModifiers::NONE,
    }
}

#[test]
fn the_mouse_goes_to_an_agent_only_when_it_asked() {
    let mut app = busy();
    press(&mut app, "enter");
    let shown = stream(&app);
    app.update(Msg::Terminal(shown, AttachEvent::Bytes(b"x".to_vec())), NOW);
    assert_eq!(app.update(Msg::Mouse(click(3, 3)), NOW), []);
    app.update(
        Msg::Terminal(
            shown,
            AttachEvent::Bytes(b"\x1b[?1000h\x1b[?1006h".to_vec()),
        ),
        NOW,
    );
    let effects = app.update(Msg::Mouse(click(3, 3)), NOW);
    assert_eq!(effects, [Effect::Type(shown, b"\x1b[<0;4;3M".to_vec())]);
}

#[test]
fn a_click_selects_the_agent_under_it() {
    let mut app = busy();
    let shown = rows(&app);
    let row = shown.iter().position(|row| row.contains("Shadow")).unwrap();
    app.update(Msg::Mouse(click(5, u16::try_from(row).unwrap())), NOW);
    assert_eq!(app.agent().unwrap().address.short(), "tradingbot/Shadow");
}

#[test]
fn an_engine_that_is_away_is_started_by_the_key_without_changing_the_wish() {
    let mut app = busy();
    app.update(Msg::Town(Update::Lost("closed".to_owned())), NOW);
    assert_eq!(press(&mut app, "u"), [Effect::Start]);
}

#[test]
fn a_stored_down_is_never_undone_by_starting() {
    let mut town = busy_town();
    town.wish = Wish::Down;
    let mut app = console(Some(town), (120, 36), Glyphs::Unicode);
    assert_eq!(app.update(Msg::Started(Ok(())), NOW), []);
    assert!(text(&app).contains("PAUSED: u starts it"));
}

#[test]
fn every_hint_has_a_handler() {
    let mut app = busy();
    for focus in 0..5 {
        for (key, word) in hints(&app) {
            let bound = ACTIONS.iter().any(|spec| {
                app.look
                    .keys
                    .chords(When::Town, spec.action)
                    .any(|chord| chord.to_string() == key)
            });
            assert!(bound, "`{key}` {word} at panel {focus}");
        }
        press(&mut app, "tab");
    }
}

#[test]
fn every_action_does_something() {
    for spec in ACTIONS {
        let mut app = busy();
        if spec.when != When::Town {
            press(&mut app, "enter");
            let shown = stream(&app);
            let lines = b"line\r\n".repeat(100);
            app.update(Msg::Terminal(shown, AttachEvent::Bytes(lines)), NOW);
        }
        let chord = app.look.keys.chords(spec.when, spec.action).next().unwrap();
        match spec.when {
            When::Prefix => drop(press(&mut app, "ctrl+b")),
            When::Copy => drop(press(&mut app, "ctrl+b [")),
            When::Town | When::Terminal => {}
        }
        app.drawn();
        let effects = app.update(Msg::Key(chord.event()), NOW);
        assert!(
            app.dirty || !effects.is_empty(),
            "`{}` did nothing",
            spec.id
        );
    }
}

fn agents_on_the_wall(app: &App) -> Vec<String> {
    let places = app.wall.places(app.size).tiles.into_iter();
    places
        .map(|place| app.wall.tile(place.id).unwrap().label.clone())
        .collect()
}

#[test]
fn the_wall_is_split_moved_in_zoomed_and_closed() {
    let mut app = busy();
    press(&mut app, "enter");
    let first = stream(&app);
    let effects = press(&mut app, "ctrl+b v");
    assert_eq!(
        agents_on_the_wall(&app),
        ["tradingbot/Toast", "tradingbot/Ash"]
    );
    let second = stream(&app);
    assert_ne!(first, second);
    let size = Some((58, 33));
    assert_eq!(
        effects,
        [
            Effect::Attach(second, id("tradingbot.Ash.1.1"), size),
            Effect::ResizeTerminal(first, (58, 33)),
        ]
    );
    // Keys go to exactly one target (T8).
    assert_eq!(press(&mut app, "x"), [Effect::Type(second, b"x".to_vec())]);
    press(&mut app, "ctrl+b h");
    assert_eq!(press(&mut app, "y"), [Effect::Type(first, b"y".to_vec())]);
    assert_eq!(app.agent().unwrap().address.short(), "tradingbot/Toast");
    press(&mut app, "ctrl+b - ctrl+b v");
    assert_eq!(app.wall.tiles().len(), 4);
    let said = press(&mut app, "ctrl+b v");
    assert_eq!(said, [], "{}", text(&app));
    assert!(text(&app).contains("is on the wall"));
    // What is not to be seen is not heard either.
    let zoomed = press(&mut app, "ctrl+b z");
    assert_eq!(
        zoomed
            .iter()
            .filter(|effect| matches!(effect, Effect::Detach(_)))
            .count(),
        3
    );
    assert_eq!(agents_on_the_wall(&app).len(), 1);
    let back = press(&mut app, "ctrl+b z");
    assert_eq!(
        back.iter()
            .filter(|effect| matches!(effect, Effect::Attach(..)))
            .count(),
        3
    );
    press(&mut app, "ctrl+b x ctrl+b x ctrl+b x");
    assert_eq!(app.wall.tiles().len(), 1);
    press(&mut app, "ctrl+b x");
    assert_eq!(app.mode, Mode::Town);
}

#[test]
fn the_wall_is_there_again_after_the_lists_were_looked_at() {
    let mut app = busy();
    press(&mut app, "enter ctrl+b v ctrl+q");
    assert_eq!(app.mode, Mode::Town);
    assert_eq!(app.agent().unwrap().address.short(), "tradingbot/Ash");
    let beside = stream(&app);
    press(&mut app, "j k");
    press(&mut app, "enter");
    assert_eq!(
        agents_on_the_wall(&app),
        ["tradingbot/Toast", "tradingbot/Ash"]
    );
    assert_ne!(stream(&app), beside);
    assert_eq!(app.wall.focused().unwrap().label, "tradingbot/Ash");
    press(&mut app, "ctrl+q");
    let gone = Delta::AgentGone(id("tradingbot.Ash.1"));
    app.update(Msg::Town(Update::Deltas(41, vec![gone])), NOW);
    press(&mut app, "g j enter");
    assert_eq!(
        agents_on_the_wall(&app),
        ["tradingbot/Toast", "tradingbot/Jet"]
    );
}

#[test]
fn an_agent_is_shown_in_one_place_only() {
    let mut app = busy();
    press(&mut app, "enter ctrl+b v");
    let jet = "tradingbot/Jet";
    press(&mut app, "ctrl+b n");
    assert_eq!(agents_on_the_wall(&app), ["tradingbot/Toast", jet]);
    let third = app.model.agents()[2].address.short();
    assert_eq!(third, "tradingbot/Jet");
    press(&mut app, "ctrl+b h ctrl+b 2");
    assert_eq!(agents_on_the_wall(&app).len(), 2);
    assert_eq!(app.wall.focused().unwrap().label, jet);
    press(&mut app, "ctrl+b 9");
    assert!(text(&app).contains("there is no 9. agent"));
}

#[test]
fn a_press_in_another_tile_moves_the_focus_and_is_told_to_nobody() {
    let mut app = busy();
    press(&mut app, "enter ctrl+b v");
    let right = stream(&app);
    press(&mut app, "ctrl+b h");
    let left = stream(&app);
    for stream in [left, right] {
        let asks = AttachEvent::Bytes(b"\x1b[?1002h\x1b[?1006h".to_vec());
        app.update(Msg::Terminal(stream, asks), NOW);
    }
    assert_eq!(app.update(Msg::Mouse(click(70, 5)), NOW), []);
    assert_eq!(stream(&app), right);
    let effects = app.update(Msg::Mouse(click(70, 5)), NOW);
    assert_eq!(effects, [Effect::Type(right, b"\x1b[<0;10;5M".to_vec())]);
    // A drag that leaves the tile stays its own, at its edge.
    let drag = MouseEvent {
        kind: MouseEventKind::Drag(MouseButton::Left),
        ..click(3, 5)
    };
    let effects = app.update(Msg::Mouse(drag), NOW);
    assert_eq!(effects, [Effect::Type(right, b"\x1b[<32;1;5M".to_vec())]);
    let moved = MouseEvent {
        kind: MouseEventKind::Drag(MouseButton::Left),
        ..click(3, 5)
    };
    app.update(
        Msg::Mouse(MouseEvent {
            kind: MouseEventKind::Up(MouseButton::Left),
            ..click(3, 5)
        }),
        NOW,
    );
    assert_eq!(app.update(Msg::Mouse(moved), NOW), []);
}

#[test]
fn only_the_agent_that_is_typed_to_hears_of_the_focus_and_only_if_it_asked() {
    let mut app = busy();
    press(&mut app, "enter ctrl+b v");
    let right = stream(&app);
    assert_eq!(app.update(Msg::Focus(false), NOW), []);
    let asks = AttachEvent::Bytes(b"\x1b[?1004h".to_vec());
    app.update(Msg::Terminal(right, asks), NOW);
    let told = |bytes: &[u8]| vec![Effect::Type(right, bytes.to_vec())];
    assert_eq!(app.update(Msg::Focus(true), NOW), told(b"\x1b[I"));
    assert_eq!(press(&mut app, "ctrl+b h"), told(b"\x1b[O"));
    assert_eq!(app.update(Msg::Focus(false), NOW), []);
    assert_eq!(press(&mut app, "ctrl+b l"), []);
    assert_eq!(app.update(Msg::Focus(true), NOW), told(b"\x1b[I"));
    let left = press(&mut app, "ctrl+q");
    assert_eq!(left.first(), told(b"\x1b[O").first());
    assert_eq!(app.update(Msg::Focus(false), NOW), []);
}

#[test]
fn the_wheel_does_what_the_status_line_says() {
    let mut app = busy();
    press(&mut app, "enter");
    let shown = stream(&app);
    let wheel = MouseEvent {
        kind: MouseEventKind::ScrollUp,
        ..click(3, 3)
    };
    let typed = |bytes: &[u8]| vec![Effect::Type(shown, bytes.to_vec())];
    for (bytes, says, effects) in [
        (
            "\x1b[?1049h",
            "wheel: arrow keys",
            typed(&b"\x1b[A".repeat(3)),
        ),
        ("\x1b[?1h", "wheel: arrow keys", typed(&b"\x1bOA".repeat(3))),
        ("\x1b[?1007l", "wheel: off", vec![]),
        (
            "\x1b[?1000h\x1b[?1006h",
            "wheel: to the agent",
            typed(b"\x1b[<64;4;3M"),
        ),
    ] {
        let bytes = AttachEvent::Bytes(bytes.as_bytes().to_vec());
        app.update(Msg::Terminal(shown, bytes), NOW);
        assert!(text(&app).contains(says), "{says}: {}", text(&app));
        assert_eq!(app.update(Msg::Mouse(wheel), NOW), effects, "{says}");
    }
}

#[test]
fn t6_a_bell_rings_once_a_second_or_leaves_a_mark() {
    let mut app = busy();
    press(&mut app, "enter ctrl+b v");
    let right = stream(&app);
    press(&mut app, "ctrl+b h");
    let left = stream(&app);
    let ring = |app: &mut App, stream, at| {
        let bytes = AttachEvent::Bytes(b"\x07\x07".to_vec());
        app.update(Msg::Terminal(stream, bytes), at)
    };
    assert_eq!(ring(&mut app, left, NOW), [Effect::Bell]);
    assert_eq!(ring(&mut app, left, NOW + 900), []);
    assert_eq!(ring(&mut app, left, NOW + 1_000), [Effect::Bell]);
    assert!(!text(&app).contains("! bell"));
    assert_eq!(ring(&mut app, right, NOW + 5_000), []);
    assert!(text(&app).contains("! bell"));
    press(&mut app, "ctrl+b l");
    assert!(!text(&app).contains("! bell"));
}

fn any_delta() -> impl Strategy<Value = Delta> {
    let names = prop_oneof![Just("Toast"), Just("Shadow"), Just("Copper"), Just("Ash")];
    let states = proptest::sample::select(AgentState::ALL.to_vec());
    let phases = proptest::sample::select(MergePhase::ALL.to_vec());
    prop_oneof![
        (names.clone(), states)
            .prop_map(|(name, state)| Delta::Agent(Box::new(agent(name, state, "tb-1a", "t")))),
        names.prop_map(|name| Delta::AgentGone(id(&format!("tradingbot.{name}.1")))),
        (1_u32..9, phases)
            .prop_map(|(number, phase)| Delta::Merge(Box::new(merge(number, phase, "tb-1a", "t")))),
        Just(Delta::Attention(Vec::new())),
        Just(Delta::Wish(Wish::Down)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// DECISIONS 2: deltas overwrite rows; keys in between never break the state.
    #[test]
    fn deltas_and_keys_in_any_order_leave_a_whole_state(
        steps in prop::collection::vec((any_delta(), 0_usize..18), 0..40),
    ) {
        let keys = [
            "j", "k", "tab", "enter", "ctrl+q", "n", "esc", "G", "z", "w", "?", "ctrl+k",
            "ctrl+b v", "ctrl+b -", "ctrl+b x", "ctrl+b z", "ctrl+b n", "ctrl+b l",
        ];
        let mut app = busy();
        for (delta, key) in steps {
            let expected = delta.clone();
            app.update(Msg::Town(Update::Deltas(50, vec![delta])), NOW);
            match expected {
                Delta::Agent(agent) => prop_assert_eq!(app.model.agent(&agent.id), Some(&*agent)),
                Delta::AgentGone(gone) => prop_assert_eq!(app.model.agent(&gone), None),
                _ => {}
            }
            press(&mut app, keys[key]);
            rows(&app);
            if app.mode == Mode::Town && !app.model.agents().is_empty() {
                prop_assert!(app.agent().is_some());
            }
        }
    }
}
