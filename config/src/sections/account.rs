//! `[account]`, or `[accounts.NAME]` for each of several: the user accounts, one of which hears the group.

use std::time::Duration;

use commands::ids::PersonId;

use crate::reading::{Found, Reading, Section};
use crate::secret::{InTheClear, Secret};

pub(crate) const KEYS: &[&str] =
    &["name", "kind", "phone", "code", "person", "relay", "quiet", "answer_within", "longest_pause"];
/// Of an `[accounts.NAME]`: it has its name from its heading.
pub(crate) const ONE_OF_MANY_KEYS: &[&str] =
    &["kind", "phone", "code", "person", "relay", "ear", "quiet", "answer_within", "longest_pause"];

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
    /// Its number, with `+`.
    pub phone: Secret,
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
    let name = match (name, section.get("name")) {
        (Some(name), _) => Some(name),
        (None, Some(found)) => reading.text(&found),
        (None, None) => Some("account".to_owned()),
    };
    let kind =
        reading.required(section, "kind", "kind = \"dedicated\", or \"personal\" for somebody's own account");
    let kind = kind.and_then(|found| {
        let text = reading.text(&found)?;
        reading.choice(&found.spot, &text, KINDS)
    });
    let phone = reading.required(section, "phone", "phone = { file = \"…\" } or { env = \"…\" }");
    let phone = phone.and_then(|found| reading.secret(&found, InTheClear::Warned));
    let code = section.get("code");
    let code = code.and_then(|found| reading.secret(&found, InTheClear::Fine));
    let person = section.get("person");
    let person = person.and_then(|found| reading.number(&found, 1..=i64::MAX).map(PersonId));
    let relay = section.get("relay").and_then(|found| reading.flag(&found));
    let relay = relay.unwrap_or(kind == Some(AccountKind::Dedicated));
    let [quiet, answer_within, longest_pause] =
        ["quiet", "answer_within", "longest_pause"].map(|key| wait(reading, section, key));
    Some(Account {
        name: name?,
        kind: kind?,
        phone: phone?,
        code,
        person,
        relay,
        quiet,
        answer_within,
        longest_pause,
    })
}

fn wait<'a>(reading: &mut Reading<'a>, section: &Section<'a>, key: &str) -> Option<Duration> {
    let found = section.get(key)?;
    reading.duration(&found)?.try_into().ok()
}
