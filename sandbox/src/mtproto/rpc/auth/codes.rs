//! Signing in with a phone number and a code, and signing up.
//!
//! Numbers that nobody has may sign up only where Telegram's test servers let them: `99966` and five digits, whose
//! code is the first of these, five times.

use grammers_tl_types::{enums, functions as f, types};

use super::{admit, check_api, enter};
use crate::mtproto::chance::draw;
use crate::mtproto::keys::SentCode;
use crate::mtproto::rpc::{Call, RpcError};
use crate::mtproto::view::count;

/// Wrong codes before a new one has to be asked for.
const MISSES_LIMIT: u32 = 5;
/// How long a code is good, in seconds of the world's clock.
const CODE_LASTS: i64 = 300;
/// The digits of a code.
const CODE_DIGITS: usize = 5;
/// What the numbers begin with that may sign up.
const TEST_NUMBERS: &str = "99966";
/// The longest name, in characters.
const NAME_LIMIT: usize = 64;

const CODE_EXPIRED: RpcError = RpcError::bad("PHONE_CODE_EXPIRED");
const NUMBER_INVALID: RpcError = RpcError::bad("PHONE_NUMBER_INVALID");

pub fn send_code(call: &mut Call, request: &f::auth::SendCode) -> Result<enums::auth::SentCode, RpcError> {
    check_api(request.api_id, &request.api_hash)?;
    expected(call, &request.phone_number)?;
    Ok(sent(call, &request.phone_number))
}

pub fn resend_code(
    call: &mut Call,
    request: &f::auth::ResendCode,
) -> Result<enums::auth::SentCode, RpcError> {
    code_for(call, &request.phone_number, &request.phone_code_hash)?;
    Ok(sent(call, &request.phone_number))
}

pub fn cancel_code(call: &mut Call, request: &f::auth::CancelCode) -> Result<bool, RpcError> {
    code_for(call, &request.phone_number, &request.phone_code_hash)?;
    call.shared().keys.change(call.key(), |sign_in| sign_in.code = None);
    Ok(true)
}

pub fn sign_in(call: &mut Call, request: &f::auth::SignIn) -> Result<enums::auth::Authorization, RpcError> {
    let code = code_for(call, &request.phone_number, &request.phone_code_hash)?;
    let given = request.phone_code.as_deref().filter(|given| !given.is_empty());
    let given = given.ok_or(RpcError::bad("PHONE_CODE_EMPTY"))?;
    if expected(call, &request.phone_number)? != given {
        let misses = code.misses + 1;
        let left = Some(SentCode { misses, ..code }).filter(|code| code.misses < MISSES_LIMIT);
        call.shared().keys.change(call.key(), |sign_in| sign_in.code = left);
        return Err(RpcError::bad("PHONE_CODE_INVALID"));
    }
    if let Some(account) = call.world().user_by_phone(&request.phone_number) {
        return admit(call, account.id);
    }
    let proven = Some(SentCode { proven: true, ..code });
    call.shared().keys.change(call.key(), |sign_in| sign_in.code = proven);
    Ok(types::auth::AuthorizationSignUpRequired { terms_of_service: None }.into())
}

pub fn sign_up(call: &mut Call, request: &f::auth::SignUp) -> Result<enums::auth::Authorization, RpcError> {
    let code = code_for(call, &request.phone_number, &request.phone_code_hash)?;
    if !code.proven {
        return Err(RpcError::bad("PHONE_CODE_EMPTY"));
    }
    let name = request.first_name.trim();
    if name.is_empty() || name.chars().count() > NAME_LIMIT {
        return Err(RpcError::bad("FIRSTNAME_INVALID"));
    }
    if call.world().user_by_phone(&code.phone).is_some() {
        return Err(RpcError::bad("PHONE_NUMBER_OCCUPIED"));
    }
    let digits = expected(call, &code.phone)?;
    let account = call.world().add_person(name, "", &format!("+{}", code.phone), &digits);
    enter(call, account)
}

/// The code that a number is sent.
fn expected(call: &Call, phone: &str) -> Result<String, RpcError> {
    if let Some(user) = call.world().user_by_phone(phone) {
        return user.person().map(|person| person.code.clone()).ok_or(NUMBER_INVALID);
    }
    let digits = digits(phone);
    let rest = digits.strip_prefix(TEST_NUMBERS).filter(|rest| rest.len() == CODE_DIGITS);
    rest.and_then(|rest| rest.get(..1)).map(|digit| digit.repeat(CODE_DIGITS)).ok_or(NUMBER_INVALID)
}

/// The code sent for this number under this key, if it is still good.
fn code_for(call: &Call, phone: &str, hash: &str) -> Result<SentCode, RpcError> {
    if hash.is_empty() {
        return Err(RpcError::bad("PHONE_CODE_HASH_EMPTY"));
    }
    expected(call, phone)?;
    let now = call.world().now();
    let is_good =
        |code: &SentCode| code.phone == digits(phone) && code.hash == hash && now - code.sent < CODE_LASTS;
    call.shared().keys.progress(call.key()).code.filter(is_good).ok_or(CODE_EXPIRED)
}

fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

fn sent(call: &Call, phone: &str) -> enums::auth::SentCode {
    let hash = format!("{:016x}", u64::from_le_bytes(draw(&mut *call.shared().chance())));
    let sent = call.world().now();
    let code = SentCode { phone: digits(phone), hash: hash.clone(), sent, misses: 0, proven: false };
    call.shared().keys.change(call.key(), |sign_in| sign_in.code = Some(code));
    types::auth::SentCode {
        r#type: types::auth::SentCodeTypeApp { length: count(CODE_DIGITS) }.into(),
        phone_code_hash: hash,
        next_type: None,
        timeout: None,
    }
    .into()
}
