//! What can be asked at the door, as `OpenAPI` 3.1: drawn from the tables by which it is answered.

use serde_json::Value;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, PathItem};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApiBuilder, Paths, RefOr, ResponseBuilder, Schema,
};
use utoipa::{PartialSchema, ToSchema};

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
}

/// A word that waits for nobody.
#[derive(ToSchema)]
#[expect(dead_code, reason = "as above")]
struct Wake {
    /// What.
    text: String,
    /// `now` or `next-heartbeat`.
    mode: Option<String>,
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
    /// Of `pause` and `resume`: since when.
    since: Option<String>,
    /// Of `config` and `set`: which setting.
    key: Option<String>,
    /// Of `set`: to what.
    value: Option<String>,
}

/// One thing that can be asked.
struct Operation {
    method: HttpMethod,
    path: &'static str,
    about: &'static str,
    body: Option<RefOr<Schema>>,
    is_open: bool,
}

fn operations() -> Vec<Operation> {
    let post = |path, about, schema: RefOr<Schema>| Operation {
        method: HttpMethod::Post,
        path,
        about,
        body: Some(schema),
        is_open: false,
    };
    let get = |path, about, is_open| Operation { method: HttpMethod::Get, path, about, body: None, is_open };
    let mut all = vec![
        get("/health", "The node lives.", true),
        post("/hooks/agent", "Says something, as at the newest gateways.", Said::schema()),
        post("/hooks/wake", "Says something that waits for nobody.", Wake::schema()),
        post(super::driving::PATH, "Has an agent of this machine driven; by nodes only.", Drive::schema()),
    ];
    all.extend(FETCHED.iter().map(|fetched| get(fetched.path, fetched.about, false)));
    all.extend(POSTED.iter().map(|posted| post(posted.path, posted.about, (posted.schema)())));
    all
}

/// The whole of it.
pub(super) fn description() -> Value {
    let mut paths = Paths::new();
    let too_long = format!("It is longer than {BODY_MOST} bytes.");
    for Operation { method, path, about, body, is_open } in operations() {
        let answer = |text: &str| ResponseBuilder::new().description(text).build();
        let mut operation = OperationBuilder::new().summary(Some(about)).response("200", answer("It is so."));
        if let Some(schema) = body {
            let content = ContentBuilder::new().schema(Some(schema)).build();
            let body = RequestBodyBuilder::new().content("application/json", content).build();
            operation = operation.request_body(Some(body)).response("400", answer("It makes no sense."));
            operation = operation.response("413", answer(&too_long));
        }
        if !is_open {
            operation = operation.security(SecurityRequirement::new(TOKEN, Vec::<String>::new()));
            operation = operation.response("401", answer("No token, or a wrong one."));
            operation = operation.response("429", answer("Too many wrong tokens: Retry-After says when."));
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
        let told = description();
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
    }
}
