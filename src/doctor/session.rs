//! The account's session: is there one, whose is it, does Telegram still take it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use bridge::telegram::{self, Address, CallError, Kind, Owner};
use commands::ids::{ChatId, PersonId};
use config::Config;
use sessions::{AccountSession, OpenError, Store, StoreError};

use super::finding::Finding;
use super::patient::{Patient, credentials};
use crate::node::AccountSettings;

/// Looks at each account's session. A running node has them in use, and has said how they are.
pub async fn check(patient: &Patient) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, account) in patient.accounts().iter().enumerate() {
        found.extend(of_one(patient, account, index == 0).await);
    }
    found
}

async fn of_one(patient: &Patient, account: &AccountSettings, ear: bool) -> Vec<Finding> {
    let (Some(state), Ok(config)) = (&patient.state, &patient.config) else { return Vec::new() };
    if patient.node.is_some() {
        return in_use(&account.name, patient.account_state(&account.name)).into_iter().collect();
    }
    if state.is_dir() && patient.own_state().is_none() {
        return Vec::new();
    }
    let session = match find(state, account) {
        Ok(session) => session,
        Err(finding) => return vec![finding],
    };
    let asked = telegram::whose(&credentials(account), session, config.rules().group).await;
    match asked {
        Ok(owner) => of(account, config, &owner, ear),
        Err(error) => vec![refused(&account.name, &error)],
    }
}

/// Whatever is wrong with it, the node has said it.
fn in_use(name: &str, state: Option<&str>) -> Option<Finding> {
    let well = matches!(state, Some("connected" | "catching_up"));
    well.then(|| Finding::ok(format!("account {name} is signed in, and in use by the running node")))
}

fn signed_out(name: &str) -> Finding {
    Finding::fault(
        format!("nobody is signed in with account {name}"),
        "sign in: mesh login, or mesh run in a terminal",
    )
}

fn find(state: &Path, account: &AccountSettings) -> Result<Arc<AccountSession>, Finding> {
    if !state.is_dir() {
        return Err(signed_out(&account.name));
    }
    let store = Store::open(state).map_err(|error| match error {
        OpenError::Held { pid, .. } => Finding::warning(
            format!("process {pid} holds the session, so it was not looked at"),
            "see the check of the store",
        ),
        error => Finding::fault(format!("the session can't be read: {error}"), "see the check of the store"),
    })?;
    let damaged = |error: sessions::StoreError| match error {
        StoreError::Sealed { .. } | StoreError::WrongSessionKey { .. } => Finding::fault(
            format!("the session is encrypted: {error}"),
            "name its key in [account] session_key",
        ),
        error => Finding::fault(format!("the session can't be read: {error}"), "sign in again: mesh login"),
    };
    let kept = store.account_frozen(&account.name, account.session_key.as_ref()).map_err(damaged)?;
    let session = kept.ok_or_else(|| signed_out(&account.name))?;
    if let Some(Address { socket: SocketAddr::V4(socket), .. }) = &account.address {
        session.data_centers_at(*socket, None).map_err(damaged)?;
    }
    if session.is_signed_in().map_err(damaged)? {
        Ok(Arc::new(session))
    } else {
        Err(signed_out(&account.name))
    }
}

/// What Telegram says of a session that it does not take.
fn refused(name: &str, error: &CallError) -> Finding {
    let what = format!("Telegram does not take the session of account {name}: {error}");
    match error {
        CallError::SignedOut(_) => Finding::fault(what, "sign in again: mesh login"),
        CallError::Replaced => Finding::fault(
            what,
            "stop the other program that uses this session, then sign in again: mesh login",
        ),
        CallError::BadCredentials(_) => Finding::fault(what, "check api_id, api_hash and the account"),
        CallError::Wait(pause) => Finding::warning(
            format!("Telegram asks to wait {} s before it says whose the session is", pause.as_secs()),
            "run mesh doctor again then",
        ),
        _ => Finding::fault(
            format!("whose the session is could not be asked: {error}"),
            "look at this machine's network, then run mesh doctor again",
        ),
    }
}

fn of(account: &AccountSettings, config: &Config, owner: &Owner, ear: bool) -> Vec<Finding> {
    let (name, who, user) = (&account.name, &owner.name, owner.user);
    let mut found = vec![Finding::ok(format!("account {name} is signed in as {who} (user {user})"))];
    let role =
        config.people.iter().any(|person| person.id == PersonId(owner.user.0) && person.role.is_some());
    found.extend(voice(account, owner, role));
    found.extend(number(account, owner));
    found.extend(place(config.rules().group, owner.in_group || !ear));
    found
}

/// The mesh never speaks as somebody with a role.
fn voice(account: &AccountSettings, owner: &Owner, has_role: bool) -> Option<Finding> {
    let user = owner.user;
    match account.kind {
        Kind::Personal if account.person != Some(PersonId(user.0)) => Some(Finding::fault(
            format!("the session is user {user}'s, not the person's that [account] names"),
            format!("write person = {user}, or sign in with the other account"),
        )),
        Kind::Dedicated if has_role => Some(Finding::fault(
            format!("the account is {}'s, who has a role, so the mesh must not speak as it", owner.name),
            "write kind = \"personal\", or sign in with an account of its own",
        )),
        _ => None,
    }
}

/// Whoever signs in anew with the configured number would get another account.
fn number(account: &AccountSettings, owner: &Owner) -> Option<Finding> {
    let digits = |number: &str| number.chars().filter(char::is_ascii_digit).collect::<String>();
    let (wanted, is) = (account.phone.as_deref()?, owner.phone.as_deref()?);
    (digits(wanted) != digits(is)).then(|| {
        Finding::warning(
            format!("account {} is {}'s, whose number is not the one in the configuration", account.name, owner.name),
            "correct the account's phone, or log out and sign in with that number: mesh session logout, mesh login",
        )
    })
}

fn place(group: ChatId, in_group: bool) -> Option<Finding> {
    (!in_group).then(|| {
        Finding::fault(
            format!("the group {group} is not among the account's newest chats: it hears nothing of it"),
            "add the account to the group, and compare [mesh] group with the id that the bot sees",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;
    use bridge::telegram::Waits;
    use commands::ids::UserId;

    fn account(kind: Kind, person: Option<i64>) -> AccountSettings {
        AccountSettings {
            relays: false,
            name: "bridge".into(),
            kind,
            person: person.map(PersonId),
            api_id: 1,
            api_hash: "synthetic".into(),
            phone: Some("+1 555 0100 001".into()),
            code: None,
            address: None,
            session_key: None,
            waits: Waits::default(),
        }
    }

    #[test]
    fn the_mesh_never_speaks_as_somebody() {
        let owner = Owner { user: UserId(7), name: "Ely".into(), phone: None, in_group: true };
        let dedicated = account(Kind::Dedicated, None);
        assert!(voice(&dedicated, &owner, true).unwrap().what.contains("must not speak"));
        assert_eq!(voice(&dedicated, &owner, false), None);
        let another = voice(&account(Kind::Personal, Some(8)), &owner, true).unwrap();
        assert!(another.todo.unwrap().contains("person = 7"));
        assert_eq!(voice(&account(Kind::Personal, Some(7)), &owner, true), None);
    }

    #[test]
    fn another_number_is_told_and_another_way_to_write_it_is_not() {
        let owner = |phone: &str| Owner {
            user: UserId(7),
            name: "Ely".into(),
            phone: Some(phone.into()),
            in_group: true,
        };
        let account = account(Kind::Dedicated, None);
        assert_eq!(number(&account, &owner("15550100001")), None);
        assert!(number(&account, &owner("15550100002")).unwrap().what.contains("Ely's"));
    }

    #[test]
    fn a_session_that_is_refused_says_what_to_do() {
        let todo = |error| refused("bridge", &error).todo.unwrap();
        assert!(todo(CallError::SignedOut("SESSION_REVOKED".into())).contains("mesh login"));
        assert!(todo(CallError::Replaced).contains("stop the other program"));
        assert!(todo(CallError::NoAnswer("cut".into())).contains("network"));
        assert_eq!(
            refused("bridge", &CallError::Wait(std::time::Duration::from_secs(3))).verdict,
            Verdict::Warning
        );
        assert!(
            in_use("bridge", Some("connected")).is_some() && in_use("bridge", Some("signed_out")).is_none()
        );
        assert_eq!(place(ChatId(-5), false).unwrap().verdict, Verdict::Fault);
    }

    #[test]
    fn no_session_is_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        let account = account(Kind::Dedicated, None);
        let state = folder.path().join("state");
        assert_eq!(find(&state, &account).err(), Some(signed_out("bridge")));
        let store = Store::open(&state).unwrap();
        assert_eq!(find(&state, &account).unwrap_err().verdict, Verdict::Warning, "held");
        drop(store);
        assert_eq!(find(&state, &account).err(), Some(signed_out("bridge")));
    }
}
