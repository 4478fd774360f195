//! The fields of a bead that nothing is sorted or filtered by often: kept whole, as one JSON value.
//!
//! Empty fields are not written, so that most beads carry `{}`. Never decided on by the engine,
//! except the gate fields.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

fn is_zero(number: &i64) -> bool {
    *number == 0
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

/// The rest of a bead. Text fields are empty where the bead says nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BeadMore {
    /// Free data of whoever made the bead; `null` for none.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub metadata: Value,
    /// The session that closed it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub closed_by_session: String,
    /// The adapter it came through.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source_system: String,
    /// The repository that owns it, as older tools wrote it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source_repo: String,
    /// How far it was summarised.
    #[serde(skip_serializing_if = "is_zero")]
    pub compaction_level: i64,
    /// When, as it was written.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub compacted_at: String,
    /// At which commit.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub compacted_at_commit: String,
    /// How long it was before.
    #[serde(skip_serializing_if = "is_zero")]
    pub original_size: i64,
    /// Who sent it, of a message.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sender: String,
    /// Kept, but not told in the history of the repository.
    #[serde(skip_serializing_if = "is_false")]
    pub no_history: bool,
    /// How long a wisp lives: `heartbeat`, `patrol`, `recovery`, ….
    #[serde(skip_serializing_if = "String::is_empty")]
    pub wisp_type: String,
    /// What it was made of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bonded_from: Vec<Bond>,
    /// What a gate waits for: `human`, `timer`, `gh:run`, `gh:pr`, `bead`, `mail`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub await_type: String,
    /// Which one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub await_id: String,
    /// How long, in nanoseconds.
    #[serde(skip_serializing_if = "is_zero")]
    pub timeout: i64,
    /// Who is told when it opens.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waiters: Vec<String>,
    /// The formula it was made by.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source_formula: String,
    /// Where in that formula.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source_location: String,
    /// What sort of molecule: `swarm`, `patrol`, `work`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mol_type: String,
    /// How it may be worked on: `mutex`, `open_competition`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub work_type: String,
    /// What happened, of an event.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub event_kind: String,
    /// By whom.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub actor: String,
    /// To what.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub target: String,
    /// With which data, as JSON text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub payload: String,
    /// Keys that nobody here knows, in their order.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// What a molecule was made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bond {
    /// The part.
    #[serde(alias = "proto_id")]
    pub source_id: String,
    /// How it was joined: `sequential`, `parallel`, `conditional`.
    #[serde(default)]
    pub bond_type: String,
    /// Where.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub bond_point: String,
}

impl BeadMore {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_rest_is_empty_json_and_unknown_keys_keep_their_order() {
        assert_eq!(serde_json::to_string(&BeadMore::default()).unwrap(), "{}");
        let text = r#"{"metadata":{"b":1,"a":2},"extra":{"zeta":1,"alpha":[2]}}"#;
        let more: BeadMore = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&more).unwrap(), text);
        assert!(!more.is_empty());
    }
}
