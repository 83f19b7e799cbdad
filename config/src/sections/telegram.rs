//! `[telegram]`: the application that signs accounts in, and where Telegram is.

use std::net::SocketAddrV4;

use crate::reading::{Found, Reading, Section};
use crate::secret::{InTheClear, Secret};

pub(crate) const KEYS: &[&str] = &["api_id", "api_hash", "datacenter"];
pub(crate) const DATACENTER_KEYS: &[&str] = &["address", "rsa_key"];

const PEM_BEGIN: &str = "-----BEGIN RSA PUBLIC KEY-----";

/// `[telegram]`
#[derive(Clone, Debug)]
pub struct Telegram {
    /// The application, from <https://my.telegram.org>.
    pub api_id: i32,
    /// Its hash.
    pub api_hash: Secret,
    /// One server in the place of all of Telegram's.
    pub datacenter: Option<DataCenter>,
}

/// `[telegram.datacenter]`: with it, every data centre is at this address.
#[derive(Clone, Debug)]
pub struct DataCenter {
    /// Where.
    pub address: SocketAddrV4,
    /// The server's public key, PKCS#1 in PEM.
    pub rsa_key: String,
}

pub(crate) fn read<'a>(reading: &mut Reading<'a>, document: &Section<'a>) -> Option<Telegram> {
    let Some(found) = document.get("telegram") else {
        if document.get("account").or_else(|| document.get("accounts")).is_some() {
            reading.fault(
                &document.spot.child("telegram"),
                "is missing, and an [account] needs it",
                "add [telegram] with api_id and api_hash from https://my.telegram.org",
            );
        }
        return None;
    };
    let section = reading.section(&found, KEYS)?;
    let api_id =
        reading.required(&section, "api_id", "api_id = { env = \"…\" } from https://my.telegram.org");
    let api_id = api_id.and_then(|found| read_api_id(reading, &found));
    let api_hash =
        reading.required(&section, "api_hash", "api_hash = { file = \"…\" } from https://my.telegram.org");
    let api_hash = api_hash.and_then(|found| reading.secret(&found, InTheClear::Refused));
    let datacenter = section.get("datacenter");
    let datacenter = datacenter.map(|found| read_datacenter(reading, &found));
    Some(Telegram {
        api_id: api_id?,
        api_hash: api_hash?,
        datacenter: match datacenter {
            Some(datacenter) => Some(datacenter?),
            None => None,
        },
    })
}

/// A number here, or by reference.
pub(crate) fn read_api_id<'a>(reading: &mut Reading<'a>, found: &Found<'a>) -> Option<i32> {
    if found.value.is_integer() {
        return reading.number(found, 1..=i64::from(i32::MAX));
    }
    let text = reading.secret(found, InTheClear::Fine)?;
    let id = text.expose().parse().ok().filter(|id: &i32| *id > 0);
    if id.is_none() {
        reading.fault(&found.spot, "is not a number", "write the number from https://my.telegram.org");
    }
    id
}

pub(crate) fn read_datacenter<'a>(reading: &mut Reading<'a>, found: &Found<'a>) -> Option<DataCenter> {
    let section = reading.section(found, DATACENTER_KEYS)?;
    let address = reading.required(&section, "address", "address = \"127.0.0.1:4430\"");
    let address = address.and_then(|found| read_address(reading, &found));
    let rsa_key = reading.required(&section, "rsa_key", "rsa_key = { file = \"sandbox.pem\" }");
    let rsa_key = rsa_key.and_then(|found| read_key(reading, &found));
    Some(DataCenter { address: address?, rsa_key: rsa_key? })
}

fn read_address<'a>(reading: &mut Reading<'a>, found: &Found<'a>) -> Option<SocketAddrV4> {
    let text = reading.text(found)?;
    let address = text.parse().ok();
    if address.is_none() {
        reading.fault(
            &found.spot,
            format!("`{text}` is not an IPv4 address with a port"),
            "write it like \"127.0.0.1:4430\"",
        );
    }
    address
}

fn read_key<'a>(reading: &mut Reading<'a>, found: &Found<'a>) -> Option<String> {
    let pem = reading.public_file(found)?;
    if !pem.trim_start().starts_with(PEM_BEGIN) {
        reading.fault(
            &found.spot,
            "is not a public RSA key in PKCS#1",
            format!("name the file that begins with {PEM_BEGIN}; `mesh sandbox --ready-json` prints it"),
        );
        return None;
    }
    Some(pem)
}
