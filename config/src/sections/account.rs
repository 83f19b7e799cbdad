//! `[account]`, or `[accounts.NAME]` for each of several: the user accounts, one of which hears the group.

use std::time::Duration;

use commands::ids::PersonId;

use crate::reading::{Found, Reading, Section};
use crate::secret::{InTheClear, Secret};

pub(crate) const KEYS: &[&str] = &[
    "name",
    "kind",
    "phone",
    "code",
    "person",
    "relay",
    "session_key",
    "quiet",
    "answer_within",
    "longest_pause",
];
/// Of an `[accounts.NAME]`: it has its name from its heading.
pub(crate) const ONE_OF_MANY_KEYS: &[&str] = &[
    "kind",
    "phone",
    "code",
    "person",
    "relay",
    "ear",
    "session_key",
    "quiet",
    "answer_within",
    "longest_pause",
];

/// A key of 32 bytes.
const SESSION_KEY_DIGITS: usize = 64;

const KINDS: &[(&str, AccountKind)] =
    &[("personal", AccountKind::Personal), ("dedicated", AccountKind::Dedicated)];

/// Whose account it is, and so what it may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountKind {
    /// A person's own: it only listens.
    Personal,
    /// The mesh's, without a role: it may also speak.
    Dedicated,
}

/// `[account]`, or one `[accounts.NAME]`
#[derive(Clone, Debug)]
pub struct Account {
    /// How it is called here; the session is kept under it.
    pub name: String,
    /// Whose it is.
    pub kind: AccountKind,
    /// Its number, with `+`. Only signing in needs it.
    pub phone: Option<Secret>,
    /// The sign-in code, where it is known beforehand: in a sandbox.
    pub code: Option<Secret>,
    /// The person whose account it is; a personal account always has one.
    pub person: Option<PersonId>,
    /// After so long without an answer to anything, Telegram is asked for one.
    pub quiet: Option<Duration>,
    /// How long that answer may take.
    pub answer_within: Option<Duration>,
    /// The longest pause between two attempts to connect.
    pub longest_pause: Option<Duration>,
    /// Whether whoever may use the node's control socket may have it say something: a dedicated one by default.
    pub relay: bool,
    /// What its session is encrypted with on disk: 64 hexadecimal digits.
    pub session_key: Option<Secret>,
}

/// The accounts, the ear first. `[account]` is the only one, or each has its own `[accounts.NAME]`.
pub(crate) fn read<'a>(reading: &mut Reading<'a>, document: &Section<'a>) -> Vec<Account> {
    let mut accounts: Vec<(bool, Account)> = Vec::new();
    for (name, found) in all(reading, document) {
        let known = if name.is_some() { ONE_OF_MANY_KEYS } else { KEYS };
        let Some(section) = reading.section(&found, known) else { continue };
        let ear = section.get("ear").and_then(|found| reading.flag(&found)).unwrap_or(false);
        accounts.extend(read_one(reading, &section, name).map(|account| (ear, account)));
    }
    accounts.sort_by_key(|(ear, _)| !ear);
    accounts.into_iter().map(|(_, account)| account).collect()
}

/// Each account's section, with the name that its heading gives it.
pub(crate) fn all<'a>(reading: &mut Reading<'a>, document: &Section<'a>) -> Vec<(Option<String>, Found<'a>)> {
    let mut all: Vec<_> = document.get("account").map(|found| (None, found)).into_iter().collect();
    if let Some(found) = document.get("accounts")
        && let Some(section) = reading.any_section(&found)
    {
        all.extend(
            section.names().into_iter().filter_map(|name| Some((Some(name.clone()), section.get(&name)?))),
        );
    }
    all
}

fn read_one<'a>(reading: &mut Reading<'a>, section: &Section<'a>, name: Option<String>) -> Option<Account> {
    let name = name_of(reading, section, name);
    let kind =
        reading.required(section, "kind", "kind = \"dedicated\", or \"personal\" for somebody's own account");
    let kind = kind.and_then(|found| read_kind(reading, &found));
    let phone = read_phone(reading, section);
    let code = read_code(reading, section);
    let person = read_person(reading, section);
    let relay = section.get("relay").and_then(|found| reading.flag(&found));
    let relay = relay.unwrap_or(kind == Some(AccountKind::Dedicated));
    let session_key = read_session_key(reading, section);
    let [quiet, answer_within, longest_pause] =
        ["quiet", "answer_within", "longest_pause"].map(|key| wait(reading, section, key));
    Some(Account {
        name: name?,
        kind: kind?,
        phone,
        code,
        person,
        relay,
        session_key,
        quiet,
        answer_within,
        longest_pause,
    })
}

pub(crate) fn read_kind<'a>(reading: &mut Reading<'a>, found: &Found<'a>) -> Option<AccountKind> {
    let text = reading.text(found)?;
    reading.choice(&found.spot, &text, KINDS)
}

pub(crate) fn read_person<'a>(reading: &mut Reading<'a>, section: &Section<'a>) -> Option<PersonId> {
    let found = section.get("person")?;
    reading.number(&found, 1..=i64::MAX).map(PersonId)
}

/// How an account is called: by its heading, or by its key.
pub(crate) fn name_of<'a>(
    reading: &mut Reading<'a>,
    section: &Section<'a>,
    heading: Option<String>,
) -> Option<String> {
    match (heading, section.get("name")) {
        (Some(name), _) => Some(name),
        (None, Some(found)) => reading.text(&found),
        (None, None) => Some("account".to_owned()),
    }
}

fn wait<'a>(reading: &mut Reading<'a>, section: &Section<'a>, key: &str) -> Option<Duration> {
    let found = section.get(key)?;
    reading.duration(&found)?.try_into().ok()
}

pub(crate) fn read_phone<'a>(reading: &mut Reading<'a>, section: &Section<'a>) -> Option<Secret> {
    reading.secret(&section.get("phone")?, InTheClear::Warned)
}

pub(crate) fn read_code<'a>(reading: &mut Reading<'a>, section: &Section<'a>) -> Option<Secret> {
    reading.secret(&section.get("code")?, InTheClear::Fine)
}

/// A key that somebody thought up would be guessed: it has to be one that was drawn.
pub(crate) fn read_session_key<'a>(reading: &mut Reading<'a>, section: &Section<'a>) -> Option<Secret> {
    let found = section.get("session_key")?;
    let key = reading.secret(&found, InTheClear::Refused)?;
    let text = key.expose();
    if text.len() != SESSION_KEY_DIGITS || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        reading.fault(
            &found.spot,
            format!("is not {SESSION_KEY_DIGITS} hexadecimal digits"),
            "make one: (umask 077; openssl rand -hex 32 > session.key), and write { file = \"session.key\" }",
        );
        return None;
    }
    Some(key)
}
