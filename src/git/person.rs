//! Who works in a repository, as git's own settings say it. Reads settings alone; opens no object.

use std::path::Path;

/// The name in git's settings for work in `folder`, when they state one.
pub fn person(folder: &Path) -> Option<String> {
    setting(folder, "user.name")
}

/// The address in git's settings for work in `folder`, when they state one.
pub fn email(folder: &Path) -> Option<String> {
    setting(folder, "user.email")
}

/// Where the repository around `folder` says that it comes from.
pub fn origin(folder: &Path) -> Option<String> {
    git2::Repository::discover(folder).ok()?;
    setting(folder, "remote.origin.url")
}

fn setting(folder: &Path, key: &str) -> Option<String> {
    let config = match git2::Repository::discover(folder) {
        Ok(repository) => repository.config(),
        Err(_) => git2::Config::open_default(),
    };
    let mut config = config.ok()?;
    let text = config.snapshot().ok()?.get_string(key).ok()?;
    Some(text).filter(|text| !text.trim().is_empty())
}

/// Whether the person lets programs that come with this repository be told of changes to its beads.
/// Git's settings lie outside of what a clone brings along.
pub fn allows_hooks(folder: &Path) -> bool {
    let Ok(repository) = git2::Repository::discover(folder) else {
        return false;
    };
    let allowed = repository
        .config()
        .and_then(|mut config| config.snapshot())
        .and_then(|settings| settings.get_bool("beads.hooks"));
    allowed.unwrap_or(false)
}
