//! What was sent, and what arrived where: each once, or it is counted.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::plan::Plan;

/// Between two looks at whether all has arrived.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What was sent, and what arrived where.
#[derive(Clone)]
pub struct Ledger(Arc<Inner>);

struct Inner {
    /// Messages sent so far, by member; each counts its own from zero.
    sent: Vec<AtomicU64>,
    /// By hearer: how often each author's message of each number arrived.
    heard: Vec<Mutex<BTreeMap<(usize, u64), u32>>>,
    /// How long each took, in microseconds.
    delays: Mutex<Vec<u64>>,
    expected: AtomicU64,
    arrived: AtomicU64,
    failed: AtomicU64,
}

impl Ledger {
    pub fn new(plan: &Plan) -> Self {
        let members = 0..plan.members();
        Self(Arc::new(Inner {
            sent: members.clone().map(|_| AtomicU64::new(0)).collect(),
            heard: members.map(|_| Mutex::default()).collect(),
            delays: Mutex::default(),
            expected: AtomicU64::new(0),
            arrived: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        }))
    }

    /// The text of a member's next message, which `hearers` are to hear.
    pub fn write(&self, member: usize, hearers: usize) -> String {
        let number = self.0.sent[member].fetch_add(1, Ordering::SeqCst);
        self.0.expected.fetch_add(hearers as u64, Ordering::SeqCst);
        format!("{member} {number} {}", now())
    }

    /// Messages sent so far.
    pub fn sent(&self) -> u64 {
        self.0.sent.iter().map(|sent| sent.load(Ordering::SeqCst)).sum()
    }

    /// A send that was refused, with its message counted as sent.
    pub fn fail(&self) {
        self.0.failed.fetch_add(1, Ordering::SeqCst);
    }

    /// A text that arrived; others' texts are passed over.
    pub fn read(&self, hearer: usize, text: &str) {
        let mut parts = text.split(' ').map(str::parse::<u64>);
        let (Some(Ok(author)), Some(Ok(number)), Some(Ok(at))) = (parts.next(), parts.next(), parts.next())
        else {
            return;
        };
        let author = usize::try_from(author).expect("a member");
        let times = {
            let mut heard = lock(&self.0.heard[hearer]);
            let times = heard.entry((author, number)).or_default();
            *times += 1;
            *times
        };
        if times == 1 {
            self.0.arrived.fetch_add(1, Ordering::SeqCst);
            lock(&self.0.delays).push(now().saturating_sub(at));
        }
    }

    /// Waits until all has arrived, or too long.
    pub async fn settle(&self, at_most: Duration) {
        let begun = Instant::now();
        let mut looks = tokio::time::interval(LOOK_EVERY);
        while self.missing() > 0 && begun.elapsed() < at_most {
            looks.tick().await;
        }
    }

    fn missing(&self) -> u64 {
        self.0.expected.load(Ordering::SeqCst).saturating_sub(self.0.arrived.load(Ordering::SeqCst))
    }

    /// Prints the figures; true where every message arrived once.
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    pub fn report(&self, took: Duration) -> bool {
        let sent = self.sent();
        let doubled: u64 =
            self.0.heard.iter().map(|heard| lock(heard).values().filter(|n| **n > 1).count() as u64).sum();
        let (failed, missing) = (self.0.failed.load(Ordering::SeqCst), self.missing());
        println!(
            "sent                    {sent} in {:.1} s: {:.0} a second",
            took.as_secs_f64(),
            sent as f64 / took.as_secs_f64()
        );
        println!("arrived                 {}", self.0.arrived.load(Ordering::SeqCst));
        println!("lost {missing}, doubled {doubled}, refused {failed}");
        let mut delays = std::mem::take(&mut *lock(&self.0.delays));
        delays.sort_unstable();
        let part = |part: usize| {
            delays.get(delays.len().saturating_sub(1) * part / 100).copied().unwrap_or(0) as f64 / 1000.0
        };
        println!(
            "from send to arrival    p50 {:.1} ms, p99 {:.1} ms, the last {:.1} ms",
            part(50),
            part(99),
            part(100)
        );
        missing == 0 && doubled == 0 && failed == 0
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Microseconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}
