//! Times whole processes, round after round, and puts what came of it in order.

use std::time::Duration;

use crate::once::once;
use crate::support::run::Run;

/// Something to measure.
pub(crate) struct Case<'a> {
    pub(crate) name: &'static str,
    pub(crate) mode: &'static str,
    pub(crate) run: Box<dyn Fn() -> Run + 'a>,
}

/// What came of a case; times in milliseconds.
#[derive(Clone, Debug)]
pub(crate) struct Numbers {
    pub(crate) name: &'static str,
    pub(crate) mode: &'static str,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    /// User and system time, median.
    pub(crate) cpu: f64,
    /// Median against the first case's.
    pub(crate) ratio: f64,
}

/// Runs every case once per round.
pub(crate) fn measure(rounds: usize, cases: &[Case<'_>]) -> Vec<Numbers> {
    let mut times: Vec<Vec<(Duration, Duration)>> = vec![Vec::new(); cases.len()];
    for round in 0..=rounds {
        for (case, times) in cases.iter().zip(&mut times) {
            let taken = once(&(case.run)());
            // The first round warms caches and is not counted.
            if round > 0 {
                times.push(taken);
            }
        }
    }
    let mut first = None;
    cases
        .iter()
        .zip(&times)
        .map(|(case, times)| {
            let wall = sorted(times.iter().map(|(wall, _)| *wall));
            let cpu = sorted(times.iter().map(|(_, cpu)| *cpu));
            let p50 = share(&wall, 50);
            let base = *first.get_or_insert(p50);
            Numbers {
                name: case.name,
                mode: case.mode,
                p50,
                p99: share(&wall, 99),
                cpu: share(&cpu, 50),
                ratio: p50 / base,
            }
        })
        .collect()
}

fn sorted(times: impl Iterator<Item = Duration>) -> Vec<Duration> {
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    times
}

/// The time that so many percent do not exceed, in milliseconds.
fn share(sorted: &[Duration], percent: usize) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let at = (sorted.len() * percent / 100).min(last);
    sorted
        .get(at)
        .map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}
