//! `permissions.json` on disk: compared at the start with what was last written, written after each change.

use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use commands::fact::{Person, Role};
use commands::ids::UserId;
use commands::mesh::{Member, Mesh};
use commands::permissions::{self, Edit, FILE_MOST};
use sessions::{Batch, Store};

/// The name of the cursor with what was last written.
const WRITTEN: &str = "permissions/written";
/// The name of the cursor with the people of the configuration at the last start, as JSON.
const CONFIGURED: &str = "permissions/configured";

/// The file of a node.
#[derive(Debug)]
pub struct File {
    path: PathBuf,
    shown: String,
}

impl File {
    /// The file at that path, which need not be there.
    pub fn at(path: PathBuf) -> Self {
        Self { path, shown: String::new() }
    }

    /// What a person changed in it since it was last written, if anything.
    ///
    /// # Errors
    /// The file, the line and the reason; others may write it; nobody would be Exec any more.
    pub fn edit(&self, store: &Store, mesh: &Mesh) -> anyhow::Result<Option<Edit>> {
        let written = last(store, WRITTEN)?;
        let Some(text) = self.read()? else {
            if written.is_some() {
                tracing::warn!("{} is gone; it is written anew", self.path.display());
            }
            return Ok(None);
        };
        if written.as_ref() == Some(&text) {
            return Ok(None);
        }
        let name = self.path.display();
        let after = permissions::parse(&text).map_err(|why| anyhow::anyhow!("{name}: {why}"))?;
        // What the mesh wrote it can read; an earlier release's, too.
        let before = written.and_then(|text| permissions::parse(&text).ok()).unwrap_or_default();
        for entry in &after {
            let of_number = entry.id.and_then(|id| mesh.roll.get(UserId(id.0)));
            let agent = of_number.or(mesh.roll.by_name(&entry.persona)).filter(|member| is_agent(member));
            if let Some(agent) = agent {
                let agent = mesh.name(agent.who());
                bail!("{name}: {} is the agent {agent}: agents are configured in mesh.toml", entry.persona);
            }
        }
        let now = people(mesh);
        let edit = permissions::edited(now.clone(), &before, &after);
        let exec = |people: &[Person]| people.iter().any(|person| person.role == Some(Role::Exec));
        if exec(&now) && !exec(&edit.people) {
            bail!("{name}: nobody would be Exec any more; leave one \"role\": \"exec\"");
        }
        Ok(Some(edit))
    }

    fn read(&self) -> anyhow::Result<Option<String>> {
        let name = self.path.display();
        let about = match std::fs::metadata(&self.path) {
            Ok(about) => about,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("{name} can't be read")),
        };
        if about.permissions().mode() & 0o022 != 0 {
            bail!("{name}: others may write it, and so make themselves Execs; chmod 600 {name}");
        }
        if about.len() > FILE_MOST {
            bail!("{name}: longer than {FILE_MOST} bytes");
        }
        std::fs::read_to_string(&self.path).map(Some).with_context(|| format!("{name} can't be read"))
    }

    /// Writes it, if it does not show what is true.
    ///
    /// # Errors
    /// The disk, or the store.
    pub fn write(&mut self, store: &Store, mesh: &Mesh) -> anyhow::Result<()> {
        let text = permissions::render(mesh);
        if self.shown == text {
            return Ok(());
        }
        if self.read()?.as_ref() != Some(&text) {
            replace(&self.path, &text)
                .with_context(|| format!("{} can't be written", self.path.display()))?;
        }
        let cursors = vec![(WRITTEN.to_owned(), text.as_bytes().to_vec())];
        store.commit(Batch { cursors, ..Batch::default() })?;
        self.shown = text;
        Ok(())
    }
}

fn is_agent(member: &Member) -> bool {
    matches!(member, Member::Agent(_))
}

/// The people a mesh knows.
pub fn people(mesh: &Mesh) -> Vec<Person> {
    let person = |member: &Member| match member {
        Member::Person(person) => Some(person.clone()),
        Member::Agent(_) => None,
    };
    mesh.roll.members().filter_map(person).collect()
}

/// The people of the configuration as they are to be: what was changed by command stays, unless the configuration was
/// changed there since the last start.
///
/// # Errors
/// The store.
pub fn configured(store: &Store, mesh: &Mesh, people: Vec<Person>) -> anyhow::Result<Vec<Person>> {
    let before: Option<Vec<Person>> =
        last(store, CONFIGURED)?.and_then(|text| serde_json::from_str(&text).ok());
    let text = serde_json::to_vec(&people).context("people can't be written")?;
    let merged = match before {
        None => people,
        Some(before) => {
            let (before, after) = (permissions::entries_of(&before), permissions::entries_of(&people));
            permissions::edited(self::people(mesh), &before, &after).people
        }
    };
    let cursors = vec![(CONFIGURED.to_owned(), text)];
    store.commit(Batch { cursors, ..Batch::default() })?;
    Ok(merged)
}

fn last(store: &Store, cursor: &str) -> anyhow::Result<Option<String>> {
    Ok(store.cursor(cursor)?.and_then(|bytes| String::from_utf8(bytes).ok()))
}

/// In one step, so that a crash leaves the old file or the new one; 0600.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let new = path.with_extension("json.new");
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}
