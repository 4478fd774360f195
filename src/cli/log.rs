//! The log file of a background process: `<town>/.gt/logs/<name>.log`, level by `GT_LOG`.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

use super::edge;
use super::report::disk;
use crate::domain::Refusal;
use crate::support::files::private_dir;
use crate::support::paths::TownPaths;

/// Longest log that is continued; a longer one is begun anew, with the old one beside it.
const LOG_MAX: u64 = 8 << 20;

/// Sends everything that this process logs to the town's file of that name.
pub(super) fn to_file(paths: &TownPaths, name: &str) -> Result<(), Refusal> {
    let failed = |error| disk("the log cannot be written", &error);
    private_dir(&paths.logs()).map_err(failed)?;
    let path = paths.logs().join(format!("{name}.log"));
    let long = path.metadata().is_ok_and(|about| about.len() > LOG_MAX);
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(&path)
        .map_err(failed)?;
    if long {
        std::io::copy(
            &mut OpenOptions::new().read(true).open(&path).map_err(failed)?,
            &mut OpenOptions::new()
                .create(true)
                .write(true)
                .truncate(true)
                .mode(0o600)
                .open(path.with_extension("log.1"))
                .map_err(failed)?,
        )
        .map_err(failed)?;
        file.set_len(0).map_err(failed)?;
    }
    let wanted = edge::variable("GT_LOG").unwrap_or_else(|| "info".to_owned());
    let filter = EnvFilter::try_new(&wanted).unwrap_or_else(|_| EnvFilter::new("info"));
    // A second subscriber is refused; the first one, of a test, is as good.
    drop(
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_ansi(false)
            .with_writer(Mutex::new(file))
            .try_init(),
    );
    Ok(())
}
