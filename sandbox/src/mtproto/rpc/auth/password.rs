//! Signing in: the second password.

use grammers_tl_types::{enums, functions as f};

use super::enter;
use crate::mtproto::rpc::account::prove;
use crate::mtproto::rpc::{Call, RpcError};

pub fn check_password(
    call: &mut Call,
    request: &f::auth::CheckPassword,
) -> Result<enums::auth::Authorization, RpcError> {
    let sign_in = call.shared().keys.progress(call.key());
    let account = sign_in.pending.ok_or(RpcError::UNREGISTERED)?;
    prove(call, &request.password)?;
    enter(call, account)
}
