//! The formulas that a new town is given, each marked with the digest of its text so that an edited one is told apart.

use sha2::{Digest, Sha256};

/// File name and text of each formula.
pub const FORMULAS: &[(&str, &str)] = &[
    (
        "mol-scraper-build.toml",
        include_str!("../../../formulas/mol-scraper-build.toml"),
    ),
    (
        "mol-strategy-backtest.toml",
        include_str!("../../../formulas/mol-strategy-backtest.toml"),
    ),
    (
        "mol-feature-standard.toml",
        include_str!("../../../formulas/mol-feature-standard.toml"),
    ),
    (
        "mol-bug-fix.toml",
        include_str!("../../../formulas/mol-bug-fix.toml"),
    ),
];

const MARK: &str = "# Given with the town; unedited while the rest has sha256 ";

/// Whether a text is a formula that was written into a town, and nobody has changed it since.
pub fn is_given_formula(text: &str) -> bool {
    let parts = text
        .strip_prefix(MARK)
        .and_then(|text| text.split_once('\n'));
    parts.is_some_and(|(mark, rest)| mark.trim_end() == digest(rest))
}

/// A formula as it is written into a town.
pub fn given_formula(text: &str) -> String {
    format!("{MARK}{}\n{text}", digest(text))
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Step ids and needs of a formula.
    fn steps(text: &str) -> Vec<(String, Vec<String>)> {
        let table: toml::Table = text.parse().expect("formula");
        let words = |value: Option<&toml::Value>| -> Vec<String> {
            let items = value
                .and_then(toml::Value::as_array)
                .cloned()
                .unwrap_or_default();
            items
                .iter()
                .filter_map(|item| item.as_str().map(str::to_owned))
                .collect()
        };
        table["steps"]
            .as_array()
            .expect("steps")
            .iter()
            .map(|step| {
                (
                    step["id"].as_str().expect("id").to_owned(),
                    words(step.get("needs")),
                )
            })
            .collect()
    }

    #[test]
    fn the_formulas_keep_the_steps_of_the_document() {
        let chain = |ids: &[&str]| -> Vec<(String, Vec<String>)> {
            let mut before: Option<&str> = None;
            ids.iter()
                .map(|id| {
                    let needs = before.replace(id).into_iter().map(str::to_owned).collect();
                    ((*id).to_owned(), needs)
                })
                .collect()
        };
        let text = |name: &str| {
            FORMULAS
                .iter()
                .find(|(file, _)| *file == name)
                .expect(name)
                .1
        };
        assert_eq!(
            steps(text("mol-scraper-build.toml")),
            chain(&["design", "implement", "test", "integrate"])
        );
        assert_eq!(
            steps(text("mol-strategy-backtest.toml")),
            chain(&["research", "implement", "backtest", "risk-validate"])
        );
        for (file, inner, variables) in [
            (
                "mol-scraper-build.toml",
                "scraper-build",
                vec!["data_name", "endpoint"],
            ),
            (
                "mol-strategy-backtest.toml",
                "strategy-backtest",
                vec!["strategy_name"],
            ),
            ("mol-feature-standard.toml", "feature-standard", vec![]),
            ("mol-bug-fix.toml", "bug-fix", vec![]),
        ] {
            let table: toml::Table = text(file).parse().expect(file);
            assert_eq!(table["formula"].as_str(), Some(inner));
            assert_eq!(table["type"].as_str(), Some("workflow"));
            let mut required: Vec<&str> = table
                .get("vars")
                .and_then(toml::Value::as_table)
                .into_iter()
                .flatten()
                .filter(|(_, about)| {
                    about.get("required").and_then(toml::Value::as_bool) == Some(true)
                })
                .map(|(name, _)| name.as_str())
                .collect();
            required.sort_unstable();
            assert_eq!(required, variables, "{file}");
        }
    }

    #[test]
    fn a_mark_tells_an_edited_formula_apart() {
        let whole = given_formula("formula = \"x\"\n");
        let (mark, rest) = whole.split_once('\n').expect("two parts");
        assert_eq!(mark.strip_prefix(MARK), Some(digest(rest).as_str()));
        assert!(is_given_formula(&whole));
        assert!(!is_given_formula(&whole.replace('x', "y")));
        assert!(!is_given_formula(rest));
        assert!(whole.parse::<toml::Table>().is_ok());
    }
}
