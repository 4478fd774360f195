//! The formulas that are in the program: file name and text of each.

/// Every formula of `formulas/`.
pub const FORMULAS: &[(&str, &str)] = &[
    (
        "mol-bug-fix.toml",
        include_str!("../../formulas/mol-bug-fix.toml"),
    ),
    (
        "mol-feature-standard.toml",
        include_str!("../../formulas/mol-feature-standard.toml"),
    ),
    (
        "mol-scraper-build.toml",
        include_str!("../../formulas/mol-scraper-build.toml"),
    ),
    (
        "mol-strategy-backtest.toml",
        include_str!("../../formulas/mol-strategy-backtest.toml"),
    ),
];
