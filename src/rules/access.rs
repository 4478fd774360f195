//! Who may do what: the role x command matrix (contract S2). Data and one look-up.

use crate::domain::{Address, CommandKind, Refusal, Role, spec_of};

/// May this role give this command at all? Commands about oneself are checked further by their rule.
pub(crate) const fn allows(role: Role, kind: CommandKind) -> bool {
    match kind {
        CommandKind::BeadCreate
        | CommandKind::BeadUpdate
        | CommandKind::BeadClose
        | CommandKind::DepAdd
        | CommandKind::BeadReopen
        | CommandKind::DepRemove
        | CommandKind::CommentAdd
        | CommandKind::KvSet
        | CommandKind::ReadyClaim
        // Each step is looked at by itself.
        | CommandKind::Batch => true,
        // A polecat finishes its bead; what others planned is not its to throw away.
        CommandKind::BeadDelete => !matches!(role, Role::Polecat),
        CommandKind::Nudge => true,
        CommandKind::Done => matches!(role, Role::Polecat),
        CommandKind::BeadImport
        | CommandKind::ConvoyCreate
        | CommandKind::Sling
        | CommandKind::MergeRetry
        | CommandKind::RescueRestore
        | CommandKind::MergeReorder => {
            matches!(role, Role::Human | Role::Mayor | Role::Crew)
        }
        CommandKind::PolecatNuke
        | CommandKind::QueuePause
        | CommandKind::QueueResume
        | CommandKind::MergeReject => matches!(role, Role::Human | Role::Mayor),
        CommandKind::RigAdd | CommandKind::TownWish => matches!(role, Role::Human),
    }
}

/// Refuses what the actor's role may not do.
pub(crate) fn check(actor: &Address, kind: CommandKind) -> Result<(), Refusal> {
    let role = Role::of(actor);
    if allows(role, kind) {
        return Ok(());
    }
    let path = spec_of(kind).map_or("this command", |spec| spec.path);
    let refusal = Refusal::refused(format!("`{path}` is not for a {role} ({})", actor.short()));
    Err(match (role, kind) {
        (Role::Human, CommandKind::Done) => {
            refusal.hint("close a bead by hand with `bd close <id>`")
        }
        (Role::Polecat, _) => refusal.hint("work on your hook: `gt hook`, then `gt done`"),
        _ => refusal.hint("ask the operator"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The checked-in matrix: one row a command, one column a role in the order of `Role::ALL`:
    /// human, mayor, deacon, boot, witness, refinery, crew, polecat.
    const MATRIX: &[(CommandKind, &str)] = &[
        (CommandKind::BeadCreate, "++++++++"),
        (CommandKind::BeadUpdate, "++++++++"),
        (CommandKind::BeadClose, "++++++++"),
        (CommandKind::DepAdd, "++++++++"),
        (CommandKind::BeadReopen, "++++++++"),
        (CommandKind::BeadDelete, "+++++++-"),
        (CommandKind::DepRemove, "++++++++"),
        (CommandKind::CommentAdd, "++++++++"),
        (CommandKind::KvSet, "++++++++"),
        (CommandKind::ReadyClaim, "++++++++"),
        (CommandKind::Batch, "++++++++"),
        (CommandKind::BeadImport, "++----+-"),
        (CommandKind::ConvoyCreate, "++----+-"),
        (CommandKind::RigAdd, "+-------"),
        (CommandKind::Sling, "++----+-"),
        (CommandKind::Done, "-------+"),
        (CommandKind::Nudge, "++++++++"),
        (CommandKind::PolecatNuke, "++------"),
        (CommandKind::MergeRetry, "++----+-"),
        (CommandKind::QueuePause, "++------"),
        (CommandKind::QueueResume, "++------"),
        (CommandKind::MergeReject, "++------"),
        (CommandKind::MergeReorder, "++----+-"),
        (CommandKind::RescueRestore, "++----+-"),
        (CommandKind::TownWish, "+-------"),
    ];

    #[test]
    fn s2_the_matrix_is_as_checked_in() {
        assert_eq!(MATRIX.len(), CommandKind::ALL.len());
        for (kind, cells) in MATRIX {
            for (role, cell) in Role::ALL.iter().zip(cells.chars()) {
                assert_eq!(allows(*role, *kind), cell == '+', "{role} {kind:?}");
            }
        }
    }
}
