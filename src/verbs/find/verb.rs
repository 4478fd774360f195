//! The verbs that only look, as one enum. Entry points for the table of verbs: the functions.

use super::{
    BeadListArgs, BeadReadyArgs, BlockedArgs, ChildrenArgs, QueryArgs, SearchArgs, StaleArgs,
};
use crate::domain::{Query, Refusal};
use crate::verbs::{Action, Context, Verb};

/// One such verb with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub enum Find {
    /// `bd list`.
    List(BeadListArgs),
    /// `bd ready`.
    Ready(BeadReadyArgs),
    /// `bd blocked`.
    Blocked(BlockedArgs),
    /// `bd children`.
    Children(ChildrenArgs),
    /// `bd search`.
    Search(SearchArgs),
    /// `bd query`.
    Query(QueryArgs),
    /// `bd stale`.
    Stale(StaleArgs),
}

impl Find {
    /// What the verb asks of the town, typed at `cx`.
    pub(in crate::verbs) fn action(
        self: Box<Self>,
        how: &'static str,
        cx: &Context,
    ) -> Result<Action, Refusal> {
        Ok(match self.question(cx)? {
            Some(query) => Action::Ask { query, how },
            None => Action::Local(Box::new(Verb::Find(self))),
        })
    }

    /// The one question that answers the verb, if one does.
    pub(in crate::verbs) fn question(&self, cx: &Context) -> Result<Option<Query>, Refusal> {
        Ok(match self {
            Self::List(args) if !args.watch => Some(args.query(cx)?),
            Self::Ready(args) if !args.explain && !args.claim => Some(args.query(cx)?),
            Self::Search(args) => Some(args.query(cx)?),
            Self::Query(args) if !args.parse_only => Some(args.query(cx)?),
            Self::Stale(args) => Some(args.query(cx)?),
            Self::Blocked(args) => Some(args.query(cx)),
            Self::List(_) | Self::Ready(_) | Self::Query(_) | Self::Children(_) => None,
        })
    }
}

macro_rules! verbs {
    ($($name:ident: $args:ty => $variant:ident),* $(,)?) => {
        $(pub(in crate::verbs) fn $name(args: $args) -> Verb {
            Verb::Find(Box::new(Find::$variant(args)))
        })*
    };
}

verbs! {
    list: BeadListArgs => List,
    ready: BeadReadyArgs => Ready,
    blocked: BlockedArgs => Blocked,
    children: ChildrenArgs => Children,
    search: SearchArgs => Search,
    query: QueryArgs => Query,
    stale: StaleArgs => Stale,
}
