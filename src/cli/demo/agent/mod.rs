//! The scripted agent: a program that behaves like a coding agent's terminal interface.
//!
//! It takes the whole terminal, has a transcript, a status line and a composer whose Enter is
//! separate from pasting, asks questions, and really works: it runs `gt prime` and then the lines
//! of a script, or of what it knows about the demo's beads. It never talks to the engine by itself;
//! everything it learns, it learns from `gt` as any agent would. Entry point: [`main`].

mod child;
mod composer;
mod options;
mod paint;
mod script;
mod session;
mod signals;
mod terminal;
mod transcript;
mod work;

pub use session::main;
