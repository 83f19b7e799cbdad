//! Files in the Bot API's JSON, and the names under which they are asked for.

use serde_json::{Value, json};

use crate::world::{Document, Size, UserId};

/// Before a file's number in the id that a bot is given.
const FILE: &str = "BQACAgI";
/// The same before a photo's.
const PHOTO: &str = "AgACAgI";
/// Before a file's number in the id that is the same for all bots.
const UNIQUE: &str = "AgAD";
/// Before a document's number in its path.
const DOCUMENTS: &str = "documents/file_";
/// The same of a photo.
const PHOTOS: &str = "photos/file_";

pub(super) fn document(bot: UserId, document: &Document) -> Value {
    json!({
        "file_name": document.name,
        "mime_type": document.mime,
        "file_id": file_id(bot, document),
        "file_unique_id": unique_id(document.id),
        "file_size": document.size,
    })
}

/// A photo's sizes: the one that was sent.
pub(super) fn photo(bot: UserId, document: &Document, size: Size) -> Value {
    json!([{
        "file_id": file_id(bot, document),
        "file_unique_id": unique_id(document.id),
        "width": size.width,
        "height": size.height,
        "file_size": document.size,
    }])
}

/// What Telegram calls it.
pub(super) fn kind(document: &Document) -> &'static str {
    if document.photo.is_some() { "Photo" } else { "Document" }
}

/// A `File`, ready for download.
pub(super) fn file(bot: UserId, document: &Document) -> Value {
    json!({
        "file_id": file_id(bot, document),
        "file_unique_id": unique_id(document.id),
        "file_size": document.size,
        "file_path": path(document),
    })
}

/// Where the file lies under `/file/bot<token>/`.
pub(super) fn path(document: &Document) -> String {
    let is_plain =
        |ending: &&str| (1..=8).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric());
    let ending = ending(&document.name).filter(is_plain).map(|ending| format!(".{ending}"));
    let folder = if document.photo.is_some() { PHOTOS } else { DOCUMENTS };
    format!("{folder}{}{}", document.id, ending.unwrap_or_default())
}

/// A file's id holds for one bot only.
fn file_id(bot: UserId, document: &Document) -> String {
    let kind = if document.photo.is_some() { PHOTO } else { FILE };
    format!("{kind}{:x}_{:x}", document.id, bot.0)
}

fn unique_id(id: i64) -> String {
    format!("{UNIQUE}{id:x}")
}

/// The file's number in an id that this bot was given.
pub(super) fn number_of(bot: UserId, file_id: &str) -> Option<i64> {
    let number = file_id.strip_prefix(FILE).or_else(|| file_id.strip_prefix(PHOTO))?;
    let (id, owner) = number.split_once('_')?;
    i64::from_str_radix(owner, 16).ok().filter(|owner| *owner == bot.0)?;
    i64::from_str_radix(id, 16).ok()
}

/// The file's number in a path.
pub(super) fn number_at(path: &str) -> Option<i64> {
    path.strip_prefix(DOCUMENTS).or_else(|| path.strip_prefix(PHOTOS))?.split('.').next()?.parse().ok()
}

/// The last part of an uploaded file's name.
pub(super) fn name(given: &str) -> &str {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    if last.is_empty() { "document" } else { last }
}

/// The media type: by the file's name, as Telegram tells it, else what the client says.
pub(super) fn mime<'a>(given: &'a str, name: &str) -> &'a str {
    match ending(name).map(str::to_ascii_lowercase).as_deref() {
        Some("txt" | "log") => "text/plain",
        Some("md") => "text/markdown",
        Some("json") => "application/json",
        Some("csv") => "text/csv",
        Some("html") => "text/html",
        Some("pdf") => "application/pdf",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("zip") => "application/zip",
        _ if given.is_empty() => "application/octet-stream",
        _ => given,
    }
}

fn ending(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, ending)| ending)
}
