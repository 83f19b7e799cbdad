//! What a file says: who there is, and which groups. Nothing is drawn or built here.

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::WorldFault;
use super::reading::{Placed, Reading, Section};
use crate::world::{ChatKind, TEXT_LIMIT, utf16_len};

/// People, bots and groups in one file, each.
const MANY: usize = 1000;
/// Messages of one group.
const MESSAGES: usize = 1000;
/// The most members of a basic group, as at Telegram.
const GROUP_MEMBERS: usize = 200;
/// The longest name or title, in characters.
const NAME_LENGTH: usize = 128;
/// Digits of a login code.
const CODE_DIGITS: usize = 5;

/// What a file says.
#[derive(Debug, Default)]
pub struct Plan {
    pub people: Vec<PersonPlan>,
    pub bots: Vec<BotPlan>,
    pub groups: Vec<GroupPlan>,
}

#[derive(Debug)]
pub struct PersonPlan {
    pub name: String,
    pub username: Option<String>,
    pub phone: Option<String>,
    pub code: Option<String>,
    pub password: Option<String>,
}

#[derive(Debug)]
pub struct BotPlan {
    pub name: String,
    pub username: String,
    pub privacy: bool,
    pub hears_bots: bool,
    pub can_join_groups: bool,
}

/// Members are named by their place: people first, then bots.
#[derive(Debug)]
pub struct GroupPlan {
    pub title: String,
    pub kind: ChatKind,
    pub creator: usize,
    pub admins: Vec<usize>,
    pub members: Vec<usize>,
    pub messages: Vec<(usize, String)>,
}

/// Reads a file, or tells every fault in it, by line.
pub fn read(source: &str) -> Result<Plan, Vec<WorldFault>> {
    let mut reading = Reading::new(source);
    let (table, errors) = DeTable::parse_recoverable(source);
    for error in errors {
        reading.fault(error.span().map_or(0, |span| span.start), "", error.message());
    }
    let document = Section::document(table.get_ref());
    let plan = Planning {
        reading: &mut reading,
        seen: BTreeMap::new(),
        usernames: BTreeMap::new(),
        names: BTreeMap::new(),
    }
    .plan(document);
    if reading.faults.is_empty() {
        return Ok(plan);
    }
    reading.faults.sort();
    Err(reading.faults)
}

struct Planning<'r, 's> {
    reading: &'r mut Reading<'s>,
    /// What may be given once only, with the key that has it.
    seen: BTreeMap<(&'static str, String), String>,
    /// Where everybody is, by username in small letters.
    usernames: BTreeMap<String, usize>,
    /// The same by name; `None` for a name that several have.
    names: BTreeMap<String, Option<usize>>,
}

impl Planning<'_, '_> {
    fn plan(mut self, document: Section<'_>) -> Plan {
        self.reading.only(document, "", &["people", "bots", "groups"]);
        let mut plan = Plan::default();
        for (path, section) in self.reading.tables(document, "", "people", MANY) {
            let person = self.person(section, &path);
            self.place(plan.people.len(), person.username.as_deref(), &person.name);
            plan.people.push(person);
        }
        for (path, section) in self.reading.tables(document, "", "bots", MANY) {
            let bot = self.bot(section, &path);
            self.place(plan.people.len() + plan.bots.len(), Some(&bot.username), &bot.name);
            plan.bots.push(bot);
        }
        if plan.people.is_empty() {
            self.reading.fault(0, "people", "A world needs at least one person.");
        }
        for (path, section) in self.reading.tables(document, "", "groups", MANY) {
            let group = self.group(section, &path, &plan);
            plan.groups.extend(group);
        }
        plan
    }

    fn place(&mut self, place: usize, username: Option<&str>, name: &str) {
        if let Some(username) = username {
            self.usernames.entry(username.to_lowercase()).or_insert(place);
        }
        self.names.entry(name.to_lowercase()).and_modify(|other| *other = None).or_insert(Some(place));
    }

    fn person(&mut self, section: Section<'_>, path: &str) -> PersonPlan {
        self.reading.only(section, path, &["name", "username", "phone", "code", "password"]);
        let name = self.name(section, path, "name");
        let username = self.reading.text(section, path, "username").map(|text| self.username(&text, false));
        let phone = self.reading.text(section, path, "phone").map(|text| self.phone(&text));
        let code = self.reading.text(section, path, "code").map(|text| self.code(&text));
        let password = self.reading.text(section, path, "password");
        let password = password.map(|text| text.value).filter(|password| !password.is_empty());
        PersonPlan { name, username, phone, code, password }
    }

    fn bot(&mut self, section: Section<'_>, path: &str) -> BotPlan {
        let known = ["name", "username", "privacy", "hears_bots", "can_join_groups"];
        self.reading.only(section, path, &known);
        let name = self.name(section, path, "name");
        let username = self.reading.needed(section, path, "username");
        let username = username.map(|text| self.username(&text, true)).unwrap_or_default();
        let mut flag = |name, otherwise| self.reading.flag(section, path, name, otherwise);
        let (privacy, hears_bots) = (flag("privacy", true), flag("hears_bots", false));
        BotPlan { name, username, privacy, hears_bots, can_join_groups: flag("can_join_groups", true) }
    }

    fn group(&mut self, section: Section<'_>, path: &str, plan: &Plan) -> Option<GroupPlan> {
        let known = ["title", "kind", "creator", "admins", "members", "messages"];
        self.reading.only(section, path, &known);
        let title = self.name(section, path, "title");
        self.once("group", &title, section, path);
        let kind = self.kind(section, path);
        let creator = self.creator(section, path, plan);
        let admins = self.members(section, path, "admins", plan);
        let members = self.members(section, path, "members", plan);
        if kind == ChatKind::Group && admins.len() + members.len() >= GROUP_MEMBERS {
            let what =
                format!("A basic group has at most {GROUP_MEMBERS} members; make it a \"supergroup\".");
            self.reading.fault(section.at, format!("{path}.members"), what);
        }
        let creator = creator?;
        let inside: Vec<usize> = [creator].into_iter().chain(admins.clone()).chain(members.clone()).collect();
        let messages = self.messages(section, path, &inside);
        Some(GroupPlan { title, kind, creator, admins, members, messages })
    }

    /// Only a person makes a group.
    fn creator(&mut self, section: Section<'_>, path: &str, plan: &Plan) -> Option<usize> {
        let text = self.reading.needed(section, path, "creator")?;
        let place = self.somebody(&text)?;
        if place < plan.people.len() {
            return Some(place);
        }
        self.reading.fault_at(&text, format!("{} is a bot; only a person makes a group.", text.value));
        None
    }

    fn kind(&mut self, section: Section<'_>, path: &str) -> ChatKind {
        let Some(text) = self.reading.text(section, path, "kind") else { return ChatKind::Group };
        match text.value.as_str() {
            "group" => ChatKind::Group,
            "supergroup" => ChatKind::Supergroup,
            _ => {
                self.reading.fault_at(&text, "\"group\" or \"supergroup\" is expected.");
                ChatKind::Group
            }
        }
    }

    fn members(&mut self, section: Section<'_>, path: &str, name: &str, plan: &Plan) -> Vec<usize> {
        let texts = self.reading.texts(section, path, name);
        let mut found = Vec::new();
        for text in texts {
            let Some(place) = self.somebody(&text) else { continue };
            let bot = place.checked_sub(plan.people.len()).and_then(|at| plan.bots.get(at));
            if bot.is_some_and(|bot| !bot.can_join_groups) {
                self.reading
                    .fault_at(&text, "This bot may not be added to groups (can_join_groups = false).");
            } else if found.contains(&place) {
                self.reading.fault_at(&text, format!("{} is named twice.", text.value));
            } else {
                found.push(place);
            }
        }
        found
    }

    fn messages(&mut self, section: Section<'_>, path: &str, inside: &[usize]) -> Vec<(usize, String)> {
        let mut messages = Vec::new();
        for (path, section) in self.reading.tables(section, path, "messages", MESSAGES) {
            self.reading.only(section, &path, &["from", "text"]);
            let from = self.reading.needed(section, &path, "from");
            let author = from.as_ref().and_then(|text| self.somebody(text));
            if let (Some(from), Some(author)) = (&from, author)
                && !inside.contains(&author)
            {
                self.reading.fault_at(from, format!("{} is not in this group.", from.value));
            }
            let text = self.reading.needed(section, &path, "text");
            if let Some(text) = text.as_ref().filter(|text| utf16_len(&text.value) > TEXT_LIMIT) {
                self.reading.fault_at(text, format!("It is longer than {TEXT_LIMIT} UTF-16 units."));
            }
            messages.extend(author.zip(text.map(|text| text.value)));
        }
        messages
    }

    fn somebody(&mut self, called: &Placed<String>) -> Option<usize> {
        let wanted = called.value.trim_start_matches('@').to_lowercase();
        let named = self.usernames.get(&wanted).map(|place| Some(*place));
        match named.or_else(|| self.names.get(&wanted).copied()) {
            Some(Some(place)) => return Some(place),
            Some(None) => {
                self.reading
                    .fault_at(called, format!("Several are called {}; give the username.", called.value));
            }
            None => self.reading.fault_at(called, format!("There is nobody called {}.", called.value)),
        }
        None
    }

    fn name(&mut self, section: Section<'_>, path: &str, name: &str) -> String {
        let Some(text) = self.reading.needed(section, path, name) else { return String::new() };
        if text.value.chars().count() > NAME_LENGTH {
            self.reading.fault_at(&text, format!("It is longer than {NAME_LENGTH} characters."));
        }
        text.value
    }

    fn username(&mut self, text: &Placed<String>, is_bot: bool) -> String {
        let username = text.value.trim_start_matches('@').to_owned();
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let starts = username.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
        if !(4..=32).contains(&username.len()) || !username.bytes().all(is_word) || !starts {
            self.reading.fault_at(text, "4 to 32 letters, digits and _ are expected, a letter first.");
        } else if is_bot && !username.to_ascii_lowercase().ends_with("bot") {
            self.reading.fault_at(text, "A bot's username ends in \"bot\".");
        }
        self.first("username", &username.to_lowercase(), text);
        username
    }

    fn phone(&mut self, text: &Placed<String>) -> String {
        let digits: String = text.value.chars().filter(char::is_ascii_digit).collect();
        let is_plain = text.value.chars().all(|c| c.is_ascii_digit() || "+ -()".contains(c));
        if !text.value.starts_with('+') || !is_plain || !(7..=15).contains(&digits.len()) {
            self.reading.fault_at(text, "An international number is expected, as in \"+15550100001\".");
        }
        self.first("phone", &digits, text);
        format!("+{digits}")
    }

    fn code(&mut self, text: &Placed<String>) -> String {
        if text.value.len() != CODE_DIGITS || !text.value.bytes().all(|byte| byte.is_ascii_digit()) {
            self.reading.fault_at(text, "Five digits are expected, in quotes.");
        }
        text.value.clone()
    }

    fn first(&mut self, what: &'static str, value: &str, text: &Placed<String>) {
        if let Some(other) = self.seen.insert((what, value.to_owned()), text.key.clone()) {
            self.reading.fault_at(text, format!("{other} has the same."));
        }
    }

    fn once(&mut self, what: &'static str, title: &str, section: Section<'_>, path: &str) {
        let key = format!("{path}.title");
        if let Some(other) = self.seen.insert((what, title.to_lowercase()), key.clone())
            && !title.is_empty()
        {
            self.reading.fault(section.at, key, format!("{other} has the same."));
        }
    }
}
