//! The form of each settings file. Only keys that have an effect stand here; any other key is
//! reported with its path, and kept when the file is rewritten.
//!
//! Names are read as text and checked one by one (`check`), so that one bad name is one
//! problem and does not take the rest of the file away.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::presets::AgentSpec;

/// A settings file that begins with `type` and `version`.
pub(crate) trait Form: Default + serde::de::DeserializeOwned {
    /// What `type` must be, when it is there.
    const TYPE: &'static str;
    /// The newest `version` that is understood.
    const VERSION: i64;
    /// `type` and `version` as read.
    fn header(&self) -> (Option<&str>, Option<i64>);
}

macro_rules! form {
    ($name:ident, $kind:literal, $version:literal) => {
        impl Form for $name {
            const TYPE: &'static str = $kind;
            const VERSION: i64 = $version;
            fn header(&self) -> (Option<&str>, Option<i64>) {
                (self.kind.as_deref(), self.version)
            }
        }
    };
}

/// `mayor/town.json`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TownFile {
    #[serde(rename = "type")]
    kind: Option<String>,
    version: Option<i64>,
    pub(crate) name: Option<String>,
    /// Not used, but every town file has them.
    pub(crate) owner: Option<String>,
    pub(crate) public_name: Option<String>,
    pub(crate) created_at: Option<String>,
}
form!(TownFile, "town", 2);

/// `mayor/rigs.json`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RigsFile {
    #[serde(rename = "type")]
    kind: Option<String>,
    version: Option<i64>,
    pub(crate) rigs: BTreeMap<String, RigEntry>,
}
form!(RigsFile, "rigs", 1);

/// A rig in `mayor/rigs.json`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RigEntry {
    pub(crate) git_url: Option<String>,
    pub(crate) added_at: Option<String>,
    pub(crate) beads: Option<RigBeads>,
}

/// The beads of a rig.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RigBeads {
    pub(crate) repo: Option<String>,
    pub(crate) prefix: Option<String>,
}

/// `settings/config.json`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TownSettings {
    #[serde(rename = "type")]
    kind: Option<String>,
    version: Option<i64>,
    pub(crate) default_agent: Option<String>,
    pub(crate) agents: BTreeMap<String, AgentSpec>,
    pub(crate) role_agents: BTreeMap<String, String>,
    pub(crate) crew_agents: BTreeMap<String, String>,
    pub(crate) agent_email_domain: Option<String>,
    pub(crate) default_rig: Option<String>,
    pub(crate) limits: LimitsFile,
    pub(crate) recordings: Option<Recordings>,
    pub(crate) terminal: TerminalFile,
}
form!(TownSettings, "town-settings", 1);

/// What one run may take of the machine.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LimitsFile {
    /// Most processes at a time.
    pub(crate) processes: Option<u32>,
    /// Most memory in MiB.
    pub(crate) memory: Option<u64>,
    /// Most open files of one process.
    pub(crate) files: Option<u64>,
    /// How far it stands back for others, 0 to 19.
    pub(crate) nice: Option<i32>,
}

/// `recordings` of a town: how long they are kept.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Recordings {
    pub(crate) days: Option<u32>,
    /// Most bytes of all recordings together.
    pub(crate) bytes: Option<u64>,
    /// Most bytes on disk of one run's recording.
    pub(crate) run_bytes: Option<u64>,
}

/// `terminal` of a town or a rig: how the terminals of its agents are kept.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TerminalFile {
    /// Whose size they have.
    pub(crate) size: Option<String>,
    /// Most rows that are kept above a screen.
    pub(crate) history_lines: Option<u64>,
    /// Most bytes of such rows.
    pub(crate) history_bytes: Option<u64>,
}

/// `settings/agents.json`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AgentsFile {
    #[serde(rename = "type")]
    kind: Option<String>,
    version: Option<i64>,
    pub(crate) agents: BTreeMap<String, AgentSpec>,
}
form!(AgentsFile, "agents", 1);

/// `<rig>/config.json`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RigConfig {
    #[serde(rename = "type")]
    kind: Option<String>,
    version: Option<i64>,
    pub(crate) name: Option<String>,
    pub(crate) git_url: Option<String>,
    pub(crate) default_branch: Option<String>,
    pub(crate) created_at: Option<String>,
    pub(crate) beads: Option<RigBeads>,
}
form!(RigConfig, "rig", 1);

/// `<rig>/settings/config.json`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RigSettings {
    #[serde(rename = "type")]
    kind: Option<String>,
    version: Option<i64>,
    pub(crate) agent: Option<String>,
    pub(crate) agents: BTreeMap<String, AgentSpec>,
    pub(crate) role_agents: BTreeMap<String, String>,
    pub(crate) worker_agents: BTreeMap<String, String>,
    pub(crate) merge_queue: Option<MergeQueue>,
    pub(crate) namepool: Option<NamePool>,
    pub(crate) terminal: TerminalFile,
}
form!(RigSettings, "rig-settings", 1);

/// `merge_queue` of a rig.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct MergeQueue {
    pub(crate) setup_command: Option<String>,
    pub(crate) setup_timeout: Option<String>,
    pub(crate) typecheck_command: Option<String>,
    pub(crate) typecheck_timeout: Option<String>,
    pub(crate) lint_command: Option<String>,
    pub(crate) lint_timeout: Option<String>,
    pub(crate) test_command: Option<String>,
    pub(crate) test_timeout: Option<String>,
    pub(crate) build_command: Option<String>,
    pub(crate) build_timeout: Option<String>,
    pub(crate) run_tests: Option<bool>,
    /// `rebase`, `squash`, `merge` or `ff`.
    pub(crate) merge_strategy: Option<String>,
    /// How often a gate is run before it is taken to fail.
    pub(crate) retry_flaky_tests: Option<u32>,
    pub(crate) batch: BatchFile,
    /// Most bytes of output that a gate may write.
    pub(crate) output_limit: Option<u64>,
    pub(crate) gates: Option<GateMap>,
}

/// `merge_queue.batch`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct BatchFile {
    /// The most requests that are tested and landed together.
    pub(crate) max_size: Option<u32>,
}

/// A gate of the operator's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct GateEntry {
    pub(crate) cmd: String,
    pub(crate) timeout: Option<String>,
}

/// `gates`, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct GateMap(pub(crate) Vec<(String, GateEntry)>);

impl<'de> Deserialize<'de> for GateMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = GateMap;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("gates by name, each with `cmd`")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<GateMap, A::Error> {
                let mut gates = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    gates.push(entry);
                }
                Ok(GateMap(gates))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// `namepool` of a rig.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NamePool {
    pub(crate) names: Option<Vec<String>>,
}

/// `settings/escalation.json`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Escalation {
    #[serde(rename = "type")]
    kind: Option<String>,
    version: Option<i64>,
    pub(crate) routes: BTreeMap<String, Vec<String>>,
    pub(crate) stale_threshold: Option<String>,
    pub(crate) max_reescalations: Option<u32>,
}
form!(Escalation, "escalation", 1);
