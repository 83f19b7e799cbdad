//! Whether a fault of calls can ever hit one: its method, whose calls, and in which chat.

use super::faults::{Kind, Order};
use super::refusal::Refusal;
use super::{Door, botapi, mtproto};

/// The doors at which a fault may hit.
#[derive(Clone, Copy, Debug)]
struct Sides {
    mtproto: bool,
    bot_api: bool,
}

impl Kind {
    fn sides(self) -> Sides {
        let (mtproto, bot_api) = match self {
            Self::FloodWait | Self::Refuse | Self::LoseReply => (true, false),
            Self::Status | Self::LoseBotReply => (false, true),
            _ => (true, true),
        };
        Sides { mtproto, bot_api }
    }
}

impl Order {
    /// Refuses an order that waits for calls which never come.
    pub fn check_aim(&self, door: &Door) -> Result<(), Refusal> {
        if matches!(self.fault, Kind::MoveQr) {
            return Ok(());
        }
        let sides = self.check_method()?;
        self.check_caller(door, sides)?;
        self.check_chat(sides)
    }

    /// The doors where the method is.
    fn check_method(&self) -> Result<Sides, Refusal> {
        let sides = self.fault.sides();
        let Some(method) = self.method.as_deref().filter(|method| *method != "*") else { return Ok(sides) };
        let named = Sides {
            mtproto: mtproto::names().iter().any(|name| name.eq_ignore_ascii_case(method)),
            bot_api: botapi::name_of(method).is_some(),
        };
        let hit = Sides { mtproto: sides.mtproto && named.mtproto, bot_api: sides.bot_api && named.bot_api };
        if hit.mtproto || hit.bot_api {
            return Ok(hit);
        }
        let known = known(sides).join(", ");
        Err(Refusal::bad(if named.mtproto || named.bot_api {
            let other = if named.mtproto { "MTProto" } else { "the Bot API" };
            format!("{method} is a method of {other}, where this fault never hits. It hits: {known}.")
        } else {
            format!("The sandbox has no method {method}. This fault hits: {known}.")
        }))
    }

    /// Accounts speak MTProto, bots the Bot API.
    fn check_caller(&self, door: &Door, sides: Sides) -> Result<(), Refusal> {
        let Some(who) = &self.who else { return Ok(()) };
        let user = door.who(who)?;
        let (kind, is_heard, others) = if user.is_bot() {
            ("a bot", sides.bot_api, "accounts, over MTProto")
        } else {
            ("an account", sides.mtproto, "bots, over the Bot API")
        };
        if is_heard {
            return Ok(());
        }
        Err(Refusal::bad(format!("{} is {kind}; this fault hits only calls of {others}.", user.name)))
    }

    /// Some methods are about no chat at all.
    fn check_chat(&self, sides: Sides) -> Result<(), Refusal> {
        let Some(method) = self.method.as_deref().filter(|method| *method != "*" && self.chat.is_some())
        else {
            return Ok(());
        };
        let is_about_one =
            sides.mtproto && mtproto::names_a_chat(method) || sides.bot_api && botapi::names_a_chat(method);
        if is_about_one {
            return Ok(());
        }
        Err(Refusal::bad(format!(
            "{method} names no chat by which a fault could find it; leave \"chat\" out."
        )))
    }
}

fn known(sides: Sides) -> Vec<&'static str> {
    let mtproto = if sides.mtproto { mtproto::names() } else { Vec::new() };
    let bot_api = if sides.bot_api { botapi::names() } else { Vec::new() };
    mtproto.into_iter().chain(bot_api).collect()
}
