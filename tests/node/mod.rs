//! The whole node against the sandbox: what people see, and what survives.

mod bad_input;
mod calls;
mod commands;
mod crash;
mod doctor;
mod ears;
mod faults;
mod flood;
pub mod harness;
mod init;
mod killed;
mod matrix;
mod migration;
mod orders;
mod talk;
mod updates;
