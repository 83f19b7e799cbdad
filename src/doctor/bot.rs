//! The bot: its door, its token, what it may hear, and whether somebody else uses it.

use std::time::Duration;

use ::bot::{Fault, Identity};

use super::finding::Finding;
use super::patient::Patient;

/// Another program polls again within this, and then Telegram says so.
const POLL: Duration = Duration::from_secs(3);

/// Looks at token and privacy mode.
pub async fn check(patient: &Patient) -> Vec<Finding> {
    let bot = match patient.bot() {
        None => return Vec::new(),
        Some(Err(error)) => {
            let todo =
                "copy the token from BotFather's message, and the address from config/mesh.example.toml";
            return vec![Finding::fault(format!("[bot]: {error:#}"), todo)];
        }
        Some(Ok(bot)) => bot,
    };
    match bot.identity().await {
        Ok(identity) => {
            let mut found =
                vec![Finding::ok(format!("@{}: the Bot API answers, the token is good", identity.username))];
            found.extend(privacy(&identity));
            found
        }
        Err(error) => vec![refused(&error)],
    }
}

fn refused(error: &Fault) -> Finding {
    let todo = match error {
        Fault::TokenRefused => "ask BotFather for a new token and put it where [bot] token points",
        Fault::Unreachable(_) => {
            "look at this machine's network and firewall, and at [bot] api_url if there is one"
        }
        _ => "see the sentence",
    };
    Finding::fault(error.to_string(), todo)
}

fn privacy(identity: &Identity) -> Option<Finding> {
    (!identity.can_read_all_group_messages).then(|| {
        Finding::warning(
            format!("@{} has privacy mode on: it hears commands only, and no message to pin or count", identity.username),
            "turn it off with BotFather (/setprivacy, Disable), then take the bot out of the group and add it again; an \
             administrator hears everything anyway",
        )
    })
}

/// Looks for a webhook and for another program that polls.
pub async fn poller(patient: &Patient) -> Vec<Finding> {
    let Some(Ok(bot)) = patient.bot() else { return Vec::new() };
    // Where that fails, the check of the bot has said why.
    let Ok(webhook) = bot.webhook().await else { return Vec::new() };
    if let Some(host) = webhook {
        return vec![hooked(&host)];
    }
    if patient.node.is_some() {
        // A poll beside it would turn the node's own out.
        return in_use(patient.bot_state());
    }
    match bot.other_poller(POLL).await {
        Ok(None) => vec![Finding::ok("no other program was seen to poll the bot")],
        Ok(Some(said)) => vec![polled(&said)],
        Err(error) => vec![Finding::warning(
            format!("whether another program polls the bot could not be told: {error}"),
            "run mesh doctor again",
        )],
    }
}

fn hooked(host: &str) -> Finding {
    Finding::warning(
        format!("a webhook is set: the bot's updates go to {host}"),
        "the node takes it away when it starts; if another program needs it, give the mesh a bot of its own",
    )
}

fn polled(said: &str) -> Finding {
    Finding::fault(
        format!("another program polls the bot ({said})"),
        "stop it, or give the mesh a bot of its own: two can't share one",
    )
}

fn in_use(says: Option<&str>) -> Vec<Finding> {
    match says {
        // Whatever is wrong with it, the node has said it.
        Some("another_poller" | "token_refused" | "retrying") | None => Vec::new(),
        Some(_) => vec![Finding::ok("the running node polls the bot, undisturbed")],
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;
    use commands::ids::UserId;

    #[test]
    fn each_trouble_of_the_bot_says_what_to_do() {
        let todo = |error: &Fault| refused(error).todo.unwrap();
        assert!(todo(&Fault::TokenRefused).contains("BotFather"));
        assert!(todo(&Fault::Unreachable("no route".into())).contains("network"));
        assert_eq!(polled("Conflict").verdict, Verdict::Fault);
        assert!(hooked("hooks.example").what.contains("hooks.example"));
        let mut identity =
            Identity { id: UserId(1), username: "mesh_bot".into(), can_read_all_group_messages: false };
        assert_eq!(privacy(&identity).unwrap().verdict, Verdict::Warning);
        identity.can_read_all_group_messages = true;
        assert_eq!(privacy(&identity), None);
    }
}
