//! How long whole processes take: `bd create`, `bd ready`, `gt status`, with the engine up and without.
//!
//! `cargo bench --bench whole -- [--rounds N] [--beads N] [--json] [--check FILE]`. Rounds are
//! interleaved, so that a busy moment hits every case alike; each round also starts `true`, and
//! ratios are taken against that. `--check` compares ratios with those of an earlier `--json`.

#![cfg(test)]
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark measures time, reads its stored results and prints"
)]

#[path = "../support/mod.rs"]
mod support;

mod measure;
mod once;

use std::process::ExitCode;

use measure::{Case, Numbers, measure};
use serde_json::{Value, json};
use support::TestTown;

/// A ratio may be so much worse than the stored one.
const TOLERANCE: f64 = 1.3;

struct Options {
    rounds: usize,
    beads: usize,
    json: bool,
    check: Option<String>,
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        rounds: 100,
        beads: 200,
        json: false,
        check: None,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        let number = |text: String| text.parse().map_err(|_| format!("{text} is no number"));
        match word.as_str() {
            "--rounds" => options.rounds = number(value()?)?,
            "--beads" => options.beads = number(value()?)?,
            "--json" => options.json = true,
            "--check" => options.check = Some(value()?),
            // Cargo adds this by itself.
            "--bench" => {}
            other => return Err(format!("{other} is not an option")),
        }
    }
    if options.rounds == 0 {
        return Err("--rounds needs at least 1".to_owned());
    }
    Ok(options)
}

fn town(beads: usize) -> TestTown {
    let town = TestTown::installed();
    for number in 0..beads {
        let title = format!("Bead number {number}");
        town.bd(&["create", &title, "--silent"]).ok();
    }
    town
}

fn cases<'a>(up: &'a TestTown, alone: &'a TestTown) -> Vec<Case<'a>> {
    let mut cases = vec![Case {
        name: "true",
        mode: "-",
        run: Box::new(|| up.program("true", up.home().as_path(), &[])),
    }];
    for (mode, town) in [("engine up", up), ("embedded", alone)] {
        cases.push(Case {
            name: "bd create",
            mode,
            run: Box::new(|| town.bd_run(&["create", "A measured bead", "--silent"])),
        });
        cases.push(Case {
            name: "bd ready",
            mode,
            run: Box::new(|| town.bd_run(&["ready", "--json"])),
        });
        cases.push(Case {
            name: "gt status",
            mode,
            run: Box::new(|| town.gt_run(&["status", "--json"])),
        });
    }
    cases
}

fn as_json(options: &Options, results: &[Numbers]) -> Value {
    let rows: Vec<Value> = results
        .iter()
        .map(|row| {
            json!({
                "name": row.name,
                "mode": row.mode,
                "p50_ms": row.p50,
                "p99_ms": row.p99,
                "cpu_ms": row.cpu,
                "ratio": row.ratio,
            })
        })
        .collect();
    json!({
        "rounds": options.rounds,
        "beads": options.beads,
        "optimised": !cfg!(debug_assertions),
        "results": rows,
    })
}

fn print_table(options: &Options, results: &[Numbers]) {
    println!(
        "{} rounds, {} beads at the start, {} build; milliseconds per whole process",
        options.rounds,
        options.beads,
        if cfg!(debug_assertions) {
            "debug"
        } else {
            "optimised"
        }
    );
    println!(
        "{:<12}{:<12}{:>8}{:>8}{:>8}{:>8}",
        "", "", "p50", "p99", "cpu", "/ true"
    );
    for row in results {
        println!(
            "{:<12}{:<12}{:>8.2}{:>8.2}{:>8.2}{:>8.1}",
            row.name, row.mode, row.p50, row.p99, row.cpu, row.ratio
        );
    }
}

/// The cases whose ratio is worse than in the stored file.
fn worse(stored: &Value, results: &[Numbers]) -> Vec<String> {
    let rows = stored.get("results").and_then(Value::as_array);
    results
        .iter()
        .filter_map(|row| {
            let before = rows?
                .iter()
                .find(|old| {
                    old.get("name") == Some(&json!(row.name))
                        && old.get("mode") == Some(&json!(row.mode))
                })?
                .get("ratio")?
                .as_f64()?;
            (row.ratio > before * TOLERANCE).then(|| {
                format!(
                    "{} ({}): {:.1} x `true`, was {before:.1}",
                    row.name, row.mode, row.ratio
                )
            })
        })
        .collect()
}

fn run() -> Result<(), String> {
    let options = options()?;
    let stored = match &options.check {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
            Some(serde_json::from_str(&text).map_err(|error| format!("{path}: {error}"))?)
        }
        None => None,
    };
    let up = town(options.beads);
    let alone = town(options.beads);
    up.gt(&["up"]).ok();
    let results = measure(options.rounds, &cases(&up, &alone));
    if options.json {
        println!("{}", as_json(&options, &results));
    } else {
        print_table(&options, &results);
    }
    let worse = stored.map_or_else(Vec::new, |stored| worse(&stored, &results));
    if worse.is_empty() {
        Ok(())
    } else {
        Err(worse.join("\n"))
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            println!("{reason}");
            ExitCode::FAILURE
        }
    }
}
