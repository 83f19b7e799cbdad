//! Files.

use grammers_tl_types::{enums, types};
use sha2::{Digest, Sha256};

use super::date;
use crate::mtproto::rpc::THIS_DC;
use crate::world::{Document, UserId};

/// A file as `viewer` may ask for it.
pub fn document(file: &Document, viewer: UserId) -> enums::Document {
    let name = types::DocumentAttributeFilename { file_name: file.name.clone() };
    types::Document {
        id: file.id,
        access_hash: file_hash(viewer, file.id),
        file_reference: file_reference(file.id),
        date: date(file.date),
        mime_type: file.mime.clone(),
        size: i64::try_from(file.size).unwrap_or(i64::MAX),
        thumbs: None,
        video_thumbs: None,
        dc_id: THIS_DC,
        attributes: vec![name.into()],
    }
    .into()
}

/// A file as the media of a message.
pub fn media(file: &Document, viewer: UserId) -> enums::MessageMedia {
    types::MessageMediaDocument {
        nopremium: false,
        spoiler: false,
        video: false,
        round: false,
        voice: false,
        document: Some(document(file, viewer)),
        alt_documents: None,
        video_cover: None,
        video_timestamp: None,
        ttl_seconds: None,
    }
    .into()
}

/// The hash by which `viewer` names a file; never 0.
pub fn file_hash(viewer: UserId, file: i64) -> i64 {
    let digest = Sha256::new()
        .chain_update(b"file")
        .chain_update(viewer.0.to_le_bytes())
        .chain_update(file.to_le_bytes())
        .finalize();
    i64::from_le_bytes(*digest.first_chunk().expect("a SHA-256 has 32 bytes")) | 1
}

/// What Telegram renews from time to time; here it lasts as long as the file.
pub fn file_reference(file: i64) -> Vec<u8> {
    Sha256::new().chain_update(b"reference").chain_update(file.to_le_bytes()).finalize()[..16].to_vec()
}
