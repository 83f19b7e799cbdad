//! The whole node against the sandbox: what people see, and what survives.

mod bad_input;
mod crash;
mod ears;
mod harness;
mod talk;
