//! Any bytes as a client's stream at the sandbox's MTProto door.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sandbox::hostile::frames(data));
