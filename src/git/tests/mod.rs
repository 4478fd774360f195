//! Jobs against real repositories, made and read by the `git` program in a home of its own.

mod canaries;
mod fixture;
mod flow;
mod graves;
mod merging;
mod network;
mod repeat;
