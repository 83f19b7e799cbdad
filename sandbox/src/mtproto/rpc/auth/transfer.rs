//! Taking an authorization to another data centre. All of them are this server, but a client goes by their numbers.

use grammers_tl_types::{enums, functions as f, types};

use super::enter;
use crate::mtproto::chance::draw;
use crate::mtproto::rpc::{Call, RpcError};

/// The data centres there are.
const DCS: std::ops::RangeInclusive<i32> = 1..=5;

pub fn export_authorization(
    call: &mut Call,
    request: &f::auth::ExportAuthorization,
) -> Result<enums::auth::ExportedAuthorization, RpcError> {
    let me = call.me()?;
    if !DCS.contains(&request.dc_id) {
        return Err(RpcError::bad("DC_ID_INVALID"));
    }
    let bytes: [u8; 32] = draw(&mut *call.shared().chance());
    call.shared().keys.export(bytes, me);
    Ok(types::auth::ExportedAuthorization { id: me.0, bytes: bytes.to_vec() }.into())
}

/// Each export lets one key in, once.
pub fn import_authorization(
    call: &mut Call,
    request: &f::auth::ImportAuthorization,
) -> Result<enums::auth::Authorization, RpcError> {
    let account = call.shared().keys.import(&request.bytes).filter(|account| account.0 == request.id);
    enter(call, account.ok_or(RpcError::bad("AUTH_BYTES_INVALID"))?)
}
