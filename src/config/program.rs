//! Programs on this machine, and command lines as people read them.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// The absolute path of a program: itself when absolute, else the first on `path_var` that can be
/// executed. Relative entries of `path_var` do not count: they would mean another program in each folder.
pub fn find_program(name: &str, path_var: &str) -> Option<PathBuf> {
    if name.contains('/') {
        return Some(PathBuf::from(name)).filter(|path| path.is_absolute() && is_program(path));
    }
    if name.is_empty() {
        return None;
    }
    path_var
        .split(':')
        .map(Path::new)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|path| is_program(path))
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|facts| facts.is_file() && facts.permissions().mode() & 0o111 != 0)
}

/// Words as one line that a shell reads back as the same words.
pub(super) fn joined<'a>(words: impl Iterator<Item = &'a String>) -> String {
    let quoted: Vec<Cow<'_, str>> = words.map(|word| quoted(word)).collect();
    quoted.join(" ")
}

/// A word as a shell reads it back; quotes stand only where they are needed.
fn quoted(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return Cow::Borrowed(word);
    }
    // Only a NUL cannot be quoted, and no argument can hold one.
    shlex::try_quote(word).unwrap_or(Cow::Borrowed(word))
}
