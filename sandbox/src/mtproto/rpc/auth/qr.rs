//! Signing in by a QR code that a session of the account accepts.

use grammers_tl_types::{enums, functions as f, types};

use super::{admit, authorization, check_api};
use crate::mtproto::chance::draw;
use crate::mtproto::keys::LoginToken;
use crate::mtproto::rpc::{Call, RpcError};
use crate::mtproto::view::date;
use crate::world::UserId;

/// How long a QR code is good, in seconds of the world's clock.
const TOKEN_LASTS: i64 = 30;

/// A new code to show, or, once it was accepted, the sign-in.
pub fn export_login_token(
    call: &mut Call,
    request: &f::auth::ExportLoginToken,
) -> Result<enums::auth::LoginToken, RpcError> {
    check_api(request.api_id, &request.api_hash)?;
    if let Ok(me) = call.me() {
        return signed_in(call, me);
    }
    let sign_in = call.shared().keys.progress(call.key());
    let scanned = sign_in.token.filter(|token| token.accepted.is_some());
    if let Some((token, dc_id)) =
        scanned.as_ref().and_then(|token| Some((token, call.world().faults().moves_qr()?)))
    {
        let token = token.bytes.to_vec();
        return Ok(types::auth::LoginTokenMigrateTo { dc_id, token }.into());
    }
    let accepted = scanned.and_then(|token| token.accepted).or(sign_in.pending);
    if let Some(account) = accepted.filter(|account| !request.except_ids.contains(&account.0)) {
        return success(call, account);
    }
    let expires = call.world().now() + TOKEN_LASTS;
    let token = LoginToken { bytes: draw(&mut *call.shared().chance()), expires, accepted: None };
    call.shared().keys.change(call.key(), |sign_in| sign_in.token = Some(token.clone()));
    Ok(shown(&token))
}

/// All data centres are one, so a token from another is just looked at.
pub fn import_login_token(
    call: &mut Call,
    request: &f::auth::ImportLoginToken,
) -> Result<enums::auth::LoginToken, RpcError> {
    let token = fresh(call, &request.token)?.1;
    match token.accepted {
        Some(account) => success(call, account),
        None => Ok(shown(&token)),
    }
}

/// A signed-in session scanned the code.
pub fn accept_login_token(
    call: &mut Call,
    request: &f::auth::AcceptLoginToken,
) -> Result<enums::Authorization, RpcError> {
    let me = call.me()?;
    let (key, token) = fresh(call, &request.token)?;
    if token.accepted.is_some() {
        return Err(RpcError::bad("AUTH_TOKEN_ALREADY_ACCEPTED"));
    }
    call.shared().keys.accept_token(key, me);
    let now = date(call.world().now());
    Ok(types::Authorization {
        current: false,
        official_app: false,
        password_pending: call.shared().passwords.has(call.world(), me),
        encrypted_requests_disabled: false,
        call_requests_disabled: false,
        unconfirmed: false,
        hash: key.0,
        device_model: "sandbox".to_owned(),
        platform: String::new(),
        system_version: String::new(),
        api_id: 1,
        app_name: "sandbox".to_owned(),
        app_version: String::new(),
        date_created: now,
        date_active: now,
        ip: "127.0.0.1".to_owned(),
        country: String::new(),
        region: String::new(),
    }
    .into())
}

fn fresh(call: &Call, bytes: &[u8]) -> Result<(crate::mtproto::crypto::KeyId, LoginToken), RpcError> {
    let found = call.shared().keys.key_of_token(bytes).ok_or(RpcError::bad("AUTH_TOKEN_INVALID"))?;
    if found.1.expires <= call.world().now() {
        return Err(RpcError::bad("AUTH_TOKEN_EXPIRED"));
    }
    Ok(found)
}

fn shown(token: &LoginToken) -> enums::auth::LoginToken {
    types::auth::LoginToken { expires: date(token.expires), token: token.bytes.to_vec() }.into()
}

fn success(call: &Call, account: UserId) -> Result<enums::auth::LoginToken, RpcError> {
    let authorization = admit(call, account)?;
    Ok(types::auth::LoginTokenSuccess { authorization }.into())
}

fn signed_in(call: &Call, me: UserId) -> Result<enums::auth::LoginToken, RpcError> {
    let known = call.world().user(me).ok_or(RpcError::UNREGISTERED)?;
    Ok(types::auth::LoginTokenSuccess { authorization: authorization(&known) }.into())
}
