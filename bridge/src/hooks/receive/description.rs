//! What can be asked at the door, as `OpenAPI` 3.1: drawn from the tables by which it is answered.

use serde_json::Value;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, PathItem};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApiBuilder, Paths, RefOr, ResponseBuilder, Schema,
};
use utoipa::{PartialSchema, ToSchema};

use super::Ask;
use super::asked::{FETCHED, POSTED};
use super::body::BODY_MOST;

/// How somebody says who he is.
const TOKEN: &str = "token";

/// A message for the group or an agent, as gateways take it. Fields that are not named here are ignored.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by the description alone; fields.rs reads the message")]
struct Said {
    /// What, read like a message of the group.
    message: String,
    /// Posted in the group unless exactly false.
    deliver: Option<bool>,
    /// `telegram`, together with `to`.
    channel: Option<String>,
    /// The group's id, perhaps with a topic, or an agent's name.
    to: Option<String>,
    /// The sender; refused if the token says another.
    name: Option<String>,
    /// The same key is the same message, for a day.
    #[schema(rename = "idempotencyKey")]
    idempotency_key: Option<String>,
    /// `main`, or nothing: a node is one agent.
    #[schema(rename = "agentId")]
    agent_id: Option<String>,
    /// `default`, or nothing: there is one account.
    #[schema(rename = "accountId")]
    account_id: Option<String>,
    /// Whether the answer has a `completion`: what is said here is done by then.
    #[schema(rename = "waitForCompletion")]
    wait_for_completion: Option<bool>,
    /// Any but an empty one; nothing here has a model.
    model: Option<String>,
}

/// A word that waits for nobody.
#[derive(ToSchema)]
#[expect(dead_code, reason = "as above")]
struct Wake {
    /// What.
    text: String,
    /// `now` or `next-heartbeat`.
    mode: Option<String>,
    /// The same key is the same message, for a day.
    #[schema(rename = "idempotencyKey")]
    idempotency_key: Option<String>,
    /// `main`, or nothing: a node is one agent.
    #[schema(rename = "agentId")]
    agent_id: Option<String>,
}

/// Another node has an agent of this machine driven.
#[derive(ToSchema)]
#[expect(dead_code, reason = "as above; agents/node.rs has its shape")]
struct Drive {
    /// The agent, by name or alias.
    agent: String,
    /// `ping`, `logs`, `restart`, `pause`, `resume`, `config` or `set`.
    wanted: String,
    /// Of `logs`: how many.
    lines: Option<usize>,
    /// Of `logs`: the `place` of an earlier answer, to be told what came after it; empty to begin with.
    after: Option<String>,
    /// Of `pause` and `resume`: since when.
    since: Option<String>,
    /// Of `config` and `set`: which setting.
    key: Option<String>,
    /// Of `set`: to what.
    value: Option<String>,
}

/// What is answered beside 200, and when.
const ANSWERS: &[(u16, &str)] = &[
    (400, "It makes no sense, or a token stands in the address."),
    (401, "No token, or a wrong one."),
    (
        403,
        "It may not be so: `reason` is one of impersonation, foreign_chat, no_such_agent, not_accepted, held_back.",
    ),
    (405, "Another method: Allow names those that there are."),
    (408, "The body did not come to its end in time."),
    (409, "It is not so, or was not done; the text says why."),
    (413, "It is too long."),
    (429, "Too many wrong tokens: Retry-After says when."),
    (503, "Not now: the same is to be asked again."),
];
/// What whoever shows a token may be answered, ...
const FETCHING: &[u16] = &[400, 401, 405, 429];
/// ... of what the node has to think about, ...
const ASKING: &[u16] = &[400, 401, 405, 429, 503];
/// ... with a body, ...
const POSTING: &[u16] = &[400, 401, 405, 408, 413, 429, 503];
/// ... for which somebody says something, ...
const SAYING: &[u16] = &[400, 401, 403, 405, 408, 409, 413, 429, 503];
/// ... as at a gateway, which answers 200 to whatever it takes, ...
const HOOKS: &[u16] = &[400, 401, 403, 405, 408, 413, 429, 503];
/// ... or has something done.
const DRIVING: &[u16] = &[400, 401, 405, 408, 409, 413, 429, 503];

/// One thing that can be asked.
struct Operation {
    method: HttpMethod,
    path: &'static str,
    about: &'static str,
    body: Option<RefOr<Schema>>,
    answers: &'static [u16],
}

/// All of them; `for_nodes`: other nodes may have agents driven.
fn operations(for_nodes: bool) -> Vec<Operation> {
    let post = |path, about, answers, schema: RefOr<Schema>| Operation {
        method: HttpMethod::Post,
        path,
        about,
        body: Some(schema),
        answers,
    };
    let get = |path, about, answers| Operation { method: HttpMethod::Get, path, about, body: None, answers };
    let mut all = vec![
        get("/health", "The node lives.", &[]),
        post("/hooks/agent", "Says something, as at the newest gateways.", HOOKS, Said::schema()),
        post("/hooks/wake", "Says something that waits for nobody.", HOOKS, Wake::schema()),
    ];
    if for_nodes {
        let about = "Has an agent of this machine driven; by nodes only.";
        all.push(post(super::driving::PATH, about, DRIVING, Drive::schema()));
    }
    all.extend(FETCHED.iter().map(|fetched| {
        let of_itself = fetched.ask == Ask::Description;
        get(fetched.path, fetched.about, if of_itself { FETCHING } else { ASKING })
    }));
    all.extend(POSTED.iter().map(|posted| {
        let answers = if posted.says { SAYING } else { POSTING };
        post(posted.path, posted.about, answers, (posted.schema)())
    }));
    all
}

/// The whole of it; `for_nodes`: of a door at which other nodes, too, have agents driven.
pub fn description(for_nodes: bool) -> Value {
    let mut paths = Paths::new();
    for Operation { method, path, about, body, answers } in operations(for_nodes) {
        let answer = |text: &str| ResponseBuilder::new().description(text).build();
        let mut operation = OperationBuilder::new().summary(Some(about)).response("200", answer("It is so."));
        for (status, text) in ANSWERS.iter().filter(|(status, _)| answers.contains(status)) {
            let text =
                if *status == 413 { format!("It is longer than {BODY_MOST} bytes.") } else { (*text).into() };
            operation = operation.response(status.to_string(), answer(&text));
        }
        if let Some(schema) = body {
            let content = ContentBuilder::new().schema(Some(schema)).build();
            let body = RequestBodyBuilder::new().content("application/json", content).build();
            operation = operation.request_body(Some(body));
        }
        if !answers.is_empty() {
            operation = operation.security(SecurityRequirement::new(TOKEN, Vec::<String>::new()));
        }
        let item = PathItem::new(method, operation.build());
        match paths.paths.get_mut(path) {
            Some(known) => known.merge_operations(item),
            None => _ = paths.paths.insert(path.to_owned(), item),
        }
    }
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    let info = InfoBuilder::new().title("mesh: the door for agents").version(env!("CARGO_PKG_VERSION"));
    let components = ComponentsBuilder::new().security_scheme(TOKEN, bearer).build();
    let whole = OpenApiBuilder::new().info(info.build()).paths(paths).components(Some(components)).build();
    serde_json::to_value(whole).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_in_it_with_its_method() {
        let told = description(true);
        assert!(told["openapi"].as_str().is_some_and(|version| version.starts_with("3.")), "{told}");
        for fetched in &FETCHED {
            assert!(told["paths"][fetched.path]["get"]["summary"].is_string(), "{}", fetched.path);
        }
        for posted in &POSTED {
            let body = &told["paths"][posted.path]["post"]["requestBody"]["content"]["application/json"];
            assert!(body["schema"].is_object(), "{}: {told}", posted.path);
        }
        for path in ["/hooks/agent", "/hooks/wake", "/drive"] {
            assert!(told["paths"][path]["post"]["security"][0]["token"].is_array(), "{path}: {told}");
        }
        assert!(told["paths"]["/health"]["get"]["security"].is_null());
        let text = told.to_string();
        for field in ["\"eta\"", "\"announce\"", "\"fence\"", "\"idempotencyKey\"", "\"deliver\""] {
            assert!(text.contains(field), "{field}: {text}");
        }
        assert!(!text.contains("$ref"), "it stands alone: {text}");
        assert!(description(false)["paths"][super::super::driving::PATH].is_null(), "no node, no driving");
    }

    #[test]
    fn what_must_be_there_is_required_and_every_answer_is_told() {
        let told = description(true);
        let schema = |path: &str| {
            told["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"].to_string()
        };
        let required = |path: &str, field: &str| {
            let schema: Value = serde_json::from_str(&schema(path)).unwrap();
            let mut parts = vec![&schema];
            parts.extend(schema["allOf"].as_array().into_iter().flatten());
            parts.iter().any(|part| {
                part["required"].as_array().is_some_and(|names| names.iter().any(|name| name == field))
            })
        };
        assert!(
            required("/claims/handoff", "to") && required("/claims/handoff", "task"),
            "{}",
            schema("/claims/handoff")
        );
        assert!(!required("/claims/done", "to") && !schema("/claims/release").contains("\"result\""));
        assert!(schema("/hooks/wake").contains("\"idempotencyKey\""));
        let answers = |path: &str, method: &str| -> Vec<u16> {
            let told = told["paths"][path][method]["responses"].as_object().unwrap();
            told.keys().map(|status| status.parse().unwrap()).collect()
        };
        assert_eq!(answers("/claims", "post"), [200, 400, 401, 403, 405, 408, 409, 413, 429, 503]);
        assert_eq!(answers("/ready", "get"), [200, 400, 401, 405, 429, 503]);
        assert_eq!(answers("/health", "get"), [200]);
    }
}
