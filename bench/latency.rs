//! The walking mesh in figures, against the sandbox, in one run: start to running, memory, claim to answer, size.
//!
//! `cargo bench --bench latency` builds the program as it is shipped, starts it as its own process with Telegram's
//! limits lifted, and prints one line a figure. The baseline of the run is the bare round trip of a bot's poll: what the
//! sandbox, the loopback and HTTP cost without a mesh.

#[path = "times.rs"]
mod times;

use std::fmt::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use sandbox::world::{Draft, Peer, SeenWhat, World};
use sandbox::{Ready, Sandbox, Settings};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use self::times::{median, ms, polls, print, ratio, user};

const CLAIMS: usize = 500;
const STARTS: usize = 5;
const WITHIN: Duration = Duration::from_secs(30);

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measure())
}

async fn measure() -> anyhow::Result<()> {
    let sandbox = Sandbox::start(Settings::default()).await?;
    let folder = tempfile::tempdir()?;
    write_config(&sandbox.ready(), folder.path())?;
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let (mut node, took) = start(folder.path()).await?;
        starts.push(took);
        node.kill().await?;
    }
    let (mut node, _) = start(folder.path()).await?;
    let idle = resident(&node)?;
    let world = sandbox.world().clone();
    let group = Peer::from_bot_api(sandbox.ready().chats[0].id).expect("a chat");
    let baseline = polls(&sandbox.ready(), &world, group, CLAIMS).await?;
    let answers = claims(&world, group).await?;
    println!(
        "start to running        median {}  (first, signing in: {})",
        ms(median(&starts[1..])),
        ms(starts[0])
    );
    println!("resident, running       {idle} KiB; after {CLAIMS} claims {} KiB", resident(&node)?);
    print("claim to 👌", &answers);
    print("baseline: a bot's poll", &baseline);
    println!("ratio of the medians    {:.1}", ratio(median(&answers), median(&baseline)));
    println!("program                 {} KiB", std::fs::metadata(env!("CARGO_BIN_EXE_mesh"))?.len() / 1024);
    node.kill().await?;
    sandbox.stop().await;
    Ok(())
}

/// Starts a node; the time until it says that it runs: its account is connected by then.
async fn start(folder: &std::path::Path) -> anyhow::Result<(Child, Duration)> {
    let begun = Instant::now();
    let mut node = Command::new(env!("CARGO_BIN_EXE_mesh"))
        .args(["run", "--config"])
        .arg(folder.join("mesh.toml"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let mut lines = BufReader::new(node.stdout.take().expect("its words")).lines();
    let runs = async {
        while let Some(line) = lines.next_line().await? {
            if line.starts_with("mesh: running") {
                return Ok(());
            }
        }
        anyhow::bail!("the node ended")
    };
    tokio::time::timeout(WITHIN, runs).await??;
    let took = begun.elapsed();
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok((node, took))
}

/// Resident memory in KiB.
fn resident(node: &Child) -> anyhow::Result<u64> {
    let pid = node.id().expect("it runs");
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a Linux kernel says so");
    Ok(line.split_whitespace().nth(1).expect("a number").parse()?)
}

/// From the post of a claim to the mesh's 👌 on it, one claim after the other.
async fn claims(world: &World, group: Peer) -> anyhow::Result<Vec<Duration>> {
    let mut seen = world.watch();
    let sandman = user(world, "Sandman");
    let mut times = Vec::new();
    for n in 0..CLAIMS {
        let text = format!("🔒 EXCLUSIVE CLAIM: task {n}\nETA: 20 min");
        let begun = Instant::now();
        let posted = world.post(sandman, group, Draft { text, ..Draft::default() })?;
        let answered = async {
            loop {
                match seen.recv().await {
                    Ok(event)
                        if event.message == posted.key && matches!(event.what, SeenWhat::Reacted { .. }) =>
                    {
                        return;
                    }
                    _ => {}
                }
            }
        };
        tokio::time::timeout(WITHIN, answered).await?;
        times.push(begun.elapsed());
    }
    Ok(times)
}

fn write_config(ready: &Ready, folder: &std::path::Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let token = &ready.bots.iter().find(|bot| bot.username == "mesh_mastermind_bot").expect("the bot").token;
    let bridge = ready.accounts.iter().find(|account| account.name == "Mesh Bridge").expect("the account");
    let mut config = format!(
        "[mesh]\nname = \"bench\"\nnode = \"n\"\nsequencer = \"n\"\nterm = 1\ngroup = {}\n\
         [telegram]\napi_id = 1\napi_hash = {{ file = \"hash\" }}\n\
         [telegram.datacenter]\naddress = \"{}\"\nrsa_key = {{ file = \"sandbox.pem\" }}\n\
         [account]\nname = \"ear\"\nkind = \"dedicated\"\nphone = \"{}\"\ncode = {{ value = \"{}\" }}\n\
         [bot]\ntoken = {{ file = \"token\" }}\napi_url = \"{}\"\n\
         [limits]\nper_chat_per_second = 0\nper_group_per_minute = 0\noverall_per_second = 0\n",
        ready.chats[0].id, ready.mtproto, bridge.phone, bridge.code, ready.bot_api
    );
    for bot in ready.bots.iter().filter(|bot| bot.username != "mesh_mastermind_bot") {
        let name = bot.username.split('_').next().unwrap_or(&bot.username);
        let _ = writeln!(config, "[[agents]]\nid = {}\nname = \"{name}\"\ndoors = [\"hook\"]", bot.id.0);
    }
    for (name, text) in [
        ("sandbox.pem", &ready.rsa_key_pem),
        ("hash", &"sandbox".to_owned()),
        ("token", token),
        ("mesh.toml", &config),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, text)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}
