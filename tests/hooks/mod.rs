//! Hooks: what agents say at the node's door, and what the node says at theirs.

mod client;
mod conformance;
mod door;
mod gateway;
mod health;
mod killed;
mod night;
mod sending;
mod stage;
