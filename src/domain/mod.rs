//! The words of the town and the public vocabulary. Plain data; no I/O, no clock.
//!
//! Glossary, one word per thing in code, CLI, screen and events alike:
//! *town*: one folder with all rigs and one ledger. *rig*: a repository under the town's care.
//! *bead*: a unit of work. *convoy*: a tracked batch of beads. *hook*: the bead an agent works on.
//! *sling*: to hook a bead to an agent and start it. *polecat*: a worker for one bead. *crew*: a
//! lasting workspace. *mayor*, *deacon*, *boot*, *witness*, *refinery*: town and rig roles. *seat*: an
//! address with mailbox and history. *incarnation*: one assignment of a seat. *run*: one process of it.
//! *merge request*: work that waits to land. *batch*: requests that are tested and landed as one.
//! *target*: the branch work lands on. *mirror*, *shared repository*: of a rig, the engine's and agents'.

mod address;
mod batch;
mod bead;
mod bead_command;
mod bead_file;
mod bead_query;
mod bead_view;
mod command;
mod event;
pub mod expr;
mod git_job;
mod ids;
mod ledger_command;
mod merging;
mod moment;
mod more;
mod name;
mod plan;
mod query;
mod queue_command;
mod refusal;
mod rescue;
mod screen;
mod selection;
mod spec;
mod state;
mod time;
mod view;

pub use address::{Address, Seat};
pub use batch::made_by;
pub use bead::{BeadStatus, BeadType, Category, DepKind, Priority};
pub use command::*;
pub use event::{DeletedFor, Event, EventBody, RecordingNews, StoppedBy};
pub use expr::{Expr, Field};
pub use moment::{DATE_FORMS, Here, Lean, Moment};
pub use more::{BeadMore, Bond};
pub use name::{NAME_MAX, check_name, check_prefix};
pub use plan::*;
pub use refusal::{Kind, Refusal};
pub use screen::{ScreenRow, ScreenView, Style};
pub use selection::{COUNTED_BEYOND, Selection};
pub use spec::{COMMANDS, CommandSpec, Risk, spec_of};
pub use state::*;
pub use time::{Now, Span, parse_span};
pub use view::*;
pub use {bead_command::*, bead_file::*, bead_query::*, bead_view::*};
pub use {git_job::*, ids::*, ledger_command::*, merging::*, rescue::*};
pub use {query::*, queue_command::*};
