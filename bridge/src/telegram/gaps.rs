//! Fetching what was missed: differences, and the history where a difference would be too long.

use std::time::Duration;

use commands::ids::ChatId;
use commands::input::Door;
use grammers_session::Session;
use grammers_session::types::{PeerId, PeerInfo};
use grammers_session::updates::PrematureEndReason;
use grammers_tl_types::enums::updates::{ChannelDifference, Difference, State};
use grammers_tl_types::enums::{Dialog as AnyDialog, InputChannel};
use grammers_tl_types::types::{Dialog, Message};
use grammers_tl_types::{functions, types};

use super::call::CallError;
use super::health::Health;
use super::hearing::{Found, Missed};
use super::history::{self, PAGE, Page};
use super::listen::Ear;
use super::peers::chat_id;
use super::sift;
use super::translate::instant;

/// Pauses that Telegram may ask for while a history is read ...
const PAUSES_MOST: usize = 20;
/// ... and the longest that is kept there: after a longer one the reading begins anew.
const PAUSE_MOST: Duration = Duration::from_mins(1);
/// Private chats that are looked into after a gap ...
const PRIVATE_MOST: usize = 20;
/// ... and pages of 100 messages of each.
const PRIVATE_PAGES: usize = 3;
/// Updates of one channel difference.
const CHANNEL_PAGE: i32 = 100;

impl Ear {
    /// The account's own difference.
    pub(super) async fn difference(
        &mut self,
        request: functions::updates::GetDifference,
    ) -> Result<(), CallError> {
        let answer = match self.in_time(self.shared.caller.call(&request)).await {
            Err(CallError::Refused { name, .. }) if name.starts_with("PERSISTENT_TIMESTAMP") => {
                return self.start_anew(request.pts).await;
            }
            answer => answer?,
        };
        let too_long = matches!(answer, Difference::TooLong(_));
        // The history first: only then may the boxes go past what is in it.
        let (mut found, gap) =
            if too_long { self.missed_by_account().await? } else { (Found::default(), None) };
        let (updates, users, chats) = self.boxes.apply_difference(sifted(answer, self.scope.channel()));
        found.extend(updates, users, chats);
        self.deliver(found, gap).await
    }

    /// Telegram does not accept our state any more: begin at its own, with the history in between.
    async fn start_anew(&mut self, refused: i32) -> Result<(), CallError> {
        let request = functions::updates::GetState {};
        let State::State(state) = self.in_time(self.shared.caller.call(&request)).await?;
        if state.pts == refused {
            return Err(CallError::Fault(format!("it refuses its own state (pts {refused})")));
        }
        let (found, gap) = self.missed_by_account().await?;
        self.begin_at(state.into());
        self.deliver(found, gap).await
    }

    /// The group's difference, where it is a supergroup.
    pub(super) async fn channel_difference(
        &mut self,
        mut request: functions::updates::GetChannelDifference,
    ) -> Result<(), CallError> {
        let Some(channel) = self.input_channel(&request.channel).await else {
            self.is_outside("it can't be addressed before it was seen");
            self.boxes.end_channel_difference(PrematureEndReason::Banned);
            return Ok(());
        };
        request.channel = channel;
        request.limit = CHANNEL_PAGE;
        let answer = match self.in_time(self.shared.caller.call(&request)).await {
            Err(CallError::Refused { name, .. })
                if name == "CHANNEL_PRIVATE" || name == "CHANNEL_INVALID" =>
            {
                self.is_outside(&name);
                self.boxes.end_channel_difference(PrematureEndReason::Banned);
                return Ok(());
            }
            answer => answer?,
        };
        let mut found = Found::default();
        let gap = match &answer {
            ChannelDifference::TooLong(too_long) => {
                if !matches!(&too_long.dialog, AnyDialog::Dialog(dialog) if dialog.pts.is_some()) {
                    return Err(CallError::Fault("a difference too long without its pts".to_owned()));
                }
                self.missed_in_group(&mut found).await?
            }
            _ => None,
        };
        let (updates, users, chats) = self.boxes.apply_channel_difference(answer);
        found.extend(updates, users, chats);
        self.deliver(found, gap).await
    }

    async fn input_channel(&self, channel: &InputChannel) -> Option<InputChannel> {
        let InputChannel::Channel(channel) = channel else { return None };
        let id = PeerId::channel(channel.channel_id)?;
        match self.shared.session.peer(id).await {
            Ok(Some(PeerInfo::Channel { id, auth: Some(auth), .. })) => {
                Some(types::InputChannel { channel_id: id, access_hash: auth.hash() }.into())
            }
            _ => None,
        }
    }

    /// What the account's own counter leaves out: private messages, and the group's where it has no counter of its own.
    async fn missed_by_account(&mut self) -> Result<(Found, Option<Missed>), CallError> {
        let since = self.boxes.session_state().date;
        let mut found = Found::default();
        let own_counter = self.scope.channel().is_some();
        let gap = if own_counter { None } else { self.missed_in_group(&mut found).await? };
        if self.scope.private {
            self.refetch_private(since, &mut found).await?;
        }
        Ok((found, gap))
    }

    /// The messages of the group since the last that was heard, and the word that some may be missing.
    pub(super) async fn missed_in_group(&mut self, found: &mut Found) -> Result<Option<Missed>, CallError> {
        if !self.scope.listens {
            return Ok(None);
        }
        let reached = self.reached;
        let pages = self.shared.params.read_back;
        let whole = self.refetch(reached.chat, pages, |message| reached.misses(message), found).await?;
        tracing::warn!(
            messages = found.messages.len(),
            whole,
            "a gap too long for a difference; the group's history was read"
        );
        Ok(Some(Missed { since: instant(reached.date), whole }))
    }

    async fn refetch_private(&mut self, since: i32, found: &mut Found) -> Result<(), CallError> {
        let list = self.in_time(history::newest_chats(&self.shared.caller)).await?;
        self.learn(&list.users, &list.chats).await;
        let unread = |dialog: &&Dialog| dialog.unread_count > 0;
        let mut private: Vec<ChatId> =
            list.dialogs.iter().filter(unread).map(|dialog| chat_id(&dialog.peer)).collect();
        private.retain(|chat| self.scope.door(*chat) == Some(Door::Dm));
        let mut cut_short = private.len().saturating_sub(PRIVATE_MOST);
        private.truncate(PRIVATE_MOST);
        for chat in private {
            let whole = self.refetch(chat, PRIVATE_PAGES, |message| message.date >= since, found).await?;
            cut_short += usize::from(!whole);
        }
        if cut_short > 0 {
            tracing::warn!(
                chats = cut_short,
                since = %instant(since),
                "a gap too long for a difference; in some private chats the oldest messages since then were not read"
            );
        }
        Ok(())
    }

    /// Reads back in a chat as long as its messages were missed, at most so many pages; tells whether it got to the end
    /// of them.
    async fn refetch(
        &mut self,
        chat: ChatId,
        pages: usize,
        missed: impl Fn(&Message) -> bool,
        found: &mut Found,
    ) -> Result<bool, CallError> {
        let mut before = 0;
        for _ in 0..pages {
            let page = self.patient_page(chat, before).await?;
            found.users.extend(page.users);
            found.chats.extend(page.chats);
            let all = page.messages.len();
            let had = found.messages.len();
            found.messages.extend(page.messages.into_iter().filter(|message| missed(message)));
            let reached = found.messages.len() - had < all;
            let Some(oldest) = page.oldest.filter(|_| !reached && page.count > 0) else { return Ok(true) };
            before = oldest;
        }
        Ok(false)
    }
}

impl Ear {
    /// One page. A pause that Telegram asks for is kept here, so that what was read before it is not read again.
    async fn patient_page(&mut self, chat: ChatId, before: i32) -> Result<Page, CallError> {
        let mut pauses = 0;
        loop {
            let asked = async {
                let peer = self.shared.input_peer(chat).await?;
                history::page(&self.shared.caller, peer, before, PAGE).await
            };
            match self.in_time(asked).await {
                Err(CallError::Wait(pause)) if pause <= PAUSE_MOST && pauses < PAUSES_MOST => {
                    pauses += 1;
                    self.out.health(Health::FloodWait { until: self.shared.around.after(pause) });
                    tokio::time::sleep(pause).await;
                    self.out.health(Health::CatchingUp);
                }
                page => return page,
            }
        }
    }
}

fn sifted(answer: Difference, group: Option<i64>) -> Difference {
    match answer {
        Difference::Difference(mut some) => {
            sift::keep(&mut some.other_updates, group);
            Difference::Difference(some)
        }
        Difference::Slice(mut some) => {
            sift::keep(&mut some.other_updates, group);
            Difference::Slice(some)
        }
        other => other,
    }
}
