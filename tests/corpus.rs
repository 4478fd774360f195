//! Recorded streams of real programs come to the screens that an independent emulator makes of them.
//!
//! `tests/fixtures/terminals/NAME-COLUMNSxROWS.bytes` is what the program wrote and `.txt` beside it
//! the screen that tmux makes of it; versions and dates are in the folder's README. Each stream is
//! fed whole and in random cuts, and rebuilt from a snapshot taken half way.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "the tests read their recordings"
)]

use std::path::{Path, PathBuf};

use gastown::term::Screen;

/// At least so many recordings are there: a folder that is empty proves nothing.
const LEAST: usize = 9;

struct Recording {
    name: String,
    size: (u16, u16),
    bytes: Vec<u8>,
    expected: Vec<String>,
}

fn recordings() -> Vec<Recording> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/terminals");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "bytes"))
        .collect();
    paths.sort();
    assert!(paths.len() >= LEAST, "{paths:?}");
    paths
        .into_iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let (columns, rows) = name.rsplit_once('-').unwrap().1.split_once('x').unwrap();
            let size = (columns.parse().unwrap(), rows.parse().unwrap());
            let text = std::fs::read_to_string(path.with_extension("txt")).unwrap();
            Recording {
                size,
                bytes: std::fs::read(&path).unwrap(),
                expected: tidy(text.lines().map(str::to_owned).collect()),
                name,
            }
        })
        .collect()
}

/// Rows without blanks at their ends, and without empty rows at the end.
fn tidy(rows: Vec<String>) -> Vec<String> {
    let mut rows: Vec<String> = rows
        .into_iter()
        .map(|row| row.trim_end().to_owned())
        .collect();
    while rows.last().is_some_and(String::is_empty) {
        rows.pop();
    }
    rows
}

fn shown(screen: &Screen) -> Vec<String> {
    tidy(screen.rows(0).map(|row| row.text()).collect())
}

/// Where two screens differ, row by row.
fn differences(recording: &Recording, screen: &Screen) -> Vec<String> {
    let ours = shown(screen);
    let theirs = &recording.expected;
    let empty = String::new();
    (0..ours.len().max(theirs.len()))
        .map(|row| {
            (
                row,
                ours.get(row).unwrap_or(&empty),
                theirs.get(row).unwrap_or(&empty),
            )
        })
        .filter(|(_, ours, theirs)| ours != theirs)
        .map(|(row, ours, theirs)| {
            format!(
                "{} row {row}\n  ours:   {ours}\n  theirs: {theirs}",
                recording.name
            )
        })
        .collect()
}

#[test]
fn real_programs_show_what_another_emulator_shows() {
    let mut wrong = Vec::new();
    for recording in recordings() {
        let mut screen = Screen::new(recording.size, 100);
        screen.feed(&recording.bytes);
        wrong.extend(differences(&recording, &screen));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn cuts_and_a_snapshot_change_nothing() {
    let mut random = fastrand::Rng::with_seed(23);
    for recording in recordings() {
        let mut whole = Screen::new(recording.size, 100);
        whole.feed(&recording.bytes);
        for _ in 0..4 {
            let mut screen = Screen::new(recording.size, 100);
            let mut rest = recording.bytes.as_slice();
            let mut moved = false;
            while !rest.is_empty() {
                let (piece, after) = rest.split_at(random.usize(1..=rest.len().min(900)));
                screen.feed(piece);
                rest = after;
                if !moved && rest.len() < recording.bytes.len() / 2 {
                    moved = true;
                    let snapshot = screen.snapshot();
                    screen = Screen::new(recording.size, 100);
                    screen.feed(&snapshot);
                }
            }
            assert_eq!(shown(&screen), shown(&whole), "{}", recording.name);
        }
    }
}
