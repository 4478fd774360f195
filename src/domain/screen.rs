//! A terminal's screen as data: what the host tells the engine and any viewer.

use serde::{Deserialize, Serialize};

/// How a stretch of a row looks. Colours are `#rrggbb`, an index `0`..`255` as text, or absent for the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Style {
    /// Text colour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fg: Option<String>,
    /// Background colour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bg: Option<String>,
    /// Any of `b`old, `d`im, `i`talic, `u`nderline, `r`everse, `s`trike, `h`idden.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub flags: String,
}

/// One row: its text without trailing blanks, and runs of (columns, style) where it is styled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenRow {
    /// The text, already free of control characters.
    pub text: String,
    /// Styled stretches from the left: width in columns and style.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<(u16, Style)>,
}

/// What a terminal shows (DECISIONS 10): at most the bottom 40 rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenView {
    /// Grows with every change.
    pub rev: u64,
    /// A digest of rows and cursor; equal screens have equal digests.
    pub hash: u64,
    /// Columns and rows of the whole terminal.
    pub size: (u16, u16),
    /// The title that the program set, sanitised.
    pub title: String,
    /// Column and row of the cursor, counted from the top of the whole screen; `None` when hidden.
    pub cursor: Option<(u16, u16)>,
    /// Whether the program uses the alternate screen.
    pub alternate: bool,
    /// Whether the program asked for bracketed paste.
    pub bracketed_paste: bool,
    /// The bottom rows, top first.
    pub rows: Vec<ScreenRow>,
}

impl ScreenView {
    /// The rows' text joined by line ends.
    pub fn text(&self) -> String {
        let lines: Vec<&str> = self.rows.iter().map(|row| row.text.as_str()).collect();
        lines.join("\n")
    }
}
