//! A request's parameters, wherever the client put them: query, form, multipart or JSON.

use std::collections::BTreeMap;

use axum::body::{Body, Bytes};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, FromRequest, Multipart, Query, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};

use super::answer::ApiError;
use super::{BODY_LIMIT, UPLOAD_LIMIT};
use crate::body;

/// The most parts of a multipart body.
const PARTS_LIMIT: usize = 100;

/// Named values; numbers and objects may come as themselves or as text.
#[derive(Clone, Debug, Default)]
pub(super) struct Params {
    fields: Map<String, Value>,
    files: BTreeMap<String, Upload>,
}

/// A file in a multipart body.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    pub name: String,
    /// The media type; empty if the client does not say.
    pub mime: String,
    pub bytes: Bytes,
}

type Pairs = Vec<(String, String)>;

impl Params {
    /// Reads query and body; the body wins.
    pub async fn read(request: Request) -> Result<Self, ApiError> {
        let query = Query::<Pairs>::try_from_uri(request.uri());
        let mut params = Self::from_pairs(query.map(|Query(pairs)| pairs).unwrap_or_default());
        let body = Self::read_body(request).await?;
        params.fields.extend(body.fields);
        params.files = body.files;
        Ok(params)
    }

    /// Reads a body: a request's, or a webhook's answer dressed as one.
    pub async fn read_body(request: Request) -> Result<Self, ApiError> {
        let kind = content_type(request.headers());
        let has_files = kind == "multipart/form-data";
        let limit = if has_files { UPLOAD_LIMIT } else { BODY_LIMIT };
        let (head, body) = request.into_parts();
        let body = body::whole(body, limit, None).await.map_err(|fault| match fault {
            body::Fault::TooBig => ApiError::too_large(),
            body::Fault::Cut => ApiError::timeout(),
        })?;
        match kind.as_str() {
            "multipart/form-data" => Self::read_parts(Request::from_parts(head, Body::from(body))).await,
            "application/x-www-form-urlencoded" => {
                Self::read_form(Request::from_parts(head, Body::from(body))).await
            }
            _ if body.iter().all(u8::is_ascii_whitespace) => Ok(Self::default()),
            "application/json" => Self::from_json(&body),
            _ => Err(ApiError::bad("unsupported content type")),
        }
    }

    async fn read_form(request: Request) -> Result<Self, ApiError> {
        let bad = |error: FormRejection| unreadable(error.status(), "can't parse the form");
        let form = Form::<Pairs>::from_request(request, &()).await;
        form.map(|Form(pairs)| Self::from_pairs(pairs)).map_err(bad)
    }

    fn from_pairs(pairs: Pairs) -> Self {
        let fields = pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
        Self { fields, files: BTreeMap::new() }
    }

    fn from_json(body: &[u8]) -> Result<Self, ApiError> {
        serde_json::from_slice(body)
            .map(|fields| Self { fields, files: BTreeMap::new() })
            .map_err(|_| ApiError::bad("can't parse request body as a JSON object"))
    }

    async fn read_parts(request: Request) -> Result<Self, ApiError> {
        let bad = |status| unreadable(status, "can't parse the multipart body");
        let parts = Multipart::from_request(request, &()).await;
        let mut parts = parts.map_err(|error| bad(error.status()))?;
        let mut found = Self::default();
        while let Some(part) = parts.next_field().await.map_err(|error| bad(error.status()))? {
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            let mime = part.content_type().unwrap_or_default().to_owned();
            let bytes = part.bytes().await.map_err(|error| bad(error.status()))?;
            found.take_part(name, file, mime, bytes)?;
        }
        Ok(found)
    }

    fn take_part(
        &mut self,
        name: String,
        file: Option<String>,
        mime: String,
        bytes: Bytes,
    ) -> Result<(), ApiError> {
        if self.fields.len() + self.files.len() >= PARTS_LIMIT {
            return Err(ApiError::too_large());
        }
        if let Some(file) = file {
            self.files.insert(name, Upload { name: file, mime, bytes });
            return Ok(());
        }
        let text = String::from_utf8(bytes.to_vec());
        let text = text.map_err(|_| ApiError::bad("strings must be encoded in UTF-8"))?;
        self.fields.insert(name, Value::String(text));
        Ok(())
    }

    /// Whether something is given by this name; null, false, 0 and nothing are the same as absent.
    pub fn has(&self, name: &str) -> bool {
        match self.fields.get(name) {
            None | Some(Value::Null | Value::Bool(false)) => false,
            Some(Value::String(text)) => !["", "0", "false", "False"].contains(&text.as_str()),
            Some(Value::Number(number)) => number.as_i64() != Some(0),
            Some(_) => true,
        }
    }

    /// The file given as `name`: as its own part, or as a part that `attach://` names.
    pub fn file(&self, name: &str) -> Option<&Upload> {
        let attached = self.text(name).and_then(|text| text.strip_prefix("attach://").map(str::to_owned));
        self.files.get(attached.as_deref().unwrap_or(name))
    }

    /// A text; absent and null are the same.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.fields.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// A whole number, also when written as text.
    pub fn number(&self, name: &str) -> Option<i64> {
        match self.fields.get(name)? {
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
        match self.fields.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => text.eq_ignore_ascii_case("true") || text == "1",
            Some(Value::Number(number)) => number.as_i64() == Some(1),
            _ => false,
        }
    }

    /// An object or array, also when written as text; absent, null and "" are the same.
    pub fn json(&self, name: &str) -> Result<Option<Value>, ApiError> {
        match self.fields.get(name) {
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

/// The media type, without its parameters.
fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let value = value.unwrap_or_default().trim().to_ascii_lowercase();
    value.split(';').next().unwrap_or_default().trim().to_owned()
}
