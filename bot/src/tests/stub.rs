//! A Bot API that answers as it is told: for what the sandbox would never say.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use reqwest::Url;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

type Answer = (u16, String);

/// One stub on a port of its own; it goes with its test's runtime.
#[derive(Clone)]
pub(crate) struct Stub {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    answers: Mutex<BTreeMap<String, VecDeque<Answer>>>,
    calls: watch::Sender<Vec<Call>>,
}

/// A call as it came.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) body: Value,
}

impl Stub {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stub = Self {
            port: listener.local_addr().unwrap().port(),
            shared: Arc::new(Shared { answers: Mutex::default(), calls: watch::Sender::default() }),
        };
        let router = Router::new()
            .route("/{token}/{method}", axum::routing::any(serve))
            .with_state(stub.shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        stub
    }

    pub(crate) fn url(&self) -> Url {
        format!("http://127.0.0.1:{}", self.port).parse().unwrap()
    }

    /// The next answer to the method is this result.
    pub(crate) fn result(&self, method: &str, result: &Value) -> &Self {
        self.raw(method, 200, &json!({"ok": true, "result": result}).to_string())
    }

    /// The next answer to the method is this refusal.
    pub(crate) fn refuse(&self, method: &str, code: u16, description: &str) -> &Self {
        let body = json!({"ok": false, "error_code": code, "description": description});
        self.raw(method, code, &body.to_string())
    }

    /// The next answer to the method is this, word for word.
    pub(crate) fn raw(&self, method: &str, code: u16, body: &str) -> &Self {
        let mut answers = self.shared.answers.lock().unwrap();
        let queue = answers.entry(method.to_lowercase()).or_default();
        queue.push_back((code, body.to_owned()));
        drop(answers);
        self
    }

    /// The `n`th call (from 0) of the method, waited for.
    pub(crate) async fn call(&self, method: &str, n: usize) -> Call {
        let mut calls = self.shared.calls.subscribe();
        let nth = |calls: &[Call]| {
            let mut of_method = calls.iter().filter(|c| c.method == method.to_lowercase());
            of_method.nth(n).cloned()
        };
        let calls = calls.wait_for(|calls| nth(calls).is_some()).await.unwrap();
        nth(&calls).unwrap()
    }

    /// How often the method was called so far.
    pub(crate) fn count(&self, method: &str) -> usize {
        let calls = self.shared.calls.borrow();
        let of_method = calls.iter().filter(|c| c.method == method.to_lowercase());
        of_method.count()
    }
}

/// Without an answer in its queue a poll is held open for good, and all else succeeds.
async fn serve(
    State(shared): State<Arc<Shared>>,
    Path((_, method)): Path<(String, String)>,
    body: String,
) -> (StatusCode, String) {
    let method = method.to_lowercase();
    let body = serde_json::from_str(&body).unwrap_or_default();
    shared.calls.send_modify(|calls| {
        calls.push(Call { method: method.clone(), body });
    });
    let next = next(&shared, &method);
    let (code, body) = match next {
        Some(answer) => answer,
        None if method == "getupdates" => std::future::pending().await,
        None => (200, json!({"ok": true, "result": true}).to_string()),
    };
    (StatusCode::from_u16(code).unwrap(), body)
}

fn next(shared: &Shared, method: &str) -> Option<Answer> {
    let mut answers = shared.answers.lock().unwrap();
    answers.get_mut(method)?.pop_front()
}
