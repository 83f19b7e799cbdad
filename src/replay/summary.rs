//! What the mesh would have done with an exported chat, for a person to read.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write;

use commands::effect::Effect;
use commands::fact::Fact;
use commands::grammar::Task;
use commands::ids::Who;
use commands::mesh::Mesh;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::player::{Audience, Moment};

/// So many examples of each kind are kept, the last ones.
const EXAMPLES: usize = 20;

/// The sums of a replay, kept while it goes on.
pub struct Summary {
    zone: TimeZone,
    checked: Timestamp,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    tasks: BTreeSet<u64>,
    claimed: u64,
    finished: u64,
    contested: u64,
    owners: BTreeMap<Who, Owner>,
    refused: Told,
    late: Told,
    days: BTreeMap<Date, Posts>,
    reactions: u64,
    told: u64,
}

/// What one person or agent did.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Owner {
    claimed: u64,
    taken_over: u64,
    done: u64,
    refused: u64,
    late: u64,
}

/// Posts of one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Posts {
    posts: u64,
    with_sound: u64,
}

/// How often something happened, and the last times of it.
#[derive(Debug, Default, Serialize)]
struct Told {
    count: u64,
    last: VecDeque<Example>,
}

#[derive(Debug, Serialize)]
struct Example {
    at: Timestamp,
    task: String,
    who: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
}

/// The sums as programs read them.
#[derive(Serialize)]
struct View<'a> {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    days: i64,
    tasks: usize,
    claims: u64,
    done: u64,
    open: usize,
    contested: u64,
    owners: BTreeMap<String, Owner>,
    refused: &'a Told,
    late: &'a Told,
    posts: Posts,
    posts_a_day: f64,
    posts_by_day: &'a BTreeMap<Date, Posts>,
    reactions: u64,
    told: u64,
}

impl Summary {
    /// Nothing yet; days begin at midnight in `zone`.
    pub fn new(zone: TimeZone) -> Self {
        Self {
            zone,
            checked: Timestamp::MIN,
            first: None,
            last: None,
            tasks: BTreeSet::new(),
            claimed: 0,
            finished: 0,
            contested: 0,
            owners: BTreeMap::new(),
            refused: Told::default(),
            late: Told::default(),
            days: BTreeMap::new(),
            reactions: 0,
            told: 0,
        }
    }

    /// The sums as JSON.
    pub fn to_json(&self, mesh: &Mesh) -> serde_json::Result<serde_json::Value> {
        let posts = self.posts();
        let days = self.length();
        serde_json::to_value(View {
            from: self.first,
            to: self.last,
            days,
            tasks: self.tasks.len(),
            claims: self.claimed,
            done: self.finished,
            open: mesh.claims.count_open(),
            contested: self.contested,
            owners: self.owners.iter().map(|(who, owner)| (mesh.name(*who), *owner)).collect(),
            refused: &self.refused,
            late: &self.late,
            posts,
            posts_a_day: a_day(posts.posts, days),
            posts_by_day: &self.days,
            reactions: self.reactions,
            told: self.told,
        })
    }

    /// The sums for people.
    pub fn to_text(&self, mesh: &Mesh) -> String {
        let mut text = format!(
            "Tasks      {}: {} claims granted, {} done, {} open at the end\n",
            self.tasks.len(),
            self.claimed,
            self.finished,
            mesh.claims.count_open()
        );
        let examples = |told: &Told, what: &str, with: &str| {
            let mut text = format!("{what:<10} {}\n", told.count);
            for each in &told.last {
                let at = each.at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
                let owner = each.owner.as_ref().map(|owner| format!(" {with} {owner}")).unwrap_or_default();
                writeln!(text, "           {at}  {}: {}{owner}", each.who, each.task).expect(INTO_A_STRING);
            }
            text
        };
        text.push_str(&examples(&self.refused, "Refused", "held by"));
        text.push_str(&examples(&self.late, "Late", ""));
        writeln!(text, "Contested  {}", self.contested).expect(INTO_A_STRING);
        text.push_str(&self.calm());
        text.push_str(&self.owners(mesh));
        text
    }

    fn calm(&self) -> String {
        let posts = self.posts();
        let each = a_day(posts.posts, self.length());
        let worst = self.days.iter().max_by_key(|(_, posts)| **posts);
        let worst = worst.map(|(day, posts)| format!(", {} on the worst day ({day})", posts.posts));
        format!(
            "Posts      {}, {} with sound; {each:.1} a day{}\nReactions  {}\nTold       {} words to agents in private\n",
            posts.posts,
            posts.with_sound,
            worst.unwrap_or_default(),
            self.reactions,
            self.told
        )
    }

    fn owners(&self, mesh: &Mesh) -> String {
        let mut text = format!(
            "\n  {:<20} {:>8} {:>10} {:>6} {:>8} {:>6}\n",
            "who", "claimed", "taken over", "done", "refused", "late"
        );
        for (who, each) in &self.owners {
            let name = mesh.name(*who).replace(char::is_control, "");
            let Owner { claimed, taken_over, done, refused, late } = each;
            writeln!(text, "  {name:<20} {claimed:>8} {taken_over:>10} {done:>6} {refused:>8} {late:>6}")
                .expect(INTO_A_STRING);
        }
        text
    }

    fn posts(&self) -> Posts {
        self.days.values().fold(Posts::default(), |sum, day| Posts {
            posts: sum.posts + day.posts,
            with_sound: sum.with_sound + day.with_sound,
        })
    }

    /// Days from the first instant to the last, both counted.
    fn length(&self) -> i64 {
        let (Some(first), Some(last)) = (self.first, self.last) else { return 0 };
        let between = self.day(first).until(self.day(last)).map(|span| i64::from(span.get_days()));
        between.unwrap_or(0) + 1
    }

    fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    fn owner(&mut self, who: Who) -> &mut Owner {
        self.owners.entry(who).or_default()
    }

    fn learn(&mut self, mesh: &Mesh, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::Claimed { task, owner, .. } => {
                self.tasks.insert(commands::ids::fingerprint(&Task::fold(task)));
                self.claimed += 1;
                self.owner(*owner).claimed += 1;
            }
            Fact::Accepted { owner, .. } | Fact::Assigned { owner, .. } => self.owner(*owner).taken_over += 1,
            Fact::Done { task, by, .. } => {
                self.tasks.insert(commands::ids::fingerprint(&Task::fold(task)));
                self.finished += 1;
                self.owner(*by).done += 1;
            }
            Fact::Queued { task, who, .. } => {
                let owner = mesh.claims.get(&Task::fold(task)).map(|claim| mesh.name(claim.owner));
                let (task, name) = (task.clone(), mesh.name(*who));
                self.owner(*who).refused += 1;
                self.refused.tell(Example { at, task, who: name, owner });
            }
            _ => {}
        }
    }

    /// Leases that ended since this was last looked at.
    fn look_for_lates(&mut self, mesh: &Mesh, now: Timestamp) {
        let since = std::mem::replace(&mut self.checked, now);
        for (_, claim) in mesh.claims.all_open() {
            let Some(at) = claim.runs_out().filter(|until| *until > since && *until <= now) else { continue };
            self.owner(claim.owner).late += 1;
            let who = mesh.name(claim.owner);
            self.late.tell(Example { at, task: claim.task.clone(), who, owner: None });
        }
    }

    fn do_sums(&mut self, at: Timestamp, effect: &Effect) {
        match effect {
            Effect::Post { sound, .. } => {
                let day = self.days.entry(at.to_zoned(self.zone.clone()).date()).or_default();
                day.posts += 1;
                day.with_sound += u64::from(*sound);
            }
            Effect::React { .. } => self.reactions += 1,
            Effect::Tell { .. } => self.told += 1,
            _ => {}
        }
    }
}

const INTO_A_STRING: &str = "a String takes all";

impl Told {
    fn tell(&mut self, example: Example) {
        self.count += 1;
        self.last.push_back(example);
        if self.last.len() > EXAMPLES {
            self.last.pop_front();
        }
    }
}

impl Audience for Summary {
    fn see(&mut self, moment: &Moment<'_>) -> anyhow::Result<()> {
        let Moment { mesh, at, decision, tick } = *moment;
        if at > Timestamp::MIN && !tick {
            self.first.get_or_insert(at);
            self.last = Some(at);
        }
        for fact in &decision.facts {
            self.learn(mesh, at, fact);
        }
        if tick || !decision.facts.is_empty() {
            self.look_for_lates(mesh, at);
        }
        for effect in &decision.effects {
            self.do_sums(at, effect);
        }
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "a figure with one decimal")]
fn a_day(posts: u64, days: i64) -> f64 {
    (posts as f64 / days.max(1) as f64 * 10.0).round() / 10.0
}
