//! What a program says of itself, in a few words: progress, notification, folder (OSC 9, 7).
//!
//! It is the program's own word, sanitised by the screen model; shown in quotes where it could be
//! taken for the console's, never obeyed (contract T6, T7).

use std::path::Path;

use super::viewer::{Mark, Viewer};
use crate::screen::plain;
use crate::term::{Folder, Progress};

/// Characters of a notification or a folder that are shown.
const SHOWN: usize = 40;

/// How far it says it is; nothing while it only says that it works.
pub(crate) fn progress(viewer: &Viewer) -> Option<String> {
    match viewer.screen.progress()? {
        Progress::Percent(part) => Some(format!("{part} %")),
        Progress::Failed(part) => Some(format!("{part} % failed")),
        Progress::Paused(part) => Some(format!("{part} % paused")),
        Progress::Busy => None,
    }
}

/// What it called with and nobody has looked since.
pub(crate) fn mark(viewer: &Viewer) -> Option<String> {
    match viewer.marked? {
        Mark::Bell => Some("! bell".to_owned()),
        Mark::Note => {
            let note = viewer.screen.notes().1?;
            Some(format!("! \"{}\"", short(note).replace('"', "'")))
        }
    }
}

/// The folder it says it is in, when that is not where it was put; below there without the way.
pub(crate) fn folder(viewer: &Viewer, home: Option<&Path>) -> Option<String> {
    let Folder { host, path } = viewer.screen.cwd()?;
    let path = Path::new(path);
    let inside = home.and_then(|home| path.strip_prefix(home).ok());
    let text = match inside {
        Some(inside) if inside.as_os_str().is_empty() => return None,
        Some(inside) => inside.display().to_string(),
        None => path.display().to_string(),
    };
    let end = short_end(&plain(&text));
    // A machine that is not named, or this one by its usual names.
    let here = host.is_empty() || host == "localhost" || inside.is_some();
    let text = if here { end } else { format!("{host}:{end}") };
    // Nobody shall take a name for words of the console.
    let odd = |c: char| !c.is_alphanumeric() && !matches!(c, '/' | '.' | '-' | '_' | ':' | '~');
    Some(if text.contains(odd) {
        format!("in \"{}\"", text.replace('"', "'"))
    } else {
        format!("in {text}")
    })
}

fn short(text: &str) -> String {
    let text = plain(text);
    let mut short: String = text.chars().take(SHOWN).collect();
    if text.chars().count() > SHOWN {
        short.push_str("...");
    }
    short
}

/// The end of a path says more than its beginning.
fn short_end(text: &str) -> String {
    let count = text.chars().count();
    if count <= SHOWN {
        return text.to_owned();
    }
    let end: String = text.chars().skip(count - SHOWN).collect();
    format!("...{end}")
}
