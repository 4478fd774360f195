//! Read models: what the engine shows to consumers. Rows of the ledger do not cross the wire.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{
    Address, AgentAlias, AgentState, BeadId, BeadStatus, BeadView, ConvoyId, GateOutcome,
    IncarnationId, MergeId, MergePhase, NudgeId, NudgePhase, Oid, Phase, Prefix, Priority, RigName,
    RigPhase, RunId, Seq, Wish,
};

/// A rig.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RigView {
    /// Its name.
    pub name: RigName,
    /// Where its repository comes from.
    pub url: String,
    /// The prefix of its beads.
    pub prefix: Prefix,
    /// The target branch; empty while not known.
    pub target: String,
    /// Where it stands.
    pub phase: RigPhase,
    /// The job that clones it, while it does.
    pub job: Option<RunId>,
    /// Why it failed, or what the operator should know.
    pub note: Option<String>,
    /// The test command that was found and can be turned on.
    pub test_hint: Option<String>,
    /// How many gates are set.
    pub gates: u32,
    /// Merge requests that wait or are under way.
    pub queued: u32,
    /// Living polecats.
    pub polecats: u32,
    /// Why nothing of it lands until a person has looked, or said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<super::QueueStop>,
}

/// An agent, as the roster shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentView {
    /// Its incarnation.
    pub id: IncarnationId,
    /// Its address.
    pub address: Address,
    /// The agent definition it runs.
    pub alias: AgentAlias,
    /// Where its incarnation stands.
    pub phase: Phase,
    /// What it is doing.
    pub state: AgentState,
    /// Why that is thought, in one line.
    pub evidence: String,
    /// What it has on its hook.
    pub bead: Option<BeadId>,
    /// The bead's title.
    pub title: Option<String>,
    /// Its newest run.
    pub run: Option<RunId>,
    /// Whether that run lives.
    pub alive: bool,
    /// Its branch.
    pub branch: String,
    /// Its worktree.
    pub worktree: PathBuf,
    /// Since when it is in this state, wall milliseconds.
    pub since: i64,
    /// Since when its worktree is gone though nobody buried it, wall milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree_gone: Option<i64>,
    /// How often its process was started again.
    pub restarts: u32,
    /// What went wrong last.
    pub note: Option<String>,
}

/// A merge request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MergeView {
    /// Its id.
    pub id: MergeId,
    /// The rig.
    pub rig: RigName,
    /// The bead it closes.
    pub bead: BeadId,
    /// The bead's title.
    pub title: String,
    /// Whose work.
    pub author: Address,
    /// The branch.
    pub branch: String,
    /// The target branch.
    pub target: String,
    /// Where it stands.
    pub phase: MergePhase,
    /// How urgent.
    pub priority: Priority,
    /// Which attempt at the bead this is, from 1.
    pub attempt: u32,
    /// The submitted commit.
    pub tip: Oid,
    /// The commit on the target, once landed.
    pub landed: Option<Oid>,
    /// Why it is where it is.
    pub reason: Option<String>,
    /// The batch that it is in, or that it landed or went back with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<super::BatchId>,
    /// Its place in the stack of that batch, from 1; 0 when it is not stacked.
    #[serde(default)]
    pub place: u32,
    /// What it contradicts, when it could not be stacked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict: Option<Box<super::ConflictRecord>>,
    /// How each gate of its batch ended, in order.
    pub gates: Vec<GateView>,
    /// The job that runs for it now.
    pub job: Option<RunId>,
    /// When it was submitted, wall milliseconds.
    pub created_at: i64,
    /// When it ended.
    pub ended_at: Option<i64>,
}

/// How one gate ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GateView {
    /// Its name, such as `test`.
    pub name: String,
    /// How it ended.
    pub outcome: GateOutcome,
    /// How long it took, milliseconds.
    pub took: i64,
    /// The job whose output can be read.
    pub job: RunId,
    /// The last lines it wrote, when it did not pass.
    pub tail: String,
}

/// A convoy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConvoyView {
    /// Its id.
    pub id: ConvoyId,
    /// Its number in the list.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// Whether it is closed.
    pub closed: bool,
    /// Who is told when it closes.
    pub notify: Option<Address>,
    /// Who made it.
    pub created_by: String,
    /// When, wall milliseconds.
    pub created_at: i64,
    /// When it closed.
    pub closed_at: Option<i64>,
    /// Its beads, in the order they were added.
    pub beads: Vec<ConvoyBead>,
}

impl ConvoyView {
    /// How many of its beads are closed.
    pub fn done(&self) -> usize {
        self.beads
            .iter()
            .filter(|bead| bead.status == BeadStatus::Closed)
            .count()
    }
}

/// A bead of a convoy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConvoyBead {
    /// Its id.
    pub id: BeadId,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub status: BeadStatus,
    /// Who works on it.
    pub worker: Option<Address>,
    /// What that agent is doing.
    pub state: Option<AgentState>,
    /// The commit on the target, once landed.
    pub landed: Option<Oid>,
}

/// A nudge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NudgeView {
    /// Its id.
    pub id: NudgeId,
    /// To whom.
    pub to: Address,
    /// From whom.
    pub from: Address,
    /// What.
    pub text: String,
    /// How far it is.
    pub phase: NudgePhase,
    /// Why it failed.
    pub reason: Option<String>,
    /// When it was stored, wall milliseconds.
    pub created_at: i64,
}

/// What an agent has to do: for `gt prime` and `gt hook`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkView {
    /// Who.
    pub address: Address,
    /// Of which town.
    pub town: String,
    /// The agent, when it has an incarnation.
    pub agent: Option<AgentView>,
    /// The bead on its hook.
    pub bead: Option<BeadView>,
    /// Its rig.
    pub rig: Option<RigView>,
    /// The commit it began at.
    pub base: Option<Oid>,
    /// Which attempt at the bead this is, from 1.
    pub attempt: u32,
    /// Why the last attempt was sent back.
    pub sent_back: Option<String>,
    /// The gates that the work must pass: name and command.
    pub gates: Vec<(String, String)>,
}

/// The live town (DECISIONS 2): everything that a console keeps in memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TownView {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub root: PathBuf,
    /// Whether the operator wants it up.
    pub wish: Wish,
    /// The newest event.
    pub seq: Seq,
    /// The rigs, by name.
    pub rigs: Vec<RigView>,
    /// The agents that are not buried, by address.
    pub agents: Vec<AgentView>,
    /// Open merge requests in their order, then the last that ended.
    pub merges: Vec<MergeView>,
    /// Open convoys, newest first, then the last that closed.
    pub convoys: Vec<ConvoyView>,
    /// Counts of beads by status.
    pub beads: BeadCounts,
    /// What needs a person, worst first.
    pub attention: Vec<AttentionView>,
    /// The engine.
    pub engine: EngineView,
}

/// Counts of beads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeadCounts {
    /// Open and not blocked.
    pub ready: u64,
    /// Held back by others.
    pub blocked: u64,
    /// On a hook or claimed.
    pub in_progress: u64,
    /// Waiting to land.
    pub in_review: u64,
    /// Finished.
    pub closed: u64,
}

/// Something that needs a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttentionView {
    /// One open row per cause: kind and subject.
    pub key: String,
    /// Who or what.
    pub subject: String,
    /// Why, in one line.
    pub why: String,
    /// The command that helps.
    pub next: Option<String>,
    /// Since when, wall milliseconds.
    pub since: i64,
}

/// The engine itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EngineView {
    /// Its process; `None` when the answer came without one.
    pub pid: Option<u32>,
    /// The terminal host's process; `None` when it is not connected.
    pub host_pid: Option<u32>,
    /// Its build.
    pub build: String,
    /// Problems with settings files and the like.
    pub problems: Vec<String>,
}

/// One changed row of the live town, pushed to subscribers; consumers overwrite maps with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "delta", content = "value", rename_all = "kebab-case")]
pub enum Delta {
    /// An agent appeared or changed.
    Agent(Box<AgentView>),
    /// An agent is buried.
    AgentGone(IncarnationId),
    /// A rig appeared or changed.
    Rig(Box<RigView>),
    /// A rig is no longer there.
    RigGone(RigName),
    /// A merge request appeared or changed.
    Merge(Box<MergeView>),
    /// A convoy appeared or changed.
    Convoy(Box<ConvoyView>),
    /// The counts of beads changed.
    Beads(BeadCounts),
    /// What needs a person changed; the whole list.
    Attention(Vec<AttentionView>),
    /// The wish changed.
    Wish(Wish),
    /// The engine's own facts changed.
    Engine(EngineView),
    /// A nudge changed.
    Nudge(Box<NudgeView>),
    /// An event happened.
    Event(Box<super::Event>),
}
