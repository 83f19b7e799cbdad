//! Signing in, and sessions that come and go: the whole program, as its user has it.

mod asked;
mod codes;
mod login;
mod refused;
mod sessions;
