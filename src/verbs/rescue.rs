//! `gt rescue`: what is left of worktrees that went, and bringing it back.
//!
//! Looking reads the rig's mirror, so it is done where the line was typed; bringing back is a
//! command to the town.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Action, Context, Verb};
use crate::domain::{Command, GraveView, IncarnationId, Refusal, RescueRestore, RestoreTo};

/// A verb of `gt rescue`.
#[derive(Clone, Debug, PartialEq)]
pub enum RescueVerb {
    /// `gt rescue list`.
    List(RescueListArgs),
    /// `gt rescue show`.
    Show(RescueShowArgs),
    /// `gt rescue restore`.
    Restore(RescueRestoreArgs),
}

pub(super) fn list(args: RescueListArgs) -> Verb {
    Verb::Rescue(RescueVerb::List(args))
}

pub(super) fn show(args: RescueShowArgs) -> Verb {
    Verb::Rescue(RescueVerb::Show(args))
}

pub(super) fn restore(args: RescueRestoreArgs) -> Verb {
    Verb::Rescue(RescueVerb::Restore(args))
}

impl RescueVerb {
    /// What it asks of the town.
    pub(super) fn action(self, how: &'static str, cx: &Context) -> Result<Action, Refusal> {
        if let Self::Restore(args) = &self
            && let Ok(id) = IncarnationId::parse(&args.id)
        {
            let command = args.command(id, &cx.cwd)?;
            return Ok(Action::Run { command, how });
        }
        Ok(Action::Local(Box::new(Verb::Rescue(self))))
    }
}

/// Arguments of `gt rescue list`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct RescueListArgs {
    /// Only of this rig, agent or bead
    #[arg(value_name = "RIG|AGENT|BEAD")]
    pub of: Option<String>,
    /// At most so many; 0 for all
    #[arg(short = 'n', long, default_value = "30")]
    pub limit: usize,
    /// Print an array as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `gt rescue show`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct RescueShowArgs {
    /// Which: an id of the list, or the newest of an agent or bead
    #[arg(value_name = "ID")]
    pub id: String,
    /// Print an object as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `gt rescue restore`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct RescueRestoreArgs {
    /// Which: an id of the list, or the newest of an agent or bead
    #[arg(value_name = "ID")]
    pub id: String,
    /// Which part of it, as `gt rescue show` names them; else the fullest
    #[arg(long, value_name = "PART")]
    pub part: Option<String>,
    /// Make this branch in the rig's shared repository [default: rescue/<id>]
    #[arg(short, long, value_name = "BRANCH", conflicts_with = "to")]
    pub branch: Option<String>,
    /// Write the files into this new folder outside the town
    #[arg(long, value_name = "FOLDER")]
    pub to: Option<PathBuf>,
}

impl RescueRestoreArgs {
    /// The command, for the grave that was meant, typed in `folder`.
    pub fn command(&self, id: IncarnationId, folder: &Path) -> Result<Command, Refusal> {
        let to = match (&self.to, &self.branch) {
            (Some(path), _) => RestoreTo::Folder(plain(&folder.join(path))),
            (None, Some(branch)) => RestoreTo::Branch(branch.clone()),
            (None, None) => RestoreTo::Branch(format!("rescue/{id}")),
        };
        let part = self.part.clone();
        Ok(Command::RescueRestore(RescueRestore { id, part, to }))
    }
}

/// The path without `.` and `..`, which only the place where it was typed can resolve.
fn plain(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => out.push(part),
        }
    }
    out
}

/// The graves that are meant by the name of a rig, agent or bead, or by an id; in their order.
pub fn meant<'a>(graves: &'a [GraveView], typed: &str) -> Vec<&'a GraveView> {
    let typed = typed.trim();
    let exact: Vec<&GraveView> = graves
        .iter()
        .filter(|grave| grave.id.as_str() == typed)
        .collect();
    if !exact.is_empty() {
        return exact;
    }
    let bare = typed.replace("/polecats/", "/");
    let is_meant = |grave: &&GraveView| {
        let short = grave.agent.short();
        let name = short.rsplit('/').next().unwrap_or_default();
        grave.rig.as_str() == typed
            || grave.bead.as_str() == typed
            || grave.branch == typed
            || short.eq_ignore_ascii_case(&bare)
            || grave.agent.to_string().eq_ignore_ascii_case(typed)
            || name.eq_ignore_ascii_case(typed)
            || grave.id.as_str().ends_with(&format!(".{typed}"))
    };
    graves.iter().filter(is_meant).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Address, AgentName, BeadId, RigName};

    fn grave(rig: &str, name: &str, number: i64, bead: &str) -> GraveView {
        let rig = RigName::parse(rig).unwrap();
        let name = AgentName::parse(name).unwrap();
        GraveView {
            id: IncarnationId::of(&rig, &name, number),
            agent: Address::polecat(&rig, &name),
            target: "main".to_owned(),
            bead: BeadId::parse(bead).unwrap(),
            branch: format!("polecat/{name}/{bead}.{number}"),
            refs: format!("refs/gt/rescue/{rig}/{name}/{number}"),
            buried: true,
            trash: None,
            ended_at: None,
            empties_at: None,
            rig,
        }
    }

    #[test]
    fn a_grave_is_found_by_what_people_know_of_it() {
        let all = [
            grave("bot", "Toast", 2, "tb-2"),
            grave("bot", "Toast", 1, "tb-1"),
            grave("web", "Ash", 1, "tb-3"),
        ];
        for (typed, expected) in [
            ("bot.Toast.1", vec![1]),
            ("Toast.2", vec![0]),
            ("toast", vec![0, 1]),
            ("bot/Toast", vec![0, 1]),
            ("bot/polecats/Toast", vec![0, 1]),
            ("web", vec![2]),
            ("tb-3", vec![2]),
            ("polecat/Toast/tb-1.1", vec![1]),
            ("Copper", vec![]),
        ] {
            let expected: Vec<&GraveView> =
                expected.into_iter().map(|at: usize| &all[at]).collect();
            assert_eq!(meant(&all, typed), expected, "{typed}");
        }
    }

    #[test]
    fn a_folder_is_meant_from_where_it_was_typed() {
        let args = |to: Option<&str>, branch: Option<&str>| RescueRestoreArgs {
            id: "bot.Toast.1".to_owned(),
            part: None,
            branch: branch.map(str::to_owned),
            to: to.map(PathBuf::from),
        };
        let id = IncarnationId::parse("bot.Toast.1").unwrap();
        for (given, expected) in [
            (
                args(Some("../x/./y"), None),
                RestoreTo::Folder("/home/x/y".into()),
            ),
            (args(Some("/z"), None), RestoreTo::Folder("/z".into())),
            (args(None, Some("b")), RestoreTo::Branch("b".to_owned())),
            (
                args(None, None),
                RestoreTo::Branch("rescue/bot.Toast.1".to_owned()),
            ),
        ] {
            let command = given.command(id.clone(), Path::new("/home/me")).unwrap();
            let Command::RescueRestore(restore) = command else {
                panic!("{command:?}");
            };
            assert_eq!(restore.to, expected);
        }
    }
}
