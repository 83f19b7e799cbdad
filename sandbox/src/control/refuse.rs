//! The order to refuse: any error of Telegram's, in the place of an answer.

use super::refusal::Refusal;

/// The code of an error that is ordered without one.
const USUAL: i32 = 400;
/// The codes Telegram has.
const CODES: std::ops::RangeInclusive<i32> = 300..=500;
/// The longest word of an error, in characters.
const WORD_LIMIT: usize = 64;
/// The data centres there are.
const DCS: std::ops::RangeInclusive<i32> = 1..=5;

/// Code and word, if both could be Telegram's.
pub(super) fn error(code: Option<i32>, word: Option<&str>) -> Result<(i32, String), Refusal> {
    let code = code.unwrap_or(USUAL);
    if !CODES.contains(&code) {
        return Err(Refusal::bad("\"code\" must be 300 to 500."));
    }
    let is_of_a_word = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    match word {
        None => Err(Refusal::bad("This fault needs \"error\".")),
        Some(word) if word.is_empty() || word.len() > WORD_LIMIT || !word.bytes().all(is_of_a_word) => {
            Err(Refusal::bad("\"error\" must be a word like PHONE_NUMBER_BANNED."))
        }
        Some(word) => Ok((code, word.to_owned())),
    }
}

/// A data centre's number.
pub(super) fn data_centre(dc: Option<i32>) -> Result<i32, Refusal> {
    dc.filter(|dc| DCS.contains(dc)).ok_or_else(|| Refusal::bad("This fault needs \"dc\", 1 to 5."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_a_code_and_a_word() {
        assert_eq!(
            error(None, Some("PHONE_NUMBER_BANNED")).unwrap(),
            (400, "PHONE_NUMBER_BANNED".to_owned())
        );
        assert_eq!(error(Some(303), Some("PHONE_MIGRATE_4")).unwrap(), (303, "PHONE_MIGRATE_4".to_owned()));
        for (code, word) in [(None, None), (None, Some("")), (None, Some("a word")), (Some(200), Some("OK"))]
        {
            assert!(error(code, word).is_err(), "{code:?} {word:?}");
        }
        assert!(data_centre(Some(6)).is_err() && data_centre(None).is_err());
        assert_eq!(data_centre(Some(4)).unwrap(), 4);
    }
}
