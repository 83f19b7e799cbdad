//! The lines of a log (core.md, *The contract of the command line*): parsed once, an unknown key is an error.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use commands::effect::ButtonAction;
use commands::fact::Roster;
use commands::grammar::Said;
use commands::ids::{ChatId, Ear, MessageRef, UserId, VoiceId, fingerprint};
use commands::input::{Door, Heard, Input, Reacted, Sender, SenderKind, Tap, What};
use jiff::Timestamp;
use serde::Deserialize;

/// A line of a log: its people and agents, or something that happened.
pub enum Opening {
    /// `{"people":[…],"agents":[…]}`
    Roster(Roster),
    /// `{"at":…,"id":…,"from":…,"text":…}`
    Line(Box<Line>),
}

/// Something that happened.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// The message id in the chat.
    pub id: i32,
    /// A name in the roster, or a stranger's.
    pub from: String,
    /// What was said; for a reaction the emoji.
    #[serde(default)]
    text: String,
    reply_to: Option<i32>,
    edit_of: Option<i32>,
    react_to: Option<i32>,
    #[serde(default)]
    forward: bool,
    #[serde(default)]
    entities: Vec<Entity>,
    /// The label of a button that was pressed.
    tap: Option<String>,
    via: Option<Via>,
    #[serde(default)]
    gap: bool,
}

#[derive(Debug, Deserialize)]
struct Entity {
    #[serde(rename = "type")]
    kind: String,
    offset: i64,
    length: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Via {
    Hook,
}

/// Text inside these is never a command.
const QUOTING: &[&str] = &["code", "pre", "blockquote", "expandable_blockquote"];

impl Opening {
    /// # Errors
    /// What is wrong with the line, without its number.
    pub fn parse(line: &str) -> anyhow::Result<Self> {
        let value: serde_json::Value = serde_json::from_str(line).context("this is not JSON")?;
        if value.get("people").is_some() || value.get("agents").is_some() {
            return Ok(Self::Roster(serde_json::from_value(value)?));
        }
        Ok(Self::Line(Box::new(serde_json::from_value(value)?)))
    }
}

impl Line {
    /// The input it stands for.
    ///
    /// # Errors
    /// A tap on a button that no message of the mesh bears.
    pub fn into_input(
        self,
        (from, kind): (UserId, SenderKind),
        senders: &BTreeMap<i32, UserId>,
        buttons: &BTreeMap<String, (VoiceId, ButtonAction)>,
        chat: ChatId,
    ) -> anyhow::Result<Input> {
        let at = self.at;
        let what = if self.gap {
            What::Gap(chat)
        } else if let Some(label) = &self.tap {
            What::Tapped(self.tap(label, from, buttons, chat)?)
        } else if let Some(message) = self.react_to {
            What::Reacted(Reacted { ear: Ear::Log, chat, message, from, emoji: vec![self.text] })
        } else {
            What::Heard(self.heard(from, kind, senders, chat))
        };
        Ok(Input { at, what })
    }

    fn tap(
        &self,
        label: &str,
        from: UserId,
        buttons: &BTreeMap<String, (VoiceId, ButtonAction)>,
        chat: ChatId,
    ) -> anyhow::Result<Tap> {
        let Some((message, action)) = buttons.get(label) else {
            let known: Vec<_> = buttons.keys().map(String::as_str).collect();
            bail!("no message of the mesh has a button \"{label}\" (there are: {})", known.join(", "));
        };
        let query = format!("log-{}", self.id);
        Ok(Tap { query, from, name: self.from.clone(), chat, message: *message, action: Some(*action) })
    }

    fn heard(self, from: UserId, kind: SenderKind, senders: &BTreeMap<i32, UserId>, chat: ChatId) -> Heard {
        let quoted: Vec<(i64, i64)> = self
            .entities
            .iter()
            .filter(|entity| QUOTING.contains(&entity.kind.as_str()))
            .map(|entity| (entity.offset, entity.length))
            .collect();
        let print = fingerprint(&self.text);
        let ear = if matches!(self.via, Some(Via::Hook)) { Ear::Hook } else { Ear::Log };
        let id = self.edit_of.unwrap_or(self.id);
        Heard {
            door: Door::Only,
            message: MessageRef { ear, chat, id, from, at: self.at, print },
            sender: Sender { id: from, name: self.from, username: None, kind },
            said: Said::from_utf16(self.text, &quoted),
            reply_to: self.reply_to,
            reply_to_from: self.reply_to.and_then(|id| senders.get(&id).copied()),
            edited: self.edit_of.is_some(),
            forwarded: self.forward,
        }
    }
}
