//! Cards on which somebody chose: a second tap, from a screen that still shows their buttons, does nothing.
//!
//! Most cards are known to be settled by what they are about; these are about a task that goes on as before.

use std::collections::VecDeque;

use crate::ids::{ChatId, VoiceId};

/// So many are remembered.
const MOST: usize = 1_024;

/// The cards, the oldest first. Volatile: after a restart a stale screen may choose once more.
#[derive(Clone, Debug, Default)]
pub(super) struct Pressed(VecDeque<(ChatId, VoiceId)>);

impl Pressed {
    /// Whether nobody has chosen on this card; counts as chosen from now on.
    pub(super) fn is_first(&mut self, chat: ChatId, message: VoiceId) -> bool {
        let card = (chat, message);
        if self.0.contains(&card) {
            return false;
        }
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back(card);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_chosen_on_once_and_the_oldest_are_forgotten() {
        let mut pressed = Pressed::default();
        assert!(pressed.is_first(ChatId(1), VoiceId(1)));
        assert!(!pressed.is_first(ChatId(1), VoiceId(1)));
        assert!(pressed.is_first(ChatId(2), VoiceId(1)));
        for message in 2..=i32::try_from(MOST).unwrap() {
            assert!(pressed.is_first(ChatId(1), VoiceId(message)));
        }
        assert_eq!(pressed.0.len(), MOST);
        assert!(pressed.is_first(ChatId(1), VoiceId(1)));
    }
}
