//! Which town a command means, and which rig a folder lies in.

use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use crate::domain::{Refusal, RigName};
use crate::support::files;
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

/// The rig of the town whose repository comes from `url`, as the town's list of rigs says it.
pub fn rig_of_remote(paths: &TownPaths, url: &str) -> Option<RigName> {
    let text = files::read_if_there(&paths.root().join("mayor/rigs.json")).ok()??;
    let list: Value = serde_json::from_str(&text).ok()?;
    let wanted = bare_url(url);
    let rigs = list.get("rigs")?.as_object()?;
    let mut fitting = rigs.iter().filter(|(_, rig)| {
        let known = rig.get("git_url").and_then(Value::as_str);
        known.is_some_and(|known| bare_url(known) == wanted)
    });
    match (fitting.next(), fitting.next()) {
        (Some((name, _)), None) => RigName::parse(name).ok(),
        (None | Some(_), _) => None,
    }
}

/// A URL without what says the same in other words: user and password, `.git`, slashes at the end.
fn bare_url(url: &str) -> String {
    let url = url.trim().trim_end_matches('/').trim_end_matches(".git");
    let url = url.trim_end_matches('/');
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    match scheme {
        "file" => format!("/{path}"),
        other => format!("{other}://{host}/{path}"),
    }
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
    fn a_clone_of_a_rigs_remote_means_that_rig() {
        let dir = tempfile::tempdir().unwrap();
        let paths = TownPaths::new(dir.path());
        let list = r#"{"version":1,"rigs":{
            "bot":{"git_url":"https://me@host/me/bot.git"},
            "here":{"git_url":"/srv/here"},
            "one":{"git_url":"git@host:two.git"},
            "two":{"git_url":"git@host:two"}}}"#;
        let file = dir.path().join("mayor/rigs.json");
        assert!(files::write_new(&file, list.as_bytes()).unwrap());
        for (url, rig) in [
            ("https://host/me/bot", Some("bot")),
            ("https://x:secret@host/me/bot.git/", Some("bot")),
            ("https://host/you/bot", None),
            ("file:///srv/here/.git", Some("here")),
            ("git@host:two.git", None),
            ("", None),
        ] {
            let found = rig_of_remote(&paths, url);
            assert_eq!(found.as_ref().map(RigName::as_str), rig, "{url}");
        }
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
