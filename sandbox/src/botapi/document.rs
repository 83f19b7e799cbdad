//! Files in the Bot API's JSON, and the names under which they are asked for.

use serde_json::{Value, json};

use crate::world::{Document, UserId};

/// Before a file's number in the id that a bot is given, and in the id that is the same for all.
const FILE: &str = "BQ";
const UNIQUE: &str = "AgAD";

pub(super) fn document(bot: UserId, document: &Document) -> Value {
    json!({
        "file_name": document.name,
        "mime_type": document.mime,
        "file_id": file_id(bot, document.id),
        "file_unique_id": format!("{UNIQUE}{:x}", document.id),
        "file_size": document.size,
    })
}

/// A `File`, ready for download.
pub(super) fn file(bot: UserId, document: &Document) -> Value {
    json!({
        "file_id": file_id(bot, document.id),
        "file_unique_id": format!("{UNIQUE}{:x}", document.id),
        "file_size": document.size,
        "file_path": path(document),
    })
}

/// Where the file lies under `/file/bot<token>/`.
fn path(document: &Document) -> String {
    let ending = document.name.rsplit_once('.').map(|(_, ending)| ending);
    let plain =
        |ending: &&str| (1..=8).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric());
    let ending = ending.filter(plain).map(|ending| format!(".{ending}")).unwrap_or_default();
    format!("documents/file_{}{ending}", document.id)
}

/// A file's id holds for one bot only.
fn file_id(bot: UserId, id: i64) -> String {
    format!("{FILE}{id:x}_{:x}", bot.0)
}

/// The file's number in an id that this bot was given.
pub(super) fn number_of(bot: UserId, file_id: &str) -> Option<i64> {
    let (id, owner) = file_id.strip_prefix(FILE)?.split_once('_')?;
    let owner = i64::from_str_radix(owner, 16).ok().filter(|owner| *owner == bot.0);
    owner.and_then(|_| i64::from_str_radix(id, 16).ok())
}

/// The file's number in a path.
pub(super) fn number_at(path: &str) -> Option<i64> {
    let name = path.strip_prefix("documents/file_")?;
    name.split('.').next()?.parse().ok()
}
