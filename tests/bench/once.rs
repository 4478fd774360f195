//! Times one whole process from start to exit, and its processor time.

use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use crate::support::run::Run;

/// Wall time from spawn to exit, and processor time.
pub(crate) fn once(run: &Run) -> (Duration, Duration) {
    let mut command = run.command();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let started = Instant::now();
    let mut child = command.spawn().unwrap();
    let pid = i32::try_from(child.id()).unwrap();
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    waitid(WaitId::Pid(Pid::from_raw(pid).unwrap()), options).unwrap();
    let wall = started.elapsed();
    let cpu = processor_time(pid);
    assert!(child.wait().unwrap().success());
    (wall, cpu)
}

/// Processor time of a process that has ended and is not reaped; zero where the system does not tell.
fn processor_time(pid: i32) -> Duration {
    let text = std::fs::read_to_string(format!("/proc/{pid}/schedstat")).unwrap_or_default();
    let nanos = text
        .split_ascii_whitespace()
        .next()
        .and_then(|word| word.parse().ok());
    Duration::from_nanos(nanos.unwrap_or_default())
}
