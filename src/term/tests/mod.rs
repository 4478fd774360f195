//! The terminal model against hostile streams, against itself through snapshots, and keys.

mod attacks;
mod history;
mod hostile;
mod keys;
mod snapshot;
