//! kill -9 at each step of telling an agent by its hook: what is told arrives, and again only under the same key.

use std::collections::BTreeMap;

use super::gateway::{Gateway, Letter};
use super::stage::{self, hook};
use crate::node::harness::Ear;

const POINTS: [&str; 5] = ["journalled", "before:tell", "after:tell", "learnt:tell", "ticked_off"];

/// How often each text arrived, by its key.
fn by_text(letters: &[Letter]) -> BTreeMap<String, Vec<String>> {
    let mut by_text: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for letter in letters {
        by_text.entry(letter.text().to_owned()).or_default().push(letter.key.clone());
    }
    by_text
}

async fn killed_at(point: &str, said: &str, wanted: fn(&Letter) -> bool) {
    let bench = stage::bench(Ear::Dedicated).await;
    let oracle = Gateway::start().await;
    hook(&bench, "Oracle", &oracle, "\"hook\"");
    let (mut node, _) = stage::open(bench.spawn(Some(point))).await;
    bench.open_gate();
    let from = if said.contains("stand down") { "Ely" } else { "Sandman" };
    bench.say(from, said);
    node.says(&format!("fail point {point} reached")).await;
    node.kill().await;
    let (node, _) = stage::start(&bench).await;
    oracle.until(&format!("{point}: the letter"), |letters| letters.iter().any(wanted)).await;
    bench.say("Ely", "/mesh claims");
    let answered =
        |b: &crate::node::harness::Bench| b.chat().iter().any(|m| m.name == "Mesh" && m.reply_to.is_some());
    bench.until("an answer", answered).await;
    node.stop().await;
    for (text, keys) in by_text(&oracle.letters()) {
        assert!(keys.iter().all(|key| *key == keys[0]), "{point}: {text}: {keys:?}");
        assert!(keys.len() <= 2, "{point}: {text}: {keys:?}");
    }
    assert_eq!(
        oracle
            .letters()
            .iter()
            .filter(|letter| wanted(letter))
            .map(|letter| &letter.key)
            .collect::<std::collections::BTreeSet<_>>()
            .len(),
        1,
        "{point}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_by_hook() {
    for point in POINTS {
        killed_at(point, "Oracle stand down", Letter::is_run).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_by_hook() {
    for point in POINTS {
        killed_at(point, "EXCLUSIVE CLAIM: alpha", |letter| letter.text().contains("PAUSE: \"alpha\"")).await;
    }
}
