//! What commands look up that only the node knows: its log, its figures, the audit, the way of a task.

use std::time::Duration;

use commands::effect::Look;
use commands::input::EffectResult;
use commands::say;
use jiff::Timestamp;
use sessions::Audited;

use super::Engine;
use crate::history::History;
use crate::logging;

/// Changes of permissions that are shown.
const CHANGES_MOST: usize = 50;
/// So far back they are sought, in lines of the audit.
const SOUGHT_MOST: usize = 20_000;

impl Engine {
    /// What was found; nothing for what has to ask somebody else.
    pub(super) fn look(&self, what: &Look) -> Option<EffectResult> {
        let found = match what {
            Look::Ping | Look::Agent { .. } => return None,
            Look::Why { task } => {
                History::of(&self.journal(), self.mind.mesh(), task).told(&self.mind.rules().zone)
            }
            Look::Logs { lines } => logging::last(*lines).join("\n"),
            Look::Metrics => self.figures(),
            Look::Audit { lines } => return Some(self.audited(*lines, |_| true, false)),
            Look::PermsAudit => return Some(self.audited(CHANGES_MOST, is_about_permissions, true)),
        };
        let nothing = found.trim().is_empty();
        Some(EffectResult::Found(if nothing { "Nothing yet.".to_owned() } else { found }))
    }

    fn audited(&self, most: usize, which: fn(&Audited) -> bool, newest_first: bool) -> EffectResult {
        let newest = || {
            let lines = self.store.audit().rev().take(SOUGHT_MOST);
            let wanted = lines.filter(|line| line.as_ref().map_or(true, which)).take(most);
            wanted.collect::<Result<Vec<_>, _>>()
        };
        let mut lines = match tokio::task::block_in_place(newest) {
            Ok(lines) => lines,
            Err(error) => return EffectResult::Failed(error.to_string()),
        };
        if !newest_first {
            lines.reverse();
        }
        let shown: Vec<_> = lines.iter().map(|line| self.shown(line)).collect();
        EffectResult::Found(if shown.is_empty() { "Nothing yet.".into() } else { shown.join("\n") })
    }

    fn shown(&self, audited: &Audited) -> String {
        let line = &audited.line;
        let zone = &self.mind.rules().zone;
        let at = line.at.to_zoned(zone.clone()).strftime("%d %b %H:%M:%S").to_string();
        let target = line.target.as_ref().map(|target| format!(" [{target}]")).unwrap_or_default();
        let result = line.error.as_ref().unwrap_or(&line.result);
        let command = say::short(&line.command);
        format!("{at} {} ({}): {command}{target} → {}", line.name, line.user, say::short(result))
    }

    /// The node in figures.
    fn figures(&self) -> String {
        let (mesh, now, queue) = (self.mind.mesh(), (self.clock)(), self.dispatch.queue());
        let up = self.started.elapsed();
        let since = now.saturating_sub(up).unwrap_or(now);
        let zone = &self.mind.rules().zone;
        let memory = resident().map_or("unknown".to_owned(), |mib| format!("{mib} MiB"));
        [
            format!("📊 {}", self.mind.rules().node),
            format!("Version: {}", env!("CARGO_PKG_VERSION")),
            format!("Running since: {} ({})", say::clock_zone(since, zone), long(up)),
            format!("Memory: {memory}"),
            format!(
                "Journal: {} facts, {} since the snapshot",
                self.store.last(),
                self.store.since_snapshot()
            ),
            format!("Waiting to be sent: {}", queue.orders + queue.answers + queue.notices),
            format!("Claims: {} open", mesh.claims.count_open()),
            format!("Agents: {}", mesh.roll.agents().count()),
            self.last_heard(now),
        ]
        .join("\n")
    }

    fn last_heard(&self, now: Timestamp) -> String {
        let heard = self.present.map(|at| now.duration_since(at).as_secs().max(0));
        heard.map_or("Everything heard: not yet".to_owned(), |ago| format!("Everything heard: {ago} s ago"))
    }
}

fn is_about_permissions(audited: &Audited) -> bool {
    let command = audited.line.command.to_lowercase();
    let change =
        ["perms grant", "perms revoke", "perms by", "perms promise", "bind", "start ‹link›", "tap grant"];
    change.iter().any(|start| command.starts_with(start))
        || (command == "tap yes" && audited.line.target.as_ref().is_some_and(|of| of.starts_with("role ")))
        || command == "username changed hands"
}

/// Resident memory of this process, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}

fn long(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    match minutes {
        0 => format!("{} s", time.as_secs()),
        1..120 => format!("{minutes} min"),
        120..2_880 => format!("{} h {} min", minutes / 60, minutes % 60),
        _ => format!("{} d {} h", minutes / 1_440, minutes % 1_440 / 60),
    }
}
