//! What may be brought back of worktrees that went, and what is told of it.
//!
//! Deletes nothing itself: the trash is emptied by git's own hands, which look at the rescue refs
//! first (contract W1).

use std::path::{Component, Path, PathBuf};

use crate::domain::{EventBody, Refusal, RescueRestore, RestoreTo};

use super::decision::{Change, Decision};
use super::row::{IncarnationRow, RigRow};

/// Work goes to a branch that nothing else stands for, or to a folder outside the town's own.
pub(crate) fn may_restore(cmd: &RescueRestore, rig: &RigRow, town: &Path) -> Result<(), Refusal> {
    match &cmd.to {
        RestoreTo::Branch(branch) if *branch == rig.target => Err(Refusal::refused(format!(
            "`{branch}` is what work lands on; only the merge queue moves it"
        ))
        .hint("name another branch with `--branch`")),
        RestoreTo::Branch(_) => Ok(()),
        RestoreTo::Folder(path) => {
            let plain =
                path.is_absolute() && !path.components().any(|part| part == Component::ParentDir);
            if plain && !path.starts_with(town) && !town.starts_with(path) {
                return Ok(());
            }
            Err(Refusal::refused(format!(
                "`{}` is not a folder outside the town",
                path.display()
            ))
            .hint("name a new folder with `--to`, outside the town"))
        }
    }
}

/// Rescued work is back.
pub(crate) fn restored(row: &IncarnationRow, from: &str, place: &str) -> Decision {
    let event = EventBody::WorkRestored {
        agent: row.address(),
        from: from.to_owned(),
        place: place.to_owned(),
    };
    Decision::nothing().event(Some(&row.rig), Some(&row.bead), event)
}

/// The folder of a buried worktree, if it is where the trash is: nothing else is ever deleted.
pub(crate) fn in_the_trash(row: &IncarnationRow, trash: &Path) -> Option<PathBuf> {
    let folder = row.trash.clone()?;
    (folder.parent() == Some(trash) && folder.file_name().is_some()).then_some(folder)
}

/// The folder of a buried worktree is gone from the trash.
pub(crate) fn emptied(row: &IncarnationRow) -> Decision {
    let Some(trash) = &row.trash else {
        return Decision::nothing();
    };
    let event = EventBody::TrashEmptied {
        agent: row.address(),
        path: trash.display().to_string(),
    };
    Decision::nothing()
        .event(Some(&row.rig), Some(&row.bead), event)
        .change(Change::Incarnation(IncarnationRow {
            trash: None,
            ..row.clone()
        }))
}
