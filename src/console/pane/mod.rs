//! The panels, one file each: what it shows, from the state alone. None calls anything.

pub(crate) mod agents;
pub(crate) mod attention;
pub(crate) mod convoys;
pub(crate) mod feed;
pub(crate) mod foot;
pub(crate) mod header;
pub(crate) mod list;
pub(crate) mod peek;
pub(crate) mod queue;
pub(crate) mod terminal;
