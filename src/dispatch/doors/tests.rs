use std::time::Duration;

use commands::effect::Envelope;

use super::*;

const START: Timestamp = Timestamp::UNIX_EPOCH;
const ORACLE: AgentId = AgentId(12);

fn tell(urgent: bool) -> Effect {
    Effect::Tell { agent: ORACLE, text: "x".into(), urgent, order: None, envelope: Envelope::default() }
}

fn after(seconds: i64) -> Timestamp {
    START + SignedDuration::from_secs(seconds)
}

fn doors(doors: &[Door]) -> Doors {
    Doors::new([(ORACLE, doors.to_vec())].into(), SignedDuration::from_secs(60))
}

/// A hook that began to fail at the start, and is left alone for 128 s from second 58 on.
fn failing(doors: &[Door]) -> Doors {
    let mut failing = self::doors(doors);
    for _ in 0..7 {
        failing.failed(ORACLE, START, None, 0);
    }
    failing.failed(ORACLE, after(58), None, 0);
    failing
}

#[test]
fn a_hook_that_fails_for_a_minute_is_passed_by_for_what_is_urgent() {
    let mut doors = failing(&[Door::Hook, Door::Dm]);
    let by = |doors: &Doors, second| [true, false].map(|urgent| doors.of(&tell(urgent), after(second)));
    let hook = Some(Door::Hook);
    assert_eq!(by(&Doors::new([(ORACLE, vec![Door::Hook])].into(), SignedDuration::ZERO), 0), [hook; 2]);
    assert_eq!(by(&doors, 59), [hook, hook]);
    assert_eq!(doors.passed_by_from(&tell(true)), Some(after(60)));
    assert_eq!(by(&doors, 60), [Some(Door::Dm), hook]);
    doors.worked(ORACLE, true, after(61));
    assert_eq!(by(&doors, 62), [hook, hook]);
}

#[test]
fn after_each_wait_one_letter_tells_whether_the_hook_is_back() {
    let mut doors = failing(&[Door::Hook, Door::Dm]);
    let by = |doors: &Doors, second| doors.of(&tell(true), after(second)).unwrap();
    assert_eq!([185, 186].map(|second| by(&doors, second)), [Door::Dm, Door::Hook]);
    doors.failed(ORACLE, after(186), None, 0);
    assert_eq!(
        [187, 186 + 255, 186 + 256].map(|second| by(&doors, second)),
        [Door::Dm, Door::Dm, Door::Hook]
    );
    doors.shut(ORACLE, after(500), 0);
    assert_eq!([500, 799, 800].map(|second| by(&doors, second)), [Door::Dm, Door::Dm, Door::Hook]);
    doors.worked(ORACLE, true, after(800));
    doors.failed(ORACLE, after(801), None, 0);
    assert_eq!(by(&doors, 801), Door::Hook, "it works, and begins to fail anew");
}

/// ... and that it answers ends a wait, unless it asked for it.
#[test]
fn a_hook_that_answers_is_tried_at_once() {
    let mut doors = failing(&[Door::Hook, Door::Dm]);
    let by = |doors: &Doors, second| doors.of(&tell(true), after(second)).unwrap();
    doors.answered(ORACLE);
    assert_eq!((by(&doors, 61), doors.open_until(ORACLE)), (Door::Hook, None));
    assert_eq!(doors.failing_since(ORACLE), Some(START), "it has taken nothing yet");
    doors.failed(ORACLE, after(61), None, 0);
    assert_eq!(by(&doors, 61), Door::Dm);
    doors.failed(ORACLE, after(62), Some(Duration::from_hours(1)), 0);
    doors.answered(ORACLE);
    assert_eq!((by(&doors, 63), doors.open_until(ORACLE)), (Door::Dm, Some(after(3_662))));
}

#[test]
fn an_agent_that_takes_no_private_messages_has_its_hook() {
    let mut hook_first = failing(&[Door::Hook, Door::Dm]);
    let mut dm_first = failing(&[Door::Dm, Door::Hook]);
    let mut dm_only = failing(&[Door::Dm]);
    for doors in [&mut hook_first, &mut dm_first, &mut dm_only] {
        assert_eq!(doors.of(&tell(true), after(60)), Some(Door::Dm));
        doors.close_dm(ORACLE, after(90));
    }
    let by = |second| {
        [&hook_first, &dm_first, &dm_only].map(|doors| doors.of(&tell(true), after(second)).unwrap())
    };
    assert_eq!((by(89), by(90)), ([Door::Hook, Door::Hook, Door::Dm], [Door::Dm; 3]));
    let from = [&hook_first, &dm_first].map(|doors| doors.passed_by_from(&tell(true)));
    assert_eq!(from, [Some(after(90)); 2], "it is looked at then");
    let text = "x".repeat(DM_MOST + 1);
    let long = Effect::Tell { agent: ORACLE, text, urgent: true, order: None, envelope: Envelope::default() };
    assert_eq!(dm_first.of(&long, after(100)), Some(Door::Hook));
}

#[test]
fn what_is_too_long_for_a_private_message_waits_for_the_hook() {
    let doors = failing(&[Door::Hook, Door::Dm]);
    let long = |units: usize| {
        let (text, envelope) = ("x".repeat(units - 2) + "🦊", Envelope::default());
        Effect::Tell { agent: ORACLE, text, urgent: true, order: None, envelope }
    };
    assert_eq!(doors.of(&long(DM_MOST), after(60)), Some(Door::Dm));
    assert_eq!(doors.of(&long(DM_MOST + 1), after(60)), Some(Door::Hook));
    assert_eq!(doors.passed_by_from(&long(DM_MOST + 1)), None);
}

#[test]
fn the_minute_goes_on_over_a_restart() {
    let mut doors = doors(&[Door::Hook, Door::Dm]);
    doors.failed_before(ORACLE, START);
    assert_eq!(doors.of(&tell(true), after(59)), Some(Door::Hook));
    doors.failed(ORACLE, after(58), None, 0);
    doors.failed(ORACLE, after(59), None, 0);
    assert_eq!(
        (doors.failing_since(ORACLE), doors.of(&tell(true), after(60))),
        (Some(START), Some(Door::Dm))
    );
    doors.worked(ORACLE, true, after(61));
    assert_eq!(doors.failing_since(ORACLE), None);
}

#[test]
fn without_another_door_the_hook_is_tried_for_ever() {
    let mut doors = doors(&[Door::Hook]);
    let waits: Vec<_> = (0..12).map(|_| doors.failed(ORACLE, START, None, 0).as_secs()).collect();
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    assert_eq!(doors.of(&tell(true), after(1_000)), Some(Door::Hook));
    assert_eq!(doors.failed(ORACLE, START, Some(Duration::from_secs(7)), 0).as_secs(), 7);
    doors.worked(ORACLE, true, START);
    let asked: Vec<_> =
        (0..20).map(|_| doors.failed(ORACLE, START, Some(Duration::ZERO), 0).as_secs()).collect();
    assert_eq!((asked, doors.failed(ORACLE, START, None, 0).as_secs()), (vec![1; 20], 1));
}

#[test]
fn a_door_that_is_shut_is_passed_by_at_once() {
    let mut doors = doors(&[Door::Hook, Door::Dm]);
    doors.shut(ORACLE, START, 0);
    assert_eq!(doors.of(&tell(true), START), Some(Door::Dm));
    assert!(doors.is_passed_by(&tell(true), START) && !doors.is_passed_by(&tell(false), START));
    assert_eq!(doors.of(&tell(true), START).zip(Doors::default().of(&tell(true), START)), None);
}

#[test]
fn runs_are_counted_by_day() {
    let mut doors = doors(&[Door::Hook]);
    for second in [0, 1, 86_400] {
        doors.worked(ORACLE, true, after(second));
    }
    doors.worked(ORACLE, false, after(86_401));
    let figures = doors.figures(ORACLE, after(86_402)).unwrap();
    assert_eq!((figures.runs, figures.runs_today, figures.notices), (3, 1, 1));
    assert_eq!(doors.figures(ORACLE, after(3 * 86_400)).unwrap().runs_today, 0);
    let (day, runs) = doors.runs(ORACLE).unwrap();
    let mut again = self::doors(&[Door::Dm]);
    again.ran_before(ORACLE, day, runs);
    again.ran(ORACLE, after(86_403));
    let figures = again.figures(ORACLE, after(86_403)).unwrap();
    assert_eq!(
        (figures.runs, figures.runs_today),
        (1, 2),
        "a private message is one; of the day all are kept"
    );
}
