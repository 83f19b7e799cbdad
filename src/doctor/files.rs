//! Files and directories: who else could read or change them.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::finding::Finding;
use super::patient::Patient;

/// So many files are named at most.
const NAMED_MOST: usize = 5;
/// The state directory is no deeper than this.
const DEPTH_MOST: usize = 4;

/// Looks at permissions.
#[expect(clippy::unused_async, reason = "all checks have one signature")]
pub async fn check(patient: &Patient) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(changeable(&patient.file));
    match &patient.state {
        Some(state) => found.extend(private(state)),
        None => return found,
    }
    if found.is_empty() {
        found.push(Finding::ok("nobody else can read the state or change the configuration"));
    }
    found
}

/// Whether the state directory is somebody else's: opening it would leave files in it that its owner can't use.
pub fn is_anothers(state: &Path) -> bool {
    let owner = |path: &Path| fs::metadata(path).ok().map(|meta| meta.uid());
    // This very process, as Linux shows it; elsewhere that is not told.
    owner(Path::new("/proc/self")).zip(owner(state)).is_some_and(|(us, them)| us != them)
}

fn mode(path: &Path) -> Option<u32> {
    fs::symlink_metadata(path).ok().map(|meta| meta.permissions().mode() & 0o7777)
}

/// Whoever can write the configuration decides who gives orders.
fn changeable(file: &Path) -> Option<Finding> {
    let file = file.canonicalize().ok()?;
    let mode = mode(&file).filter(|mode| mode & 0o022 != 0)?;
    let shown = file.display();
    let what = format!("{shown} can be changed by others (mode {mode:03o}), and it says who may give orders");
    Some(Finding::fault(what, format!("run chmod go-w {shown}")))
}

/// The state holds the account's key and everything said.
fn private(state: &Path) -> Vec<Finding> {
    let shown = state.display();
    match fs::metadata(state) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let what = format!("{shown} is not there yet");
            return vec![Finding::warning(what, "the first start makes it: mesh run")];
        }
        Err(error) => {
            let what = format!("{shown} can't be read ({error})");
            return vec![Finding::fault(what, "run this as the user who runs the node")];
        }
        Ok(meta) if !meta.is_dir() => {
            let what = format!("{shown} is not a directory");
            return vec![Finding::fault(what, "name another [state] dir")];
        }
        Ok(_) if is_anothers(state) => {
            let what = format!("{shown} is another user's, so the store is not opened");
            return vec![Finding::warning(what, "run this as the user who runs the node")];
        }
        Ok(_) => {}
    }
    let open: Vec<PathBuf> = walk(state, DEPTH_MOST);
    if open.is_empty() {
        return Vec::new();
    }
    let named: Vec<_> = open.iter().take(NAMED_MOST).map(|path| path.display().to_string()).collect();
    let more = if open.len() > NAMED_MOST {
        format!(" and {} more", open.len() - NAMED_MOST)
    } else {
        String::new()
    };
    let what = format!("others can get at {}{more}", named.join(", "));
    vec![Finding::fault(what, format!("run chmod -R go-rwx {shown}"))]
}

/// Everything that group or others have any right to.
fn walk(path: &Path, depth: usize) -> Vec<PathBuf> {
    let Ok(meta) = fs::symlink_metadata(path) else { return Vec::new() };
    let mut open = Vec::new();
    if !meta.is_symlink() && meta.permissions().mode() & 0o077 != 0 {
        open.push(path.to_owned());
    }
    if meta.is_dir() && depth > 0 {
        let inside = fs::read_dir(path).into_iter().flatten().flatten();
        open.extend(inside.flat_map(|entry| walk(&entry.path(), depth - 1)));
    }
    open
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    fn set(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_state_that_others_can_read_is_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        assert_eq!(private(&state)[0].verdict, Verdict::Warning, "not there yet");
        fs::create_dir(&state).unwrap();
        set(&state, 0o700);
        fs::write(state.join("node.key"), "x").unwrap();
        set(&state.join("node.key"), 0o600);
        assert_eq!(private(&state), []);
        set(&state.join("node.key"), 0o640);
        let found = private(&state);
        assert_eq!(found[0].verdict, Verdict::Fault);
        assert!(found[0].what.contains("node.key"), "{found:?}");
        assert!(found[0].todo.as_ref().unwrap().starts_with("run chmod -R go-rwx"));
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(private(&file)[0].what.contains("not a directory"));
    }

    #[test]
    fn a_configuration_that_others_can_change_is_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mesh.toml");
        fs::write(&file, "").unwrap();
        set(&file, 0o644);
        assert_eq!(changeable(&file), None);
        set(&file, 0o664);
        assert_eq!(changeable(&file).unwrap().verdict, Verdict::Fault);
    }
}
