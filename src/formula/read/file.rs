//! The text of one file, in TOML or the older JSON form.

use super::super::model::Formula;
use super::super::node::{self, Table};
use super::super::problem::Problems;
use super::top;

/// Reads a formula in TOML, with what is doubtful about it.
pub fn read_toml(text: &str, file: &str) -> Result<(Formula, Problems), Problems> {
    let mut out = Problems::of(file);
    let table = node::toml(text, &mut out);
    whole(&table, file, out)
}

/// Reads a formula in the older form, JSON.
pub fn read_json(text: &str, file: &str) -> Result<(Formula, Problems), Problems> {
    let mut out = Problems::of(file);
    let table = node::json(text, &mut out);
    whole(&table, file, out)
}

fn whole(table: &Table, file: &str, mut out: Problems) -> Result<(Formula, Problems), Problems> {
    let torn = out.failed();
    let mut found = Problems::of(file);
    let formula = top::formula(table, file, &mut found);
    // After an error of the syntax a part is missing: what is missing is not to be complained about too.
    if !torn {
        out.take(found);
    }
    if out.failed() {
        Err(out)
    } else {
        Ok((formula, out))
    }
}
