//! Generated lines of every dialect with hostile text, as other programs would write them.
//!
//! The writing here is on purpose not the module's own: a second, plain one that knows only the
//! rules of escaping, so that a mistake in the module is not repeated.

use std::fmt::Write;

use proptest::prelude::*;

/// Text that breaks what is careless: quotes, line ends, escapes, markup, marks that turn text
/// around, halves of pairs, markers of git, text that looks like JSON.
pub(super) fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        "[a-z ]{0,12}",
        any::<String>(),
        prop::sample::select(vec![
            "\"",
            "\\",
            "\n",
            "\r\n",
            "\t",
            "\0",
            "\u{1b}[31m",
            "<<<<<<< HEAD",
            "=======",
            "<&>",
            "\u{2028}",
            "\u{202e}",
            "\u{feff}",
            "🙂",
            "漢字",
            "\\u0041",
            "{\"id\":\"x\"}",
            "'; --",
            "\u{8}\u{c}",
            "\u{7f}",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(pieces, 0..4).prop_map(|parts| parts.concat())
}

/// How a writer writes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Writer {
    Go,
    Python,
    /// Odd space around every value.
    Loose,
}

pub(super) fn writers() -> impl Strategy<Value = Writer> {
    prop::sample::select(vec![Writer::Go, Writer::Go, Writer::Python, Writer::Loose])
}

/// A string as a writer writes it.
pub(super) fn quoted(writer: Writer, text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match (writer, c) {
            (_, '"') => out.push_str("\\\""),
            (_, '\\') => out.push_str("\\\\"),
            (_, '\n') => out.push_str("\\n"),
            (_, '\r') => out.push_str("\\r"),
            (_, '\t') => out.push_str("\\t"),
            (Writer::Go, '<' | '>' | '&' | '\u{2028}' | '\u{2029}') | (_, '\0'..='\u{1f}') => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            (Writer::Python, '\u{80}'..) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            (_, '/') if matches!(writer, Writer::Loose) => out.push_str("\\/"),
            (_, other) => out.push(other),
        }
    }
    out.push('"');
    out
}

fn object(writer: Writer, members: &[(String, String)]) -> String {
    let (open, comma, colon, close) = match writer {
        Writer::Go => ("{", ",", ":", "}"),
        Writer::Python => ("{", ", ", ": ", "}"),
        Writer::Loose => (" { ", "\t, ", " :", "\t}  "),
    };
    let members: Vec<String> = members
        .iter()
        .map(|(key, value)| format!("{}{colon}{value}", quoted(writer, key)))
        .collect();
    format!("{open}{}{close}", members.join(comma))
}

fn times() -> impl Strategy<Value = String> {
    (
        (1_i32..=9999, 1_u8..=12, 1_u8..=28),
        (0_u8..24, 0_u8..60, 0_u8..60),
        prop_oneof![Just(String::new()), "\\.[0-9]{1,9}"],
        prop::sample::select(vec!["Z", "-08:00", "+05:30", "+00:00"]),
    )
        .prop_map(|((year, month, day), (hour, minute, second), fraction, offset)| {
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{offset}")
        })
}

/// A value for a key of an issue, and of keys that nobody knows.
fn member(writer: Writer) -> impl Strategy<Value = (String, String)> {
    let of = |keys: &[&'static str]| prop::sample::select(keys.to_vec());
    let text = (
        of(&[
            "description",
            "design",
            "acceptance_criteria",
            "notes",
            "spec_id",
            "status",
            "issue_type",
            "assignee",
            "owner",
            "created_by",
            "close_reason",
            "external_ref",
            "sender",
            "wisp_type",
            "await_type",
            "payload",
            "source_formula",
            "deleted_by",
            "parent",
        ]),
        hostile(),
    )
        .prop_map(move |(key, text)| (key.to_owned(), quoted(writer, &text)));
    let time = (
        of(&[
            "created_at",
            "updated_at",
            "closed_at",
            "due_at",
            "defer_until",
            "deleted_at",
        ]),
        times(),
    )
        .prop_map(move |(key, time)| (key.to_owned(), quoted(writer, &time)));
    let number = (
        of(&[
            "priority",
            "estimated_minutes",
            "timeout",
            "dependent_count",
            "original_size",
        ]),
        any::<i64>(),
    )
        .prop_map(|(key, number)| (key.to_owned(), number.to_string()));
    let flag = (
        of(&["ephemeral", "pinned", "is_template", "wisp"]),
        any::<bool>(),
    )
        .prop_map(|(key, flag)| (key.to_owned(), flag.to_string()));
    let null = of(&[
        "assignee",
        "closed_at",
        "labels",
        "metadata",
        "agent_state",
        "pinned",
    ])
    .prop_map(|key| (key.to_owned(), "null".to_owned()));
    let words = (
        of(&["labels", "waiters"]),
        prop::collection::vec(hostile(), 0..4),
    )
        .prop_map(move |(key, words)| {
            let words: Vec<String> = words.iter().map(|word| quoted(writer, word)).collect();
            (key.to_owned(), format!("[{}]", words.join(",")))
        });
    let unknown = ("[a-z_]{1,8}", hostile(), any::<f64>()).prop_map(move |(key, text, number)| {
        let number = if number.is_finite() { number } else { 0.5 };
        let inner = [
            ("x y".to_owned(), quoted(writer, &text)),
            ("n".to_owned(), number.to_string()),
        ];
        (format!("zz_{key}"), object(writer, &inner))
    });
    prop_oneof![4 => text, 2 => time, 1 => number, 1 => flag, 1 => null, 2 => words, 1 => unknown, 1 => edges(writer), 1 => remarks(writer)]
}

fn edges(writer: Writer) -> impl Strategy<Value = (String, String)> {
    prop::collection::vec(("[a-z]{1,3}", hostile(), times(), any::<bool>()), 0..3).prop_map(
        move |edges| {
            let edges: Vec<String> = edges
                .iter()
                .map(|(target, kind, time, more)| {
                    let mut members = vec![
                        ("issue_id".to_owned(), quoted(writer, "tb-1")),
                        ("depends_on_id".to_owned(), quoted(writer, target)),
                        ("type".to_owned(), quoted(writer, kind)),
                        ("created_at".to_owned(), quoted(writer, time)),
                    ];
                    if *more {
                        members.push(("metadata".to_owned(), quoted(writer, "{}")));
                        members.push(("weight".to_owned(), "1.50".to_owned()));
                    }
                    object(writer, &members)
                })
                .collect();
            ("dependencies".to_owned(), format!("[{}]", edges.join(",")))
        },
    )
}

fn remarks(writer: Writer) -> impl Strategy<Value = (String, String)> {
    prop::collection::vec((any::<u32>(), hostile(), times()), 0..3).prop_map(move |remarks| {
        let remarks: Vec<String> = remarks
            .iter()
            .map(|(id, text, time)| {
                let id = if id % 2 == 0 {
                    id.to_string()
                } else {
                    quoted(writer, &format!("0190-{id}"))
                };
                object(
                    writer,
                    &[
                        ("id".to_owned(), id),
                        ("text".to_owned(), quoted(writer, text)),
                        ("created_at".to_owned(), quoted(writer, time)),
                    ],
                )
            })
            .collect();
        ("comments".to_owned(), format!("[{}]", remarks.join(",")))
    })
}

/// An issue of dialect A or B: keys in any order, each at most once except unknown ones.
fn listed(writer: Writer) -> impl Strategy<Value = String> {
    (
        any::<bool>(),
        "[a-z0-9]{1,4}",
        hostile(),
        prop::collection::vec(member(writer), 0..14),
    )
        .prop_map(move |(typed, id, title, members)| {
            let mut all = vec![
                ("id".to_owned(), quoted(writer, &format!("tb-{id}"))),
                ("title".to_owned(), quoted(writer, &title)),
            ];
            for (key, value) in members {
                let same = |name: &str| {
                    matches!(
                        (name, key.as_str()),
                        ("wisp", "ephemeral") | ("ephemeral", "wisp")
                    )
                };
                if !all.iter().any(|(other, _)| *other == key || same(other)) {
                    all.push((key, value));
                }
            }
            if typed {
                all.insert(0, ("_type".to_owned(), quoted(writer, "issue")));
            }
            object(writer, &all)
        })
}

/// A row of the issues table of dialect C.
fn row(writer: Writer) -> impl Strategy<Value = String> {
    (
        "[a-z0-9]{1,4}",
        hostile(),
        any::<bool>(),
        prop::option::of(times()),
    )
        .prop_map(move |(id, text, flag, closed)| {
            let text = quoted(writer, &text);
            let flag = if flag { "1" } else { "0" };
            let closed = closed.map_or("null".to_owned(), |time| quoted(writer, &time));
            let id = quoted(writer, &format!("tb-{id}"));
            let columns = [
                ("acceptance_criteria", "\"\""),
                ("agent_state", text.as_str()),
                ("assignee", "null"),
                ("await_id", "\"\""),
                ("close_reason", text.as_str()),
                ("closed_at", closed.as_str()),
                ("compaction_level", "0"),
                ("content_hash", "\"ab\""),
                ("created_at", "\"2026-02-28T02:48:56Z\""),
                ("description", text.as_str()),
                ("ephemeral", flag),
                ("estimated_minutes", "null"),
                ("id", id.as_str()),
                ("issue_type", "\"task\""),
                ("metadata", "\"{\\\"a\\\": 1}\""),
                ("notes", "\"\""),
                ("pinned", flag),
                ("priority", "3"),
                ("status", "\"open\""),
                ("timeout_ns", "0"),
                ("title", text.as_str()),
                ("updated_at", "\"2026-02-28T02:48:56Z\""),
                ("waiters", "\"\""),
            ];
            let columns = columns.map(|(key, value)| (key.to_owned(), value.to_owned()));
            object(writer, &columns)
        })
}

/// A line that holds an issue.
pub(super) fn issues() -> impl Strategy<Value = String> {
    writers().prop_flat_map(|writer| prop_oneof![3 => listed(writer), 1 => row(writer)])
}

/// A line of another kind.
pub(super) fn others() -> impl Strategy<Value = String> {
    (0_u8..8, hostile(), times(), writers()).prop_map(|(kind, text, time, writer)| {
        let (text, time) = (quoted(writer, &text), quoted(writer, &time));
        match kind {
            0 => "{\"_schema\":\"beads-jsonl/1\"}".to_owned(),
            1 => format!("{{\"_type\":\"memory\",\"key\":{text},\"value\":{text}}}"),
            2 => format!("{{\"issue_id\":\"tb-1\",\"label\":{text}}}"),
            3 => format!("{{\"author\":{text},\"created_at\":{time},\"id\":3,\"issue_id\":\"tb-1\",\"text\":{text}}}"),
            4 => format!("{{\"created_at\":{time},\"event_type\":\"updated\",\"issue_id\":\"tb-1\",\"new_value\":{text}}}"),
            5 => format!("{{\"key\":{text},\"value\":{text}}}"),
            6 => format!("{{\"id\":\"tb-9\",\"ts\":{time},\"by\":{text}}}"),
            _ => "  ".to_owned(),
        }
    })
}
