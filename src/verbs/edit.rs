//! The further verbs of `bd` that change beads, as one value, and what each asks of the town when it
//! asks for one thing. Their arguments are in `bead_*`.

use super::{
    AssignArgs, BeadCreateArgs, BeadUpdateArgs, Context, DeferArgs, NoteArgs, PriorityArgs,
    QuickArgs, TagArgs, UndeferArgs, Verb,
};
use crate::domain::{Command, Refusal};

/// A verb of `bd` that changes beads, besides create, update, close and dep add.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// `bd q`.
    Quick(QuickArgs),
    /// `bd assign`.
    Assign(AssignArgs),
    /// `bd priority`.
    Priority(PriorityArgs),
    /// `bd tag`.
    Tag(TagArgs),
    /// `bd note`.
    Note(NoteArgs),
    /// `bd defer`.
    Defer(DeferArgs),
    /// `bd undefer`.
    Undefer(UndeferArgs),
}

impl Edit {
    /// The one command that it is, if it is one.
    pub(super) fn command(&self, cx: &Context) -> Result<Option<Command>, Refusal> {
        Ok(match self {
            Self::Quick(args) => Some(args.command(cx, None)?),
            Self::Assign(args) => Some(args.command()),
            Self::Priority(args) => Some(args.command()),
            Self::Tag(args) => Some(args.command()?),
            Self::Note(args) => Some(args.command()?),
            Self::Defer(args) => one(args.commands(cx)?),
            Self::Undefer(_) => None,
        })
    }
}

/// The only one of several.
pub(super) fn one(commands: Vec<Command>) -> Option<Command> {
    let mut commands = commands.into_iter();
    commands.next().filter(|_| commands.next().is_none())
}

macro_rules! making {
    ($($make:ident $args:ty => $variant:ident),* $(,)?) => {
        $(pub(super) fn $make(args: $args) -> Verb { Verb::Edit(Box::new(Edit::$variant(args))) })*
    };
}

pub(super) fn create(args: BeadCreateArgs) -> Verb {
    Verb::BeadCreate(Box::new(args))
}

pub(super) fn update(args: BeadUpdateArgs) -> Verb {
    Verb::BeadUpdate(Box::new(args))
}

making! {
    quick QuickArgs => Quick,
    assign AssignArgs => Assign,
    priority PriorityArgs => Priority,
    tag TagArgs => Tag,
    note NoteArgs => Note,
    defer DeferArgs => Defer,
    undefer UndeferArgs => Undefer,
}
