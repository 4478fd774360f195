//! Bad input: one clear message, a hint, an exit code that says what sort of "no" (D4).

use crate::agents;
use crate::support::TestTown;

/// A command line, its exit code, and what its message names.
type Case = (&'static [&'static str], i32, &'static [&'static str]);

const CASES: &[Case] = &[
    (&["sling", "tb-zzzz", "tradingbot"], 3, &["`tb-zzzz`"]),
    (
        &["sling", "BEAD", "nowhere"],
        3,
        &["`nowhere`", "tradingbot"],
    ),
    (
        &["sling", "BEAD", "tradingbot", "--agent", "nobody"],
        3,
        &["`nobody`", "gt config agent"],
    ),
    (
        &["sling", "BEAD", "tradingbot", "--agent", "absent"],
        3,
        &["no-such-program"],
    ),
    (&["sling", "not an id", "tradingbot"], 2, &["not an id"]),
    (&["rig", "add", "../up", "/tmp/x.git"], 2, &["`../up`"]),
    (&["rig", "add", "-x", "/tmp/x.git"], 2, &["-x"]),
    (&["rig", "add", "mayor", "/tmp/x.git"], 2, &["`mayor`"]),
    (
        &["rig", "add", "other", "/nonexistent/other.git"],
        1,
        &["/nonexistent/other.git"],
    ),
    (
        &["rig", "add", "other", "https://127.0.0.1:9/other.git"],
        1,
        &["127.0.0.1:9"],
    ),
    (&["rig", "add", "other", "ext::sh -c date"], 1, &["ext::"]),
    (
        &["rig", "add", "tradingbot", "/nonexistent/other.git"],
        6,
        &["tradingbot", "/nonexistent/other.git"],
    ),
    (&["convoy", "create", "Empty"], 2, &["gt convoy create"]),
    (&["convoy", "status", "hq-cv-zzzz"], 3, &["hq-cv-zzzz"]),
    (&["peek", "tradingbot/Nobody"], 3, &["Nobody"]),
    (&["nudge", "tradingbot/Nobody", "hello"], 3, &["Nobody"]),
    (&["polecat", "nuke", "Nobody"], 3, &["Nobody"]),
    (&["mq", "retry", "mr-99"], 3, &["mr-99"]),
    (&["done"], 4, &["gt done"]),
    (&["stauts"], 2, &["`stauts`", "gt status"]),
    (&["status", "--colour"], 2, &["--colour"]),
    (&["config", "agent", "get", "nobody"], 3, &["`nobody`"]),
];

#[test]
fn d4_bad_input_is_one_message_with_a_hint() {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    agents::worker(&town);
    town.gt(&["config", "agent", "set", "absent", "no-such-program --now"])
        .ok();
    let bead = town.bead("Write a file");
    for (line, code, names) in CASES {
        let words: Vec<&str> = line
            .iter()
            .map(|word| if *word == "BEAD" { bead.as_str() } else { word })
            .collect();
        let ran = town.gt(&words).fails(*code);
        for name in *names {
            assert!(ran.err.contains(name), "{name:?} is not named\n{ran}");
        }
        assert!(ran.err.contains("hint"), "no hint\n{ran}");
        assert!(ran.err.lines().count() <= 8, "too many words\n{ran}");
    }
    assert_eq!(
        town.bead_status(&bead),
        "open",
        "a refused sling changed its bead"
    );
    assert!(
        !town.root().join("other").exists(),
        "a refused rig left its folder"
    );
}

#[test]
fn d4_no_town_is_said_with_the_way_to_one() {
    let town = TestTown::bare();
    for line in [
        &["status"][..],
        &["up"],
        &["sling", "tb-1", "x"],
        &["feed", "--plain"],
    ] {
        town.gt(line).fails(3).says("gt install");
    }
    town.bd(&["create", "A bead"]).fails(3).says("gt install");
}

#[test]
fn d4_settings_that_cannot_be_read_are_named() {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    agents::worker(&town);
    let path = town.root().join("settings/config.json");
    std::fs::write(&path, "{ \"default_agent\": ").unwrap();
    town.gt(&["config", "default-agent", "worker"])
        .fails(1)
        .says("settings/config.json");
    town.gt(&["status"]).ok().says("settings/config.json");
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        "{ \"default_agent\": "
    );
}

#[test]
fn a_town_whose_path_is_too_long_for_a_socket_works() {
    let long = format!("{}/{}", "a".repeat(90), "b".repeat(90));
    let town = TestTown::at(&long);
    let root = town.root_text();
    town.gt_at(town.home(), &["install", &root, "--name", "far"])
        .ok();
    town.gt(&["up"]).ok();
    town.gt(&["status"]).ok();
    let socket = |dir: &std::path::Path| {
        std::fs::read_dir(dir)
            .map(|entries| entries.count())
            .unwrap_or_default()
    };
    assert!(
        socket(&town.base().join("run")) > 0,
        "the sockets did not move to the runtime folder"
    );
}
