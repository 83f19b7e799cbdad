//! `--telegram-export`: a chat that Telegram Desktop exported, as if the mesh had listened.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{copy, stdin};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, anyhow, bail};
use bridge::export::{Chat, Message, ReadError, Skipped, Survey, Surveyed, Thumb};
use commands::fact::Roster;
use commands::ids::{ChatId, Ear, MessageRef, UserId, fingerprint};
use commands::input::{Door, Heard, Input, Reacted, Sender, SenderKind, What};
use commands::mesh::Member;
use commands::rules::Rules;
use jiff::Timestamp;

use super::player::{Player, Watchers};
use super::source::Source;
use super::stats::Stats;

/// So many recent messages are remembered for replies, and so many reactions wait for their instant.
const REMEMBERED: usize = 65_536;

/// An export that was looked through, and the chat of it that is meant.
pub struct Export {
    file: File,
    length: Option<u64>,
    quiet: bool,
    place: usize,
    surveyed: Surveyed,
}

/// How an export ended.
pub struct Played {
    /// The mind, as it is after the last message.
    pub player: Player,
    /// What was passed over.
    pub skipped: Skipped,
    /// Messages whose first text is not known.
    pub edited: u64,
}

impl Export {
    /// Looks through a file for the chat of that number, or the only group.
    ///
    /// # Errors
    /// A file that can't be read or is no export; no such chat, or several groups.
    pub fn open(path: &Path, chat: Option<i64>, quiet: bool) -> anyhow::Result<Self> {
        let file = if path.as_os_str() == "-" { spooled()? } else { opened(path)? };
        let length = file.metadata().ok().map(|data| data.len());
        let again = file.try_clone().context("the file can't be read twice")?;
        let source = Source::new(Box::new(again), length, quiet);
        let survey = bridge::export::survey(source).with_context(|| path.display().to_string())?;
        let place = choose(&survey, chat)?;
        let surveyed = survey.chats.into_iter().nth(place).context("a chat that was chosen")?;
        Ok(Self { file, length, quiet, place, surveyed })
    }

    /// The chat.
    pub fn chat(&self) -> &Chat {
        &self.surveyed.chat
    }

    /// Who spoke in it.
    pub fn senders(&self) -> &BTreeMap<UserId, Option<String>> {
        &self.surveyed.senders
    }

    /// Plays it from its first message to its last.
    ///
    /// # Errors
    /// A message that is not as the format has it, with its number; watchers that leave.
    pub fn play(
        mut self,
        (rules, roster): (Rules, Roster),
        watchers: &mut Watchers<'_>,
        stats: &mut Stats,
    ) -> anyhow::Result<Played> {
        std::io::Seek::rewind(&mut self.file).context("the file can't be read twice")?;
        let source = Source::new(Box::new(self.file), self.length, self.quiet);
        let player = Player::new(rules, roster);
        let mut listener = Listener { player, authors: BTreeMap::new(), thumbs: BTreeMap::new(), edited: 0 };
        let (mut failed, mut last) = (None, Instant::now());
        let read = bridge::export::read(source, self.place, &mut |message| {
            stats.reading += last.elapsed();
            let heard = listener.hear(message, watchers, stats);
            last = Instant::now();
            match heard {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        });
        let skipped = match read {
            Err(ReadError::Stopped) => return Err(failed.unwrap_or_else(|| anyhow!("stopped"))),
            read => read?,
        };
        listener.react_until(Timestamp::MAX, watchers, stats)?;
        listener.player.settle(Timestamp::MIN, watchers)?;
        Ok(Played { player: listener.player, skipped, edited: listener.edited })
    }
}

fn opened(path: &Path) -> anyhow::Result<File> {
    File::open(path).with_context(|| format!("{} can't be read", path.display()))
}

/// Standard input, on disk: it is read twice.
fn spooled() -> anyhow::Result<File> {
    let mut file = tempfile::tempfile().context("no room for what is on standard input")?;
    copy(&mut stdin().lock(), &mut file).context("standard input can't be read")?;
    std::io::Seek::rewind(&mut file)?;
    Ok(file)
}

/// The place of the chat that is meant.
fn choose(survey: &Survey, wanted: Option<i64>) -> anyhow::Result<usize> {
    let chats = || survey.chats.iter().enumerate();
    let listed = || {
        let groups = chats().filter(|(_, each)| each.chat.is_group());
        let shown = groups.map(|(_, each)| {
            format!("\n  --chat {}   {} ({} messages)", each.chat.id, name(&each.chat), each.messages)
        });
        shown.collect::<String>()
    };
    if let Some(id) = wanted {
        let found = chats().find(|(_, each)| each.chat.id == bare(id));
        return found
            .map(|(place, _)| place)
            .with_context(|| format!("no chat {id} is in the export; groups in it:{}", listed()));
    }
    if let [_] = survey.chats[..] {
        return Ok(0);
    }
    let mut groups = chats().filter(|(_, each)| each.chat.is_group());
    match (groups.next(), groups.next()) {
        (Some((place, _)), None) => Ok(place),
        (None, _) => {
            bail!("no group is in the export; choose one of its {} chats with --chat", survey.chats.len())
        }
        (Some(_), Some(_)) => bail!("several groups are in the export; choose one:{}", listed()),
    }
}

/// How the chat is called.
pub fn name(chat: &Chat) -> String {
    chat.name.as_ref().map_or_else(|| chat.id.to_string(), |name| name.replace(char::is_control, ""))
}

/// A chat's number without what the Bot API puts before it.
fn bare(id: i64) -> i64 {
    const CHANNELS: i64 = 1_000_000_000_000;
    let id = id.saturating_abs();
    if id > CHANNELS { id - CHANNELS } else { id }
}

/// Hears message after message, and in between the reactions.
struct Listener {
    player: Player,
    authors: BTreeMap<i32, UserId>,
    thumbs: BTreeMap<(Timestamp, i32, usize), Thumb>,
    edited: u64,
}

impl Listener {
    fn hear(
        &mut self,
        message: Message,
        watchers: &mut Watchers<'_>,
        stats: &mut Stats,
    ) -> anyhow::Result<()> {
        self.react_until(message.at, watchers, stats)?;
        self.edited += u64::from(message.edited);
        self.authors.insert(message.id, message.from);
        if self.authors.len() > REMEMBERED {
            self.authors.pop_first();
        }
        for (index, thumb) in message.reactions.iter().enumerate().take(REMEMBERED - self.thumbs.len()) {
            self.thumbs.insert((thumb.at.max(message.at), message.id, index), thumb.clone());
        }
        let (at, heard) = (message.at, self.heard(message));
        self.put(Input { at, what: What::Heard(heard) }, watchers, stats)
    }

    fn heard(&self, message: Message) -> Heard {
        let Message { id, at, from, name, kind, said, reply_to, forwarded, .. } = message;
        let roll = &self.player.mesh().roll;
        let kind = match (kind, roll.get(from)) {
            (SenderKind::Person, Some(Member::Agent(_))) => SenderKind::Bot,
            (kind, _) => kind,
        };
        let chat = self.player.chat();
        Heard {
            door: Door::Only,
            message: MessageRef { ear: Ear::Log, chat, id, from, at, print: fingerprint(&said.text) },
            sender: Sender { id: from, name: name.unwrap_or_else(|| from.to_string()), username: None, kind },
            said,
            reply_to,
            reply_to_from: reply_to.and_then(|id| self.authors.get(&id).copied()),
            edited: false,
            forwarded,
            heard_at: at,
        }
    }

    /// The reactions of earlier messages up to then.
    fn react_until(
        &mut self,
        until: Timestamp,
        watchers: &mut Watchers<'_>,
        stats: &mut Stats,
    ) -> anyhow::Result<()> {
        while let Some(first) = self.thumbs.first_entry().filter(|first| first.key().0 <= until) {
            let ((at, message, _), thumb) = first.remove_entry();
            let what = What::Reacted(reacted(self.player.chat(), message, thumb));
            self.put(Input { at, what }, watchers, stats)?;
        }
        Ok(())
    }

    fn put(&mut self, input: Input, watchers: &mut Watchers<'_>, stats: &mut Stats) -> anyhow::Result<()> {
        self.player.let_time_pass(input.at, watchers)?;
        stats.count(&input);
        self.player.put(input, watchers)?;
        stats.mark(&self.player);
        Ok(())
    }
}

fn reacted(chat: ChatId, message: i32, thumb: Thumb) -> Reacted {
    Reacted { ear: Ear::Log, chat, message, from: thumb.from, emoji: vec![thumb.emoji] }
}
