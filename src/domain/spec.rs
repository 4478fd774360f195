//! The one table of commands: help, palette, key hints and documentation are made from it.

use super::CommandKind;

/// What a command may destroy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Risk {
    /// Nothing.
    Safe,
    /// Costs tokens or time.
    Careful,
    /// Ends something; what it ends can be brought back as its answer says.
    Destroys,
}

/// What the program says about a command that reaches the engine.
#[derive(Clone, Copy, Debug)]
pub struct CommandSpec {
    /// Which.
    pub kind: CommandKind,
    /// As typed, without arguments.
    pub path: &'static str,
    /// What it does, one line.
    pub about: &'static str,
    /// A whole command line that works.
    pub example: &'static str,
    /// What it may destroy.
    pub risk: Risk,
}

/// Every command, in the order of the help.
pub const COMMANDS: &[CommandSpec] = &[
    row(
        CommandKind::BeadCreate,
        "bd create",
        "Make a bead",
        "bd create \"Fix the parser\" --type bug",
        Risk::Safe,
    ),
    row(
        CommandKind::BeadUpdate,
        "bd update",
        "Change a bead",
        "bd update tb-4kq --priority 1",
        Risk::Safe,
    ),
    row(
        CommandKind::BeadClose,
        "bd close",
        "Finish beads by hand",
        "bd close tb-4kq --reason \"not needed\"",
        Risk::Careful,
    ),
    row(
        CommandKind::DepAdd,
        "bd dep add",
        "Make a bead wait for another",
        "bd dep add tb-4kq tb-x1z",
        Risk::Safe,
    ),
    row(
        CommandKind::BeadReopen,
        "bd reopen",
        "Open closed beads again",
        "bd reopen tb-4kq --reason \"came back\"",
        Risk::Safe,
    ),
    row(
        CommandKind::BeadDelete,
        "bd delete",
        "Delete beads; their history stays",
        "bd delete tb-4kq --force",
        Risk::Destroys,
    ),
    row(
        CommandKind::DepRemove,
        "bd dep remove",
        "Take an edge between beads away",
        "bd dep remove tb-4kq tb-x1z",
        Risk::Safe,
    ),
    row(
        CommandKind::CommentAdd,
        "bd comment",
        "Say something about a bead",
        "bd comment tb-4kq \"see the log\"",
        Risk::Safe,
    ),
    row(
        CommandKind::KvSet,
        "bd config set",
        "Change a setting of the ledger",
        "bd config set types.custom \"widget,gadget\"",
        Risk::Careful,
    ),
    row(
        CommandKind::ReadyClaim,
        "bd claim",
        "Take the first bead that can be started",
        "bd claim",
        Risk::Safe,
    ),
    row(
        CommandKind::Batch,
        "bd batch",
        "Change many beads by lines of a file, all or none",
        "bd batch -f changes.txt",
        Risk::Safe,
    ),
    row(
        CommandKind::BeadImport,
        "bd import",
        "Take in a file of beads",
        "bd import .beads/issues.jsonl --dry-run",
        Risk::Careful,
    ),
    row(
        CommandKind::ConvoyCreate,
        "gt convoy create",
        "Track a batch of beads",
        "gt convoy create \"Week 3\" tb-4kq tb-x1z --notify human",
        Risk::Safe,
    ),
    row(
        CommandKind::RigAdd,
        "gt rig add",
        "Take a repository under care",
        "gt rig add tradingbot ~/src/tradingbot.git",
        Risk::Safe,
    ),
    row(
        CommandKind::Sling,
        "gt sling",
        "Give a bead to a new polecat",
        "gt sling tb-4kq tradingbot",
        Risk::Careful,
    ),
    row(
        CommandKind::Done,
        "gt done",
        "Submit your work to the merge queue",
        "gt done",
        Risk::Safe,
    ),
    row(
        CommandKind::Nudge,
        "gt nudge",
        "Say something to a running agent",
        "gt nudge tradingbot/Toast \"status?\"",
        Risk::Safe,
    ),
    row(
        CommandKind::PolecatNuke,
        "gt polecat nuke",
        "Bury a polecat now",
        "gt polecat nuke Toast",
        Risk::Destroys,
    ),
    row(
        CommandKind::MergeRetry,
        "gt mq retry",
        "Put a held merge request back into the queue",
        "gt mq retry mr-3",
        Risk::Safe,
    ),
    row(
        CommandKind::QueuePause,
        "gt mq pause",
        "Land nothing more of a rig",
        "gt mq pause tradingbot --reason \"release day\"",
        Risk::Safe,
    ),
    row(
        CommandKind::QueueResume,
        "gt mq resume",
        "Let a rig's merge queue go on",
        "gt mq resume tradingbot",
        Risk::Safe,
    ),
    row(
        CommandKind::MergeReject,
        "gt mq reject",
        "Take a merge request out of the queue",
        "gt mq reject mr-3 --reason \"not wanted any more\"",
        Risk::Careful,
    ),
    row(
        CommandKind::MergeReorder,
        "gt mq reorder",
        "Say how urgent a merge request is",
        "gt mq reorder mr-3 --priority 0",
        Risk::Safe,
    ),
    row(
        CommandKind::RescueRestore,
        "gt rescue restore",
        "Bring back what a worktree held that is gone",
        "gt rescue restore tradingbot.Toast.3 --branch toast-again",
        Risk::Safe,
    ),
    row(
        CommandKind::TownWish,
        "gt up",
        "Start the town, or stop it with `gt down`",
        "gt up",
        Risk::Careful,
    ),
];

const fn row(
    kind: CommandKind,
    path: &'static str,
    about: &'static str,
    example: &'static str,
    risk: Risk,
) -> CommandSpec {
    CommandSpec {
        kind,
        path,
        about,
        example,
        risk,
    }
}

/// The row of a command.
pub fn spec_of(kind: CommandKind) -> Option<&'static CommandSpec> {
    COMMANDS.iter().find(|spec| spec.kind == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_stands_in_the_table_once() {
        for kind in CommandKind::ALL {
            assert_eq!(
                COMMANDS.iter().filter(|spec| spec.kind == *kind).count(),
                1,
                "{kind:?}"
            );
        }
        assert_eq!(COMMANDS.len(), CommandKind::ALL.len());
    }
}
