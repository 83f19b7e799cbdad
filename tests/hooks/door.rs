//! What agents ask at the door, and what is kept out.

use serde_json::json;

use super::client::Request;
use super::stage::{self, ORACLE, SANDMAN, get, post};
use crate::node::harness::{Bench, Ear};

const TASK: &str = "rotate the hooks token";

#[tokio::test(flavor = "multi_thread")]
async fn a_task_from_claim_to_done_by_http() {
    let bench = stage::bench(Ear::Dedicated).await;
    let (node, door) = stage::start(&bench).await;
    let about = json!({ "task": TASK, "eta": "30m", "announce": true, "idempotencyKey": "k-1" });
    let granted = post(door, SANDMAN, "/claims", &about).await;
    assert_eq!(granted.status, 200, "{granted:?}");
    let answer = granted.json();
    assert_eq!((&answer["ok"], &answer["fence"]), (&json!(true), &json!((1_u64 << 32) + 1)));
    assert!(
        answer["text"].as_str().expect("words").starts_with("Granted: \"rotate the hooks token\". Fence 1")
    );
    assert!(answer["until"].is_string());
    assert_eq!(post(door, SANDMAN, "/claims", &about).await.json(), answer, "the same key, the same answer");
    let announced = |b: &Bench| b.chat().iter().any(|m| m.text.starts_with("Sandman: 🔒 EXCLUSIVE CLAIM"));
    bench.until("the words for people", announced).await;

    let held = post(door, ORACLE, "/claims", &json!({ "task": TASK })).await;
    assert_eq!((held.status, &held.json()["ok"]), (409, &json!(false)));
    assert!(held.json()["text"].as_str().expect("words").starts_with("Held by Sandman until"));
    let foreign = post(door, ORACLE, "/claims/done", &json!({ "task": TASK })).await;
    assert_eq!(
        (foreign.status, foreign.json()["text"].as_str()),
        (409, Some("Not yours: Sandman holds it (fence 1)."))
    );

    let fence = json!({ "task": TASK, "fence": 1 });
    assert_eq!(post(door, SANDMAN, "/claims/check", &fence).await.json(), json!({ "holds": true }));
    assert_eq!(post(door, ORACLE, "/claims/check", &fence).await.json()["holds"], json!(false));
    let preflight = post(door, ORACLE, "/preflight", &json!({ "task": TASK })).await;
    assert_eq!(preflight.json()["held_by"], json!("Sandman"));

    let offer = post(door, SANDMAN, "/claims/handoff", &json!({ "task": TASK, "to": "Oracle" })).await;
    assert_eq!(offer.status, 200, "{offer:?}");
    assert_eq!(post(door, SANDMAN, "/claims/handoff", &json!({ "task": TASK })).await.status, 400);
    let left =
        post(door, ORACLE, "/ack", &json!({ "task": TASK, "accept": false, "reason": "no access" })).await;
    assert_eq!(left.status, 200, "{left:?}");
    post(door, SANDMAN, "/claims/handoff", &json!({ "task": TASK, "to": "Oracle" })).await;
    let taken = post(door, ORACLE, "/ack", &json!({ "task": TASK })).await;
    assert_eq!((taken.status, &taken.json()["fence"]), (200, &json!((1_u64 << 32) + 2)), "{taken:?}");
    assert_eq!(
        post(door, ORACLE, "/claims/done", &json!({ "task": TASK, "result": "well" })).await.status,
        200
    );
    let claims = get(door, ORACLE, "/claims").await.json();
    assert_eq!(
        (&claims["claims"][0]["state"], &claims["claims"][0]["result"]),
        (&json!("done"), &json!("well"))
    );
    post(door, ORACLE, "/claims", &json!({ "task": "something else" })).await;
    assert_eq!(post(door, ORACLE, "/claims/release", &json!({ "task": "something else" })).await.status, 200);
    assert_eq!(post(door, ORACLE, "/claims", &json!({ "task": "!?" })).await.status, 400);
    assert_eq!(bench.chat().iter().filter(|m| m.text.contains("EXCLUSIVE CLAIM")).count(), 1);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn how_the_node_is() {
    let bench = stage::bench(Ear::Dedicated).await;
    let (node, door) = stage::start(&bench).await;
    let health = Request::new("GET", "/health").send(door).await;
    assert_eq!((health.status, health.json()["ok"].as_bool()), (200, Some(true)));
    let described = get(door, SANDMAN, "/openapi.json").await.json();
    assert!(
        described["paths"]["/claims"]["post"].is_object() && described["paths"]["/claims"]["get"].is_object()
    );
    assert!(described["paths"]["/drive"].is_null(), "no other node is known");
    assert_eq!(post(door, SANDMAN, "/drive", &json!({})).await.status, 404);
    for path in ["/ready", "/metrics", "/claims", "/agents", "/openapi.json"] {
        assert_eq!(Request::new("GET", path).send(door).await.status, 401, "{path} asks for a token");
        let posted = post(door, SANDMAN, path, &json!({})).await;
        let wanted = if path == "/claims" { 400 } else { 405 };
        assert_eq!(posted.status, wanted, "{path}");
    }
    let ready = get(door, SANDMAN, "/ready").await;
    assert_eq!((ready.status, ready.json()["ready"].as_bool()), (200, Some(true)), "{ready:?}");
    post(door, SANDMAN, "/claims", &json!({ "task": TASK })).await;
    let agents = get(door, ORACLE, "/agents").await.json();
    let sandman =
        agents["agents"].as_array().expect("a list").iter().find(|agent| agent["name"] == "Sandman");
    let sandman = sandman.expect("Sandman");
    assert_eq!((&sandman["online"], &sandman["claims"]), (&json!(true), &json!([TASK])));
    let metrics = get(door, SANDMAN, "/metrics").await;
    assert!(metrics.header("content-type").is_some_and(|kind| kind.starts_with("text/plain; version=0.0.4")));
    assert!(metrics.body.contains("\nmesh_claims_open 1\n"), "{}", metrics.body);
    assert!(metrics.body.contains("mesh_agent_online{agent=\"Sandman\"} 1\n"), "{}", metrics.body);
    for path in ["/", "/nope", "/hook", "/metrics/"] {
        assert_eq!(get(door, SANDMAN, path).await.status, 404, "{path}");
    }
    node.stop().await;
}

/// The issue's bad input at the door. What is refused leaves no trace in the group.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_so_is_refused() {
    let bench = stage::bench(Ear::Dedicated).await;
    let (node, door) = stage::start(&bench).await;
    let twin = r#"{"type":"claim","agent":"Sandman","resource":"task:rotate","scope":"write"}"#;
    let refused = [
        (json!({ "message": "all well", "name": "Sandman" }), "impersonation"),
        (json!({ "message": twin }), "impersonation"),
        (json!({ "message": format!("\u{200b}{twin}") }), "impersonation"),
        (json!({ "message": format!("{twin}\u{200b}") }), "impersonation"),
        (json!({ "message": twin.replace("\"Sandman\"", "[\"Sandman\"]") }), "impersonation"),
        (json!({ "message": "all well", "channel": "telegram", "to": "-4000000009" }), "foreign_chat"),
        (json!({ "message": "all well", "channel": "telegram", "to": "@elsewhere" }), "foreign_chat"),
        (json!({ "message": "all well", "channel": "telegram", "to": "Sandman" }), "not_accepted"),
        (json!({ "message": "all well", "channel": "telegram", "to": "nobody" }), "no_such_agent"),
    ];
    for (body, reason) in refused {
        let answer = post(door, ORACLE, "/hooks/agent", &body).await;
        assert_eq!((answer.status, answer.json()["reason"].as_str()), (403, Some(reason)), "{answer:?}");
    }
    let claims = get(door, ORACLE, "/claims").await.json();
    assert_eq!(claims["claims"], json!([]), "a twin that lies claims nothing");
    let plain = json!({ "message": r#"{"from":"github","event":"push"}"#, "deliver": false });
    assert_eq!(post(door, ORACLE, "/hooks/agent", &plain).await.status, 200, "it is no twin");
    let honest = twin.replace("Sandman", "Oracle");
    let claimed = post(door, ORACLE, "/hooks/agent", &json!({ "message": honest, "deliver": false })).await;
    assert_eq!((claimed.status, &claimed.json()["mesh"]["ok"]), (200, &json!(true)), "{claimed:?}");
    post(door, ORACLE, "/hooks/agent", &json!({ "message": "all well", "name": "oracle" })).await;
    bench.until("Oracle's words", |bench| bench.chat().iter().any(|m| m.text == "Oracle: all well")).await;
    assert_eq!(bench.chat().iter().filter(|m| m.text.contains("all well")).count(), 1, "{:#?}", bench.chat());
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_body_and_one_byte_too_many() {
    let bench = stage::bench(Ear::Bot).await;
    let (node, door) = stage::start(&bench).await;
    let whole = |length: usize| {
        let body = format!("{{\"message\":\"{}\",\"deliver\":false}}", "x".repeat(length - 30));
        assert_eq!(body.len(), length);
        Request::new("POST", "/hooks/agent").header("Authorization", &format!("Bearer {SANDMAN}")).body(body)
    };
    assert_eq!(whole(262_144).send(door).await.status, 200);
    let answer = whole(262_145).send(door).await;
    assert_eq!((answer.status, answer.body.as_str()), (413, r#"{"ok":false,"error":"payload too large"}"#));
    assert_eq!(answer.header("connection"), Some("close"));
    let slow = whole(1_000).send_first(door, 400).await;
    assert_eq!((slow.status, slow.body.as_str()), (408, r#"{"ok":false,"error":"request body timeout"}"#));
    assert_eq!(slow.header("connection"), Some("close"));
    for wrong in 0..25 {
        let answer = post(door, "SANDBOX-wrong", "/hooks/agent", &json!({ "message": "x" })).await;
        let wanted = if wrong < 20 { 401 } else { 429 };
        assert_eq!(answer.status, wanted, "{wrong}");
        if wanted == 429 {
            assert!(
                answer.header("retry-after").is_some_and(|after| after.parse::<u64>().is_ok()),
                "{answer:?}"
            );
        }
    }
    assert_eq!(
        post(door, SANDMAN, "/hooks/wake", &json!({ "text": "x" })).await.status,
        200,
        "a right one passes"
    );
    assert_eq!(post(door, "SANDBOX-wrong", "/hooks/wake", &json!({ "text": "x" })).await.status, 401);
    node.stop().await;
}

/// Answered 200 is written: kill -9 right after, and it is still so.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_kept_over_a_crash() {
    let bench = stage::bench(Ear::Dedicated).await;
    let (node, door) = stage::start(&bench).await;
    let body =
        json!({ "message": format!("EXCLUSIVE CLAIM: {TASK}"), "deliver": false, "idempotencyKey": "k" });
    let first = post(door, SANDMAN, "/hooks/agent", &body).await.json();
    assert_eq!(first["mesh"]["ok"], json!(true), "{first}");
    node.kill().await;
    let (node, door) = stage::start(&bench).await;
    assert_eq!(post(door, SANDMAN, "/hooks/agent", &body).await.json(), first);
    let claims = get(door, SANDMAN, "/claims").await.json();
    assert_eq!(claims["last_fence"], json!((1_u64 << 32) + 1));
    node.stop().await;
}
