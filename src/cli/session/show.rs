//! `mesh session list` and `show`

use std::path::Path;

use clap::Args;
use config::Depth;
use sessions::{SessionSummary, Store};

use super::Which;
use crate::cli::Ended;
use crate::cli::account::session_key;

/// `mesh session list`, `mesh session show`
#[derive(Args, Clone, Copy)]
pub struct Format {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Of all accounts, so no account has to be named; and no key is opened.
pub(super) fn list(which: &Which, format: Format) -> anyhow::Result<Ended> {
    let all = match store(&which.state_dir()?)? {
        Some(store) => store.summaries()?,
        None => Vec::new(),
    };
    if format.json {
        println!("{}", serde_json::to_string(&all)?);
        return Ok(Ended::Well);
    }
    for one in &all {
        let user = one.user.map_or("nobody signed in".to_owned(), |user| format!("user {user}"));
        println!("{}  {user}", one.account);
    }
    Ok(Ended::Well)
}

/// Looking makes no store.
fn store(state: &Path) -> anyhow::Result<Option<Store>> {
    Ok(if state.is_dir() { Some(Store::open(state)?) } else { None })
}

pub(super) fn one(which: &Which, format: Format) -> anyhow::Result<Ended> {
    let config = which.read(Depth::Session)?;
    let key = session_key(config.session_key.as_ref());
    let session = match store(&config.state_dir)? {
        Some(store) => store.account_frozen(&config.name, key.as_ref())?,
        None => None,
    };
    let summary = session.map(|session| session.summary()).transpose()?;
    let summary = summary.unwrap_or_else(|| SessionSummary::of_nobody(&config.name));
    if format.json {
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        print!("{}", lines(&summary));
    }
    if summary.user.is_none() {
        eprintln!("mesh: nobody is signed in: mesh login");
        return Ok(Ended::Refused);
    }
    Ok(Ended::Well)
}

fn lines(one: &SessionSummary) -> String {
    let or = |text: Option<String>, none: &str| text.unwrap_or_else(|| none.to_owned());
    let heard = match (one.pts, one.heard) {
        (Some(pts), Some(begins)) if !one.group => {
            format!("what is said from {} on (pts {pts})", begins.strftime("%FT%TZ"))
        }
        (Some(pts), Some(heard)) => format!("up to {} (pts {pts})", heard.strftime("%FT%TZ")),
        (Some(pts), None) => format!("up to pts {pts}"),
        _ => "nothing yet".to_owned(),
    };
    let place = one.address.as_ref().map(|address| format!(" at {address}")).unwrap_or_default();
    let key = or(one.fingerprint.as_ref().map(|print| format!("SHA-256 {print}…")), "none");
    let sealed = match (one.encrypted, &one.fingerprint) {
        (true, Some(_)) => ", encrypted on disk",
        (false, Some(_)) => ", in the clear on disk; [account] session_key would encrypt it",
        _ => "",
    };
    format!(
        "account      {}\nuser         {}\ndata centre  {}{place}\nkey          {key}{sealed}\nknows        {} users and \
         chats\nheard        {heard}\n",
        one.account,
        or(one.user.map(|user| user.to_string()), "nobody signed in"),
        one.data_centre,
        one.peers
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_shown_on_six_lines() {
        let one = SessionSummary {
            account: "ear".into(),
            user: Some(7_000_001_004),
            data_centre: 2,
            address: Some("127.0.0.1:4430".into()),
            fingerprint: Some("0123456789abcdef".into()),
            encrypted: true,
            peers: 9,
            pts: Some(12),
            heard: Some("2026-02-01T10:00:00Z".parse().unwrap()),
            group: true,
        };
        let shown = "account      ear\nuser         7000001004\ndata centre  2 at 127.0.0.1:4430\n\
                     key          SHA-256 0123456789abcdef…, encrypted on disk\nknows        9 users and chats\n\
                     heard        up to 2026-02-01T10:00:00Z (pts 12)\n";
        assert_eq!(lines(&one), shown);
        let new = lines(&SessionSummary { group: false, ..one.clone() });
        let wanted = "heard        what is said from 2026-02-01T10:00:00Z on (pts 12)\n";
        assert!(new.ends_with(wanted), "{new}");
        let none =
            SessionSummary { user: None, address: None, fingerprint: None, pts: None, heard: None, ..one };
        assert!(lines(&none).contains("user         nobody signed in\ndata centre  2\nkey          none\n"));
    }
}
