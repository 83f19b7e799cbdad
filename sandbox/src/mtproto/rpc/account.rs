//! `account`: about oneself.

use grammers_tl_types::functions as f;

use super::{Call, RpcError};

/// Nobody's presence is shown, so this is only acknowledged.
pub fn update_status(call: &mut Call, _: &f::account::UpdateStatus) -> Result<bool, RpcError> {
    call.me().map(|_| true)
}
