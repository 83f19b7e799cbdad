//! The node as a service: the unit that is installed is one that systemd reads, and the image is one that could run.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::sources;

/// A folder with a configuration, with everything in its name that a unit reads otherwise.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Self { folder };
        std::fs::create_dir_all(home.state()).expect("a state directory");
        let config = "[state]\ndir = \"./state\"\n";
        std::fs::write(home.config(), config).expect("a configuration");
        home
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("my 100% $HOME \"mesh\"/mesh.toml")
    }

    fn state(&self) -> PathBuf {
        self.config().with_file_name("state")
    }

    fn service(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mesh"));
        command.arg("service").args(words);
        if words[0] == "install" {
            command.arg("--config").arg(self.config());
        }
        let home = self.folder.path();
        command.env("HOME", home).env_remove("XDG_CONFIG_HOME").output().expect("mesh starts")
    }

    fn unit(&self) -> PathBuf {
        self.folder.path().join(".config/systemd/user/mesh.service")
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(target_os = "linux")]
#[test]
fn a_unit_is_installed_once_and_taken_away() {
    let home = Home::new();
    let install = home.service(&["install"]);
    assert!(install.status.success(), "{}", text(&install.stderr));
    assert!(
        text(&install.stdout).contains("systemctl --user enable --now mesh"),
        "{}",
        text(&install.stdout)
    );
    let unit = std::fs::read_to_string(home.unit()).expect("the unit");
    let print = home.service(&["install", "--print"]);
    assert_eq!(text(&print.stdout), unit);
    assert!(home.service(&["install"]).status.success(), "the same again is no change");

    std::fs::write(home.unit(), unit.replace("WatchdogSec=60s", "WatchdogSec=5s")).expect("a change");
    let again = home.service(&["install"]);
    assert!(!again.status.success() && text(&again.stderr).contains("--force"), "{}", text(&again.stderr));
    assert!(home.service(&["install", "--force"]).status.success());
    assert_eq!(std::fs::read_to_string(home.unit()).expect("the unit"), unit);

    assert!(home.service(&["uninstall"]).status.success());
    assert!(!home.unit().exists());
    let nothing = home.service(&["uninstall"]);
    assert!(nothing.status.success() && text(&nothing.stdout).contains("nothing is installed"));
}

#[cfg(target_os = "linux")]
#[test]
fn systemd_reads_the_units() {
    let home = Home::new();
    for (kind, exposure) in [("--system", "25"), ("--user", "65")] {
        let unit = text(&home.service(&["install", "--print", kind]).stdout);
        assert!(
            unit.contains("Type=notify") && unit.contains("my 100%% $$HOME \\\"mesh\\\"/mesh.toml\""),
            "{unit}"
        );
        let file = home.folder.path().join(format!("mesh{kind}.service"));
        std::fs::write(&file, unit).expect("a file");
        let verified = Command::new("systemd-analyze")
            .args(["verify", kind])
            .arg(&file)
            .env("XDG_RUNTIME_DIR", home.folder.path())
            .output();
        // Where there is no systemd, nobody could run the unit either.
        let Ok(verified) = verified else { return };
        assert!(verified.status.success(), "{}", text(&verified.stderr));
        let said = text(&verified.stderr);
        assert!(!said.contains(&*file.to_string_lossy()), "no complaint about a line: {said}");
        // From 0, nothing is exposed, to 100. A user's unit can't have name spaces.
        let rated = Command::new("systemd-analyze")
            .args(["security", "--offline=true", "--no-pager", &format!("--threshold={exposure}")])
            .arg(&file)
            .output()
            .expect("systemd-analyze");
        let unknown = text(&rated.stderr).contains("unrecognized option");
        assert!(unknown || rated.status.success(), "{}{}", text(&rated.stdout), text(&rated.stderr));
    }
}

fn dockerfile() -> String {
    std::fs::read_to_string(sources::root().join("Dockerfile")).expect("the Dockerfile")
}

/// The words of an instruction in its JSON form.
fn words(instruction: &str) -> Vec<String> {
    let file = dockerfile();
    let line = file.lines().find(|line| line.starts_with(instruction)).expect("the instruction");
    let json = &line[line.find('[').expect("the JSON form: there is no shell")..];
    serde_json::from_str(json).expect("words")
}

#[test]
fn the_image_runs_the_program_and_asks_it_how_it_is() {
    assert_eq!(words("ENTRYPOINT"), ["/usr/local/bin/mesh"]);
    for command in [words("CMD"), words("HEALTHCHECK")[1..].to_vec()] {
        let help = Command::new(env!("CARGO_BIN_EXE_mesh")).args(&command).arg("--help").output();
        let help = help.expect("mesh starts");
        assert!(help.status.success() && text(&help.stdout).contains("MESH_CONFIG"), "{command:?}");
    }
}

#[test]
fn the_image_is_built_by_our_own_compiler_and_takes_no_secret_along() {
    let manifest = std::fs::read_to_string(sources::root().join("Cargo.toml")).expect("Cargo.toml");
    let version = manifest.split("rust-version = \"").nth(1).and_then(|rest| rest.split('"').next());
    let version = version.expect("a version");
    assert!(dockerfile().contains(&format!("FROM rust:{version}-slim")), "rust-version is {version}");
    assert!(dockerfile().lines().any(|line| line.starts_with("FROM") && line.ends_with(":nonroot")));
    let left_out = std::fs::read_to_string(sources::root().join(".dockerignore")).expect(".dockerignore");
    for path in [".git", "target", "**/mesh.toml", "**/state"] {
        assert!(left_out.lines().any(|line| line == path), "{path}");
    }
    assert!(Path::new(&sources::root()).join("Cargo.lock").exists(), "--locked needs it");
}
