//! Jobs against real repositories, made and read by the `git` program in a home of its own.

mod fixture;
mod flow;
