//! The further verbs of `bd` that change beads, as one value, and what each asks of the town when it
//! asks for one thing. Their arguments are in `bead_*`.

use super::{
    AssignArgs, BatchArgs, BeadCreateArgs, BeadDoneArgs, BeadUpdateArgs, CommentsArgs, Context,
    DeferArgs, DuplicateArgs, GateCheckArgs, GateCreateArgs, GateListArgs, GateResolveArgs,
    GateShowArgs, GateWaiterArgs, LabelArgs, LabelListAllArgs, LabelListArgs, LabelPropagateArgs,
    LinkArgs, NoteArgs, PriorityArgs, QuickArgs, RelateArgs, ShipArgs, SlotArgs, SupersedeArgs,
    TagArgs, UndeferArgs, Verb, open_gate,
};
use crate::domain::{Command, Refusal};

macro_rules! edits {
    ($($(#[$doc:meta])* $make:ident $variant:ident($args:ty)),* $(,)?) => {
        /// A verb of `bd` that changes beads, besides those that have a value of their own.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Edit { $($(#[$doc])* $variant($args)),* }

        $(pub(super) fn $make(args: $args) -> Verb { Verb::Edit(Box::new(Edit::$variant(args))) })*
    };
}

edits! {
    /// `bd q`.
    quick Quick(QuickArgs),
    /// `bd assign`.
    assign Assign(AssignArgs),
    /// `bd priority`.
    priority Priority(PriorityArgs),
    /// `bd tag`.
    tag Tag(TagArgs),
    /// `bd note`.
    note Note(NoteArgs),
    /// `bd defer`.
    defer Defer(DeferArgs),
    /// `bd undefer`.
    undefer Undefer(UndeferArgs),
    /// `bd done`.
    done Done(BeadDoneArgs),
    /// `bd label add`.
    label_add LabelAdd(LabelArgs),
    /// `bd label remove`.
    label_remove LabelRemove(LabelArgs),
    /// `bd label list`.
    labels Labels(LabelListArgs),
    /// `bd label list-all`.
    all_labels AllLabels(LabelListAllArgs),
    /// `bd label propagate`.
    label_propagate LabelPropagate(LabelPropagateArgs),
    /// `bd comments`.
    comments Comments(CommentsArgs),
    /// `bd ship`.
    ship Ship(ShipArgs),
    /// `bd link`.
    link Link(LinkArgs),
    /// `bd dep relate`.
    relate Relate(RelateArgs),
    /// `bd dep unrelate`.
    unrelate Unrelate(RelateArgs),
    /// `bd duplicate`.
    duplicate Duplicate(DuplicateArgs),
    /// `bd supersede`.
    supersede Supersede(SupersedeArgs),
    /// `bd batch`.
    batch Batch(BatchArgs),
    /// `bd gate list`.
    gate_list GateList(GateListArgs),
    /// `bd gate show`.
    gate_show GateShow(GateShowArgs),
    /// `bd gate create`.
    gate_create GateCreate(GateCreateArgs),
    /// `bd gate resolve`.
    gate_resolve GateResolve(GateResolveArgs),
    /// `bd gate check`.
    gate_check GateCheck(GateCheckArgs),
    /// `bd gate add-waiter`.
    gate_waiter GateWaiter(GateWaiterArgs),
    /// `bd merge-slot create`.
    slot_create SlotCreate(SlotArgs),
    /// `bd merge-slot check`.
    slot_check SlotCheck(SlotArgs),
    /// `bd merge-slot acquire`.
    slot_acquire SlotAcquire(SlotArgs),
    /// `bd merge-slot release`.
    slot_release SlotRelease(SlotArgs),
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
            Self::Done(args) if !args.close()?.goes_on() => one(args.close()?.commands()?),
            Self::Comments(args) => args.command()?,
            Self::Link(args) => Some(Command::DepAdd(args.edge())),
            Self::Relate(args) => Some(args.relate()),
            Self::Unrelate(args) => Some(args.unrelate()),
            Self::Duplicate(args) => Some(args.command()?),
            Self::Supersede(args) => Some(args.command()?),
            Self::GateCreate(args) => Some(args.command(cx)?),
            Self::GateResolve(args) => Some(open_gate(&args.id, &args.reason)),
            Self::GateWaiter(args) => Some(args.command()),
            Self::Undefer(_)
            | Self::Done(_)
            | Self::LabelAdd(_)
            | Self::LabelRemove(_)
            | Self::Labels(_)
            | Self::AllLabels(_)
            | Self::LabelPropagate(_)
            | Self::Batch(_)
            | Self::Ship(_)
            | Self::GateList(_)
            | Self::GateShow(_)
            | Self::GateCheck(_)
            | Self::SlotCreate(_)
            | Self::SlotCheck(_)
            | Self::SlotAcquire(_)
            | Self::SlotRelease(_) => None,
        })
    }
}

/// The only one of several.
pub(super) fn one(commands: Vec<Command>) -> Option<Command> {
    let mut commands = commands.into_iter();
    commands.next().filter(|_| commands.next().is_none())
}

pub(super) fn create(args: BeadCreateArgs) -> Verb {
    Verb::BeadCreate(Box::new(args))
}

pub(super) fn update(args: BeadUpdateArgs) -> Verb {
    Verb::BeadUpdate(Box::new(args))
}
