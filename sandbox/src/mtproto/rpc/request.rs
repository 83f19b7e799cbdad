//! What wraps a request: layer, introduction, order.

use grammers_tl_types::{self as tl, Cursor, Deserializable, Identifiable, enums, functions, types};

use super::RpcError;

/// Wrappers around one request.
const WRAPPERS_LIMIT: usize = 8;
/// Constructors in one request that may hold others of their kind. Reading them recurses, so they are counted first.
const NESTED_LIMIT: usize = 32;

/// Every type reachable from a method here that may hold itself, apart from what [`too_rich`] refuses.
const NESTING: [u32; 6] = [
    types::JsonArray::CONSTRUCTOR_ID,
    types::JsonObject::CONSTRUCTOR_ID,
    types::InputPeerUserFromMessage::CONSTRUCTOR_ID,
    types::InputPeerChannelFromMessage::CONSTRUCTOR_ID,
    types::InputUserFromMessage::CONSTRUCTOR_ID,
    types::InputChannelFromMessage::CONSTRUCTOR_ID,
];

/// `messages.sendMessage`: flag of a rich message.
const SEND_RICH: u32 = 1 << 23;
/// `messages.editMessage`: flags of media and of a rich message.
const EDIT_RICH: u32 = 1 << 14 | 1 << 23;

/// A request without its wrappers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The method.
    pub method: u32,
    /// Its arguments.
    pub arguments: &'a [u8],
    /// The client wants no pushes for it.
    pub without_updates: bool,
}

impl Request<'_> {
    /// The method's TL name, `messages.sendMessage`.
    pub fn name(&self) -> &'static str {
        tl::name_for_id(self.method)
    }
}

/// Takes the wrappers off.
pub fn unwrap(body: &[u8]) -> Result<Request<'_>, RpcError> {
    let nested = body.chunks_exact(4).filter(|word| is_nesting(word)).take(NESTED_LIMIT + 1).count();
    if nested > NESTED_LIMIT {
        return Err(RpcError::UNREADABLE);
    }
    let mut rest = body;
    let mut without_updates = false;
    for _ in 0..WRAPPERS_LIMIT {
        let (method, arguments) = rest.split_first_chunk().ok_or(RpcError::UNREADABLE)?;
        let method = u32::from_le_bytes(*method);
        let mut cursor = Cursor::from_slice(arguments);
        match method {
            functions::InvokeWithLayer::<()>::CONSTRUCTOR_ID => skip::<i32>(&mut cursor)?,
            functions::InvokeAfterMsg::<()>::CONSTRUCTOR_ID => skip::<i64>(&mut cursor)?,
            functions::InvokeAfterMsgs::<()>::CONSTRUCTOR_ID => skip::<Vec<i64>>(&mut cursor)?,
            functions::InvokeWithoutUpdates::<()>::CONSTRUCTOR_ID => without_updates = true,
            functions::InitConnection::<()>::CONSTRUCTOR_ID => introduction(&mut cursor)?,
            _ if too_rich(method, arguments) => return Err(RpcError::bad("MEDIA_INVALID")),
            _ => return Ok(Request { method, arguments, without_updates }),
        }
        rest = &arguments[cursor.pos()..];
    }
    Err(RpcError::UNREADABLE)
}

fn is_nesting(word: &[u8]) -> bool {
    word.first_chunk().is_some_and(|word| NESTING.contains(&u32::from_le_bytes(*word)))
}

/// Whether a message carries what the sandbox does not know: media, and pages of rich text, which nest.
fn too_rich(method: u32, arguments: &[u8]) -> bool {
    let flags = arguments.first_chunk().map_or(0, |flags| u32::from_le_bytes(*flags));
    match method {
        functions::messages::SendMessage::CONSTRUCTOR_ID => flags & SEND_RICH != 0,
        functions::messages::EditMessage::CONSTRUCTOR_ID => flags & EDIT_RICH != 0,
        _ => false,
    }
}

fn skip<T: Deserializable>(cursor: &mut Cursor<'_>) -> Result<(), RpcError> {
    T::deserialize(cursor).map(drop).map_err(|_| RpcError::UNREADABLE)
}

/// `initConnection`: which program this is. Only the api id is looked at.
fn introduction(cursor: &mut Cursor<'_>) -> Result<(), RpcError> {
    let flags = u32::deserialize(cursor).map_err(|_| RpcError::UNREADABLE)?;
    let api_id = i32::deserialize(cursor).map_err(|_| RpcError::UNREADABLE)?;
    for _ in 0..6 {
        skip::<String>(cursor)?;
    }
    if flags & 1 != 0 {
        skip::<enums::InputClientProxy>(cursor)?;
    }
    if flags & 2 != 0 {
        skip::<enums::Jsonvalue>(cursor)?;
    }
    if api_id > 0 { Ok(()) } else { Err(RpcError::bad("API_ID_INVALID")) }
}
