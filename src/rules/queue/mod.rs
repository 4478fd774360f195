//! The merge queue: from a submitted request to the target, or back to a new polecat.
//!
//! Requests are stacked on the target, tested and landed as one batch; a request alone is a batch
//! of one. The target moves only to a commit whose exact tree passed the gates (M1), by a push with
//! a lease on the commit that the stack stands on. Everything here is pure: the git worker stacks,
//! the host runs gates and pushes, the engine carries out what is decided.

mod asked;
mod back;
mod batch;
mod gate;
mod land;
mod order;
mod search;
#[cfg(test)]
mod tests;

pub(crate) use asked::{pause, reject, reorder, resume, retry};
pub(crate) use back::{Again, hold, send_back};
pub(crate) use batch::{Back, Batch, Made, Next, begin, fetched, stacked, tree_ready};
pub(crate) use gate::{GateEnd, gate_ended};
pub(crate) use land::{PushEnd, failed, landed, moved_outside, pushed, verified};
pub(crate) use order::{Waiting, in_order, take};
pub(crate) use search::Search;
