//! Sending files.

use grammers_tl_types::{enums, functions as f, types};

use super::otherwise::{otherwise, replied};
use super::send::sent;
use crate::mtproto::rpc::{Call, RpcError, input};
use crate::mtproto::view::{entities_from_tl, file_hash};
use crate::world::{Document, Draft, Extras, UserId};

const MEDIA_INVALID: RpcError = RpcError::bad("MEDIA_INVALID");

pub fn send_media(call: &mut Call, request: &f::messages::SendMedia) -> Result<enums::Updates, RpcError> {
    let me = call.me()?;
    let to = input::peer(call, &request.peer)?;
    call.world().chat(me, to)?;
    otherwise!(request).refuse(call, me)?;
    let (reply_to, quote) = replied(call, me, to, request.reply_to.as_ref())?;
    let (caption_above, spoiler) = (request.invert_media, covered(&request.media)?);
    let draft = Draft {
        entities: entities_from_tl(request.entities.as_deref().unwrap_or_default(), me),
        reply_to,
        silent: request.silent,
        random_id: Some(request.random_id),
        text: request.message.clone(),
        document: Some(document(call, me, &request.media)?),
        extras: Extras { quote, caption_above, spoiler, ..Extras::default() },
        ..Draft::default()
    };
    let posted = call.world().post(me, to, draft)?;
    sent(call, me, request.random_id, &posted)
}

/// Whether a photo is covered; media that deletes itself is not here.
fn covered(media: &enums::InputMedia) -> Result<bool, RpcError> {
    let (spoiler, ttl) = match media {
        enums::InputMedia::UploadedPhoto(media) => (media.spoiler, media.ttl_seconds),
        enums::InputMedia::Photo(media) => (media.spoiler, media.ttl_seconds),
        enums::InputMedia::UploadedDocument(media) => (false, media.ttl_seconds),
        enums::InputMedia::Document(media) => (false, media.ttl_seconds),
        _ => (false, None),
    };
    if ttl.is_some() { Err(RpcError::bad("TTL_MEDIA_INVALID")) } else { Ok(spoiler) }
}

/// The file to be sent: uploaded just now, or met before.
fn document(call: &Call, me: UserId, media: &enums::InputMedia) -> Result<Document, RpcError> {
    match media {
        enums::InputMedia::UploadedDocument(media) => uploaded_document(call, me, media),
        enums::InputMedia::UploadedPhoto(media) => {
            let (_, bytes) = uploaded(call, me, &media.file)?;
            Ok(call.world().keep_photo(bytes)?)
        }
        enums::InputMedia::Document(media) => {
            let enums::InputDocument::Document(wanted) = &media.id else { return Err(MEDIA_INVALID) };
            known(call, me, wanted.id, wanted.access_hash, false)
        }
        enums::InputMedia::Photo(media) => {
            let enums::InputPhoto::Photo(wanted) = &media.id else { return Err(MEDIA_INVALID) };
            known(call, me, wanted.id, wanted.access_hash, true)
        }
        _ => Err(MEDIA_INVALID),
    }
}

/// A file that the account has met, as what it was sent.
fn known(call: &Call, me: UserId, id: i64, hash: i64, as_photo: bool) -> Result<Document, RpcError> {
    if hash != file_hash(me, id) {
        return Err(MEDIA_INVALID);
    }
    let (document, _) = call.world().file(id).ok_or(RpcError::bad("FILE_REFERENCE_EXPIRED"))?;
    if document.photo.is_some() == as_photo { Ok(document) } else { Err(MEDIA_INVALID) }
}

fn uploaded_document(
    call: &Call,
    me: UserId,
    media: &types::InputMediaUploadedDocument,
) -> Result<Document, RpcError> {
    let (name, bytes) = uploaded(call, me, &media.file)?;
    let named = media.attributes.iter().find_map(|attribute| match attribute {
        enums::DocumentAttribute::Filename(name) => Some(&name.file_name),
        _ => None,
    });
    Ok(call.world().keep_file(named.unwrap_or(name), &media.mime_type, bytes)?)
}

/// The name and the bytes of an upload. Of a small one the client tells the checksum; an empty one is not looked at.
fn uploaded<'a>(
    call: &Call,
    me: UserId,
    file: &'a enums::InputFile,
) -> Result<(&'a String, Vec<u8>), RpcError> {
    let (file, parts, name, checksum) = match file {
        enums::InputFile::File(file) => (file.id, file.parts, &file.name, file.md5_checksum.as_str()),
        enums::InputFile::Big(file) => (file.id, file.parts, &file.name, ""),
        enums::InputFile::StoryDocument(_) => return Err(MEDIA_INVALID),
    };
    Ok((name, call.shared().uploads.take(me, file, parts, checksum)?))
}
