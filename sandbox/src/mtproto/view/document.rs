//! Files.

use grammers_tl_types::{enums, types};
use sha2::{Digest, Sha256};

use super::date;
use crate::mtproto::rpc::THIS_DC;
use crate::world::{Document, Size, UserId};

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

/// The one size in which a photo is there.
const PHOTO_SIZE: &str = "x";

/// A photo as `viewer` may ask for it.
fn photo(file: &Document, size: Size, viewer: UserId) -> enums::Photo {
    let whole = |pixels: u32| i32::try_from(pixels).unwrap_or(i32::MAX);
    let size = types::PhotoSize {
        r#type: PHOTO_SIZE.to_owned(),
        w: whole(size.width),
        h: whole(size.height),
        size: i32::try_from(file.size).unwrap_or(i32::MAX),
    };
    types::Photo {
        has_stickers: false,
        id: file.id,
        access_hash: file_hash(viewer, file.id),
        file_reference: file_reference(file.id),
        date: date(file.date),
        sizes: vec![size.into()],
        video_sizes: None,
        dc_id: THIS_DC,
    }
    .into()
}

/// A file as the media of a message.
pub fn media(file: &Document, viewer: UserId, spoiler: bool) -> enums::MessageMedia {
    if let Some(size) = file.photo {
        return types::MessageMediaPhoto {
            spoiler,
            live_photo: false,
            photo: Some(photo(file, size, viewer)),
            ttl_seconds: None,
            video: None,
        }
        .into();
    }
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
