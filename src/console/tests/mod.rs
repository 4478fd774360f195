//! Tests of the console as a whole: what it shows for a town, and what keys do to it.

mod behaviour;
mod echo;
mod fixture;
mod hostile;
mod looking;
mod screens;
mod strokes;
mod told;
