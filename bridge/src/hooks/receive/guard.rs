//! Who guesses tokens is made to wait: after 20 wrong ones in a minute, 429 until the minute is over. A right one always
//! passes, and begins the count anew.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// So many wrong tokens ...
const FAILURES_MOST: u32 = 20;
/// ... in this time.
const WINDOW: Duration = Duration::from_mins(1);
/// So many addresses are kept in mind; with more, the oldest is forgotten.
const ADDRESSES_MOST: usize = 1_024;

/// Wrong tokens by the address they came from.
#[derive(Debug, Default)]
pub(super) struct Guard {
    failures: BTreeMap<IpAddr, Failures>,
}

#[derive(Debug)]
struct Failures {
    since: Instant,
    count: u32,
}

/// What becomes of a request without a right token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// 401.
    Unauthorized,
    /// 429, to come again after so many seconds.
    TooMany(u64),
}

impl Guard {
    /// A right token.
    pub(super) fn passed(&mut self, from: IpAddr) {
        self.failures.remove(&from);
    }

    /// A wrong one, or none.
    pub(super) fn failed(&mut self, from: IpAddr, now: Instant) -> Verdict {
        let over = |failures: &Failures| now.duration_since(failures.since) >= WINDOW;
        if self.failures.len() >= ADDRESSES_MOST && !self.failures.contains_key(&from) {
            self.failures.retain(|_, failures| !over(failures));
            self.forget_oldest();
        }
        let failures = self.failures.entry(from).or_insert(Failures { since: now, count: 0 });
        if over(failures) {
            *failures = Failures { since: now, count: 0 };
        }
        if failures.count >= FAILURES_MOST {
            let left = WINDOW.saturating_sub(now.duration_since(failures.since));
            let begun = u64::from(left.subsec_nanos() > 0);
            return Verdict::TooMany((left.as_secs() + begun).max(1));
        }
        failures.count += 1;
        if failures.count == FAILURES_MOST {
            // The wait counts from the last of them.
            failures.since = now;
        }
        Verdict::Unauthorized
    }

    fn forget_oldest(&mut self) {
        if self.failures.len() >= ADDRESSES_MOST
            && let Some(oldest) = self.failures.iter().min_by_key(|(_, f)| f.since).map(|(from, _)| *from)
        {
            self.failures.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn after_twenty_wrong_ones_a_minute_goes_by() {
        let (mut guard, start) = (Guard::default(), Instant::now());
        for _ in 0..20 {
            assert_eq!(guard.failed(HERE, start), Verdict::Unauthorized);
        }
        assert_eq!(guard.failed(HERE, start), Verdict::TooMany(60));
        assert_eq!(guard.failed(HERE, start + Duration::from_millis(59_500)), Verdict::TooMany(1));
        assert_eq!(guard.failed(HERE, start + WINDOW), Verdict::Unauthorized);
        guard.passed(HERE);
        assert_eq!(guard.failed(HERE, start + WINDOW), Verdict::Unauthorized);
    }

    #[test]
    fn a_crowd_is_not_remembered_for_good() {
        let (mut guard, start) = (Guard::default(), Instant::now());
        for host in 0..3_000_u32 {
            let from = IpAddr::V4(Ipv4Addr::from_bits(host));
            guard.failed(from, start + Duration::from_millis(u64::from(host)));
        }
        assert_eq!(guard.failures.len(), ADDRESSES_MOST);
    }
}
