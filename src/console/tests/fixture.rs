//! A town for tests: several states, wide and hostile names, a queue, convoys, a feed.

use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::client::Update;
use crate::console::app::App;
use crate::console::draw::draw;
use crate::console::glyph::Glyphs;
use crate::console::keymap::Chord;
use crate::console::look::Look;
use crate::console::msg::{Effect, Msg};
use crate::domain::*;
use crate::verbs::Context;

/// The wall time of every fixture: 14:32:07 UTC.
pub(super) const NOW: i64 = 1_761_316_327_000;

pub(super) fn id<T: std::str::FromStr<Err = Refusal>>(text: &str) -> T {
    text.parse().unwrap()
}

pub(super) fn agent(name: &str, state: AgentState, bead: &str, title: &str) -> AgentView {
    let rig: RigName = id("tradingbot");
    let name: AgentName = id(name);
    let incarnation = IncarnationId::of(&rig, &name, 1);
    AgentView {
        run: (state != AgentState::Starting).then(|| incarnation.run(1)),
        id: incarnation,
        address: Address::polecat(&rig, &name),
        alias: id("gemini-worker"),
        phase: Phase::Running,
        state,
        evidence: format!("screen rule for {}", state.word()),
        bead: Some(id(bead)),
        title: Some(title.to_owned()),
        alive: !matches!(state, AgentState::Dead | AgentState::Starting),
        branch: format!("polecat/{name}/{bead}.1"),
        worktree: PathBuf::from("/t/tradingbot/polecats").join(name.as_str()),
        since: NOW - 125_000,
        tree_gone: None,
        restarts: 0,
        note: None,
    }
}

pub(super) fn merge(number: u32, phase: MergePhase, bead: &str, title: &str) -> MergeView {
    let rig: RigName = id("tradingbot");
    let landed = (phase == MergePhase::Landed).then(|| id(&"8f2c1aa0".repeat(5)));
    MergeView {
        id: id(&format!("mr-{number}")),
        rig: rig.clone(),
        bead: id(bead),
        title: title.to_owned(),
        author: Address::polecat(&rig, &id("Slit")),
        branch: format!("polecat/Slit/{bead}.1"),
        target: "main".to_owned(),
        phase,
        priority: Priority::NORMAL,
        attempt: 1,
        tip: id(&"1a2b3c4d".repeat(5)),
        landed,
        reason: (phase == MergePhase::Held).then(|| "gate `test` could not run".to_owned()),
        batch: None,
        place: 0,
        conflict: None,
        gates: vec![GateView {
            name: "test".to_owned(),
            outcome: GateOutcome::Passed,
            took: 12_000,
            job: id("job-3"),
            tail: String::new(),
        }],
        job: None,
        created_at: NOW - 240_000,
        ended_at: (phase == MergePhase::Landed).then_some(NOW - 60_000),
    }
}

fn convoy(tail: &str, title: &str, beads: Vec<ConvoyBead>, closed: bool) -> ConvoyView {
    ConvoyView {
        id: id(&format!("hq-cv-{tail}")),
        number: 1,
        title: title.to_owned(),
        closed,
        notify: Some(Address::Human),
        created_by: "human".to_owned(),
        created_at: NOW - 900_000,
        closed_at: closed.then_some(NOW - 30_000),
        beads,
    }
}

fn bead(name: &str, title: &str, status: BeadStatus, state: Option<AgentState>) -> ConvoyBead {
    ConvoyBead {
        id: id(name),
        title: title.to_owned(),
        status,
        worker: state.map(|_| Address::polecat(&id("tradingbot"), &id("Toast"))),
        state,
        landed: (status == BeadStatus::Closed).then(|| id(&"8f2c1aa0".repeat(5))),
    }
}

pub(super) fn rig() -> RigView {
    RigView {
        name: id("tradingbot"),
        url: "/src/tradingbot.git".to_owned(),
        prefix: id("tb"),
        target: "main".to_owned(),
        phase: RigPhase::Active,
        job: None,
        note: None,
        test_hint: None,
        gates: 1,
        queued: 2,
        polecats: 4,
        stopped: None,
    }
}

/// A town without anything in it.
pub(super) fn empty_town() -> TownView {
    TownView {
        name: "trading-hq".to_owned(),
        root: PathBuf::from("/home/me/gt"),
        wish: Wish::Up,
        seq: 0,
        rigs: Vec::new(),
        agents: Vec::new(),
        merges: Vec::new(),
        convoys: Vec::new(),
        beads: BeadCounts::default(),
        attention: Vec::new(),
        engine: EngineView {
            pid: Some(4711),
            host_pid: Some(4712),
            build: "0.1.0".to_owned(),
            problems: Vec::new(),
        },
    }
}

/// A town at work.
pub(super) fn busy_town() -> TownView {
    let mut failed = agent("Ash", AgentState::Dead, "tb-k07", "Portfolio rebalancing");
    failed.phase = Phase::Failed;
    failed.note = Some("started 3 times, ended each time".to_owned());
    TownView {
        seq: 40,
        rigs: vec![rig()],
        agents: vec![
            agent(
                "Toast",
                AgentState::NeedsYou,
                "tb-x31",
                "MACD crossover signal",
            ),
            agent(
                "Shadow",
                AgentState::Working,
                "tb-q18",
                "日本語のタイトル with \x1b[31mescapes\x1b[0m and 👩‍💻",
            ),
            agent(
                "Copper",
                AgentState::Starting,
                "tb-m12",
                "Fibonacci retracement levels in the DataPreprocessor",
            ),
            agent(
                "Jet",
                AgentState::Unknown,
                "tb-j01",
                "Options chain scraper",
            ),
            failed,
        ],
        merges: vec![
            merge(3, MergePhase::Gating, "tb-a44", "VWAP strategy agent"),
            merge(4, MergePhase::Queued, "tb-a45", "Insider trading scraper"),
            merge(2, MergePhase::Held, "tb-a43", "Streamlit dashboard"),
            merge(1, MergePhase::Landed, "tb-a42", "Parse bulk deals"),
        ],
        convoys: vec![
            convoy(
                "x1z",
                "Technical Indicators v2",
                vec![
                    bead("tb-a42", "Parse bulk deals", BeadStatus::Closed, None),
                    bead(
                        "tb-x31",
                        "MACD crossover signal",
                        BeadStatus::Hooked,
                        Some(AgentState::NeedsYou),
                    ),
                    bead("tb-x32", "Backtest MACD", BeadStatus::Open, None),
                ],
                false,
            ),
            convoy(
                "b2c",
                "Docs refresh",
                vec![bead("tb-d01", "Readme", BeadStatus::Closed, None)],
                true,
            ),
        ],
        beads: BeadCounts {
            ready: 5,
            blocked: 1,
            in_progress: 5,
            in_review: 3,
            closed: 9,
        },
        attention: vec![
            AttentionView {
                key: "agent:tradingbot.Toast.1".to_owned(),
                subject: "tradingbot/Toast".to_owned(),
                why: "Allow execution of: cargo test --all ?".to_owned(),
                next: Some("gt attach tradingbot/Toast".to_owned()),
                since: NOW - 125_000,
            },
            AttentionView {
                key: "merge:mr-2".to_owned(),
                subject: "mr-2 tb-a43".to_owned(),
                why: "gate `test` could not run".to_owned(),
                next: Some("gt mq retry mr-2".to_owned()),
                since: NOW - 1_900_000,
            },
        ],
        ..empty_town()
    }
}

fn events() -> Vec<Event> {
    let toast = Address::polecat(&id("tradingbot"), &id("Toast"));
    let event = |seq: Seq, actor: &Address, bead: &str, body: EventBody| Event {
        seq,
        at: NOW - 1_000 * (60 - seq),
        actor: actor.clone(),
        cause: "gt sling".to_owned(),
        rig: Some(id("tradingbot")),
        bead: Some(id(bead)),
        body,
    };
    vec![
        event(
            38,
            &Address::Human,
            "tb-x31",
            EventBody::BeadCreated {
                title: "MACD crossover signal".to_owned(),
            },
        ),
        event(
            39,
            &toast,
            "tb-x31",
            EventBody::AgentStarted {
                agent: toast.clone(),
                run: id("tradingbot.Toast.1.1"),
                pid: 99,
            },
        ),
        event(
            40,
            &Address::refinery(&id("tradingbot")),
            "tb-a42",
            EventBody::Landed {
                merge: id("mr-1"),
                author: toast.clone(),
                commit: id(&"8f2c1aa0".repeat(5)),
                target: "main".to_owned(),
                gates: 1,
            },
        ),
    ]
}

/// A console on a town.
pub(super) fn console(town: Option<TownView>, size: (u16, u16), glyphs: Glyphs) -> App {
    let mut app = App::new(Look::fixed(glyphs), Context::default(), size, NOW);
    app.update(Msg::Started(Ok(())), NOW);
    let Some(town) = town else { return app };
    let busy = !town.agents.is_empty();
    app.update(Msg::Town(Update::Snapshot(Box::new(town))), NOW);
    if busy {
        let deltas = events()
            .into_iter()
            .map(|event| Delta::Event(Box::new(event)));
        app.update(Msg::Town(Update::Deltas(40, deltas.collect())), NOW);
    }
    app
}

/// The rows of the screen.
pub(super) fn rows(app: &App) -> Vec<String> {
    let area = Rect::new(0, 0, app.size.0, app.size.1);
    let mut buf = Buffer::empty(area);
    draw(app, &mut buf);
    (0..area.height)
        .map(|y| {
            let mut row = String::new();
            let mut x = 0;
            while x < area.width {
                let symbol = buf[(x, y)].symbol();
                row.push_str(symbol);
                x += crate::screen::width(symbol).max(1);
            }
            row.trim_end().to_owned()
        })
        .collect()
}

pub(super) fn text(app: &App) -> String {
    rows(app).join("\n")
}

/// Presses keys, written as in a key preset; a single word may also be typed text in quotes.
pub(super) fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    for key in keys.split(' ') {
        let events: Vec<KeyEvent> = match key.strip_prefix('\'') {
            Some(word) => word
                .chars()
                .map(|c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE))
                .collect(),
            None => vec![Chord::parse(key).unwrap().event()],
        };
        for event in events {
            effects.extend(app.update(Msg::Key(event), NOW));
        }
    }
    effects
}
