//! The order in which a request is looked at: path, token in the address, method, token, sub-path, body, fields. As in
//! the newest gateways, so that whoever knocks learns as little, and the same.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::asked::{FETCHED, POSTED};
use super::guard::{Guard, Verdict};
use super::listener::{Counting, From};
use super::{Answer, Ask, Known, OtherNode, Params, Refusal, Register, Request, Say, Speaking};
use super::{body, broken, credentials, description, driving, fields, reply, run_id};

/// So many requests may wait for the node; more wait at the door.
const WAITING_MOST: usize = 32;
/// Where a key may stand, the first that does.
const KEY_HEADERS: [&str; 2] = ["idempotency-key", "x-openclaw-idempotency-key"];

/// An open door.
#[derive(Debug)]
pub struct Door {
    /// Where it is.
    pub address: SocketAddr,
    /// What is asked at it.
    pub requests: mpsc::Receiver<Request>,
}

/// Opens the door until `stop`.
///
/// # Errors
/// The address is taken, or not this machine's.
pub async fn serve(params: Params, stop: CancellationToken) -> std::io::Result<Door> {
    let listener = TcpListener::bind(params.listen).await?;
    let address = listener.local_addr()?;
    let (sender, requests) = mpsc::channel(WAITING_MOST);
    let Params { agents, nodes, .. } = params;
    let keeper = Arc::new(Keeper { agents, nodes, guard: Mutex::default(), requests: sender });
    let routes = Router::new().fallback(knock).with_state(keeper);
    let service = routes.into_make_service_with_connect_info::<From>();
    tokio::spawn(async move {
        let served = axum::serve(Counting::new(listener), service)
            .with_graceful_shutdown(stop.cancelled_owned())
            .await;
        if let Err(error) = served {
            tracing::error!(%error, "the door for hooks failed");
        }
    });
    Ok(Door { address, requests })
}

pub(super) struct Keeper {
    agents: Register,
    pub(super) nodes: Vec<OtherNode>,
    guard: Mutex<Guard>,
    requests: mpsc::Sender<Request>,
}

pub(super) type Reply = Response<Body>;

async fn knock(
    State(keeper): State<Arc<Keeper>>,
    ConnectInfo(From(from)): ConnectInfo<From>,
    request: axum::http::Request<Body>,
) -> Reply {
    let (parts, body) = request.into_parts();
    let path = tidy(parts.uri.path());
    if path == driving::PATH && !keeper.nodes.is_empty() {
        return keeper.drive((&parts.method, &parts.uri, &parts.headers), from.ip(), body).await;
    }
    match keeper.admit(&path, &parts.method, &parts.uri, &parts.headers, from.ip()) {
        Ok(Admitted::Fetch(_, Ask::Description)) => {
            body::drain(body).await;
            reply::json(StatusCode::OK, &description::description(!keeper.nodes.is_empty()))
        }
        Ok(Admitted::Fetch(who, ask)) => {
            body::drain(body).await;
            keeper.ask(Some(&who), ask).await.map_or_else(|refused| reply::refusal(&refused), reply::answer)
        }
        Ok(Admitted::Post(who)) => keeper.posted(&path, &who, &parts.headers, body).await,
        Err(refused) => {
            body::drain(body).await;
            *refused
        }
    }
}

/// Slashes that stand together are one.
fn tidy(path: &str) -> String {
    let mut tidy = String::with_capacity(path.len());
    for c in path.chars() {
        if c != '/' || !tidy.ends_with('/') {
            tidy.push(c);
        }
    }
    tidy
}

/// Somebody who may go on.
enum Admitted {
    Fetch(Arc<Known>, Ask),
    Post(Arc<Known>),
}

/// Whether anything is below this path at all.
fn is_hook(path: &str) -> bool {
    path == "/hooks" || path.starts_with("/hooks/")
}

impl Keeper {
    fn admit(
        &self,
        path: &str,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        from: IpAddr,
    ) -> Result<Admitted, Box<Reply>> {
        let fetched = FETCHED.iter().find(|fetched| fetched.path == path);
        let posted = is_hook(path) || POSTED.iter().any(|posted| posted.path == path);
        if path == "/health" && method == Method::GET {
            return Err(Box::new(reply::json(StatusCode::OK, &json!({ "ok": true, "status": "live" }))));
        }
        if fetched.is_none() && !posted {
            return Err(Box::new(reply::not_found()));
        }
        if has_token(uri) {
            return Err(Box::new(reply::token_in_query()));
        }
        let allowed = match (fetched.is_some(), posted) {
            (true, true) => "GET, POST",
            (true, false) => "GET",
            _ => "POST",
        };
        let wanted = fetched.filter(|_| method == Method::GET);
        if wanted.is_none() && !(posted && method == Method::POST) {
            return Err(Box::new(reply::method(allowed)));
        }
        let who = self.who(headers, from)?;
        Ok(match wanted {
            None => Admitted::Post(who),
            Some(fetched) => Admitted::Fetch(who, fetched.ask.clone()),
        })
    }

    /// Whose token it is. A right one passes even where too many were wrong.
    fn who(&self, headers: &HeaderMap, from: IpAddr) -> Result<Arc<Known>, Box<Reply>> {
        let now = Timestamp::now();
        let known = credentials::shown(headers).and_then(|token| self.agents.owner(token, now));
        let mut guard = self.guard();
        let Some(known) = known else {
            return Err(Box::new(match guard.failed(from, Instant::now()) {
                Verdict::Unauthorized => reply::unauthorized(),
                Verdict::TooMany(seconds) => reply::too_many(seconds),
            }));
        };
        guard.passed(from);
        Ok(known)
    }

    pub(super) fn guard(&self) -> MutexGuard<'_, Guard> {
        self.guard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn posted(&self, path: &str, who: &Known, headers: &HeaderMap, body: Body) -> Reply {
        let reader = POSTED.iter().find(|posted| posted.path == path).map(|posted| posted.reader);
        if reader.is_none() && !matches!(path, "/hooks/agent" | "/hooks/wake") {
            body::drain(body).await;
            return reply::not_found();
        }
        let body = match body::read(body).await {
            Ok(bytes) => bytes,
            Err(fault) => return reply::fault(fault),
        };
        let value = match json(&body) {
            Ok(value) => value,
            Err(words) => return reply::bad(&words),
        };
        let key = key_of(headers);
        let answered = match (path, reader) {
            (_, Some(reader)) => self.claims(who, reader(&value, key)).await,
            ("/hooks/wake", _) => self.wake(who, &value, key).await,
            _ => self.message(who, &value, key).await,
        };
        answered.unwrap_or_else(|refused| refused)
    }

    async fn claims(&self, who: &Known, asked: Result<Ask, String>) -> Result<Reply, Reply> {
        let mut ask = asked.map_err(|why| reply::bad(&why))?;
        if let Ask::Say(say) = &mut ask {
            say.key = keyed(who, (!say.key.is_empty()).then_some(say.key.as_str()), &say.text);
        }
        let answer = self.ask(Some(who), ask).await;
        Ok(reply::answer(answer.map_err(|refused| reply::refusal(&refused))?))
    }

    async fn message(&self, who: &Known, body: &Value, key: Option<String>) -> Result<Reply, Reply> {
        let message = fields::message(body).map_err(|why| reply::bad(&why))?;
        honest(who, message.name.as_deref(), &message.text).map_err(|refused| *refused)?;
        let words = format!("{}\u{0}{:?}\u{0}{}", message.text, message.to, message.deliver);
        let run = keyed(who, key.or(message.key).as_deref(), &words);
        if let Some(account) = message.account {
            let error = format!("Unknown account \"{account}\" for channel telegram.");
            return Err(reply::json(
                StatusCode::BAD_REQUEST,
                &json!({ "ok": false, "error": error, "runId": run }),
            ));
        }
        let speaking = Speaking::Delivers { deliver: message.deliver, to: message.to };
        let say = Say { key: run.clone(), text: message.text, speaking };
        let mut answer = json!({ "ok": true, "runId": run });
        let told = self.said(who, say).await?;
        if message.waits {
            let (visible, none) = ("visible", false);
            answer["completion"] = json!({ "status": "ok", "replyDisposition": visible, "delivered": none, "deliveryAttempted": none });
        }
        if !told.is_null() {
            answer["mesh"] = told;
        }
        Ok(reply::json(StatusCode::OK, &answer))
    }

    async fn wake(&self, who: &Known, body: &Value, key: Option<String>) -> Result<Reply, Reply> {
        let wake = fields::wake(body).map_err(|why| reply::bad(&why))?;
        honest(who, None, &wake.text).map_err(|refused| *refused)?;
        let key = keyed(who, key.or(wake.key).as_deref(), &wake.text);
        let speaking = Speaking::Delivers { deliver: false, to: None };
        let told = self.said(who, Say { key, text: wake.text, speaking }).await?;
        let mut answer = json!({ "ok": true, "mode": wake.mode, "eventOutcome": "queued" });
        if !told.is_null() {
            answer["mesh"] = told;
        }
        Ok(reply::json(StatusCode::OK, &answer))
    }

    /// What the mesh has to say to it; nothing to talk.
    async fn said(&self, who: &Known, say: Say) -> Result<Value, Reply> {
        let answer = self.ask(Some(who), Ask::Say(say)).await.map_err(|refused| reply::refusal(&refused))?;
        Ok(match answer {
            Answer::Json(value) | Answer::No(value) | Answer::Unready(value) => value,
            Answer::Text(_) => Value::Null,
        })
    }

    pub(super) async fn ask(&self, who: Option<&Known>, ask: Ask) -> Result<Answer, Refusal> {
        let (answer, answered) = oneshot::channel();
        let stopping = || Refusal::Unavailable("the node is stopping".into());
        let request = Request { who: who.map(|known| known.id), ask, answer };
        self.requests.send(request).await.map_err(|_| stopping())?;
        answered.await.unwrap_or_else(|_| Err(stopping()))
    }
}

/// Whether the address carries a token, which then stands in every log on its way.
pub(super) fn has_token(uri: &Uri) -> bool {
    let pairs = uri.query().unwrap_or_default().split('&');
    pairs.map(|pair| pair.split('=').next().unwrap_or_default()).any(|name| name == "token")
}

/// A byte order mark is passed over; a body that is empty is an object without fields.
fn json(body: &[u8]) -> Result<Value, String> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_str(text).map_err(|error| broken::words(text, &error))
}

fn key_of(headers: &HeaderMap) -> Option<String> {
    let mut keys = KEY_HEADERS.iter().filter_map(|name| headers.get(*name)?.to_str().ok());
    keys.find(|key| !key.trim().is_empty()).map(|key| key.trim().to_owned())
}

/// The number of the run, by which it is known again where it has a key.
fn keyed(who: &Known, key: Option<&str>, words: &str) -> String {
    key.map_or_else(run_id::drawn, |key| run_id::of(who.id, key, words))
}

fn honest(who: &Known, label: Option<&str>, text: &str) -> Result<(), Box<Reply>> {
    let Some(name) = fields::lies(&who.names, label, text) else { return Ok(()) };
    let own = who.names.first().map_or("somebody else", String::as_str);
    let text = format!("it says that {name} speaks, and its token says {own}");
    Err(Box::new(reply::refusal(&Refusal::Forbidden { reason: "impersonation", text })))
}
