//! Tests of the module as its callers see it: dialects, traps, edits, merges, hostile text.

mod dialects;
mod edits;
mod generate;
mod merges;
mod properties;
