//! What can go wrong with files of the town that people and programs share.

use std::io;
use std::path::{Path, PathBuf};

use crate::domain::Refusal;

/// A file of the town could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The disk refused.
    #[error("cannot {act} `{}`: {source}", path.display())]
    Io {
        /// What was tried, such as `write`.
        act: &'static str,
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is not what it should be.
    #[error("`{}` line {line}: {reason}", path.display())]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Where, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// Something stands where a folder or file of the town belongs, or the names disagree.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl ConfigError {
    pub(super) fn io(act: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            act,
            path: path.to_owned(),
            source,
        }
    }
}

impl From<ConfigError> for Refusal {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::Refused(refusal) => refusal,
            ConfigError::Malformed { ref path, .. } => {
                let hint = format!("correct the file: `{}`", path.display());
                Self::failed(error.to_string()).hint(hint)
            }
            ConfigError::Io { .. } => Self::failed(error.to_string()),
        }
    }
}
