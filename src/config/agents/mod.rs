//! What `gt config agent` and `gt config default-agent` read and change.

mod edit;
mod rows;

pub use edit::{
    Installed, RoleTaken, SetReport, default_agent, remove_agent, set_agent, set_default_agent,
};
pub use rows::{AgentRow, agent_row, agent_rows};
