//! Formatting, both ways.

use grammers_tl_types::{enums, types};
use types as t;

use super::count;
use crate::world::{Entity, EntityKind, UserId};

/// What a client sends; kinds the world does not know are dropped.
pub fn from_tl(entities: &[enums::MessageEntity], me: UserId) -> Vec<Entity> {
    entities.iter().filter_map(|entity| one_from_tl(entity, me)).collect()
}

fn one_from_tl(entity: &enums::MessageEntity, me: UserId) -> Option<Entity> {
    use enums::MessageEntity as E;
    let kind = match entity {
        E::Bold(_) => EntityKind::Bold,
        E::Italic(_) => EntityKind::Italic,
        E::Underline(_) => EntityKind::Underline,
        E::Strike(_) => EntityKind::Strikethrough,
        E::Spoiler(_) => EntityKind::Spoiler,
        E::Code(_) => EntityKind::Code,
        E::Pre(pre) => {
            EntityKind::Pre { language: Some(pre.language.clone()).filter(|language| !language.is_empty()) }
        }
        E::TextUrl(link) => EntityKind::TextLink { url: link.url.clone() },
        E::MentionName(mention) => EntityKind::TextMention { user: UserId(mention.user_id) },
        E::InputMessageEntityMentionName(mention) => {
            EntityKind::TextMention { user: input_user(&mention.user_id, me)? }
        }
        E::Blockquote(quote) => EntityKind::Blockquote { expandable: quote.collapsed },
        E::CustomEmoji(emoji) => EntityKind::CustomEmoji { id: emoji.document_id },
        _ => return None,
    };
    let (offset, length) = (usize::try_from(entity.offset()).ok()?, usize::try_from(entity.length()).ok()?);
    Some(Entity { offset, length, kind })
}

fn input_user(user: &enums::InputUser, me: UserId) -> Option<UserId> {
    match user {
        enums::InputUser::UserSelf => Some(me),
        enums::InputUser::User(user) => Some(UserId(user.user_id)),
        enums::InputUser::FromMessage(user) => Some(UserId(user.user_id)),
        enums::InputUser::Empty => None,
    }
}

/// What a client is told; `None` where there is none.
pub fn to_tl(entities: &[Entity]) -> Option<Vec<enums::MessageEntity>> {
    (!entities.is_empty()).then(|| entities.iter().map(one_to_tl).collect())
}

fn one_to_tl(entity: &Entity) -> enums::MessageEntity {
    let (offset, length) = (count(entity.offset), count(entity.length));
    match &entity.kind {
        EntityKind::Mention => t::MessageEntityMention { offset, length }.into(),
        EntityKind::Hashtag => t::MessageEntityHashtag { offset, length }.into(),
        EntityKind::Cashtag => t::MessageEntityCashtag { offset, length }.into(),
        EntityKind::Email => t::MessageEntityEmail { offset, length }.into(),
        EntityKind::Phone => t::MessageEntityPhone { offset, length }.into(),
        EntityKind::BotCommand => t::MessageEntityBotCommand { offset, length }.into(),
        EntityKind::Url => t::MessageEntityUrl { offset, length }.into(),
        EntityKind::Bold => t::MessageEntityBold { offset, length }.into(),
        EntityKind::Italic => t::MessageEntityItalic { offset, length }.into(),
        EntityKind::Underline => t::MessageEntityUnderline { offset, length }.into(),
        EntityKind::Strikethrough => t::MessageEntityStrike { offset, length }.into(),
        EntityKind::Spoiler => t::MessageEntitySpoiler { offset, length }.into(),
        EntityKind::Code => t::MessageEntityCode { offset, length }.into(),
        EntityKind::Pre { language } => {
            t::MessageEntityPre { offset, length, language: language.clone().unwrap_or_default() }.into()
        }
        EntityKind::TextLink { url } => t::MessageEntityTextUrl { offset, length, url: url.clone() }.into(),
        EntityKind::TextMention { user } => {
            t::MessageEntityMentionName { offset, length, user_id: user.0 }.into()
        }
        EntityKind::Blockquote { expandable } => {
            t::MessageEntityBlockquote { collapsed: *expandable, offset, length }.into()
        }
        EntityKind::CustomEmoji { id } => {
            t::MessageEntityCustomEmoji { offset, length, document_id: *id }.into()
        }
    }
}
