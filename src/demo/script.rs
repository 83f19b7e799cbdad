//! The conversation. Each step says what is to happen, does it, and waits until Telegram shows that it did.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use anyhow::{Context, bail};
use commands::ids::ChatId;
use sandbox::world::{ChatKey, Peer, SeenMessage, UserId, World};

use super::stage::{Stage, WITHIN};

const TASK: &str = "renew the gateway certificate";

/// A step that did not happen.
#[derive(Debug)]
pub struct Missed {
    step: &'static str,
    why: String,
}

impl Missed {
    /// The whole play took too long.
    pub fn late() -> Self {
        Self { step: "the conversation", why: "took longer than 28 s".into() }
    }
}

impl fmt::Display for Missed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} did not happen: {}", self.step, self.why)
    }
}

/// Plays all of it, in order, with a breath of `pace` after each step, so that a person can follow.
///
/// # Errors
/// The first step that did not happen.
pub async fn play(stage: &mut Stage, pace: Duration) -> Result<(), Missed> {
    let breath = || tokio::time::sleep(pace);
    step("a claim granted and the others paused", claim(stage)).await?;
    breath().await;
    step("a second claim refused", second_claim(stage)).await?;
    breath().await;
    step("a stranger denied", stranger(stage)).await?;
    breath().await;
    step("a handoff accepted", handoff(stage)).await?;
    breath().await;
    step("a stand-down acknowledged", stand_down(stage)).await?;
    breath().await;
    step("a button tapped", tap(stage)).await?;
    breath().await;
    step("a private message answered", private(stage)).await?;
    step("the board shows it all", board(stage)).await
}

async fn step(step: &'static str, act: impl Future<Output = anyhow::Result<()>>) -> Result<(), Missed> {
    act.await.map_err(|why| Missed { step, why: format!("{why:#}") })
}

async fn claim(stage: &mut Stage) -> anyhow::Result<()> {
    let [sandman, oracle, local] = &mut stage.agents;
    let said = format!("🔒 EXCLUSIVE CLAIM: {TASK}\nOther bot: PAUSE on this task\nETA: 20 min");
    sandman.say(&said).await?;
    sandman.is_told("Granted").await?;
    oracle.is_told("PAUSE").await?;
    local.is_told("PAUSE").await?;
    reaction(stage, "Sandman", "EXCLUSIVE CLAIM", "👌").await?;
    sees(stage, |m| m.pinned && m.text.contains(TASK), "no pinned board").await
}

async fn second_claim(stage: &mut Stage) -> anyhow::Result<()> {
    let [_, oracle, _] = &mut stage.agents;
    oracle.say(&format!("🔒 EXCLUSIVE CLAIM: {TASK}\nETA: 10 min")).await?;
    oracle.is_told("Held by Sandman").await?;
    reaction(stage, "Oracle", "EXCLUSIVE CLAIM", "👎").await
}

async fn stranger(stage: &mut Stage) -> anyhow::Result<()> {
    stage.sam.say("/mesh status").await?;
    let denied = "❌ Requires Viewer role. Current: none";
    sees(stage, |m| m.text == denied && m.reply_to.is_some(), "no refusal").await
}

async fn handoff(stage: &mut Stage) -> anyhow::Result<()> {
    let [sandman, oracle, _] = &mut stage.agents;
    let result = "new one issued, not yet installed";
    sandman.say(&format!("✅ DONE: {TASK}\nResult: {result}\nHANDOFF to: Oracle")).await?;
    oracle.is_told("HANDOFF from Sandman").await?;
    oracle.say(&format!("✅ ACK — Taking over {TASK}")).await?;
    oracle.is_told("Granted").await?;
    reaction(stage, "Sandman", "✅ DONE", "🤝").await
}

async fn stand_down(stage: &mut Stage) -> anyhow::Result<()> {
    let [_, _, local] = &mut stage.agents;
    stage.ely.say("OracleLocalBot stand down please").await?;
    local.is_told("Stand down").await?;
    local.say("👍").await?;
    reaction(stage, "Ely", "stand down", "🫡").await?;
    sees(
        stage,
        |m| m.pinned && m.text.contains("😴 OracleLocalBot") && m.text.contains('👍'),
        "not on the board",
    )
    .await
}

async fn tap(stage: &mut Stage) -> anyhow::Result<()> {
    stage.ely.say("/mesh status").await?;
    let card = stage.ely.hears(|heard| heard.said.text.contains("Mesh Status")).await?;
    let answer = stage.ely.tap(card.message.id, "Claims").await?;
    match answer.text {
        Some(text) if text.contains(TASK) => Ok(()),
        other => bail!("the tap was answered {other:?}"),
    }
}

async fn private(stage: &mut Stage) -> anyhow::Result<()> {
    let bridge = stage.bridge;
    stage.ely.write_to(bridge, "claims").await?;
    let answer = stage.ely.hears(|heard| heard.message.chat == ChatId(bridge.0) && heard.sender.id == bridge);
    let answer = answer.await.context("the bridge account did not answer")?;
    if answer.said.text.contains(TASK) { Ok(()) } else { bail!("it answered {}", answer.said.text) }
}

async fn board(stage: &mut Stage) -> anyhow::Result<()> {
    let shows = |m: &SeenMessage| m.pinned && m.text.contains(&format!("{TASK} — Oracle"));
    sees(stage, shows, "the board does not show Oracle's task").await
}

async fn reaction(stage: &Stage, from: &str, text: &str, emoji: &str) -> anyhow::Result<()> {
    let (from, emoji) = (from.to_owned(), emoji.to_owned());
    let text = text.to_owned();
    let missing = format!("no {emoji} on {from}'s message");
    let has = |m: &SeenMessage| {
        m.name == from && m.text.contains(&text) && m.reactions.iter().any(|r| r.1 == emoji)
    };
    sees(stage, has, &missing).await
}

/// Waits until the group has a message like this.
async fn sees(stage: &Stage, wanted: impl Fn(&SeenMessage) -> bool, missing: &str) -> anyhow::Result<()> {
    let world = stage.world();
    let mut changes = world.watch();
    let chat = chat_key(stage.group)?;
    let wait = async {
        while !there(&world, chat, &wanted) {
            // Falling behind is no harm: the chat is looked at as it stands.
            if changes
                .recv()
                .await
                .is_err_and(|error| error == tokio::sync::broadcast::error::RecvError::Closed)
            {
                break;
            }
        }
    };
    tokio::time::timeout(WITHIN, wait).await.map_err(|_| anyhow::anyhow!("{missing}"))
}

fn there(world: &World, chat: ChatKey, wanted: &impl Fn(&SeenMessage) -> bool) -> bool {
    world.transcript(chat).iter().any(wanted)
}

fn chat_key(group: ChatId) -> anyhow::Result<ChatKey> {
    let peer = Peer::from_bot_api(group.0).context("the group has no id")?;
    Ok(ChatKey::of(UserId(0), peer))
}
