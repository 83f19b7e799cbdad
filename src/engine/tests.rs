use std::collections::BTreeSet;

use bridge::hooks::{Post, Probed};
use commands::effect::Lane;
use commands::ids::{ChatId, UserId};
use commands::mesh::Mesh;
use commands::rules::Rules;
use sessions::NewEffect;

use super::*;
use crate::dispatch::{Door, Doors, Limits};
use crate::health::Asked;

const GROUP: ChatId = ChatId(-5);

/// A loop without ears or voices.
fn engine(store: &Store) -> Engine {
    engine_with(store, Doors::default())
}

fn engine_with(store: &Store, doors: Doors) -> Engine {
    let mind = Mind::new(Mesh::default(), Rules::new(GROUP, 1), Timestamp::UNIX_EPOCH);
    let voices = Voices {
        bot: None,
        accounts: Vec::new(),
        awaits_account: false,
        by_dm: BTreeSet::new(),
        hooks: (Post::new().unwrap(), BTreeMap::new()),
        drivers: crate::agents::Drivers::default(),
        store: store.clone(),
        started: Timestamp::UNIX_EPOCH,
        restart: None,
    };
    let dispatch = Dispatch::new(Limits::new(0, 0, 0), doors);
    let clock = Arc::new(|| Timestamp::UNIX_EPOCH);
    Engine::new(mind, Roster::default(), store.clone(), voices, dispatch, None, clock).unwrap()
}

/// Telegram took the random id for that of another message: what was to be said goes out by another one, on disk, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_random_id_that_stands_for_something_else_is_drawn_anew() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let (at, random_id) = (Timestamp::UNIX_EPOCH, 77);
    let (key, account, text) = ("k".to_owned(), UserId(9), "frozen".to_owned());
    let effect = Effect::Speak { key, account, chat: GROUP, text, reply_to: None };
    let effects = vec![NewEffect { effect, lane: Lane::Order, random_id, at, not_before: at }];
    store.commit(Batch { effects, ..Batch::default() }).unwrap();
    let mut engine = engine(&store);
    let Next::Perform(entry) = engine.dispatch.next(at) else { panic!("it may go") };
    let id = entry.id;

    let mut work = Work::default();
    engine.learn(Ended { entry: *entry, how: Finished::DrawAnew }, &mut work);
    engine.commit(work).unwrap();

    let kept: Vec<_> = store.outbox().map(Result::unwrap).collect();
    assert_eq!(kept.iter().map(|entry| entry.id).collect::<Vec<_>>(), [id], "it waits, once");
    assert_ne!(kept[0].random_id, random_id);
    let Next::Perform(again) = engine.dispatch.next(at) else { panic!("at once") };
    assert_eq!((again.id, again.random_id), (id, kept[0].random_id));
}

/// The sweep finds an agent well: its hook is worth an attempt now.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_the_sweep_ends_the_wait_of_a_hook() {
    let folder = tempfile::tempdir().unwrap();
    let (store, agent, at) = (Store::open(folder.path()).unwrap(), AgentId(12), Timestamp::UNIX_EPOCH);
    let doors = Doors::new([(agent, vec![Door::Hook])].into(), jiff::SignedDuration::from_secs(60));
    let mut engine = engine_with(&store, doors);
    engine.dispatch.doors().failed(agent, at, None, 0);
    let mut left_alone = |probed| {
        engine.feel(&Asked { agent, probed }, true, &mut Work::default());
        engine.dispatch.doors().open_until(agent).is_some()
    };
    let shut = Probed::Shut(Duration::ZERO, 401);
    assert!([Probed::Missed, Probed::Closed(Duration::ZERO), shut].into_iter().all(&mut left_alone));
    assert!(!left_alone(Probed::Well(Duration::ZERO)));
}
