//! Whether an agent's gateway is there: its hook is posted an empty object, which every generation refuses without a run
//! and only with the right token.

use std::time::{Duration, Instant};

use reqwest::StatusCode;

use super::send::{Hook, Post};

/// A gateway that has not answered by then is missed.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// How it answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probed {
    /// It is there, the hook is open, the token is right; so long it took.
    Well(Duration),
    /// It is there, and lets nothing in: its answer.
    Shut(Duration, u16),
    /// It is there, and says that it takes nothing on now (503): paused, or about to end.
    Closed(Duration),
    /// It does not answer, or has a fault of its own.
    Missed,
}

impl Post {
    /// Asks once.
    pub async fn probe(&self, hook: &Hook) -> Probed {
        let begun = Instant::now();
        let request = hook.empty(self).timeout(ANSWER_WITHIN);
        match request.send().await {
            Ok(answer) => meaning(answer.status(), begun.elapsed()),
            Err(_) => Probed::Missed,
        }
    }
}

/// 400 says that a message is missing: all else is well. A full queue is a living one.
fn meaning(status: StatusCode, took: Duration) -> Probed {
    match status.as_u16() {
        200..300 | 400 | 422 | 429 => Probed::Well(took),
        503 => Probed::Closed(took),
        500..600 => Probed::Missed,
        other => Probed::Shut(took, other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_of_nothing_is_a_sign_of_life() {
        let of = |status: u16| meaning(StatusCode::from_u16(status).unwrap(), Duration::ZERO);
        assert_eq!([of(400), of(429), of(202)], [const { Probed::Well(Duration::ZERO) }; 3]);
        assert_eq!(
            [of(401), of(404)],
            [Probed::Shut(Duration::ZERO, 401), Probed::Shut(Duration::ZERO, 404)]
        );
        assert_eq!([of(503), of(500)], [Probed::Closed(Duration::ZERO), Probed::Missed]);
    }
}
