//! The board: what is open, on one pinned message.

use jiff::Timestamp;

use super::page::Page;
use super::{Clock, clock_zone, short};
use crate::ids::{AgentId, Who};
use crate::mesh::{Claim, Contest, Down, Hold, Mesh, StandDown, State};
use crate::rules::Rules;

/// The board shows at most so many open tasks ...
const TASKS_MOST: usize = 20;
/// ... so many shared claims ...
const NOTES_MOST: usize = 10;
/// ... so many finished ones, the newest ...
const DONE_MOST: usize = 5;
/// ... so many open questions ...
const QUESTIONS_MOST: usize = 5;
/// ... and so many quiet agents.
const QUIET_MOST: usize = 10;

/// After a gap in what was heard.
const UNCERTAIN: &str = "❓ Part of the chat was missed: what follows is uncertain";

/// What the board shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    /// Its text.
    pub text: String,
    /// A fingerprint of what is worth an edit when it changes: not "late 6 min", not the time of day.
    pub print: u64,
}

/// What there is to see.
struct View<'a> {
    mesh: &'a Mesh,
    rules: &'a Rules,
    now: Timestamp,
    page: Page,
}

/// The board as of `now`.
pub fn draw(mesh: &Mesh, rules: &Rules, now: Timestamp) -> Board {
    let mut view = View { mesh, rules, now, page: Page::default() };
    view.head();
    view.taken();
    view.tasks();
    view.shared();
    view.finished();
    for (agent, down) in mesh.health.down.iter().take(QUIET_MOST) {
        view.down(*agent, *down);
    }
    view.questions();
    for (agent, order) in mesh.floor.stood_down.iter().take(QUIET_MOST) {
        view.stood_down(*agent, order);
    }
    for (agent, throttle) in mesh.floor.throttled.iter().take(QUIET_MOST) {
        view.throttled(*agent, throttle.until);
    }
    view.foot();
    let print = view.page.print();
    Board { text: view.page.text(), print }
}

/// 🔴 while an agent that should always be there can't be reached, 🟡 while what is shown may be wrong.
pub fn light(mesh: &Mesh, rules: &Rules) -> &'static str {
    if mesh.roll.agents().any(|agent| agent.always_on && mesh.health.down.contains_key(&agent.id)) {
        "🔴"
    } else if mesh.missed.contains_key(&rules.group) || mesh.orders.taken.is_some() {
        "🟡"
    } else {
        "🟢"
    }
}

/// Agents heard of within the configured time, and all of them.
pub fn online(mesh: &Mesh, rules: &Rules, now: Timestamp) -> (usize, usize) {
    let online = mesh.roll.agents().filter(|agent| is_online(mesh, rules, agent.id, now));
    (online.count(), mesh.roll.agents().count())
}

/// Whether an agent was heard of within the configured time.
pub fn is_online(mesh: &Mesh, rules: &Rules, agent: AgentId, now: Timestamp) -> bool {
    let heard = |at: &Timestamp| now.duration_since(*at) < rules.online_within;
    mesh.alive.get(&agent).is_some_and(heard) && !mesh.health.down.contains_key(&agent)
}

impl View<'_> {
    fn clock(&self, at: Timestamp) -> Clock {
        Clock::of(at, &self.rules.zone)
    }

    fn head(&mut self) {
        let (online, all) = online(self.mesh, self.rules, self.now);
        self.page.line();
        let light = light(self.mesh, self.rules);
        self.page.put(&[light, " Mesh · ", &online.to_string(), "/", &all.to_string(), " online"]);
        if let Some(lead) = self.mesh.floor.lead {
            let lead = self.mesh.roll.name(Who::Agent(lead));
            self.page.put(&[" · Lead: ", &lead]);
        }
        if self.mesh.missed.contains_key(&self.rules.group) {
            self.page.line();
            self.page.put(&[UNCERTAIN]);
        }
    }

    /// Nobody's command is heard.
    fn taken(&mut self) {
        if let Some(at) = self.mesh.orders.taken {
            let at = self.clock(at).to_string();
            self.page.line();
            self.page.put(&[
                "⚠️ Commands are not heard since ",
                &at,
                ": another program uses the bot's token",
            ]);
        }
    }

    fn tasks(&mut self) {
        let mesh = self.mesh;
        for (_, claim) in mesh.claims.all_open().take(TASKS_MOST) {
            self.page.line();
            self.task(claim);
        }
        let more = mesh.claims.count_open().saturating_sub(TASKS_MOST);
        if more > 0 {
            self.page.line();
            self.page.put(&["… and ", &more.to_string(), " more"]);
        }
    }

    fn task(&mut self, claim: &Claim) {
        let (task, owner) = (short(&claim.task), self.mesh.roll.name(claim.owner));
        match (&claim.state, claim.until) {
            (State::Contested(contest), _) => self.contested(&task, contest),
            (State::Offered(offer), _) => {
                let to = self.mesh.roll.name(offer.to);
                self.page.put(&["🤝 ", &task, " — ", &owner, " → ", &to, " · waiting"]);
                self.minutes_since(offer.at);
            }
            (_, Some(until)) if claim.overdue(self.now) => {
                self.page.put(&["🟡 ", &task, " — ", &owner, " · late"]);
                self.minutes_since(until);
            }
            _ if claim.hold.is_some() => self.held_up(&task, &owner, claim.hold.as_ref()),
            (_, Some(_)) if claim.stopped.is_some() => {
                self.page.put(&["🔒 ", &task, " — ", &owner, " · clock stopped"]);
            }
            (_, Some(until)) => {
                let until = self.clock(until);
                self.page.put(&["🔒 ", &task, " — ", &owner, " · until ", until.as_str()]);
            }
            (_, None) => self.page.put(&["🔒 ", &task, " — ", &owner]),
        }
        if let Some(next) = claim.next.first() {
            let next = self.mesh.roll.name(next.who);
            self.page.put(&[" · next: ", &next]);
        }
    }

    fn contested(&mut self, task: &str, contest: &Contest) {
        let names: Vec<_> = contest.rivals.iter().map(|rival| self.mesh.name(rival.who)).collect();
        self.page.put(&["⚖️ ", task, " — ", &names.join(" / "), " · contested"]);
        self.minutes_since(contest.at);
    }

    fn held_up(&mut self, task: &str, owner: &str, hold: Option<&Hold>) {
        match hold {
            Some(Hold { blocked: true, blocker: Some(blocker), .. }) => {
                let blocker = short(blocker);
                self.page.put(&["🔴 ", task, " — ", owner, " · blocked: ", &blocker]);
            }
            Some(Hold { blocked: true, .. }) => self.page.put(&["🔴 ", task, " — ", owner, " · blocked"]),
            _ => self.page.put(&["⏸️ ", task, " — ", owner, " · paused"]),
        }
    }

    fn shared(&mut self) {
        let mesh = self.mesh;
        for (_, note) in mesh.shared.iter().take(NOTES_MOST) {
            let (task, who) = (short(&note.task), self.mesh.roll.name(note.who));
            self.page.line();
            self.page.put(&["🎯 ", &task, " — ", &who]);
        }
    }

    fn minutes_since(&mut self, then: Timestamp) {
        let minutes = self.now.duration_since(then).as_mins();
        self.page.ago(&[" ", &minutes.to_string(), " min"]);
    }

    /// Finished tasks stay for an hour.
    fn finished(&mut self) {
        let since = self.now.saturating_sub(self.rules.done_shown).unwrap_or(self.now);
        let mesh = self.mesh;
        let lately = mesh.claims.newest_done().take_while(|(at, _)| *at > since);
        let mut newest: Vec<_> = lately.take(DONE_MOST).collect();
        newest.reverse();
        for (at, claim) in newest {
            let (task, owner, at) = (short(&claim.task), self.mesh.roll.name(claim.owner), self.clock(at));
            self.page.line();
            self.page.put(&["✅ ", &task, " — ", &owner, " ", at.as_str()]);
        }
    }

    /// Those that wait longest.
    fn questions(&mut self) {
        let mesh = self.mesh;
        let mut asked: Vec<_> = mesh.questions.iter().collect();
        asked.sort_by_key(|(_, _, question)| question.at);
        for (agent, person, question) in asked.into_iter().take(QUESTIONS_MOST) {
            let (agent, person) = (mesh.roll.name(Who::Agent(agent)), mesh.roll.name(Who::Person(person)));
            self.page.line();
            self.page.put(&["❓ ", &person, " ← ", &agent, ": ", &short(&question.text)]);
            self.page.ago(&[" ·"]);
            self.minutes_since(question.at);
        }
    }

    fn down(&mut self, agent: AgentId, down: Down) {
        let always_on = self.mesh.roll.agent(agent).is_some_and(|agent| agent.always_on);
        let light = if always_on { "🔴" } else { "⚪" };
        let (name, at) = (self.mesh.roll.name(Who::Agent(agent)), self.clock(down.seen.unwrap_or(down.at)));
        self.page.line();
        self.page.put(&[light, " ", &name, " unreachable since ", at.as_str()]);
    }

    fn stood_down(&mut self, id: AgentId, order: &StandDown) {
        let mesh = self.mesh;
        let agent = mesh.roll.name(Who::Agent(id));
        self.page.line();
        if let Some((by, at)) = mesh.floor.paused.get(&id) {
            let (by, at) = (mesh.roll.name(Who::Person(*by)), self.clock(*at));
            return self.page.put(&["⏸️ ", &agent, " paused by ", &by, " ", at.as_str()]);
        }
        let (by, at) = (mesh.roll.name(Who::Person(order.by)), self.clock(order.at));
        let thumb = if order.confirmed.is_some() { " 👍" } else { "" };
        self.page.put(&["😴 ", &agent, " stood down by ", &by, " ", at.as_str(), thumb]);
    }

    fn throttled(&mut self, agent: AgentId, until: Timestamp) {
        let (name, until) = (self.mesh.roll.name(Who::Agent(agent)), self.clock(until));
        self.page.line();
        self.page.put(&["⏳ ", &name, " throttled until ", until.as_str()]);
    }

    fn foot(&mut self) {
        let midnight = self.now.to_zoned(self.rules.zone.clone()).start_of_day();
        let midnight = midnight.map_or(self.now, |midnight| midnight.timestamp());
        let done = self.mesh.claims.count_done_since(midnight);
        let time = clock_zone(self.now, &self.rules.zone);
        self.page.line();
        self.page.put(&["✅ ", &done.to_string(), " done today"]);
        self.page.ago(&[" · ", &time]);
    }
}
