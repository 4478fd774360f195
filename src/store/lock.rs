//! The town lock: whoever holds it owns the ledger (contract D5).

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::StoreError;

/// Held for the owner's life; the kernel frees it when the process dies, however it dies.
#[derive(Debug)]
pub(crate) struct TownLock {
    file: File,
}

impl TownLock {
    /// Takes the lock, or `None` when somebody else holds it.
    pub(crate) fn try_take(path: &Path) -> Result<Option<Self>, StoreError> {
        let failed = |source| StoreError::File {
            path: path.to_path_buf(),
            source,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        // The content is for people only: which process it is.
        file.set_len(0)
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(failed)?;
        Ok(Some(Self { file }))
    }
}

impl Drop for TownLock {
    fn drop(&mut self) {
        // By hand: a program that is just being started may have a copy of the file, and closing
        // ours alone would leave the town locked until that one is gone.
        if let Err(error) = self.file.unlock() {
            tracing::debug!(%error, "the lock goes with the process");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d5_only_one_holds_the_lock() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let first = TownLock::try_take(&path).unwrap();
        assert!(first.is_some());
        assert!(TownLock::try_take(&path).unwrap().is_none());
        drop(first);
        assert!(TownLock::try_take(&path).unwrap().is_some());
    }
}
