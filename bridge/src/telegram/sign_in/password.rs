//! The second password, proven without being sent.

use grammers_crypto::two_factor_auth::{calculate_2fa, check_p_and_g};
use grammers_tl_types::enums::PasswordKdfAlgo;
use grammers_tl_types::types;

use super::SignInError;

/// The proof of knowing the password (SRP), never the password.
pub(super) fn prove(
    rules: &types::account::Password,
    password: &str,
) -> Result<types::InputCheckPasswordSrp, SignInError> {
    const ODD: SignInError = SignInError::Unsupported("a password of another kind");
    let Some(PasswordKdfAlgo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(algo)) = &rules.current_algo
    else {
        return Err(ODD);
    };
    let (Some(their_half), Some(srp_id)) = (rules.srp_b.clone(), rules.srp_id) else { return Err(ODD) };
    if !check_p_and_g(&algo.p, &algo.g) || their_half.len() > 256 {
        return Err(ODD);
    }
    let mut secret = vec![0; 256];
    getrandom::fill(&mut secret).map_err(|_| SignInError::Unsupported("random numbers"))?;
    let (m1, a) =
        calculate_2fa(&algo.salt1, &algo.salt2, &algo.p, &algo.g, their_half, secret, password.as_bytes());
    Ok(types::InputCheckPasswordSrp { srp_id, a: a.to_vec(), m1: m1.to_vec() })
}
