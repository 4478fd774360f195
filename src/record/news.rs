//! What happens to recordings and the town should hear of: deleted, stopped, going on.
//!
//! Each piece of news is an empty file in `.gt/recordings/.news` whose name says it: that takes no
//! room on a full disk, and waits for an engine that is away. Whoever deletes or records leaves it;
//! the engine collects it. A name that says nothing is nobody's news and is removed.

#![expect(
    clippy::disallowed_methods,
    reason = "this module is the owner of recording files, and orders them by the wall clock"
)]

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::{DeletedFor, RecordingNews, RunId, StoppedBy};
use crate::support::files;

const FOLDER: &str = ".news";
/// Most that is collected at a time.
const AT_ONCE: usize = 500;
/// Orders what one process leaves within a microsecond.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// Leaves news of a run's recording for the town.
pub(crate) fn leave_news(recordings: &Path, run: &str, news: RecordingNews) -> io::Result<()> {
    let folder = recordings.join(FOLDER);
    files::private_dir(&folder)?;
    let at = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_micros());
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    let Some(words) = words(news) else {
        return Ok(());
    };
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(folder.join(format!("{at:020}-{next:06}.{words}.{run}")))
        .map(drop)
}

/// Takes what was left, oldest first, at most some hundred pieces at a time.
pub(crate) fn collect_news(recordings: &Path) -> io::Result<Vec<(RunId, RecordingNews)>> {
    let folder = recordings.join(FOLDER);
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry?.file_name());
    }
    names.sort();
    let mut found = Vec::new();
    for name in names.into_iter().take(AT_ONCE) {
        // First removed, then told: news that cannot be removed would be told for ever.
        std::fs::remove_file(folder.join(&name))?;
        found.extend(name.to_str().and_then(read));
    }
    Ok(found)
}

fn words(news: RecordingNews) -> Option<String> {
    Some(match news {
        RecordingNews::Deleted { bytes, why } => match why {
            DeletedFor::Age => format!("deleted.{bytes}.age"),
            DeletedFor::Size => format!("deleted.{bytes}.size"),
        },
        RecordingNews::Stopped { at, why } => match why {
            StoppedBy::DiskFull => format!("stopped.{at}.full"),
            StoppedBy::DiskFailed => format!("stopped.{at}.failed"),
            StoppedBy::Limit => format!("stopped.{at}.limit"),
        },
        RecordingNews::Resumed { lost } => format!("resumed.{lost}.again"),
        RecordingNews::Other => return None,
    })
}

fn read(name: &str) -> Option<(RunId, RecordingNews)> {
    let mut parts = name.splitn(5, '.').skip(1);
    let (what, number, why, run) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let number: u64 = number.parse().ok()?;
    let deleted = |why| RecordingNews::Deleted { bytes: number, why };
    let stopped = |why| RecordingNews::Stopped { at: number, why };
    let news = match (what, why) {
        ("deleted", "age") => deleted(DeletedFor::Age),
        ("deleted", "size") => deleted(DeletedFor::Size),
        ("stopped", "full") => stopped(StoppedBy::DiskFull),
        ("stopped", "failed") => stopped(StoppedBy::DiskFailed),
        ("stopped", "limit") => stopped(StoppedBy::Limit),
        ("resumed", "again") => RecordingNews::Resumed { lost: number },
        (_, _) => return None,
    };
    Some((RunId::parse(run).ok()?, news))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_is_collected_once_in_order_and_nonsense_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(collect_news(dir.path()).unwrap(), []);
        let all = [
            RecordingNews::Stopped {
                at: 70_000,
                why: StoppedBy::DiskFull,
            },
            RecordingNews::Resumed { lost: 12 },
            RecordingNews::Stopped {
                at: u64::MAX,
                why: StoppedBy::DiskFailed,
            },
            RecordingNews::Stopped {
                at: 1 << 30,
                why: StoppedBy::Limit,
            },
            RecordingNews::Deleted {
                bytes: 0,
                why: DeletedFor::Age,
            },
            RecordingNews::Deleted {
                bytes: 99,
                why: DeletedFor::Size,
            },
        ];
        for news in all {
            leave_news(dir.path(), "tb.Toast.7.2", news).unwrap();
        }
        for name in [
            "x",
            "0.deleted.1.age",
            "0.deleted.1.age.../../x",
            "0.stopped.-1.full.a",
        ] {
            std::fs::write(dir.path().join(FOLDER).join(name.replace('/', "_")), "").unwrap();
        }
        let run = RunId::parse("tb.Toast.7.2").unwrap();
        let found = collect_news(dir.path()).unwrap();
        assert_eq!(found, all.map(|news| (run.clone(), news)));
        assert_eq!(collect_news(dir.path()).unwrap(), []);
        assert_eq!(
            std::fs::read_dir(dir.path().join(FOLDER)).unwrap().count(),
            0
        );
    }
}
