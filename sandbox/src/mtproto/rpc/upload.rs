//! `upload`: files, part by part, both ways.

use grammers_tl_types::{enums, functions as f, types};

use super::{Call, RpcError};
use crate::mtproto::uploads::BadPart;
use crate::mtproto::view::{date, file_hash, file_reference};

/// The most bytes of one answer.
const CHUNK_LIMIT: usize = 1024 * 1024;

pub fn save_file_part(call: &mut Call, request: &f::upload::SaveFilePart) -> Result<bool, RpcError> {
    keep(call, request.file_id, request.file_part, &request.bytes)
}

pub fn save_big_file_part(call: &mut Call, request: &f::upload::SaveBigFilePart) -> Result<bool, RpcError> {
    keep(call, request.file_id, request.file_part, &request.bytes)
}

fn keep(call: &Call, file: i64, part: i32, bytes: &[u8]) -> Result<bool, RpcError> {
    let me = call.me()?;
    call.shared().uploads.keep(me, file, part, bytes.to_vec())?;
    Ok(true)
}

pub fn get_file(call: &mut Call, request: &f::upload::GetFile) -> Result<enums::upload::File, RpcError> {
    use enums::InputFileLocation as Location;
    let me = call.me()?;
    let (id, hash, reference) = match &request.location {
        Location::InputDocumentFileLocation(file) => (file.id, file.access_hash, &file.file_reference),
        Location::InputPhotoFileLocation(photo) => (photo.id, photo.access_hash, &photo.file_reference),
        _ => return Err(RpcError::bad("LOCATION_INVALID")),
    };
    if hash != file_hash(me, id) {
        return Err(RpcError::bad("FILE_ID_INVALID"));
    }
    if *reference != file_reference(id) {
        return Err(RpcError::bad("FILE_REFERENCE_INVALID"));
    }
    let (document, bytes) = call.world().file(id).ok_or(RpcError::bad("FILE_REFERENCE_EXPIRED"))?;
    let limit = usize::try_from(request.limit).ok().filter(|limit| (1..=CHUNK_LIMIT).contains(limit));
    let limit = limit.ok_or(RpcError::bad("LIMIT_INVALID"))?;
    let offset = usize::try_from(request.offset).map_err(|_| RpcError::bad("OFFSET_INVALID"))?;
    let rest = bytes.get(offset..).unwrap_or_default();
    Ok(types::upload::File {
        r#type: kind_of(&document.mime),
        mtime: date(document.date),
        bytes: rest[..rest.len().min(limit)].to_vec(),
    }
    .into())
}

fn kind_of(mime: &str) -> enums::storage::FileType {
    use enums::storage::FileType;
    match mime {
        "image/jpeg" => FileType::FileJpeg,
        "image/png" => FileType::FilePng,
        "image/gif" => FileType::FileGif,
        "image/webp" => FileType::FileWebp,
        "application/pdf" => FileType::FilePdf,
        _ => FileType::FileUnknown,
    }
}

impl From<BadPart> for RpcError {
    fn from(bad: BadPart) -> Self {
        match bad {
            BadPart::Empty => Self::bad("FILE_PART_EMPTY"),
            BadPart::TooBig => Self::bad("FILE_PART_TOO_BIG"),
            BadPart::Number => Self::bad("FILE_PART_INVALID"),
            BadPart::Size => Self::bad("FILE_PART_SIZE_INVALID"),
            BadPart::Checksum => Self::bad("MD5_CHECKSUM_INVALID"),
            BadPart::Missing(part) => Self::part_missing(part),
        }
    }
}
