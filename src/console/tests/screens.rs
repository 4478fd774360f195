//! What is shown: whole screens at four sizes, without colour, and the counts in the header.

use super::fixture::*;
use crate::client::{AttachEvent, Update};
use crate::console::app::App;
use crate::console::glyph::Glyphs;
use crate::console::msg::Msg;
use crate::domain::*;

const SIZES: [(u16, u16); 4] = [(40, 12), (80, 24), (120, 36), (200, 60)];

/// Lets the selected agent's terminal show something.
fn with_terminal(mut app: App) -> App {
    let stream = app.viewer().unwrap().stream;
    app.update(Msg::Terminal(stream, AttachEvent::Size((60, 12))), NOW);
    let bytes = b"  I will run the full suite now.\r\n\r\n\x1b[1m Allow execution of: cargo test --all ?\x1b[0m\r\n  > 1. Yes, once\r\n    2. No \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e".to_vec();
    app.update(Msg::Terminal(stream, AttachEvent::Bytes(bytes)), NOW);
    app
}

fn busy(size: (u16, u16)) -> App {
    let mut app = console(Some(busy_town()), size, Glyphs::Unicode);
    press(&mut app, "g");
    let toast = app
        .model
        .agents()
        .iter()
        .find(|agent| agent.state == AgentState::NeedsYou);
    app.selected.agent = toast.map(|agent| agent.id.clone());
    app.update(Msg::Tick, NOW);
    with_terminal(app)
}

#[test]
fn a_busy_town_at_every_size() {
    for size in SIZES {
        let name = format!("busy_{}x{}", size.0, size.1);
        insta::assert_snapshot!(name, text(&busy(size)));
    }
}

#[test]
fn a_busy_town_in_ascii() {
    let app = console(Some(busy_town()), (120, 36), Glyphs::Ascii);
    let shown = text(&app);
    insta::assert_snapshot!("busy_ascii", shown);
    let foreign: Vec<char> = shown
        .chars()
        .filter(|c| !c.is_ascii() && !"日本語のタイトル👩→…".contains(*c))
        .collect();
    assert!(foreign.is_empty(), "{foreign:?}");
}

#[test]
fn an_empty_town_says_what_to_do() {
    for size in [(40, 12), (120, 36)] {
        let name = format!("empty_{}x{}", size.0, size.1);
        let app = console(Some(empty_town()), size, Glyphs::Unicode);
        insta::assert_snapshot!(name, text(&app));
    }
}

#[test]
fn before_the_engine_answers_nothing_is_claimed() {
    let app = console(None, (80, 24), Glyphs::Unicode);
    insta::assert_snapshot!("unknown_80x24", text(&app));
    assert!(!text(&app).contains("no agents"));
}

#[test]
fn a_lost_engine_shows_how_old_everything_is() {
    let mut app = busy((120, 36));
    app.update(
        Msg::Town(Update::Lost("connection refused".to_owned())),
        NOW,
    );
    app.update(Msg::Tick, NOW + 90_000);
    let shown = text(&app);
    assert!(shown.contains("engine away 1m"), "{shown}");
    assert!(shown.contains("Allow execution of"), "{shown}");
}

#[test]
fn a_paused_town_names_the_key_that_starts_it() {
    let mut town = busy_town();
    town.wish = Wish::Down;
    for agent in &mut town.agents {
        agent.state = AgentState::Paused;
        agent.phase = Phase::Running;
    }
    let app = console(Some(town), (120, 36), Glyphs::Unicode);
    insta::assert_snapshot!("paused_120x36", text(&app));
}

#[test]
fn overlays_lie_on_top() {
    let mut app = busy((100, 30));
    press(&mut app, "ctrl+k 'scraper");
    insta::assert_snapshot!("palette", text(&app));
    press(&mut app, "esc ?");
    // How many verbs there are is no matter of this screen.
    let page: Vec<String> = text(&app)
        .lines()
        .map(|line| match line.split_once(" more below") {
            Some((front, rest)) => {
                let front = front.trim_end_matches(|c: char| c.is_ascii_digit());
                // A longer number takes its room from the line before it.
                let front = front.trim_end().trim_end_matches('─');
                format!("{front}─ N more below{rest}")
            }
            None => line.to_owned(),
        })
        .collect();
    let page = page.join("\n");
    insta::assert_snapshot!("help", page);
    press(&mut app, "esc n 'status?");
    insta::assert_snapshot!("nudge", text(&app));
    press(&mut app, "esc q");
    insta::assert_snapshot!("quit", text(&app));
}

#[test]
fn an_attached_terminal_fills_the_screen() {
    let mut app = busy((80, 24));
    press(&mut app, "enter");
    insta::assert_snapshot!("terminal_80x24", text(&app));
    press(&mut app, "ctrl+b ?");
    insta::assert_snapshot!("card_80x24", text(&app));
}

/// A wall with so many tiles; each terminal shows a line of its own.
fn wall(tiles: usize, size: (u16, u16)) -> App {
    let mut app = busy(size);
    press(&mut app, "enter");
    for split in ["ctrl+b v", "ctrl+b -", "ctrl+b h ctrl+b -"]
        .iter()
        .take(tiles.saturating_sub(1))
    {
        press(&mut app, split);
    }
    let streams: Vec<_> = app.wall.viewers().map(|viewer| viewer.stream).collect();
    for (number, stream) in streams.into_iter().enumerate().skip(1) {
        let bytes = format!("terminal {number}\r\n日本語 $ ").into_bytes();
        app.update(Msg::Terminal(stream, AttachEvent::Bytes(bytes)), NOW);
    }
    app
}

#[test]
fn a_wall_of_terminals_at_every_size() {
    for size in [(80, 24), (120, 36), (200, 60)] {
        for tiles in [1, 2, 4] {
            let name = format!("wall_{tiles}_{}x{}", size.0, size.1);
            insta::assert_snapshot!(name, text(&wall(tiles, size)));
        }
    }
}

#[test]
fn counts_in_the_header_equal_the_rows() {
    let app = busy((200, 60));
    let shown = rows(&app);
    let header = shown.first().unwrap();
    let town = app.model.town.as_ref().unwrap();
    let count = |word: &str| {
        shown
            .iter()
            .skip(1)
            .filter(|row| row.contains(word))
            .count()
    };
    for (state, word) in [
        (AgentState::NeedsYou, "needs you"),
        (AgentState::Working, "working"),
        (AgentState::Starting, "starting"),
        (AgentState::Unknown, "unknown"),
    ] {
        let rows = town
            .agents
            .iter()
            .filter(|agent| agent.state == state && agent.phase != Phase::Failed)
            .count();
        assert!(header.contains(&format!("{rows} {word}")), "{header}");
        assert!(count(word) >= rows);
    }
    assert!(header.contains("1 failed") && header.contains("! 2 attention"));
    assert!(header.contains("queue 3"), "{header}");
    assert!(shown.iter().any(|row| row.contains("agents 5")));
    assert!(shown.iter().any(|row| row.contains("merge queue 3")));
    assert!(shown.iter().any(|row| row.contains("convoys 1")));
}

#[test]
fn hostile_names_never_reach_the_terminal_raw() {
    for size in SIZES {
        let shown = text(&busy(size));
        assert!(!shown.contains('\x1b') && !shown.contains('\u{200d}'));
    }
}

#[test]
fn no_size_breaks_a_frame() {
    for columns in 0..50 {
        for lines in 0..16 {
            let mut app = console(Some(busy_town()), (columns, lines), Glyphs::Unicode);
            for keys in [
                "g", "tab", "?", "esc", "ctrl+k", "esc", "n", "esc", "z", "q", "esc",
            ] {
                press(&mut app, keys);
                rows(&app);
            }
        }
    }
}
