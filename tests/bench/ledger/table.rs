//! The results as tables, as JSON, and compared with stored ones.

use serde_json::{Value, json};

use super::measure::Numbers;
use super::options::Options;
use super::writers::Written;

/// A ratio may be so much worse than the stored one; the machine itself varies by 15 percent.
const TOLERANCE: f64 = 1.3;

pub(crate) fn as_json(options: &Options, rows: &[Numbers], written: &[Written]) -> Value {
    let results: Vec<Value> = rows
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
    let writers: Vec<Value> = written
        .iter()
        .map(|row| {
            json!({
                "clients": row.client.name(),
                "delay_ms": row.delay_ms,
                "acknowledged": row.acknowledged,
                "per_second": row.per_second,
                "commits_each": row.commits_each,
                "p50_ms": row.p50,
                "p99_ms": row.p99,
            })
        })
        .collect();
    json!({
        "rounds": options.rounds,
        "beads": options.sizes.beads,
        "edges": options.sizes.edges,
        "events": options.sizes.events,
        "optimised": !cfg!(debug_assertions),
        "results": results,
        "writers": writers,
    })
}

pub(crate) fn print(options: &Options, rows: &[Numbers], written: &[Written]) {
    println!(
        "{} rounds, {} beads, {} edges, {} events, {} build; milliseconds per whole process",
        options.rounds,
        options.sizes.beads,
        options.sizes.edges,
        options.sizes.events,
        if cfg!(debug_assertions) {
            "debug"
        } else {
            "optimised"
        }
    );
    println!(
        "{:<26}{:<12}{:>8}{:>8}{:>8}{:>8}",
        "", "", "p50", "p99", "cpu", "/ true"
    );
    for row in rows {
        println!(
            "{:<26}{:<12}{:>8.2}{:>8.2}{:>8.2}{:>8.1}",
            row.name, row.mode, row.p50, row.p99, row.cpu, row.ratio
        );
    }
    if written.is_empty() {
        return;
    }
    println!(
        "\n{:<16}{:>12}{:>14}{:>10}{:>14}{:>8}{:>8}",
        "", "per commit", "acknowledged", "a second", "commits each", "p50", "p99"
    );
    for row in written {
        println!(
            "{:<16}{:>9} ms{:>14}{:>10.0}{:>14.3}{:>8.2}{:>8.2}",
            row.client.name(),
            format!("+{}", row.delay_ms),
            row.acknowledged,
            row.per_second,
            row.commits_each,
            row.p50,
            row.p99
        );
    }
}

/// The commands whose ratio is worse than in the stored file.
pub(crate) fn worse(stored: &Value, results: &[Numbers]) -> Vec<String> {
    let rows = stored.get("results").and_then(Value::as_array);
    results
        .iter()
        .filter_map(|row| {
            let same = |old: &&Value| {
                old.get("name") == Some(&json!(row.name))
                    && old.get("mode") == Some(&json!(row.mode))
            };
            let before = rows?.iter().find(same)?.get("ratio")?.as_f64()?;
            (row.ratio > before * TOLERANCE).then(|| {
                format!(
                    "{} ({}): {:.1} x `true`, was {before:.1}",
                    row.name, row.mode, row.ratio
                )
            })
        })
        .collect()
}
