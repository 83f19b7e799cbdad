//! Fetching what was missed: differences, and the history where a difference would be too long.

use std::time::Duration;

use commands::ids::ChatId;
use grammers_session::Session;
use grammers_session::types::{PeerId, PeerInfo};
use grammers_session::updates::PrematureEndReason;
use grammers_tl_types::enums::updates::{ChannelDifference, Difference, State};
use grammers_tl_types::enums::{Dialog, InputChannel};
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
/// Private chats that are looked into after a gap, one page each.
const PRIVATE_MOST: usize = 20;
/// Updates of one channel difference.
const CHANNEL_PAGE: i32 = 100;

impl Ear {
    /// The account's own difference.
    pub(super) async fn difference(
        &mut self,
        request: functions::updates::GetDifference,
    ) -> Result<(), CallError> {
        let answer = match self.shared.caller.call(&request).await {
            Err(CallError::Refused { name, .. }) if name.starts_with("PERSISTENT_TIMESTAMP") => {
                return self.start_anew().await;
            }
            answer => answer?,
        };
        let too_long = matches!(answer, Difference::TooLong(_));
        // The history first: only then may the boxes go past what is in it.
        let (mut found, gap) = if too_long { self.missed().await? } else { (Found::default(), None) };
        let (updates, users, chats) = self.boxes.apply_difference(sifted(answer, self.scope.group));
        found.extend(updates, users, chats);
        self.deliver(found, gap).await
    }

    /// Telegram does not accept our state any more: begin at its own, with the history in between.
    async fn start_anew(&mut self) -> Result<(), CallError> {
        let State::State(state) = self.shared.caller.call(&functions::updates::GetState {}).await?;
        let (found, gap) = self.missed().await?;
        self.boxes = grammers_session::updates::MessageBoxes::new();
        self.boxes.set_state(state);
        self.meet().await?;
        self.deliver(found, gap).await
    }

    /// The group's difference, where it is a supergroup.
    pub(super) async fn channel_difference(
        &mut self,
        mut request: functions::updates::GetChannelDifference,
    ) -> Result<(), CallError> {
        let Some(channel) = self.input_channel(&request.channel).await else {
            tracing::warn!("the group can't be addressed; it will be heard once it is seen");
            self.boxes.end_channel_difference(PrematureEndReason::Banned);
            return Ok(());
        };
        request.channel = channel;
        request.limit = CHANNEL_PAGE;
        let answer = match self.shared.caller.call(&request).await {
            Err(CallError::Refused { name, .. })
                if name == "CHANNEL_PRIVATE" || name == "CHANNEL_INVALID" =>
            {
                tracing::warn!(%name, "the account is not in the group any more");
                self.boxes.end_channel_difference(PrematureEndReason::Banned);
                return Ok(());
            }
            answer => answer?,
        };
        let (mut found, gap) = match &answer {
            ChannelDifference::TooLong(too_long) => {
                if !matches!(&too_long.dialog, Dialog::Dialog(dialog) if dialog.pts.is_some()) {
                    return Err(CallError::Fault("a difference too long without its pts".to_owned()));
                }
                self.missed().await?
            }
            _ => (Found::default(), None),
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

    /// The messages since the last known point, and the word that some may be missing.
    async fn missed(&mut self) -> Result<(Found, Option<Missed>), CallError> {
        let since = self.boxes.session_state().date;
        let mut found = Found::default();
        let whole = self.refetch(self.scope.group, self.shared.params.read_back, since, &mut found).await?;
        if self.scope.private {
            self.refetch_private(since, &mut found).await?;
        }
        tracing::warn!(
            messages = found.messages.len(),
            "a gap too long for a difference; the history was read"
        );
        Ok((found, Some(Missed { since: instant(since), whole })))
    }

    async fn refetch_private(&mut self, since: i32, found: &mut Found) -> Result<(), CallError> {
        let list = history::newest_chats(&self.shared.caller).await?;
        self.learn(&list.users, &list.chats).await;
        let private: Vec<ChatId> = list
            .dialogs
            .iter()
            .filter(|dialog| dialog.unread_count > 0)
            .map(|dialog| chat_id(&dialog.peer))
            .filter(|chat| chat.is_private() && self.scope.door(*chat).is_some())
            .take(PRIVATE_MOST)
            .collect();
        for chat in private {
            self.refetch(chat, 1, since, found).await?;
        }
        Ok(())
    }

    /// Reads back in a chat to what was heard last, or to a date, at most so many pages; tells whether it got there.
    async fn refetch(
        &mut self,
        chat: ChatId,
        pages: usize,
        since: i32,
        found: &mut Found,
    ) -> Result<bool, CallError> {
        let known = self.newest.filter(|_| chat == self.scope.group);
        let missed = |id: i32, date: i32| known.map_or(date >= since, |newest| id > newest);
        let mut before = 0;
        for _ in 0..pages {
            let page = self.patient_page(chat, before).await?;
            found.users.extend(page.users);
            found.chats.extend(page.chats);
            let all = page.messages.len();
            let new = page.messages.into_iter().filter(|message| missed(message.id, message.date));
            let had = found.messages.len();
            found.messages.extend(new);
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
            let peer = self.shared.input_peer(chat).await?;
            match history::page(&self.shared.caller, peer, before, PAGE).await {
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

fn sifted(answer: Difference, group: ChatId) -> Difference {
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
