//! The demo's beads: titles, what they are about, and the script that does each.

use crate::domain::BeadType;

/// A bead of the demo.
#[derive(Debug)]
pub(super) struct Bead {
    /// Its title; the agent recognises it by this.
    pub(super) title: &'static str,
    /// What sort of work.
    pub(super) kind: BeadType,
    /// Longer text.
    pub(super) description: &'static str,
    /// The title of the bead that must be closed first.
    pub(super) after: Option<&'static str>,
    /// What the agent does.
    pub(super) script: &'static str,
}

/// All of them in the order in which they are slung. The two scrapers change the same line and are
/// slung together, so that one of them is sent back.
pub(super) const BEADS: &[Bead] = &[
    Bead {
        title: "Insider trading scraper",
        kind: BeadType::Task,
        description: "Parse the exchange's insider disclosures and collect them daily.",
        after: None,
        script: include_str!("work/insider_trading.script"),
    },
    Bead {
        title: "Options chain scraper",
        kind: BeadType::Task,
        description: "Parse the option chain and collect it daily.",
        after: None,
        script: include_str!("work/options_chain.script"),
    },
    Bead {
        title: "Fix NSE bulk deals parser for new API format",
        kind: BeadType::Bug,
        description: "Since January the feed is JSON lines; the parser still expects CSV.",
        after: None,
        script: include_str!("work/bulk_deals.script"),
    },
    Bead {
        title: "Add portfolio rebalancing logic",
        kind: BeadType::Task,
        description: "Given target weights, print the orders that restore them.",
        after: None,
        script: include_str!("work/rebalance.script"),
    },
    Bead {
        title: "Add MACD crossover signal to MomentumAgent",
        kind: BeadType::Task,
        description: "A second signal beside the moving averages.",
        after: None,
        script: include_str!("work/macd.script"),
    },
    Bead {
        title: "Add Fibonacci retracement levels to DataPreprocessor",
        kind: BeadType::Task,
        description: "Levels between the highest and the lowest close.",
        after: None,
        script: include_str!("work/fibonacci.script"),
    },
    Bead {
        title: "Streamlit P&L dashboard",
        kind: BeadType::Task,
        description: "Profit and loss per position; a text dashboard is enough here.",
        after: None,
        script: include_str!("work/dashboard.script"),
    },
    Bead {
        title: "Add unit tests for BulkDealsScraper.parse()",
        kind: BeadType::Task,
        description: "Empty input, short lines, header only, quantities with commas.",
        after: Some("Fix NSE bulk deals parser for new API format"),
        script: include_str!("work/parse_tests.script"),
    },
];

/// What an agent does with work that was sent back.
pub(super) const MEND: &str = include_str!("work/mend.script");
