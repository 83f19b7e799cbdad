//! Files: sent, looked up, downloaded.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::botapi::answer::ApiError;
use crate::botapi::params::Upload;
use crate::botapi::{Call, Door, document};
use crate::world::{Document, Draft, WorldError};

impl Call {
    pub fn send_document(&self) -> Result<Value, ApiError> {
        self.send_file("document", |upload| {
            let (name, bytes) = (document::name(&upload.name), upload.bytes.to_vec());
            self.door.world().keep_file(name, document::mime(&upload.mime, &upload.name), bytes)
        })
    }

    pub fn send_photo(&self) -> Result<Value, ApiError> {
        self.send_file("photo", |upload| self.door.world().keep_photo(upload.bytes.to_vec()))
    }

    /// Sends a file of this kind: uploaded, or one that this bot knows by its id.
    fn send_file(
        &self,
        kind: &str,
        keep: impl Fn(&Upload) -> Result<Document, WorldError>,
    ) -> Result<Value, ApiError> {
        let chat = self.chat()?;
        let (text, entities) = self.formatted("caption", "caption_entities")?;
        let file = match self.params.file(kind) {
            Some(upload) => keep(upload).map_err(|error| ApiError::refused(&error, "send"))?,
            None => self.known_file(kind)?,
        };
        self.send(chat, Draft { text, entities, document: Some(file), ..Draft::default() })
    }

    fn known_file(&self, kind: &str) -> Result<Document, ApiError> {
        let given = self.params.text(kind).filter(|given| !given.is_empty());
        let given = given.ok_or_else(|| ApiError::bad(format!("there is no {kind} in the request")))?;
        let unknown = || ApiError::bad("wrong file identifier/HTTP URL specified");
        let id = document::number_of(self.bot.id, &given).ok_or_else(unknown)?;
        let (file, _) = self.door.world().file(id).ok_or_else(unknown)?;
        let is = document::kind(&file);
        if is.eq_ignore_ascii_case(kind) {
            return Ok(file);
        }
        let wanted = if is == "Photo" { "Document" } else { "Photo" };
        Err(ApiError::bad(format!("can't use file of type {is} as {wanted}")))
    }

    pub fn get_file(&self) -> Result<Value, ApiError> {
        let given = self.params.text("file_id").filter(|given| !given.is_empty());
        let given = given.ok_or_else(|| ApiError::bad("file_id not specified"))?;
        let found = document::number_of(self.bot.id, &given).and_then(|id| self.door.world().file(id));
        let (file, _) = found.ok_or_else(|| ApiError::bad("invalid file_id"))?;
        Ok(document::file(self.bot.id, &file))
    }
}

impl Door {
    /// The bytes of a file that [`Call::get_file`] told of.
    pub(in crate::botapi) fn download(&self, token: &str, path: &str) -> Result<Response, ApiError> {
        self.world().bot_by_token(token).ok_or_else(ApiError::unauthorized)?;
        let found = document::number_at(path).and_then(|id| self.world().file(id));
        let (file, bytes) =
            found.filter(|(file, _)| document::path(file) == path).ok_or_else(ApiError::no_page)?;
        let mut response = bytes.to_vec().into_response();
        let mime = HeaderValue::from_str(&file.mime);
        let octets = HeaderValue::from_static("application/octet-stream");
        response.headers_mut().insert(header::CONTENT_TYPE, mime.unwrap_or(octets));
        Ok(response)
    }
}
