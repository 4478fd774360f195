//! Eight processes that write at once while random ones of them, and the engine, are killed with
//! SIGKILL; whatever was acknowledged must be there afterwards, whole and once (D1, D4).
//!
//! Every writer keeps a journal of what it asked for and of what it was told. A write counts as
//! acknowledged when the program ended well, or had said what it did before it was killed. What was
//! not acknowledged may be there or not, but never by halves.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::Read;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::TestTown;

const WRITERS: u64 = 8;

/// What was asked for, and whether it was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Done,
    /// Killed, or the engine was; nobody knows.
    Unknown,
}

/// A bead as its writer knows it.
#[derive(Debug)]
struct Bead {
    id: String,
    /// Notes are overwritten; the last acknowledged one or a later one holds.
    notes: Vec<(String, Said)>,
    closed: Option<Said>,
    labels: Vec<(String, Said)>,
    comments: Vec<(String, Said)>,
    depends_on: Vec<(String, Said)>,
}

/// What one writer did.
#[derive(Debug, Default)]
struct Journal {
    beads: Vec<Bead>,
    /// Titles of beads whose making was not acknowledged.
    unknown: Vec<String>,
    acknowledged: u64,
    killed: u64,
    unreachable: u64,
    faults: Vec<String>,
}

/// What came of a run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) acknowledged: u64,
    pub(crate) killed_writers: u64,
    pub(crate) killed_engines: u64,
    pub(crate) unreachable: u64,
    pub(crate) beads: usize,
    pub(crate) faults: Vec<String>,
}

/// Writes, kills and compares.
pub(crate) fn run(time: Duration, seed: u64) -> Report {
    let town = TestTown::installed();
    town.gt(&["up"]).ok();
    let ending = AtomicBool::new(false);
    let mut report = Report::default();
    let journals: Vec<Journal> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|number| {
                let random = fastrand::Rng::with_seed(seed * 1_000 + number);
                let (town, ending) = (&town, &ending);
                scope.spawn(move || Writer::new(town, number, random).write_until(ending))
            })
            .collect();
        let mut random = fastrand::Rng::with_seed(seed);
        let end = Instant::now() + time;
        while Instant::now() < end {
            std::thread::sleep(Duration::from_millis(random.u64(100..1_200)));
            if let Some(engine) = town.engine() {
                engine.kill();
                report.killed_engines += 1;
            }
            // For a while commands find no engine and are one by themselves.
            std::thread::sleep(Duration::from_millis(random.u64(0..500)));
            town.gt(&["up"]).ok();
        }
        ending.store(true, Ordering::Release);
        writers
            .into_iter()
            .map(|writer| writer.join().unwrap())
            .collect()
    });
    let rows = exported(&town);
    report.beads = rows.len();
    for journal in journals {
        report.acknowledged += journal.acknowledged;
        report.killed_writers += journal.killed;
        report.unreachable += journal.unreachable;
        journal.compare(&rows, &mut report.faults);
    }
    town.gt(&["down", "--all"]).ok();
    ledger_is_whole(&town, &mut report.faults);
    report
}

struct Writer<'a> {
    town: &'a TestTown,
    number: u64,
    random: fastrand::Rng,
    count: u64,
    journal: Journal,
}

impl<'a> Writer<'a> {
    fn new(town: &'a TestTown, number: u64, random: fastrand::Rng) -> Self {
        Self {
            town,
            number,
            random,
            count: 0,
            journal: Journal::default(),
        }
    }

    fn write_until(mut self, ending: &AtomicBool) -> Journal {
        while !ending.load(Ordering::Acquire) {
            self.count += 1;
            let open: Vec<usize> = (0..self.journal.beads.len())
                .filter(|place| self.journal.beads[*place].closed.is_none())
                .collect();
            let choice = self.random.u8(..10);
            if open.len() < 4 || choice < 4 {
                self.create();
                continue;
            }
            let place = open[self.random.usize(1..open.len())];
            let older = open[self.random.usize(..open.len())];
            match choice {
                4 | 5 => self.note(place),
                6 => self.label(place),
                7 => self.comment(place),
                8 if older < place => self.depend(place, older),
                _ => self.close(place),
            }
        }
        self.journal
    }

    fn create(&mut self) {
        let title = format!("Writer {} number {}", self.number, self.count);
        let words = ["create", &title, "--labels", "whole", "--silent"];
        let (said, out) = self.bd(&words);
        match said {
            Some(Said::Done) => self.journal.beads.push(Bead {
                id: out.trim().to_owned(),
                notes: Vec::new(),
                closed: None,
                labels: vec![("whole".to_owned(), Said::Done)],
                comments: Vec::new(),
                depends_on: Vec::new(),
            }),
            Some(Said::Unknown) => self.journal.unknown.push(title),
            None => {}
        }
    }

    fn note(&mut self, place: usize) {
        let text = format!("note {}", self.count);
        let id = self.journal.beads[place].id.clone();
        if let (Some(said), _) = self.bd(&["update", &id, "--notes", &text]) {
            self.journal.beads[place].notes.push((text, said));
        }
    }

    fn label(&mut self, place: usize) {
        let text = format!("l{}", self.count);
        let id = self.journal.beads[place].id.clone();
        if let (Some(said), _) = self.bd(&["label", "add", &id, &text]) {
            self.journal.beads[place].labels.push((text, said));
        }
    }

    fn comment(&mut self, place: usize) {
        let text = format!("comment {}", self.count);
        let id = self.journal.beads[place].id.clone();
        if let (Some(said), _) = self.bd(&["comments", "add", &id, &text]) {
            self.journal.beads[place].comments.push((text, said));
        }
    }

    fn depend(&mut self, place: usize, older: usize) {
        let (id, on) = (
            self.journal.beads[place].id.clone(),
            self.journal.beads[older].id.clone(),
        );
        if let (Some(said), _) = self.bd(&["dep", "add", &id, &on]) {
            self.journal.beads[place].depends_on.push((on, said));
        }
    }

    fn close(&mut self, place: usize) {
        let id = self.journal.beads[place].id.clone();
        if let (Some(said), _) = self.bd(&["close", &id, "--force", "--reason", "done"]) {
            self.journal.beads[place].closed = Some(said);
        }
    }

    /// Runs `bd`, which one time in five is killed at a random moment. `None` when it was refused,
    /// which no command here may be.
    fn bd(&mut self, words: &[&str]) -> (Option<Said>, String) {
        let mut command = self.town.bd_run(words).command();
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        if self.random.u8(..5) == 0 {
            std::thread::sleep(Duration::from_micros(self.random.u64(500..20_000)));
            drop(child.kill());
        }
        let (mut out, mut err) = (String::new(), String::new());
        drop(child.stdout.take().unwrap().read_to_string(&mut out));
        drop(child.stderr.take().unwrap().read_to_string(&mut err));
        let status = child.wait().unwrap();
        let said = match status.code() {
            Some(0) => Some(Said::Done),
            // It was killed, but what it had said counts.
            None if out.ends_with('\n') => {
                self.journal.killed += 1;
                Some(Said::Done)
            }
            None => {
                self.journal.killed += 1;
                Some(Said::Unknown)
            }
            // The engine went away: exit 5 says that nobody knows.
            Some(5) => {
                self.journal.unreachable += 1;
                Some(Said::Unknown)
            }
            Some(code) => {
                let fault = format!("bd {} ended with {code}: {err}", words.join(" "));
                self.journal.faults.push(fault);
                None
            }
        };
        self.journal.acknowledged += u64::from(said == Some(Said::Done));
        (said, out)
    }
}

impl Journal {
    fn compare(self, rows: &BTreeMap<String, Value>, faults: &mut Vec<String>) {
        faults.extend(self.faults);
        for bead in &self.beads {
            match rows.get(&bead.id) {
                Some(row) => bead.compare(row, faults),
                None => faults.push(format!("{} was acknowledged and is not there", bead.id)),
            }
        }
        for title in &self.unknown {
            let made = rows
                .values()
                .filter(|row| row.get("title").and_then(Value::as_str) == Some(title));
            let made: Vec<&Value> = made.collect();
            if made.len() > 1 {
                faults.push(format!("`{title}` was made {} times", made.len()));
            }
            if made
                .iter()
                .any(|row| !texts(row, "labels", None).contains(&"whole"))
            {
                faults.push(format!("`{title}` was made by halves"));
            }
        }
    }
}

impl Bead {
    fn compare(&self, row: &Value, faults: &mut Vec<String>) {
        let mut fault = |what: String| faults.push(format!("{}: {what}", self.id));
        let acknowledged = self.notes.iter().rposition(|(_, said)| *said == Said::Done);
        let possible = &self.notes[acknowledged.unwrap_or(0)..];
        let is = row.get("notes").and_then(Value::as_str);
        let untouched = acknowledged.is_none() && is.is_none_or(str::is_empty);
        if !untouched && !possible.iter().any(|(text, _)| Some(text.as_str()) == is) {
            fault(format!("notes are {is:?}, not one of {possible:?}"));
        }
        let closed = row.get("status").and_then(Value::as_str) == Some("closed");
        if self.closed == Some(Said::Done) && !closed || self.closed.is_none() && closed {
            fault(format!("closed: {closed}, asked for: {:?}", self.closed));
        }
        for (name, list, asked) in [
            ("labels", texts(row, "labels", None), &self.labels),
            (
                "comments",
                texts(row, "comments", Some("text")),
                &self.comments,
            ),
            (
                "dependencies",
                texts(row, "dependencies", Some("depends_on_id")),
                &self.depends_on,
            ),
        ] {
            for (text, said) in asked {
                match list.iter().filter(|one| **one == text.as_str()).count() {
                    1 => {}
                    0 if *said == Said::Unknown => {}
                    count => fault(format!(
                        "{name}: `{text}` is there {count} times ({said:?})"
                    )),
                }
            }
            for one in &list {
                if !asked.iter().any(|(text, _)| text == one) {
                    fault(format!("{name}: `{one}` was never asked for"));
                }
            }
        }
    }
}

/// The texts of a list, or of one field of its members.
fn texts<'a>(row: &'a Value, list: &str, field: Option<&str>) -> Vec<&'a str> {
    let members = row.get(list).and_then(Value::as_array);
    members
        .into_iter()
        .flatten()
        .filter_map(|one| match field {
            Some(field) => one.get(field)?.as_str(),
            None => one.as_str(),
        })
        .collect()
}

/// Every bead there is, by its id.
fn exported(town: &TestTown) -> BTreeMap<String, Value> {
    let file = town.base().join("all.jsonl");
    let name = file.to_string_lossy().into_owned();
    town.bd(&["export", "-o", &name]).ok();
    let text = std::fs::read_to_string(&file).unwrap();
    text.lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter_map(|row| Some((row.get("id")?.as_str()?.to_owned(), row)))
        .collect()
}

/// The file is healthy, events have no gap, and every bead has the event of its making (D1, D11).
fn ledger_is_whole(town: &TestTown, faults: &mut Vec<String>) {
    let conn = rusqlite::Connection::open(town.root().join(".gt/ledger.db")).unwrap();
    let one = |sql: &str| -> String { conn.query_row(sql, [], |row| row.get(0)).unwrap() };
    let mut unlike = String::new();
    for (sql, wanted) in [
        ("SELECT integrity_check FROM pragma_integrity_check", "ok"),
        (
            "SELECT CAST(max(seq) - min(seq) + 1 - count(*) AS TEXT) FROM events",
            "0",
        ),
        (
            "SELECT CAST(count(*) AS TEXT) FROM beads WHERE id NOT IN
                (SELECT bead FROM events WHERE type = 'bead_created' AND bead IS NOT NULL)",
            "0",
        ),
    ] {
        let is = one(sql);
        if is != wanted {
            let _ = write!(unlike, "{sql}: {is}; ");
        }
    }
    if !unlike.is_empty() {
        faults.push(unlike);
    }
}
