//! A process that is killed while it commits, or sums up what it committed, leaves whole batches, and every one it was
//! told of.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::samples::{alive, at, became, line, react, sighting};
use crate::{AuditLine, Batch, EffectId, Store};

/// Names the directory to commit to, in the process that is to be killed.
const CHILD_DIR: &str = "MESH_TEST_KILLED_CHILD";
const ACKNOWLEDGED: &str = "acknowledged ";
const ROUNDS: usize = 6;
/// How many acknowledgements a round waits for; different, so that the kill falls into different places.
const AFTER: [usize; ROUNDS] = [1, 7, 20, 33, 50, 64];

/// The `n`-th batch says its number everywhere: as a fact, an effect, a cursor, an audit line and a sighting. It strikes
/// off the effect before it.
fn batch(n: u64) -> Batch {
    let second = i64::try_from(n).unwrap();
    Batch {
        facts: vec![became(vec![alive(second), alive(-second)])],
        effects: vec![react(i32::try_from(n).unwrap())],
        struck: vec![EffectId(n - 1)],
        cursors: vec![("ear".to_owned(), n.to_be_bytes().to_vec())],
        sightings: vec![sighting(second, "DONE", 1)],
        audit: vec![AuditLine { result: n.to_string(), ..line("count") }],
        ..Batch::default()
    }
}

/// How many batches the store holds, all its parts agreeing.
fn agreed(store: &Store) -> u64 {
    let cursor = store.cursor("ear").unwrap();
    let n = cursor.map_or(0, |bytes| u64::from_be_bytes(bytes.try_into().unwrap()));
    let count = usize::try_from(n).unwrap();
    assert_eq!(store.last().0, 2 * n);
    let facts: Vec<_> = store.replay().map(|entry| entry.unwrap().seq.0).collect();
    assert_eq!(facts, (1..=2 * n).collect::<Vec<_>>());
    let waiting: Vec<_> = store.outbox().map(|entry| entry.unwrap().id.0).collect();
    assert_eq!(waiting, Vec::from_iter((n > 0).then_some(n)));
    assert_eq!(store.audit().map(Result::unwrap).count(), count);
    store.verify_audit(None).unwrap();
    assert_eq!(store.trees().sightings.len(), count);
    n
}

/// Not a test by itself: the process that `nothing_acknowledged_is_lost` starts and kills.
#[test]
fn child() {
    let Some(dir) = env::var_os(CHILD_DIR) else {
        return;
    };
    let store = Store::open(Path::new(&dir)).unwrap();
    let first = agreed(&store) + 1;
    for n in first.. {
        store.commit(batch(n)).unwrap();
        let facts = store.replay().map(|entry| entry.unwrap().fact).collect();
        store.snapshot(at(0), store.last(), facts).unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "\n{ACKNOWLEDGED}{n}").unwrap();
        out.flush().unwrap();
    }
}

fn start(dir: &Path) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "tests::killed::child", "--nocapture"])
        .env(CHILD_DIR, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Kills the child after some acknowledgements; the number of the last one it wrote.
fn kill_after(mut child: Child, acknowledgements: usize) -> u64 {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut numbers = lines.filter_map(|line| {
        let line = line.ok()?;
        line.strip_prefix(ACKNOWLEDGED)?.parse::<u64>().ok()
    });
    let mut last = numbers.nth(acknowledgements - 1).unwrap();
    child.kill().unwrap();
    last = numbers.last().unwrap_or(last);
    child.wait().unwrap();
    last
}

#[test]
fn nothing_acknowledged_is_lost_and_no_batch_is_half() {
    let dir = tempfile::tempdir().unwrap();
    let mut before = 0;
    for after in AFTER {
        let acknowledged = kill_after(start(dir.path()), after);
        let store = Store::open(dir.path()).unwrap();
        let kept = agreed(&store);
        assert!(kept >= acknowledged, "{acknowledged} were acknowledged, {kept} are there");
        assert!(kept >= before + after as u64);
        before = kept;
    }
}
