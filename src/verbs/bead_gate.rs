//! `bd gate` and `bd merge-slot`: arguments, and what they become.

use clap::Args;
use serde_json::json;

use super::Context;
use crate::domain::{
    BeadClose, BeadCreate, BeadFilter, BeadId, BeadMore, BeadRest, BeadStatus, BeadType,
    BeadUpdate, BeadView, Command, GateEdits, LabelFilter, Lean, Place, Priority, Query, Refusal,
    ScopeFilter, parse_span,
};

/// Arguments of `bd gate list`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct GateListArgs {
    /// Closed ones too
    #[arg(short, long)]
    pub all: bool,
    /// At most so many; 0 for all
    #[arg(short = 'n', long, default_value = "50")]
    pub limit: u32,
    /// Print an array of beads as JSON
    #[arg(long)]
    pub json: bool,
}

impl GateListArgs {
    /// The query.
    pub fn query(&self) -> Query {
        gates(self.all, self.limit)
    }
}

/// The question for gates.
fn gates(all: bool, limit: u32) -> Query {
    Query::BeadList(Box::new(BeadFilter {
        all,
        kind: Some(BeadType::Gate),
        limit,
        scope: ScopeFilter {
            include_gates: true,
            include_ephemeral: true,
            ..ScopeFilter::default()
        },
        ..BeadFilter::default()
    }))
}

/// Arguments of `bd gate show`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct GateShowArgs {
    /// Which gate
    #[arg(value_name = "ID")]
    pub id: String,
    /// Print an array of beads as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `bd gate create`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct GateCreateArgs {
    /// The bead that waits for it
    #[arg(long, value_name = "ID")]
    pub blocks: BeadId,
    /// What opens it: human, timer, gh:run, gh:pr, bead, mail
    #[arg(
        short = 't',
        long = "type",
        value_name = "SORT",
        default_value = "human",
        value_parser = ["human", "timer", "gh:run", "gh:pr", "bead", "mail"]
    )]
    pub sort: String,
    /// Which run, pull request or bead
    #[arg(long, value_name = "ID")]
    pub await_id: Option<String>,
    /// How long, such as `2h`
    #[arg(long, value_name = "TIME")]
    pub timeout: Option<String>,
    /// Why
    #[arg(short, long, allow_hyphen_values = true)]
    pub reason: Option<String>,
    /// Print the gate as JSON
    #[arg(long)]
    pub json: bool,
}

impl GateCreateArgs {
    /// The command: the gate and the edge to it, together.
    pub fn command(&self, cx: &Context) -> Result<Command, Refusal> {
        let timeout = match &self.timeout {
            Some(text) => nanos(cx, text)?,
            None if self.sort == "timer" => {
                return Err(Refusal::invalid("timeout", "", "how long, such as `2h`"));
            }
            None => 0,
        };
        let title = match &self.await_id {
            Some(id) => format!("Gate: {} {id}", self.sort),
            None => format!("Gate: {}", self.sort),
        };
        Ok(Command::BeadCreate(Box::new(BeadCreate {
            title,
            description: self.reason.clone().unwrap_or_default(),
            kind: BeadType::Gate,
            blocks: vec![self.blocks.clone()],
            place: cx.place(None),
            default_rig: cx.default_rig.clone(),
            rest: BeadRest::from(BeadMore {
                await_type: self.sort.clone(),
                await_id: self.await_id.clone().unwrap_or_default(),
                timeout,
                ..BeadMore::default()
            }),
            ..BeadCreate::default()
        })))
    }
}

fn nanos(cx: &Context, text: &str) -> Result<i64, Refusal> {
    let wrong = || Refusal::invalid("timeout", text, "a time such as `90s`, `30m`, `2h` or `1d`");
    // A length: `m` is minutes here, as it is months in dates.
    if let Ok(length) = parse_span(text) {
        return length.checked_mul(1_000_000).ok_or_else(wrong);
    }
    let here = cx.here();
    let ends = here
        .moment("timeout", text, Lean::Ahead)
        .map_err(|_| wrong())?;
    let length = ends.from - here.now;
    length
        .checked_mul(1_000_000)
        .filter(|length| *length > 0)
        .ok_or_else(wrong)
}

/// Arguments of `bd gate resolve`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct GateResolveArgs {
    /// Which gate
    #[arg(value_name = "ID")]
    pub id: BeadId,
    /// Why
    #[arg(short, long, default_value = "Resolved", allow_hyphen_values = true)]
    pub reason: String,
    /// Print an array with the gate as JSON
    #[arg(long)]
    pub json: bool,
}

/// The command that opens a gate.
pub(crate) fn open_gate(id: &BeadId, reason: &str) -> Command {
    Command::BeadClose(BeadClose {
        ids: vec![id.clone()],
        reason: reason.to_owned(),
        force: true,
        session: None,
    })
}

/// Arguments of `bd gate check`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct GateCheckArgs {
    /// Only this sort of gate
    #[arg(short = 't', long = "type", value_name = "SORT")]
    pub sort: Option<String>,
    /// Say what would be opened, and open nothing
    #[arg(long)]
    pub dry_run: bool,
    /// File a bead for a person about each gate that cannot open any more
    #[arg(short, long)]
    pub escalate: bool,
    /// At most so many gates; 0 for all
    #[arg(short, long, default_value = "100")]
    pub limit: u32,
    /// Print what was done as JSON
    #[arg(long)]
    pub json: bool,
}

impl GateCheckArgs {
    /// The question for the gates to look at.
    pub fn query(&self) -> Query {
        gates(false, self.limit)
    }

    /// Whether a gate is to be looked at.
    pub(crate) fn means(&self, gate: &BeadView) -> bool {
        let sort = gate.rest.more.await_type.as_str();
        self.sort.as_deref().is_none_or(|wanted| wanted == sort)
    }

    /// The question for the open beads about a gate that is lost.
    pub(crate) fn escalations(gate: &BeadId) -> Query {
        Query::BeadList(Box::new(BeadFilter {
            tags: LabelFilter {
                labels: vec![ESCALATION.to_owned(), about(gate)],
                ..LabelFilter::default()
            },
            limit: 1,
            ..BeadFilter::default()
        }))
    }

    /// The command that files one.
    pub(crate) fn escalation(gate: &BeadView, why: &str) -> Result<Command, Refusal> {
        let severity = "severity:high".to_owned();
        Ok(Command::BeadCreate(Box::new(BeadCreate {
            title: format!("Gate escalation: {}", gate.id),
            description: format!(
                "{why}.\n\nOpen the gate by `bd gate resolve {}`, or give up what waits for it.",
                gate.id
            ),
            priority: Priority::try_from(1)?,
            labels: vec![ESCALATION.to_owned(), severity, about(&gate.id)],
            place: gate.rig.clone().map_or(Place::Town, Place::Rig),
            ..BeadCreate::default()
        })))
    }
}

/// The label of beads that want a person.
const ESCALATION: &str = "gt:escalation";

fn about(gate: &BeadId) -> String {
    format!("about:{gate}")
}

/// Arguments of `bd gate add-waiter`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct GateWaiterArgs {
    /// Which gate
    #[arg(value_name = "ID")]
    pub id: BeadId,
    /// Who is told when it opens
    #[arg(value_name = "ADDRESS")]
    pub waiter: String,
    /// Print an array with the gate as JSON
    #[arg(long)]
    pub json: bool,
}

impl GateWaiterArgs {
    /// The command.
    pub fn command(&self) -> Command {
        Command::BeadUpdate(Box::new(BeadUpdate {
            gate: GateEdits {
                await_id: None,
                add_waiters: vec![self.waiter.clone()],
            },
            ..BeadUpdate::of(self.id.clone())
        }))
    }
}

/// Arguments of `bd merge-slot`: one slot a rig (or town), which one may hold.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct SlotArgs {
    /// Who holds it; the caller unless said otherwise
    #[arg(long, value_name = "NAME")]
    pub holder: Option<String>,
    /// When somebody else holds it: stand in line
    #[arg(long)]
    pub wait: bool,
    /// Print the slot as JSON
    #[arg(long)]
    pub json: bool,
}

/// The label of slots.
const SLOT: &str = "gt:slot";

impl SlotArgs {
    /// Makes the slot of that id.
    pub fn create(id: BeadId, place: Place) -> Result<Command, Refusal> {
        Ok(Command::BeadCreate(Box::new(BeadCreate {
            title: "Merge slot".to_owned(),
            kind: BeadType::Task,
            priority: Priority::try_from(0)?,
            labels: vec![SLOT.to_owned()],
            id: Some(id),
            place,
            ..BeadCreate::default()
        })))
    }

    /// Takes a free slot; with `waits`, stands in line when it is not free. One step either way.
    pub fn acquire(id: BeadId, holder: &str, waits: bool) -> Command {
        let mut update = BeadUpdate::of(id.clone());
        update.only_if = Some(BeadStatus::Open);
        update.status = Some(BeadStatus::InProgress);
        let edits = &mut update.metadata;
        edits.set.insert("holder".to_owned(), json!(holder));
        edits.without.push(("waiters".to_owned(), json!(holder)));
        if waits {
            let mut line_up = BeadUpdate::of(id);
            let place = ("waiters".to_owned(), json!(holder));
            line_up.metadata.with.push(place);
            line_up.metadata.unless = Some(("holder".to_owned(), json!(holder)));
            update.otherwise = Some(Box::new(line_up));
        }
        Command::BeadUpdate(Box::new(update))
    }

    /// Lets a slot go.
    pub fn release(id: BeadId) -> Command {
        let mut update = BeadUpdate::of(id);
        update.only_if = Some(BeadStatus::InProgress);
        update.status = Some(BeadStatus::Open);
        update.metadata.unset.push("holder".to_owned());
        Command::BeadUpdate(Box::new(update))
    }
}
