//! What the settings say of terminals, as a launch plan brings it to the host: how much history is
//! kept, whose size a terminal has, and how often a program hears of another one (DECISIONS 11, 13).

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use gastown::client::{AttachEvent, Attached, HostClient};
use gastown::domain::{History, RunId, SizeRule};
use gastown::wire::{HostAnswer, HostAsk};

use super::{Engine, PATIENCE, Town, until};

const RUN: &str = "tb.Toast.1.1";

fn run() -> RunId {
    RunId::parse(RUN).unwrap()
}

/// A program that says its size, and how often it was told of one (`tests/fixtures/winch.c`).
fn start_winch(town: &Town, engine: &mut Engine, size: SizeRule) {
    let winch = town.dir.path().canonicalize().unwrap().join("winch");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/winch.c");
    let built = Command::new("cc")
        .args(["-O1", "-o"])
        .args([winch.as_path(), source.as_path()])
        .output()
        .unwrap();
    assert!(built.status.success(), "{built:?}");
    let mut plan = town.program(RUN, &[winch.to_str().unwrap()]);
    plan.terminal.size = size;
    engine.ask(HostAsk::Launch(plan));
    wait_told(engine, 0, (80, 24));
}

/// How often the program says that it was told, its size as it says, and its screen's in the host.
fn told(engine: &mut Engine) -> Option<(u32, [(u16, u16); 2])> {
    let asked = engine.ask(HostAsk::Peek {
        run: run(),
        history: 0,
    });
    let HostAnswer::Screen { screen, .. } = asked else {
        return None;
    };
    let text = screen.text();
    let last = text.trim_end().lines().last()?.strip_suffix('.')?;
    let (count, size) = last.strip_prefix("told ")?.split_once(": ")?;
    let (columns, rows) = size.split_once(" x ")?;
    let said = (columns.parse().ok()?, rows.parse().ok()?);
    Some((count.parse().ok()?, [said, screen.size]))
}

/// Waits until program and host agree on a size, which the program was told after so many.
fn wait_told(engine: &mut Engine, count: u32, size: (u16, u16)) {
    let wanted = Some((count, [size, size]));
    let mut last = None;
    let deadline = Instant::now() + PATIENCE;
    while last != wanted {
        assert!(Instant::now() < deadline, "{last:?} instead of {wanted:?}");
        last = told(engine);
    }
}

fn attach(town: &Town, size: Option<(u16, u16)>) -> Attached {
    HostClient::attach(&town.paths, &run(), size).unwrap()
}

#[test]
fn as_many_rows_are_kept_as_the_plan_says() {
    let town = Town::start();
    let mut engine = town.engine();
    let history = History {
        lines: 500,
        ..History::default()
    };
    let mut plan = town.plan(RUN, "seq 1 3000; echo done; read x");
    plan.terminal.history = history;
    engine.ask(HostAsk::Launch(plan));
    let mut operator = HostClient::open(&town.paths).unwrap();
    let rows = until("all rows", || {
        let rows = operator.rows(&run(), 0, 10_000).unwrap();
        rows.rows
            .iter()
            .any(|row| row.text == "done")
            .then_some(rows)
    });
    assert_eq!(rows.top - rows.oldest, 500);
    assert_eq!(
        (rows.from, rows.rows[0].text.as_str()),
        (rows.oldest, "2479")
    );
    // A viewer hears of it before all else, so that its screen keeps as much.
    let viewer = attach(&town, None);
    let first = viewer.events().recv_timeout(PATIENCE).unwrap();
    assert_eq!(first, AttachEvent::History(history));
    let second = viewer.events().recv_timeout(PATIENCE).unwrap();
    assert_eq!(second, AttachEvent::Size((80, 24)));
}

#[test]
fn bytes_bound_the_rows_too() {
    let town = Town::start();
    let mut engine = town.engine();
    let mut plan = town.plan(
        RUN,
        "yes 'a row of thirty-two characters.' | head -20000; echo done; read x",
    );
    plan.terminal.history.bytes = 256 << 10;
    engine.ask(HostAsk::Launch(plan));
    let mut operator = HostClient::open(&town.paths).unwrap();
    let rows = until("all rows", || {
        let rows = operator.rows(&run(), 19_970, 100).unwrap();
        rows.rows
            .iter()
            .any(|row| row.text == "done")
            .then_some(rows)
    });
    let kept = rows.top - rows.oldest;
    assert!((4_000..8_000).contains(&kept), "{kept}");
}

#[test]
fn the_smallest_viewer_that_may_type_gives_the_size() {
    let town = Town::start();
    let mut engine = town.engine();
    start_winch(&town, &mut engine, SizeRule::Smallest);
    let mut wide = attach(&town, Some((120, 20)));
    wait_told(&mut engine, 1, (120, 20));
    let high = attach(&town, Some((90, 40)));
    wait_told(&mut engine, 2, (90, 20));
    // Who only watches never changes it, and typing makes no difference.
    let watcher = attach(&town, None);
    wide.type_bytes(b"x").unwrap();
    wide.resize((110, 30)).unwrap();
    wait_told(&mut engine, 3, (90, 30));
    drop(watcher);
    drop(high);
    wait_told(&mut engine, 4, (110, 30));
    // The size stays when the last one leaves.
    drop(wide);
    let next = attach(&town, Some((100, 25)));
    wait_told(&mut engine, 5, (100, 25));
    drop(next);
}

#[test]
fn the_latest_to_type_or_take_over_gives_the_size() {
    let town = Town::start();
    let mut engine = town.engine();
    start_winch(&town, &mut engine, SizeRule::Latest);
    let mut one = attach(&town, Some((120, 20)));
    wait_told(&mut engine, 1, (120, 20));
    let (mut two, _two) = attach(&town, Some((90, 40))).split();
    wait_told(&mut engine, 2, (90, 40));
    one.type_bytes(b"x").unwrap();
    wait_told(&mut engine, 3, (120, 20));
    // While somebody else holds the input, a size is only remembered; taking over brings it.
    two.resize((70, 30)).unwrap();
    let watcher = attach(&town, None);
    one.resize((121, 21)).unwrap();
    wait_told(&mut engine, 4, (121, 21));
    two.take().unwrap();
    wait_told(&mut engine, 5, (70, 30));
    drop(watcher);
    drop(two);
    wait_told(&mut engine, 6, (121, 21));
}

#[test]
fn many_sizes_in_a_row_become_few_and_the_last_one_counts() {
    let town = Town::start();
    let mut engine = town.engine();
    start_winch(&town, &mut engine, SizeRule::Latest);
    let began = Instant::now();
    let resize = |engine: &mut Engine, size| {
        engine.ask(HostAsk::Resize { run: run(), size });
    };
    for step in 0..400 {
        resize(&mut engine, (40 + step % 100, 20 + step % 7));
    }
    // No more rows than a screen tells of.
    resize(&mut engine, (133, 38));
    let count = until("the last size", || {
        let (count, sizes) = told(&mut engine)?;
        (sizes == [(133, 38); 2]).then_some(count)
    });
    let most = began.elapsed().as_millis() / Duration::from_millis(50).as_millis() + 1;
    assert!(
        count >= 1 && u128::from(count) <= most,
        "told {count} times"
    );
    // A size that comes alone is taken over at once, whatever was before.
    resize(&mut engine, (80, 24));
    wait_told(&mut engine, count + 1, (80, 24));
}
