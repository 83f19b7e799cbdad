//! Any bytes as an estimate.

#![no_main]

#[path = "../bodies/reading.rs"]
mod reading;

libfuzzer_sys::fuzz_target!(|data: &[u8]| reading::estimate(data));
