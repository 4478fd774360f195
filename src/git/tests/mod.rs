//! Jobs against real repositories, made and read by the `git` program in a home of its own.

mod canaries;
mod fixture;
mod flow;
mod forecasts;
mod graves;
mod lab;
mod merging;
mod network;
mod random;
mod repeat;
mod restore;
mod stacks;
mod verified;
