//! Which recordings are kept: ended ones go, oldest first, when they are too old or too many.
//!
//! A living recording is locked by its writer and never goes. Choosing is pure; only [`remove`]
//! deletes, and it looks once more whether the recording lives.

#![expect(
    clippy::disallowed_methods,
    reason = "this module is the owner of recording files"
)]

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::news::leave_news;
use crate::domain::{DeletedFor, RecordingNews};

/// A recording on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The run.
    pub(crate) run: String,
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// When it was last written to, milliseconds since 1970.
    pub(crate) at: i64,
    /// Bytes on disk.
    pub(crate) bytes: u64,
    /// Whether it is being written.
    pub(crate) living: bool,
}

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Milliseconds after which a recording goes.
    pub(crate) age: i64,
    /// Bytes of all recordings together.
    pub(crate) bytes: u64,
}

impl Limits {
    /// So many days and bytes.
    pub(crate) fn new(days: u32, bytes: u64) -> Self {
        Self {
            age: i64::from(days).saturating_mul(24 * 3_600_000),
            bytes,
        }
    }
}

/// All recordings in the folder of recordings, oldest first.
pub(crate) fn survey(recordings: &Path) -> io::Result<Vec<Kept>> {
    let entries = match std::fs::read_dir(recordings) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut all = Vec::new();
    for entry in entries {
        let entry = entry?;
        // A link, or anything else that is no folder of its own, is nobody's recording.
        if !entry.file_type()?.is_dir() {
            continue;
        }
        if let (Ok(run), Some((at, bytes))) =
            (entry.file_name().into_string(), measure(&entry.path())?)
        {
            all.push(Kept {
                run,
                living: is_living(&entry.path())?,
                folder: entry.path(),
                at,
                bytes,
            });
        }
    }
    all.sort_by(|a, b| (a.at, &a.run).cmp(&(b.at, &b.run)));
    Ok(all)
}

/// Newest change and size on disk; `None` for a folder that is no recording, or is gone.
fn measure(folder: &Path) -> io::Result<Option<(i64, u64)>> {
    if !folder.join("about.json").is_file() {
        return Ok(None);
    }
    let (mut at, mut bytes) = (0, 0_u64);
    for entry in std::fs::read_dir(folder)? {
        let found = match entry?.metadata() {
            Ok(found) => found,
            // A block that closed just now.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        bytes = bytes.saturating_add(found.len());
        let changed = found
            .modified()?
            .duration_since(UNIX_EPOCH)
            .map_or(0, |time| {
                i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
            });
        at = at.max(changed);
    }
    Ok(Some((at, bytes)))
}

/// Whether a recording is being written: its writer holds a lock, which dies with the process.
pub(crate) fn is_living(folder: &Path) -> io::Result<bool> {
    match File::open(folder.join("index")) {
        Ok(index) => match index.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(error),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// A recording that goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Going {
    /// Which.
    pub(crate) kept: Kept,
    /// Why.
    pub(crate) why: DeletedFor,
}

/// Which of them go at `now` (milliseconds since 1970): ended ones past the age, then the oldest
/// ended ones until the rest fits.
pub(crate) fn choose(all: &[Kept], limits: Limits, now: i64) -> Vec<Going> {
    let mut total: u64 = all
        .iter()
        .fold(0, |sum, kept| sum.saturating_add(kept.bytes));
    let mut oldest: Vec<&Kept> = all.iter().filter(|kept| !kept.living).collect();
    oldest.sort_by_key(|kept| kept.at);
    let mut go = Vec::new();
    for kept in oldest {
        let why = if now.saturating_sub(kept.at) > limits.age {
            DeletedFor::Age
        } else if total > limits.bytes {
            DeletedFor::Size
        } else {
            continue;
        };
        total = total.saturating_sub(kept.bytes);
        go.push(Going {
            kept: kept.clone(),
            why,
        });
    }
    go
}

/// Deletes what is to go at `now`; says what went, here and to the town. One that cannot be deleted is
/// left for the next time and does not keep the others.
pub(crate) fn sweep(recordings: &Path, limits: Limits, now: i64) -> io::Result<Vec<Going>> {
    let mut gone = Vec::new();
    for going in choose(&survey(recordings)?, limits, now) {
        let (run, why) = (&going.kept.run, going.why);
        match remove(&going.kept) {
            Ok(true) => {
                let bytes = going.kept.bytes;
                let news = RecordingNews::Deleted { bytes, why };
                if let Err(error) = leave_news(recordings, run, news) {
                    tracing::warn!(%run, %error, "the town will not hear that a recording went");
                }
                gone.push(going);
            }
            Ok(false) => {}
            Err(error) => tracing::warn!(%run, %error, "a recording stays"),
        }
    }
    Ok(gone)
}

/// Deletes a recording, unless it lives after all; says whether it did. Its head goes first, so that
/// a half-deleted one is not taken for a recording.
fn remove(kept: &Kept) -> io::Result<bool> {
    if is_living(&kept.folder)? {
        return Ok(false);
    }
    match std::fs::remove_file(kept.folder.join("about.json")) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    std::fs::remove_dir_all(&kept.folder)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::super::{About, Writer};
    use super::*;

    fn kept(run: &str, at: i64, bytes: u64, living: bool) -> Kept {
        Kept {
            run: run.to_owned(),
            folder: PathBuf::new(),
            at,
            bytes,
            living,
        }
    }

    #[test]
    fn the_oldest_ended_recordings_go_and_a_living_one_never() {
        let day = 24 * 3_600_000;
        let all = [
            kept("living", 0, 1_000, true),
            kept("old", day, 10, false),
            kept("middle", 10 * day, 500, false),
            kept("new", 11 * day, 100, false),
        ];
        let table: [(u32, u64, i64, &[&str]); 5] = [
            (14, 10_000, 11 * day, &[]),
            (14, 10_000, 16 * day, &["old"]),
            (14, 1_600, 11 * day, &["old"]),
            (14, 1_100, 11 * day, &["old", "middle"]),
            (14, 0, 400 * day, &["old", "middle", "new"]),
        ];
        for (days, bytes, now, expected) in table {
            let go = choose(&all, Limits::new(days, bytes), now);
            let names: Vec<&str> = go.iter().map(|going| going.kept.run.as_str()).collect();
            assert_eq!(names, expected, "{days} days, {bytes} bytes, {now}");
        }
    }

    #[test]
    fn a_recording_lives_as_long_as_its_writer() {
        let dir = tempfile::tempdir().unwrap();
        let about = About {
            version: 2,
            run: "tb.Toast.1.1".to_owned(),
            began: 0,
            size: (80, 24),
            terminal: true,
            program: "sh".to_owned(),
        };
        let writer = Writer::begin(&dir.path().join("tb.Toast.1.1"), &about).unwrap();
        std::fs::create_dir(dir.path().join("other")).unwrap();
        let all = survey(dir.path()).unwrap();
        assert_eq!(all.len(), 1);
        assert!(all[0].living && all[0].bytes > 0);
        assert!(!remove(&all[0]).unwrap());
        assert!(all[0].folder.is_dir());
        drop(writer);
        let limits = Limits::new(14, 0);
        let gone = sweep(dir.path(), limits, all[0].at).unwrap();
        assert_eq!(gone.len(), 1);
        assert_eq!(gone[0].why, DeletedFor::Size);
        let told = super::super::collect_news(dir.path()).unwrap();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(survey(dir.path()).unwrap(), []);
        assert!(dir.path().join("other").is_dir());
    }
}
