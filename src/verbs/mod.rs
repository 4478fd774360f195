//! Command lines as data: what can be typed, and what each line asks of the town.
//! The command line, the console's palette and the tests read a line with the same tables. Pure:
//! nothing here touches the disk, the environment or the clock; what a line needs of its place
//! comes in as [`Context`]. Entry points: [`parse_line`] for one typed line, [`parse_words`] for
//! an argument list. How an event is told to people is in [`story`].

mod action;
mod agent;
mod bead;
mod bead_batch;
mod bead_close;
mod bead_create;
mod bead_dep;
mod bead_gate;
mod bead_graph;
mod bead_sheet;
mod bead_talk;
mod bead_texts;
mod bead_update;
mod context;
mod convoy;
mod edit;
pub mod find;
mod globals;
pub mod kept;
mod ledger;
mod line;
pub mod plain;
mod queue;
mod replay;
mod settings;
pub mod story;
mod table;
mod town;
mod work;

pub use action::{Action, Verb};
pub use agent::*;
pub use bead::BeadShowArgs;
pub use bead_batch::{BatchArgs, Step};
pub use bead_close::{BeadCloseArgs, BeadDoneArgs, NextArgs};
pub use bead_create::*;
pub use bead_dep::*;
pub use bead_gate::*;
pub use bead_graph::Graph;
pub use bead_talk::*;
pub use bead_texts::TextArgs;
pub use bead_update::*;
pub use context::{Context, repository};
pub use convoy::{ConvoyCreateArgs, ConvoyListArgs, ConvoyStatusArgs};
pub use edit::Edit;
pub use globals::Globals;
pub use ledger::*;
pub use line::{Parsed, Program, Reading, parse_line, parse_words};
pub use queue::{FeedArgs, MergeListArgs, MergeRetryArgs, ReadyArgs};
pub use replay::*;
pub use settings::*;
pub use table::{Group, VERBS, VerbSpec, programs_help, root_command};
pub use town::{DemoArgs, DownArgs, InstallArgs, RigAddArgs, RigListArgs, StatusArgs, UpArgs};
pub use work::{DoneArgs, HookArgs, PrimeArgs, SlingArgs};
