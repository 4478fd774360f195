//! Where things are inside a town; the only place that spells the names of its folders.
//!
//! Pure path arithmetic: nothing here touches the disk except the lookup of the
//! runtime folder that sockets move to when the town's own path is too long.

use std::path::{Path, PathBuf};

use super::os;

/// Longest socket path that every supported system accepts, in bytes.
/// `sun_path` holds 108 on Linux and 104 on macOS, with the closing NUL.
pub const SOCKET_PATH_MAX: usize = 100;

/// The folders and files of one town.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TownPaths {
    root: PathBuf,
    plain: bool,
}

impl TownPaths {
    /// The paths of the town whose root folder is `root` (absolute).
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            plain: false,
        }
    }

    /// The paths of the ledger of a repository without a town; `root` is its `.beads` folder
    /// (absolute). No engine ever owns it: every command opens it for itself.
    pub fn plain(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            plain: true,
        }
    }

    /// Whether this is a repository's own ledger and no town.
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// The town's root folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `<town>/.gt`: everything the program owns.
    pub fn gt(&self) -> PathBuf {
        self.root.join(".gt")
    }

    /// The ledger.
    pub fn ledger(&self) -> PathBuf {
        self.gt().join("ledger.db")
    }

    /// The lock that the ledger's owner holds for its life.
    pub fn lock(&self) -> PathBuf {
        self.gt().join("lock")
    }

    /// The lock that the terminal host holds for its life.
    pub fn host_lock(&self) -> PathBuf {
        self.gt().join("host.lock")
    }

    /// The operator's key to the terminal host (mode 0600).
    pub fn operator_key(&self) -> PathBuf {
        self.gt().join("operator.key")
    }

    /// The engine's key to the terminal host (mode 0600).
    pub fn engine_key(&self) -> PathBuf {
        self.gt().join("engine.key")
    }

    /// What agents' session tokens are made from (mode 0600).
    pub fn secret(&self) -> PathBuf {
        self.gt().join("secret")
    }

    /// Log files of the background processes.
    pub fn logs(&self) -> PathBuf {
        self.gt().join("logs")
    }

    /// Folder with the `gt` and `bd` links that agents get first on PATH.
    pub fn bin(&self) -> PathBuf {
        self.gt().join("bin")
    }

    /// Buried worktrees, kept for 14 days.
    pub fn trash(&self) -> PathBuf {
        self.gt().join("trash")
    }

    /// Recordings, one folder per run.
    pub fn recordings(&self) -> PathBuf {
        self.gt().join("recordings")
    }

    /// Private worktrees that gates run in.
    pub fn gates(&self) -> PathBuf {
        self.gt().join("gates")
    }

    /// The git configuration that the engine's own git work uses.
    pub fn git_config(&self) -> PathBuf {
        self.gt().join("git").join("config")
    }

    /// The private mirror of a rig.
    pub fn mirror(&self, rig: &str) -> PathBuf {
        self.gt().join("git").join(format!("{rig}.git"))
    }

    /// A rig's folder.
    pub fn rig(&self, rig: &str) -> PathBuf {
        self.root.join(rig)
    }

    /// The agents' shared repository of a rig.
    pub fn shared_repo(&self, rig: &str) -> PathBuf {
        self.rig(rig).join(".repo.git")
    }

    /// The mayor's clone of a rig.
    pub fn mayor_clone(&self, rig: &str) -> PathBuf {
        self.rig(rig).join("mayor").join("rig")
    }

    /// The refinery's worktree of a rig, detached at the target's tip.
    pub fn refinery_tree(&self, rig: &str) -> PathBuf {
        self.rig(rig).join("refinery").join("rig")
    }

    /// The worktree of a polecat.
    pub fn polecat_tree(&self, rig: &str, name: &str) -> PathBuf {
        self.rig(rig).join("polecats").join(name).join("rig")
    }

    /// The mirror of the event history for other tools.
    pub fn events_mirror(&self) -> PathBuf {
        self.root.join(".events.jsonl")
    }

    /// The file that marks a folder as a town.
    pub fn town_file(&self) -> PathBuf {
        self.root.join("mayor").join("town.json")
    }

    /// The engine's socket.
    pub fn engine_socket(&self) -> PathBuf {
        self.socket("engine.sock")
    }

    /// The terminal host's socket.
    pub fn host_socket(&self) -> PathBuf {
        self.socket("host.sock")
    }

    fn socket(&self, name: &str) -> PathBuf {
        let near = self.gt().join(name);
        if near.as_os_str().len() <= SOCKET_PATH_MAX {
            return near;
        }
        os::runtime_dir().join(town_tag(&self.root)).join(name)
    }
}

/// A short, stable name for a town's path, used where the path itself is too long.
pub fn town_tag(root: &Path) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(root.as_os_str().as_encoded_bytes());
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_towns_get_short_sockets() {
        let deep = TownPaths::new(format!("/home/{}", "x".repeat(200)));
        assert!(deep.engine_socket().as_os_str().len() <= SOCKET_PATH_MAX);
        let near = TownPaths::new("/home/me/gt");
        assert_eq!(
            near.engine_socket(),
            Path::new("/home/me/gt/.gt/engine.sock")
        );
    }
}
