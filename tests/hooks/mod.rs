//! Hooks: what agents say at the node's door, and what the node says at theirs.

mod beside;
mod calm_day;
mod client;
mod conformance;
mod door;
mod driving;
mod gateway;
mod health;
mod killed;
mod night;
mod openclaw;
mod private;
mod rotation;
mod sending;
mod short_night;
mod stage;
mod throttled;
mod told;
