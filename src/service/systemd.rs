//! The systemd unit: hardened, told of readiness, watched.
//!
//! What a setting protects from is in systemd.exec(5). A user's own manager may not set up name spaces everywhere, so
//! a user's unit has those settings only that need none.

use std::path::Path;

use super::{MARK, Service, shown};

/// The node feeds its watchdog twice within this, and only while its loop turns.
const WATCHDOG: &str = "60s";

/// For both kinds of units: no new rights, only the calls and address families that a node makes.
const EVERYWHERE: &str = "\
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
";

/// For a unit of the machine: nothing may be written but the state directory, nobody else's processes are seen.
const OF_THE_MACHINE: &str = "\
AmbientCapabilities=
CapabilityBoundingSet=
DevicePolicy=closed
PrivateDevices=yes
PrivateTmp=yes
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=read-only
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RemoveIPC=yes
";

/// The unit's text.
///
/// # Errors
/// A path that no unit can name.
pub fn unit(service: &Service) -> anyhow::Result<String> {
    let (program, config) = (shown(&service.program)?, shown(&service.config)?);
    let folder = service.config.parent().unwrap_or(Path::new("/"));
    let env = folder.join("mesh.env");
    let (folder, env) = (escape_line(shown(folder)?), escape_line(shown(&env)?));
    let (owner, group) = service.owner;
    let mut lines = vec![
        format!("# {MARK}. --force writes it anew; your own changes belong into a drop-in (systemctl edit)."),
        "[Unit]".to_owned(),
        "Description=mesh node".to_owned(),
        "Wants=network-online.target".to_owned(),
        "After=network-online.target".to_owned(),
        "StartLimitIntervalSec=10min".to_owned(),
        "StartLimitBurst=20".to_owned(),
        String::new(),
        "[Service]".to_owned(),
        "Type=notify".to_owned(),
        "NotifyAccess=main".to_owned(),
        format!("ExecStart={} run --config {}", quote(program, false), quote(config, true)),
        format!("WorkingDirectory={folder}"),
        format!("EnvironmentFile=-{env}"),
        "Restart=on-failure".to_owned(),
        "RestartSec=5s".to_owned(),
        "# A wrong configuration or command does not get better by itself.".to_owned(),
        "RestartPreventExitStatus=64 78".to_owned(),
        "TimeoutStartSec=3min".to_owned(),
        "TimeoutStopSec=30s".to_owned(),
        format!("WatchdogSec={WATCHDOG}"),
    ];
    if service.system {
        lines.push(format!("User={owner}\nGroup={group}"));
        lines.push(format!("ReadWritePaths={}", quote(shown(&service.state)?, false)));
        lines.push(OF_THE_MACHINE.trim_end().to_owned());
    }
    lines.push(EVERYWHERE.trim_end().to_owned());
    let target = if service.system { "multi-user.target" } else { "default.target" };
    lines.push(format!("\n[Install]\nWantedBy={target}"));
    Ok(lines.join("\n") + "\n")
}

/// A word in double quotes: `\` and `"` escaped, `%` doubled, and in arguments `$` too, which begins a variable there.
fn quote(word: &str, argument: bool) -> String {
    let mut quoted = String::from("\"");
    for c in word.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '%' => quoted.push_str("%%"),
            '$' if argument => quoted.push_str("$$"),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// A path that is the whole rest of its line, where systemd knows no quotes.
fn escape_line(path: &str) -> String {
    path.replace('%', "%%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_as_systemd_unquotes_them() {
        assert_eq!(quote("/srv/a b/mesh", false), "\"/srv/a b/mesh\"");
        assert_eq!(quote("/srv/100% \"q\" \\ $HOME", true), "\"/srv/100%% \\\"q\\\" \\\\ $$HOME\"");
        assert_eq!(quote("/srv/$x", false), "\"/srv/$x\"");
        assert_eq!(escape_line("/srv/a b/100%"), "/srv/a b/100%%");
    }
}
