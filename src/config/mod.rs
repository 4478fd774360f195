//! (see the layer table)
