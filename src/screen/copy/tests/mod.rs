//! Looking back, against a keeper of rows that answers like the host.

mod fixture;
mod keys;
mod mouse;
mod properties;
mod shown;
