//! Files in the Bot API's JSON, and the names under which they are asked for.

use serde_json::{Value, json};

use crate::world::{Document, UserId};

/// Before a file's number in the id that a bot is given.
const FILE: &str = "BQACAgI";
/// Before a file's number in the id that is the same for all bots.
const UNIQUE: &str = "AgAD";

pub(super) fn document(bot: UserId, document: &Document) -> Value {
    json!({
        "file_name": document.name,
        "mime_type": document.mime,
        "file_id": file_id(bot, document.id),
        "file_unique_id": unique_id(document.id),
        "file_size": document.size,
    })
}

/// A `File`, ready for download.
pub(super) fn file(bot: UserId, document: &Document) -> Value {
    json!({
        "file_id": file_id(bot, document.id),
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
    format!("documents/file_{}{}", document.id, ending.unwrap_or_default())
}

/// A file's id holds for one bot only.
fn file_id(bot: UserId, id: i64) -> String {
    format!("{FILE}{id:x}_{:x}", bot.0)
}

fn unique_id(id: i64) -> String {
    format!("{UNIQUE}{id:x}")
}

/// The file's number in an id that this bot was given.
pub(super) fn number_of(bot: UserId, file_id: &str) -> Option<i64> {
    let (id, owner) = file_id.strip_prefix(FILE)?.split_once('_')?;
    i64::from_str_radix(owner, 16).ok().filter(|owner| *owner == bot.0)?;
    i64::from_str_radix(id, 16).ok()
}

/// The file's number in a path.
pub(super) fn number_at(path: &str) -> Option<i64> {
    path.strip_prefix("documents/file_")?.split('.').next()?.parse().ok()
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
