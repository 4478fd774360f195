//! What real programs wrote on a terminal, replayed: the screen is what another emulator showed.
//!
//! `tests/fixtures/terminals/<program>-<size>.bin` holds pieces of raw output, each with the size
//! that the terminal had: a line `columns rows bytes`, then so many bytes. `.grid` beside it holds
//! what tmux 3.3a made of each piece: `@ width height cursor-x cursor-y cursor-shown alternate`, a
//! line `|text` for each row, and below it ` start+count=fg/bg/attributes` for its styles, counted
//! in characters. Blanks at the end of a row are left out, since tmux does not tell the colour of erased
//! ones. Recorded on 2026-11-24: vim 9.0, less 590, htop 3.2.2, a full-screen agent screen
//! made with Ink 5, Gemini CLI 0.61 and Claude Code 2.1 with a scripted model behind them.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "reads fixtures")]

use std::path::{Path, PathBuf};

use gastown::term::{CellColor, CellStyle, CellWidth, RowView, Screen};

/// A piece of a recording: the size it was for, and the bytes.
struct Piece {
    size: (u16, u16),
    bytes: Vec<u8>,
}

fn pieces(path: &Path) -> Vec<Piece> {
    let mut rest = std::fs::read(path).unwrap();
    let mut out = Vec::new();
    while !rest.is_empty() {
        let end = rest.iter().position(|&byte| byte == b'\n').unwrap();
        let head = String::from_utf8(rest[..end].to_vec()).unwrap();
        let numbers: Vec<usize> = head.split(' ').map(|text| text.parse().unwrap()).collect();
        let after = rest.split_off(end + 1);
        let (bytes, next) = after.split_at(numbers[2]);
        out.push(Piece {
            size: (
                numbers[0].try_into().unwrap(),
                numbers[1].try_into().unwrap(),
            ),
            bytes: bytes.to_vec(),
        });
        rest = next.to_vec();
    }
    out
}

/// A screen in the form of the expectation.
fn grid(screen: &Screen) -> Vec<String> {
    let (columns, rows) = screen.size();
    let (cursor, modes) = (screen.cursor(), screen.modes());
    let mut out = vec![format!(
        "@ {columns} {rows} {} {} {} {}",
        cursor.column,
        cursor.row,
        u8::from(cursor.visible),
        u8::from(modes.alternate)
    )];
    for row in screen.rows(0) {
        let (text, styles) = told(&row);
        out.push(format!("|{text}"));
        if !styles.is_empty() {
            out.push(format!(" {}", styles.join(" ")));
        }
    }
    out
}

fn told(row: &RowView<'_>) -> (String, Vec<String>) {
    let mut cells: Vec<(String, String)> = Vec::new();
    for cell in row.cells().filter(|cell| cell.width() != CellWidth::Spacer) {
        let style = style(cell.style());
        cells.push((cell.symbol().to_string(), style.clone()));
        cells.extend(
            cell.marks()
                .iter()
                .map(|mark| (mark.to_string(), style.clone())),
        );
    }
    while cells.last().is_some_and(|(text, _)| text == " ") {
        cells.pop();
    }
    let mut runs: Vec<(usize, usize, &str)> = Vec::new();
    for (place, (_, style)) in cells.iter().enumerate() {
        match runs.last_mut() {
            Some((_, count, known)) if known == style => *count += 1,
            _ => runs.push((place, 1, style)),
        }
    }
    let styles = runs
        .iter()
        .filter(|(_, _, style)| *style != "//")
        .map(|(from, count, style)| format!("{from}+{count}={style}"))
        .collect();
    (
        cells.iter().map(|(text, _)| text.as_str()).collect(),
        styles,
    )
}

fn style(style: CellStyle) -> String {
    let color = |color| match color {
        CellColor::Default => String::new(),
        CellColor::Indexed(index) => index.to_string(),
        CellColor::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
    };
    let letters = [
        (CellStyle::BOLD, 'b'),
        (CellStyle::DIM, 'd'),
        (CellStyle::ITALIC, 'i'),
        (CellStyle::UNDERLINE, 'u'),
        (CellStyle::REVERSE, 'r'),
        (CellStyle::HIDDEN, 'h'),
        (CellStyle::STRIKE, 's'),
    ];
    let letters: String = letters
        .iter()
        .filter(|(bit, _)| style.has(*bit))
        .map(|(_, letter)| *letter)
        .collect();
    format!("{}/{}/{letters}", color(style.fg), color(style.bg))
}

fn recordings() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/terminals");
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|name| name == "bin"))
        .collect();
    found.sort();
    found
}

/// Replays a recording; says where its screens differ from what is expected.
fn differences(path: &Path, random: &mut fastrand::Rng) -> Vec<String> {
    let expected = std::fs::read_to_string(path.with_extension("grid")).unwrap();
    let mut screens: Vec<Vec<&str>> = Vec::new();
    for line in expected.lines() {
        match screens.last_mut() {
            Some(screen) if !line.starts_with('@') => screen.push(line),
            _ => screens.push(vec![line]),
        }
    }
    let mut screens = screens.into_iter();
    let mut screen: Option<Screen> = None;
    let mut found = Vec::new();
    for (number, piece) in pieces(path).into_iter().enumerate() {
        let screen = screen.get_or_insert_with(|| Screen::new(piece.size, 1_000));
        screen.resize(piece.size);
        let mut rest = piece.bytes.as_slice();
        while !rest.is_empty() {
            let (now, later) = rest.split_at(random.usize(1..=rest.len().min(4096)));
            screen.feed(now);
            rest = later;
        }
        screen.release();
        let wanted = screens.next().unwrap();
        let got = grid(screen);
        for (wanted, got) in wanted.iter().zip(&got).filter(|(a, b)| a != b) {
            found.push(format!(
                "{} piece {number}\n  wanted {wanted}\n  got    {got}",
                path.display()
            ));
        }
        if wanted.len() != got.len() {
            found.push(format!(
                "{} piece {number}: {} lines, wanted {}",
                path.display(),
                got.len(),
                wanted.len()
            ));
        }
    }
    found
}

#[test]
fn real_programs_look_as_they_do_elsewhere() {
    let mut random = fastrand::Rng::with_seed(11);
    let found: Vec<String> = recordings()
        .iter()
        .flat_map(|path| differences(path, &mut random))
        .collect();
    assert!(
        found.is_empty(),
        "{} lines differ\n{}",
        found.len(),
        found.join("\n")
    );
}

#[test]
fn a_snapshot_of_a_real_program_is_its_screen() {
    for path in recordings() {
        let mut screen: Option<Screen> = None;
        for piece in pieces(&path) {
            let screen = screen.get_or_insert_with(|| Screen::new(piece.size, 0));
            screen.resize(piece.size);
            for part in piece.bytes.chunks(4099) {
                screen.feed(part);
                let mut copy = Screen::new(screen.size(), 0);
                copy.feed(&screen.snapshot());
                assert_eq!(grid(&copy), grid(screen), "{}", path.display());
            }
        }
    }
}
