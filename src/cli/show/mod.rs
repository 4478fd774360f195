//! What the town answers, as text for people and JSON for programs. Pure: no printing, no clock.
//!
//! Text has no promise of form; the names of JSON fields do. Everything that may come from an
//! agent or a repository passes the sanitiser on its way into text.

mod agent;
mod bead;
mod bead_json;
mod bead_tree;
mod convoy;
mod feed;
mod look;
mod merge;
mod prime;
mod replay;
mod rescue;
mod rig;
mod sling;
mod status;

pub(super) use agent::{polecats_json, polecats_text};
pub(super) use bead::{bead_line, bead_more, bead_row, bead_text, beads_text};
pub(super) use bead_json::{bead_json, beads_json, item_json, object, shown_json, stamp};
pub(super) use bead_tree::{blockers, long_text, tree_text};
pub(super) use convoy::{convoy_json, convoy_text, convoys_json, convoys_text};
pub(super) use feed::{event_json, event_line};
pub(super) use look::{Cell, Look, Table, Tone};
pub(super) use merge::{merge_object, merge_text, merges_json, merges_text, stops_text};
pub(super) use prime::{hook_json, hook_text, prime_text};
pub(super) use replay::{
    Damage, RecordingView, pruned_text, recording_json, recording_text, recordings_text,
};
pub(super) use rescue::{Grave, grave_json, grave_text, graves_json, graves_text};
pub(super) use rig::{rig_again, rig_json, rig_story, rigs_json, rigs_text};
pub(super) use sling::{nuked_text, slung_json, slung_text};
pub(super) use status::{agent_line, status_json, status_text};

#[cfg(test)]
mod sample;
