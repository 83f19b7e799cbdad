//! Logging to standard error, in colour only on a terminal, and never a secret.

use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;

use anyhow::Context;
use commands::secrets::{self, KnownTokens};
use tracing_subscriber::EnvFilter;

/// The tokens of the configuration, once it is read; what is told by its shape is masked before that too.
static KNOWN: OnceLock<KnownTokens> = OnceLock::new();

/// grammers warns of every connection that ends; that they come back, and what if they don't, is told by ourselves.
const QUIETER: &str = "grammers_mtsender=error";

/// Starts logging what `filter` lets through; of grammers only errors, unless the filter names it.
///
/// # Errors
/// A filter that can't be read.
pub fn start(filter: &str) -> anyhow::Result<()> {
    let wanted = EnvFilter::try_new(filter)
        .with_context(|| format!("--log {filter}: not a filter; try info, or bridge=debug,warn"))?;
    let filter = if filter.contains("grammers") { wanted } else { wanted.add_directive(QUIETER.parse()?) };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Masked(io::stderr()))
        .with_ansi(io::stderr().is_terminal())
        .with_target(true)
        .init();
    Ok(())
}

/// Masks these tokens too, from now on. The first who says so counts.
pub fn mask(known: KnownTokens) {
    let _ = KNOWN.set(known);
}

/// Writes what it is given without the secrets in it. An event is one write.
struct Masked<W>(W);

impl<W: Write> Write for Masked<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let none = KnownTokens::default();
        let known = KNOWN.get().unwrap_or(&none);
        self.0.write_all(secrets::masked(&text, known).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_log_line_shows_a_secret() {
        let mut lines = Vec::new();
        let event = format!("put off effect=Tell {{ text: \"password: {}\" }}\n", "abc".repeat(5));
        Masked(&mut lines).write_all(event.as_bytes()).unwrap();
        assert_eq!(
            String::from_utf8(lines).unwrap(),
            "put off effect=Tell { text: \"password: ‹secret›\" }\n"
        );
    }
}
