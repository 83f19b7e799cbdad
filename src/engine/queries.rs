//! Questions of the control socket: answered from memory, or from the journal.

use commands::check;
use commands::grammar::Task;
use commands::ids::{ChatId, Fence};
use commands::preflight::{Preflight, Similar};
use commands::say;
use serde_json::{Value, json};

use super::Engine;
use super::work::Work;
use crate::cli::audit;
use crate::control::{About, Audit, FenceOf, Query};
use crate::history::History;
use crate::state::StateView;
use crate::tokens;

impl Engine {
    /// Answers one question. Whoever asked may have gone.
    pub(super) fn answer(&mut self, query: Query, caught_up: bool, work: &mut Work) {
        let mesh = self.mind.mesh();
        match query {
            Query::Throttled(agent, until, answer) => {
                self.says_it_is_throttled(agent, until, work);
                work.committed.push(answer);
            }
            Query::Rotated(agent, token, answer) => {
                self.mind.learn_token(tokens::LABEL, agent, &token);
                let _ = answer.send(());
            }
            Query::State(answer) => {
                let _ = answer.send(StateView::of(mesh, self.mind.now()));
            }
            Query::Vitals(answer) => {
                let _ = answer.send(self.vitals(caught_up));
            }
            Query::Beat(answer) => {
                let _ = answer.send(());
            }
            Query::Journal(answer) => {
                let _ = answer.send(self.journal());
            }
            Query::Place(name, answer) => {
                let _ = answer.send(self.place(name.as_deref()));
            }
            Query::Check(asked, answer) => {
                let _ = answer.send(self.check(&asked));
            }
            Query::Preflight(about, answer) => {
                let _ = answer.send(self.preflight(&about));
            }
            Query::Audit(what, answer) => {
                let _ = answer.send(self.audit(what));
            }
            Query::Agents(answer) => {
                let _ = answer.send(self.agents());
            }
            Query::History(task, answer) => {
                let _ = answer.send(History::of(&self.journal(), mesh, &task));
            }
        }
    }

    fn audit(&self, what: Audit) -> Result<Value, String> {
        let found = tokio::task::block_in_place(|| match what {
            Audit::Lines => audit::export(&self.store).map(|lines| json!({ "lines": lines })),
            Audit::Head => self.store.audit_head().map(|head| json!(head)).map_err(Into::into),
            Audit::Verdict(kept) => audit::verdict(&self.store, kept.head.as_deref()),
        });
        found.map_err(|error| error.to_string())
    }

    /// Every fact; at most those since the last snapshot, and the snapshot's.
    pub(super) fn journal(&self) -> Vec<sessions::Journalled> {
        tokio::task::block_in_place(|| self.store.replay().collect::<Result<Vec<_>, _>>()).unwrap_or_default()
    }

    fn place(&self, name: Option<&str>) -> Result<ChatId, String> {
        match name {
            None => Ok(self.mind.rules().group),
            Some(name) => self.caller(Some(name)).map(|who| ChatId(who.user().0)),
        }
    }

    fn check(&self, asked: &FenceOf) -> check::Check {
        let who = asked.caller.as_deref().and_then(|name| self.caller(Some(name)).ok());
        check::check(self.mind.mesh(), &asked.task, Fence(asked.fence), who)
    }

    fn preflight(&self, about: &About) -> Result<Value, String> {
        let task = Task::new(&about.task).ok_or_else(|| format!("\"{}\" names no task", about.task))?;
        let who = match &about.caller {
            Some(name) => Some(self.caller(Some(name))?),
            None => self.caller(None).ok(),
        };
        let Preflight { level, similar } = self.mind.preflight(&task, who);
        let held = self.mind.mesh().claims.open(&task.key);
        Ok(json!({
            "task": task.shown,
            "level": level.name(),
            "held_by": held.map(|claim| self.mind.mesh().name(claim.owner)),
            "until": held.and_then(|claim| claim.until),
            "similar": similar.iter().map(|similar| self.similar(similar)).collect::<Vec<_>>(),
        }))
    }

    fn similar(&self, similar: &Similar) -> Value {
        let mesh = self.mind.mesh();
        json!({
            "task": similar.task,
            "who": similar.who.map(|who| mesh.name(who)),
            "done": similar.done,
            "likeness": similar.likeness,
            "sentence": say::similar::one(mesh, similar, self.mind.now()),
        })
    }
}
