//! Sending files.

use grammers_tl_types::{enums, functions as f, types};

use super::send::{replied, sent};
use crate::mtproto::rpc::{Call, RpcError, input};
use crate::mtproto::view::{entities_from_tl, file_hash};
use crate::world::{Document, Draft, UserId};

const MEDIA_INVALID: RpcError = RpcError::bad("MEDIA_INVALID");

pub fn send_media(call: &mut Call, request: &f::messages::SendMedia) -> Result<enums::Updates, RpcError> {
    let me = call.me()?;
    let to = input::peer(call, &request.peer)?;
    call.world().chat(me, to)?;
    let draft = Draft {
        entities: entities_from_tl(request.entities.as_deref().unwrap_or_default(), me),
        reply_to: request.reply_to.as_ref().and_then(replied),
        keyboard: None,
        silent: request.silent,
        random_id: Some(request.random_id),
        text: request.message.clone(),
        document: Some(document(call, me, &request.media)?),
    };
    let posted = call.world().post(me, to, draft)?;
    sent(call, me, request.random_id, &posted)
}

/// The file to be sent: uploaded just now, or met before.
fn document(call: &Call, me: UserId, media: &enums::InputMedia) -> Result<Document, RpcError> {
    match media {
        enums::InputMedia::UploadedDocument(media) => uploaded(call, me, media),
        enums::InputMedia::Document(media) => {
            let enums::InputDocument::Document(wanted) = &media.id else { return Err(MEDIA_INVALID) };
            if wanted.access_hash != file_hash(me, wanted.id) {
                return Err(MEDIA_INVALID);
            }
            let found = call.world().file(wanted.id);
            found.map(|(document, _)| document).ok_or(RpcError::bad("FILE_REFERENCE_EXPIRED"))
        }
        _ => Err(MEDIA_INVALID),
    }
}

fn uploaded(
    call: &Call,
    me: UserId,
    media: &types::InputMediaUploadedDocument,
) -> Result<Document, RpcError> {
    let (file, parts, name) = match &media.file {
        enums::InputFile::File(file) => (file.id, file.parts, &file.name),
        enums::InputFile::Big(file) => (file.id, file.parts, &file.name),
        enums::InputFile::StoryDocument(_) => return Err(MEDIA_INVALID),
    };
    let bytes = call.shared().uploads.take(me, file, parts)?;
    let named = media.attributes.iter().find_map(|attribute| match attribute {
        enums::DocumentAttribute::Filename(name) => Some(&name.file_name),
        _ => None,
    });
    Ok(call.world().keep_file(named.unwrap_or(name), &media.mime_type, bytes)?)
}
