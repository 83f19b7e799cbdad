//! The lines of a log: parsed once, an unknown key is an error.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use commands::effect::ButtonAction;
use commands::fact::Roster;
use commands::grammar::Said;
use commands::ids::{AgentId, ChatId, Ear, MessageRef, UserId, VoiceId, Who, fingerprint};
use commands::input::{Call, Door, Handing, Heard, Input, Reacted, Sender, SenderKind, Tap, What};
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
    /// The message id in the chat; only messages need one.
    id: Option<i32>,
    /// A name in the roster, or a stranger's; a gap is nobody's.
    from: Option<String>,
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
    /// The mesh heard nothing since then; the lines that follow are what it missed.
    away: Option<Timestamp>,
    /// When the node heard the message, where that was later than it was sent.
    heard_at: Option<Timestamp>,
    /// It has heard what it missed.
    #[serde(default)]
    back: bool,
    /// Whether the agent `from` can be reached.
    health: Option<Verdict>,
    /// Whether something was missed; `false`, with nobody speaking, says that it has been read back.
    gap: Option<bool>,
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

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Up,
    Down,
}

/// Text inside these is never a command.
const QUOTING: &[&str] = &["code", "pre", "blockquote", "expandable_blockquote"];

impl Opening {
    /// # Errors
    /// What is wrong with the line, without its number.
    pub fn parse(line: &str) -> anyhow::Result<Self> {
        let value: serde_json::Value = serde_json::from_str(line).context("this is not JSON")?;
        if !value.is_object() {
            bail!("a line is one JSON object, in braces");
        }
        if value.get("people").is_some() || value.get("agents").is_some() {
            return Ok(Self::Roster(serde_json::from_value(value)?));
        }
        Ok(Self::Line(Box::new(serde_json::from_value(value)?)))
    }
}

/// What a log's earlier lines, and its people, tell about a line.
pub struct Known<'a> {
    /// The number of whoever bears a name.
    pub user: &'a mut dyn FnMut(&str) -> (UserId, SenderKind),
    /// Who of the mesh bears a number.
    pub who: &'a dyn Fn(UserId) -> Option<Who>,
    /// Earlier messages: who sent them, and when.
    pub messages: &'a mut BTreeMap<i32, (UserId, Timestamp)>,
    /// The buttons of the mesh's messages, by label.
    pub buttons: &'a BTreeMap<String, (VoiceId, ButtonAction)>,
}

/// So many recent messages are remembered for replies and edits.
const REMEMBERED: usize = 65_536;

impl Line {
    /// The input it stands for.
    ///
    /// # Errors
    /// A line without what its kind needs; a tap on a button that no message of the mesh bears.
    pub fn into_input(self, known: &mut Known<'_>, chat: ChatId) -> anyhow::Result<Input> {
        let at = self.at;
        match self.gap {
            Some(true) => return Ok(Input { at, what: What::Gap(chat) }),
            Some(false) if self.from.is_none() => return Ok(Input { at, what: What::Refetched(chat) }),
            _ => {}
        }
        if let Some(since) = self.away {
            return Ok(Input { at, what: What::Away { since } });
        }
        if self.back {
            return Ok(Input { at, what: What::Back });
        }
        let name = self.from.clone().context("missing field `from`")?;
        let (from, kind) = (known.user)(&name);
        let what = if let Some(verdict) = &self.health {
            let (agent, up) = (AgentId(from.0), matches!(verdict, Verdict::Up));
            What::Health { agent, up }
        } else if let Some(label) = &self.tap {
            What::Tapped(self.tap(label, (from, name), known.buttons, chat)?)
        } else if let Some(message) = self.react_to {
            let emoji = Some(self.text).filter(|emoji| !emoji.is_empty()).into_iter().collect();
            What::Reacted(Reacted { ear: Ear::Log, chat, message, from, emoji })
        } else if let Some(call) = self.call(from, known.who) {
            What::Called(call)
        } else {
            let sender = Sender { id: from, name, username: None, kind };
            What::Heard(self.heard(sender, known.messages, chat)?)
        };
        Ok(Input { at, what })
    }

    /// What a member says by a hook is a call; the line's id is its key.
    fn call(&self, from: UserId, who: &dyn Fn(UserId) -> Option<Who>) -> Option<Call> {
        let by_hook = matches!(self.via, Some(Via::Hook)) && self.edit_of.is_none();
        let (who, id) = (who(from).filter(|_| by_hook)?, self.id?);
        let said = Said::from_utf16(self.text.clone(), &self.quoted());
        Some(Call { who, key: id.to_string(), at: self.at, said, handing: Handing::default() })
    }

    fn quoted(&self) -> Vec<(i64, i64)> {
        let quoting = self.entities.iter().filter(|entity| QUOTING.contains(&entity.kind.as_str()));
        quoting.map(|entity| (entity.offset, entity.length)).collect()
    }

    fn tap(
        &self,
        label: &str,
        (from, name): (UserId, String),
        buttons: &BTreeMap<String, (VoiceId, ButtonAction)>,
        chat: ChatId,
    ) -> anyhow::Result<Tap> {
        let Some((message, action)) = buttons.get(label) else {
            let known: Vec<_> = buttons.keys().map(String::as_str).collect();
            bail!("no message of the mesh has a button \"{label}\" (there are: {})", known.join(", "));
        };
        let query = format!("log-{}", self.id.unwrap_or_default());
        Ok(Tap { query, from, name, username: None, chat, message: *message, action: Some(*action) })
    }

    fn heard(
        self,
        sender: Sender,
        messages: &mut BTreeMap<i32, (UserId, Timestamp)>,
        chat: ChatId,
    ) -> anyhow::Result<Heard> {
        let quoted = self.quoted();
        let print = fingerprint(&self.text);
        let ear = if matches!(self.via, Some(Via::Hook)) { Ear::Hook } else { Ear::Log };
        let id = self.edit_of.or(self.id).context("missing field `id`")?;
        let from = sender.id;
        // An edit keeps the date of its message, as in Telegram.
        let (author, at) = *messages.entry(id).or_insert((from, self.at));
        if self.edit_of.is_some() && author != from {
            bail!("message {id} is not {}'s to edit", sender.name);
        }
        let reply_to_from = self.reply_to.and_then(|id| messages.get(&id)).map(|(from, _)| *from);
        if messages.len() > REMEMBERED {
            messages.pop_first();
        }
        let at = if self.edit_of.is_some() { at } else { self.at };
        Ok(Heard {
            door: Door::Only,
            message: MessageRef { ear, chat, id, from, at, print },
            sender,
            said: Said::from_utf16(self.text, &quoted),
            reply_to: self.reply_to,
            reply_to_from,
            edited: self.edit_of.is_some(),
            forwarded: self.forward,
            heard_at: self.heard_at.unwrap_or(at),
        })
    }
}
