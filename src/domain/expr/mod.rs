//! Which beads are meant, as an expression: what `bd query` reads and what every filter of a list is made of.
//!
//! `ast` is the expression as plain data, which travels in a query; `field` says what can be asked
//! of a bead; `lex`, `read` and `parse` read what people type; `print` writes it back. Never touches
//! a ledger: the store turns an expression into SQL. Entry points: [`Expr::parse`], [`Expr::check`].

mod ast;
mod field;
mod lex;
mod parse;
mod print;
mod read;
#[cfg(test)]
mod tests;

pub use ast::{EXPR_DEPTH, EXPR_NODES, Expr, Op, Test, Value};
pub use field::{Field, Shape};
