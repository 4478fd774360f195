//! What a host is told at its start, and the two keys that open it.
//!
//! The keys are random 256-bit numbers in files of mode 0600, made at the first start. The
//! engine's opens everything; the operator's opens all but what only the engine asks. Neither is
//! ever in a run's environment.

#![expect(
    clippy::disallowed_methods,
    reason = "reads random numbers for the keys and the wall clock for recordings"
)]

use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::support::files;
use crate::support::paths::TownPaths;

/// Where a host lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a process of its own: it adopts orphans, obeys SIGTERM, ends with the town's folder.
    Process,
    /// On a thread of another process.
    Thread,
}

/// What a host is told at its start.
#[derive(Clone, Debug)]
pub struct HostConfig {
    /// The town.
    pub paths: TownPaths,
    /// Where it lives.
    pub place: Place,
    /// This very program, through which others are started set apart (`pty::apart`).
    pub launcher: Option<PathBuf>,
}

/// Who is on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Engine,
    Operator,
}

/// The two keys.
pub(super) struct Keys {
    engine: String,
    operator: String,
}

impl Keys {
    pub(super) fn load_or_make(paths: &TownPaths) -> io::Result<Self> {
        Ok(Self {
            engine: key(&paths.engine_key())?,
            operator: key(&paths.operator_key())?,
        })
    }

    /// Whom a token belongs to.
    pub(super) fn role_of(&self, token: &str) -> Option<Role> {
        if same(token, &self.engine) {
            Some(Role::Engine)
        } else if same(token, &self.operator) {
            Some(Role::Operator)
        } else {
            None
        }
    }

    /// Whether a text holds one of the keys.
    pub(super) fn is_in(&self, text: &str) -> bool {
        text.contains(&self.engine) || text.contains(&self.operator)
    }
}

/// Compares in a time that does not depend on where the difference is.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len()
        && a.bytes()
            .zip(b.bytes())
            .fold(0, |sum, (a, b)| sum | (a ^ b))
            == 0
}

fn key(path: &Path) -> io::Result<String> {
    if let Some(text) = files::read_if_there(path)?
        && text.trim().len() == 64
        && path.metadata()?.permissions().mode().trailing_zeros() >= 6
    {
        return Ok(text.trim().to_owned());
    }
    let mut bytes = [0; 32];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    files::write_atomic(path, text.as_bytes(), files::Access::Private)?;
    Ok(text)
}

/// Milliseconds since 1970, for people.
pub(super) fn wall() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
}
