//! Each request that was put to the newest gateway, put to a whole node: the same answer, but for a list of deviations.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::Value;

use super::client::{Answer, Request};
use super::stage::{self, SANDMAN};
use crate::node::harness::Ear;

const FACTS: &str = include_str!("facts.jsonl");

/// What is answered otherwise, and why.
const DEVIATIONS: &[(&str, &str)] = &[
    ("field.channel-unknown", "there is one channel here, and no a2a"),
    ("field.channel-number", "there is one channel here, and no a2a"),
    ("field.channel-null", "there is one channel here, and no a2a"),
    ("wake.mode-omitted", "nothing waits at the node: what is heard is queued at once"),
    ("wake.unknown-fields", "nothing waits at the node: what is heard is queued at once"),
];

/// One request, and what was answered.
struct Fact {
    id: String,
    request: Request,
    status: u16,
    headers: BTreeMap<String, String>,
    text: String,
}

impl Fact {
    fn of(line: &str, group: &str) -> Self {
        let line = line.replace("{{TOKEN}}", SANDMAN).replace("-4000000001", group);
        let value: Value = serde_json::from_str(&line).expect("a fact is JSON");
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let mut request = Request::new(&text("method"), &text("path"));
        for header in value["headers"].as_array().expect("headers") {
            match (header[0].as_str(), header[1].as_str()) {
                (Some("Transfer-Encoding"), _) => request.chunked = true,
                (Some(name), Some(value)) => request = request.header(name, value),
                _ => {}
            }
        }
        request.body = match (value["body"].as_str(), value["bytes"].as_u64()) {
            (Some(body), _) => Some(body.to_owned().into_bytes()),
            (None, Some(length)) => Some(padded(usize::try_from(length).expect("a length"))),
            (None, None) => None,
        };
        let headers = value["answer"].as_object().expect("its headers").iter();
        let headers =
            headers.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()));
        let status = value["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        Self {
            id: text("id"),
            request,
            status: status.expect("a status"),
            headers: headers.collect(),
            text: text("text"),
        }
    }

    /// What differs; nothing where the answer is the gateway's.
    fn differs(&self, answer: &Answer, uuid: &Regex) -> Option<String> {
        let body = uuid.replace_all(&answer.body, "{{UUID}}");
        if answer.status != self.status {
            return Some(format!("{} instead of {}: {body}", answer.status, self.status));
        }
        if body != self.text {
            return Some(format!("{body} instead of {}", self.text));
        }
        let other = self.headers.iter().find(|(name, value)| answer.header(name) != Some(value));
        other.map(|(name, value)| format!("{name}: {:?} instead of {value}", answer.header(name)))
    }
}

/// A body of that length that a gateway takes, if it takes that much.
fn padded(length: usize) -> Vec<u8> {
    let (before, after) = (r#"{"message":"ping","deliver":false,"pad":""#, r#""}"#);
    let pad = "x".repeat(length - before.len() - after.len());
    format!("{before}{pad}{after}").into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_is_answered_as_the_newest_gateway_answers_it() {
    let bench = stage::bench(Ear::Bot).await;
    let (node, door) = stage::start(&bench).await;
    let group = bench.group.to_bot_api().to_string();
    let uuid = Regex::new("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").expect("a pattern");
    let (mut table, mut runs) = (Vec::new(), BTreeMap::new());
    for line in FACTS.lines() {
        let fact = Fact::of(line, &group);
        let answer = fact.request.send(door).await;
        if let Some(run) = uuid.find(&answer.body) {
            runs.insert(fact.id.clone(), run.as_str().to_owned());
        }
        table.extend(fact.differs(&answer, &uuid).map(|what| (fact.id.clone(), what)));
    }
    for (id, what) in &table {
        let why = DEVIATIONS.iter().find(|(known, _)| known == id).map_or("NOT MEANT", |(_, why)| why);
        println!("{id:32} {why}\n{:32} {what}", "");
    }
    let found: Vec<_> = table.iter().map(|(id, _)| id.as_str()).collect();
    let meant: Vec<_> = DEVIATIONS.iter().map(|(id, _)| *id).collect();
    assert_eq!(found, meant, "{table:#?}");
    assert_eq!(FACTS.lines().count(), 103);
    for (one, other, same) in [
        ("field.idem-body-1", "field.idem-body-2", true),
        ("field.idem-body-1", "field.idem-body-3-other-message", false),
        ("field.idem-header-1", "field.idem-header-2", true),
        ("field.idem-xheader-1", "field.idem-xheader-2", true),
        ("field.idem-header-1", "field.idem-xheader-1", false),
    ] {
        assert_eq!(runs[one] == runs[other], same, "{one} and {other}");
    }
    node.stop().await;
}
