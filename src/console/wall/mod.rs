//! The terminals that are looked at: one beside the lists, or a wall of one to nine tiles.
//!
//! `tree` says how the wall is divided, `tile` what stands in a place, `tiles` which place has the
//! focus, `place` where everything goes on the screen. `acts` and `follow` are the part of the
//! console's behaviour that is about the wall. Nothing in here draws or talks to the host.

mod acts;
mod follow;
mod place;
mod tile;
mod tiles;
mod tree;

pub(crate) use place::Place;
pub(crate) use tile::Tile;
pub(crate) use tiles::Wall;
pub(crate) use tree::{Axis, Side, TileId};
