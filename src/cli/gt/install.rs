//! `gt install`: makes a town, or adds what is missing to one.

use std::path::{Path, PathBuf};

use crate::cli::caller::Caller;
use crate::cli::report::Ended;
use crate::cli::{edge, output};
use crate::config::{self, InstallOptions};
use crate::domain::Refusal;
use crate::support::paths::TownPaths;
use crate::support::text::clean;
use crate::verbs::InstallArgs;
use crate::{client, daemon, git};

/// Makes a town.
pub(crate) fn run(args: &InstallArgs, caller: &Caller) -> Ended {
    let (path, name) = args.place(&caller.place())?;
    let paths = TownPaths::new(real(path));
    let was_there = paths.town_file().is_file();
    refuse_inside_another(&paths)?;
    let options = InstallOptions {
        name: args.name.is_some().then(|| name.clone()),
        git: args.git,
        owner: None,
        created_at: stamp(),
    };
    let made = config::write_town(&paths, &options).map_err(Refusal::from)?;
    let name = config::Settings::load(&paths).town_name();
    client::create_town(&paths, &name)?;
    daemon::install_bin(&paths)?;
    let head = match (was_there, made.is_empty()) {
        (false, _) => format!(
            "✓ the town {} stands in {}",
            clean(&name),
            paths.root().display()
        ),
        (true, true) => format!(
            "✓ the town {} is complete, nothing was changed",
            clean(&name)
        ),
        (true, false) => format!("✓ the town {} got what was missing", clean(&name)),
    };
    output::line(&head)?;
    for below in &made {
        output::line(&format!("  {below}"))?;
    }
    if args.git {
        let new = git::town::init(paths.root())
            .map_err(|error| Refusal::failed(format!("the town's repository: {error}")))?;
        output::line(if new {
            "✓ it is a git repository with one commit"
        } else {
            "✓ it is a git repository already"
        })?;
    }
    if args.shell {
        super::shell::install(caller)?;
    }
    output::text(&next(&paths, was_there))
}

/// The folder under its real name, as far as it exists: links would give one town two names.
fn real(path: PathBuf) -> PathBuf {
    let mut below = Vec::new();
    let mut there: &Path = &path;
    loop {
        if let Ok(real) = there.canonicalize() {
            return below.iter().rev().fold(real, |path, name| path.join(name));
        }
        match (there.parent(), there.file_name()) {
            (Some(parent), Some(name)) => {
                below.push(name.to_owned());
                there = parent;
            }
            (_, _) => return path,
        }
    }
}

fn refuse_inside_another(paths: &TownPaths) -> Result<(), Refusal> {
    let outer = paths
        .root()
        .ancestors()
        .skip(1)
        .find(|folder| TownPaths::new(*folder).town_file().is_file());
    match outer {
        Some(outer) => Err(Refusal::refused(format!(
            "`{}` lies inside the town `{}`",
            paths.root().display(),
            outer.display()
        ))
        .hint("choose a folder beside it, such as `gt install ~/gt`")),
        None => Ok(()),
    }
}

fn stamp() -> String {
    jiff::Timestamp::from_millisecond(edge::now())
        .map_or_else(|_| String::new(), |now| now.strftime("%FT%TZ").to_string())
}

fn next(paths: &TownPaths, was_there: bool) -> String {
    if was_there {
        return String::new();
    }
    format!(
        "\nnext\n  cd {}\n  gt rig add <name> <repository>   take a repository under care\n  gt config agent list             see which agents there are\n  gt up                            start the town\n  gt                               open the control room\n",
        paths.root().display()
    )
}
