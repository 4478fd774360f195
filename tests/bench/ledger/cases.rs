//! The commands that are timed, each as a whole process, with the engine up and without.

use std::cell::Cell;

use super::measure::Case;
use super::seed::Picked;
use super::support::TestTown;

/// One town, and the beads its commands work on: every change takes another one.
pub(crate) struct Place {
    pub(crate) mode: &'static str,
    pub(crate) town: TestTown,
    pub(crate) picked: Picked,
    next: Cell<usize>,
}

impl Place {
    pub(crate) fn new(mode: &'static str, town: TestTown, picked: Picked) -> Self {
        assert!(picked.open.len() > 100, "too few open beads: more --beads");
        Self {
            mode,
            town,
            picked,
            next: Cell::new(0),
        }
    }

    /// Another open bead each time, spread over the whole ledger.
    fn another(&self) -> &str {
        let number = self.next.get();
        self.next.set(number + 1);
        &self.picked.open[(number * 7_919) % self.picked.open.len()]
    }

    /// Two beads of which the first may depend on the second: it is younger.
    fn pair(&self) -> (&str, &str) {
        let number = self.next.get();
        self.next.set(number + 1);
        let all = &self.picked.open;
        let older = (number * 104_729) % (all.len() / 2);
        (&all[all.len() - 1 - older], &all[older])
    }
}

/// What is timed, and which of its words are another bead each time.
const READS: [(&str, &[&str]); 12] = [
    ("bd show", &["show", "BEAD"]),
    ("bd show --json", &["show", "BEAD", "--json"]),
    ("bd ready", &["ready"]),
    ("bd ready --json", &["ready", "--json"]),
    ("bd list 50", &["list", "--limit", "50"]),
    ("bd list 50 --json", &["list", "--limit", "50", "--json"]),
    ("bd search rare", &["search", "RARE"]),
    ("bd search rare --json", &["search", "RARE", "--json"]),
    ("bd search common", &["search", "COMMON"]),
    ("bd search common --json", &["search", "COMMON", "--json"]),
    ("bd count", &["count"]),
    ("bd count --json", &["count", "--json"]),
];

const WRITES: [(&str, &[&str]); 6] = [
    ("bd create", &["create", "A measured bead", "--silent"]),
    ("bd create --json", &["create", "A measured bead", "--json"]),
    ("bd update", &["update", "BEAD", "--notes", "measured"]),
    ("bd close", &["close", "BEAD", "--reason", "measured"]),
    (
        "bd close --json",
        &["close", "BEAD", "--reason", "x", "--json"],
    ),
    ("bd dep add", &["dep", "add", "YOUNGER", "OLDER"]),
];

/// The start of a process that does nothing, then every command in every place.
pub(crate) fn cases(places: &[Place]) -> Vec<Case<'_>> {
    let mut cases = Vec::new();
    if let Some(place) = places.first() {
        cases.push(Case {
            name: "true",
            mode: "-",
            run: Box::new(|| place.town.program("true", place.town.root(), &[])),
        });
    }
    for place in places {
        for (name, words) in WRITES.iter().chain(&READS) {
            cases.push(Case {
                name,
                mode: place.mode,
                run: Box::new(move || {
                    let (younger, older) = place.pair();
                    let words: Vec<&str> = words
                        .iter()
                        .map(|word| match *word {
                            "BEAD" => place.another(),
                            "YOUNGER" => younger,
                            "OLDER" => older,
                            "RARE" => &place.picked.rare,
                            "COMMON" => &place.picked.common,
                            other => other,
                        })
                        .collect();
                    place.town.bd_run(&words)
                }),
            });
        }
    }
    cases
}

/// Leaves out what this program does not have, and says so.
pub(crate) fn those_that_work(cases: Vec<Case<'_>>) -> Vec<Case<'_>> {
    cases
        .into_iter()
        .filter(|case| {
            let ran = (case.run)().run();
            if ran.code != Some(0) {
                eprintln!(
                    "left out, for it fails: {} ({})\n{ran}",
                    case.name, case.mode
                );
            }
            ran.code == Some(0)
        })
        .collect()
}
