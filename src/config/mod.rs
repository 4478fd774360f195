//! The settings of a town, its folders, and what follows from both.
//!
//! Owns: the town's and rigs' tree on disk (`write_town`, `write_rig`), finding the town,
//! reading settings files and saying what is wrong with them (`Settings`), which agent a role
//! runs (`resolve`), the environment and first words of an agent, the edits behind
//! `gt config`, and the block in the user's shell start file. JSON that people may have
//! edited is changed in place: unknown keys and their order stay. Never starts a program,
//! never touches the ledger or a repository.

mod agents;
mod define;
mod env;
mod error;
mod explain;
mod find;
mod json;
mod layout;
mod ledger;
mod prefix;
mod program;
mod prompt;
mod resolve;
mod settings;
mod shell;

pub use agents::{
    AgentRow, Installed, RoleTaken, SetReport, agent_row, agent_rows, default_agent, remove_agent,
    set_agent, set_default_agent,
};
pub use env::{AgentIdentity, address_email, agent_env, capture_env, is_allowed_env};
pub use error::ConfigError;
pub use explain::{ExplainRow, explain};
pub use find::{find_town, rig_of_folder, rig_of_remote};
pub use layout::{
    FORMULAS, InstallOptions, RigFacts, gitignore_text, given_formula, is_given_formula, town_name,
    write_rig, write_town,
};
pub use ledger::{
    BEADS, LedgerAsk, LedgerPlace, common_git_folder, find_ledger, has_ledger, ledger_home,
};
pub use prefix::{derive_prefix, free_prefix};
pub use program::find_program;
pub use prompt::{StartWords, start_prompt};
pub use resolve::{ResolvedAgent, resolve};
pub use settings::{AgentSource, Gate, POOL, Settings, gate_set, pick_name};
pub use shell::{BlockReport, Shell, install_block, remove_blocks};
