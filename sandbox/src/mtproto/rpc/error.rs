//! What a request is refused with.

use std::borrow::Cow;

use grammers_tl_types::{Serializable, enums, types};
use thiserror::Error;

use crate::world::WorldError;

/// An `rpc_error`: a code like HTTP's and a word that programs branch on.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{code} {message}")]
pub struct RpcError {
    code: i32,
    message: Cow<'static, str>,
}

impl RpcError {
    /// 400: the request is wrong.
    pub const fn bad(message: &'static str) -> Self {
        Self { code: 400, message: Cow::Borrowed(message) }
    }

    /// 401: nobody is signed in.
    pub const UNREGISTERED: Self = Self { code: 401, message: Cow::Borrowed("AUTH_KEY_UNREGISTERED") };
    /// 401: the code was right; the second password is due.
    pub const PASSWORD_NEEDED: Self = Self { code: 401, message: Cow::Borrowed("SESSION_PASSWORD_NEEDED") };
    /// 401: the session was ended from another one.
    pub const REVOKED: Self = Self { code: 401, message: Cow::Borrowed("SESSION_REVOKED") };
    /// 406: the key was used from two places, and is worth nothing any more.
    pub const DUPLICATED: Self = Self { code: 406, message: Cow::Borrowed("AUTH_KEY_DUPLICATED") };
    /// 400: no such chat or user, or the access hash is not the one this account was given.
    pub const PEER: Self = Self::bad("PEER_ID_INVALID");
    /// 400: bytes that are not this method's.
    pub const UNREADABLE: Self = Self::bad("INPUT_FETCH_ERROR");
    /// 400: the sandbox does not have this method.
    pub const UNKNOWN: Self = Self::bad("METHOD_NOT_IMPLEMENTED");
    /// 500: too many requests of this connection wait for something.
    pub const BUSY: Self = Self { code: 500, message: Cow::Borrowed("WORKER_BUSY_TOO_LONG_RETRY") };

    /// What somebody ordered to be answered.
    pub fn ordered(code: i32, message: String) -> Self {
        Self { code, message: message.into() }
    }

    /// 420: again after so many seconds.
    pub fn flood_wait(seconds: u32) -> Self {
        Self { code: 420, message: format!("FLOOD_WAIT_{seconds}").into() }
    }

    /// 400: a part of an uploaded file never came.
    pub fn part_missing(part: usize) -> Self {
        Self { code: 400, message: format!("FILE_PART_{part}_MISSING").into() }
    }

    /// TL.
    pub fn to_bytes(&self) -> Vec<u8> {
        let error =
            types::RpcError { error_code: self.code, error_message: self.message.clone().into_owned() };
        enums::RpcError::Error(error).to_bytes()
    }
}

impl From<WorldError> for RpcError {
    fn from(error: WorldError) -> Self {
        let (code, message) = error.rpc();
        Self { code, message: message.into() }
    }
}
