//! A request's parameters, wherever the client put them: query, form, multipart or JSON.

use axum::RequestExt;
use axum::body::Bytes;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, FromRequest, Multipart, Query, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};

use super::answer::ApiError;

/// The most parts of a multipart body.
const PARTS_LIMIT: usize = 100;

/// Named values; numbers and objects may come as themselves or as text.
#[derive(Clone, Debug, Default)]
pub(super) struct Params(Map<String, Value>);

type Pairs = Vec<(String, String)>;

impl Params {
    /// Reads query and body; the body wins.
    pub async fn read(request: Request) -> Result<Self, ApiError> {
        let query = Query::<Pairs>::try_from_uri(request.uri());
        let mut params = Self::from_pairs(query.map(|Query(pairs)| pairs).unwrap_or_default());
        params.0.extend(Self::read_body(request).await?.0);
        Ok(params)
    }

    async fn read_body(request: Request) -> Result<Self, ApiError> {
        let kind = content_type(request.headers());
        if kind.starts_with("multipart/form-data") {
            return Self::read_parts(request).await;
        }
        if kind.starts_with("application/x-www-form-urlencoded") {
            let form = Form::<Pairs>::from_request(request, &()).await;
            let bad = |error: FormRejection| unreadable(error.status(), "can't parse the form");
            return form.map(|Form(pairs)| Self::from_pairs(pairs)).map_err(bad);
        }
        let body: Bytes = request.extract().await.map_err(|_| ApiError::too_large())?;
        match kind.as_str() {
            _ if body.iter().all(u8::is_ascii_whitespace) => Ok(Self::default()),
            kind if kind.starts_with("application/json") => Self::from_json(&body),
            _ => Err(ApiError::bad("unsupported content type")),
        }
    }

    fn from_pairs(pairs: Pairs) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect())
    }

    fn from_json(body: &[u8]) -> Result<Self, ApiError> {
        serde_json::from_slice(body)
            .map(Self)
            .map_err(|_| ApiError::bad("can't parse request body as a JSON object"))
    }

    async fn read_parts(request: Request) -> Result<Self, ApiError> {
        let bad = |status| unreadable(status, "can't parse the multipart body");
        let parts = Multipart::from_request(request, &()).await;
        let mut parts = parts.map_err(|error| bad(error.status()))?;
        let mut found = Map::new();
        while let Some(part) = parts.next_field().await.map_err(|error| bad(error.status()))? {
            let name = part.name().unwrap_or_default().to_owned();
            let text = part.text().await.map_err(|error| bad(error.status()))?;
            found.insert(name, Value::String(text));
            if found.len() > PARTS_LIMIT {
                return Err(ApiError::too_large());
            }
        }
        Ok(Self(found))
    }

    /// A text; absent and null are the same.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// A whole number, also when written as text.
    pub fn number(&self, name: &str) -> Option<i64> {
        match self.0.get(name)? {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_i64(),
        }
    }

    /// A message id or another 32-bit number.
    pub fn small(&self, name: &str) -> Option<i32> {
        self.number(name).and_then(|number| i32::try_from(number).ok())
    }

    /// True when given as true, "true" in any case, or 1.
    pub fn flag(&self, name: &str) -> bool {
        match self.0.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => text.eq_ignore_ascii_case("true") || text == "1",
            Some(Value::Number(number)) => number.as_i64() == Some(1),
            _ => false,
        }
    }

    /// An object or array, also when written as text; absent, null and "" are the same.
    pub fn json(&self, name: &str) -> Result<Option<Value>, ApiError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text)
                .map(Some)
                .map_err(|_| ApiError::bad(format!("can't parse {} JSON object", name.replace('_', " ")))),
            Some(other) => Ok(Some(other.clone())),
        }
    }
}

fn unreadable(status: StatusCode, what: &str) -> ApiError {
    if status == StatusCode::PAYLOAD_TOO_LARGE { ApiError::too_large() } else { ApiError::bad(what) }
}

fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().trim().to_ascii_lowercase()
}
