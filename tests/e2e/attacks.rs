//! The attack catalogue of contract 3.8 against a whole town: an agent writes it, a console is open
//! on it, and every command that shows an agent's words is asked for them (T1, T2, T3, T11).

use std::fs::write;

use crate::looking::Outer;
use crate::support::TestTown;
use crate::support::outer::{faults, piped_faults};
use crate::support::run::Ran;

/// Number in the catalogue, name, bytes.
const ATTACKS: &[(u8, &str, &[u8])] = include!("../fixtures/attacks/catalogue.in");

/// Writes each file of bytes that appears, and says so.
const HOSTILE: &str = "#!/bin/sh
stty -echo
printf 'ready for work\\n'
n=1
while :; do
    if [ -e \"$HOME/attack.$n\" ]; then
        cat \"$HOME/attack.$n\"
        printf '\\030\\r\\nsurvived %s of all\\r\\n' \"$n\"
        n=$((n + 1))
    else
        sleep 0.03
    fi
done
";

/// What a person or an agent may hand over as one line: attacks 10, 17, 20 to 23, 25, 30; and how
/// it is shown (T2).
const HOSTILE_LINES: &[(u8, &str, &str)] = &[
    (
        10,
        "\u{1b}]8;;file:///EVIL\u{7}x\u{1b}]8;;\u{7}",
        "<U+001B>]8;;file:///EVIL<U+0007>x<U+001B>]8;;<U+0007>",
    ),
    (
        17,
        "\u{9b}31m\u{9d}0;EVIL\u{7}\u{90}EVIL\u{9c}",
        "<U+009B>31m<U+009D>0;EVIL<U+0007><U+0090>EVIL<U+009C>",
    ),
    (
        20,
        "good EVIL\u{8}\u{8}\u{b}\u{c}\u{1b}[1Kend\u{7f}",
        "good EVIL<U+0008 and 4 more>[1Kend<U+007F>",
    ),
    (
        20,
        "good\rEVIL\u{8}\u{8}\u{b}\u{c}\u{1b}[1Kend\u{7f}",
        "good<U+000D>EVIL",
    ),
    (
        21,
        "a\u{202e}EVIL\u{202c}\u{2066}\u{200f}\u{61c}\u{2028}b",
        "a<U+202E>EVIL<U+202C and 4 more>b",
    ),
    (
        22,
        "a\u{e0045}\u{e0056}\u{feff}\u{200b}b\u{fe0f}\u{e000}c\u{200d}d\u{ffff}",
        "a<U+E0045 and 3 more>b<U+FE0F><U+E000>c<U+200D>d<U+FFFF>",
    ),
    (
        22,
        "👩\u{200d}💻 e\u{301} stays",
        "👩\u{200d}💻 e\u{301} stays",
    ),
    (
        25,
        "yes\u{1b}[201~\rrm -rf EVIL\nnow",
        "yes<U+001B>[201~<U+000D>rm -rf EVIL",
    ),
    (
        30,
        "$(touch EVIL); `touch EVIL` && touch EVIL",
        "$(touch EVIL); `touch EVIL` && touch EVIL",
    ),
];

#[track_caller]
fn is_plain(ran: &Ran) {
    for text in [&ran.out, &ran.err] {
        let found = piped_faults(text);
        assert!(found.is_empty(), "{found:?} in\n{ran}");
    }
    // Read by programs, and by eyes: escaped ASCII.
    let json = ran.line.ends_with("--json");
    assert!(!json || ran.out.is_ascii(), "{ran}");
}

#[test]
fn t1_t3_t11_no_attack_reaches_the_operators_terminal_or_a_pipe() {
    let town = TestTown::with_agent("hostile", HOSTILE);
    let mut outer = Outer::open(&town, &["attach", "tradingbot/Toast"], &[]);
    outer.shows(&town, "ready for work");
    let mut seen = 0;
    for (turn, (number, name, bytes)) in (1..).zip(ATTACKS) {
        let part = town.home().join("part");
        write(&part, bytes).unwrap();
        std::fs::rename(&part, town.home().join(format!("attack.{turn}"))).unwrap();
        outer.shows(&town, &format!("survived {turn} of all"));
        let written = outer.written();
        let found = faults(&written[seen..]);
        assert!(found.is_empty(), "{number} {name}: {found:?}");
        // The next piece begins in the middle of nothing: the last frame may still be on its way.
        seen = written.iter().rposition(|byte| *byte == 0x1b).unwrap_or(0);
        is_plain(&town.gt(&["peek", "tradingbot/Toast"]).ok());
    }
    let last = format!("survived {} of all", ATTACKS.len());
    for arguments in [
        &["peek", "tradingbot/Toast", "--lines", "200"][..],
        &["peek", "tradingbot/Toast", "--lines", "200", "--json"],
        &["feed", "--plain"],
        &["feed", "--json"],
        &["status"],
        &["status", "--json"],
        &["replay", "list"],
    ] {
        is_plain(&town.gt(arguments).ok());
    }
    for format in ["ndjson", "text"] {
        let export = ["replay", "export", "tradingbot/Toast", "--format", format];
        town.wait_until("the recording", || town.gt(&export).out.contains(&last));
        is_plain(&town.gt(&export).ok());
    }
    exports_are_inert(&town);

    outer.press("\x11");
    town.wait_until("the leave key", || {
        outer.child.try_wait().unwrap().is_some()
    });
    let found = faults(&outer.written());
    assert!(found.is_empty(), "{found:?}");
}

/// A cast is text until it is played. A terminal gets none: it is told how to have a file instead.
fn exports_are_inert(town: &TestTown) {
    let on_a_terminal = |format: &str| {
        let export = ["replay", "export", "tradingbot/Toast", "--format", format];
        let mut outer = Outer::open(town, &export, &[]);
        town.wait_until("the end of the export", || {
            outer.child.try_wait().unwrap().is_some()
        });
        let found = faults(&outer.written());
        assert!(found.is_empty(), "{format}: {found:?}");
        (outer.child.wait().unwrap().exit_code(), outer)
    };
    for format in ["cast2", "cast3"] {
        let file = town.root().join(format);
        let path = file.to_string_lossy().into_owned();
        let export = ["replay", "export", "tradingbot/Toast", "--format", format];
        town.gt(&[&export[..], &["-o", &path]].concat()).ok();
        let cast = std::fs::read_to_string(&file).unwrap();
        assert!(cast.contains("]52;c;RVZJTA=="), "what is inert is there");
        let found = piped_faults(&cast);
        assert!(found.is_empty(), "{format}: {found:?}");
        is_plain(&town.gt(&export).ok());
        let (code, outer) = on_a_terminal(format);
        assert_eq!(code, 4, "{format}");
        outer.shows(town, "-o FILE");
    }
    for format in ["text", "ndjson"] {
        let (code, _) = on_a_terminal(format);
        assert_eq!(code, 0, "{format}");
    }
}

#[test]
fn t2_t3_hostile_words_of_beads_and_nudges_are_shown_as_text_alone() {
    let town = TestTown::with_agent("hostile", HOSTILE);
    let mut beads = Vec::new();
    for (number, line, shown) in HOSTILE_LINES {
        // Controls are no title at all; in a description they are seen.
        let refused = line.contains(char::is_control);
        let ran = town.bd(&["create", "--title", line, "--type", "task"]);
        is_plain(&ran);
        assert_eq!(ran.code == Some(0), !refused, "{number}: {ran}");
        let title = if refused { "Hostile" } else { line };
        let create = ["create", "--title", title, "--description", line, "--json"];
        let ran = town.bd(&create).ok();
        is_plain(&ran);
        let id = ran.json()["id"].as_str().unwrap().to_owned();
        let page = town.bd(&["show", &id]).ok().says(shown);
        is_plain(&page);
        let json = town.bd(&["show", &id, "--json"]).ok();
        is_plain(&json);
        assert!(json.out.contains(&id), "{json}");
        if !refused {
            beads.push((id, *shown));
        }
        is_plain(&town.gt(&["nudge", "tradingbot/Toast", line]));
        is_plain(&town.bd(&["show", line, "--json"]));
        is_plain(&town.gt(&["peek", line]));
        assert!(!town.root().join("EVIL").exists(), "{number}");
    }
    assert!(!beads.is_empty());
    // Attack 29: a title without an end, and one that nests.
    for title in ["x".repeat(100_000), "[".repeat(100_000)] {
        let ran = town.bd(&["create", "--title", &title, "--type", "task"]);
        assert_ne!(ran.code, None, "{ran}");
        is_plain(&ran);
    }
    for arguments in [
        &["list", "--limit", "0"][..],
        &["list", "--json"],
        &["ready"],
    ] {
        is_plain(&town.bd(arguments).ok());
    }
    for arguments in [&["feed", "--plain"][..], &["feed", "--json"], &["status"]] {
        is_plain(&town.gt(arguments).ok());
    }
    let (list, feed) = (town.bd(&["list", "--limit", "0"]), town.feed());
    for (id, shown) in &beads {
        assert!(list.out.contains(shown), "{id}: {shown} is not in {list}");
        assert!(feed.contains(shown), "{id}: {shown} is not in {feed}");
    }
}
