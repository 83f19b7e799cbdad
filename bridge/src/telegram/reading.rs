//! The history, read back where no counter tells what was said; and what even it does not tell.

use std::time::Duration;

use commands::ids::{ChatId, UserId};
use grammers_tl_types::enums::MessageAction;
use grammers_tl_types::types::MessageService;

use super::call::CallError;
use super::health::Health;
use super::hearing::Found;
use super::history::{self, PAGE, Page};
use super::listen::Ear;
use super::peers::chat_id;
use super::reached::Reached;

/// Pauses that Telegram may ask for while a history is read ...
const PAUSES_MOST: usize = 20;
/// ... and the longest that is kept there: after a longer one the reading begins anew.
const PAUSE_MOST: Duration = Duration::from_mins(1);
/// The number of a supergroup's first message.
const FIRST: i32 = 1;

/// From when until when, in Unix seconds.
pub(super) type Span = (i32, i32);

/// From the first beginning to the last end.
fn spanning(one: Option<Span>, other: Option<Span>) -> Option<Span> {
    match (one, other) {
        (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
        (one, other) => one.or(other),
    }
}

/// What was missed of the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Missed {
    /// Since when, in Unix seconds.
    pub(super) since: i32,
    /// The part of it that could not be read either.
    pub(super) unheard: Option<Span>,
}

impl Missed {
    fn and(self, other: Self) -> Self {
        Self { since: self.since.min(other.since), unheard: spanning(self.unheard, other.unheard) }
    }

    /// Both of them, where there are two.
    pub(super) fn both(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(one.and(other)),
            (one, other) => one.or(other),
        }
    }
}

/// Where a reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// At what was heard before.
    Heard,
    /// At the first message that is shown.
    First,
    /// At the last page that is read.
    Cut,
}

/// What a reading came to, beside its messages.
pub(super) struct Read {
    end: End,
    /// The number and the date of the oldest message seen.
    oldest: Option<(i32, i32)>,
}

impl Read {
    /// Whether there was more to read than is read.
    pub(super) fn is_cut(&self) -> bool {
        self.end == End::Cut
    }

    /// The part of what was missed that it does not tell.
    fn unheard(&self, point: &Reached, service: &[MessageService], me: UserId) -> Option<Span> {
        let oldest = self.oldest.map_or(point.date, |(_, date)| date);
        let cut = match self.end {
            End::Heard => false,
            End::Cut => true,
            End::First => !self.is_all_there_was(point),
        };
        let cut = cut.then_some((point.date.min(oldest), oldest));
        let absent = (!point.chat.shares_message_ids()).then(|| absence(point, service, me)).flatten();
        spanning(cut, absent)
    }

    /// Whoever comes to a supergroup may be shown nothing of before. In a basic group each has what was said while they
    /// were in it.
    fn is_all_there_was(&self, point: &Reached) -> bool {
        let heard = point.message.unwrap_or(FIRST);
        let begins =
            self.oldest.is_none_or(|(id, _)| id <= FIRST || point.message.is_some() && id <= heard + 1);
        begins || heard == 0 || !point.chat.shares_message_ids()
    }
}

/// From when until when the account was not in the group.
fn absence(point: &Reached, service: &[MessageService], me: UserId) -> Option<Span> {
    let missed =
        |one: &&MessageService| chat_id(&one.peer_id) == point.chat && point.misses(one.id, one.date);
    let mut service: Vec<_> = service.iter().filter(missed).collect();
    service.sort_by_key(|one| one.id);
    // Who comes without having gone may have gone unseen, at any time since they last heard something.
    let mut gone = point.message.map(|_| point.date);
    let mut absent: Option<Span> = None;
    for one in service {
        if goes(one, me) {
            gone = Some(one.date);
        } else if comes(one, me)
            && let Some(from) = gone.take()
        {
            absent = Some((absent.map_or(from, |(first, _)| first), one.date));
        }
    }
    absent
}

/// Whether somebody came to the group with this.
pub(super) fn comes(service: &MessageService, who: UserId) -> bool {
    let themselves = service.from_id.as_ref().is_some_and(|from| chat_id(from).0 == who.0);
    match &service.action {
        MessageAction::ChatAddUser(added) => added.users.contains(&who.0),
        MessageAction::ChatJoinedByLink(_) | MessageAction::ChatJoinedByRequest => themselves,
        _ => false,
    }
}

fn goes(service: &MessageService, who: UserId) -> bool {
    matches!(&service.action, MessageAction::ChatDeleteUser(gone) if gone.user_id == who.0)
}

impl Ear {
    /// The messages of the group since these points.
    pub(super) async fn read_back(
        &mut self,
        points: &[Reached],
        found: &mut Found,
    ) -> Result<Option<Missed>, CallError> {
        let mut missed = None;
        let listens = self.scope.listens;
        for point in points.iter().filter(|_| listens) {
            let pages = self.shared.params.read_back;
            let read = self.refetch(point.chat, pages, |id, date| point.misses(id, date), found).await?;
            let unheard = read.unheard(point, &found.service, self.scope.me);
            tracing::warn!(
                chat = %point.chat,
                messages = found.messages.len(),
                whole = unheard.is_none(),
                "what no counter tells: the group's history was read"
            );
            missed = Missed::both(missed, Some(Missed { since: point.date, unheard }));
        }
        Ok(missed)
    }

    /// Reads back in a chat as long as its messages were missed, told by number and date, at most so many pages.
    pub(super) async fn refetch(
        &mut self,
        chat: ChatId,
        pages: usize,
        missed: impl Fn(i32, i32) -> bool,
        found: &mut Found,
    ) -> Result<Read, CallError> {
        let mut read = Read { end: End::Cut, oldest: None };
        let mut before = 0;
        for _ in 0..pages {
            let page = self.patient_page(chat, before).await?;
            found.users.extend(page.users);
            found.chats.extend(page.chats);
            found.messages.extend(page.messages.into_iter().filter(|one| missed(one.id, one.date)));
            found.service.extend(page.service.into_iter().filter(|one| missed(one.id, one.date)));
            let heard = page.positions.iter().any(|(id, date)| !missed(*id, *date));
            let new = page.positions.into_iter().filter(|(id, date)| missed(*id, *date));
            read.oldest = read.oldest.into_iter().chain(new).min();
            read.end = if heard { End::Heard } else { End::First };
            let Some(oldest) = page.oldest.filter(|_| !heard) else { return Ok(read) };
            before = oldest;
        }
        read.end = End::Cut;
        Ok(read)
    }

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
