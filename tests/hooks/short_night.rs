//! A night in short; see `night`.

use std::time::Duration;

use super::night::{self, Hour, Night};

const NIGHT: Night = Night {
    seed: 0x5eed_0555,
    messages: 300,
    killed_every: 75,
    unrest: 2,
    lasts: Duration::ZERO,
    drained_within: Duration::from_secs(30),
};

#[tokio::test(flavor = "multi_thread")]
async fn a_night_loses_nothing_and_doubles_nothing() {
    let (mut lives, mut accepted) = (Vec::new(), 0);
    let morning = night::run(NIGHT, |hour| match hour {
        Hour::Begun(node) => lives.push(node),
        Hour::Killed(node) | Hour::Over(node) => assert_eq!(lives.last(), Some(&node)),
        Hour::Accepted { count, .. } => accepted = count,
    })
    .await;
    assert_eq!((accepted, lives.len()), (NIGHT.messages, morning.kills + 1));
    assert_eq!(morning.kills, NIGHT.messages / NIGHT.killed_every);
    assert!(morning.deaths > 0 && morning.moods > 0, "{morning:?}");
}
