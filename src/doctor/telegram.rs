//! Telegram's door for accounts, the application, and the clock.

use bridge::telegram::CallError;
use jiff::{SignedDuration, Timestamp};

use super::finding::Finding;
use super::patient::Patient;

/// Telegram tells times to the second, and an answer takes a while: less is no difference.
const SKEW_NOTICED: SignedDuration = SignedDuration::from_secs(5);
/// Telegram refuses messages of clients that are ahead by more (core.telegram.org/mtproto/description).
const SKEW_MOST: SignedDuration = SignedDuration::from_secs(30);

/// Whether the door for accounts opens, and the application is accepted.
pub async fn check(patient: &Patient) -> Vec<Finding> {
    match patient.probed().await {
        None => Vec::new(),
        Some(Err(error)) => vec![unreached(error)],
        Some(Ok(probed)) => {
            let door = Finding::ok("the door for accounts (MTProto) opens");
            vec![door, application(probed.application.as_ref().err())]
        }
    }
}

fn unreached(error: &CallError) -> Finding {
    let todo = match error {
        CallError::BadCredentials(_) => return application(Some(error)),
        CallError::NoAnswer(why) if why.contains("RSA key") => {
            "look at [telegram.datacenter]: address and RSA key have to be those of one server"
        }
        _ => "look at this machine's network and firewall, and at [telegram.datacenter] if there is one",
    };
    Finding::fault(format!("the door for accounts (MTProto) does not open: {error}"), todo)
}

fn application(error: Option<&CallError>) -> Finding {
    match error {
        None => Finding::ok("Telegram accepts api_id and api_hash"),
        Some(CallError::BadCredentials(word)) => Finding::fault(
            format!("Telegram does not accept api_id with api_hash ({word})"),
            "copy both from the same application at https://my.telegram.org",
        ),
        Some(CallError::Wait(pause)) => Finding::warning(
            format!(
                "Telegram asks to wait {} s before api_id and api_hash are looked at again",
                pause.as_secs()
            ),
            "run mesh doctor again then",
        ),
        Some(other) => Finding::warning(
            format!("whether Telegram accepts api_id and api_hash could not be told: {other}"),
            "run mesh doctor again; signing in would tell too",
        ),
    }
}

/// How far this machine's clock is from Telegram's.
pub async fn clock(patient: &Patient) -> Vec<Finding> {
    let began = Timestamp::now();
    if let Some(Ok(probed)) = patient.probed().await {
        return vec![skew(probed.server_time, probed.local_time)];
    }
    let Some(Ok(bot)) = patient.bot() else { return Vec::new() };
    match bot.server_time().await {
        Ok(theirs) => vec![skew(theirs, middle(began, Timestamp::now()))],
        Err(error) => vec![Finding::warning(
            format!("Telegram's clock could not be seen: {error}"),
            "see the checks of its doors",
        )],
    }
}

fn middle(began: Timestamp, ended: Timestamp) -> Timestamp {
    began.saturating_add(ended.duration_since(began) / 2).unwrap_or(ended)
}

fn skew(theirs: Timestamp, ours: Timestamp) -> Finding {
    let skew = ours.duration_since(theirs);
    let (seconds, side) = (skew.abs().as_secs(), if skew.is_negative() { "behind" } else { "ahead of" });
    let what = format!("this machine's clock is {seconds} s {side} Telegram's");
    let todo = "let the system keep its clock (timedatectl set-ntp true, or chrony): leases end by it";
    if skew.abs() > SKEW_MOST {
        Finding::fault(what, todo)
    } else if skew.abs() > SKEW_NOTICED {
        Finding::warning(what, todo)
    } else {
        Finding::ok("this machine's clock agrees with Telegram's")
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn a_clock_that_differs_is_told_by_how_much() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(skew(at(1_000), at(1_004)).verdict, Verdict::Ok);
        let behind = skew(at(1_000), at(990));
        assert_eq!((behind.verdict, behind.what.contains("10 s behind")), (Verdict::Warning, true));
        let ahead = skew(at(1_000), at(1_031));
        assert_eq!((ahead.verdict, ahead.what.contains("31 s ahead")), (Verdict::Fault, true));
        assert!(ahead.todo.unwrap().contains("clock"));
    }

    #[test]
    fn an_application_that_is_refused_is_a_fault() {
        let refused = CallError::BadCredentials("API_ID_INVALID".into());
        for found in [application(Some(&refused)), unreached(&refused)] {
            assert_eq!(found.verdict, Verdict::Fault);
            assert!(found.todo.unwrap().contains("my.telegram.org"));
        }
        let later = application(Some(&CallError::Wait(std::time::Duration::from_secs(9))));
        assert_eq!(later.verdict, Verdict::Warning);
        assert_eq!(application(None).verdict, Verdict::Ok);
    }

    #[test]
    fn a_door_that_stays_shut_is_a_fault() {
        let shut = unreached(&CallError::NoAnswer("connection refused".into()));
        assert_eq!((shut.verdict, shut.todo.unwrap().contains("firewall")), (Verdict::Fault, true));
        let other = unreached(&CallError::NoAnswer("the server does not have the configured RSA key".into()));
        assert!(other.todo.unwrap().contains("[telegram.datacenter]"));
    }
}
