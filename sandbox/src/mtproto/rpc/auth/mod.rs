//! `auth`: signing in by code, by password and by QR code; signing out.

mod codes;
mod password;
mod qr;
mod transfer;

use grammers_tl_types::{enums, functions as f, types};

use super::{Call, RpcError};
use crate::mtproto::view::{blank, user};
use crate::world::{User, UserId};

pub use codes::{cancel_code, resend_code, send_code, sign_in, sign_up};
pub use password::check_password;
pub use qr::{accept_login_token, export_login_token, import_login_token};
pub use transfer::{export_authorization, import_authorization};

const API_ID_INVALID: RpcError = RpcError::bad("API_ID_INVALID");

/// Every pair is good; only an empty one is none.
fn check_api(api_id: i32, api_hash: &str) -> Result<(), RpcError> {
    if api_id <= 0 || api_hash.is_empty() { Err(API_ID_INVALID) } else { Ok(()) }
}

/// Lets somebody in who showed a code or whose QR code was accepted; with a second password, not yet.
fn admit(call: &Call, account: UserId) -> Result<enums::auth::Authorization, RpcError> {
    let shared = call.shared();
    if shared.passwords.has(call.world(), account) {
        shared.keys.change(call.key(), |sign_in| {
            sign_in.code = None;
            sign_in.token = None;
            sign_in.pending = Some(account);
        });
        return Err(RpcError::PASSWORD_NEEDED);
    }
    enter(call, account)
}

/// Signs in.
fn enter(call: &Call, account: UserId) -> Result<enums::auth::Authorization, RpcError> {
    let known = call.world().user(account).ok_or(RpcError::UNREGISTERED)?;
    call.shared().keys.sign_in(call.key(), account);
    tracing::info!(account = account.0, "signed in");
    Ok(authorization(&known))
}

fn authorization(known: &User) -> enums::auth::Authorization {
    types::auth::Authorization {
        setup_password_required: false,
        otherwise_relogin_days: None,
        tmp_sessions: None,
        future_auth_token: None,
        user: user(known, known.id),
    }
    .into()
}

pub fn log_out(call: &mut Call, _: &f::auth::LogOut) -> Result<enums::auth::LoggedOut, RpcError> {
    call.me()?;
    call.shared().keys.sign_out(call.key());
    Ok(blank::<types::auth::LoggedOut>().into())
}
