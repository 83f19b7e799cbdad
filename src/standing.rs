//! How an account stands and since when; what of it is worth a line in the log.

use std::sync::Arc;
use std::time::Duration;

use bridge::telegram::{Grade, Health};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// What passes by itself is told only once it has lasted so long.
pub const LASTS: SignedDuration = SignedDuration::from_secs(30);
/// While it goes on, it is told again this often.
const AGAIN: SignedDuration = SignedDuration::from_mins(10);
/// What waits for somebody is told again this often.
const AGAIN_TO_SOMEBODY: SignedDuration = SignedDuration::from_hours(1);
/// The log is looked after this often while nothing changes.
const LOOK: Duration = Duration::from_secs(10);

/// A state of the account, and since when it is in it.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The state.
    pub health: Health,
    /// Since when it has been this state; another attempt or another reason begins no new one.
    pub since: Timestamp,
}

impl Standing {
    /// A state that begins now.
    pub fn new(health: Health, since: Timestamp) -> Self {
        Self { health, since }
    }

    /// The next state; false where nothing is new.
    fn becomes(&mut self, health: Health, now: Timestamp) -> bool {
        if self.health.meaning().name != health.meaning().name {
            self.since = now;
        }
        let new = self.health != health;
        self.health = health;
        new
    }
}

/// Follows a state: dates it, and tells the log what is worth it.
pub fn follow(
    account: &str,
    mut health: watch::Receiver<Health>,
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
) -> watch::Receiver<Standing> {
    let begun = Standing::new(health.borrow_and_update().clone(), clock());
    let (standing, followed) = watch::channel(begun);
    let account = account.to_owned();
    tokio::spawn(async move {
        let (mut teller, mut look) = (Teller::default(), tokio::time::interval(LOOK));
        let mut ended = false;
        loop {
            let now = clock();
            let health_now = health.borrow_and_update().clone();
            standing.send_if_modified(|standing| standing.becomes(health_now, now));
            log(&account, &standing.borrow(), teller.tell(&standing.borrow().health, now));
            tokio::select! {
                changed = health.changed(), if !ended => ended = changed.is_err(),
                _ = look.tick() => {}
                () = standing.closed() => return,
            }
        }
    });
    followed
}

fn log(account: &str, standing: &Standing, worth: Worth) {
    let health = &standing.health;
    match worth {
        Worth::Nothing => {}
        Worth::Relief => tracing::warn!("account {account}: connected again"),
        Worth::Warning => tracing::warn!("account {account}: {health}"),
        Worth::Alert => tracing::error!("account {account}: {health}"),
    }
}

/// How loud a state is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Worth {
    Nothing,
    /// It is well again after what was told.
    Relief,
    /// It lasts, and will pass.
    Warning,
    /// Somebody has to do something.
    Alert,
}

/// Decides what is told: a state that comes and goes makes no endless log.
#[derive(Debug, Default)]
struct Teller {
    unwell: Option<Timestamp>,
    told: Option<(&'static str, Timestamp)>,
}

impl Teller {
    fn tell(&mut self, health: &Health, now: Timestamp) -> Worth {
        let meaning = health.meaning();
        let since = |then: Timestamp| now.duration_since(then);
        let (worth, again) = match meaning.grade {
            Grade::Well => {
                self.unwell = None;
                return if self.told.take().is_some() { Worth::Relief } else { Worth::Nothing };
            }
            Grade::NeedsSomebody => (Worth::Alert, AGAIN_TO_SOMEBODY),
            Grade::Passing if since(*self.unwell.get_or_insert(now)) < LASTS => return Worth::Nothing,
            Grade::Passing => (Worth::Warning, AGAIN),
        };
        let told = self.told.filter(|(name, at)| {
            let same = *name == meaning.name || meaning.grade == Grade::Passing;
            same && since(*at) < again
        });
        if told.is_some() {
            return Worth::Nothing;
        }
        self.told = Some((meaning.name, now));
        worth
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn disconnected(now: i64) -> Health {
        let next_try = at(now + 20);
        Health::Disconnected { since: at(0), next_try, reason: "no answer".into() }
    }

    #[test]
    fn a_short_break_is_not_told() {
        let mut teller = Teller::default();
        for now in 0..1_000 {
            let health = if now % 20 < 15 { disconnected(now) } else { Health::Connected };
            assert_eq!(teller.tell(&health, at(now)), Worth::Nothing, "{now}");
        }
    }

    #[test]
    fn a_long_one_is_told_now_and_then_and_its_end_once() {
        let mut teller = Teller::default();
        let mut warned = Vec::new();
        for now in 0..1_500 {
            let health = if now % 2 == 0 { disconnected(now) } else { Health::CatchingUp };
            if teller.tell(&health, at(now)) == Worth::Warning {
                warned.push(now);
            }
        }
        assert_eq!(warned, [30, 630, 1_230]);
        assert_eq!(teller.tell(&Health::Connected, at(1_500)), Worth::Relief);
        assert_eq!(teller.tell(&Health::Connected, at(1_501)), Worth::Nothing);
    }

    #[test]
    fn what_needs_somebody_is_told_at_once() {
        let mut teller = Teller::default();
        let health = Health::SignedOut { reason: "SESSION_REVOKED".into() };
        let told = (0..7_201).filter(|now| teller.tell(&health, at(*now)) == Worth::Alert);
        assert_eq!(told.collect::<Vec<_>>(), [0, 3_600, 7_200]);
        assert_eq!(teller.tell(&Health::Replaced, at(7_300)), Worth::Alert, "another state is news");
    }

    #[test]
    fn another_attempt_is_no_new_state() {
        let mut standing = Standing::new(disconnected(0), at(0));
        assert!(standing.becomes(disconnected(50), at(50)), "another attempt is news");
        assert!(!standing.becomes(disconnected(50), at(55)));
        assert_eq!(standing.since, at(0));
        assert!(standing.becomes(Health::Connected, at(60)));
        assert_eq!(standing.since, at(60));
    }
}
