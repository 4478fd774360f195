//! Command lines as data: what can be typed, and what each line asks of the town.
//!
//! The command line, the console's palette and the tests read a line with the same tables. Pure:
//! nothing here touches the disk, the environment or the clock; what a line needs of its place
//! comes in as [`Context`]. Entry points: [`parse_line`] for one typed line, [`parse_words`] for
//! an argument list. How an event is told to people is in [`story`].

mod action;
mod agent;
mod bead;
mod bead_create;
mod bead_sheet;
mod bead_texts;
mod bead_update;
mod context;
mod convoy;
mod edit;
mod ledger;
mod line;
mod queue;
mod replay;
mod settings;
pub mod story;
mod table;
mod town;
mod work;

pub use action::{Action, Verb};
pub use agent::{
    AttachArgs, CrewAtArgs, MayorAttachArgs, NudgeArgs, NukeArgs, PeekArgs, PolecatListArgs,
};
pub use bead::{BeadCloseArgs, BeadListArgs, BeadReadyArgs, BeadShowArgs, DepAddArgs};
pub use bead_create::{BeadCreateArgs, CreateRunArgs, EdgeArgs, QuickArgs, SpecialArgs};
pub use bead_texts::TextArgs;
pub use bead_update::{
    AssignArgs, BeadUpdateArgs, DeferArgs, FlagArgs, MarkArgs, NoteArgs, PriorityArgs, TagArgs,
    UndeferArgs,
};
pub use context::{Context, repository};
pub use convoy::{ConvoyCreateArgs, ConvoyListArgs, ConvoyStatusArgs};
pub use edit::Edit;
pub use ledger::{
    BeadClaimArgs, BeadDeleteArgs, BeadReopenArgs, CommentArgs, DepRemoveArgs, LedgerSetArgs,
    LedgerVerb,
};
pub use line::{Parsed, Program, Reading, parse_line, parse_words};
pub use queue::{FeedArgs, MergeListArgs, MergeRetryArgs, ReadyArgs};
pub use replay::{
    ExportForm, Replay, ReplayExportArgs, ReplayInfoArgs, ReplayListArgs, ReplayPruneArgs,
};
pub use settings::{
    AgentGetArgs, AgentListArgs, AgentRemoveArgs, AgentSetArgs, CompletionArgs, DefaultAgentArgs,
    ExplainArgs, Shell,
};
pub use table::{Group, VERBS, VerbSpec, programs_help, root_command};
pub use town::{DemoArgs, DownArgs, InstallArgs, RigAddArgs, RigListArgs, StatusArgs, UpArgs};
pub use work::{DoneArgs, HookArgs, PrimeArgs, SlingArgs};
