//! Telethon's `StringSession`: `1`, then in URL-safe Base64 the data centre, its IP address, its port and the key.

use std::net::{IpAddr, SocketAddr};

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{KEY, Telethon, TelethonError};

/// The one version there is.
const VERSION: char = '1';
/// The longest text that is looked at, in bytes: two ways of writing an address, and then some.
const TEXT_MOST: usize = 1_000;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads one; white space around it is passed over.
pub fn read_string(text: &str) -> Result<Telethon, TelethonError> {
    let odd = TelethonError::NotAString;
    if text.len() > TEXT_MOST {
        return Err(odd("it is too long"));
    }
    let packed = text.trim().strip_prefix(VERSION).ok_or(odd("it begins otherwise"))?;
    let bytes = BASE64.decode(packed).map_err(|_| odd("other characters stand in it"))?;
    let (dc, rest) = bytes.split_first().ok_or(odd("it ends too early"))?;
    let (rest, auth_key) = rest.split_last_chunk::<KEY>().ok_or(odd("it ends too early"))?;
    let (ip, port) = rest.split_last_chunk::<2>().ok_or(odd("it ends too early"))?;
    let ip = match ip.len() {
        4 => <[u8; 4]>::try_from(ip).map(IpAddr::from),
        _ => <[u8; 16]>::try_from(ip).map(IpAddr::from),
    };
    let ip = ip.map_err(|_| odd("its length is another"))?;
    if auth_key.iter().all(|byte| *byte == 0) {
        return Err(TelethonError::NoKey);
    }
    Ok(Telethon {
        dc: i32::from(*dc),
        address: SocketAddr::new(ip, u16::from_be_bytes(*port)),
        auth_key: *auth_key,
        me: None,
        peers: Vec::new(),
        updates: None,
    })
}

/// Writes one; none where the data centre's number does not fit, which none of Telegram's does.
pub fn write_string(session: &Telethon) -> Option<String> {
    let mut bytes = vec![u8::try_from(session.dc).ok()?];
    match session.address.ip() {
        IpAddr::V4(ip) => bytes.extend(ip.octets()),
        IpAddr::V6(ip) => bytes.extend(ip.octets()),
    }
    bytes.extend(session.address.port().to_be_bytes());
    bytes.extend(session.auth_key);
    Some(format!("{VERSION}{}", BASE64.encode(bytes)))
}
