//! How front ends reach the engine and the terminal host. Blocking; no ledger knowledge.
//!
//! `TownClient` asks and commands (over the socket, or in this very process when no engine runs);
//! `Subscription` keeps a live town current; `HostClient` looks at terminals and types into them.

mod host;
mod link;
mod once;
mod start;
mod subscription;
mod town;

pub use host::{AttachEvent, Attached, HostCall, HostClient, Keyboard, Rows};
pub use start::{check_ledger, create_ledger, create_town};
pub use subscription::{Subscription, Update};
pub use town::{Need, TownClient};
