//! Any bytes as the body of a request at the sandbox's Bot API door, and as a text with markup.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    sandbox::hostile::body(data);
    sandbox::hostile::markup(data);
});
