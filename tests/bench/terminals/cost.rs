//! What processes cost: resident memory, processor time, threads, children that they had.

use std::time::Duration;

use crate::support::process::Process;

/// Resident memory of all of them, in MB.
pub(crate) fn resident(processes: &[Process]) -> f64 {
    let kilobytes: f64 = processes
        .iter()
        .filter_map(|process| {
            let text = std::fs::read_to_string(format!("/proc/{}/status", process.pid)).ok()?;
            let line = text.lines().find(|line| line.starts_with("VmRSS:"))?;
            line.split_ascii_whitespace().nth(1)?.parse::<f64>().ok()
        })
        .sum();
    kilobytes / 1024.0
}

/// Threads of all of them.
pub(crate) fn threads(processes: &[Process]) -> usize {
    processes
        .iter()
        .filter_map(|process| std::fs::read_dir(format!("/proc/{}/task", process.pid)).ok())
        .map(Iterator::count)
        .sum()
}

/// Processor time of all of them since they began, ended threads included.
pub(crate) fn cpu(processes: &[Process]) -> Duration {
    // The kernel counts in hundredths of a second, whatever its own clock.
    let ticks: u64 = processes
        .iter()
        .map(|process| field(process, 11) + field(process, 12))
        .sum();
    Duration::from_millis(ticks * 10)
}

/// Grows with every child that one of them has collected: page faults of children.
pub(crate) fn of_children(processes: &[Process]) -> u64 {
    processes.iter().map(|process| field(process, 8)).sum()
}

/// A number of `/proc/PID/stat`, counted from the state, which is 0.
fn field(process: &Process, at: usize) -> u64 {
    std::fs::read_to_string(format!("/proc/{}/stat", process.pid))
        .ok()
        .and_then(|stat| {
            let (_, after_name) = stat.rsplit_once(')')?;
            let field = after_name.split_ascii_whitespace().nth(at)?;
            field.parse().ok()
        })
        .unwrap_or_default()
}

/// The share of all runs that lie at or below it, in percent.
pub(crate) fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let at = (sorted.len() * percent / 100).min(last);
    sorted.get(at).copied().unwrap_or_default()
}
