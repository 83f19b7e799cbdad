//! Fetching what was missed: differences, and the history where a difference would be too long.

use commands::ids::ChatId;
use commands::input::Door;
use grammers_session::Session;
use grammers_session::types::{PeerId, PeerInfo};
use grammers_session::updates::PrematureEndReason;
use grammers_tl_types::enums::updates::{ChannelDifference, Difference, State};
use grammers_tl_types::enums::{Dialog as AnyDialog, InputChannel};
use grammers_tl_types::types::Dialog;
use grammers_tl_types::{functions, types};

use super::call::CallError;
use super::hearing::Found;
use super::history;
use super::listen::Ear;
use super::membership::is_shut;
use super::peers::chat_id;
use super::reading::Missed;
use super::sift;
use super::translate::instant;

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
            Err(CallError::Refused { name, .. }) if is_stale(&name) => {
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
        let (mut found, gap) = self.missed_by_account().await?;
        if state.pts == refused {
            // It refuses its own: to ask again would be to ask for ever.
            let (date, seq) = (state.date, state.seq);
            let none = types::updates::DifferenceEmpty { date, seq };
            let (updates, users, chats) = self.boxes.apply_difference(none.into());
            found.extend(updates, users, chats);
        } else {
            self.begin_at(state.into());
        }
        self.deliver(found, gap).await
    }

    /// The same for the supergroup's counter.
    async fn count_anew(&mut self, channel: i64, refused: i32) -> Result<(), CallError> {
        let Some((pts, _)) = self.counter().await? else {
            self.boxes.end_channel_difference(PrematureEndReason::Banned);
            return Ok(());
        };
        let mut found = Found::default();
        let gap = self.read_back(&[self.reached], &mut found).await?;
        if pts == refused {
            let none = types::updates::ChannelDifferenceEmpty { r#final: true, pts, timeout: None };
            let (updates, users, chats) = self.boxes.apply_channel_difference(none.into());
            found.extend(updates, users, chats);
        } else {
            self.count_from(channel, pts);
        }
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
        let id = channel.channel_id;
        request.channel = channel.into();
        request.limit = CHANNEL_PAGE;
        let answer = match self.in_time(self.shared.caller.call(&request)).await {
            Err(CallError::Refused { name, .. }) if is_shut(&name) => {
                self.is_outside(&name);
                self.boxes.end_channel_difference(PrematureEndReason::Banned);
                return Ok(());
            }
            Err(CallError::Refused { name, .. }) if is_stale(&name) => {
                return self.count_anew(id, request.pts).await;
            }
            answer => answer?,
        };
        let mut found = Found::default();
        let gap = match &answer {
            ChannelDifference::TooLong(too_long) => {
                if !matches!(&too_long.dialog, AnyDialog::Dialog(dialog) if dialog.pts.is_some()) {
                    return Err(CallError::Fault("a difference too long without its pts".to_owned()));
                }
                self.read_back(&[self.reached], &mut found).await?
            }
            _ => None,
        };
        let (updates, users, chats) = self.boxes.apply_channel_difference(answer);
        found.extend(updates, users, chats);
        self.deliver(found, gap).await
    }

    async fn input_channel(&self, channel: &InputChannel) -> Option<types::InputChannel> {
        let InputChannel::Channel(channel) = channel else { return None };
        let id = PeerId::channel(channel.channel_id)?;
        match self.shared.session.peer(id).await {
            Ok(Some(PeerInfo::Channel { id, auth: Some(auth), .. })) => {
                Some(types::InputChannel { channel_id: id, access_hash: auth.hash() })
            }
            _ => None,
        }
    }

    /// What the account's own counter leaves out: private messages, and the group's where it has no counter of its own.
    async fn missed_by_account(&mut self) -> Result<(Found, Option<Missed>), CallError> {
        let since = self.boxes.session_state().date;
        let mut found = Found::default();
        let reached = (self.scope.channel().is_none()).then_some(self.reached);
        let points: Vec<_> = self.behind.into_iter().chain(reached).collect();
        let gap = self.read_back(&points, &mut found).await?;
        if self.scope.private {
            self.refetch_private(since, &mut found).await?;
        }
        Ok((found, gap))
    }

    /// What was written to it in private since then, in the chats that nobody has read.
    pub(super) async fn refetch_private(&mut self, since: i32, found: &mut Found) -> Result<(), CallError> {
        let list = self.in_time(history::newest_chats(&self.shared.caller)).await?;
        self.learn(&list.users, &list.chats).await;
        let unread = |dialog: &&Dialog| dialog.unread_count > 0;
        let mut private: Vec<ChatId> =
            list.dialogs.iter().filter(unread).map(|dialog| chat_id(&dialog.peer)).collect();
        private.retain(|chat| self.scope.door(*chat) == Some(Door::Dm));
        let mut cut_short = private.len().saturating_sub(PRIVATE_MOST);
        private.truncate(PRIVATE_MOST);
        for chat in private {
            let read = self.refetch(chat, PRIVATE_PAGES, |_, date| date >= since, found).await?;
            cut_short += usize::from(read.is_cut());
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
}

/// Whether Telegram does not know the state that it is asked from. An `_OUTDATED` one is a fault of its own, which passes.
fn is_stale(refusal: &str) -> bool {
    matches!(refusal, "PERSISTENT_TIMESTAMP_INVALID" | "PERSISTENT_TIMESTAMP_EMPTY")
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
