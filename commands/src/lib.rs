//! The mind of the mesh: what was said, what it means, what follows.
//!
//! Pure: no I/O, no clock, no randomness. [`decide`](decide::decide) takes the [`Mesh`](mesh::Mesh), one
//! [`Input`](input::Input) with its instant, and returns the facts that are now true and the effects to perform.

// The bodies of the fuzz targets call this crate by its name, also when its own tests run them.
#[cfg(test)]
extern crate self as commands;

pub mod answer;
pub mod authority;
pub mod check;
pub mod decide;
pub mod effect;
pub mod fact;
pub mod grammar;
pub mod ids;
pub mod input;
pub mod mesh;
pub mod permissions;
pub mod preflight;
pub mod rules;
pub mod say;
pub mod secrets;
pub mod slash;
