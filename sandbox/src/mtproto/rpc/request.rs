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

/// `messages.setTyping`: the actions that carry pages.
const TYPING_RICH: [u32; 2] = [
    types::SendMessageRichMessageDraftAction::CONSTRUCTOR_ID,
    types::InputSendMessageRichMessageDraftAction::CONSTRUCTOR_ID,
];

/// `messages.sendMedia`: the media that is known here; others hold media themselves.
const MEDIA: [u32; 4] = [
    types::InputMediaUploadedDocument::CONSTRUCTOR_ID,
    types::InputMediaDocument::CONSTRUCTOR_ID,
    types::InputMediaUploadedPhoto::CONSTRUCTOR_ID,
    types::InputMediaPhoto::CONSTRUCTOR_ID,
];

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
    let nested = words(body).filter(|word| NESTING.contains(word)).take(NESTED_LIMIT + 1).count();
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

/// TL is made of words of four bytes; constructors begin at one.
fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|word| word.first_chunk().map_or(0, |word| u32::from_le_bytes(*word)))
}

/// Whether a message carries what the sandbox does not know: media, and pages of rich text, which nest.
fn too_rich(method: u32, arguments: &[u8]) -> bool {
    let flags = arguments.first_chunk().map_or(0, |flags| u32::from_le_bytes(*flags));
    match method {
        functions::messages::SendMessage::CONSTRUCTOR_ID => flags & SEND_RICH != 0,
        functions::messages::EditMessage::CONSTRUCTOR_ID => flags & EDIT_RICH != 0,
        functions::messages::SetTyping::CONSTRUCTOR_ID => {
            words(arguments).any(|word| TYPING_RICH.contains(&word))
        }
        functions::messages::SendMedia::CONSTRUCTOR_ID => {
            !media_of(arguments).is_some_and(|media| MEDIA.contains(&media))
        }
        _ => false,
    }
}

/// The constructor of `messages.sendMedia`'s media, which comes after the peer and the message answered.
fn media_of(arguments: &[u8]) -> Option<u32> {
    let mut cursor = Cursor::from_slice(arguments);
    let flags = u32::deserialize(&mut cursor).ok()?;
    enums::InputPeer::deserialize(&mut cursor).ok()?;
    if flags & 1 != 0 {
        enums::InputReplyTo::deserialize(&mut cursor).ok()?;
    }
    u32::deserialize(&mut cursor).ok()
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

#[cfg(test)]
mod tests {
    use tl::Serializable;

    use super::*;

    fn introduced(params: Option<enums::Jsonvalue>, api_id: i32) -> Vec<u8> {
        let query = functions::InvokeAfterMsg { msg_id: 1, query: functions::help::GetConfig {} };
        let introduction = functions::InitConnection {
            api_id,
            device_model: "device".to_owned(),
            system_version: "1".to_owned(),
            app_version: "1".to_owned(),
            system_lang_code: "en".to_owned(),
            lang_pack: String::new(),
            lang_code: "en".to_owned(),
            proxy: None,
            params,
            query: functions::InvokeWithoutUpdates { query },
        };
        functions::InvokeWithLayer { layer: tl::LAYER, query: introduction }.to_bytes()
    }

    #[test]
    fn wrappers_come_off() {
        let params = types::JsonArray { value: vec![enums::Jsonvalue::JsonNull] };
        let body = introduced(Some(params.into()), 1);
        let request = unwrap(&body).unwrap();
        assert_eq!((request.name(), request.arguments.len()), ("help.getConfig", 0));
        assert!(request.without_updates);
        assert_eq!(unwrap(&introduced(None, 0)), Err(RpcError::bad("API_ID_INVALID")));
    }

    #[test]
    fn what_nests_without_end_is_not_read() {
        let nested = |count: usize, constructor: u32| {
            let mut body = functions::messages::ReadHistory::CONSTRUCTOR_ID.to_bytes();
            (0..count).for_each(|_| constructor.serialize(&mut body));
            body
        };
        for constructor in NESTING {
            assert!(unwrap(&nested(NESTED_LIMIT, constructor)).is_ok());
            assert_eq!(unwrap(&nested(500_000, constructor)), Err(RpcError::UNREADABLE));
        }
        let wrapped = functions::InvokeWithoutUpdates::<()>::CONSTRUCTOR_ID.to_bytes().repeat(1000);
        assert_eq!(unwrap(&wrapped), Err(RpcError::UNREADABLE));
        let rich = [functions::messages::SendMessage::CONSTRUCTOR_ID, SEND_RICH].map(|word| word.to_bytes());
        assert_eq!(unwrap(&rich.concat()), Err(RpcError::bad("MEDIA_INVALID")));
        let typing =
            [functions::messages::SetTyping::CONSTRUCTOR_ID, 0, TYPING_RICH[1]].map(|word| word.to_bytes());
        assert_eq!(unwrap(&typing.concat()), Err(RpcError::bad("MEDIA_INVALID")));
    }
}
