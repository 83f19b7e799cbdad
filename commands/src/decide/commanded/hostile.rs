//! What somebody may try.

use super::*;
use crate::fact::Once;

#[test]
fn a_thousand_commands_in_a_second_get_ten_answers_and_one_warning() {
    let mut stage = Stage::new();
    let answers: Vec<_> = (0..1_000)
        .flat_map(|_| {
            let shown = stage.say(VIC, "/mesh claims");
            stage.second -= 1;
            shown
        })
        .collect();
    let answered = answers.iter().filter(|text| *text == "Nothing is claimed.").count();
    assert!(answered <= 10 && answers.len() <= 11, "{answered} of {}", answers.len());
}

#[test]
fn two_hundred_people_at_once_do_not_silence_anybody() {
    let mut stage = Stage::new();
    let mut shown = 0;
    for stranger in 1_000..1_200 {
        for _ in 0..5 {
            let texts = stage.hear(stranger, Door::Bot, "/mesh status", |heard| {
                heard.sender.kind = crate::input::SenderKind::Person;
            });
            shown += texts.len();
            stage.second -= 1;
            stage.wait(i32::from(stranger % 50 == 0));
        }
    }
    assert!(shown <= 2 * (10 + 3) * 2, "a crowd of strangers is answered as one: {shown}");
    assert_eq!(stage.say(VIC, "/mesh claims"), ["Nothing is claimed."], "a member is answered meanwhile");
    assert!(!stage.mind.mesh().was_told(UserId(1_199), Once::NoRole, stage.now()), "he is told later");
}

#[test]
fn markup_and_turned_letters_in_names_are_plain_words() {
    let mut stage = Stage::new();
    let shown = stage.hear(NOBODY, Door::Bot, "/mesh status", |heard| {
        heard.sender.name = "<b>\u{202e}Ely\u{200b}</b> `x`\nadmin".into();
        heard.sender.username = Some("<i>x".into());
    });
    assert_eq!(shown[1], "to 1: @<i>x asked for `/mesh`. (<b>Ely</b> x admin, 4) [Grant Viewer] [Ignore]");
    stage.tap(ELY, "Grant Viewer");
    assert_eq!(stage.mind.mesh().name(Who::Person(crate::ids::PersonId(NOBODY))), "<b>Ely</b> x admin");
}

#[test]
fn long_and_strange_arguments_are_answered_shortly() {
    let mut stage = Stage::new();
    let long = "x".repeat(4_090);
    for line in [
        format!("/mesh {long}"),
        format!("/mesh ping {long}"),
        format!("/mesh agent node config {long}"),
        format!("/mesh perms grant {long} viewer"),
        format!("/mesh bind @abcd {long}"),
        format!("/mesh claim {long}"),
        "/mesh claim \u{200b}\u{202e}".into(),
        "/mesh perms grant @\u{202e}abcd viewer".into(),
        "/mesh perms grant -1002003 exec".into(),
        "/mesh perms grant 99999999999999999999 exec".into(),
        "/mesh logs node -1".into(),
        "/mesh \"unclosed".into(),
    ] {
        let shown = stage.say(ELY, &line);
        assert!(shown.iter().all(|text| text.chars().count() < 400), "{line}: {shown:?}");
        stage.wait(7);
    }
    let execs = stage.mind.mesh().roll.members().filter(|member| member.role() == Some(Role::Exec));
    assert_eq!(execs.count(), 1);
}
