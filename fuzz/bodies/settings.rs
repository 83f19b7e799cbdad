//! What holds for every file that is taken for a configuration, whatever the bytes.

use std::path::Path;

/// A file: it is a configuration, or every fault has its line and says what to do.
pub fn file(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // Files that it names are sought where there are none.
    let path = Path::new("/nonexistent/mesh.toml");
    let read = || config::parse(path, text, |_| None);
    match read() {
        Ok(config) => {
            assert_eq!(config.rules(), config.rules());
            assert_eq!(config.roster().people, config.people);
        }
        Err(faults) => {
            assert!(faults.iter().next().is_some(), "a refusal without a fault");
            for fault in faults.iter() {
                assert!(!fault.what.is_empty() && !fault.todo.is_empty(), "{fault}");
                assert!(
                    fault.line.is_none_or(|line| (1..=text.lines().count() + 1).contains(&line)),
                    "{fault}"
                );
            }
            assert_eq!(read().err(), Some(faults), "the same file, the same faults");
        }
    }
}
