//! Hyperlinks and the marks of shells outlast the screen, a resize, a snapshot and the way between
//! processes.

use crate::term::{PackedRow, RowView, Screen, Zone};

/// Runs of a row that carry something: columns, and what.
fn tags(row: &RowView<'_>) -> Vec<(usize, usize, String)> {
    let mut out: Vec<(usize, usize, String)> = Vec::new();
    for (column, cell) in row.cells().enumerate() {
        let Some(tag) = cell.tag() else { continue };
        let told = match (tag.zone(), tag.link()) {
            (Some(zone), _) => format!("{zone:?}"),
            (None, link) => link.unwrap_or("nothing").to_owned(),
        };
        match out.last_mut() {
            Some((_, to, last)) if *to == column && *last == told => *to += 1,
            _ => out.push((column, column + 1, told)),
        }
    }
    out
}

fn shell() -> Screen {
    let mut screen = Screen::new((20, 3), 100);
    screen.feed(b"\x1b]133;A\x07$ \x1b]133;B\x07ls\r\n\x1b]133;C\x07one ");
    screen.feed(b"\x1b]8;;https://a.org/\x07link\x1b]8;;\x07 two\r\n\x1b]133;D;0\x07");
    screen.feed(b"\x1b]133;A\x07$ \r\n\x1b]133;A\x07$ \x1b]133;B\x07\xe6\x97\xa5");
    screen
}

fn expected() -> Vec<Vec<(usize, usize, String)>> {
    let run = |from, to, what: &str| (from, to, what.to_owned());
    vec![
        vec![run(0, 2, "Prompt"), run(2, 4, "Command")],
        vec![
            run(0, 4, "Output"),
            run(4, 8, "https://a.org/"),
            run(8, 12, "Output"),
        ],
        vec![run(0, 2, "Prompt")],
        vec![run(0, 2, "Prompt"), run(2, 4, "Command")],
    ]
}

fn all(screen: &Screen) -> Vec<Vec<(usize, usize, String)>> {
    let above = (1..=screen.history_len()).rev();
    let mut all: Vec<_> = above
        .filter_map(|scroll| screen.rows(scroll).next())
        .chain(screen.rows(0))
        .map(|row| tags(&row))
        .collect();
    while all.last().is_some_and(Vec::is_empty) {
        all.pop();
    }
    all
}

#[test]
fn they_are_kept_above_the_screen_and_come_back() {
    let mut screen = shell();
    assert_eq!(all(&screen), expected());
    screen.feed(b"\x1b]133;D\x07\r\n\n\n");
    assert_eq!((screen.history_len(), all(&screen)), (4, expected()));
    screen.resize((30, 10));
    assert_eq!((screen.history_len(), all(&screen)), (0, expected()));
    screen.resize((12, 2));
    assert_eq!(all(&screen), expected());
    // Cut anew, a run goes on in the next row.
    screen.resize((12, 10));
    screen.resize((6, 10));
    let rows = all(&screen);
    assert_eq!(rows[1][1], (4, 6, "https://a.org/".to_owned()));
    assert_eq!(rows[2][0], (0, 2, "https://a.org/".to_owned()));
}

#[test]
fn a_snapshot_has_them_and_what_comes_goes_on() {
    let mut screen = shell();
    screen.feed(b"\x1b]8;;https://b.org/\x07");
    let mut copy = Screen::new((20, 3), 0);
    copy.feed(&screen.snapshot());
    for screen in [&mut screen, &mut copy] {
        screen.feed(b"in\x1b]8;;\x07out\x1b[1;1H\x1b]133;D\x07\x1b[2;5Hx");
    }
    let of = |screen: &Screen| -> Vec<_> { screen.rows(0).map(|row| tags(&row)).collect() };
    assert_eq!(of(&copy), of(&screen));
    assert_eq!(of(&copy)[2][3].2, "Command");
}

#[test]
fn an_update_that_is_held_has_them() {
    let mut screen = Screen::new((20, 2), 0);
    screen.feed(b"\x1b[?2026h\x1b]133;A\x07$ \x1b]133;B\x07x\x1b]8;;https://b.org/\x07l");
    let mut copy = Screen::new((20, 2), 0);
    copy.feed(&screen.snapshot());
    for screen in [&mut screen, &mut copy] {
        screen.feed(b"m\x1b]8;;\x07y\x1b]133;D\x07z\x1b[?2026l");
    }
    assert_eq!(tags(&copy.row(0)), tags(&screen.row(0)));
    assert_eq!(tags(&copy.row(0)).len(), 4);
}

#[test]
fn they_cross_processes_and_nothing_is_forged_on_the_way() {
    let row = shell().packed(0, 2).pop().unwrap();
    let text = serde_json::to_string(&row).unwrap();
    assert_eq!(serde_json::from_str::<PackedRow>(&text).unwrap(), row);
    let forged = text.replace("https://a.org/", "file:///etc/passwd");
    let forged: PackedRow = serde_json::from_str(&forged).unwrap();
    let links: Vec<_> = forged.tags.iter().map(|run| run.tag.link()).collect();
    assert_eq!(links, [None, None, None]);
    assert_eq!(forged.tags[0].tag.zone(), Some(Zone::Output));
    // A row as it was told before there were tags.
    let old = r#"{"text":"x","styles":[],"columns":9,"wrapped":false,"short":false}"#;
    assert_eq!(serde_json::from_str::<PackedRow>(old).unwrap().tags, []);
    let plain = PackedRow::default();
    assert!(!serde_json::to_string(&plain).unwrap().contains("tags"));
}

#[test]
fn links_of_two_kilobytes_in_every_cell_stay_within_bounds() {
    // T10.
    let mut screen = Screen::new((200, 3), 10_000);
    for number in 0..3000 {
        let address = format!("https://a.org/{}{number}", "x".repeat(2000));
        screen.feed(format!("\x1b]8;;{address}\x07x").as_bytes());
    }
    screen.feed(b"\r\n\n\n\n");
    let kept: usize = screen
        .packed(0, usize::MAX)
        .iter()
        .flat_map(|row| &row.tags)
        .map(|run| run.tag.link().unwrap_or_default().len())
        .sum();
    assert!((2000..=64 * 1024).contains(&kept), "{kept}");
}
