//! What an account says, against a Telegram in this process: when its random id is trusted, and when the history is.

use std::sync::Arc;

use bridge::telegram::{Address, Connected, Waits};
use commands::effect::Lane;
use sandbox::Sandbox;
use sandbox::world::{ChatKey, Fault, Peer};
use sessions::EffectId;

use super::*;
use crate::node::{AccountSettings, Home, connect};

const BRIDGE: &str = "Mesh Bridge";
const WORDS: &str = "`main` is frozen";

struct Bench {
    sandbox: Sandbox,
    group: ChatId,
    voices: Voices,
    connected: Connected,
    _state: tempfile::TempDir,
}

impl Bench {
    async fn new() -> Self {
        let sandbox = Sandbox::start(sandbox::Settings::default()).await.unwrap();
        let ready = sandbox.ready();
        let (group, state) = (ChatId(ready.chats[0].id), tempfile::tempdir().unwrap());
        let bridge = ready.accounts.iter().find(|account| account.name == BRIDGE).unwrap();
        let (socket, rsa_key_pem) = (ready.mtproto.parse().unwrap(), ready.rsa_key_pem.clone());
        let wanted = AccountSettings {
            name: "bridge".into(),
            kind: Kind::Dedicated,
            person: None,
            relays: true,
            api_id: 1,
            api_hash: "sandbox".into(),
            phone: Some(bridge.phone.clone()),
            code: Some(bridge.code.clone()),
            address: Some(Address { socket, rsa_key_pem }),
            waits: Waits::default(),
            session_key: None,
        };
        let store = Store::open(state.path()).unwrap();
        let home = Home { group, former: None };
        let connected = connect(&wanted, true, home, &store, Arc::new(Timestamp::now)).await.unwrap();
        let (name, account) = ("bridge".to_owned(), connected.account.clone());
        let voices = Voices {
            bot: None,
            accounts: vec![Speaker { name, account, kind: Kind::Dedicated, relays: true }],
            awaits_account: false,
            by_dm: BTreeSet::new(),
            hooks: (Post::new().unwrap(), BTreeMap::new()),
            drivers: crate::agents::Drivers::default(),
            store,
            started: Timestamp::now(),
            restart: None,
        };
        Self { sandbox, group, voices, connected, _state: state }
    }

    /// The words of an order of that second, by that random id, said so many minutes later.
    async fn say(&self, at: Timestamp, random_id: i64, minutes: i64) -> Finished {
        let account = self.connected.account.user();
        let (key, text, reply_to) = ("k".to_owned(), WORDS.to_owned(), None);
        let effect = Effect::Speak { key, account, chat: self.group, text, reply_to };
        let (class, lane, state) = (Class::Idempotent, Lane::Order, Progress::Waiting);
        let entry = OutboxEntry {
            id: EffectId(1),
            effect,
            class,
            lane,
            random_id,
            at,
            not_before: at,
            tries: 0,
            state,
        };
        self.voices.perform(&entry, at + SignedDuration::from_mins(minutes)).await
    }

    fn said(&self) -> usize {
        let ready = self.sandbox.ready();
        let ely = ready.accounts.iter().find(|account| account.name == "Ely").unwrap().id;
        let group = Peer::from_bot_api(self.group.0).unwrap();
        let all = self.sandbox.world().transcript(ChatKey::of(ely, group));
        all.iter().filter(|message| message.text == WORDS).count()
    }

    async fn end(self) {
        self.connected.account.stop().await;
        self.sandbox.stop().await;
    }
}

fn id(finished: Finished) -> Option<VoiceId> {
    match finished {
        Finished::Ended(EffectResult::Done(id)) => id,
        other => panic!("it is said: {other:?}"),
    }
}

/// Telegram may have forgotten the random id of a post that is older, which is then sought in the history.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_older_than_ten_minutes_is_sought_before_it_is_said() {
    let bench = Bench::new().await;
    let at = Timestamp::now();
    let first = id(bench.say(at, 1, 0).await).unwrap();
    // Another random id stands for one that Telegram has forgotten.
    assert_eq!(id(bench.say(at, 2, 11).await), Some(first));
    assert_eq!(bench.said(), 1, "it was found");
    let (method, seconds) = ("messages.getHistory".to_owned(), 60);
    bench.sandbox.world().faults().add(Fault::FloodWait { method, seconds, times: 1 });
    let put_off = bench.say(at, 3, 11).await;
    assert!(matches!(put_off, Finished::Again(Some(_))), "{put_off:?}");
    assert_eq!(bench.said(), 1, "nobody knows, so nothing is said");
    assert_ne!(id(bench.say(at, 4, 9).await), Some(first));
    assert_eq!(bench.said(), 2, "until then the random id is trusted");
    bench.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_old_and_was_never_said_is_said() {
    let bench = Bench::new().await;
    assert!(id(bench.say(Timestamp::now(), 1, 11).await).is_some());
    assert_eq!(bench.said(), 1);
    bench.end().await;
}
