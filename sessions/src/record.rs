//! The wrapping of every JSON record on disk: `{"v": 1, …}`.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;

/// The version this program writes, and the only one it reads.
pub(crate) const VERSION: u32 = 1;

/// The version before values that are not JSON.
pub(crate) const VERSION_BYTE: u8 = 1;

#[derive(Serialize)]
struct Wrapped<'a, T> {
    v: u32,
    #[serde(flatten)]
    body: &'a T,
}

#[derive(Deserialize)]
struct Version {
    v: u32,
}

/// The bytes of a record.
pub(crate) fn encode<T: Serialize>(body: &T) -> Vec<u8> {
    encode_as(VERSION, body)
}

/// The bytes of a record of a version of its own.
pub(crate) fn encode_as<T: Serialize>(v: u32, body: &T) -> Vec<u8> {
    serde_json::to_vec(&Wrapped { v, body })
        .expect("records are structs of plain values, which JSON can always hold")
}

/// Reads a record; `name` is what an error calls it.
pub(crate) fn decode<T: DeserializeOwned>(name: impl Fn() -> String, bytes: &[u8]) -> Result<T, StoreError> {
    decode_as(VERSION, name, bytes)
}

/// Reads a record of a version of its own.
pub(crate) fn decode_as<T: DeserializeOwned>(
    wanted: u32,
    name: impl Fn() -> String,
    bytes: &[u8],
) -> Result<T, StoreError> {
    let found = version(&name, bytes)?;
    if found != wanted {
        return Err(StoreError::UnknownVersion { record: name(), version: found });
    }
    serde_json::from_slice(bytes).map_err(|error| torn(name, error))
}

/// The version a record carries.
pub(crate) fn version(name: impl Fn() -> String, bytes: &[u8]) -> Result<u32, StoreError> {
    let read = serde_json::from_slice::<Version>(bytes);
    read.map(|version| version.v).map_err(|error| torn(name, error))
}

/// A damaged record.
pub(crate) fn torn(name: impl Fn() -> String, why: impl std::fmt::Display) -> StoreError {
    StoreError::Torn { record: name(), why: why.to_string() }
}

/// The number in a key of eight bytes, big-endian so that keys sort as numbers do.
pub(crate) fn number(tree: &str, key: &[u8]) -> Result<u64, StoreError> {
    let bytes = key.try_into().map_err(|_| torn(|| format!("a key of {tree}"), "it is not eight bytes"))?;
    Ok(u64::from_be_bytes(bytes))
}
