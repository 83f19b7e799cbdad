//! `DEPLOY: what`, and the words of urgency, `OVERRIDE:URGENT`: heard and written down, nothing more.

use super::forms::{Form, Opened};
use super::lead::{Lead, Tail};
use super::{Kind, Reading, Utterance};

pub(super) const FORM: Form = Form {
    kind: Kind::Deploy,
    usage: "DEPLOY: what",
    opened: Opened::Lead { emoji: &['🚀'], keywords: &["DEPLOY"], read },
};

pub(super) const OVERRIDE: Form = Form {
    kind: Kind::Override,
    usage: "OVERRIDE:URGENT",
    opened: Opened::Lead { emoji: &['🚨'], keywords: &["OVERRIDE"], read: override_word },
};

const WORDS: &[&str] = &["URGENT", "DOWN", "HUMAN"];

fn read(lead: &Lead) -> Reading {
    let first = match lead.tail {
        Tail::Told(text) if !lead.is_sure() && text.ends_with('?') => return Reading::Chatter,
        Tail::Told(text) | Tail::Dashed(text) => text,
        Tail::Empty => "",
        Tail::Bare | Tail::Loose(_) => return Reading::Chatter,
    };
    let content = [first].into_iter().chain(lead.body().lines().skip(1)).map(str::trim_end);
    let content = content.collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned();
    if content.trim().is_empty() {
        return lead.needs(Kind::Deploy, "its content");
    }
    Reading::Utterance(Utterance::Deploy { content })
}

fn override_word(lead: &Lead) -> Reading {
    let missing = || lead.almost(Kind::Override, "OVERRIDE needs URGENT, DOWN or HUMAN after a colon.");
    match lead.tail {
        Tail::Told(text) | Tail::Dashed(text) => match word(text) {
            Some(which) => Reading::Utterance(Utterance::Override { which: which.to_owned() }),
            None if lead.is_sure() => missing(),
            None => Reading::Chatter,
        },
        Tail::Loose(text) if lead.is_sure() && word(text).is_some() => missing(),
        Tail::Bare | Tail::Empty if lead.is_sure() => missing(),
        Tail::Loose(_) | Tail::Bare | Tail::Empty => Reading::Chatter,
    }
}

fn word(text: &str) -> Option<&'static str> {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    WORDS.iter().copied().find(|word| word.eq_ignore_ascii_case(&text[..end]))
}
