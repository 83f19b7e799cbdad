//! `auth`: signing in with a phone number and a code.

use grammers_tl_types::{enums, functions as f, types};

use super::{Call, RpcError};
use crate::mtproto::chance::{SystemChance, draw};
use crate::mtproto::keys::SentCode;
use crate::mtproto::view::{blank, count, user};
use crate::world::User;

/// Wrong codes before a new one has to be asked for.
const MISSES_LIMIT: u32 = 5;

const CODE_EXPIRED: RpcError = RpcError::bad("PHONE_CODE_EXPIRED");

pub fn send_code(call: &mut Call, request: &f::auth::SendCode) -> Result<enums::auth::SentCode, RpcError> {
    if request.api_id <= 0 || request.api_hash.is_empty() {
        return Err(RpcError::bad("API_ID_INVALID"));
    }
    let user = owner(call, &request.phone_number)?;
    Ok(sent(call, &user))
}

pub fn resend_code(
    call: &mut Call,
    request: &f::auth::ResendCode,
) -> Result<enums::auth::SentCode, RpcError> {
    let user = owner(call, &request.phone_number)?;
    code_for(call, &request.phone_number, &request.phone_code_hash)?;
    Ok(sent(call, &user))
}

pub fn cancel_code(call: &mut Call, request: &f::auth::CancelCode) -> Result<bool, RpcError> {
    code_for(call, &request.phone_number, &request.phone_code_hash)?;
    call.shared().keys.set_code(call.key(), None);
    Ok(true)
}

pub fn sign_in(call: &mut Call, request: &f::auth::SignIn) -> Result<enums::auth::Authorization, RpcError> {
    let mut code = code_for(call, &request.phone_number, &request.phone_code_hash)?;
    let given = request
        .phone_code
        .as_deref()
        .filter(|given| !given.is_empty())
        .ok_or(RpcError::bad("PHONE_CODE_EMPTY"))?;
    let account = call.world().user(code.user).ok_or(CODE_EXPIRED)?;
    if account.person().is_none_or(|person| person.code.as_str() != given) {
        code.misses += 1;
        call.shared().keys.set_code(call.key(), Some(code).filter(|code| code.misses < MISSES_LIMIT));
        return Err(RpcError::bad("PHONE_CODE_INVALID"));
    }
    call.shared().keys.sign_in(call.key(), account.id);
    tracing::info!(account = account.id.0, "signed in");
    let user = user(&account, account.id);
    Ok(types::auth::Authorization {
        setup_password_required: false,
        otherwise_relogin_days: None,
        tmp_sessions: None,
        future_auth_token: None,
        user,
    }
    .into())
}

pub fn log_out(call: &mut Call, _: &f::auth::LogOut) -> Result<enums::auth::LoggedOut, RpcError> {
    call.me()?;
    call.shared().keys.sign_out(call.key());
    Ok(blank::<types::auth::LoggedOut>().into())
}

fn owner(call: &Call, phone: &str) -> Result<User, RpcError> {
    call.world().user_by_phone(phone).ok_or(RpcError::bad("PHONE_NUMBER_INVALID"))
}

/// The code sent for this number under this key, if it is still good.
fn code_for(call: &Call, phone: &str, hash: &str) -> Result<SentCode, RpcError> {
    if hash.is_empty() {
        return Err(RpcError::bad("PHONE_CODE_HASH_EMPTY"));
    }
    let user = owner(call, phone)?;
    let code = call.shared().keys.code(call.key());
    code.filter(|code| code.user == user.id && code.hash == hash).ok_or(CODE_EXPIRED)
}

fn sent(call: &Call, user: &User) -> enums::auth::SentCode {
    let hash = format!("{:016x}", u64::from_le_bytes(draw(&mut SystemChance)));
    let code = SentCode { user: user.id, hash: hash.clone(), misses: 0 };
    call.shared().keys.set_code(call.key(), Some(code));
    let length = user.person().map_or(0, |person| count(person.code.len()));
    types::auth::SentCode {
        r#type: types::auth::SentCodeTypeApp { length }.into(),
        phone_code_hash: hash,
        next_type: None,
        timeout: None,
    }
    .into()
}
