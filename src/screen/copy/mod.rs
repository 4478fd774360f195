//! Looking back in a terminal: its history by row number, moves, search, selection, copying.
//!
//! Pure: it never asks the host itself but says which rows it needs ([`Wish::Ask`]) and takes up
//! what it was doing when they come. It writes nothing to any terminal; what was copied is told.
//! Entry point: [`struct@Copy`], drawn by [`draw()`].

mod act;
mod book;
mod draw;
mod glance;
mod line;
mod motion;
mod mouse;
mod search;
mod select;
mod state;
mod steps;
mod view;

pub(crate) use act::{Act, Move};
pub(crate) use book::{Ask, Told};
pub(crate) use draw::{Paint, draw};
pub(crate) use line::{Link, Mark, Row};
pub(crate) use mouse::Pointer;
pub(crate) use search::{Direction, REGEX_FLAG};
pub(crate) use select::Kind;
pub(crate) use state::{Begin, Copy, Due, Grip, Wish};

#[cfg(test)]
mod tests;
