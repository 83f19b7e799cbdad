//! Configuration, code and deployments announced in the group: audited and passed on, never applied. An override is
//! audited and changes nothing.

use super::{Audited, Turn, heard};
use crate::effect::Reaction;
use crate::fact::Fact;
use crate::grammar::{Fields, Kind, Utterance};
use crate::ids::Who;
use crate::input::Heard;
use crate::say::forward as words;

/// What is announced: for the agents in `to`, else whom it is for by itself, else all others.
pub(super) fn forward(turn: &mut Turn<'_>, heard: &Heard, who: Who, utterance: &Utterance) {
    let kind = utterance.kind();
    let receivers = match utterance {
        Utterance::CodePush { fields, .. } => named(turn, fields),
        Utterance::CodeReceived { file, fields } => named(turn, fields).or_else(|| pusher(turn, file)),
        _ => None,
    };
    let receivers = match receivers {
        Some(Err(unknown)) => return heard::almost(turn, heard, who, kind, words::nobody(&unknown)),
        Some(Ok(receivers)) => receivers,
        None => turn.mesh().roll.agents().map(|agent| Who::Agent(agent.id)).collect(),
    };
    if let Utterance::CodePush { file, .. } = utterance {
        turn.fact(Fact::Pushed { file: words::cut(file), by: who });
    }
    turn.react(heard.message, Reaction::Recorded);
    let receivers: Vec<_> = receivers.into_iter().filter(|to| *to != who).collect();
    let text = words::forwarded(&turn.name(who), &heard.said.text);
    for to in &receivers {
        turn.tell_who(*to, text.clone(), false);
    }
    let names: Vec<_> = receivers.into_iter().map(|to| turn.name(to)).collect();
    audit(turn, heard, kind, words::went_to(&names));
}

/// It is written down, and nothing follows.
pub(super) fn note(turn: &mut Turn<'_>, heard: &Heard, utterance: &Utterance) {
    audit(turn, heard, utterance.kind(), words::noted());
}

/// Whom `To:` names: all, several with commas, or the first name that nobody bears.
fn named(turn: &Turn<'_>, fields: &Fields) -> Option<Result<Vec<Who>, String>> {
    let to = fields.get("to").map(|to| to.trim()).filter(|to| !to.is_empty())?;
    let everybody =
        ["all", "everyone", "all bots", "all agents"].iter().any(|all| to.eq_ignore_ascii_case(all));
    let name = |name: &str| {
        let member = turn.mesh().roll.by_name(name).map(crate::mesh::Member::who);
        member.ok_or_else(|| name.to_owned())
    };
    let names = to.split([',', ';', '&', '+', '\n']).map(str::trim).filter(|name| !name.is_empty());
    (!everybody).then(|| names.map(name).collect())
}

fn pusher(turn: &Turn<'_>, file: &str) -> Option<Result<Vec<Who>, String>> {
    turn.mesh().pushes.by(file).map(|by| Ok(vec![by]))
}

fn audit(turn: &mut Turn<'_>, heard: &Heard, kind: Kind, result: String) {
    let (user, name) = (heard.sender.id, heard.sender.name.clone());
    let command = words::first_line(kind.name(), &heard.said.text);
    let (target, anchor) = (None, Some(heard.message));
    turn.decision.audit.push(Audited { user, name, command, target, result: Ok(result), anchor });
}

#[cfg(test)]
mod tests {
    use crate::decide::Mind;
    use crate::decide::doors::{said, settled};
    use crate::input::{Door, Input, What};

    fn audited(mind: &mut Mind, second: i32, text: &str) -> Vec<String> {
        let heard = said(11, second, Door::Only, text);
        let decision = mind.decide(Input { at: heard.message.at, what: What::Heard(heard) });
        let line =
            |line: &crate::decide::Audited| format!("{} -> {}", line.command, line.result.as_ref().unwrap());
        decision.audit.iter().map(line).collect()
    }

    #[test]
    fn what_is_announced_is_audited_and_files_are_bounded() {
        let mut mind = settled();
        let push = audited(&mut mind, 1, "CODE PUSH: a.py\nTo: Oracle, Local");
        assert_eq!(push, ["code_push: CODE PUSH: a.py -> forwarded to Oracle, Local"]);
        let order = audited(&mut mind, 2, "OVERRIDE:DOWN");
        assert_eq!(order, ["override: OVERRIDE:DOWN -> noted; nothing changes"]);
        for second in 3..200 {
            audited(&mut mind, second, &format!("CODE PUSH: {second}.py"));
        }
        let facts = mind.mesh().pushes.to_facts().count();
        assert_eq!(facts, crate::mesh::pushes::MOST);
        assert_eq!(crate::mesh::Mesh::fold(&mind.mesh().to_facts()), *mind.mesh());
    }
}
