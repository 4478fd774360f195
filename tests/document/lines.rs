//! Every command line of the user's document, in its order, as it stands there.
//!
//! A line is never edited to make it pass; what it must do is the mark beside it. The list of
//! lines that do not work yet may only shrink.

/// What must hold when a line is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It succeeds and says all of this.
    Works(&'static [&'static str]),
    /// It names a placeholder that was never made: not found, answered with what fits (DOCUMENT 25).
    Unknown(&'static [&'static str]),
    /// It is not there yet; the subject under which it comes.
    NotYet(&'static str),
    /// The README's own installation stands in its place (DOCUMENT 1).
    Replaced,
}

/// A command line of the document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    /// Where it stands in the document.
    pub(crate) at: u32,
    /// As it stands there.
    pub(crate) text: &'static str,
    /// What must hold.
    pub(crate) mark: Mark,
    /// The name that later lines use for the bead that this one makes.
    pub(crate) returns: Option<&'static str>,
}

const fn line(at: u32, text: &'static str, mark: Mark) -> Line {
    Line {
        at,
        text,
        mark,
        returns: None,
    }
}

const fn returning(at: u32, text: &'static str, name: &'static str) -> Line {
    Line {
        at,
        text,
        mark: Mark::Works(&["tb-"]),
        returns: Some(name),
    }
}

/// At most so many lines do not work yet.
pub(crate) const NOT_YET_AT_MOST: usize = 20;

pub(crate) const LINES: &[Line] = &[
    line(
        77,
        "go install github.com/steveyegge/gastown/cmd/gt@latest",
        Mark::Replaced,
    ),
    line(
        78,
        "go install github.com/steveyegge/beads/cmd/bd@latest",
        Mark::Replaced,
    ),
    line(81, "gt version", Mark::Works(&["gt"])),
    line(82, "bd version", Mark::Works(&["bd"])),
    line(85, "brew install tmux   # macOS", Mark::Replaced),
    line(
        92,
        "gt install ~/gt --name trading-hq --shell",
        Mark::Works(&["trading-hq"]),
    ),
    line(
        105,
        "gt rig add tradingbot https://github.com/aadhar99/gtTradingBot.git",
        Mark::Works(&["tb"]),
    ),
    line(
        120,
        "gt config agent list",
        Mark::Works(&["claude", "gemini", "codex"]),
    ),
    line(
        124,
        r#"gt config agent set claude-infra "claude --model haiku --dangerously-skip-permissions""#,
        Mark::Works(&["claude-infra"]),
    ),
    line(
        125,
        r#"gt config agent set claude-mayor "claude --model sonnet""#,
        Mark::Works(&["claude-mayor"]),
    ),
    line(
        126,
        r#"gt config agent set claude-crew "claude --model sonnet""#,
        Mark::Works(&["claude-crew"]),
    ),
    line(
        129,
        r#"gt config agent set gemini-worker "gemini""#,
        Mark::Works(&["gemini-worker"]),
    ),
    line(
        132,
        "gt config default-agent claude-infra",
        Mark::Works(&["claude-infra"]),
    ),
    line(172, "gt start", Mark::NotYet("town: gt start")),
    line(
        175,
        "gt rig boot tradingbot",
        Mark::NotYet("town: gt rig boot"),
    ),
    line(178, "gt up", Mark::Works(&[])),
    line(
        184,
        "gt doctor              # Run health checks",
        Mark::NotYet("town: doctor"),
    ),
    line(
        185,
        "gt doctor --fix        # Auto-repair common issues",
        Mark::NotYet("town: doctor"),
    ),
    line(
        186,
        "gt status              # Show workspace status",
        Mark::Works(&["trading-hq"]),
    ),
    returning(
        199,
        r#"bd create --title "Add MACD crossover signal to MomentumAgent" --type task"#,
        "tb-abc",
    ),
    returning(
        202,
        r#"bd create --title "Add Fibonacci retracement levels to DataPreprocessor" --type task"#,
        "tb-def",
    ),
    returning(
        205,
        r#"bd create --title "Add portfolio rebalancing logic" --type task"#,
        "tb-ghi",
    ),
    line(
        209,
        r#"gt convoy create "Technical Indicators v2" tb-abc tb-def tb-ghi --notify human"#,
        Mark::Works(&["Technical Indicators v2"]),
    ),
    line(
        212,
        "gt sling tb-abc tradingbot --agent gemini-worker",
        Mark::Works(&["Toast"]),
    ),
    line(
        213,
        "gt sling tb-def tradingbot --agent gemini-worker",
        Mark::Works(&["Shadow"]),
    ),
    line(
        214,
        "gt sling tb-ghi tradingbot --agent gemini-worker",
        Mark::Works(&["Copper"]),
    ),
    line(
        217,
        "gt convoy list                    # Dashboard view",
        Mark::Works(&["Technical Indicators v2"]),
    ),
    line(
        218,
        "gt convoy status hq-cv-xyz       # Detailed progress",
        Mark::Unknown(&["no convoy `hq-cv-xyz`", "Technical Indicators v2"]),
    ),
    line(
        219,
        "gt feed                           # Real-time activity feed",
        Mark::Works(&[]),
    ),
    line(234, "bd cook mol-strategy-dev", Mark::NotYet("formulas")),
    line(
        235,
        "bd mol pour mol-strategy-dev --var strategy=momentum_v2",
        Mark::NotYet("formulas"),
    ),
    line(
        238,
        "gt sling mol-strategy-dev tradingbot",
        Mark::NotYet("formulas"),
    ),
    line(
        247,
        "gt start crew tradingbot/architect --agent claude-crew",
        Mark::NotYet("town: crew"),
    ),
    line(250, "gt crew at architect", Mark::NotYet("town: crew")),
    returning(
        260,
        r#"bd create --title "Fix NSE bulk deals parser for new API format" --type bug"#,
        "tb-xyz",
    ),
    line(
        264,
        "gt sling tb-xyz tradingbot --agent gemini-worker",
        Mark::Works(&["gt peek tradingbot/"]),
    ),
    line(
        311,
        "go install github.com/steveyegge/gastown/cmd/gt@latest",
        Mark::Replaced,
    ),
    line(
        312,
        "go install github.com/steveyegge/beads/cmd/bd@latest",
        Mark::Replaced,
    ),
    line(
        317,
        "gt install ~/gt --name trading-hq --shell --git",
        Mark::Works(&["trading-hq"]),
    ),
    line(
        322,
        "gt rig add tradingbot https://github.com/YOUR_USER/Claude-code.git",
        Mark::Works(&["tb"]),
    ),
    line(
        327,
        r#"gt config agent set claude-mayor "claude --model sonnet""#,
        Mark::Works(&[]),
    ),
    line(
        328,
        r#"gt config agent set claude-infra "claude --model haiku --dangerously-skip-permissions""#,
        Mark::Works(&[]),
    ),
    line(
        329,
        r#"gt config agent set gemini-worker "gemini""#,
        Mark::Works(&[]),
    ),
    line(
        330,
        "gt config default-agent claude-infra",
        Mark::Works(&[]),
    ),
    line(335, "gt doctor --fix", Mark::NotYet("town: doctor")),
    line(336, "gt status", Mark::Works(&["trading-hq"])),
    line(343, "gt up", Mark::Works(&[])),
    line(
        348,
        r#"bd create --title "Add unit tests for BulkDealsScraper.parse()" --type task"#,
        Mark::Works(&[]),
    ),
    line(
        349,
        "gt sling tb-xxx tradingbot --agent gemini-worker",
        Mark::Unknown(&[
            "no bead `tb-xxx`",
            "Add unit tests for BulkDealsScraper.parse()",
        ]),
    ),
    line(
        354,
        "gt peek tradingbot/Toast       # See what the Gemini worker is doing",
        Mark::Unknown(&["Toast"]),
    ),
    line(
        355,
        "gt convoy list                  # Check convoy status",
        Mark::Works(&[]),
    ),
    line(
        356,
        "gt feed                         # Real-time activity",
        Mark::Works(&[]),
    ),
    line(
        361,
        "gt mq list tradingbot           # Check merge queue",
        Mark::Works(&[]),
    ),
    line(444, "bd cook scraper-build", Mark::NotYet("formulas")),
    line(445, "bd cook strategy-backtest", Mark::NotYet("formulas")),
    returning(
        454,
        r#"bd create --title "Options chain scraper" --type task           # tb-001"#,
        "tb-001",
    ),
    returning(
        455,
        r#"bd create --title "Insider trading scraper" --type task          # tb-002"#,
        "tb-002",
    ),
    returning(
        456,
        r#"bd create --title "VWAP strategy agent" --type task             # tb-003"#,
        "tb-003",
    ),
    returning(
        457,
        r#"bd create --title "Streamlit P&L dashboard" --type task         # tb-004"#,
        "tb-004",
    ),
    line(
        460,
        r#"gt convoy create "Week 3 Sprint" tb-001 tb-002 tb-003 tb-004 --notify human"#,
        Mark::Works(&["Week 3 Sprint"]),
    ),
    line(
        463,
        r#"gt sling scraper-build --on tb-001 tradingbot --var endpoint="/api/option-chain" --var data_name="options_chain""#,
        Mark::NotYet("formulas"),
    ),
    line(
        464,
        r#"gt sling scraper-build --on tb-002 tradingbot --var endpoint="/api/insider-trading" --var data_name="insider_trading""#,
        Mark::NotYet("formulas"),
    ),
    line(
        465,
        r#"gt sling strategy-backtest --on tb-003 tradingbot --var strategy_name="VWAP""#,
        Mark::NotYet("formulas"),
    ),
    line(
        466,
        "gt sling tb-004 tradingbot   # Simple task, no formula needed",
        Mark::Works(&["Toast"]),
    ),
    line(
        479,
        "gt start crew tradingbot/architect --agent claude-crew",
        Mark::NotYet("town: crew"),
    ),
    line(
        496,
        "gt up                                    # Start all services",
        Mark::Works(&[]),
    ),
    line(
        497,
        "gt convoy list                           # See active work",
        Mark::Works(&[]),
    ),
    line(
        498,
        "gt feed                                  # Real-time activity stream",
        Mark::Works(&[]),
    ),
    line(
        499,
        "gt status                                # Overall health",
        Mark::Works(&["trading-hq"]),
    ),
    line(
        500,
        "gt down                                  # Pause everything (saves tokens)",
        Mark::Works(&[]),
    ),
    line(
        506,
        r#"bd create --title "..." --type task      # Create work item"#,
        Mark::Works(&[]),
    ),
    line(
        507,
        "gt sling tb-xxx tradingbot               # Dispatch to polecat",
        Mark::Unknown(&["no bead `tb-xxx`"]),
    ),
    line(
        508,
        r#"gt convoy create "Name" tb-a tb-b        # Track batch"#,
        Mark::Unknown(&["no bead `tb-a`"]),
    ),
    line(
        509,
        "gt convoy status hq-cv-xxx              # Check progress",
        Mark::Unknown(&["no convoy `hq-cv-xxx`", "Week 3 Sprint"]),
    ),
    line(
        510,
        "gt ready                                 # See unblocked work",
        Mark::Works(&[]),
    ),
    line(
        516,
        "gt peek tradingbot/Toast                 # See polecat output",
        Mark::Works(&[]),
    ),
    line(
        517,
        r#"gt nudge tradingbot/Toast "status?"      # Ask for status"#,
        Mark::Works(&[]),
    ),
    line(
        518,
        "gt mq list tradingbot                    # Merge queue",
        Mark::Works(&[]),
    ),
    line(
        519,
        "gt audit --actor=tradingbot/polecats/*   # Work history",
        Mark::NotYet("town: audit"),
    ),
    line(
        520,
        "gt doctor                                # Health check",
        Mark::NotYet("town: doctor"),
    ),
    line(
        526,
        "gt down --all                            # Stop everything",
        Mark::Works(&[]),
    ),
    line(
        527,
        "gt shutdown                              # Stop + cleanup polecats",
        Mark::NotYet("town: gt shutdown"),
    ),
    line(
        528,
        "gt polecat nuke Toast                    # Kill specific polecat",
        Mark::Works(&[]),
    ),
    line(
        529,
        r#"gt escalate "..." --severity critical    # Escalate to Mayor"#,
        Mark::NotYet("town: escalation"),
    ),
];
