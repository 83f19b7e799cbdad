//! `account`: about oneself.

use std::future::Future;

use grammers_tl_types::{enums, functions as f, types};

use super::{Call, RpcError};
use crate::mtproto::chance::{Chance, draw};
use crate::mtproto::passwords::Kept;
use crate::mtproto::srp::{Challenge, Verifier, new_algo};
use crate::world::UserId;

/// The longest hint, in characters.
const HINT_LIMIT: usize = 255;

/// Nobody's presence is shown, so this is only acknowledged.
pub fn update_status(call: &mut Call, _: &f::account::UpdateStatus) -> Result<bool, RpcError> {
    call.me().map(|_| true)
}

/// How the second password is to be proven. Waits, for a plain password is hashed slowly the first time.
pub fn get_password(
    call: &mut Call,
    _: &f::account::GetPassword,
) -> Result<impl Future<Output = Result<enums::account::Password, RpcError>> + Send + use<>, RpcError> {
    let account = asker(call)?;
    let (shared, key) = (call.shared().clone(), call.key());
    Ok(async move {
        let found = shared.clone();
        let kept = tokio::task::spawn_blocking(move || {
            found.passwords.find(&found.world, account, &mut *found.chance())
        })
        .await;
        let kept = kept.map_err(|_| RpcError::BUSY)?;
        let challenge = kept.as_ref().map(|kept| kept.verifier.challenge(&mut *shared.chance()));
        shared.keys.change(key, |sign_in| sign_in.challenge.clone_from(&challenge));
        Ok(password(challenge.as_ref(), kept.map(|kept| kept.hint), &mut *shared.chance()))
    })
}

/// Who asks: the account, or who still has to show its password.
fn asker(call: &Call) -> Result<UserId, RpcError> {
    let pending = || call.shared().keys.progress(call.key()).pending;
    call.me().or_else(|refused| pending().ok_or(refused))
}

fn password(
    challenge: Option<&Challenge>,
    hint: Option<String>,
    chance: &mut dyn Chance,
) -> enums::account::Password {
    let salt = draw::<8>(chance).to_vec();
    types::account::Password {
        has_recovery: false,
        has_secure_values: false,
        has_password: challenge.is_some(),
        current_algo: challenge.map(Challenge::algo),
        srp_b: challenge.map(Challenge::public),
        srp_id: challenge.map(|challenge| challenge.id),
        hint: hint.filter(|hint| !hint.is_empty()),
        email_unconfirmed_pattern: None,
        new_algo: new_algo(chance),
        new_secure_algo: types::SecurePasswordKdfAlgoPbkdf2Hmacsha512iter100000 { salt }.into(),
        secure_random: draw::<256>(chance).to_vec(),
        pending_reset_date: None,
        login_email_pattern: None,
    }
    .into()
}

/// Checks the proof of a password against the challenge given out last under this key.
pub fn prove(call: &Call, proof: &enums::InputCheckPasswordSrp) -> Result<(), RpcError> {
    let enums::InputCheckPasswordSrp::Srp(proof) = proof else {
        return Err(RpcError::bad("PASSWORD_HASH_INVALID"));
    };
    let challenge = call.shared().keys.progress(call.key()).challenge;
    let challenge = challenge.filter(|challenge| challenge.id == proof.srp_id);
    let challenge = challenge.ok_or(RpcError::bad("SRP_ID_INVALID"))?;
    if challenge.is_met_by(&proof.a, &proof.m1) {
        Ok(())
    } else {
        Err(RpcError::bad("PASSWORD_HASH_INVALID"))
    }
}

/// Sets, changes or takes away the second password.
pub fn update_password_settings(
    call: &mut Call,
    request: &f::account::UpdatePasswordSettings,
) -> Result<bool, RpcError> {
    let me = call.me()?;
    if call.shared().passwords.has(call.world(), me) {
        prove(call, &request.password)?;
    }
    let enums::account::PasswordInputSettings::Settings(new) = &request.new_settings;
    // Nobody reads mail here.
    if new.email.as_ref().is_some_and(|email| !email.is_empty()) {
        return Err(RpcError::bad("EMAIL_INVALID"));
    }
    let (Some(algo), Some(hash)) = (&new.new_algo, &new.new_password_hash) else {
        return Err(RpcError::bad("NEW_SETTINGS_EMPTY"));
    };
    let kept = if hash.is_empty() {
        None
    } else {
        let verifier = Verifier::from_client(algo, hash).ok_or(RpcError::bad("NEW_SALT_INVALID"))?;
        let hint = new.hint.iter().flat_map(|hint| hint.chars()).take(HINT_LIMIT).collect();
        Some(Kept { verifier, hint })
    };
    call.shared().passwords.set(call.world(), me, kept);
    Ok(true)
}
