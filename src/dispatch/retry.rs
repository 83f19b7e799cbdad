//! How long to wait before an effect is tried again: a pure policy, the engine sleeps.

use std::time::Duration;

/// The first wait without a word from Telegram.
const FIRST: Duration = Duration::from_secs(1);
/// The longest wait.
const LONGEST: Duration = Duration::from_mins(5);

/// The wait before try number `tries + 1`: what was asked for, else a second doubling up to five minutes. `chance`
/// (any number) adds up to a quarter, so that what failed together does not come back together.
pub fn delay(asked: Option<Duration>, tries: u32, chance: u64) -> Duration {
    if let Some(asked) = asked {
        return asked;
    }
    let wait = FIRST.saturating_mul(2_u32.saturating_pow(tries.min(16))).min(LONGEST);
    let quarter = u64::try_from(wait.as_millis() / 4).unwrap_or(1).max(1);
    wait + Duration::from_millis(chance % quarter)
}
