//! Who is in which chat, and so who has to hear what.

use std::collections::BTreeMap;

use serde_json::Value;

/// Accounts, and as many bots.
pub const PEOPLE: usize = 100;

/// Everybody has a number: accounts first, then bots.
pub struct Plan {
    /// By chat, in the Bot API's form.
    pub groups: BTreeMap<i64, Vec<usize>>,
    /// The chats of each member, in order.
    pub chats: Vec<Vec<i64>>,
}

/// The members of each chat, by number: two to five, accounts and bots.
pub fn crowds() -> Vec<Vec<usize>> {
    let member = |first: usize, at: usize| {
        let turn = (first + at / 2) % PEOPLE;
        if at.is_multiple_of(2) { turn } else { PEOPLE + turn }
    };
    (0..PEOPLE).map(|first| (0..2 + first % 4).map(|at| member(first, at)).collect()).collect()
}

impl Plan {
    /// The chats stand in the ready line in the order they were made.
    pub fn of(ready: &Value) -> Self {
        let ids = ready["chats"].as_array().expect("chats").iter();
        let by_title: BTreeMap<&str, i64> =
            ids.filter_map(|chat| Some((chat["title"].as_str()?, chat["id"].as_i64()?))).collect();
        let mut groups = BTreeMap::new();
        let mut chats = vec![Vec::new(); 2 * PEOPLE];
        for (number, members) in crowds().into_iter().enumerate() {
            let id = by_title[title(number).as_str()];
            for member in &members {
                chats[*member].push(id);
            }
            groups.insert(id, members);
        }
        Self { groups, chats }
    }

    pub fn members(&self) -> usize {
        self.chats.len()
    }

    /// Where a member's message of this number goes.
    pub fn chat_for(&self, member: usize, number: usize) -> i64 {
        let chats = &self.chats[member];
        chats[number % chats.len()]
    }

    /// Who has to hear a member in a chat: all others, but bots do not hear bots.
    pub fn hearers(&self, member: usize, chat: i64) -> impl Iterator<Item = usize> {
        let may = move |hearer: &usize| *hearer != member && (*hearer < PEOPLE || member < PEOPLE);
        self.groups[&chat].iter().copied().filter(may)
    }
}

/// The title of a chat.
pub fn title(number: usize) -> String {
    format!("Chat {number}")
}
