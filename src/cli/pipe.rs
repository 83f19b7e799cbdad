//! Whoever reads what the program prints may stop reading, as in `mesh audit | head`: that ends it, and is no fault.

use std::process::{self, ExitCode};
use std::{io, panic};

/// What a shell tells of a program that a broken pipe ended: 128 and the number of SIGPIPE.
const NO_READER: u8 = 141;

/// Ends the program without a word where `print!` finds nobody who reads. That `print!` panics then is all that tells of
/// it: to be ended by SIGPIPE, as others are, takes unsafe code.
pub fn end_with_the_reader() {
    let told = panic::take_hook();
    panic::set_hook(Box::new(move |panicked| {
        let words = panicked.payload_as_str().unwrap_or_default();
        if words.starts_with("failed printing to stdout") && words.contains("Broken pipe") {
            process::exit(NO_READER.into());
        }
        told(panicked);
    }));
}

/// The same for what writes to its output by itself, and gives the error back.
///
/// # Errors
/// Those that are something else.
pub fn quietly(done: anyhow::Result<ExitCode>) -> anyhow::Result<ExitCode> {
    let broken = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    };
    match done {
        Err(error) if error.chain().any(broken) => Ok(NO_READER.into()),
        done => done,
    }
}
