//! `gt replay` on recordings that lie in a town, without engine and host.

use std::path::Path;

use gastown::record::{Recording, import};

use crate::support::TestTown;
use crate::support::outer::piped_faults;

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

/// Flips a byte in the middle of the packed output.
fn damage(folder: &Path) {
    let path = folder.join("segment-0000");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x55;
    std::fs::write(path, bytes).unwrap();
}

fn runs(town: &TestTown, words: &[&str]) -> Vec<String> {
    let line = [&["replay", "list", "--json"], words].concat();
    let rows: serde_json::Value = serde_json::from_str(&town.gt(&line).ok().out).unwrap();
    (rows.as_array().unwrap().iter())
        .map(|row| row["run"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn recordings_of_several_rigs_are_told_apart_by_agent() {
    let town = TestTown::installed();
    assert_eq!(runs(&town, &[]), [""; 0]);
    town.gt(&["replay", "list", "Toast"]).fails(3);
    for run in [
        "tradingbot.Toast.1.1",
        "tradingbot.Toast.2.1",
        "tradingbot.Shadow.1.1",
        "webshop.Toast.1.1",
    ] {
        recorded(&town, run);
    }
    assert_eq!(runs(&town, &[]).len(), 4);
    let sorted = |words: &[&str]| {
        let mut runs = runs(&town, words);
        runs.sort();
        runs
    };
    let both = ["tradingbot.Toast.1.1", "tradingbot.Toast.2.1"];
    assert_eq!(sorted(&["tradingbot/Toast"]), both);
    assert_eq!(sorted(&["tradingbot/polecats/toast"]), both);
    assert_eq!(sorted(&["shadow"]), ["tradingbot.Shadow.1.1"]);
    // A list is a filter: a name that two rigs have shows both.
    assert_eq!(sorted(&["Toast"]).len(), 3);
    let shown = town.gt(&["replay", "list", "webshop/Toast"]).ok().out;
    assert!(shown.contains("webshop.Toast.1.1") && !shown.contains("tradingbot"));
    // One recording is wanted here.
    town.gt(&["replay", "info", "Shadow"])
        .ok()
        .says("tradingbot.Shadow.1.1");
    town.gt(&["replay", "info", "webshop/Toast"])
        .ok()
        .says("webshop.Toast.1.1");
    town.gt(&["replay", "info", "Toast"]).fails(3);
    town.gt(&["replay", "list", "--nonsense"]).fails(2);
    town.gt(&["replay", "export", "tradingbot.S", "--format", "gif"])
        .fails(2);
}

#[test]
fn a_damaged_recording_is_named_with_how_far_it_is_good() {
    let town = TestTown::installed();
    let (torn, gone) = ("tradingbot.Toast.1.1", "tradingbot.Shadow.1.1");
    recorded(&town, torn);
    recorded(&town, gone);
    let folder = |run: &str| town.root().join(".gt/recordings").join(run);
    damage(&folder(torn));
    std::fs::write(folder(gone).join("about.json"), "{").unwrap();
    // The list looks at lengths alone; what cannot even be opened is in it too.
    town.gt(&["replay", "list"]).ok().says("cannot be read");
    town.gt(&["replay", "info", torn])
        .ok()
        .says("damaged, good for 0.0s")
        .says("block at 0 is damaged");
    let info = town.gt(&["replay", "info", torn, "--json"]).ok().json();
    assert_eq!(info["damage"]["good_until_ms"], 0);
    town.gt(&["replay", "info", gone]).fails(1);
    town.gt(&["replay", "export", torn])
        .fails(1)
        .says("up to its damage");
    std::fs::remove_file(folder(torn).join("segment-0000")).unwrap();
    let rows = town.gt(&["replay", "list", "--json"]).ok().json();
    let of = |run: &str| {
        let mut rows = rows.as_array().unwrap().iter();
        rows.find(|row| row["run"] == run).unwrap()["damage"].clone()
    };
    assert_eq!(of(torn)["good_until_ms"], 0);
    assert!(of(torn)["what"].as_str().unwrap().contains("segment"));
    assert!(of(gone)["good_until_ms"].is_null());
}

#[test]
fn every_verb_of_recordings_shows_an_example() {
    let town = TestTown::bare();
    for verb in ["list", "info", "export", "prune"] {
        town.gt(&["replay", verb, "--help"])
            .ok()
            .says(&format!("Example: gt replay {verb}"));
    }
}

/// The attacks of contract 3.8 that are bytes of a program.
const ATTACKS: &[(u8, &str, &[u8])] = include!("../fixtures/attacks/catalogue.in");

#[test]
fn t3_t11_no_attack_is_alive_in_anything_that_tells_of_a_recording() {
    let town = TestTown::installed();
    let head = r#"{"version": 2, "width": 80, "height": 24, "command": "EVIL\u001b]0;x\u0007"}"#;
    let mut lines = vec![head.to_owned()];
    for (number, _, bytes) in ATTACKS {
        let text = String::from_utf8_lossy(bytes);
        let output = serde_json::json!([number, "o", format!("{text}\u{18}\r\n")]);
        let marker = serde_json::json!([number, "m", text]);
        lines.extend([output.to_string(), marker.to_string()]);
    }
    let cast = lines.join("\n");
    let run = "tradingbot.Toast.1.1";
    let folder = town.root().join(".gt/recordings").join(run);
    import(cast.as_bytes(), &folder, run).unwrap();
    for form in ["cast2", "cast3", "text", "ndjson"] {
        let file = town.root().join(form);
        let path = file.to_string_lossy().into_owned();
        let line = ["replay", "export", run, "--format", form];
        let piped = town.gt(&line).ok().out;
        town.gt(&[&line[..], &["-o", &path]].concat()).ok();
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text, piped, "{form}");
        let found = piped_faults(&text);
        assert!(found.is_empty(), "{form}: {found:?}");
        if form.starts_with("cast") {
            let back = town.root().join(format!("{form}-back"));
            import(text.as_bytes(), &back, "back").unwrap();
            assert_eq!(
                output(&back),
                output(&folder),
                "{form}: not one byte is missing"
            );
        }
    }
    for line in [
        &["replay", "list"][..],
        &["replay", "list", "--json"],
        &["replay", "info", run],
        &["replay", "info", run, "--json"],
        &["replay", "prune", "--days", "0", "--dry-run"],
    ] {
        let ran = town.gt(line).ok();
        let found = piped_faults(&ran.out);
        assert!(found.is_empty(), "{found:?} in\n{ran}");
    }
}
