//! What can go wrong with the ledger.

use std::path::PathBuf;

/// A failure of the ledger; never the same as "there is none".
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// SQLite says no.
    #[error("the ledger failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A file could not be used.
    #[error("`{path}` cannot be used: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is of a newer program.
    #[error("the ledger is of version {found}, and this program knows up to {known}")]
    Newer {
        /// The file's version.
        found: i64,
        /// The newest version that is known.
        known: i64,
    },
    /// The file is something else.
    #[error("`{0}` is not a ledger")]
    Foreign(PathBuf),
    /// There is no ledger yet.
    #[error("there is no ledger at `{0}`")]
    Missing(PathBuf),
    /// The ledger must be brought up to date by an engine first.
    #[error("the ledger is of version {0} and must be brought up to date")]
    Older(i64),
    /// A value could not be written as JSON.
    #[error("a value cannot be stored: {0}")]
    Json(#[from] serde_json::Error),
}

impl From<StoreError> for crate::domain::Refusal {
    fn from(error: StoreError) -> Self {
        use crate::domain::Kind;
        let refusal = Self::new(Kind::Failed, error.to_string());
        match error {
            StoreError::Newer { .. } => refusal.hint("use the newer `gt` that wrote it"),
            StoreError::Older(_) => refusal.hint("gt up"),
            StoreError::Missing(_) => refusal.hint("gt install <path>"),
            StoreError::Sqlite(_)
            | StoreError::File { .. }
            | StoreError::Foreign(_)
            | StoreError::Json(_) => refusal,
        }
    }
}
