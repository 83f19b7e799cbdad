//! What the server packs: results, compression, containers.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use grammers_tl_types::Serializable;

use super::unpack::{CONTAINER, GZIP_PACKED};
use crate::mtproto::crypto::Message;

/// `rpc_result`.
const RPC_RESULT: u32 = 0xf35c_6d01;
/// Results from this length on are compressed, in bytes.
const COMPRESS_FROM: usize = 4096;

/// The result of the request `request`, compressed where that pays.
pub fn rpc_result(request: i64, result: &[u8]) -> Vec<u8> {
    let compressed = (result.len() >= COMPRESS_FROM).then(|| gzip(result)).flatten();
    let result = compressed.as_deref().filter(|packed| packed.len() < result.len()).unwrap_or(result);
    let mut body = Vec::with_capacity(12 + result.len());
    RPC_RESULT.serialize(&mut body);
    request.serialize(&mut body);
    body.extend(result);
    body
}

/// The request whose result a message is.
pub fn answered(body: &[u8]) -> Option<i64> {
    let request = body.strip_prefix(&RPC_RESULT.to_le_bytes())?.first_chunk()?;
    Some(i64::from_le_bytes(*request))
}

fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).ok()?;
    let packed = encoder.finish().ok()?;
    let mut body = GZIP_PACKED.to_bytes();
    packed.serialize(&mut body);
    Some(body)
}

/// Several numbered messages as the body of one.
pub fn container(messages: &[Message]) -> Vec<u8> {
    let mut body = CONTAINER.to_bytes();
    u32::try_from(messages.len()).unwrap_or(u32::MAX).serialize(&mut body);
    for message in messages {
        message.id.serialize(&mut body);
        message.seq_no.serialize(&mut body);
        u32::try_from(message.body.len()).unwrap_or(u32::MAX).serialize(&mut body);
        body.extend(&message.body);
    }
    body
}
