//! Several commands about beads as one: all of them or none.
//!
//! A step can mean the bead that an earlier step makes, by a stand-in for its id
//! ([`made_by`]). Nothing here decides what a step may do.

use serde_json::Value;

use super::{BeadId, Command, DepAdd, Edit, Refusal};

/// How the stand-in for a bead of the same batch begins.
const STAND_IN: &str = "external:of-this-batch:";

/// Stands for the bead that the step of that index makes.
pub fn made_by(step: usize) -> Result<BeadId, Refusal> {
    BeadId::parse(&format!("{STAND_IN}{step}"))
}

/// The step that a stand-in means.
fn step_of(id: &BeadId) -> Option<usize> {
    id.as_str().strip_prefix(STAND_IN)?.parse().ok()
}

impl Command {
    /// The same with every stand-in as the bead that was made for it; `made` are those of the
    /// steps before.
    pub fn settled(mut self, made: &[Option<BeadId>]) -> Result<Self, Refusal> {
        let settle = |id: &BeadId| -> Result<Option<BeadId>, Refusal> {
            let Some(step) = step_of(id) else {
                return Ok(None);
            };
            let real = made.get(step).cloned().flatten();
            real.map(Some).ok_or_else(|| {
                Refusal::invalid("id", id.as_str(), "a bead that an earlier step makes")
            })
        };
        for id in self.ids_mut() {
            if let Some(real) = settle(id)? {
                *id = real;
            }
        }
        if let Self::BeadUpdate(cmd) = &mut self {
            for value in cmd.metadata.set.values_mut() {
                let id = value.as_str().and_then(|text| BeadId::parse(text).ok());
                if let Some(real) = id.map(|id| settle(&id)).transpose()?.flatten() {
                    *value = Value::String(real.to_string());
                }
            }
        }
        Ok(self)
    }

    /// Every id that a step can name, of the commands that a batch can hold.
    fn ids_mut(&mut self) -> Vec<&mut BeadId> {
        match self {
            Self::BeadCreate(cmd) => {
                let cmd = &mut **cmd;
                let deps = cmd.deps.iter_mut().map(|dep| &mut dep.on);
                cmd.blocked_by
                    .iter_mut()
                    .chain(&mut cmd.blocks)
                    .chain(&mut cmd.parent)
                    .chain(deps)
                    .collect()
            }
            Self::BeadUpdate(cmd) => {
                let mut ids = vec![&mut cmd.id];
                if let Some(Edit::To(parent)) = &mut cmd.parent {
                    ids.push(parent);
                }
                ids
            }
            Self::BeadClose(cmd) => cmd.ids.iter_mut().collect(),
            Self::DepAdd(DepAdd { bead, on, .. }) => vec![bead, on],
            _ => Vec::new(),
        }
    }
}
