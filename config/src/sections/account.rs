//! `[account]`: the user account that hears the group.

use std::time::Duration;

use commands::ids::PersonId;

use crate::reading::{Reading, Section};
use crate::secret::{InTheClear, Secret};

pub(crate) const KEYS: &[&str] =
    &["name", "kind", "phone", "code", "person", "quiet", "answer_within", "longest_pause"];

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

/// `[account]`
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
}

pub(crate) fn read<'a>(reading: &mut Reading<'a>, document: &Section<'a>) -> Option<Account> {
    let found = document.get("account")?;
    let section = reading.section(&found, KEYS)?;
    let name = match section.get("name") {
        Some(found) => reading.text(&found),
        None => Some("account".to_owned()),
    };
    let kind = reading.required(
        &section,
        "kind",
        "kind = \"dedicated\", or \"personal\" for somebody's own account",
    );
    let kind = kind.and_then(|found| {
        let text = reading.text(&found)?;
        reading.choice(&found.spot, &text, KINDS)
    });
    let phone = reading.required(&section, "phone", "phone = { file = \"…\" } or { env = \"…\" }");
    let phone = phone.and_then(|found| reading.secret(&found, InTheClear::Warned));
    let code = section.get("code");
    let code = code.and_then(|found| reading.secret(&found, InTheClear::Fine));
    let person = section.get("person");
    let person = person.and_then(|found| reading.number(&found, 1..=i64::MAX).map(PersonId));
    let [quiet, answer_within, longest_pause] =
        ["quiet", "answer_within", "longest_pause"].map(|key| wait(reading, &section, key));
    Some(Account {
        name: name?,
        kind: kind?,
        phone: phone?,
        code,
        person,
        quiet,
        answer_within,
        longest_pause,
    })
}

fn wait<'a>(reading: &mut Reading<'a>, section: &Section<'a>, key: &str) -> Option<Duration> {
    let found = section.get(key)?;
    reading.duration(&found)?.try_into().ok()
}
