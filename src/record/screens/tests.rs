//! Recordings that are whole, torn, old, damaged and random (FZ-10).

#![expect(
    clippy::disallowed_methods,
    reason = "these tests tear and damage the files of recordings"
)]

use super::super::index::WIDTH;
use super::super::writer::{About, Writer};
use super::*;

fn about(run: &str) -> About {
    About {
        version: 1,
        run: run.to_owned(),
        began: 1_000,
        size: (20, 5),
        terminal: true,
        program: "sh".to_owned(),
    }
}

const OUTPUT: &[u8] = b"one\r\n\x1b[31mtwo";

fn town() -> (tempfile::TempDir, TownPaths, RunId) {
    let dir = tempfile::tempdir().unwrap();
    let paths = TownPaths::new(dir.path());
    (dir, paths, RunId::parse("tb.Toast.1.1").unwrap())
}

fn recorded(finish: bool) -> (tempfile::TempDir, TownPaths, RunId) {
    let (dir, paths, run) = town();
    let mut writer = Writer::begin(&folder(&paths, &run), &about(run.as_str())).unwrap();
    let mut append = |time, kind, bytes: &[u8]| drop(writer.append(time, kind, bytes));
    append(0, EntryKind::Output, b"one\r\n");
    append(1_000, EntryKind::Resize, &encode_size((30, 6)));
    append(2_000, EntryKind::Output, b"\x1b[31mtwo");
    append(3_000_000, EntryKind::Exit, br#"{"how":"code","code":3}"#);
    if finish {
        writer.finish().unwrap();
    }
    (dir, paths, run)
}

fn names(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_last_screen_and_the_exit_come_back() {
    for finish in [true, false] {
        let (_dir, paths, run) = recorded(finish);
        let last = last_screen(&paths, &run).unwrap().unwrap();
        assert_eq!(last.screen.size, (30, 6));
        assert!(last.screen.text().starts_with("one\ntwo"));
        assert_eq!(last.exit, Some(Exit::Code { code: 3 }));
        assert_eq!(last.at, 4_000);
        assert_eq!(tail(&paths, &run, 3).unwrap().unwrap(), b"two");
        let other = RunId::parse("tb.Toast.1.2").unwrap();
        assert_eq!(last_screen(&paths, &other).unwrap(), None);
    }
}

#[test]
fn a_recording_is_begun_once_is_private_and_says_that_it_is_not_for_cat() {
    use std::os::unix::fs::PermissionsExt;
    let (_dir, paths, run) = recorded(true);
    let folder = folder(&paths, &run);
    assert!(Writer::begin(&folder, &about("tb.Toast.1.1")).is_err());
    let names = names(&folder);
    assert_eq!(names, ["about.json", "blocks", "index", "segment-0000"]);
    for name in names {
        let mode = folder.join(&name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name} (S10)");
    }
    let head = std::fs::read_to_string(folder.join("about.json")).unwrap();
    assert!(head.lines().nth(1).unwrap().contains("not for cat"), "T11");
}

#[test]
fn a_torn_tail_ends_the_recording_at_every_byte() {
    for finish in [false, true] {
        let (_dir, paths, run) = recorded(finish);
        let folder = folder(&paths, &run);
        for name in names(&folder) {
            if name == "about.json" || (finish && name.starts_with("segment")) {
                continue;
            }
            let path = folder.join(&name);
            let bytes = std::fs::read(&path).unwrap();
            for length in 0..bytes.len() {
                std::fs::write(&path, bytes.get(..length).unwrap()).unwrap();
                let last = last_screen(&paths, &run).unwrap().unwrap();
                assert_eq!(last.exit, None, "{name} cut at {length}");
                let kept = tail(&paths, &run, u64::MAX).unwrap().unwrap();
                assert!(OUTPUT.starts_with(&kept));
            }
            std::fs::write(&path, bytes).unwrap();
        }
    }
}

#[test]
fn recordings_of_version_1_stay_readable() {
    let (_dir, paths, run) = town();
    let folder = folder(&paths, &run);
    std::fs::create_dir_all(&folder).unwrap();
    let entry = |time, offset, length, kind| {
        super::super::index::Entry {
            time,
            offset,
            length,
            kind,
        }
        .encode()
    };
    let index: Vec<u8> = [
        entry(0, 0, 5, EntryKind::Output),
        entry(10, 5, 4, EntryKind::Resize),
        entry(20, 9, 8, EntryKind::Output),
        entry(30, 17, 23, EntryKind::Exit),
    ]
    .concat();
    let mut output = b"one\r\n".to_vec();
    output.extend(encode_size((30, 6)));
    output.extend(b"\x1b[31mtwo{\"how\":\"code\",\"code\":3}");
    let head = serde_json::to_vec(&about(run.as_str())).unwrap();
    std::fs::write(folder.join("about.json"), head).unwrap();
    std::fs::write(folder.join("index"), index).unwrap();
    std::fs::write(folder.join("output"), output).unwrap();
    let last = last_screen(&paths, &run).unwrap().unwrap();
    assert_eq!(last.screen.size, (30, 6));
    assert!(last.screen.text().starts_with("one\ntwo"));
    assert_eq!(last.exit, Some(Exit::Code { code: 3 }));
}

/// A long recording with sizes, snapshots and several blocks; what was written, and the screen
/// that a terminal had after each step.
fn long(paths: &TownPaths, run: &RunId, finish: bool) -> (Vec<u8>, Vec<(u64, ScreenView)>) {
    let mut writer = Writer::begin(&folder(paths, run), &about(run.as_str())).unwrap();
    let mut screen = Screen::new((20, 5), 0);
    let mut random = fastrand::Rng::with_seed(11);
    let (mut all, mut shown) = (Vec::new(), Vec::new());
    let mut since = 0;
    for step in 0..1_000_u64 {
        let time = step * 20_000;
        let mut bytes = Vec::new();
        for _ in 0..random.usize(1..80) {
            let colour = random.u8(30..38);
            let word: String = (0..random.usize(1..60))
                .map(|_| random.alphanumeric())
                .collect();
            bytes.extend(format!("\x1b[{colour}m{word}\x1b[{}G\r\n", random.u8(1..20)).bytes());
        }
        drop(writer.append(time, EntryKind::Output, &bytes));
        screen.feed(&bytes);
        since += bytes.len();
        all.extend(bytes);
        if random.u8(0..20) == 0 {
            let size = (random.u16(10..40), random.u16(3..10));
            screen.resize(size);
            drop(writer.append(time, EntryKind::Resize, &encode_size(size)));
        }
        if since > 50_000 {
            since = 0;
            drop(writer.append(time, EntryKind::Keyframe, &screen.snapshot()));
        }
        shown.push((time, screen.view()));
    }
    // The host does this within 10 ms of quiet.
    drop(writer.settle());
    if finish {
        writer.finish().unwrap();
    } else {
        // As does this, every few seconds.
        writer.unsynced().bring().unwrap();
    }
    (all, shown)
}

#[test]
fn seeking_shows_what_was_shown_then() {
    for finish in [true, false] {
        let (_dir, paths, run) = town();
        let (all, shown) = long(&paths, &run, finish);
        assert!(all.len() > 1_300_000, "{}: more than a block", all.len());
        let mut recording = open(&paths, &run).unwrap().unwrap();
        assert!(recording.output().unwrap() == all, "byte for byte");
        for (time, view) in shown.iter().rev().step_by(37) {
            let seen = recording.screen_at(*time).unwrap().view();
            assert_eq!(seen.text(), view.text(), "at {time}");
            assert_eq!(seen.size, view.size, "at {time}");
        }
        assert_eq!(recording.damage(), None);
        let raw = names(&folder(&paths, &run))
            .iter()
            .filter(|name| name.starts_with("open-"))
            .count();
        assert_eq!(raw, usize::from(!finish));
    }
}

#[test]
fn a_block_can_be_read_at_every_step_of_its_closing() {
    let (_dir, paths, run) = town();
    let (all, _) = long(&paths, &run, false);
    let folder = folder(&paths, &run);
    // As if the host was killed after the row was written and before the raw block was removed.
    let blocks = std::fs::read(folder.join("blocks")).unwrap();
    assert!(blocks.len() >= 2 * super::super::block::ROW);
    let first = super::super::block::rows(&folder).unwrap()[0];
    let raw = super::super::block::unpack(&folder, &first).unwrap();
    let left = super::super::block::open_path(&folder, 0);
    std::fs::write(&left, &raw).unwrap();
    let whole = |what: &str| {
        let mut recording = Recording::open(&folder).unwrap().unwrap();
        assert!(recording.output().unwrap() == all, "{what}");
    };
    whole("row written, raw block still there");
    // Before the row is written the raw block is what is read.
    std::fs::write(folder.join("blocks"), b"torn").unwrap();
    let mut recording = Recording::open(&folder).unwrap().unwrap();
    let kept = recording.output().unwrap();
    assert!(all.starts_with(&kept) && kept.len() > 500_000);
}

#[test]
fn a_damaged_block_is_played_up_to_the_damage_and_said() {
    let (_dir, paths, run) = town();
    let (all, _) = long(&paths, &run, true);
    let folder = folder(&paths, &run);
    let second = super::super::block::rows(&folder).unwrap()[1];
    let path = folder.join("segment-0000");
    let mut bytes = std::fs::read(&path).unwrap();
    let at = usize::try_from(second.at + u64::from(second.stored) / 2).unwrap();
    bytes[at] ^= 0x55;
    std::fs::write(&path, bytes).unwrap();
    let mut recording = Recording::open(&folder).unwrap().unwrap();
    let kept = recording.output().unwrap();
    assert!(all.starts_with(&kept) && !kept.is_empty() && kept.len() < all.len());
    assert!(recording.damage().unwrap().contains("damaged"));
}

#[test]
fn random_index_and_block_bytes_never_panic_and_never_read_outside() {
    let mut random = fastrand::Rng::with_seed(5);
    let (_dir, paths, run) = recorded(true);
    let folder = folder(&paths, &run);
    let files = ["index", "blocks", "segment-0000"];
    let good = files.map(|name| std::fs::read(folder.join(name)).unwrap());
    for round in 0..400_usize {
        for (name, good) in files.iter().zip(&good) {
            let mut bytes = good.clone();
            match random.u8(0..6) {
                0 => bytes.iter_mut().for_each(|byte| *byte = random.u8(..)),
                1 => (0..4).for_each(|_| {
                    let at = random.usize(..bytes.len());
                    bytes[at] = random.u8(..);
                }),
                2 => bytes.truncate(random.usize(..=good.len())),
                3 => bytes.extend(std::iter::repeat_with(|| random.u8(..)).take(3 * WIDTH)),
                4 => {
                    let (a, b) = (random.usize(..bytes.len()), random.usize(..bytes.len()));
                    bytes.swap(a, b);
                }
                _ => {}
            }
            std::fs::write(folder.join(name), bytes).unwrap();
        }
        let mut recording = Recording::open(&folder).unwrap().unwrap();
        let most = good.iter().map(Vec::len).sum::<usize>() * 1_000;
        for read in [recording.output(), recording.tail(100)] {
            assert!(read.is_ok_and(|bytes| bytes.len() < most), "round {round}");
        }
        // An exit of random bytes is an error, never a panic.
        drop(recording.exit());
        drop(recording.screen_at(random.u64(..)));
    }
}
