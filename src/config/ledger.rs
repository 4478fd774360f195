//! Which ledger `bd` means (DECISIONS 20): the one that was named, else the town around the folder,
//! else the one of the repository, else the person's town.
//!
//! A repository has one ledger, in `.beads` beside its common git folder, whichever worktree `bd` is
//! typed in. A `redirect` file may point to another `.beads`, over at most three steps. What lies in
//! a `.beads` inside a town is material for `bd import`; the town's ledger is meant. Never opens a
//! ledger, and never takes a file of another program for one.

use std::path::{Path, PathBuf};

use super::find::{absolute, find_town, is_town};
use crate::domain::Refusal;
use crate::support::files;
use crate::support::paths::TownPaths;

/// Most steps that redirect files may lead on.
const REDIRECTS: usize = 3;
/// The folder of a repository's own ledger.
pub const BEADS: &str = ".beads";

/// What is known of a call of `bd`.
#[derive(Clone, Copy, Debug)]
pub struct LedgerAsk<'a> {
    /// `--db`.
    pub db: Option<&'a Path>,
    /// `--town`.
    pub town: Option<&'a Path>,
    /// `BEADS_DIR` or `BEADS_DB`.
    pub beads_dir: Option<&'a Path>,
    /// `GT_TOWN_ROOT`.
    pub env_root: Option<&'a Path>,
    /// Whether an agent of a town asks; its town is meant wherever it stands.
    pub agent: bool,
    /// The folder.
    pub cwd: &'a Path,
    /// The person's home.
    pub home: Option<&'a Path>,
}

/// A ledger that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerPlace {
    /// Its paths; they say whether it is a town's.
    pub paths: TownPaths,
    /// The folder that stands for the place in it, such as a rig's.
    pub folder: PathBuf,
    /// The `.beads` whose redirect file led there.
    pub redirected_from: Option<PathBuf>,
    /// A `.beads` on the way that is not this ledger: what is in it can be imported.
    pub material: Option<PathBuf>,
}

/// Finds the ledger.
pub fn find_ledger(ask: &LedgerAsk<'_>) -> Result<LedgerPlace, Refusal> {
    if let Some(db) = said(ask.db) {
        return named(&absolute(db, ask.cwd, ask.home), "--db");
    }
    if said(ask.town).is_some() {
        return town(ask, ask.cwd);
    }
    if let Some(dir) = said(ask.beads_dir) {
        return named(&absolute(dir, ask.cwd, ask.home), "BEADS_DIR");
    }
    if ask.agent && said(ask.env_root).is_some() {
        return town(ask, ask.cwd);
    }
    if let Some(root) = ask.cwd.ancestors().find(|folder| is_town(folder)) {
        return Ok(in_town(root, ask.cwd));
    }
    if let Some(found) = repositorys(ask.cwd, ask.home)? {
        return Ok(found);
    }
    town(ask, ask.cwd).map_err(|refusal| Refusal {
        hints: vec![
            "bd init   for a ledger of this repository".to_owned(),
            "gt install ~/gt   for a town".to_owned(),
        ],
        message: format!("{}, and this repository has no beads", refusal.message),
        ..refusal
    })
}

/// Where `bd init` makes a ledger when it is typed in `cwd`: in `.beads` of this folder.
pub fn ledger_home(cwd: &Path) -> PathBuf {
    match repository(cwd) {
        Some(found) => found.common,
        None => cwd.to_owned(),
    }
}

/// The folder of git's own files that all worktrees of the repository around `cwd` share.
pub fn common_git_folder(cwd: &Path) -> Option<PathBuf> {
    repository(cwd).map(|found| found.git)
}

/// Whether a folder holds a ledger of ours.
pub fn has_ledger(beads: &Path) -> bool {
    TownPaths::plain(beads).ledger().is_file()
}

fn said(path: Option<&Path>) -> Option<&Path> {
    path.filter(|path| !path.as_os_str().is_empty())
}

fn town(ask: &LedgerAsk<'_>, folder: &Path) -> Result<LedgerPlace, Refusal> {
    let paths = find_town(ask.town, ask.env_root, ask.cwd, ask.home)?;
    Ok(in_town(paths.root(), folder))
}

fn in_town(root: &Path, folder: &Path) -> LedgerPlace {
    LedgerPlace {
        paths: TownPaths::new(root),
        folder: folder.to_owned(),
        redirected_from: None,
        material: folder
            .ancestors()
            .take_while(|above| above.starts_with(root))
            .map(|above| above.join(BEADS))
            .find(|beads| beads.is_dir()),
    }
}

fn plain(beads: &Path) -> LedgerPlace {
    LedgerPlace {
        paths: TownPaths::plain(beads),
        folder: beads.parent().unwrap_or(beads).to_owned(),
        redirected_from: None,
        material: None,
    }
}

/// The ledger that a path names: a town, a `.beads`, a repository with one, or a file in one.
fn named(path: &Path, by: &str) -> Result<LedgerPlace, Refusal> {
    let inside = if path.file_name().is_some_and(|name| name == "ledger.db") {
        // <place>/.gt/ledger.db
        path.ancestors().nth(2)
    } else if path.is_dir() {
        Some(path)
    } else {
        path.parent()
    };
    let missing = || {
        Refusal::not_found(format!(
            "`{}` holds no ledger (named by `{by}`)",
            path.display()
        ))
        .hint("bd init   in the repository makes one")
        .hint("bd import <file.jsonl>   takes in what another program exported")
    };
    let folder = inside.ok_or_else(missing)?;
    if is_town(folder) {
        return Ok(in_town(folder, folder));
    }
    for beads in [folder.to_owned(), folder.join(BEADS)] {
        if let Some(found) = follow(&beads)? {
            return Ok(found);
        }
    }
    match folder.ancestors().find(|above| is_town(above)) {
        Some(root) => Ok(in_town(root, folder)),
        None => Err(missing()),
    }
}

/// The ledger of the repository around a folder; outside of any repository, of the folders above it,
/// of which the home is none.
fn repositorys(cwd: &Path, home: Option<&Path>) -> Result<Option<LedgerPlace>, Refusal> {
    let found = repository(cwd);
    let top = found.as_ref().map(|found| found.top.clone());
    for folder in cwd.ancestors() {
        if top.is_none() && folder != cwd && Some(folder) == home {
            break;
        }
        if let Some(place) = follow(&folder.join(BEADS))? {
            return Ok(Some(place));
        }
        if top.as_deref() == Some(folder) {
            break;
        }
    }
    match found {
        Some(found) => follow(&found.common.join(BEADS)),
        None => Ok(None),
    }
}

/// The ledger in a `.beads`, or where its redirect files lead.
fn follow(beads: &Path) -> Result<Option<LedgerPlace>, Refusal> {
    let mut at = beads.to_owned();
    for step in 0..=REDIRECTS {
        let Some(target) = redirect(&at)? else {
            return Ok(arrived(beads, &at, step));
        };
        if target == at {
            return Ok(arrived(beads, &at, step));
        }
        if !target.is_dir() {
            return Err(Refusal::not_found(format!(
                "`{}` leads to `{}`, which is no folder",
                at.join("redirect").display(),
                target.display()
            )));
        }
        at = target;
    }
    Err(Refusal::refused(format!(
        "the redirect files from `{}` lead on more than {REDIRECTS} times",
        beads.display()
    )))
}

fn arrived(from: &Path, at: &Path, steps: usize) -> Option<LedgerPlace> {
    let mut found = if has_ledger(at) {
        plain(at)
    } else {
        let root = at.ancestors().find(|above| is_town(above))?;
        in_town(root, at)
    };
    found.redirected_from = (steps > 0).then(|| from.to_owned());
    Some(found)
}

/// Where the redirect file of a `.beads` points; relative paths begin at the folder around it.
fn redirect(beads: &Path) -> Result<Option<PathBuf>, Refusal> {
    let file = beads.join("redirect");
    let text = files::read_if_there(&file)
        .map_err(|error| Refusal::failed(format!("`{}`: {error}", file.display())))?;
    let line = text.as_deref().and_then(|text| {
        text.lines()
            .map(str::trim)
            .find(|line| !line.is_empty() && !line.starts_with('#'))
    });
    Ok(line.map(|line| {
        let target = beads.parent().unwrap_or(beads).join(line);
        target.canonicalize().unwrap_or(target)
    }))
}

/// A git repository around a folder.
#[derive(Debug)]
struct Repository {
    /// The top folder of this worktree.
    top: PathBuf,
    /// Git's own folder, which all worktrees share.
    git: PathBuf,
    /// The folder around that.
    common: PathBuf,
}

fn repository(cwd: &Path) -> Option<Repository> {
    let top = cwd
        .ancestors()
        .find(|folder| folder.join(".git").exists())?;
    let git = top.join(".git");
    let plain = |git: PathBuf| Repository {
        top: top.to_owned(),
        git,
        common: top.to_owned(),
    };
    if git.is_dir() {
        return Some(plain(git));
    }
    let text = files::read_if_there(&git).ok().flatten()?;
    let own = top.join(text.strip_prefix("gitdir:")?.trim());
    // A submodule has git's folder elsewhere and shares it with nobody.
    let Some(shared) = files::read_if_there(&own.join("commondir")).ok().flatten() else {
        return Some(plain(own));
    };
    let common = own.join(shared.trim()).canonicalize().ok()?;
    Some(Repository {
        top: top.to_owned(),
        common: common.parent()?.to_owned(),
        git: common,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(beads: &Path) {
        files::write_new(&TownPaths::plain(beads).ledger(), b"").unwrap();
    }

    fn ask<'a>(cwd: &'a Path, home: &'a Path) -> LedgerAsk<'a> {
        LedgerAsk {
            db: None,
            town: None,
            beads_dir: None,
            env_root: None,
            agent: false,
            cwd,
            home: Some(home),
        }
    }

    #[test]
    fn the_nearest_statement_names_the_ledger() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().canonicalize().unwrap();
        files::write_new(&home.join("town/mayor/town.json"), b"{}").unwrap();
        files::make_dir(&home.join("town/tradingbot/.beads")).unwrap();
        files::make_dir(&home.join("repo/.git")).unwrap();
        files::make_dir(&home.join("repo/src/deep")).unwrap();
        ledger(&home.join("repo/.beads"));
        ledger(&home.join("other/.beads"));
        let deep = home.join("repo/src/deep");
        let rig = home.join("town/tradingbot");
        let root = |ask: &LedgerAsk<'_>| {
            find_ledger(ask).map(|found| (found.paths.root().to_owned(), found.paths.is_plain()))
        };
        let repo = (home.join("repo/.beads"), true);
        let town = (home.join("town"), false);
        assert_eq!(root(&ask(&deep, &home)), Ok(repo.clone()));
        assert_eq!(root(&ask(&rig, &home)), Ok(town.clone()));
        let found = find_ledger(&ask(&rig, &home)).unwrap();
        assert_eq!(found.material, Some(rig.join(".beads")));
        for (db, meant) in [
            ("repo", &repo),
            ("repo/.beads", &repo),
            ("repo/.beads/beads.db", &repo),
            ("repo/.beads/.gt/ledger.db", &repo),
            ("town/.gt/ledger.db", &town),
            ("town/tradingbot/.beads", &town),
        ] {
            let db = home.join(db);
            for by_env in [false, true] {
                let (db, beads_dir) = if by_env {
                    (None, Some(db.as_path()))
                } else {
                    (Some(db.as_path()), None)
                };
                let asked = LedgerAsk {
                    db,
                    beads_dir,
                    ..ask(&home, &home)
                };
                assert_eq!(root(&asked).as_ref(), Ok(meant), "{db:?} {beads_dir:?}");
            }
        }
        let nothing = home.join("elsewhere");
        assert_eq!(
            find_ledger(&ask(&nothing, &home)).unwrap_err().hints.len(),
            2
        );
        let agent = LedgerAsk {
            agent: true,
            env_root: Some(&town.0),
            ..ask(&deep, &home)
        };
        assert_eq!(root(&agent), Ok(town));
    }

    #[test]
    fn redirects_lead_three_steps_and_never_in_a_circle() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().canonicalize().unwrap();
        let link = |from: &str, to: &str| {
            files::write_new(
                &home.join(from).join(".beads/redirect"),
                format!("# comment\n\n{to}\n").as_bytes(),
            )
            .unwrap();
        };
        for (from, to) in [("a", "b"), ("b", "c"), ("c", "d"), ("x", "a")] {
            files::make_dir(&home.join(to).join(".beads")).unwrap();
            link(from, &format!("../{to}/.beads"));
        }
        link("e", ".beads");
        link("f", "../nowhere/.beads");
        ledger(&home.join("d/.beads"));
        ledger(&home.join("e/.beads"));
        let found = |name: &str| find_ledger(&ask(&home.join(name), &home));
        let at = found("a").unwrap();
        assert_eq!(at.paths.root(), home.join("d/.beads"));
        assert_eq!(at.redirected_from, Some(home.join("a/.beads")));
        assert_eq!(found("e").unwrap().redirected_from, None);
        assert!(found("x").unwrap_err().message.contains("more than 3"));
        assert!(found("f").unwrap_err().message.contains("no folder"));
    }

    #[test]
    fn all_worktrees_share_the_ledger_beside_the_common_folder() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().canonicalize().unwrap();
        let own = home.join("repo/.git/worktrees/tree");
        files::write_new(&own.join("commondir"), b"../..\n").unwrap();
        let pointer = format!("gitdir: {}\n", own.display());
        files::write_new(&home.join("tree/.git"), pointer.as_bytes()).unwrap();
        files::make_dir(&home.join("tree/src")).unwrap();
        assert_eq!(ledger_home(&home.join("tree/src")), home.join("repo"));
        ledger(&home.join("repo/.beads"));
        let inside = home.join("tree/src");
        let found = find_ledger(&ask(&inside, &home)).unwrap();
        assert_eq!(found.paths.root(), home.join("repo/.beads"));

        let module = home.join("repo/.git/modules/m");
        files::make_dir(&module).unwrap();
        let pointer = format!("gitdir: {}\n", module.display());
        files::write_new(&home.join("repo/m/.git"), pointer.as_bytes()).unwrap();
        assert_eq!(ledger_home(&home.join("repo/m")), home.join("repo/m"));
        assert_eq!(ledger_home(&home.join("loose")), home.join("loose"));
    }
}
