//! Where a log comes from: a file or standard input, with a bar on a terminal where it takes a while.

use std::fs::File;
use std::io::{IsTerminal, Read, stderr, stdin, stdout};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Nothing is shown of what is over sooner.
const SHOWN_AFTER: Duration = Duration::from_secs(1);

/// A log as bytes.
pub struct Source {
    bytes: Box<dyn Read>,
    bar: ProgressBar,
    start: Instant,
    shown: bool,
}

impl Source {
    /// The file of that name, or standard input for `-`. With `quiet`, nothing else is written to the terminal while
    /// it is read.
    ///
    /// # Errors
    /// A file that can't be opened.
    pub fn open(file: &Path, quiet: bool) -> anyhow::Result<Self> {
        if file.as_os_str() == "-" {
            return Ok(Self::new(Box::new(stdin()), None, quiet));
        }
        let opened = File::open(file).with_context(|| format!("{} can't be read", file.display()))?;
        let length = opened.metadata().ok().map(|data| data.len());
        Ok(Self::new(Box::new(opened), length, quiet))
    }

    /// Bytes that are at hand.
    pub fn new(bytes: Box<dyn Read>, length: Option<u64>, quiet: bool) -> Self {
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
        let form = if length.is_some() {
            "{bar:40} {bytes} of {total_bytes}, {eta} left"
        } else {
            "{spinner} {bytes} in {elapsed}"
        };
        if let Ok(style) = ProgressStyle::with_template(form) {
            bar.set_style(style);
        }
        let in_the_way = !quiet && stdout().is_terminal();
        Self { bytes, bar, start: Instant::now(), shown: in_the_way || !stderr().is_terminal() }
    }
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if !self.shown && self.start.elapsed() >= SHOWN_AFTER {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.shown = true;
        }
        let read = self.bytes.read(into)?;
        self.bar.inc(read as u64);
        Ok(read)
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
