//! What clients and the engine say to each other. Public vocabulary; a version is in the hello.

use serde::{Deserialize, Serialize};

use crate::domain::{Answer, Command, Delta, Outcome, Query, Refusal, Seq};

/// The newest engine protocol this build speaks.
pub const ENGINE_PROTO: u32 = 1;
/// The oldest engine protocol this build speaks.
pub const ENGINE_PROTO_MIN: u32 = 1;

/// First frame each way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Oldest protocol the sender speaks.
    pub proto_min: u32,
    /// Newest protocol the sender speaks.
    pub proto_max: u32,
    /// The sender's build.
    pub build: String,
    /// The town's folder.
    pub town: String,
    /// What the sender is: `cli`, `console`, `engine`, `host`.
    pub role: String,
    /// The session token of an agent, or a key to the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// What a client sends after the hello.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Comes back with the reply.
    pub id: u64,
    /// What is asked.
    pub body: RequestBody,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", content = "value", rename_all = "kebab-case")]
pub enum RequestBody {
    /// Change something. `how` is the words of the command line, for the event's cause.
    Command {
        /// What.
        command: Command,
        /// As typed, such as `gt sling`.
        how: String,
    },
    /// Ask something.
    Query(Query),
    /// Send the live town now and every change after it.
    Subscribe,
    /// End the engine once all that is committed is answered. Only the operator.
    Shutdown,
}

/// What the engine sends after the hello.
#[expect(
    clippy::large_enum_variant,
    reason = "one lives at a time, on its way to a socket"
)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "say", content = "value", rename_all = "kebab-case")]
pub enum Push {
    /// To a request.
    Reply {
        /// The request's id.
        id: u64,
        /// What came of it.
        result: Result<Reply, Refusal>,
    },
    /// What changed, all from one commit, after the snapshot that answered `Subscribe`.
    Deltas {
        /// The newest event of that commit.
        seq: Seq,
        /// The changes, in order.
        deltas: Vec<Delta>,
    },
    /// The client was too slow and missed something; it subscribes again.
    Lagged,
}

/// A good answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reply", content = "value", rename_all = "kebab-case")]
pub enum Reply {
    /// To a command.
    Outcome(Outcome),
    /// To a query, and to `Subscribe` (the live town).
    Answer(Answer),
    /// To `Shutdown`.
    Bye,
}
