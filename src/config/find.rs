//! Which town a command means, and which rig a folder lies in.

use std::path::{Component, Path, PathBuf};

use crate::domain::{Refusal, RigName};
use crate::support::paths::TownPaths;

/// Finds the town: the one that was named, the one of the environment, the innermost above
/// the current folder, then `~/gt` (DESIGN 12). A named one that is no town is an error, not
/// a reason to look elsewhere.
pub fn find_town(
    explicit: Option<&Path>,
    env_root: Option<&Path>,
    cwd: &Path,
    home: Option<&Path>,
) -> Result<TownPaths, Refusal> {
    for (named, by) in [(explicit, "--town"), (env_root, "GT_TOWN_ROOT")] {
        let Some(named) = named.filter(|path| !path.as_os_str().is_empty()) else {
            continue;
        };
        let root = absolute(named, cwd, home);
        return if is_town(&root) {
            Ok(TownPaths::new(root))
        } else {
            Err(Refusal::not_found(format!(
                "`{}` is not a town (named by `{by}`)",
                root.display()
            ))
            .hint(format!("gt install {}", root.display())))
        };
    }
    if let Some(root) = cwd.ancestors().find(|folder| is_town(folder)) {
        return Ok(TownPaths::new(root));
    }
    match home.map(|home| home.join("gt")) {
        Some(root) if is_town(&root) => Ok(TownPaths::new(root)),
        _ => Err(Refusal::not_found("no town here, and none at `~/gt`").hint("gt install ~/gt")),
    }
}

/// The rig that a folder of the town lies in, by the place of the folder alone.
pub fn rig_of_folder(paths: &TownPaths, folder: &Path) -> Option<RigName> {
    let inside = folder.strip_prefix(paths.root()).ok()?;
    let first = inside.components().find_map(|part| match part {
        Component::Normal(name) => name.to_str(),
        Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => {
            None
        }
    })?;
    let rig = RigName::parse(first).ok()?;
    paths
        .rig(first)
        .join("config.json")
        .is_file()
        .then_some(rig)
}

pub(super) fn is_town(folder: &Path) -> bool {
    TownPaths::new(folder).town_file().is_file()
}

pub(super) fn absolute(path: &Path, cwd: &Path, home: Option<&Path>) -> PathBuf {
    if let (Ok(rest), Some(home)) = (path.strip_prefix("~"), home) {
        return home.join(rest);
    }
    if path.is_absolute() {
        path.to_owned()
    } else {
        cwd.join(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::files;

    fn town(root: &Path) {
        files::write_new(&root.join("mayor/town.json"), b"{}").expect("written");
    }

    #[test]
    fn the_nearest_statement_wins() {
        let dir = tempfile::tempdir().expect("dir");
        let home = dir.path();
        for name in ["gt", "named", "env", "outer", "outer/inner"] {
            town(&home.join(name));
        }
        let elsewhere = home.join("elsewhere");
        let deep = home.join("outer/inner/rig/polecats/Toast/rig");
        let find = |explicit: Option<&str>, env: Option<&str>, cwd: &Path| {
            let explicit = explicit.map(PathBuf::from);
            let env = env.map(|env| home.join(env));
            find_town(explicit.as_deref(), env.as_deref(), cwd, Some(home))
                .map(|found| found.root().to_owned())
        };
        assert_eq!(find(None, None, &elsewhere), Ok(home.join("gt")));
        assert_eq!(find(None, None, &deep), Ok(home.join("outer/inner")));
        assert_eq!(find(None, Some("env"), &deep), Ok(home.join("env")));
        assert_eq!(
            find(Some("~/named"), Some("env"), &deep),
            Ok(home.join("named"))
        );
        assert_eq!(find(Some("named"), None, home), Ok(home.join("named")));
        let missing = find(Some("nowhere"), None, home).unwrap_err();
        assert!(missing.message.contains("nowhere"), "{missing:?}");
        assert_eq!(missing.hints.len(), 1);
    }

    #[test]
    fn without_a_town_the_way_to_one_is_named() {
        let dir = tempfile::tempdir().expect("dir");
        let refusal = find_town(None, None, dir.path(), None).unwrap_err();
        assert_eq!(refusal.kind, crate::domain::Kind::NotFound);
        assert_eq!(refusal.hints, ["gt install ~/gt"]);
    }

    #[test]
    fn a_folder_in_a_rig_means_the_rig() {
        let dir = tempfile::tempdir().expect("dir");
        let paths = TownPaths::new(dir.path());
        files::write_new(&paths.rig("tradingbot").join("config.json"), b"{}").expect("written");
        files::make_dir(&paths.root().join("other")).expect("made");
        for (folder, rig) in [
            ("tradingbot/polecats/Toast/rig", Some("tradingbot")),
            ("tradingbot", Some("tradingbot")),
            ("other/x", None),
            ("mayor", None),
            ("", None),
        ] {
            let found = rig_of_folder(&paths, &dir.path().join(folder));
            assert_eq!(found.as_ref().map(RigName::as_str), rig, "{folder}");
        }
        assert_eq!(rig_of_folder(&paths, Path::new("/")), None);
    }
}
