//! What holds for every file that is taken for an export, whatever the bytes.

use std::ops::ControlFlow;

use bridge::export::{Message, read, survey};
use commands::grammar;

/// Of a file with more chats, only the first are read.
const CHATS_READ: usize = 4;

/// A file: it is an export, or what is wrong is said in a line.
pub fn file(data: &[u8]) {
    let found = match survey(data) {
        Ok(found) => found,
        Err(error) => return said(&error.to_string()),
    };
    for (place, each) in found.chats.iter().enumerate().take(CHATS_READ) {
        let mut messages = 0;
        let skipped = read(data, place, &mut |message| {
            messages += 1;
            sound(&message);
            ControlFlow::Continue(())
        });
        match skipped {
            Ok(skipped) => {
                let passed = skipped.service + skipped.unknown + skipped.nobodys;
                assert_eq!(messages + passed, each.messages, "every message is read or passed over");
            }
            Err(error) => said(&error.to_string()),
        }
    }
}

fn said(error: &str) {
    assert!(!error.is_empty() && error.len() < 100_000, "{} bytes", error.len());
}

fn sound(message: &Message) {
    let text = &message.said.text;
    let mut last = 0;
    for range in &message.said.quoted {
        assert!(last <= range.start && text.get(range.clone()).is_some_and(|quoted| !quoted.is_empty()));
        last = range.end;
    }
    assert!(message.reactions.is_sorted());
    grammar::read(&message.said, message.reply_to.is_some());
}
