//! Cursors: how far each ear has heard, as named byte strings. A version byte goes before each.

use crate::error::StoreError;
use crate::record::{VERSION_BYTE, torn};
use crate::trees::{Trees, Writes};

/// A cursor as it is kept.
pub(crate) fn write(writes: &mut Writes, name: &str, value: &[u8]) {
    writes.cursors.insert(name.as_bytes(), [&[VERSION_BYTE], value].concat());
}

pub(crate) fn read(trees: &Trees, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(bytes) = trees.cursors.get(name)? else {
        return Ok(None);
    };
    let record = || format!("cursor {name}");
    match bytes.split_first() {
        Some((&VERSION_BYTE, value)) => Ok(Some(value.to_vec())),
        Some((&other, _)) => Err(StoreError::UnknownVersion { record: record(), version: other.into() }),
        None => Err(torn(record, "it is empty")),
    }
}
