//! Processes that a test started, found by the test's own folder in their environment.
//!
//! A process is ended by its number only while its start time is the one that was seen. Elsewhere
//! than on Linux nothing is found, and only what the town itself ends is ended.

use std::path::Path;

/// A process, sure to be the same one later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) pid: i32,
    pub(crate) started: u64,
    pub(crate) line: String,
}

impl Process {
    /// Ends it, if it is still the same.
    pub(crate) fn kill(&self) {
        if start_time(self.pid) == Some(self.started)
            && let Some(pid) = rustix::process::Pid::from_raw(self.pid)
        {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    }
}

/// When a living process was started; `None` when it is gone or only waits to be reaped.
pub(crate) fn start_time(pid: i32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace();
    if matches!(fields.next(), Some("Z" | "X")) {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

/// Whether a process lives.
pub(crate) fn alive(pid: i32) -> bool {
    start_time(pid).is_some()
}

/// The living processes whose environment or arguments name `dir`, this one left out.
pub(crate) fn processes_naming(dir: &Path) -> Vec<Process> {
    let needle = dir.as_os_str().as_encoded_bytes();
    let me = i32::try_from(std::process::id()).unwrap_or_default();
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
        .filter(|pid| *pid != me)
        .filter_map(|pid| {
            let started = start_time(pid)?;
            let read =
                |what: &str| std::fs::read(format!("/proc/{pid}/{what}")).unwrap_or_default();
            let line = read("cmdline");
            let names = |bytes: &[u8]| bytes.windows(needle.len()).any(|part| part == needle);
            (names(&line) || names(&read("environ"))).then(|| Process {
                pid,
                started,
                line: String::from_utf8_lossy(&line).replace('\0', " "),
            })
        })
        .collect()
}
