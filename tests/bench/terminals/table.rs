//! The results as one table with ratios, as JSON, and compared with stored ones.

use serde_json::{Value, json};

use super::Program;
use super::cost::percentile;
use super::measures::Row;
use super::options::Options;

/// A ratio may be so much worse than the stored one; the machine itself varies by 15 percent.
const TOLERANCE: f64 = 1.3;

/// Ours against the best of the others; above 1 is behind.
fn ratio(rows: &[Row], what: &str) -> Option<f64> {
    let of = |row: &Row| percentile(&row.values, 50);
    let named = || rows.iter().filter(|row| row.what == what);
    let ours = named().find(|row| row.program == Program::Gt).map(of)?;
    let best = named()
        .filter(|row| row.program != Program::Gt)
        .map(of)
        .min_by(f64::total_cmp)?;
    (best > 0.0).then(|| ours / best)
}

/// What was measured, in the order of the first result.
fn names(rows: &[Row]) -> Vec<&'static str> {
    let mut names = Vec::new();
    for row in rows {
        if !names.contains(&row.what) {
            names.push(row.what);
        }
    }
    names
}

pub(crate) fn as_json(options: &Options, rows: &[Row], load: (f64, f64)) -> Value {
    let results: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "what": row.what,
                "program": row.program.name(),
                "median": percentile(&row.values, 50),
                "p99": percentile(&row.values, 99),
                "values": row.values.len(),
            })
        })
        .collect();
    let ratios: serde_json::Map<String, Value> = names(rows)
        .into_iter()
        .filter_map(|what| Some((what.to_owned(), json!(ratio(rows, what)?))))
        .collect();
    json!({
        "rounds": options.rounds,
        "keys": options.keys,
        "flood_mb": options.flood,
        "panes": options.panes,
        "optimised": !cfg!(debug_assertions),
        "load": [load.0, load.1],
        "results": results,
        "ratios": ratios,
    })
}

pub(crate) fn print(options: &Options, rows: &[Row], load: (f64, f64)) {
    println!(
        "{} rounds, {} keys a round, {} MB floods, {} panes, 200x50, load {:.1} to {:.1}; median / p99",
        options.rounds, options.keys, options.flood, options.panes, load.0, load.1
    );
    print!("{:<34}", "");
    for program in &options.targets {
        print!("{:>18}", program.name());
    }
    println!("{:>14}", "gt / best");
    for what in names(rows) {
        print!("{what:<34}");
        for program in &options.targets {
            let row = rows
                .iter()
                .find(|row| row.what == what && row.program == *program);
            let text = row.map_or_else(
                || "-".to_owned(),
                |row| match row.values.len() {
                    1 => format!("{:.2}", percentile(&row.values, 50)),
                    _ => format!(
                        "{:.2} / {:.2}",
                        percentile(&row.values, 50),
                        percentile(&row.values, 99)
                    ),
                },
            );
            print!("{text:>18}");
        }
        match ratio(rows, what) {
            Some(ratio) => println!("{ratio:>14.2}"),
            None => println!("{:>14}", "-"),
        }
    }
}

/// What has become worse since the stored run, by its ratio.
pub(crate) fn worse(stored: &Value, rows: &[Row]) -> Vec<String> {
    names(rows)
        .into_iter()
        .filter_map(|what| {
            let before = stored.get("ratios")?.get(what)?.as_f64()?;
            let now = ratio(rows, what)?;
            (now > before * TOLERANCE)
                .then(|| format!("{what}: {now:.2} x the best other, was {before:.2}"))
        })
        .collect()
}
