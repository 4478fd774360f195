//! What is left of a recording when the host is killed in the middle of a flood (contract P11: its
//! agents' bytes are on disk up to the last second).

use std::path::PathBuf;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use gastown::domain::RunId;
use gastown::record::{EntryKind, Recording};
use gastown::support::os;
use gastown::wire::HostAsk;
use rustix::process::Signal;

use super::{Town, until};

/// Numbered lines with their time between pieces of a flood.
const FLOOD: &str = "echo $$ >> pids
    n=0
    while :; do
        n=$((n + 1))
        echo; echo \"line $n at $(date +%s%N) ends\"
        head -c 100000 noise
    done";
/// What the flood has to come to before the host is killed: some blocks are packed by then.
const ENOUGH: u64 = 5 << 20;

fn folder(town: &Town, run: &RunId) -> PathBuf {
    town.paths.recordings().join(run.as_str())
}

fn recording(town: &Town, run: &RunId) -> Option<Recording> {
    Recording::open(&folder(town, run)).unwrap()
}

/// Where the stream ends as the index names it.
fn recorded(town: &Town, run: &RunId) -> u64 {
    let Some(mut recording) = recording(town, run) else {
        return 0;
    };
    let last = recording.count().saturating_sub(1);
    let last = recording.entry(last).unwrap();
    last.map_or(0, |entry| entry.offset + u64::from(entry.length))
}

fn wall_nanos() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_nanos()
}

/// Number and time of every whole line of the flood.
fn lines(output: &[u8]) -> Vec<(u64, u128)> {
    String::from_utf8_lossy(output)
        .split("line ")
        .filter_map(|rest| {
            let (number, rest) = rest.split_once(" at ")?;
            let (time, _) = rest.split_once(" ends")?;
            Some((number.parse().ok()?, time.parse().ok()?))
        })
        .collect()
}

#[test]
fn p11_a_killed_host_loses_at_most_the_last_second_of_a_flood() {
    let town = Town::start();
    let mut engine = town.engine();
    let run = RunId::parse("tb.Toast.1.1").unwrap();
    let plan = town.plan(run.as_str(), FLOOD);
    let noise: String = (0..100_000_u32)
        .map(|n| char::from(b'a' + u8::try_from((n % 1_000).pow(2) % 23).unwrap()))
        .collect();
    std::fs::write(plan.cwd.join("noise"), noise).unwrap();
    engine.runs(HostAsk::Launch(plan));
    let pids = town.pids(run.as_str(), 1);
    until("a flood", || (recorded(&town, &run) > ENOUGH).then_some(()));

    let killed = wall_nanos();
    assert!(os::signal_exact(town.host.0, town.host.1, Signal::KILL));
    until("the host's end", || (!town.host_lives()).then_some(()));
    for pid in &pids {
        // Its terminal is gone, which ends it; nobody waits for that here.
        if let Some(started) = os::start_time(*pid) {
            os::signal_exact(*pid, started, Signal::KILL);
        }
    }

    let mut kept = recording(&town, &run).unwrap();
    let output = kept.output().unwrap();
    assert_eq!(kept.damage(), None);
    let lines = lines(&output);
    let numbers: Vec<u64> = lines.iter().map(|(number, _)| *number).collect();
    let count = u64::try_from(numbers.len()).unwrap();
    assert_eq!(
        numbers,
        (1..=count).collect::<Vec<_>>(),
        "nothing is missing"
    );
    let lost = killed.saturating_sub(lines.last().unwrap().1) / 1_000_000;
    assert!(lost <= 1_000, "{lost} ms are lost");
    assert!(!names(&town, &run).iter().any(|name| name == "segment-0001"));
    assert!(names(&town, &run).iter().any(|name| name == "segment-0000"));

    exports(&town, &run, &lines);
    // A machine that goes down with the host tears the files anywhere: here in the middle of an entry.
    let index = folder(&town, &run).join("index");
    let length = index.metadata().unwrap().len();
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(&index)
        .unwrap();
    file.set_len(length - 7).unwrap();
    exports(&town, &run, &lines);
}

fn names(town: &Town, run: &RunId) -> Vec<String> {
    std::fs::read_dir(folder(town, run))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// The public way reads it too, as a cast and as text, and knows how it ended.
fn exports(town: &Town, run: &RunId, lines: &[(u64, u128)]) {
    let replay = |words: &[&str]| {
        let out = Command::new(env!("CARGO_BIN_EXE_gt"))
            .arg("replay")
            .args(words)
            .current_dir(town.paths.root())
            .env_clear()
            .env("HOME", town.dir.path())
            .output()
            .unwrap();
        assert!(out.status.success(), "{out:?}");
        String::from_utf8(out.stdout).unwrap()
    };
    let wanted = format!("line {} at", lines[lines.len() - 2].0);
    for form in ["cast2", "cast3", "text"] {
        let text = replay(&["export", run.as_str(), "--format", form]);
        assert!(text.contains(&wanted), "{form}");
    }
    let info = replay(&["info", run.as_str(), "--json"]);
    let info: serde_json::Value = serde_json::from_str(&info).unwrap();
    assert_eq!(info["living"], false);
    assert!(info["damage"].is_null() && info["exit"].is_null(), "{info}");
    let mut recording = recording(town, run).unwrap();
    let entries = recording.entries().unwrap();
    assert!(
        entries
            .iter()
            .any(|entry| entry.kind == EntryKind::Keyframe)
    );
}

/// More output than a file may hold, a sign of life after each piece, and a last word on request.
const BEYOND: &str = "echo $$ >> pids
    n=0
    while [ $n -lt 60 ]; do
        dd if=noise bs=100000 skip=$n count=1 2> errors
        n=$((n + 1))
        echo $n > pieces
    done
    until [ -e go ]; do sleep 0.05; done
    n=0
    until [ -e enough ]; do
        n=$((n + 1))
        echo; echo \"after $n ends\"
        sleep 0.05
    done
    exec cat";

fn markers(recording: &mut Recording) -> Vec<(u64, String)> {
    let mut out = Vec::new();
    let mut number = 0;
    while let Some((entry, bytes)) = recording.read(number).unwrap() {
        if entry.kind == EntryKind::Marker {
            out.push((number, String::from_utf8(bytes).unwrap()));
        }
        number += 1;
    }
    out
}

/// A limit on the length of files stands for a disk that is full: both refuse the write.
#[test]
fn a_full_disk_stops_the_recording_and_never_the_agent_and_the_gap_is_marked() {
    // Blocks of 512 bytes: 1 MiB, which the second packed block of noise does not go into.
    let town = Town::start_after(Some("ulimit -S -f 2048"));
    let mut engine = town.engine();
    let run = RunId::parse("tb.Toast.1.1").unwrap();
    let plan = town.plan(run.as_str(), BEYOND);
    let place = plan.cwd.clone();
    let mut random = fastrand::Rng::with_seed(11);
    let noise: String = (0..6_000_000).map(|_| random.char('!'..='~')).collect();
    std::fs::write(place.join("noise"), noise).unwrap();
    engine.runs(HostAsk::Launch(plan));
    until("all pieces", || {
        let pieces = std::fs::read_to_string(place.join("pieces")).ok()?;
        (pieces.trim() == "60").then_some(())
    });
    assert!(town.host_lives(), "a limit is no reason to die");
    let kept = recorded(&town, &run);
    assert!(
        (500_000..4_000_000).contains(&kept),
        "{kept} bytes are kept"
    );
    assert_eq!(recording(&town, &run).unwrap().damage(), None);

    // There is room again.
    let host = rustix::process::Pid::from_raw(town.host.0);
    let free = rustix::process::Rlimit {
        current: None,
        maximum: None,
    };
    rustix::process::prlimit(host, rustix::process::Resource::Fsize, free).unwrap();
    std::fs::write(place.join("go"), "").unwrap();
    let (at, note) = until("the recording to go on", || {
        markers(&mut recording(&town, &run)?).pop()
    });
    assert!(note.starts_with("nothing is recorded from "), "{note}");
    assert!(note.contains(" bytes of output"), "{note}");
    std::fs::write(place.join("enough"), "").unwrap();
    engine.ask(HostAsk::Stop {
        run: run.clone(),
        now: true,
    });
    engine.exit_of(&run);

    let mut recording = recording(&town, &run).unwrap();
    assert_eq!(markers(&mut recording).len(), 1, "said once");
    let entries = recording.entries().unwrap();
    let after = &entries[usize::try_from(at).unwrap()..];
    assert!(
        after.iter().any(|entry| entry.kind == EntryKind::Keyframe),
        "what follows a gap begins with a snapshot"
    );
    let output = String::from_utf8(recording.output().unwrap()).unwrap();
    assert!(output.contains("after ") && recording.exit().unwrap().is_some());
    assert_eq!(recording.damage(), None);

    // The town will hear of both changes, whatever the number of blocks that were lost.
    let news = std::fs::read_dir(town.paths.recordings().join(".news")).unwrap();
    let mut news: Vec<String> = news
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    news.sort();
    assert_eq!(news.len(), 2, "{news:?}");
    assert!(
        news[0].contains(&format!(".stopped.{kept}.full.tb.Toast.1.1")),
        "{news:?}, {kept}"
    );
    assert!(news[1].contains(".resumed."), "{news:?}");
}
