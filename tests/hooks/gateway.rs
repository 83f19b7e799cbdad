//! A gateway that is none: it takes letters at its hooks, or does to them what gateways do on a bad day.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What the hooks of these gateways ask to be shown.
pub const TOKEN: &str = "SANDBOX-hook-of-gateway";
/// What has not come by then never will.
const WITHIN: Duration = Duration::from_secs(30);

/// How it takes what is posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// With success, of the code that its generation has.
    Takes(u16),
    /// With another code, at once, and a wait in seconds where it names one.
    Refuses(u16, Option<u64>),
    /// With silence.
    Hangs,
    /// It takes it, and the answer never arrives.
    Forgets,
    /// It takes it, and hangs up instead of answering.
    HangsUp,
    /// It refuses with 503, and the words of its refusal come one by one.
    RefusesSlowly,
    /// As one without Telegram: with success where no channel is named.
    HasNoTelegram,
}

/// A letter that arrived, whether it was taken or not.
#[derive(Clone, Debug)]
pub struct Letter {
    pub path: String,
    pub key: String,
    pub bearer: bool,
    pub body: Value,
    pub taken: bool,
    #[allow(dead_code, reason = "a bench tells it")]
    pub at: Instant,
}

impl Letter {
    /// What it says.
    pub fn text(&self) -> &str {
        self.body["message"].as_str().or(self.body["text"].as_str()).unwrap_or_default()
    }

    pub fn is_run(&self) -> bool {
        self.path == "/hooks/agent"
    }
}

struct Inside {
    /// Questions whether it is there, which are no letters.
    asked: Mutex<Vec<Letter>>,
    letters: Mutex<Vec<Letter>>,
    /// The runs that it took, by their keys.
    runs: Mutex<BTreeSet<String>>,
    mood: watch::Sender<Mood>,
    count: watch::Sender<usize>,
}

/// The gateway.
pub struct Gateway {
    pub address: SocketAddr,
    inside: Arc<Inside>,
    stop: CancellationToken,
}

impl Gateway {
    pub async fn start() -> Self {
        let (mood, count) = (watch::Sender::new(Mood::Takes(200)), watch::Sender::new(0));
        let (asked, letters, runs) = Default::default();
        let inside = Arc::new(Inside { asked, letters, runs, mood, count });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let stop = serve(listener, inside.clone());
        Self { address, inside, stop }
    }

    /// Connections are refused from here on.
    pub async fn die(&mut self) {
        self.stop.cancel();
        let mut beat = tokio::time::interval(Duration::from_millis(10));
        let closed = async {
            while tokio::net::TcpStream::connect(self.address).await.is_ok() {
                beat.tick().await;
            }
        };
        tokio::time::timeout(WITHIN, closed).await.expect("it dies");
    }

    /// It is back where it was.
    pub async fn revive(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("its old port");
        self.stop = serve(listener, self.inside.clone());
    }

    pub fn mood(&self, mood: Mood) {
        self.inside.mood.send_replace(mood);
    }

    /// Every letter that arrived, in order.
    pub fn letters(&self) -> Vec<Letter> {
        self.inside.letters.lock().expect("letters").clone()
    }

    /// Those that it took.
    pub fn taken(&self) -> Vec<Letter> {
        self.letters().into_iter().filter(|letter| letter.taken).collect()
    }

    /// Waits until `wanted` holds of what it took.
    pub async fn until(&self, what: &str, wanted: impl Fn(&[Letter]) -> bool) {
        let mut count = self.inside.count.subscribe();
        let wait = async {
            while !wanted(&self.taken()) {
                let _ = count.changed().await;
            }
        };
        let happened = tokio::time::timeout(WITHIN, wait).await.is_ok();
        assert!(happened, "{what} did not happen; what arrived:\n{:#?}", self.letters());
    }

    /// How many different runs it took.
    pub fn runs(&self) -> usize {
        self.inside.runs.lock().expect("runs").len()
    }

    /// Waits until it took so many different runs, or that long; how many they are.
    pub async fn until_runs(&self, wanted: usize, within: Duration) -> usize {
        let mut count = self.inside.count.subscribe();
        let wait = async {
            while self.runs() < wanted {
                let _ = count.changed().await;
            }
        };
        let _ = tokio::time::timeout(within, wait).await;
        self.runs()
    }

    /// How often it was asked whether it is there.
    #[allow(dead_code, reason = "a bench tells it")]
    pub fn times_asked(&self) -> usize {
        self.inside.asked.lock().expect("questions").len()
    }

    /// Waits until it was asked so often whether it is there; the last question.
    pub async fn until_asked(&self, times: usize) -> Letter {
        let mut count = self.inside.count.subscribe();
        let asked = || self.inside.asked.lock().expect("questions").clone();
        let wait = async {
            while asked().len() < times {
                let _ = count.changed().await;
            }
        };
        tokio::time::timeout(WITHIN, wait).await.expect("it is asked");
        asked().pop().expect("a question")
    }

    /// Waits until so many letters arrived, taken or not.
    pub async fn until_arrived(&self, most: usize) {
        let mut count = self.inside.count.subscribe();
        let arrived = count.wait_for(|count| *count >= most);
        tokio::time::timeout(WITHIN, arrived).await.expect("letters arrive").expect("it lives");
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn serve(listener: TcpListener, inside: Arc<Inside>) -> CancellationToken {
    let stop = CancellationToken::new();
    let routes = Router::new().fallback(take).with_state(inside);
    let stopped = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            () = stopped.cancelled() => {}
            served = axum::serve(listener, routes).into_future() => served.expect("it serves"),
        }
    });
    stop
}

async fn take(State(inside): State<Arc<Inside>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mood = *inside.mood.borrow();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let fits = mood == Mood::HasNoTelegram && body.get("channel").is_none();
    let letter = Letter {
        path: uri.path().to_owned(),
        key: header("idempotency-key").to_owned(),
        bearer: header("authorization") == format!("Bearer {TOKEN}"),
        taken: matches!(mood, Mood::Takes(_) | Mood::Forgets | Mood::HangsUp) || fits,
        at: Instant::now(),
        body,
    };
    if letter.body == json!({}) {
        inside.asked.lock().expect("questions").push(letter);
        inside.count.send_modify(|_| {});
        return (StatusCode::BAD_REQUEST, r#"{"ok":false,"error":"message required"}"#).into_response();
    }
    if letter.taken && letter.is_run() {
        inside.runs.lock().expect("runs").insert(letter.key.clone());
    }
    inside.letters.lock().expect("letters").push(letter);
    inside.count.send_modify(|count| *count += 1);
    match mood {
        Mood::HasNoTelegram if fits => (StatusCode::OK, r#"{"ok":true,"runId":"1"}"#).into_response(),
        Mood::HasNoTelegram => {
            (StatusCode::BAD_REQUEST, r#"{"ok":false,"error":"channel must be last"}"#).into_response()
        }
        Mood::Takes(code) => {
            let code = StatusCode::from_u16(code).expect("a code");
            (code, json!({ "ok": true, "runId": "1" }).to_string()).into_response()
        }
        Mood::Refuses(code, wait) => {
            let code = StatusCode::from_u16(code).expect("a code");
            let mut response = (code, "Refused").into_response();
            if let Some(wait) = wait {
                response.headers_mut().insert("retry-after", wait.into());
            }
            response
        }
        // This ends the connection, and nothing else.
        Mood::HangsUp => std::panic::resume_unwind(Box::new("it hangs up")),
        Mood::RefusesSlowly => {
            let (status, words) = (StatusCode::SERVICE_UNAVAILABLE, Body::from_stream(slowly("not now")));
            (status, words).into_response()
        }
        Mood::Hangs | Mood::Forgets => {
            let mut moods = inside.mood.subscribe();
            let _ = moods.wait_for(|mood| !matches!(mood, Mood::Hangs | Mood::Forgets)).await;
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Words, one letter after the other.
fn slowly(words: &str) -> impl futures_util::Stream<Item = std::io::Result<Vec<u8>>> + use<> {
    let beat = tokio::time::interval(Duration::from_millis(20));
    futures_util::stream::unfold(
        (beat, words.as_bytes().to_vec().into_iter()),
        async |(mut beat, mut left)| {
            beat.tick().await;
            left.next().map(|byte| (Ok(vec![byte]), (beat, left)))
        },
    )
}
