//! Secrets over a real sshd on 127.0.0.1. Where there is none, each of these says so and proves nothing.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Nobody's; the middle of it is looked for where it must not be.
const SECRET: &str = "SANDBOX-a-secret-that-nobody-has-0123456789";
/// What has not come by then never will.
const WITHIN: Duration = Duration::from_secs(30);

/// A machine: an sshd of its own, with keys of its own.
struct Machine {
    folder: tempfile::TempDir,
    sshd: Child,
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.sshd.kill();
        let _ = self.sshd.wait();
    }
}

fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/usr/local/sbin";
    path.split(':').map(|folder| Path::new(folder).join(name)).find(|path| path.is_file())
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("a file");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("its mode");
}

fn wait_until(what: &str, wanted: impl Fn() -> bool) {
    let begun = Instant::now();
    while !wanted() {
        assert!(begun.elapsed() < WITHIN, "{what} did not happen");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

impl Machine {
    /// None where this machine has no sshd, or may not run one.
    fn start() -> Option<Self> {
        let (Some(sshd), Some(keygen)) = (program("sshd"), program("ssh-keygen")) else {
            println!("passed over: no sshd on this machine (apt-get install openssh-server)");
            return None;
        };
        // Run as root, it insists on this folder.
        let folder = tempfile::tempdir().expect("a folder");
        if is_root() && std::fs::create_dir_all("/run/sshd").is_err() {
            println!("passed over: sshd needs /run/sshd, which can't be made");
            return None;
        }
        let at = |name: &str| folder.path().join(name);
        for key in ["host", "ours"] {
            let mut command = Command::new(&keygen);
            command.args(["-q", "-t", "ed25519", "-N", "", "-C", "SANDBOX-key", "-f"]).arg(at(key));
            assert!(command.status().expect("ssh-keygen").success());
        }
        let port =
            std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("it").port();
        let public = |key: &str| std::fs::read_to_string(at(&format!("{key}.pub"))).expect("a key");
        write(&at("authorized_keys"), &public("ours"));
        write(&at("known_hosts"), &format!("[127.0.0.1]:{port} {}", public("host")));
        let shown = folder.path().display();
        write(
            &at("sshd_config"),
            &format!(
                "Port {port}\nListenAddress 127.0.0.1\nHostKey {shown}/host\nAuthorizedKeysFile {shown}/authorized_keys\n\
                 StrictModes no\nUsePAM no\nPidFile none\nPasswordAuthentication no\nPermitRootLogin yes\nLogLevel DEBUG\n"
            ),
        );
        write(
            &at("ssh_config"),
            &format!(
                "Host oracle\nHostName 127.0.0.1\nPort {port}\nIdentityFile {shown}/ours\nIdentitiesOnly yes\n\
                 UserKnownHostsFile {shown}/known_hosts\nGlobalKnownHostsFile none\n"
            ),
        );
        write(
            &at("mesh.toml"),
            &format!(
                "[[agents]]\nid = 4102\nname = \"Oracle\"\nssh = \"oracle\"\nsecrets_dir = \"{shown}/there\"\n"
            ),
        );
        let log = std::fs::File::create(at("sshd.log")).expect("a log");
        let mut command = Command::new(sshd);
        command.args(["-D", "-e", "-f"]).arg(at("sshd_config")).stderr(log).stdin(Stdio::null());
        let sshd = command.spawn().expect("sshd starts");
        let machine = Self { folder, sshd };
        wait_until("sshd", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        Some(machine)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn there(&self) -> Vec<String> {
        let read = std::fs::read_dir(self.at("there")).into_iter().flatten();
        read.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }

    /// `mesh secret …`, reading this; another `ssh` is found first in `path`, if one is named.
    fn secret(&self, words: &[&str], input: &str, path: Option<&Path>) -> Output {
        use std::io::Write as _;
        let mut command = Command::new(env!("CARGO_BIN_EXE_mesh"));
        command.arg("secret").args(words).arg("--config").arg(self.at("mesh.toml"));
        command.arg("--ssh-config").arg(self.at("ssh_config"));
        if let Some(path) = path {
            let after = std::env::var("PATH").unwrap_or_default();
            command.env("PATH", format!("{}:{after}", path.display()));
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("mesh starts");
        child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("it reads");
        child.wait_with_output().expect("it ends")
    }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|meta| std::os::unix::fs::MetadataExt::uid(&meta) == 0)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Whether the secret stands in the command line or the environment of any process, now.
fn is_in_sight() -> bool {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    let own = std::process::id().to_string();
    processes.filter(|entry| entry.file_name().to_string_lossy() != own).any(|entry| {
        ["cmdline", "environ"].iter().any(|file| {
            let bytes = std::fs::read(entry.path().join(file)).unwrap_or_default();
            bytes.windows(20).any(|part| part == &SECRET.as_bytes()[..20])
        })
    })
}

#[test]
fn a_secret_arrives_for_its_owner_only_and_shows_nowhere() {
    let Some(machine) = Machine::start() else { return };
    let (done, seen) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let watcher = {
        let (done, seen) = (done.clone(), seen.clone());
        std::thread::spawn(move || {
            while !done.load(Ordering::Relaxed) {
                seen.fetch_or(is_in_sight(), Ordering::Relaxed);
            }
        })
    };
    let sent = machine.secret(&["send", "oracle", "hooks.token"], SECRET, None);
    done.store(true, Ordering::Relaxed);
    watcher.join().expect("it watched");
    assert!(sent.status.success(), "{}", said(&sent));
    assert!(!seen.load(Ordering::Relaxed), "it stood in a command line");
    let file = machine.at("there/hooks.token");
    assert_eq!(std::fs::read_to_string(&file).expect("the secret"), SECRET);
    let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(&machine.at("there"))), (0o600, 0o700));
    assert!(!said(&sent).contains(SECRET));
    let log = std::fs::read_to_string(machine.at("sshd.log")).expect("a log");
    assert!(log.contains("Accepted publickey") && !log.contains(&SECRET[..20]), "{log}");
    assert_eq!(machine.there(), ["hooks.token"]);

    let again = machine.secret(&["send", "Oracle", "hooks.token"], "SANDBOX-another", None);
    assert!(again.status.success(), "{}", said(&again));
    assert_eq!(std::fs::read_to_string(&file).expect("the secret"), "SANDBOX-another");
    let checked = machine.secret(&["check"], "", None);
    assert!(
        checked.status.success() && said(&checked).contains("hooks.token -rw-------"),
        "{}",
        said(&checked)
    );
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("its mode");
    let checked = machine.secret(&["check"], "", None);
    assert!(
        checked.status.code() == Some(1) && said(&checked).contains("others may read"),
        "{}",
        said(&checked)
    );
}

#[test]
fn a_broken_transfer_leaves_what_was_there() {
    let Some(machine) = Machine::start() else { return };
    assert!(machine.secret(&["send", "Oracle", "key"], "SANDBOX-before", None).status.success());
    let real = program("ssh").expect("ssh");
    let folder = machine.at("bin");
    std::fs::create_dir(&folder).expect("a folder");
    let ssh = folder.join("ssh");
    write(&ssh, &format!("#!/bin/sh\nhead -c 10 | {} \"$@\"\n", real.display()));
    std::fs::set_permissions(&ssh, std::fs::Permissions::from_mode(0o700)).expect("its mode");
    let cut = machine.secret(&["send", "Oracle", "key"], SECRET, Some(&folder));
    assert!(cut.status.code() == Some(1) && said(&cut).contains("it did not arrive whole"), "{}", said(&cut));
    assert_eq!(machine.there(), ["key"]);
    assert_eq!(std::fs::read_to_string(machine.at("there/key")).expect("it"), "SANDBOX-before");
}

#[test]
fn what_is_lent_is_deleted_and_what_took_its_place_is_not() {
    let Some(machine) = Machine::start() else { return };
    let lent = machine.secret(&["send", "Oracle", "lent", "--for", "1s"], SECRET, None);
    assert!(lent.status.success() && said(&lent).contains("deleted after 1s"), "{}", said(&lent));
    wait_until("its end", || !machine.at("there/lent").exists());
    assert!(machine.secret(&["send", "Oracle", "other", "--for", "1s"], SECRET, None).status.success());
    assert!(machine.secret(&["send", "Oracle", "other"], "SANDBOX-stays", None).status.success());
    assert!(machine.secret(&["send", "Oracle", "third", "--for", "2s"], SECRET, None).status.success());
    wait_until("the end of the third", || !machine.at("there/third").exists());
    assert_eq!(std::fs::read_to_string(machine.at("there/other")).expect("it"), "SANDBOX-stays");
}

#[test]
fn nobody_unknown_is_trusted_and_no_password_asked_for() {
    let Some(machine) = Machine::start() else { return };
    let known = std::fs::read_to_string(machine.at("known_hosts")).expect("it");
    write(&machine.at("known_hosts"), "");
    let unknown = machine.secret(&["send", "Oracle", "key"], SECRET, None);
    assert_eq!(unknown.status.code(), Some(2), "{}", said(&unknown));
    write(&machine.at("known_hosts"), &known);
    write(&machine.at("authorized_keys"), "");
    let stranger = machine.secret(&["send", "Oracle", "key"], SECRET, None);
    assert!(
        stranger.status.code() == Some(2) && said(&stranger).contains("ermission denied"),
        "{}",
        said(&stranger)
    );
    assert!(machine.there().is_empty());
    for words in [
        &["send", "Oracle", "../key"][..],
        &["send", "Nobody", "key"],
        &["send", "Oracle", "key", "--for", "2d"],
    ] {
        assert_eq!(machine.secret(words, SECRET, None).status.code(), Some(64), "{words:?}");
    }
}

/// Of two faults the worse is told: what nobody could look at.
#[test]
fn a_machine_that_is_not_reached_is_not_forgotten_over_a_later_one() {
    let Some(machine) = Machine::start() else { return };
    assert!(machine.secret(&["send", "Oracle", "key"], SECRET, None).status.success());
    std::fs::set_permissions(machine.at("there/key"), std::fs::Permissions::from_mode(0o644))
        .expect("its mode");
    let config = std::fs::read_to_string(machine.at("mesh.toml")).expect("it");
    let gone = "[[agents]]\nid = 4101\nname = \"Gone\"\nssh = \"gone\"\n";
    write(&machine.at("mesh.toml"), &format!("{gone}{config}"));
    let ssh = std::fs::read_to_string(machine.at("ssh_config")).expect("it");
    // Port 9 of this machine: nobody listens there.
    write(&machine.at("ssh_config"), &format!("Host gone\nHostName 127.0.0.1\nPort 9\n{ssh}"));
    let checked = machine.secret(&["check"], "", None);
    assert!(said(&checked).contains("others may read"), "{}", said(&checked));
    assert_eq!(checked.status.code(), Some(2), "{}", said(&checked));
}

#[test]
fn the_doctor_knocks_at_each_machine() {
    let Some(machine) = Machine::start() else { return };
    let doctor = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mesh"));
        command.args(["doctor", "--json", "--config"]).arg(machine.at("mesh.toml"));
        let output = command.arg("--ssh-config").arg(machine.at("ssh_config")).output().expect("mesh starts");
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let checks = found["checks"].as_array().expect("checks").clone();
        checks.into_iter().find(|check| check["name"] == "machines").expect("the machines")
    };
    let found = doctor();
    assert_eq!((&found["verdict"], &found["what"]), (&"ok".into(), &"Oracle: ssh oracle lets us in".into()));
    write(&machine.at("known_hosts"), "");
    let found = doctor();
    let what = found["what"].as_str().expect("a text");
    assert!(found["verdict"] == "warning" && what.contains("does not let us in: "), "{found}");
    assert!(machine.there().is_empty());
}
