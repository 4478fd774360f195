//! Casts as a strict reader of the two formats sees them, and the way back.

use super::super::screens::encode_size;
use super::super::{About, Writer, import};
use super::*;

/// What a cast says, times from the beginning.
#[derive(Debug, PartialEq)]
struct Read {
    size: (u64, u64),
    events: Vec<(u64, String, String)>,
}

/// Reads a cast by the letter of its format; panics at anything else.
fn strict(text: &str) -> Read {
    let mut lines = text.lines();
    let head: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    let version = head["version"].as_u64().unwrap();
    let size = match version {
        2 => (&head["width"], &head["height"]),
        3 => (&head["term"]["cols"], &head["term"]["rows"]),
        other => panic!("version {other}"),
    };
    assert!(head["timestamp"].is_i64());
    let mut last = 0.0_f64;
    let events = lines
        .map(|line| {
            let (time, code, data): (f64, String, String) = serde_json::from_str(line).unwrap();
            assert!(["o", "r", "m", "x"].contains(&code.as_str()), "{code}");
            assert!(version == 3 || code != "x", "version 2 has no exit");
            let at = if version == 3 { last + time } else { time };
            assert!(at >= last, "times run backwards");
            last = at;
            ((at * 1e6).round() as u64, code, data)
        })
        .collect();
    Read {
        size: (size.0.as_u64().unwrap(), size.1.as_u64().unwrap()),
        events,
    }
}

fn recorded(folder: &std::path::Path) -> Recording {
    let about = About {
        version: 2,
        run: "tb.Toast.1.1".to_owned(),
        began: 1_700_000_000_123,
        size: (20, 5),
        terminal: true,
        program: "sh".to_owned(),
    };
    let mut writer = Writer::begin(folder, &about).unwrap();
    let mut append = |time, kind, bytes: &[u8]| drop(writer.append(time, kind, bytes));
    append(0, EntryKind::Output, b"gr\xc3");
    append(50_000, EntryKind::Output, b"\xbc\xc3\x9fe \xff!");
    append(100_000, EntryKind::Resize, &encode_size((30, 6)));
    append(150_000, EntryKind::Marker, b"here");
    append(1_200_000, EntryKind::Output, b"\x1b[31mred\xe2\x82");
    append(2_000_000, EntryKind::Exit, br#"{"how":"code","code":3}"#);
    writer.finish().unwrap();
    Recording::open(folder).unwrap().unwrap()
}

fn cast(recording: &mut Recording, cast: Cast, span: Span) -> String {
    let mut out = Vec::new();
    write_cast(recording, cast, span, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn expected(exit: bool) -> Vec<(u64, String, String)> {
    let mut events = vec![
        (0, "o", "gr"),
        (50_000, "o", "\u{fc}\u{df}e \u{fffd}!"),
        (100_000, "r", "30x6"),
        (150_000, "m", "here"),
        (1_200_000, "o", "\x1b[31mred"),
        (1_200_000, "o", "\u{fffd}"),
    ];
    if exit {
        events.push((2_000_000, "x", "3"));
    }
    events
        .into_iter()
        .map(|(time, code, text)| (time, code.to_owned(), text.to_owned()))
        .collect()
}

#[test]
fn both_versions_say_what_happened_and_when() {
    let dir = tempfile::tempdir().unwrap();
    let mut recording = recorded(&dir.path().join("run"));
    for (version, exit) in [(Cast::Two, false), (Cast::Three, true)] {
        let read = strict(&cast(&mut recording, version, Span::WHOLE));
        assert_eq!(read.size, (20, 5));
        assert_eq!(read.events, expected(exit), "{version:?}");
    }
}

#[test]
fn a_stretch_begins_with_the_screen_of_its_moment() {
    let dir = tempfile::tempdir().unwrap();
    let mut recording = recorded(&dir.path().join("run"));
    let span = Span {
        from: 140_000,
        to: 1_300_000,
    };
    let read = strict(&cast(&mut recording, Cast::Three, span));
    assert_eq!(read.size, (30, 6));
    assert!(read.events[0].2.contains("gr\u{fc}\u{df}e"));
    let times: Vec<u64> = read.events.iter().map(|event| event.0).collect();
    assert_eq!(times, [0, 10_000, 1_060_000, 1_060_000]);
}

#[test]
fn a_character_is_whole_wherever_its_bytes_are_cut() {
    let text = "a\u{fc}\u{20ac}\u{1f600}z";
    for cut in 0..=text.len() {
        let mut carry = Carry::default();
        let (a, b) = text.as_bytes().split_at(cut);
        let seen = carry.take(a) + &carry.take(b) + &carry.rest();
        assert_eq!(seen, text, "cut at {cut}");
    }
}

#[test]
fn a_cast_comes_back_as_a_recording() {
    let dir = tempfile::tempdir().unwrap();
    let mut recording = recorded(&dir.path().join("run"));
    for version in [Cast::Two, Cast::Three] {
        let text = cast(&mut recording, version, Span::WHOLE);
        let folder = dir.path().join(format!("{version:?}"));
        assert!(import(text.as_bytes(), &folder, "imported").unwrap() >= 6);
        let mut again = Recording::open(&folder).unwrap().unwrap();
        let back = strict(&cast(&mut again, version, Span::WHOLE));
        let first = strict(&text);
        assert_eq!(back.size, first.size);
        let output = |read: &Read| -> String {
            let output = read.events.iter().filter(|event| event.1 == "o");
            output.map(|event| event.2.as_str()).collect()
        };
        assert_eq!(output(&back), output(&first));
        for time in [0, 60_000, 120_000] {
            let (a, b) = (again.screen_at(time), recording.screen_at(time));
            let (a, b) = (a.unwrap().view(), b.unwrap().view());
            assert_eq!((a.text(), a.size), (b.text(), b.size), "at {time}");
        }
    }
}

#[test]
fn a_file_that_is_no_cast_is_refused_with_its_line() {
    let dir = tempfile::tempdir().unwrap();
    let v2 = r#"{"version": 2, "width": 80, "height": 24}"#;
    let v3 = r#"{"version": 3, "term": {"cols": 80, "rows": 24}}"#;
    let table = [
        (String::new(), "first line"),
        ("{}".to_owned(), "first line"),
        (
            r#"{"version": 1, "width": 8, "height": 2}"#.to_owned(),
            "first line",
        ),
        (format!("{v2}\n[1.0, \"o\"]"), "line 2"),
        (format!("{v2}\n[-1.0, \"o\", \"x\"]"), "line 2"),
        (format!("{v3}\n# note\n[1e300, \"o\", \"x\"]"), "line 3"),
        (format!("{v3}\n[1.0, \"r\", \"80\"]"), "line 2"),
        (format!("{v3}\n\u{0}\u{1}"), "line 2"),
    ];
    for (number, (text, expected)) in table.into_iter().enumerate() {
        let folder = dir.path().join(number.to_string());
        let error = import(text.as_bytes(), &folder, "run").unwrap_err();
        assert!(error.to_string().contains(expected), "{text:?}: {error}");
    }
    let fine = format!("{v3}\n# comment\n\n[0.5, \"i\", \"x\"]\n[0.5, \"?\", 1]\n");
    assert_eq!(
        import(fine.as_bytes(), &dir.path().join("fine"), "run").unwrap(),
        2
    );
}
