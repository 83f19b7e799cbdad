//! Messages that were sent and wait for the client's word that they came.

use std::collections::BTreeMap;

use crate::mtproto::crypto::Message;

/// Messages that may wait; the oldest are forgotten.
const MESSAGES_KEPT: usize = 1000;
/// Their bytes; the oldest are forgotten first.
const BYTES_KEPT: usize = 512 * 1024;

/// Messages that were sent and wait for the client's word that they came, by message id.
#[derive(Debug, Default)]
pub struct Unacked {
    messages: BTreeMap<i64, Message>,
    bytes: usize,
}

impl Unacked {
    /// A message was sent.
    pub fn sent(&mut self, message: &Message) {
        self.bytes += message.body.len();
        self.messages.insert(message.id, message.clone());
        while self.messages.len() > MESSAGES_KEPT || self.bytes > BYTES_KEPT {
            let Some((_, oldest)) = self.messages.pop_first() else { return };
            self.bytes -= oldest.body.len();
        }
    }

    /// The client says that this came; the message it was, if that is still known.
    pub fn came(&mut self, id: i64) -> Option<Message> {
        let message = self.messages.remove(&id)?;
        self.bytes -= message.body.len();
        Some(message)
    }

    /// A message that still waits.
    pub fn find(&self, id: i64) -> Option<&Message> {
        self.messages.get(&id)
    }

    /// All that still waits, the oldest first.
    pub fn all(&self) -> impl Iterator<Item = &Message> {
        self.messages.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_come_is_kept_within_bounds() {
        let message = |id, size| Message { id, seq_no: 1, body: vec![0; size] };
        let mut unacked = Unacked::default();
        (1..=3).for_each(|id| unacked.sent(&message(id, 8)));
        assert_eq!(unacked.came(2), Some(message(2, 8)));
        assert_eq!(unacked.came(9), None);
        assert_eq!(unacked.all().map(|message| message.id).collect::<Vec<_>>(), [1, 3]);
        unacked.sent(&message(4, BYTES_KEPT));
        assert_eq!((unacked.messages.len(), unacked.bytes), (1, BYTES_KEPT));
        (10..2000).for_each(|id| unacked.sent(&message(id, 1)));
        assert_eq!((unacked.messages.len(), unacked.bytes), (MESSAGES_KEPT, MESSAGES_KEPT));
    }
}
