//! The terminal model against hostile streams, against itself through snapshots, keys and mouse.

mod attacks;
mod flood;
mod history;
mod hostile;
mod keys;
mod mouse;
mod rewrap;
mod snapshot;
mod tags;
