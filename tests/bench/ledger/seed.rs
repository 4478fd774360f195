//! A ledger as months of work leave it: beads, edges, labels, comments and events by the hundred
//! thousand, the same ones every time.
//!
//! The town is installed by the program and its first events are real ones; the rows that follow are
//! written like them, straight into the ledger. The result is kept in the build's folder and copied
//! from there as long as the program would make the same.

use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

use super::support::TestTown;

/// Changes when the same sizes must give another ledger.
const RECIPE: u32 = 1;
const DAY: i64 = 86_400_000;
/// The newest bead was made on 2026-10-01.
const END: i64 = 1_790_812_800_000;
const STATUSES: [(&str, usize); 6] = [
    ("closed", 55),
    ("open", 36),
    ("in_progress", 4),
    ("deferred", 2),
    ("blocked", 2),
    ("pinned", 1),
];
const TYPES: [&str; 6] = ["task", "task", "task", "bug", "feature", "chore"];
const SYLLABLES: [&str; 24] = [
    "ba", "co", "di", "fa", "ge", "hu", "in", "jo", "ka", "lu", "mo", "ne", "or", "pi", "qua",
    "ro", "sa", "te", "un", "va", "we", "xi", "ya", "zo",
];

/// How much of everything.
#[derive(Clone, Copy, Debug, Hash)]
pub(crate) struct Sizes {
    pub(crate) beads: usize,
    pub(crate) edges: usize,
    pub(crate) events: usize,
}

/// A town with such a ledger; no engine runs.
pub(crate) fn town(sizes: Sizes) -> TestTown {
    let town = TestTown::installed();
    // The ledger's own shape, and the shape of real events, with no engine that holds it.
    for number in 0..8 {
        let id = town.bead(&format!("A bead of the program's own {number}"));
        town.bd(&["update", &id, "--priority", "1"]).ok();
        town.bd(&["close", &id, "--reason", "done"]).ok();
    }
    let ledger = town.root().join(".gt/ledger.db");
    let kept = kept(&ledger, sizes);
    if !kept.is_file() {
        fill(&ledger, sizes);
        let half = kept.with_extension("half");
        std::fs::copy(&ledger, &half).unwrap();
        std::fs::rename(&half, &kept).unwrap();
    }
    let wal = ledger.with_extension("db-wal");
    if wal.is_file() {
        std::fs::remove_file(wal).unwrap();
    }
    std::fs::copy(&kept, &ledger).unwrap();
    mirror(&town, &ledger);
    town
}

/// The mirror of events as the engine of a town that lives for months has kept it: up to the last
/// one. Only that line is read again.
fn mirror(town: &TestTown, ledger: &Path) {
    let sql = "SELECT json_object('seq', seq, 'at', at, 'actor', actor, 'cause', cause, 'rig', rig, 'bead', bead,
                   'body', json(body)) FROM events ORDER BY seq DESC LIMIT 1";
    let conn = Connection::open(ledger).unwrap();
    let line: String = conn.query_row(sql, [], |row| row.get(0)).unwrap();
    std::fs::write(town.root().join(".events.jsonl"), line + "\n").unwrap();
}

/// The name under which a ledger of these sizes and of this program's shape is kept.
fn kept(ledger: &Path, sizes: Sizes) -> PathBuf {
    let conn = Connection::open(ledger).unwrap();
    let mut shape = DefaultHasher::new();
    (RECIPE, sizes).hash(&mut shape);
    let mut statement = conn
        .prepare("SELECT coalesce(sql, '') FROM sqlite_schema ORDER BY name")
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        row.get::<_, String>(0).unwrap().hash(&mut shape);
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    folder.join(format!("ledger-{:016x}.db", shape.finish()))
}

fn fill(ledger: &Path, sizes: Sizes) {
    let mut conn = Connection::open(ledger).unwrap();
    conn.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000")
        .unwrap();
    let tx = conn.transaction().unwrap();
    let mut random = fastrand::Rng::with_seed(4);
    let words = words(&mut random);
    beads(&tx, sizes.beads, &words, &mut random);
    edges(&tx, sizes, &mut random);
    block(&tx);
    events(&tx, sizes, &mut random);
    tx.commit().unwrap();
    conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
}

/// The id of a bead by its number, as short as an id of so many beads is.
pub(crate) fn id(number: usize) -> String {
    // Odd and without a common divisor with the number of ids: no two beads share one.
    let mut mixed = (number * 7_919_317) % 36_usize.pow(5);
    let mut text = String::from("hq-");
    for _ in 0..5 {
        let digit = u32::try_from(mixed % 36).unwrap();
        text.push(char::from_digit(digit, 36).unwrap());
        mixed /= 36;
    }
    text
}

/// A vocabulary; the first words are the ones that are used most.
fn words(random: &mut fastrand::Rng) -> Vec<String> {
    (0..2_000)
        .map(|_| {
            let count = random.usize(2..5);
            (0..count)
                .map(|_| SYLLABLES[random.usize(..SYLLABLES.len())])
                .collect()
        })
        .collect()
}

fn sentence(words: &[String], count: usize, random: &mut fastrand::Rng) -> String {
    let mut text = String::new();
    for _ in 0..count {
        // Common words are common: the square prefers small numbers.
        let share = random.f64();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a share of a small number"
        )]
        let place = (share * share * words.len() as f64) as usize;
        let _ = write!(text, "{} ", words[place]);
    }
    text.truncate(text.len().saturating_sub(1));
    text
}

fn status(number: usize) -> &'static str {
    let mut share = (number * 37) % 100;
    for (word, part) in STATUSES {
        if share < part {
            return word;
        }
        share -= part;
    }
    "open"
}

fn beads(conn: &Connection, count: usize, words: &[String], random: &mut fastrand::Rng) {
    let mut bead = conn
        .prepare(
            "INSERT INTO beads (id, title, description, status, type, priority, assignee, created_by, created_at,
                updated_at, closed_at, close_reason, owner, defer_until)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )
        .unwrap();
    let mut label = conn
        .prepare("INSERT OR IGNORE INTO labels VALUES (?1, ?2)")
        .unwrap();
    let mut comment = conn
        .prepare("INSERT INTO comments VALUES (?1, ?2, ?3, ?4, ?5)")
        .unwrap();
    for number in 0..count {
        let id = id(number);
        let status = status(number);
        let at = created(number, count);
        let later = at + random.i64(0..20 * DAY);
        let words_in_title = random.usize(4..11);
        let title = sentence(words, words_in_title, random);
        let words_in_text = random.usize(10..120);
        let text = sentence(words, words_in_text, random);
        let maker = actor(number);
        let assignee = (random.u8(..3) > 0).then(|| actor(number / 3));
        let kind = if is_epic(number) {
            "epic"
        } else {
            TYPES[number % TYPES.len()]
        };
        let closed = (status == "closed").then_some(later);
        let reason = closed.map(|_| "done");
        let waits = (status == "deferred").then_some(END + 400 * DAY);
        bead.execute(params![
            id,
            title,
            text,
            status,
            kind,
            [2, 2, 1, 3, 2, 0, 4, 1][random.usize(..8)],
            assignee,
            maker,
            at,
            later,
            closed,
            reason,
            "olive@example.org",
            waits
        ])
        .unwrap();
        for _ in 0..random.usize(0..3) {
            let area = format!("area-{}", random.usize(..40));
            label.execute(params![id, area]).unwrap();
        }
        if number % 20 == 0 {
            let text = sentence(words, 30, random);
            comment
                .execute(params![id, format!("c{number}"), maker, text, later])
                .unwrap();
        }
    }
}

/// When the bead of a number was made: evenly over a year.
fn created(number: usize, count: usize) -> i64 {
    let step = 365 * DAY / i64::try_from(count.max(1)).unwrap();
    END - 365 * DAY + step * i64::try_from(number).unwrap()
}

fn actor(number: usize) -> String {
    match number % 31 {
        0 => "human".to_owned(),
        agent => format!("tradingbot/polecats/Agent{agent}"),
    }
}

fn is_epic(number: usize) -> bool {
    number.is_multiple_of(50)
}

/// Edges go from younger to older beads, so that none of them makes a circle.
fn edges(conn: &Connection, sizes: Sizes, random: &mut fastrand::Rng) {
    let mut edge = conn
        .prepare("INSERT OR IGNORE INTO deps VALUES (?1, ?2, ?3, ?4, 'human', '', '')")
        .unwrap();
    let mut made = 0;
    while made < sizes.edges {
        let from = random.usize(1..sizes.beads);
        let near = random.usize(1..500).min(from);
        let (to, kind) = match random.u8(..20) {
            0..12 => (from - near, "blocks"),
            12..17 => ((from / 50) * 50, "parent-child"),
            17..19 => (from - near, "related"),
            _ => (from - near, "discovered-from"),
        };
        if from == to {
            continue;
        }
        let at = created(from, sizes.beads);
        made += edge.execute(params![id(from), id(to), kind, at]).unwrap();
    }
}

/// Works out who is held back: by an open bead, then through parents until nothing changes.
fn block(conn: &Connection) {
    let held =
        "UPDATE beads SET is_blocked = 1 WHERE status NOT IN ('closed', 'pinned') AND id IN (
            SELECT d.bead FROM deps d JOIN beads t ON t.id = d.target
            WHERE d.kind = 'blocks' AND t.status NOT IN ('closed', 'pinned'))";
    conn.execute(held, []).unwrap();
    let below = "UPDATE beads SET is_blocked = 1 WHERE is_blocked = 0 AND status NOT IN ('closed', 'pinned') AND id IN (
            SELECT d.bead FROM deps d JOIN beads p ON p.id = d.target
            WHERE d.kind = 'parent-child' AND p.is_blocked = 1)";
    while conn.execute(below, []).unwrap() > 0 {}
}

/// Events like those that the program wrote for its own beads.
fn events(conn: &Connection, sizes: Sizes, random: &mut fastrand::Rng) {
    let mut like: Vec<(String, String, String)> = Vec::new();
    {
        let mut statement = conn
            .prepare("SELECT cause, type, body FROM events WHERE bead IS NOT NULL ORDER BY seq")
            .unwrap();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let one = (
                row.get(0).unwrap(),
                row.get(1).unwrap(),
                row.get(2).unwrap(),
            );
            like.push(one);
        }
    }
    let first: i64 = conn
        .query_row("SELECT max(seq) FROM events", [], |row| row.get(0))
        .unwrap();
    let mut event = conn
        .prepare("INSERT INTO events VALUES (?1, ?2, ?3, ?4, NULL, ?5, ?6, ?7)")
        .unwrap();
    let step = 365 * DAY / i64::try_from(sizes.events.max(1)).unwrap();
    for number in 0..sizes.events {
        let place = i64::try_from(number).unwrap();
        let bead = id(number * sizes.beads / sizes.events);
        let (cause, kind, body) = &like[random.usize(..like.len())];
        event
            .execute(params![
                first + 1 + place,
                END - 365 * DAY + step * place,
                actor(random.usize(..31)),
                cause,
                bead,
                kind,
                body
            ])
            .unwrap();
    }
}

/// What the cases take beads from.
#[derive(Debug)]
pub(crate) struct Picked {
    /// Open, not held back, and nobody's parent.
    pub(crate) open: Vec<String>,
    /// A word that few titles have, and one that many have.
    pub(crate) rare: String,
    pub(crate) common: String,
}

/// Looks beads out of a ledger that nobody holds.
pub(crate) fn picked(town: &TestTown) -> Picked {
    let conn = Connection::open(town.root().join(".gt/ledger.db")).unwrap();
    let mut statement = conn
        .prepare(
            "SELECT id FROM beads WHERE status = 'open' AND is_blocked = 0
             AND id NOT IN (SELECT target FROM deps WHERE kind = 'parent-child') ORDER BY created_at",
        )
        .unwrap();
    let open: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let words = words(&mut fastrand::Rng::with_seed(4));
    Picked {
        open,
        rare: words[1_990].clone(),
        common: words[1].clone(),
    }
}
