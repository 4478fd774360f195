//! Long runs of the random tests: `cargo test --release --test campaign -- NAME --seconds N --seed S`.
//!
//! `towns` lives beside the engine's internals, so it is the crate's own test run with a time and a
//! seed. `terminals`, `endless`, `feed` run here, in a process of their own, so that its memory and time are
//! those of the screens; `writers` runs the programs. Without a name `terminals` and `endless` run shortly and the others are only named, so
//! that `cargo test` stays short.

#![cfg(test)]
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "runs cargo on this package, reads its own memory and time, and says what came of it"
)]

#[path = "campaign/endless.rs"]
mod endless;
#[path = "campaign/feed.rs"]
mod feed;
#[path = "support/journal.rs"]
mod journal;
#[path = "campaign/streams.rs"]
mod streams;
#[path = "support/mod.rs"]
mod support;
#[path = "campaign/terminals.rs"]
mod terminals;

use std::process::{Command, ExitCode};
use std::time::Duration;

use terminals::Extent;

/// The test that the campaign `towns` runs.
const TOWNS: &str = "engine::tests::runs::random_towns_keep_the_contract";
/// Rounds of terminals in `cargo test`.
const SHORT: u64 = 78;
/// Megabytes of one string or line without an end, when it is asked for by name.
const ENDLESS: u64 = 1000;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let value = |flag: &str, default: u64| {
        let place = words.iter().position(|word| word == flag);
        place
            .and_then(|place| words.get(place + 1))
            .and_then(|word| word.parse().ok())
            .unwrap_or(default)
    };
    let (seconds, seed) = (value("--seconds", 60), value("--seed", 1));
    match words.first().map(String::as_str) {
        Some("towns") => towns(seconds, seed),
        Some("terminals") => {
            let time = Duration::from_secs(seconds);
            terminals(Extent::Time(time), seed)
        }
        Some("endless") => endless(Some(value("--megabytes", ENDLESS))),
        Some("feed") => {
            feed::run(seconds, seed);
            ExitCode::SUCCESS
        }
        Some("writers") => writers(seconds, seed),
        Some(_) | None => {
            println!("campaigns: towns, writers, terminals, endless, feed");
            println!(
                "  cargo test --release --test campaign -- towns|writers|terminals|feed --seconds 60 --seed 1"
            );
            println!("  cargo test --release --test campaign -- endless --megabytes 1000");
            let terminals = terminals(Extent::Rounds(SHORT), 1);
            let endless = endless(None);
            if terminals == ExitCode::SUCCESS {
                endless
            } else {
                terminals
            }
        }
    }
}

fn terminals(extent: Extent, seed: u64) -> ExitCode {
    match terminals::run(extent, seed) {
        Ok(report) => {
            println!(
                "terminals: seed {seed}, {} rounds, {} bytes, slowest 4 KiB {:.1} ms ({}), grown by {}",
                report.rounds,
                report.bytes,
                report.slowest.0.as_secs_f64() * 1000.0,
                report.slowest.1,
                report
                    .growth
                    .map_or_else(|| "?".to_owned(), |bytes| format!("{} KiB", bytes / 1024)),
            );
            ExitCode::SUCCESS
        }
        Err(fault) => {
            println!("terminals: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn endless(megabytes: Option<u64>) -> ExitCode {
    match endless::run(megabytes) {
        Ok(lines) => {
            for line in lines {
                println!("endless: {line}");
            }
            ExitCode::SUCCESS
        }
        Err(fault) => {
            println!("endless: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn writers(seconds: u64, seed: u64) -> ExitCode {
    let report = journal::run(Duration::from_secs(seconds), seed);
    println!(
        "writers: seed {seed}, {} acknowledged, {} writers and {} engines killed, {} times unreachable, {} beads at the end",
        report.acknowledged,
        report.killed_writers,
        report.killed_engines,
        report.unreachable,
        report.beads
    );
    for fault in &report.faults {
        println!("writers: {fault}");
    }
    if report.faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn towns(seconds: u64, seed: u64) -> ExitCode {
    let status = Command::new(env!("CARGO"))
        .args([
            "test",
            "--release",
            "--lib",
            TOWNS,
            "--",
            "--exact",
            "--nocapture",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("GT_CAMPAIGN_SECONDS", seconds.to_string())
        .env("GT_CAMPAIGN_SEED", seed.to_string())
        .status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(status) => {
            println!("the campaign failed: {status}");
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("cargo cannot be run: {error}");
            ExitCode::FAILURE
        }
    }
}
