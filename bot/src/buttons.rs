//! Buttons ↔ callback data: a few bytes, signed, bound to their chat. Who may press is part of the action, and checked
//! by the core.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use commands::effect::{Button, ButtonAction};
use commands::ids::{AgentId, ChatId, PersonId, UserId};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup};

/// Telegram's limit for callback data, in bytes.
pub(crate) const DATA_LIMIT: usize = 64;
/// Buttons Telegram shows in one row.
const ROW_LIMIT: usize = 8;
/// Buttons Telegram takes on one message.
const BUTTON_LIMIT: usize = 100;
/// Of the HMAC's 32 bytes, those that travel.
const MAC_LEN: usize = 16;
/// The layout below; data of another one is not ours.
const VERSION: u8 = 2;
/// So many hours a button holds. What it is about may be settled sooner, which the core knows.
const HOLDS_HOURS: u32 = 7 * 24;
/// Keeps these signatures apart from everything else the key signs.
const DOMAIN: &[u8] = b"mesh callback data";

/// Signs what buttons carry, and knows its own signature again.
#[derive(Clone)]
pub(crate) struct Signer {
    mac: Hmac<Sha256>,
}

impl Signer {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        let mut mac = Hmac::new_from_slice(key).expect("HMAC takes keys of any length");
        mac.update(DOMAIN);
        Self { mac }
    }

    /// The callback data of a button that is made in that chat at that time.
    pub(crate) fn data(&self, chat: ChatId, action: ButtonAction, at: Timestamp) -> String {
        let mut bytes = packed(action, at);
        let mac = self.mac(chat, &bytes);
        bytes.extend_from_slice(&mac);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What the data says at that time; nothing if it was not made here, for this chat, within the last week.
    pub(crate) fn action(&self, chat: ChatId, data: &str, at: Timestamp) -> Option<ButtonAction> {
        if data.len() > DATA_LIMIT {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(data).ok()?;
        let (body, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC_LEN)?)?;
        let genuine: bool = self.mac(chat, body).ct_eq(mac).into();
        if genuine { unpacked(body, at) } else { None }
    }

    /// Rows of buttons as Telegram takes them; none for no buttons.
    ///
    /// # Errors
    /// A sentence, if there are more than Telegram takes or one has no label.
    pub(crate) fn keyboard(
        &self,
        chat: ChatId,
        rows: &[Vec<Button>],
        at: Timestamp,
    ) -> Result<Option<InlineKeyboardMarkup>, String> {
        let count: usize = rows.iter().map(Vec::len).sum();
        if count > BUTTON_LIMIT || rows.iter().any(|row| row.len() > ROW_LIMIT) {
            return Err(format!(
                "Too many buttons: at most {ROW_LIMIT} in a row and {BUTTON_LIMIT} on a message."
            ));
        }
        if rows.iter().flatten().any(|b| b.label.trim().is_empty()) {
            return Err("A button without a label.".to_owned());
        }
        if count == 0 {
            return Ok(None);
        }
        let rows = rows.iter().filter(|row| !row.is_empty());
        Ok(Some(InlineKeyboardMarkup::new(rows.map(|row| {
            row.iter().map(|b| InlineKeyboardButton::callback(&b.label, self.data(chat, b.action, at)))
        }))))
    }

    fn mac(&self, chat: ChatId, body: &[u8]) -> [u8; MAC_LEN] {
        let mut mac = self.mac.clone();
        mac.update(&chat.0.to_be_bytes());
        mac.update(body);
        let mut short = [0; MAC_LEN];
        short.copy_from_slice(&mac.finalize().into_bytes()[..MAC_LEN]);
        short
    }
}

/// Whole hours since 1970.
fn hours(at: Timestamp) -> u32 {
    u32::try_from(at.as_second() / 3_600).unwrap_or_default()
}

/// The version, the kind, the hour, then at most two numbers of eight bytes: 38 bytes with the signature, 51 as base64.
fn packed(action: ButtonAction, at: Timestamp) -> Vec<u8> {
    let (kind, numbers) = match action {
        ButtonAction::Refresh => (1, vec![]),
        ButtonAction::Claims => (2, vec![]),
        ButtonAction::Take { who, fence } => (3, vec![who.0.to_be_bytes(), fence.to_be_bytes()]),
        ButtonAction::Wait { who, fence } => (4, vec![who.0.to_be_bytes(), fence.to_be_bytes()]),
        ButtonAction::Give { fence } => (5, vec![fence.to_be_bytes()]),
        ButtonAction::Back { fence } => (6, vec![fence.to_be_bytes()]),
        ButtonAction::AskAgain { agent } => (7, vec![agent.0.to_be_bytes()]),
        ButtonAction::Silence { agent } => (30, vec![agent.0.to_be_bytes()]),
        ButtonAction::RotateNow { leak } => (20, vec![leak.to_be_bytes()]),
        ButtonAction::RotateAfter { leak } => (21, vec![leak.to_be_bytes()]),
        ButtonAction::DeleteLeaked { leak } => (22, vec![leak.to_be_bytes()]),
        ButtonAction::FalseAlarm { leak } => (23, vec![leak.to_be_bytes()]),
        ButtonAction::Verdict { who, fence } => (8, vec![who.0.to_be_bytes(), fence.to_be_bytes()]),
        ButtonAction::AskHolder { who, fence } => (9, vec![who.0.to_be_bytes(), fence.to_be_bytes()]),
        ButtonAction::LeaveHolder { who, fence } => (10, vec![who.0.to_be_bytes(), fence.to_be_bytes()]),
        ButtonAction::GiveTo { who, fence } => (11, vec![who.0.to_be_bytes(), fence.to_be_bytes()]),
        ButtonAction::LeaveIt { fence } => (12, vec![fence.to_be_bytes()]),
        ButtonAction::PauseAgent { agent } => (13, vec![agent.0.to_be_bytes()]),
        ButtonAction::Yes { ask } => (40, vec![ask.to_be_bytes()]),
        ButtonAction::No { ask } => (41, vec![ask.to_be_bytes()]),
        ButtonAction::GrantViewer { user } => (42, vec![user.0.to_be_bytes()]),
        ButtonAction::Ignore { user } => (43, vec![user.0.to_be_bytes()]),
        ButtonAction::RestartNode => (44, vec![]),
        ButtonAction::NodeLogs => (45, vec![]),
        ButtonAction::NodeConfig => (46, vec![]),
        ButtonAction::Metrics => (47, vec![]),
        ButtonAction::RunLate => (48, vec![]),
        ButtonAction::DropLate => (49, vec![]),
    };
    let mut bytes = vec![VERSION, kind];
    bytes.extend(hours(at).to_be_bytes());
    bytes.extend(numbers.concat());
    bytes
}

fn unpacked(bytes: &[u8], at: Timestamp) -> Option<ButtonAction> {
    let [VERSION, kind, rest @ ..] = bytes else {
        return None;
    };
    let (made, rest) = rest.split_first_chunk::<4>()?;
    if hours(at).saturating_sub(u32::from_be_bytes(*made)) > HOLDS_HOURS {
        return None;
    }
    let (numbers, []) = rest.as_chunks::<8>() else {
        return None;
    };
    let id = |bytes: &[u8; 8]| i64::from_be_bytes(*bytes);
    let fenced = |bytes: &[u8; 8]| u64::from_be_bytes(*bytes);
    Some(match (kind, numbers) {
        (1, []) => ButtonAction::Refresh,
        (2, []) => ButtonAction::Claims,
        (3, [who, fence]) => ButtonAction::Take { who: PersonId(id(who)), fence: fenced(fence) },
        (4, [who, fence]) => ButtonAction::Wait { who: PersonId(id(who)), fence: fenced(fence) },
        (5, [fence]) => ButtonAction::Give { fence: fenced(fence) },
        (6, [fence]) => ButtonAction::Back { fence: fenced(fence) },
        (7, [agent]) => ButtonAction::AskAgain { agent: AgentId(id(agent)) },
        (8, [who, fence]) => ButtonAction::Verdict { who: UserId(id(who)), fence: fenced(fence) },
        (9, [who, fence]) => ButtonAction::AskHolder { who: PersonId(id(who)), fence: fenced(fence) },
        (10, [who, fence]) => ButtonAction::LeaveHolder { who: PersonId(id(who)), fence: fenced(fence) },
        (11, [who, fence]) => ButtonAction::GiveTo { who: UserId(id(who)), fence: fenced(fence) },
        (12, [fence]) => ButtonAction::LeaveIt { fence: fenced(fence) },
        (13, [agent]) => ButtonAction::PauseAgent { agent: AgentId(id(agent)) },
        (20, [leak]) => ButtonAction::RotateNow { leak: fenced(leak) },
        (21, [leak]) => ButtonAction::RotateAfter { leak: fenced(leak) },
        (22, [leak]) => ButtonAction::DeleteLeaked { leak: fenced(leak) },
        (23, [leak]) => ButtonAction::FalseAlarm { leak: fenced(leak) },
        (40, [ask]) => ButtonAction::Yes { ask: fenced(ask) },
        (41, [ask]) => ButtonAction::No { ask: fenced(ask) },
        (42, [user]) => ButtonAction::GrantViewer { user: UserId(id(user)) },
        (43, [user]) => ButtonAction::Ignore { user: UserId(id(user)) },
        (44, []) => ButtonAction::RestartNode,
        (45, []) => ButtonAction::NodeLogs,
        (46, []) => ButtonAction::NodeConfig,
        (47, []) => ButtonAction::Metrics,
        (48, []) => ButtonAction::RunLate,
        (49, []) => ButtonAction::DropLate,
        (30, [agent]) => ButtonAction::Silence { agent: AgentId(id(agent)) },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CHAT: ChatId = ChatId(-5_550_101);
    const HOUR: i64 = 3_600;

    fn hour(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * HOUR).unwrap()
    }

    fn signer() -> Signer {
        Signer::new(&[7; 32])
    }

    fn any_action() -> impl Strategy<Value = ButtonAction> {
        (0..28, any::<i64>(), any::<u64>()).prop_map(|(kind, id, fence)| match kind {
            0 => ButtonAction::Refresh,
            1 => ButtonAction::Claims,
            2 => ButtonAction::Take { who: PersonId(id), fence },
            3 => ButtonAction::Wait { who: PersonId(id), fence },
            4 => ButtonAction::Give { fence },
            5 => ButtonAction::Back { fence },
            6 => ButtonAction::Verdict { who: UserId(id), fence },
            7 => ButtonAction::AskHolder { who: PersonId(id), fence },
            8 => ButtonAction::LeaveHolder { who: PersonId(id), fence },
            9 => ButtonAction::GiveTo { who: UserId(id), fence },
            10 => ButtonAction::LeaveIt { fence },
            11 => ButtonAction::PauseAgent { agent: AgentId(id) },
            12 => ButtonAction::AskAgain { agent: AgentId(id) },
            13 => ButtonAction::RotateNow { leak: fence },
            14 => ButtonAction::RotateAfter { leak: fence },
            15 => ButtonAction::DeleteLeaked { leak: fence },
            16 => ButtonAction::Silence { agent: AgentId(id) },
            17 => ButtonAction::Yes { ask: fence },
            18 => ButtonAction::No { ask: fence },
            19 => ButtonAction::GrantViewer { user: UserId(id) },
            20 => ButtonAction::Ignore { user: UserId(id) },
            21 => ButtonAction::RestartNode,
            22 => ButtonAction::NodeLogs,
            23 => ButtonAction::NodeConfig,
            24 => ButtonAction::Metrics,
            25 => ButtonAction::RunLate,
            26 => ButtonAction::DropLate,
            _ => ButtonAction::FalseAlarm { leak: fence },
        })
    }

    proptest! {
        #[test]
        fn every_button_fits_and_comes_back(action in any_action(), chat in any::<i64>()) {
            let data = signer().data(ChatId(chat), action, hour(500_000));
            prop_assert!(data.len() <= DATA_LIMIT);
            prop_assert_eq!(signer().action(ChatId(chat), &data, hour(500_168)), Some(action));
        }

        #[test]
        fn changed_data_is_nobodys(action in any_action(), at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let data = signer().data(CHAT, action, hour(0));
            let mut bytes = URL_SAFE_NO_PAD.decode(&data).unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert_eq!(signer().action(CHAT, &URL_SAFE_NO_PAD.encode(&bytes), hour(0)), None);
        }

        #[test]
        fn shortened_data_is_nobodys(action in any_action(), keep in any::<prop::sample::Index>()) {
            let data = signer().data(CHAT, action, hour(0));
            let keep = keep.index(data.len());
            prop_assert_eq!(signer().action(CHAT, &data[..keep], hour(0)), None);
        }

        #[test]
        fn foreign_data_is_nobodys(data in ".{0,80}") {
            prop_assert_eq!(signer().action(CHAT, &data, hour(0)), None);
        }
    }

    #[test]
    fn a_button_holds_in_its_chat_and_under_its_key_only() {
        let data = signer().data(CHAT, ButtonAction::Claims, hour(0));
        assert_eq!(signer().action(ChatId(-5_550_102), &data, hour(0)), None);
        assert_eq!(Signer::new(&[8; 32]).action(CHAT, &data, hour(0)), None);
    }

    #[test]
    fn a_button_holds_for_a_week() {
        let data = signer().data(CHAT, ButtonAction::Claims, hour(500_000));
        assert_eq!(signer().action(CHAT, &data, hour(500_168)), Some(ButtonAction::Claims));
        assert_eq!(signer().action(CHAT, &data, hour(500_169)), None);
        // Clocks differ.
        assert_eq!(signer().action(CHAT, &data, hour(499_999)), Some(ButtonAction::Claims));
    }

    #[test]
    fn a_signed_body_of_another_layout_is_refused() {
        for body in [
            &[1, 1, 0, 0, 0, 0][..],
            &[VERSION, 99, 0, 0, 0, 0],
            &[VERSION, 1, 0, 0, 0, 0, 0],
            &[VERSION, 1],
            &[],
        ] {
            let mut bytes = body.to_vec();
            bytes.extend(signer().mac(CHAT, body));
            assert_eq!(signer().action(CHAT, &URL_SAFE_NO_PAD.encode(bytes), hour(0)), None);
        }
    }

    #[test]
    fn too_many_buttons_and_blank_labels_are_said() {
        let button = |label: &str| Button { label: label.to_owned(), action: ButtonAction::Refresh };
        let signer = signer();
        assert!(signer.keyboard(CHAT, &[vec![button("x"); 9]], hour(0)).is_err());
        assert!(signer.keyboard(CHAT, &vec![vec![button("x")]; 101], hour(0)).is_err());
        assert!(signer.keyboard(CHAT, &[vec![button(" ")]], hour(0)).is_err());
        assert_eq!(signer.keyboard(CHAT, &[vec![]], hour(0)), Ok(None));
    }
}
