//! The promises of the project, one file each. One binary, so that the promises link once.

mod architecture;
mod demo;
mod exports;
mod hooks;
mod hostile;
mod node;
mod replay;
mod secret;
mod service;
mod sign_in;
mod sources;
mod tidy;
mod transcripts;
mod worlds;
