//! `mesh service`: the node as a service of the machine, started by systemd or launchd.

mod launchd;
mod systemd;

use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use crate::cli::Misconfigured;

/// What stands at the top of what is installed, so that only that is ever replaced or taken away.
const MARK: &str = "Made by mesh service install";

/// `mesh service`
#[derive(Args)]
pub struct Options {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand)]
enum Deed {
    /// Write the service's file: a hardened systemd unit, or a launchd plist on macOS. Nothing is started.
    #[command(after_help = "Examples:
  mesh service install --print
  mesh service install --config ~/mesh/mesh.toml && systemctl --user enable --now mesh
  sudo mesh service install --system --config /srv/mesh/mesh.toml

The service reads <folder of the configuration>/mesh.env, if it is there, for secrets named by { env = \"…\" }.")]
    Install(Install),
    /// Take the service's file away. What runs goes on until it is stopped.
    Uninstall(Place),
}

#[derive(Args)]
struct Install {
    #[command(flatten)]
    place: Place,
    /// The configuration of the node.
    #[arg(long, value_name = "FILE", default_value = "mesh.toml", env = "MESH_CONFIG")]
    config: PathBuf,
    /// Print the file instead of writing it.
    #[arg(long)]
    print: bool,
    /// Replace a file that is there and differs.
    #[arg(long)]
    force: bool,
}

#[derive(Args)]
struct Place {
    /// For the user who calls: it runs while they are logged in, or always after `loginctl enable-linger`. The default.
    #[arg(long, conflicts_with = "system")]
    user: bool,
    /// For the machine: it runs from its start, as the owner of the configuration.
    #[arg(long)]
    system: bool,
    /// The service's name.
    #[arg(long, default_value = "mesh", value_parser = name)]
    name: String,
}

/// Letters, digits, `-` and `_`: a name that is the same in a path, a unit and a label.
fn name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let first = text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    if first && text.len() <= 64 && text.chars().all(fits) {
        return Ok(text.to_owned());
    }
    Err("a name has up to 64 letters, digits, - and _, and begins with a letter or digit".to_owned())
}

/// Everything that stands in a service's file. All paths are absolute.
#[derive(Clone, Debug)]
struct Service {
    name: String,
    system: bool,
    /// Who runs a service of the machine, by number; one of a user runs as that user.
    owner: (u32, u32),
    /// The same by name, which launchd wants.
    user: String,
    program: PathBuf,
    config: PathBuf,
    state: PathBuf,
}

/// Which of the two writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Systemd,
    Launchd,
}

const HERE: Kind = if cfg!(target_os = "macos") { Kind::Launchd } else { Kind::Systemd };

/// Installs or takes away.
///
/// # Errors
/// A configuration without a state directory, a file that is there and is not ours, a directory that can't be written.
pub fn run(options: &Options) -> anyhow::Result<ExitCode> {
    match &options.deed {
        Deed::Install(install) => self::install(install)?,
        Deed::Uninstall(place) => uninstall(place)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn install(options: &Install) -> anyhow::Result<()> {
    let service = service(options)?;
    let text = match HERE {
        Kind::Systemd => systemd::unit(&service)?,
        Kind::Launchd => launchd::plist(&service)?,
    };
    if options.print {
        print!("{text}");
        return Ok(());
    }
    let path = path(&options.place)?;
    write(&path, &text, options.force)?;
    private_dir(&service)?;
    println!("{} is written. Next:", path.display());
    for line in next(&service, &path) {
        println!("  {line}");
    }
    Ok(())
}

fn service(options: &Install) -> anyhow::Result<Service> {
    let config = options.config.canonicalize();
    let config = config.with_context(|| format!("{} can't be read", options.config.display()))?;
    let state = config::state_dir(&config).map_err(|faults| Misconfigured(faults.to_string()))?;
    let owner = fs::metadata(&config).with_context(|| format!("{} can't be read", config.display()))?;
    let owner = (owner.uid(), owner.gid());
    if options.place.system && owner.0 == 0 {
        eprintln!(
            "mesh: {} belongs to root, so the node would run as root, which it has no need of: give it to a user of its \
             own (chown), and install again",
            config.display()
        );
    }
    Ok(Service {
        name: options.place.name.clone(),
        system: options.place.system,
        owner,
        user: user_name(owner.0),
        program: std::env::current_exe().context("where this program is")?,
        state: std::path::absolute(&state).context("where the state directory is")?,
        config,
    })
}

/// The name of a user, or the number where nobody knows it.
fn user_name(user: u32) -> String {
    let asked = std::process::Command::new("id").args(["-un", &user.to_string()]).output();
    let name = asked.ok().filter(|asked| asked.status.success());
    let name = name.map(|asked| String::from_utf8_lossy(&asked.stdout).trim().to_owned());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| user.to_string())
}

/// Where the file stands.
fn path(place: &Place) -> anyhow::Result<PathBuf> {
    let home = || {
        let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
        home.map(PathBuf::from).context("HOME is not set: whose service is it?")
    };
    let settings = || match std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from) {
        Some(settings) if settings.is_absolute() => Ok(settings),
        _ => Ok::<_, anyhow::Error>(home()?.join(".config")),
    };
    let name = &place.name;
    Ok(match (HERE, place.system) {
        (Kind::Systemd, true) => Path::new("/etc/systemd/system").join(format!("{name}.service")),
        (Kind::Systemd, false) => settings()?.join(format!("systemd/user/{name}.service")),
        (Kind::Launchd, true) => Path::new("/Library/LaunchDaemons").join(format!("{}.plist", label(name))),
        (Kind::Launchd, false) => home()?.join(format!("Library/LaunchAgents/{}.plist", label(name))),
    })
}

/// What launchd calls it.
fn label(name: &str) -> String {
    format!("dev.mesh.{name}")
}

/// Whole or not at all. What is there and not ours is never replaced; what is ours and differs, only by force.
fn write(path: &Path, text: &str, force: bool) -> anyhow::Result<()> {
    match fs::read_to_string(path) {
        Ok(there) if there == text => return Ok(()),
        Ok(there) if !there.contains(MARK) => {
            bail!(
                "{} is there and was not made by mesh: choose another --name, or move it away",
                path.display()
            )
        }
        Ok(_) if !force => bail!("{} is there and differs: --force replaces it", path.display()),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("{} can't be read", path.display())),
    }
    let dir = path.parent().context("a file in a directory")?;
    fs::create_dir_all(dir).with_context(|| format!("{} can't be made", dir.display()))?;
    let mut file = tempfile::NamedTempFile::new_in(dir).with_context(|| {
        format!("{} can't be written; a service of the machine needs root: sudo", dir.display())
    })?;
    std::io::Write::write_all(&mut file, text.as_bytes())?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    fs::set_permissions(file.path(), mode)?;
    file.persist(path).with_context(|| format!("{} can't be written", path.display()))?;
    Ok(())
}

/// The state directory has to be there before a service may write into nothing else.
fn private_dir(service: &Service) -> anyhow::Result<()> {
    if service.state.exists() {
        return Ok(());
    }
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&service.state);
    made.with_context(|| format!("{} can't be made", service.state.display()))?;
    let (user, group) = service.owner;
    std::os::unix::fs::chown(&service.state, Some(user), Some(group))
        .with_context(|| format!("{} can't be given to user {user}", service.state.display()))
}

/// What is to be done next.
fn next(service: &Service, path: &Path) -> Vec<String> {
    let Service { name, system, .. } = service;
    let path = path.display();
    match (HERE, system) {
        (Kind::Systemd, true) => vec![
            "systemctl daemon-reload".to_owned(),
            format!("systemctl enable --now {name}"),
            format!("journalctl -u {name} -f"),
        ],
        (Kind::Systemd, false) => vec![
            "systemctl --user daemon-reload".to_owned(),
            format!("systemctl --user enable --now {name}"),
            "loginctl enable-linger          (so that it runs while you are not logged in)".to_owned(),
            format!("journalctl --user -u {name} -f"),
        ],
        (Kind::Launchd, true) => vec![format!("sudo launchctl bootstrap system {path}")],
        (Kind::Launchd, false) => vec![format!("launchctl bootstrap gui/$(id -u) {path}")],
    }
}

fn uninstall(place: &Place) -> anyhow::Result<()> {
    let path = path(place)?;
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("{} is not there: nothing is installed under this name.", path.display());
            return Ok(());
        }
        Err(error) => return Err(error).with_context(|| format!("{} can't be read", path.display())),
    };
    if !text.contains(MARK) {
        bail!("{} was not made by mesh: take it away by hand if it is to go", path.display());
    }
    fs::remove_file(&path).with_context(|| format!("{} can't be taken away", path.display()))?;
    let name = &place.name;
    let stop = match (HERE, place.system) {
        (Kind::Systemd, true) => format!("systemctl disable --now {name}; systemctl daemon-reload"),
        (Kind::Systemd, false) => {
            format!("systemctl --user disable --now {name}; systemctl --user daemon-reload")
        }
        (Kind::Launchd, true) => format!("sudo launchctl bootout system/{}", label(name)),
        (Kind::Launchd, false) => format!("launchctl bootout gui/$(id -u)/{}", label(name)),
    };
    println!("{} is taken away. If it still runs:\n  {stop}", path.display());
    Ok(())
}

/// A path as text, without what no line of a file could hold.
fn shown(path: &Path) -> anyhow::Result<&str> {
    let text = path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))?;
    if text.chars().any(char::is_control) {
        bail!("{} has a control character: no service can name it", text.escape_debug());
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
