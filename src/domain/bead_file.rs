//! What is asked of the engine about whole files of beads: lines that come in, lines that go out.
//!
//! A file goes to the engine in batches that fit into one frame, and each batch is one transaction.

use serde::{Deserialize, Serialize};

use super::{BeadId, RigName};

/// The most bytes of lines in one batch or page, so that it fits into a frame whatever has to be
/// escaped; a longer line is put aside.
pub const BATCH_MAX: usize = 384 << 10;

/// The bytes of a line with its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineBytes {
    /// Text.
    Text(String),
    /// What is no UTF-8.
    Bytes(Vec<u8>),
}

impl LineBytes {
    /// Of bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(|bad| Self::Bytes(bad.into_bytes()), Self::Text)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }

    /// About how much of a batch it takes.
    pub fn weight(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            // Each byte is written as a number.
            Self::Bytes(bytes) => bytes.len().saturating_mul(3),
        }
    }
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportLine {
    /// Its number in the file, from 1.
    pub number: i64,
    /// It.
    pub line: LineBytes,
}

/// Arguments of [`super::Command::BeadImport`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BeadImport {
    /// The file's name, by which its lines are known later.
    pub file: String,
    /// Some of its lines.
    pub lines: Vec<ImportLine>,
    /// Where the lines of this import stand: behind what stood there before. From
    /// [`Imported::next`]; nothing when it is only looked at what would happen.
    pub place: Option<i64>,
    /// Whether these are the last lines of the file.
    pub last: bool,
    /// Whether what was changed here may be overwritten.
    pub apply: bool,
    /// The rig of beads whose prefix belongs to none.
    #[serde(default)]
    pub rig: Option<RigName>,
}

/// What came of some lines of a file, or would come of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    /// One a line.
    pub lines: Vec<ImportedLine>,
    /// The place for the lines of an import that begins now.
    pub next: i64,
}

/// What came of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportedLine {
    /// Its number in the file.
    pub number: i64,
    /// The bead, when it holds one.
    pub id: Option<BeadId>,
    /// What came of it.
    pub fate: LineFate,
    /// Whether the ledger holds the very line already.
    pub known: bool,
    /// In which fields the bead here and the line differ.
    pub differences: Vec<FieldDifference>,
    /// Edges of the line that are not taken, since they would close a circle.
    #[serde(default)]
    pub circles: Vec<String>,
}

/// What comes of a line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineFate {
    /// A new bead.
    Added,
    /// The bead here takes what is new in the line.
    Updated,
    /// The bead here loses what was changed here.
    Overwritten,
    /// The bead here says the same.
    Same,
    /// The bead here is newer, or an agent works on it.
    Kept,
    /// Held as it is, for the export: a header, something remembered, what was deleted elsewhere.
    Held,
    /// Put aside, and why.
    Rejected(String),
}

/// A field in which a bead and a line differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDifference {
    /// The field.
    pub field: String,
    /// Here.
    pub ours: String,
    /// In the line.
    pub theirs: String,
}

/// Where a page of an export begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExportFrom {
    /// At the start.
    #[default]
    Start,
    /// Behind this line of a file that was imported.
    Line {
        /// The file.
        file: String,
        /// The line's place.
        place: i64,
    },
    /// Behind this bead, among those that came in by no file.
    Bead(String),
}

/// A line that goes out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportLine {
    /// Whether it stood in a file that was imported.
    pub kept: bool,
    /// It, with its line end where it has one.
    pub line: LineBytes,
}

/// A page of an export.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportPage {
    /// Its lines.
    pub lines: Vec<ExportLine>,
    /// Where the next page begins, unless this is the last one.
    pub next: Option<ExportFrom>,
}
