//! Files as large and as odd as real ones, of every dialect, through the real program: in, out byte
//! for byte, in again without a change, and one changed line for one edit.
//!
//! `GT_CORPUS_LINES` makes the files larger than the small run's.

use std::fmt::Write;
use std::fs;

use crate::support::TestTown;

/// Pseudo-random numbers with a fixed seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides).unwrap()).unwrap()
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.roll(list.len())]
    }
}

/// Text of real files: markup, line ends, escapes, every script; already as JSON would hold it.
const TEXTS: &[&str] = &[
    "Plain words",
    "a \\u003c b \\u0026\\u0026 c \\u003e d",
    "line\\nline\\tend\\\\ \\\"quoted\\\"",
    "日本語 ünïcode 🙂",
    "'; DROP TABLE beads; --",
    "\\u2028 and \\u001b[31mred",
    "{\\\"id\\\":\\\"x\\\"}",
];
const TIMES: &[&str] = &[
    "2025-12-20T03:26:45.400818-08:00",
    "2025-12-20T11:26:45Z",
    "2025-12-20T03:26:45.4+05:30",
    "2025-10-14T19:00:00.123456789+13:00",
    "2025-12-20T03:26:45.40081-08:00",
];
const STATUSES: &[&str] = &[
    "open",
    "open",
    "closed",
    "in_progress",
    "blocked",
    "deferred",
    "pinned",
    "hooked",
    "resolved",
    "done",
];
const TYPES: &[&str] = &[
    "task",
    "bug",
    "epic",
    "feature",
    "chore",
    "convoy",
    "agent",
    "merge-request",
    "molecule",
    "widget",
];
const KINDS: &[&str] = &[
    "blocks",
    "parent-child",
    "related",
    "discovered-from",
    "tracks",
    "relates",
    "follows",
    "blocked-by",
];

fn lines_wanted() -> usize {
    std::env::var("GT_CORPUS_LINES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(2_500)
}

fn ids(count: usize) -> Vec<String> {
    let mut ids: Vec<String> = (0..count)
        .map(|at| {
            let hash = format!("{:06x}", at.wrapping_mul(7919) % 0xff_ffff);
            match at % 9 {
                0 => format!("hq-cv-{hash}"),
                1 => format!("gt-mol-{hash}"),
                2 => format!("gt-eph-{hash}"),
                3 => format!("bd-{at}"),
                4 => format!("gt-{hash}.1"),
                _ => format!("gt-{hash}"),
            }
        })
        .collect();
    ids.sort();
    ids.dedup();
    ids
}

/// Dialect A: sorted by id, three orders of keys, local times, tombstones, keys that nobody knows.
fn plain(count: usize) -> String {
    let mut dice = Dice(0x5eed);
    let mut out = String::new();
    let ids = ids(count);
    for (at, id) in ids.iter().enumerate() {
        let (title, time) = (dice.pick(TEXTS), dice.pick(TIMES));
        let tombstone = dice.roll(3) == 0;
        let status = if tombstone {
            "tombstone"
        } else {
            dice.pick(STATUSES)
        };
        let kind = dice.pick(TYPES);
        let _ = write!(out, "{{\"id\":\"{id}\",");
        if at % 3 == 1 {
            let _ = write!(out, "\"content_hash\":\"{at:064x}\",");
        }
        let _ = write!(out, "\"title\":\"{title}\",");
        if at % 4 != 0 {
            let text = if at == 5 {
                "x".repeat(39_000)
            } else {
                dice.pick(TEXTS).to_owned()
            };
            let _ = write!(out, "\"description\":\"{text}\",");
        }
        let _ = write!(
            out,
            "\"status\":\"{status}\",\"priority\":{},\"issue_type\":\"{kind}\",\"created_at\":\"{time}\",",
            dice.roll(5)
        );
        if at % 2 == 0 {
            out.push_str("\"created_by\":\"ann\",");
        }
        let _ = write!(out, "\"updated_at\":\"{}\"", dice.pick(TIMES));
        if status == "closed" {
            let _ = write!(
                out,
                ",\"closed_at\":\"{time}\",\"close_reason\":\"{title}\""
            );
            if at % 5 == 0 {
                out.push_str(",\"created_by\":\"late\"");
            }
        }
        if at % 7 == 0 {
            out.push_str(",\"labels\":[\"area\",\"ui\"]");
        }
        if at > 2 && dice.roll(3) == 0 {
            let on = &ids[dice.roll(at)];
            let kind = dice.pick(KINDS);
            let _ = write!(
                out,
                ",\"dependencies\":[{{\"issue_id\":\"{id}\",\"depends_on_id\":\"{on}\",\"type\":\"{kind}\",\"created_at\":\"{time}\",\"created_by\":\"bob\"}}]"
            );
        }
        if at % 11 == 0 {
            let _ = write!(
                out,
                ",\"comments\":[{{\"id\":{at},\"issue_id\":\"{id}\",\"author\":\"ash\",\"text\":\"{title}\",\"created_at\":\"{time}\"}}]"
            );
        }
        if tombstone || at % 347 == 3 {
            let _ = write!(
                out,
                ",\"deleted_at\":\"{time}\",\"deleted_by\":\"ann\",\"delete_reason\":\"x\",\"original_type\":\"{kind}\""
            );
        }
        if at % 6 == 0 {
            out.push_str(",\"ephemeral\":true");
        }
        if at % 13 == 0 {
            out.push_str(",\"await_type\":\"gh:run\",\"await_id\":\"7\",\"timeout\":60000000000");
        }
        if at % 10 == 0 {
            out.push_str(",\"agent_state\":\"idle\",\"quality_score\":0.50,\"zeta\":{\"b\":[1, 2],\"a\":null}");
        }
        out.push_str("}\n");
    }
    out
}

/// Dialect B: by priority and age, a header, counts, metadata, memories; `spaced` as Python writes.
fn exported(count: usize, spaced: bool) -> String {
    let mut dice = Dice(0xbead);
    let mut out = String::from(
        "{\"_schema\":\"beads-jsonl/1\",\"_dolt_branch\":\"main\",\"_dolt_commit\":\"abc\",\"_sort\":\"stable-v1\"}\n",
    );
    for at in 0..count {
        let typed = if at % 5 == 0 {
            ""
        } else {
            "\"_type\":\"issue\","
        };
        let mut line = format!(
            "{{{typed}\"id\":\"ex-{:05x}\",\"title\":\"{}\",\"status\":\"{}\",\"priority\":{},\"issue_type\":\"{}\",\"created_at\":\"2026-04-{:02}T16:19:12Z\",\"updated_at\":\"2026-04-28T16:19:12Z\"",
            (at * 7919) % 0xf_ffff,
            dice.pick(TEXTS),
            dice.pick(STATUSES),
            at * 5 / count,
            dice.pick(TYPES),
            28 - at % 28,
        );
        if at % 3 == 0 {
            line.push_str(",\"metadata\":{\"k\":[1,2.50],\"z\":\"a\"}");
        }
        if at > 0 && at % 4 == 0 {
            let on = (dice.roll(at) * 7919) % 0xf_ffff;
            let _ = write!(
                line,
                ",\"dependencies\":[{{\"issue_id\":\"ex-{:05x}\",\"depends_on_id\":\"ex-{on:05x}\",\"type\":\"blocks\",\"created_at\":\"2026-04-18T16:19:12Z\",\"created_by\":\"ann\",\"metadata\":\"{{}}\",\"thread_id\":\"t1\"}}]",
                (at * 7919) % 0xf_ffff
            );
        }
        line.push_str(",\"dependency_count\":0,\"dependent_count\":3,\"comment_count\":0}\n");
        if spaced {
            line = line.replace("\":", "\": ").replace(",\"", ", \"");
        }
        out.push_str(&line);
    }
    out.push_str("{\"_type\":\"memory\",\"key\":\"a\",\"value\":\"one\"}\n{\"_type\":\"memory\",\"key\":\"b\",\"value\":\"two\"}");
    out
}

/// Dialect C: every column, keys in alphabetical order, flags as numbers, JSON in strings.
fn table(count: usize) -> String {
    let mut dice = Dice(0x7ab1e);
    let mut out = String::new();
    for at in 0..count {
        let text = dice.pick(TEXTS);
        let flag = dice.roll(2);
        let _ = writeln!(
            out,
            "{{\"acceptance_criteria\":\"\",\"actor\":\"\",\"agent_state\":\"\",\"assignee\":null,\"await_id\":\"\",\"await_type\":\"\",\"close_reason\":\"\",\"closed_at\":null,\"compaction_level\":0,\"content_hash\":\"{at:x}\",\"created_at\":\"2026-02-28T02:48:56Z\",\"created_by\":\"ann\",\"crystallizes\":0,\"description\":\"{text}\",\"ephemeral\":{flag},\"estimated_minutes\":null,\"external_ref\":null,\"hook_bead\":\"\",\"id\":\"tc-{at:05}\",\"is_template\":0,\"issue_type\":\"{}\",\"last_activity\":null,\"metadata\":\"{{\\\"a\\\":{at}}}\",\"notes\":\"\",\"owner\":\"\",\"pinned\":0,\"priority\":{},\"quality_score\":null,\"status\":\"{}\",\"timeout_ns\":0,\"title\":\"{text}\",\"updated_at\":\"2026-02-28T02:48:56Z\",\"waiters\":\"\",\"wisp_type\":\"\"}}",
            dice.pick(TYPES),
            dice.roll(5),
            dice.pick(STATUSES),
        );
    }
    out
}

/// In, out, in again, one edit.
#[track_caller]
fn goes_round(text: &str, edited: &str) {
    let town = TestTown::installed();
    let path = town.base().join("issues.jsonl");
    fs::write(&path, text).unwrap();
    let name = path.to_string_lossy().into_owned();
    let told = town.bd(&["import", &name, "--json"]).ok().json();
    assert_eq!(
        (&told["rejected"], &told["kept"]),
        (&0.into(), &0.into()),
        "{told}"
    );
    let out = town.bd(&["export"]).ok().out;
    let differs = out.lines().zip(text.lines()).find(|(a, b)| a != b);
    assert_eq!(differs, None);
    assert!(out == text, "{} bytes of {}", out.len(), text.len());
    let again = town.bd(&["import", &name, "--json"]).ok().json();
    for word in ["added", "updated", "overwritten", "rejected"] {
        assert_eq!(again[word], 0, "{word}: {again}");
    }
    assert_eq!(town.bd(&["export"]).ok().out, text);
    town.bd(&["update", edited, "--add-label", "touched"]).ok();
    let after = town.bd(&["export"]).ok().out;
    let changed: Vec<&str> = after
        .lines()
        .zip(text.lines())
        .filter(|(new, old)| new != old)
        .map(|(new, _)| new)
        .collect();
    assert_eq!(after.lines().count(), text.lines().count());
    assert_eq!(changed.len(), 1, "{changed:?}");
    assert!(changed[0].contains(edited) && changed[0].contains("touched"));
}

#[test]
fn a_large_file_of_the_sqlite_years_goes_round() {
    let text = plain(lines_wanted());
    let edited = text
        .lines()
        .find(|line| line.contains("\"status\":\"open\"") && line.starts_with("{\"id\":\"gt-"))
        .and_then(|line| line.split('"').nth(3))
        .unwrap();
    goes_round(&text, edited);
}

#[test]
fn large_exports_go_round() {
    for spaced in [false, true] {
        goes_round(&exported(lines_wanted() / 2, spaced), "ex-00000");
    }
}

#[test]
fn a_large_table_goes_round() {
    goes_round(&table(lines_wanted()), "tc-00007");
}

/// Every row is in the file or named, whatever is done in whatever order.
#[test]
fn no_row_is_lost_by_any_sequence_of_imports_edits_and_exports() {
    let text = plain(60) + &plain(0);
    for seed in 1..=4_u64 {
        let mut dice = Dice(seed * 0x9e37_79b9);
        let town = TestTown::installed();
        let path = town.base().join("issues.jsonl");
        fs::write(&path, &text).unwrap();
        let name = path.to_string_lossy().into_owned();
        town.bd(&["import", &name]).ok();
        let all: Vec<String> = ids(60);
        let mut told = String::new();
        for step in 0..12 {
            let id = &all[dice.roll(all.len())];
            let ran = match dice.roll(6) {
                0 => town.bd(&["update", id, "--title", &format!("step {step}")]),
                1 => town.bd(&["close", id, "--force", "--reason", "done"]),
                2 => town.bd(&["comment", id, "words"]),
                3 => town.bd(&["delete", id, "--force"]),
                4 => town.bd(&["export", "-o", &name]),
                _ => town.bd(&["import", &name]),
            };
            told.push_str(&ran.out);
        }
        town.bd(&["export", "-o", &name]).ok();
        let after = fs::read_to_string(&name).unwrap();
        for id in &all {
            let there = after.contains(&format!("{{\"id\":\"{id}\""));
            assert!(there, "seed {seed}: `{id}` is lost\n{told}");
        }
        let again = town.bd(&["import", &name, "--json"]).ok().json();
        assert_eq!(again["rejected"], 0, "seed {seed}: {again}");
        assert_eq!(town.bd(&["export"]).ok().out, after, "seed {seed}");
    }
}
