//! Any bytes as a message of the group.

#![no_main]

#[path = "../bodies/reading.rs"]
mod reading;

libfuzzer_sys::fuzz_target!(|data: &[u8]| reading::message(data));
