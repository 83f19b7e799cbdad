//! The node's user accounts: each with its own session and cursor; the first is the ear.

use std::io::IsTerminal;
use std::sync::Arc;

use anyhow::{Context, bail};
use bot::listen::Clock;
use bridge::telegram::{self, Account, Batch, Connected, Credentials, Health, Kind, Surroundings, Way};
use commands::effect::Effect;
use commands::fact::Person;
use commands::ids::{ChatId, PersonId, UserId};
use sessions::{AccountSession, Store};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::ear::{AccountEar, NotSignedIn};
use super::{AccountSettings, Home, Settings};
use crate::cli::Misconfigured;
use crate::engine::hearing::HEARD_CURSOR;
use crate::engine::presence;
use crate::perform::Speaker;
use crate::sign_in::{self, CodeFrom, Front, Wanted};
use crate::standing;
use crate::status::AccountPart;

/// Batches of the other accounts that wait for the engine.
const OTHERS_WAITING: usize = 16;

/// The node's accounts, as the rest of it sees them.
#[derive(Default)]
pub struct Accounts {
    /// Those that are signed in, for calls.
    pub speakers: Vec<Speaker>,
    /// All of them, as the control socket tells of them.
    pub parts: Vec<AccountPart>,
    /// What the engine hears by them.
    pub heard: Heard,
}

/// What the engine hears by accounts.
#[derive(Default)]
pub struct Heard {
    /// The ear's batches; none while nobody is signed in with it ...
    pub batches: Option<mpsc::Receiver<Batch>>,
    /// ... the name of its cursor ...
    pub cursor: String,
    /// ... whether it has caught up ...
    pub caught_up: Option<watch::Receiver<bool>>,
    /// ... and how it is.
    pub health: Option<watch::Receiver<Health>>,
    /// What the others hear, each batch with the name of its cursor.
    pub others: Option<mpsc::Receiver<(String, Batch)>>,
}

/// Connects every account. One that nobody can sign in now is a state, not an end: unless somebody sits at the terminal.
///
/// # Errors
/// One that may not be what it is to be, or is there twice.
pub async fn start(
    settings: &mut Settings,
    home: Home,
    store: &Store,
    (clock, stop): (&Clock, &CancellationToken),
) -> anyhow::Result<Accounts> {
    let mut all = Accounts::default();
    let (others, from_others) = mpsc::channel(OTHERS_WAITING);
    for wanted in &settings.accounts {
        let first = all.parts.is_empty();
        let ear = match connect(wanted, first, home, store, clock.clone()).await {
            Ok(connected) => AccountEar::of(connected),
            Err(error) => match error.downcast_ref::<NotSignedIn>() {
                Some(why) if !std::io::stdin().is_terminal() => AccountEar::deaf(why),
                _ => return Err(error),
            },
        };
        let standing = standing::follow(&wanted.name, ear.health.clone(), clock.clone());
        all.parts.push(AccountPart { name: wanted.name.clone(), kind: wanted.kind, standing });
        if let Some(account) = ear.voice {
            check_owner((wanted.kind, wanted.person), &settings.roster.people, account.user())
                .map_err(Misconfigured)?;
            all.speakers.push(speaker(wanted, account, &all.speakers)?);
        }
        let cursor = sessions::updates_cursor(&wanted.name);
        if first {
            all.heard = Heard {
                batches: ear.batches,
                cursor,
                caught_up: Some(ear.caught_up),
                health: Some(ear.health),
                others: None,
            };
        } else if let Some(batches) = ear.batches {
            tokio::spawn(pass_on(cursor, batches, others.clone(), stop.clone()));
        }
    }
    all.heard.others = (all.parts.len() > 1).then_some(from_others);
    let dedicated = all.speakers.iter().filter(|speaker| speaker.kind == Kind::Dedicated);
    settings.rules.own.extend(dedicated.map(|speaker| speaker.account.user()));
    expect_own_posts(store, &all.speakers)?;
    Ok(all)
}

/// Nobody is two accounts of one node: everything would be heard twice.
fn speaker(wanted: &AccountSettings, account: Account, others: &[Speaker]) -> anyhow::Result<Speaker> {
    if let Some(twin) = others.iter().find(|speaker| speaker.account.user() == account.user()) {
        let what =
            format!("accounts \"{}\" and \"{}\" are one and the same: remove one", twin.name, wanted.name);
        return Err(Misconfigured(what).into());
    }
    let (name, kind, relays) = (wanted.name.clone(), wanted.kind, wanted.relays);
    Ok(Speaker { name, account, kind, relays })
}

/// What another account hears goes the engine's one way.
async fn pass_on(
    cursor: String,
    mut batches: mpsc::Receiver<Batch>,
    engine: mpsc::Sender<(String, Batch)>,
    stop: CancellationToken,
) {
    let hear = async {
        while let Some(batch) = batches.recv().await {
            if engine.send((cursor.clone(), batch)).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = hear => {}
    }
}

/// Whether the account may be what it is to be. What a person with a role says is an order: the mesh never speaks in such
/// a name.
///
/// # Errors
/// Whose it is and whose is wanted, as a sentence.
pub fn check_owner(
    (kind, wanted): (Kind, Option<PersonId>),
    people: &[Person],
    user: UserId,
) -> Result<(), String> {
    let called = |id: PersonId| {
        let person = people.iter().find(|person| person.id == id);
        person.map_or_else(|| format!("user {id}"), |person| format!("{} (user {id})", person.name))
    };
    let owner = PersonId(user.0);
    let has_role = people.iter().any(|person| person.id == owner && person.role.is_some());
    let fault = match (kind, wanted) {
        (Kind::Personal, Some(person)) if person != owner => format!(
            "[account] person = {person}: the account is to be {}'s, and this is {}'s; sign in with that person's \
             account, or write person = {owner}",
            called(person),
            called(owner)
        ),
        (Kind::Personal, None) => format!(
            "[account] kind = \"personal\": whose account it is to be is not said, and this is {}'s; write person = {owner}",
            called(owner)
        ),
        (Kind::Dedicated, _) if has_role => format!(
            "[account] kind = \"dedicated\": this account is {}'s, who has a role, so the mesh must not speak as it; \
             write kind = \"personal\" or sign in with an account of its own",
            called(owner)
        ),
        _ => return Ok(()),
    };
    Err(fault)
}

/// Connects an account, signing it in first if nobody has. Where a Telegram of one's own is configured, every data
/// centre is that one, and nothing else is ever contacted.
///
/// # Errors
/// What Telegram refuses, or a code that nobody gives.
pub async fn connect(
    wanted: &AccountSettings,
    ear: bool,
    home: Home,
    store: &Store,
    clock: Clock,
) -> anyhow::Result<Connected> {
    let session =
        sign_in::session(store, &wanted.name, wanted.session_key.as_ref(), wanted.address.as_ref())?;
    if !session.is_signed_in()? {
        sign_in(wanted, (store, &session), clock.clone())
            .await
            .map_err(|error| NotSignedIn(format!("account {} can't sign in: {error:#}", wanted.name)))?;
    }
    let (api_id, kind, address) = (wanted.api_id, wanted.kind, wanted.address.clone());
    let Home { group, former } = home;
    let (reached, unread) = if ear { heard_so_far(&session, store, group)? } else { (None, false) };
    let read_back = telegram::READ_BACK;
    let params = telegram::Params { api_id, kind, group, ear, former, reached, unread, read_back, address };
    let around = Surroundings { clock, ..Surroundings::real(wanted.waits) };
    let connected = Account::connect_in(around, params, session).await;
    connected.with_context(|| format!("account {} can't connect", wanted.name))
}

/// How far the group was heard: by this session, else by the one that was the ear before it, or by the bot. Then the
/// session's counters don't tell what was said since. Another's numbers of messages say nothing.
fn heard_so_far(
    session: &AccountSession,
    store: &Store,
    group: ChatId,
) -> anyhow::Result<(Option<telegram::Reached>, bool)> {
    let reached = |reached: sessions::Reached| telegram::Reached {
        chat: ChatId(reached.chat),
        message: reached.message,
        date: reached.date,
    };
    if let Some(known) = session.reached()? {
        return Ok((Some(reached(known)), false));
    }
    let Some(bytes) = store.cursor(HEARD_CURSOR)? else {
        let heard = presence::last(store).and_then(|at| i32::try_from(at.as_second()).ok());
        let by_bot = heard.map(|date| telegram::Reached { chat: group, message: None, date });
        return Ok((by_bot, by_bot.is_some()));
    };
    let (user, known) = sessions::decode_heard(&bytes)?;
    let same = session.summary()?.user == Some(user);
    Ok((Some(telegram::Reached { message: known.message.filter(|_| same), ..reached(known) }), true))
}

/// Signs in with the configured code, or with whoever sits at the terminal. Where there is nobody, Telegram is not
/// even asked: it would send a code at every start.
async fn sign_in(
    wanted: &AccountSettings,
    (store, session): (&Store, &Arc<AccountSession>),
    clock: Clock,
) -> anyhow::Result<()> {
    let code = match &wanted.code {
        Some(code) => CodeFrom::Known(code.clone()),
        None if std::io::stdin().is_terminal() => CodeFrom::Asked,
        None => bail!("nobody is signed in, and there is no terminal to ask for a code: run `mesh login`"),
    };
    let credentials = Credentials {
        api_id: wanted.api_id,
        api_hash: wanted.api_hash.clone(),
        address: wanted.address.clone(),
    };
    let wanted = Wanted { credentials, way: Way::Code { phone: wanted.phone.clone() } };
    let at = (store, session.clone());
    let who = sign_in::sign_in(wanted, at, &mut Front::new(code), clock).await??;
    tracing::info!("signed in as {}", who.name);
    Ok(())
}

/// What an earlier run may have said is known again when it is heard.
fn expect_own_posts(store: &Store, speakers: &[Speaker]) -> anyhow::Result<()> {
    for entry in store.outbox() {
        let entry = entry?;
        // What was ordered is known by its fact.
        let ordered = matches!(entry.effect, Effect::Speak { .. });
        let (Some(chat), Some(text), false) = (entry.effect.chat(), entry.effect.text(), ordered) else {
            continue;
        };
        for speaker in speakers.iter().filter(|speaker| speaker.kind == Kind::Dedicated) {
            speaker.account.expect(chat, text, entry.random_id);
        }
    }
    Ok(())
}
