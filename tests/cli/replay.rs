//! `gt replay` on recordings that lie in a town, without engine and host.

use std::path::Path;

use gastown::record::{Recording, import};

use crate::support::TestTown;

/// A cast with a sequence that sets the clipboard, a sequence that is cut in two, and an exit.
const HOSTILE: &str = concat!(
    r#"{"version": 3, "term": {"cols": 40, "rows": 5}, "timestamp": 1700000000}"#,
    "\n[0.5, \"o\", \"one\\r\\n\\u001b]52;c;ZXZpbA==\\u0007two\\r\\n\"]",
    "\n[1.0, \"r\", \"30x4\"]",
    "\n[1.0, \"o\", \"\\u001b[31mthree\\u001b[0m\\r\\nfour\\r\\nfive\\r\\nsix\"]",
    "\n[0.5, \"x\", \"3\"]\n",
);

fn recorded(town: &TestTown, run: &str) {
    let folder = town.root().join(".gt/recordings").join(run);
    import(HOSTILE.as_bytes(), &folder, run).unwrap();
}

#[test]
fn recordings_are_listed_and_told() {
    let town = TestTown::installed();
    town.gt(&["replay", "list"]).ok().says("no recording");
    recorded(&town, "tradingbot.Toast.1.1");
    recorded(&town, "tradingbot.Shadow.1.1");
    let listed = town.gt(&["replay", "list"]).ok().out;
    assert!(listed.contains("tradingbot.Toast.1.1"), "{listed}");
    assert!(listed.contains("exit 3"), "{listed}");
    let json = town.gt(&["replay", "list", "--json"]).ok().out;
    let rows: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 2);
    let info = town.gt(&["replay", "info", "tradingbot.T", "--json"]).ok();
    let info: serde_json::Value = serde_json::from_str(&info.out).unwrap();
    assert_eq!(info["run"], "tradingbot.Toast.1.1");
    assert_eq!(info["duration_ms"], 3000);
    assert_eq!(info["living"], false);
    town.gt(&["replay", "info", "tradingbot"])
        .fails(2)
        .says("2 recordings begin with");
    town.gt(&["replay", "info", "nobody"])
        .fails(3)
        .says("gt replay list");
}

#[test]
fn an_export_is_read_back_and_text_holds_no_control_character() {
    let town = TestTown::installed();
    recorded(&town, "tradingbot.Toast.1.1");
    for form in ["cast2", "cast3"] {
        let file = town.root().join(format!("{form}.cast"));
        let path = file.to_string_lossy().into_owned();
        let line = [
            "replay",
            "export",
            "tradingbot.Toast.1.1",
            "--format",
            form,
            "-o",
            &path,
        ];
        town.gt(&line).ok();
        town.gt(&line).fails(6).says("--force");
        let text = std::fs::read_to_string(&file).unwrap();
        let folder = town.root().join(format!("{form}-back"));
        import(text.as_bytes(), &folder, "back").unwrap();
        assert_eq!(
            output(&folder),
            output(&town.root().join(".gt/recordings/tradingbot.Toast.1.1"))
        );
    }
    let text = town
        .gt(&[
            "replay",
            "export",
            "tradingbot.Toast.1.1",
            "--format",
            "text",
        ])
        .ok()
        .out;
    assert_eq!(text, "one\ntwo\nthree\nfour\nfive\nsix\n", "T3, T11");
    let late = [
        "replay",
        "export",
        "tradingbot.T",
        "--format",
        "ndjson",
        "--from",
        "2s",
    ];
    let lines = town.gt(&late).ok().out;
    let times: Vec<u64> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|line| line["time_us"].as_u64().unwrap())
        .collect();
    assert!(!times.is_empty() && times.iter().all(|time| *time >= 2_000_000));
}

fn output(folder: &Path) -> Vec<u8> {
    Recording::open(folder).unwrap().unwrap().output().unwrap()
}

#[test]
fn pruning_says_what_goes_and_deletes_only_that() {
    let town = TestTown::installed();
    recorded(&town, "tradingbot.Toast.1.1");
    let folder = town.root().join(".gt/recordings/tradingbot.Toast.1.1");
    town.gt(&["replay", "prune"])
        .ok()
        .says("deleted 0 recordings");
    town.gt(&["replay", "prune", "--bytes", "0", "--dry-run"])
        .ok()
        .says("would delete tradingbot.Toast.1.1");
    assert!(folder.is_dir());
    town.gt(&["replay", "prune", "--bytes", "0"])
        .ok()
        .says("deleted 1 recording");
    assert!(!folder.exists());
}
