//! What the node posts at an agent's hook: one call, no retry, no sleep. What came of it is told in four words.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::{StatusCode, redirect};
use serde_json::{Value, json};

use super::BODY_MOST;
use crate::answers;
use crate::words::Mask;

/// A gateway admits a run within 15 s; a busy one may take longer to say so.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// An agent that says for how long it is throttled (429) is believed up to this: the quotas of models are of a day.
const THROTTLED_MOST: Duration = Duration::from_hours(24);
/// Any other refusal that names a wait is asked again after this at the latest: nobody is told that it waits.
const LATER_MOST: Duration = Duration::from_mins(10);
/// What a gateway says whose channels lack the one that is named, in every generation.
const NO_CHANNEL: &str = "channel must be ";
/// A reset while a body of this length was sent means that it is too long: older gateways say so in no other way.
const LONG: usize = 200 * 1024;

/// An agent's hook.
#[derive(Clone)]
pub struct Hook {
    run: String,
    notice: String,
    token: String,
}

impl std::fmt::Debug for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hook").field("run", &self.run).finish_non_exhaustive()
    }
}

impl Hook {
    /// The hook at that address; notices go beside it, to `wake`.
    pub fn new(url: &str, token: &str) -> Self {
        let beside = url.rsplit_once('/').map_or(url, |(before, _)| before);
        Self { run: url.to_owned(), notice: format!("{beside}/wake"), token: token.to_owned() }
    }
}

impl Hook {
    /// What nobody takes for a message.
    pub(super) fn empty(&self, post: &Post) -> reqwest::RequestBuilder {
        let request = post.http.post(&self.run).bearer_auth(&self.token);
        request.header(reqwest::header::CONTENT_TYPE, "application/json").body("{}")
    }
}

/// A message for an agent.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// The same key is the same letter, however often it comes.
    pub key: String,
    /// Who it is from, as the agent is shown.
    pub name: String,
    /// What.
    pub text: String,
    /// The group, where an answer may be posted.
    pub group: i64,
    /// Whether it is worth a run of the agent's model; else it waits for the next heartbeat.
    pub is_run: bool,
    /// Whether people are to read its answer.
    pub deliver: bool,
    /// What gateways ignore, and the agent's program may read.
    pub envelope: Value,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The gateway has it.
    Accepted,
    /// Not now; after that time, if it said so.
    Later(Option<Duration>, String),
    /// It was sent, and no answer came: whether the gateway has it nobody knows.
    Lost(String),
    /// Not before that time is over: it is throttled (429), and says for how long.
    Throttled(Duration, String),
    /// Nothing will ever come in there: the token is wrong, or it is no hook.
    Shut(String),
    /// This letter will never come in.
    Refused(String),
}

/// Posts letters; cheap to clone.
#[derive(Clone, Debug)]
pub struct Post {
    http: reqwest::Client,
    mask: Mask,
}

impl Post {
    /// One that takes no detours: no proxy, no redirect.
    ///
    /// # Errors
    /// TLS that can't be set up.
    pub fn new() -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .timeout(ANSWER_WITHIN)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("mesh/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http, mask: Mask::default() })
    }

    /// The same, with what takes secrets out of the words of a refusal.
    #[must_use]
    pub fn masking(self, mask: Mask) -> Self {
        Self { mask, ..self }
    }

    /// What takes secrets out of what is said to it.
    pub(crate) fn mask(&self) -> Mask {
        self.mask
    }

    /// What makes its calls, for those who call something else than a hook.
    pub(crate) fn client(&self) -> &reqwest::Client {
        &self.http
    }

    /// Posts one. A gateway without Telegram takes a letter only without a place for the answer: then it goes so, under
    /// the same key.
    pub async fn send(&self, hook: &Hook, letter: &Letter) -> Sent {
        let body = letter.body();
        match self.post(hook, letter, &body).await {
            Sent::Refused(why) if letter.is_run && why.contains(NO_CHANNEL) => {
                self.post(hook, letter, &without_place(body)).await
            }
            sent => sent,
        }
    }

    async fn post(&self, hook: &Hook, letter: &Letter, body: &Value) -> Sent {
        let body = body.to_string();
        if body.len() > BODY_MOST {
            return Sent::Refused(format!("it is longer than {BODY_MOST} bytes"));
        }
        let length = body.len();
        let url = if letter.is_run { &hook.run } else { &hook.notice };
        let request = self.http.post(url).bearer_auth(&hook.token).header("Idempotency-Key", &letter.key);
        let request = request.header(reqwest::header::CONTENT_TYPE, "application/json").body(body);
        match request.send().await {
            Ok(answer) => {
                let (status, after) = (answer.status(), retry_after(answer.headers()));
                let words = if status.is_success() { String::new() } else { answers::words(answer).await };
                verdict(status, after, &self.mask.short(&words))
            }
            Err(error) if length > LONG && !error.is_connect() && !error.is_timeout() => {
                Sent::Refused("the connection was closed while a long body was sent".into())
            }
            Err(error) if error.is_connect() => Sent::Later(None, failure(&error)),
            Err(error) => Sent::Lost(failure(&error)),
        }
    }
}

/// The same words, with nowhere for the answer to go.
fn without_place(mut body: Value) -> Value {
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|name, _| !matches!(name.as_str(), "channel" | "to"));
        fields.insert("deliver".into(), false.into());
    }
    body
}

impl Letter {
    /// As gateways of three generations take it.
    fn body(&self) -> Value {
        if !self.is_run {
            return json!({ "text": self.text, "mode": "next-heartbeat", "mesh": self.envelope });
        }
        json!({
            "message": self.text,
            "name": self.name,
            "deliver": self.deliver,
            "channel": "telegram",
            "to": self.group.to_string(),
            "wakeMode": "next-heartbeat",
            "mesh": self.envelope,
        })
    }
}

/// What an answer means. Retried is what passes by itself. Its words are those that may be shown.
fn verdict(status: StatusCode, after: Option<Duration>, words: &str) -> Sent {
    let said = || format!("{} {words}", status.as_u16()).trim_end().to_owned();
    let later = after.map(|after| after.min(LATER_MOST));
    match status.as_u16() {
        200..300 => Sent::Accepted,
        400 | 413 | 422 => Sent::Refused(said()),
        429 => after.map_or_else(
            || Sent::Later(None, said()),
            |after| Sent::Throttled(after.min(THROTTLED_MOST), said()),
        ),
        408 | 409 | 425 => Sent::Later(later, said()),
        300..500 => Sent::Shut(said()),
        _ => Sent::Later(later, said()),
    }
}

/// In seconds, or until a date by the clock of whoever answers.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| Some(headers.get(name)?.to_str().ok()?.trim());
    let date = |text: &str| httpdate::parse_http_date(text).ok();
    let wait = text(RETRY_AFTER)?;
    if !wait.is_empty() && wait.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(wait.parse().unwrap_or(u64::MAX)));
    }
    let now = text(DATE).and_then(date).unwrap_or_else(SystemTime::now);
    Some(date(wait)?.duration_since(now).unwrap_or_default())
}

/// Without the address: it may be somebody's.
fn failure(error: &reqwest::Error) -> String {
    let what = if error.is_timeout() {
        "no answer within 30 s"
    } else if error.is_connect() {
        "it can't be reached"
    } else {
        "the connection broke"
    };
    what.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_tried_again_and_what_does_not_is_not() {
        let of = |status: u16| verdict(StatusCode::from_u16(status).unwrap(), None, "Unauthorized");
        for status in [200, 202, 204] {
            assert_eq!(of(status), Sent::Accepted, "{status}");
        }
        for status in [429, 500, 502, 503, 504, 408] {
            assert!(matches!(of(status), Sent::Later(None, _)), "{status}");
        }
        let throttled = verdict(StatusCode::TOO_MANY_REQUESTS, Some(Duration::from_secs(40)), "");
        assert_eq!(throttled, Sent::Throttled(Duration::from_secs(40), "429".into()));
        for status in [400, 413] {
            assert!(matches!(of(status), Sent::Refused(_)), "{status}");
        }
        for status in [301, 401, 403, 404, 405] {
            assert_eq!(of(status), Sent::Shut(format!("{status} Unauthorized")), "{status}");
        }
    }

    #[test]
    fn a_letter_is_what_gateways_take() {
        let hook = Hook::new("http://100.64.0.11:18789/hooks/agent", "SANDBOX-hook");
        assert_eq!(hook.notice, "http://100.64.0.11:18789/hooks/wake");
        assert!(!format!("{hook:?}").contains("SANDBOX"));
        let mut letter = Letter {
            key: "k".into(),
            name: "Sandman".into(),
            text: "look".into(),
            group: -4_000_000_001,
            is_run: true,
            deliver: true,
            envelope: json!({ "v": 1 }),
        };
        let body = letter.body();
        assert_eq!((&body["to"], &body["channel"]), (&json!("-4000000001"), &json!("telegram")));
        assert_eq!(
            (&body["message"], &body["name"], &body["mesh"]["v"]),
            (&json!("look"), &json!("Sandman"), &json!(1))
        );
        let without = without_place(letter.body());
        assert!(without.get("channel").is_none() && without.get("to").is_none(), "{without}");
        assert_eq!((&without["deliver"], &without["message"]), (&json!(false), &json!("look")));
        letter.is_run = false;
        assert_eq!(letter.body(), json!({ "text": "look", "mode": "next-heartbeat", "mesh": { "v": 1 } }));
    }

    #[test]
    fn a_throttled_agent_is_believed_for_a_day_and_nothing_else_is_left_alone_for_long() {
        let of = |status, after| verdict(StatusCode::from_u16(status).unwrap(), Some(after), "");
        let hours = Duration::from_hours;
        assert_eq!(of(429, hours(3)), Sent::Throttled(hours(3), "429".into()));
        assert_eq!(of(429, hours(400)), Sent::Throttled(hours(24), "429".into()));
        assert_eq!(of(503, hours(3)), Sent::Later(Some(LATER_MOST), "503".into()));
    }

    #[test]
    fn a_wait_is_told_in_seconds_or_by_a_date() {
        const NOON: &str = "Fri, 27 Nov 2026 12:00:00 GMT";
        let of = |wait: &str, now: &str| {
            let headers =
                [(RETRY_AFTER, wait), (DATE, now)].map(|(name, text)| (name, text.parse().unwrap()));
            retry_after(&headers.into_iter().collect()).map(|wait| wait.as_secs())
        };
        assert_eq!((of("7", NOON), of("86400", NOON)), (Some(7), Some(86_400)));
        for date in
            ["Fri, 27 Nov 2026 15:30:00 GMT", "Friday, 27-Nov-26 15:30:00 GMT", "Fri Nov 27 15:30:00 2026"]
        {
            assert_eq!(of(date, NOON), Some(12_600), "{date}");
        }
        assert_eq!(of("Fri, 27 Nov 2026 06:00:00 GMT", NOON), Some(0), "it is over");
        assert_eq!((of("soon", NOON), of("-5", NOON), of("", NOON)), (None, None, None));
        assert!(of("Fri, 27 Nov 2150 06:00:00 GMT", "nonsense").is_some_and(|wait| wait > 86_400));
    }
}
