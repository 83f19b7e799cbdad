//! The bot: its door, its token, what it may hear, and whether somebody else uses it.

use std::time::Duration;

use ::bot::{Fault, Identity};

use super::finding::Finding;
use super::patient::Patient;

/// So often the updates that wait are counted ...
const COUNTS: usize = 12;
/// ... one after the other.
const COUNTED_EVERY: Duration = Duration::from_millis(250);

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
        return in_use(patient.bot_state());
    }
    // To poll would turn out whoever else does.
    match count(&bot).await {
        Ok(counts) => vec![fetched(&counts)],
        Err(error) => vec![Finding::warning(
            format!("whether another program polls the bot could not be told: {error}"),
            "run mesh doctor again",
        )],
    }
}

async fn count(bot: &::bot::Bot) -> Result<Vec<u64>, Fault> {
    let mut every = tokio::time::interval(COUNTED_EVERY);
    let mut counts = Vec::new();
    for _ in 0..COUNTS {
        every.tick().await;
        counts.push(bot.waiting().await?);
    }
    Ok(counts)
}

/// Nobody but a program that polls makes the updates fewer that wait.
fn fetched(counts: &[u64]) -> Finding {
    match counts.last() {
        _ if !counts.is_sorted() => polled(),
        Some(waiting @ 1..) => {
            Finding::ok(format!("updates of the bot wait ({waiting}), and nobody fetches them"))
        }
        _ => Finding::ok(
            "no update of the bot waits, so whether another program fetches them can't be told without turning it out; \
             the node tells it once it runs",
        ),
    }
}

fn hooked(host: &str) -> Finding {
    Finding::warning(
        format!("a webhook is set: the bot's updates go to {host}"),
        "the node takes it away when it starts; if another program needs it, give the mesh a bot of its own",
    )
}

fn polled() -> Finding {
    Finding::fault(
        "another program polls the bot: the updates that waited became fewer",
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
        assert_eq!(fetched(&[2, 2, 3, 0]).verdict, Verdict::Fault);
        assert!(fetched(&[0, 1, 1]).what.contains("wait (1)"));
        assert!(fetched(&[0, 0]).what.contains("can't be told"));
        assert!(hooked("hooks.example").what.contains("hooks.example"));
        let mut identity =
            Identity { id: UserId(1), username: "mesh_bot".into(), can_read_all_group_messages: false };
        assert_eq!(privacy(&identity).unwrap().verdict, Verdict::Warning);
        identity.can_read_all_group_messages = true;
        assert_eq!(privacy(&identity), None);
    }
}
