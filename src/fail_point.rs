//! A test hook: `MESH_FAIL_POINT=NAME` stops the node dead where that name stands, so that a test can kill it there.

use std::io::Write;
use std::sync::LazyLock;

static WANTED: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("MESH_FAIL_POINT").ok());

/// Stops this process for good if this is the point that was asked for, after saying so on standard output.
pub fn reach(step: &str, what: &str) {
    let Some(wanted) = WANTED.as_deref() else { return };
    if wanted.split_once(':') != Some((step, what)) {
        return;
    }
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "fail point {wanted} reached").and_then(|()| out.flush());
    loop {
        std::thread::park();
    }
}
