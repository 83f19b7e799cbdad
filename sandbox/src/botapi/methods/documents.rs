//! Files: sent, looked up, downloaded.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::botapi::answer::ApiError;
use crate::botapi::{Call, Door, document};
use crate::world::{Document, Draft};

impl Call {
    pub fn send_document(&self) -> Result<Value, ApiError> {
        let chat = self.chat()?;
        let (text, entities) = self.formatted("caption", "caption_entities")?;
        let draft = Draft { text, entities, document: Some(self.document()?), ..Draft::default() };
        self.send(chat, draft)
    }

    /// The file to be sent: uploaded, or one that this bot knows by its id.
    fn document(&self) -> Result<Document, ApiError> {
        if let Some(upload) = self.params.file("document") {
            let kept = self.door.world().keep_file(
                document::name(&upload.name),
                document::mime(&upload.mime, &upload.name),
                upload.bytes.to_vec(),
            );
            return kept.map_err(|error| ApiError::refused(&error, "send"));
        }
        let given = self.params.text("document").filter(|given| !given.is_empty());
        let given = given.ok_or_else(|| ApiError::bad("there is no document in the request"))?;
        let unknown = || ApiError::bad("wrong file identifier/HTTP URL specified");
        let id = document::number_of(self.bot.id, &given).ok_or_else(unknown)?;
        self.door.world().file(id).map(|(document, _)| document).ok_or_else(unknown)
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
