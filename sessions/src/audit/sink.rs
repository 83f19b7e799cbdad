//! Where a copy of the audit may go.

use std::io::{self, Write};

use serde::Serialize;

use super::{AuditLine, Audited};
use crate::hex::hex;
use crate::journal::Seq;

/// Takes a copy of the audit, line by line, in order. A line that was taken may be offered again after a crash; its
/// number tells.
pub trait AuditSink {
    /// Takes one line.
    ///
    /// # Errors
    /// It could not be kept: the same line is to be offered again.
    fn take(&mut self, line: &Audited) -> io::Result<()>;
}

/// One JSON object a line, with the line's number and hash.
#[derive(Debug)]
pub struct JsonLines<W>(pub W);

#[derive(Serialize)]
struct Exported<'a> {
    seq: Seq,
    #[serde(flatten)]
    line: &'a AuditLine,
    hash: String,
}

impl<W: Write> AuditSink for JsonLines<W> {
    fn take(&mut self, audited: &Audited) -> io::Result<()> {
        let hash = hex(&audited.hash);
        let exported = Exported { seq: audited.seq, line: &audited.line, hash };
        serde_json::to_writer(&mut self.0, &exported)?;
        self.0.write_all(b"\n")
    }
}
