//! What signing in needs of a configuration: less than a node, and what is missing can be asked for.

use commands::ids::PersonId;

use crate::reading::{Reading, Section};
use crate::secret::{InTheClear, Secret};
use crate::sections::account::{self, AccountKind, read_code, read_phone, read_session_key};
use crate::sections::read_state;
use crate::sections::telegram::{self, DataCenter, read_api_id, read_datacenter};

/// What is read of `[telegram]` and of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Where its session is, and what opens it: no other secret is looked up.
    Session,
    /// All that Telegram has to be told.
    Telegram,
}

/// One account, as far as its session and signing it in go.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// `[state] dir`
    pub state_dir: std::path::PathBuf,
    /// How the account is called here; its session is kept under it.
    pub name: String,
    /// Whose it is to be: where it is not said, anybody's.
    pub kind: Option<AccountKind>,
    /// The person whose account it is to be, for a personal one.
    pub person: Option<PersonId>,
    /// Its number, with `+`.
    pub phone: Option<Secret>,
    /// The sign-in code, where it is known beforehand: in a sandbox.
    pub code: Option<Secret>,
    /// What its session is encrypted with on disk.
    pub session_key: Option<Secret>,
    /// The application.
    pub api_id: Option<i32>,
    /// Its hash.
    pub api_hash: Option<Secret>,
    /// One server in the place of all of Telegram's.
    pub datacenter: Option<DataCenter>,
}

/// Reads what there is; `wanted` is the account's name where one was given.
pub(crate) fn read<'a>(
    reading: &mut Reading<'a>,
    document: &Section<'a>,
    (wanted, depth): (Option<&str>, Depth),
) -> Option<SignIn> {
    let (state_dir, _) = read_state(reading, document);
    let (name, section) = chosen(reading, document, wanted)?;
    let session_key = read_session_key(reading, &section);
    let kind = section.get("kind").and_then(|found| account::read_kind(reading, &found));
    let mut all = SignIn {
        state_dir,
        name,
        kind,
        person: account::read_person(reading, &section),
        phone: None,
        code: None,
        session_key,
        api_id: None,
        api_hash: None,
        datacenter: None,
    };
    if depth == Depth::Telegram {
        all.phone = read_phone(reading, &section);
        all.code = read_code(reading, &section);
    }
    let Some(found) = document.get("telegram").filter(|_| depth == Depth::Telegram) else {
        return Some(all);
    };
    let section = reading.section(&found, telegram::KEYS)?;
    all.api_id = section.get("api_id").and_then(|found| read_api_id(reading, &found));
    let hash = section.get("api_hash");
    all.api_hash = hash.and_then(|found| reading.secret(&found, InTheClear::Refused));
    all.datacenter = section.get("datacenter").and_then(|found| read_datacenter(reading, &found));
    Some(all)
}

/// The account that is meant; where there are several, it has to be named.
fn chosen<'a>(
    reading: &mut Reading<'a>,
    document: &Section<'a>,
    wanted: Option<&str>,
) -> Option<(String, Section<'a>)> {
    let mut accounts = Vec::new();
    for (heading, found) in account::all(reading, document) {
        let known = if heading.is_some() { account::ONE_OF_MANY_KEYS } else { account::KEYS };
        let section = reading.section(&found, known)?;
        accounts.push((account::name_of(reading, &section, heading)?, section));
    }
    let names: Vec<_> = accounts.iter().map(|(name, _)| name.as_str()).collect();
    let (names, spot) = (names.join(", "), document.spot_of("account"));
    match wanted {
        _ if accounts.is_empty() => {
            let todo = "add [account] with kind = \"dedicated\", or \"personal\" for somebody's own account";
            reading.fault(&spot, "is missing", todo);
        }
        None if accounts.len() == 1 => return accounts.pop(),
        None => reading.misused(&spot, "there are several", format!("name one with --account: {names}")),
        Some(wanted) => match accounts.into_iter().find(|(name, _)| name == wanted) {
            Some(found) => return Some(found),
            None => reading.misused(
                &spot,
                format!("no account is called `{wanted}`"),
                format!("write --account with one of: {names}"),
            ),
        },
    }
    None
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::sections::read_sign_in;

    fn env(name: &str) -> Option<String> {
        match name {
            "MESH_PHONE" => Some("+15550100001".to_owned()),
            "MESH_SESSION_KEY" => Some("0a".repeat(32)),
            "MESH_WORD" => Some("open sesame".to_owned()),
            _ => None,
        }
    }

    fn read(text: &str, wanted: Option<&str>, depth: Depth) -> Result<SignIn, String> {
        read_sign_in(Path::new("mesh.toml"), text, &env, (wanted, depth))
            .map(|(read, _)| read)
            .map_err(|faults| faults.to_string())
    }

    #[test]
    fn what_is_missing_is_no_fault_but_a_reference_to_nothing_is() {
        let all = read("[account]\nname = \"ear\"\n", None, Depth::Telegram).unwrap();
        assert_eq!((all.name.as_str(), all.state_dir.as_path()), ("ear", Path::new("state")));
        assert!(all.phone.is_none() && all.api_id.is_none() && all.api_hash.is_none());
        let text = "[account]\nphone = { env = \"NOBODYS\" }\n[telegram]\napi_hash = { env = \"NOTHING\" }\n";
        let faults = read(text, None, Depth::Telegram).unwrap_err();
        assert!(faults.contains("NOBODYS") && faults.contains("NOTHING"), "{faults}");
        let session = read(text, None, Depth::Session).unwrap();
        assert_eq!(session.name, "account", "what opens a session needs neither");
        let none = read("[state]\ndir = \"there\"\n", None, Depth::Session).unwrap_err();
        assert!(none.contains("account: is missing; add [account]"), "{none}");
    }

    #[test]
    fn one_of_several_accounts_is_named() {
        let text = "[accounts.ely]\nkind = \"personal\"\n[accounts.ear]\near = true\nphone = { env = \"MESH_PHONE\" }\n";
        let ear = read(text, Some("ear"), Depth::Telegram).unwrap();
        assert_eq!(ear.phone.unwrap().expose(), "+15550100001");
        assert!(read(text, Some("ely"), Depth::Telegram).unwrap().phone.is_none());
        for (wanted, part) in [
            (None, "there are several; name one with --account: "),
            (Some("eli"), "no account is called `eli`; write --account with one of: "),
        ] {
            let fault = read(text, wanted, Depth::Session).unwrap_err();
            assert!(fault.contains(part) && fault.contains("ely") && fault.contains("ear"), "{fault}");
        }
    }

    #[test]
    fn a_session_key_is_drawn_and_not_thought_up() {
        let with = |key: &str| format!("[account]\nsession_key = {key}\n");
        let sound = read(&with("{ env = \"MESH_SESSION_KEY\" }"), None, Depth::Session).unwrap();
        assert_eq!(sound.session_key.unwrap().expose().len(), 64);
        let word = read(&with("{ env = \"MESH_WORD\" }"), None, Depth::Session).unwrap_err();
        assert!(word.contains("is not 64 hexadecimal digits; make one: (umask 077; openssl rand"), "{word}");
        assert!(!word.contains("sesame"), "{word}");
        let clear = read(&with(&format!("\"{}\"", "0a".repeat(32))), None, Depth::Session).unwrap_err();
        assert!(clear.contains("in the clear") && !clear.contains("0a0a"), "{clear}");
    }
}
