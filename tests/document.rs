//! The user's document, typed line by line into a shell.
//!
//! Sections 2 to 4 run in one HOME, sections 5 and 6 in another (DOCUMENT 4). The URL of the
//! document's repository is a local bare one; ids are taken from the answers that the document's
//! own comments name; nothing else is changed. The agents are scripts under the names of the real ones.

#![cfg(test)]
#![expect(
    clippy::disallowed_methods,
    reason = "the document tells its reader to write files"
)]

#[path = "document/lines.rs"]
mod lines;
#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;

use lines::{LINES, Line, Mark, NOT_YET_AT_MOST};
use support::TestTown;
use support::remote::Remote;

/// A polecat's whole life, as a script: it reads its work, commits something of its own, submits.
/// While `~/slow` exists it waits at its prompt instead.
const WORKER: &str = r##"#!/bin/sh
gt prime >/dev/null || exit 1
if [ -e "$HOME/slow" ]; then
    echo "ready for work"
    while read -r line; do echo "asked: $line"; done
    exit 0
fi
file="work-$(git rev-parse --abbrev-ref HEAD | tr '/.' '--').txt"
echo "by $GT_POLECAT" > "$file"
git add "$file" && git commit -q -m "Work of $GT_POLECAT" && gt done
while read -r line; do :; done
"##;

const RIG_SETTINGS: &str = r#"{
  "type": "rig-settings",
  "version": 1,
  "agent": "gemini-worker",
  "agents": {
    "gemini-worker": {
      "command": "gemini",
      "args": []
    }
  }
}
"#;

const ESCALATION: &str = r#"{
  "routes": {
    "critical": ["bead", "mail:mayor"],
    "high": ["bead", "mail:mayor"],
    "medium": ["bead"],
    "low": ["bead"]
  },
  "stale_threshold": "4h",
  "max_reescalations": 2
}
"#;

/// A reader of the document at a shell.
struct Reader {
    town: TestTown,
    remote: Remote,
    ids: BTreeMap<&'static str, String>,
    next: usize,
}

impl Reader {
    /// At line `at`, with nothing but the programs.
    fn new(at: u32) -> Self {
        let mut town = TestTown::bare();
        town.set_env("SHELL", "/bin/bash");
        let remote = town.remote(
            "gtTradingBot",
            &[("README.md", "# bot\n"), ("agents/base.py", "x = 1\n")],
        );
        for (name, program) in [
            ("gt", env!("CARGO_BIN_EXE_gt")),
            ("bd", env!("CARGO_BIN_EXE_bd")),
        ] {
            std::os::unix::fs::symlink(program, town.bin().join(name)).unwrap();
        }
        for name in ["claude", "gemini"] {
            town.script(name, WORKER);
        }
        let next = LINES.iter().position(|line| line.at >= at).unwrap();
        Self {
            town,
            remote,
            ids: BTreeMap::new(),
            next,
        }
    }

    /// Types all lines of the document up to and with `last`.
    fn reads(&mut self, lines: RangeInclusive<u32>) {
        assert!(
            LINES
                .get(self.next)
                .is_some_and(|line| lines.contains(&line.at)),
            "a line was left out before {lines:?}"
        );
        while let Some(line) = LINES.get(self.next).filter(|line| lines.contains(&line.at)) {
            self.types(line);
            self.next += 1;
        }
    }

    fn types(&mut self, line: &Line) {
        if line.mark == Mark::Replaced {
            return;
        }
        let mut text = line.text.to_owned();
        for url in [
            "https://github.com/aadhar99/gtTradingBot.git",
            "https://github.com/YOUR_USER/Claude-code.git",
        ] {
            text = text.replace(url, &self.remote.path.to_string_lossy());
        }
        let words: Vec<&str> = text
            .split(' ')
            .map(|word| self.ids.get(word).map_or(word, String::as_str))
            .collect();
        let text = words.join(" ");
        let ran = self
            .town
            .program("sh", &self.town.home(), &["-c", &text])
            .run();
        let place = format!("line {} of the document", line.at);
        let clean = !ran.err.contains("panicked") && !ran.out.contains("panicked");
        assert!(clean, "{place}: {ran}");
        let all_said = |texts: &[&str]| {
            texts
                .iter()
                .all(|text| ran.out.contains(text) || ran.err.contains(text))
        };
        match line.mark {
            Mark::Works(texts) => {
                assert!(
                    ran.code == Some(0) && all_said(texts),
                    "{place} must succeed and say {texts:?}: {ran}\n{}",
                    self.town.story()
                );
            }
            Mark::Unknown(texts) => {
                assert!(
                    ran.code == Some(3) && all_said(texts),
                    "{place} must not be found and say {texts:?}: {ran}"
                );
            }
            Mark::NotYet(subject) => {
                assert!(
                    ran.code != Some(0),
                    "{place} works now: take it out of `{subject}`: {ran}"
                );
                assert!(
                    !ran.err.trim().is_empty(),
                    "{place} fails without a word: {ran}"
                );
            }
            Mark::Replaced => {}
        }
        if let Some(name) = line.returns {
            let id = ran
                .out
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
                .find(|word| word.starts_with("tb-"))
                .unwrap_or_else(|| panic!("{place} names no bead: {ran}"));
            self.ids.insert(name, id.to_owned());
        }
    }

    fn writes(&self, path: &str, text: &str) {
        let path = self.town.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn id(&self, name: &str) -> &str {
        self.ids.get(name).map_or("", String::as_str)
    }

    /// Waits until a bead has landed: closed, and its agent's commit on the remote's main.
    fn sees_landed(&self, name: &str, agent: &str) {
        let id = self.id(name).to_owned();
        self.town
            .wait_until(&format!("{name} ({id}) is closed"), || {
                self.town.bead_status(&id) == "closed"
            });
        let author = format!("tradingbot/polecats/{agent}");
        let log = self.remote.log(&self.town, "main");
        assert!(
            log.iter().any(|commit| commit.author == author),
            "no commit by {author}: {log:?}"
        );
    }
}

#[test]
fn sections_2_to_4_as_written() {
    let mut reader = Reader::new(77);
    reader.reads(77..=132);
    reader.writes("tradingbot/settings/config.json", RIG_SETTINGS);
    reader.writes("settings/escalation.json", ESCALATION);
    reader.reads(172..=219);
    for (name, agent) in [
        ("tb-abc", "Toast"),
        ("tb-def", "Shadow"),
        ("tb-ghi", "Copper"),
    ] {
        reader.sees_landed(name, agent);
    }
    let convoys = reader
        .town
        .gt(&["convoy", "list", "--all", "--json"])
        .ok()
        .json();
    assert_eq!(
        convoys.as_array().map(Vec::len),
        Some(1),
        "one convoy and none twice (DOCUMENT 27): {convoys}"
    );
    reader.reads(234..=264);
    reader.town.wait_until("the bug fix has landed", || {
        reader.town.bead_status(reader.id("tb-xyz")) == "closed"
    });
    assert_eq!(reader.remote.log(&reader.town, "main").len(), 5);
}

#[test]
fn sections_5_and_6_as_written() {
    let mut reader = Reader::new(311);
    reader.reads(311..=361);
    reader.reads(444..=479);
    reader.town.wait_until("the dashboard has landed", || {
        reader.town.bead_status(reader.id("tb-004")) == "closed"
    });
    reader.reads(496..=500);
    // The cheat sheet is no script: below its first part somebody is at work again.
    std::fs::write(reader.town.home().join("slow"), "").unwrap();
    reader.town.gt(&["up"]).ok();
    // Toast is free again only once the one before is buried.
    reader.town.wait_until("nobody is at work", || {
        let list = reader.town.gt(&["polecat", "list", "--json"]);
        list.out.trim() == "[]"
    });
    let bead = reader.town.bead("Something slow");
    reader
        .town
        .gt(&["sling", &bead, "tradingbot", "--agent", "gemini-worker"])
        .ok();
    reader
        .town
        .wait_until("the slow agent is at its prompt", || {
            reader
                .town
                .gt(&["peek", "tradingbot/Toast"])
                .out
                .contains("ready for work")
        });
    reader.reads(506..=529);
    assert_eq!(
        reader.next,
        LINES.len(),
        "lines of the document were left out"
    );
    assert_eq!(
        reader.town.bead_status(&bead),
        "open",
        "a nuked polecat's bead is open again"
    );
}

#[test]
fn the_list_of_what_does_not_work_yet_only_shrinks() {
    let not_yet = LINES
        .iter()
        .filter(|line| matches!(line.mark, Mark::NotYet(_)))
        .count();
    assert!(
        not_yet <= NOT_YET_AT_MOST,
        "{not_yet} lines do not work; at most {NOT_YET_AT_MOST}"
    );
    assert_eq!(LINES.len(), 84);
    assert!(LINES.is_sorted_by_key(|line| line.at));
}
