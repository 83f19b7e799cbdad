//! Any bytes as an export of Telegram Desktop.

#![no_main]

#[path = "../bodies/export.rs"]
mod export;

libfuzzer_sys::fuzz_target!(|data: &[u8]| export::file(data));
