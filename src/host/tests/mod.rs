//! The host over its own socket, with real terminals and real processes.

mod bench;
mod floods;
mod peer;
mod processes;
mod typing;
mod viewers;
