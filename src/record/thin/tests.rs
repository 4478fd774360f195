//! Thinned recordings: smaller, the same output and screens, whole at every step.

use super::super::{About, Depth, Recording, Writer};
use super::*;
use crate::term::Screen;

const DAY: i64 = 24 * 3_600_000;
static GO_ON: AtomicBool = AtomicBool::new(false);

/// An hour of an agent that redraws a small screen, with a snapshot every 10 s; some blocks are packed.
fn recorded(folder: &Path) -> Kept {
    let about = About {
        version: 2,
        run: "tb.Toast.1.1".to_owned(),
        began: 0,
        size: (40, 10),
        terminal: true,
        program: "sh".to_owned(),
    };
    let mut writer = Writer::begin(folder, &about).unwrap();
    let mut screen = Screen::new((40, 10), 0);
    let mut random = fastrand::Rng::with_seed(3);
    for second in 0..3_600_u64 {
        let mut bytes = Vec::new();
        for _ in 0..12 {
            let word: String = (0..28).map(|_| random.alphanumeric()).collect();
            let (row, colour) = (random.u8(1..=10), random.u8(30..38));
            bytes.extend(format!("\x1b[{row};3H\x1b[{colour}m{word}").bytes());
        }
        let time = second * 1_000_000;
        drop(writer.append(time, EntryKind::Output, &bytes));
        screen.feed(&bytes);
        if second % 10 == 0 {
            drop(writer.append(time, EntryKind::Keyframe, &screen.snapshot()));
        }
    }
    drop(writer.append(
        3_600_000_000,
        EntryKind::Exit,
        br#"{"how":"code","code":0}"#,
    ));
    writer.finish().unwrap();
    of(folder)
}

fn of(folder: &Path) -> Kept {
    let mut all = survey(folder.parent().unwrap()).unwrap();
    all.pop().unwrap()
}

fn open(folder: &Path) -> Recording {
    Recording::open(folder).unwrap().unwrap()
}

fn keyframes(folder: &Path) -> usize {
    let entries = open(folder).entries().unwrap();
    let is_keyframe = |entry: &&Entry| entry.kind == EntryKind::Keyframe;
    entries.iter().filter(is_keyframe).count()
}

/// What it shows at some moments, and all that it gave out.
fn shown(folder: &Path) -> (Vec<String>, Vec<u8>) {
    let mut recording = open(folder);
    let screens = (0..3_600)
        .step_by(173)
        .map(|second| {
            let screen = recording.screen_at(second * 1_000_000).unwrap();
            screen.view().text()
        })
        .collect();
    let output = recording.output().unwrap();
    assert_eq!(recording.damage(), None);
    assert_eq!(recording.flaw(Depth::Bytes).unwrap(), None);
    (screens, output)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn a_day_later_a_recording_is_smaller_and_shows_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("tb.Toast.1.1");
    let kept = recorded(&folder);
    let (before, count) = (shown(&folder), keyframes(&folder));
    assert_eq!(
        thin_old(dir.path(), kept.at + DAY - 1, &GO_ON).unwrap(),
        0,
        "too young"
    );
    let saved = thin_old(dir.path(), kept.at + DAY, &GO_ON).unwrap();
    let after = of(&folder);
    assert!(saved * 50 > kept.bytes, "{saved} of {}", kept.bytes);
    assert_eq!(kept.bytes - after.bytes, saved);
    assert_eq!(after.at, kept.at, "it grows no younger by it");
    assert!(shown(&folder) == before);
    let left = keyframes(&folder);
    assert!(left * 7 < count && left > 1, "{left} of {count}");
    assert!(open(&folder).exit().unwrap().is_some());
    // Done once.
    assert_eq!(thin_old(dir.path(), kept.at + 2 * DAY, &GO_ON).unwrap(), 0);
    assert_eq!(keyframes(&folder), left);
    use std::os::unix::fs::PermissionsExt;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "S10");
    }
}

#[test]
fn a_thinning_that_is_cut_short_leaves_a_whole_recording_and_is_done_again() {
    let dir = tempfile::tempdir().unwrap();
    let (whole, done) = (
        dir.path().join("a/tb.Toast.1.1"),
        dir.path().join("b/tb.Toast.1.1"),
    );
    let kept = recorded(&whole);
    let before = shown(&whole);
    copy(&whole, &done);
    thin(
        &Kept {
            folder: done.clone(),
            ..kept.clone()
        },
        &GO_ON,
    )
    .unwrap()
    .unwrap();
    let thinned = "segment-65536";
    // Files that are new at each step, in the order in which they appear.
    let steps: [&[&str]; 4] = [
        &[],
        &[thinned],
        &[thinned, "index"],
        &[thinned, "index", "blocks"],
    ];
    for (step, new) in steps.iter().enumerate() {
        let folder = dir.path().join(format!("{step}/tb.Toast.1.1"));
        copy(&whole, &folder);
        for name in *new {
            std::fs::copy(done.join(name), folder.join(name)).unwrap();
        }
        // What was torn lies beside it, and a raw block that a killed host left.
        std::fs::write(folder.join("index.new"), "torn").unwrap();
        std::fs::write(folder.join("open-0000000000000000"), "old").unwrap();
        assert!(shown(&folder) == before, "step {step}");
        let kept = Kept {
            folder: folder.clone(),
            ..kept.clone()
        };
        let again = thin(&kept, &GO_ON).unwrap();
        assert_eq!(again.is_none(), step == 3, "step {step}");
        assert!(shown(&folder) == before, "step {step}, done again");
        assert_eq!(keyframes(&folder), keyframes(&done), "step {step}");
        if step < 3 {
            assert_eq!(
                std::fs::read(folder.join("blocks")).unwrap(),
                std::fs::read(done.join("blocks")).unwrap()
            );
            assert!(
                !folder.join("segment-0000").exists()
                    && !folder.join("open-0000000000000000").exists()
            );
        }
    }
}

#[test]
fn a_damaged_or_living_recording_is_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("tb.Toast.1.1");
    let kept = recorded(&folder);
    let lock = File::open(folder.join("index")).unwrap();
    lock.try_lock().unwrap();
    assert_eq!(thin(&kept, &GO_ON).unwrap(), None);
    drop(lock);
    let path = folder.join("segment-0000");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x55;
    std::fs::write(&path, bytes).unwrap();
    let output = open(&folder).output().unwrap();
    assert!(thin(&kept, &GO_ON).is_err());
    let stop = AtomicBool::new(true);
    assert_eq!(thin_old(dir.path(), kept.at + DAY, &stop).unwrap(), 0);
    assert_eq!(thin_old(dir.path(), kept.at + DAY, &GO_ON).unwrap(), 0);
    assert!(
        open(&folder).output().unwrap() == output,
        "up to the damage"
    );
}

#[test]
fn a_reader_that_was_there_first_reads_on() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("tb.Toast.1.1");
    let kept = recorded(&folder);
    let output = open(&folder).output().unwrap();
    let mut reader = open(&folder);
    assert!(reader.read(0).unwrap().is_some());
    thin(&kept, &GO_ON).unwrap().unwrap();
    assert!(reader.output().unwrap() == output);
    assert_eq!(reader.damage(), None);
}
