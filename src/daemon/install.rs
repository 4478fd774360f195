//! The town's own copy of the running build, which agents get first on PATH (DECISIONS 15).

#![expect(
    clippy::disallowed_methods,
    reason = "owns the folder of programs in the town"
)]

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::domain::Refusal;
use crate::support::files;
use crate::support::paths::TownPaths;

/// The folder of the running build inside the town, with `gt` and `bd` that agents get first on PATH
/// (DECISIONS 15). Repeating it changes nothing.
pub fn install_bin(paths: &TownPaths) -> Result<PathBuf, Refusal> {
    static EXE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let failed =
        |error: io::Error| Refusal::failed(format!("cannot install `gt` in the town: {error}"));
    let exe = EXE.get_or_init(|| std::env::current_exe().ok());
    let exe = exe
        .as_ref()
        .ok_or_else(|| Refusal::failed("nobody knows where this program lies"))?;
    let build = paths.bin().join(crate::wire::BUILD);
    files::private_dir(&build).map_err(failed)?;
    let copy = build.join("gt");
    let same = match (exe.metadata(), copy.metadata()) {
        (Ok(ours), Ok(theirs)) => ours.len() == theirs.len() && ours.mtime() <= theirs.mtime(),
        _ => false,
    };
    if !same {
        let fresh = build.join(format!("gt.{}", std::process::id()));
        // A second name of the same file costs nothing, and installers replace files rather than
        // write into them; across file systems it has to be a copy.
        std::fs::hard_link(exe, &fresh)
            .or_else(|_| std::fs::copy(exe, &fresh).map(|_| ()))
            .map_err(failed)?;
        std::fs::rename(&fresh, &copy).map_err(failed)?;
    }
    for name in ["gt", "bd"] {
        link(&paths.bin().join(name), &copy).map_err(failed)?;
    }
    Ok(copy)
}

fn link(name: &std::path::Path, target: &std::path::Path) -> io::Result<()> {
    if std::fs::read_link(name).is_ok_and(|there| there == *target) {
        return Ok(());
    }
    let fresh = name.with_extension(format!("tmp{}", std::process::id()));
    std::os::unix::fs::symlink(target, &fresh)?;
    std::fs::rename(&fresh, name)
}
