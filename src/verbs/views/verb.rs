//! The verbs that look at many beads, as one enum. Entry points for the table of verbs: the functions.

use super::{
    ActivityArgs, CountArgs, DepCyclesArgs, DepListArgs, DepTreeArgs, DuplicatesArgs,
    EpicCloseArgs, EpicStatusArgs, GraphArgs, HistoryArgs, LintArgs, OrphansArgs, SetStateArgs,
    StateArgs, StatsArgs, WordsArgs,
};
use crate::domain::{Query, Refusal};
use crate::verbs::{Action, Context, Verb};

macro_rules! views {
    ($($(#[$doc:meta])* $make:ident $variant:ident($args:ty)),* $(,)?) => {
        /// One such verb with its arguments.
        #[derive(Clone, Debug, PartialEq)]
        #[expect(clippy::large_enum_variant, reason = "a verb stands in a box, and there is one a line")]
        pub enum View { $($(#[$doc])* $variant($args)),* }

        $(pub(in crate::verbs) fn $make(args: $args) -> Verb { Verb::View(Box::new(View::$variant(args))) })*
    };
}

views! {
    /// `bd count`.
    count Count(CountArgs),
    /// `bd stats`.
    stats Stats(StatsArgs),
    /// `bd statuses`.
    statuses Statuses(WordsArgs),
    /// `bd types`.
    types Types(WordsArgs),
    /// `bd epic status`.
    epic_status EpicStatus(EpicStatusArgs),
    /// `bd epic close-eligible`.
    epic_close EpicClose(EpicCloseArgs),
    /// `bd dep tree`.
    tree Tree(DepTreeArgs),
    /// `bd dep list`.
    edges Edges(DepListArgs),
    /// `bd dep cycles`.
    cycles Cycles(DepCyclesArgs),
    /// `bd graph`.
    graph Graph(GraphArgs),
    /// `bd history`.
    history History(HistoryArgs),
    /// `bd activity`.
    activity Activity(ActivityArgs),
    /// `bd duplicates`.
    duplicates Duplicates(DuplicatesArgs),
    /// `bd lint`.
    lint Lint(LintArgs),
    /// `bd orphans`.
    orphans Orphans(OrphansArgs),
    /// `bd state`.
    state State(StateArgs),
    /// `bd set-state`.
    set_state SetState(SetStateArgs),
}

impl View {
    /// What the verb asks of the town, typed at `cx`.
    pub(in crate::verbs) fn action(
        self: Box<Self>,
        how: &'static str,
        cx: &Context,
    ) -> Result<Action, Refusal> {
        Ok(match self.question(cx)? {
            Some(query) => Action::Ask { query, how },
            None => Action::Local(Box::new(Verb::View(self))),
        })
    }

    /// The one question that answers the verb, if one does.
    fn question(&self, cx: &Context) -> Result<Option<Query>, Refusal> {
        Ok(match self {
            Self::Count(args) => Some(args.query(cx)?),
            Self::Stats(args) if !args.assigned => Some(args.query(None, cx)),
            Self::Activity(args) => Some(args.query(cx)?),
            Self::Lint(args) => Some(args.query(cx)),
            Self::Stats(_)
            | Self::Statuses(_)
            | Self::Types(_)
            | Self::EpicStatus(_)
            | Self::EpicClose(_)
            | Self::Tree(_)
            | Self::Edges(_)
            | Self::Cycles(_)
            | Self::Graph(_)
            | Self::History(_)
            | Self::Duplicates(_)
            | Self::Orphans(_)
            | Self::State(_)
            | Self::SetState(_) => None,
        })
    }
}
