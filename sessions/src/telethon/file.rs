//! Telethon's `.session` file: an `SQLite` database.
//!
//! It is read from memory, so that `SQLite` neither locks nor changes the file, and opens no other.

use std::io::{Cursor, Read};
use std::net::{IpAddr, SocketAddr};

use grammers_session::types::{ChannelState, PeerAuth, PeerId, PeerInfo, PeerKind, UpdatesState};
use jiff::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};

use super::{KEY, Telethon, TelethonError};

/// The longest file that is read, in bytes.
pub const FILE_MOST: usize = 64 * 1024 * 1024;
/// The most entities that are read; the store keeps no more of one account.
const ENTITIES_MOST: usize = 100_000;
/// The most channels whose state is read.
const CHANNELS_MOST: usize = 10_000;

const MAGIC: &[u8] = b"SQLite format 3\0";
/// Where the header tells how the file is written and read: 1 by a journal, 2 by a log beside it.
const JOURNAL_MODE: std::ops::Range<usize> = 18..20;
/// A database has a whole page at least.
const PAGE_LEAST: usize = 512;

/// The layout written by Telethon 1.45.
const VERSION: i64 = 8;
const READABLE: std::ops::RangeInclusive<i64> = 7..=VERSION;

const LAYOUT: &str = "
    create table version (version integer primary key);
    create table sessions (
        dc_id integer primary key, server_address text, port integer, auth_key blob, takeout_id integer,
        tmp_auth_key blob
    );
    create table entities (
        id integer primary key, hash integer not null, username text, phone integer, name text, date integer
    );
    create table sent_files (
        md5_digest blob, file_size integer, type integer, id integer, hash integer,
        primary key(md5_digest, file_size, type)
    );
    create table update_state (id integer primary key, pts integer, qts integer, date integer, seq integer);";

/// Reads a whole `.session` file.
pub fn read_file(file: impl Read) -> Result<Telethon, TelethonError> {
    let mut bytes = Vec::new();
    let most = u64::try_from(FILE_MOST).unwrap_or(u64::MAX);
    file.take(most + 1).read_to_end(&mut bytes).map_err(|error| TelethonError::Damaged(error.to_string()))?;
    if bytes.len() > FILE_MOST {
        return Err(TelethonError::TooLong);
    }
    let database = open(bytes)?;
    let version = version(&database)?;
    if !READABLE.contains(&version) {
        return Err(TelethonError::Version(version));
    }
    let (dc, address, auth_key) = session(&database)?;
    let (me, peers) = entities(&database)?;
    Ok(Telethon { dc, address, auth_key, me, peers, updates: updates(&database)? })
}

fn open(mut bytes: Vec<u8>) -> Result<Connection, TelethonError> {
    if !bytes.starts_with(MAGIC) {
        return Err(TelethonError::NotSqlite);
    }
    if bytes.len() < PAGE_LEAST || !bytes.len().is_multiple_of(page(&bytes)) {
        return Err(TelethonError::Damaged("it ends too early".to_owned()));
    }
    // A log beside the file could not be read from memory; the caller has looked that there is none.
    bytes[JOURNAL_MODE].fill(1);
    let length = bytes.len();
    let mut database = Connection::open_in_memory().map_err(damaged)?;
    database.execute_batch("pragma trusted_schema = off; pragma cell_size_check = on;").map_err(damaged)?;
    database.deserialize_read_exact("main", Cursor::new(bytes), length, true).map_err(damaged)?;
    let check: String = database.query_row("pragma quick_check(1)", [], |row| row.get(0)).map_err(damaged)?;
    if check != "ok" {
        return Err(TelethonError::Damaged("pages are missing or spoilt".to_owned()));
    }
    Ok(database)
}

/// The size of a page, as the header tells it; 1 stands for 65,536.
fn page(header: &[u8]) -> usize {
    match usize::from(u16::from_be_bytes([header[16], header[17]])) {
        0 | 1 => 65_536,
        size => size,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
fn damaged(error: rusqlite::Error) -> TelethonError {
    TelethonError::Damaged(error.to_string())
}

/// Every row of a table that is one, `most` at most.
fn rows<T>(
    database: &Connection,
    (table, columns): (&str, &str),
    most: usize,
    mut each: impl FnMut(&Row<'_>) -> Result<T, TelethonError>,
) -> Result<Vec<T>, TelethonError> {
    let known =
        "select count(*) from sqlite_master where type = 'table' and name = ?1 and sql not like '%virtual%'";
    let there: i64 = database.query_row(known, [table], |row| row.get(0)).map_err(damaged)?;
    if there != 1 {
        return Err(TelethonError::Damaged(format!("it has no table {table}")));
    }
    let mut statement =
        database.prepare(&format!("select {columns} from {table} limit {}", most + 1)).map_err(damaged)?;
    let mut found = statement.query([]).map_err(damaged)?;
    let mut all = Vec::new();
    while let Some(row) = found.next().map_err(damaged)? {
        if all.len() == most {
            return Err(TelethonError::Damaged(format!("{table} has more than {most} rows")));
        }
        all.push(each(row)?);
    }
    Ok(all)
}

/// A whole number, also where it was written as a real one.
fn number(row: &Row<'_>, column: usize, what: &'static str) -> Result<i64, TelethonError> {
    let odd = || TelethonError::Damaged(format!("{what} is no number"));
    match row.get_ref(column).map_err(damaged)? {
        ValueRef::Integer(number) => Ok(number),
        #[expect(clippy::cast_possible_truncation, reason = "within the bounds that are asked for")]
        ValueRef::Real(number) if number.abs() < 1e15 => Ok(number as i64),
        ValueRef::Null => Ok(0),
        _ => Err(odd()),
    }
}

fn small(row: &Row<'_>, column: usize, what: &'static str) -> Result<i32, TelethonError> {
    i32::try_from(number(row, column, what)?)
        .map_err(|_| TelethonError::Damaged(format!("{what} is out of bounds")))
}

fn version(database: &Connection) -> Result<i64, TelethonError> {
    let found = rows(database, ("version", "version"), 1, |row| number(row, 0, "the version"))?;
    found.first().copied().ok_or_else(|| TelethonError::Damaged("it names no version".to_owned()))
}

fn session(database: &Connection) -> Result<(i32, SocketAddr, [u8; KEY]), TelethonError> {
    let columns = "dc_id, server_address, port, auth_key";
    let found = rows(database, ("sessions", columns), 1, |row| {
        let key = match row.get_ref(3).map_err(damaged)? {
            ValueRef::Null | ValueRef::Blob([]) => return Err(TelethonError::NoKey),
            ValueRef::Blob(key) => <[u8; KEY]>::try_from(key)
                .map_err(|_| TelethonError::Damaged(format!("its key has {} bytes", key.len())))?,
            _ => return Err(TelethonError::Damaged("its key is no blob".to_owned())),
        };
        let odd = || TelethonError::Damaged("its server address is none".to_owned());
        let ip: IpAddr = match row.get_ref(1).map_err(damaged)? {
            ValueRef::Text(text) => {
                str::from_utf8(text).ok().and_then(|text| text.parse().ok()).ok_or_else(odd)?
            }
            _ => return Err(odd()),
        };
        let port = u16::try_from(small(row, 2, "its port")?).map_err(|_| odd())?;
        Ok((small(row, 0, "its data centre")?, SocketAddr::new(ip, port), key))
    })?;
    found.into_iter().next().ok_or(TelethonError::NoKey)
}

/// The own user, and everybody else. Telethon notes the own id as the hash of somebody with the id 0.
fn entities(database: &Connection) -> Result<(Option<i64>, Vec<PeerInfo>), TelethonError> {
    let read = |row: &Row<'_>| Ok((number(row, 0, "an entity's id")?, number(row, 1, "an entity's hash")?));
    let found = rows(database, ("entities", "id, hash"), ENTITIES_MOST, read)?;
    let me = found.iter().find(|(id, _)| *id == 0).map(|(_, me)| *me);
    let me = me.filter(|me| PeerId::user(*me).is_some());
    let peers = found.into_iter().filter_map(|(id, hash)| peer(id, hash, me)).collect();
    Ok((me, peers))
}

/// A peer by its id in the Bot API's form; none for one outside Telegram's ranges.
fn peer(id: i64, hash: i64, me: Option<i64>) -> Option<PeerInfo> {
    let peer = PeerId::from_bot_api_dialog_id(id).filter(|_| id != 0)?;
    let (bare, auth) = (peer.bare_id()?, Some(PeerAuth::from_hash(hash)));
    Some(match peer.kind() {
        PeerKind::User => PeerInfo::User { id: bare, auth, bot: None, is_self: Some(me == Some(bare)) },
        PeerKind::Chat => PeerInfo::Chat { id: bare },
        PeerKind::Channel => PeerInfo::Channel { id: bare, auth, kind: None },
    })
}

/// The account's own state has the id 0, those of channels have theirs.
fn updates(database: &Connection) -> Result<Option<UpdatesState>, TelethonError> {
    const WHAT: &str = "an update state";
    let (mut state, mut begun) = (UpdatesState::default(), false);
    rows(database, ("update_state", "id, pts, qts, date, seq"), CHANNELS_MOST, |row| {
        let (id, pts) = (number(row, 0, WHAT)?, small(row, 1, WHAT)?);
        if id == 0 {
            begun = pts > 0;
            (state.pts, state.qts) = (pts, small(row, 2, WHAT)?);
            (state.date, state.seq) = (small(row, 3, WHAT)?, small(row, 4, WHAT)?);
        } else if PeerId::channel(id).is_some() && pts > 0 {
            state.channels.push(ChannelState { id, pts });
        }
        Ok(())
    })?;
    Ok(begun.then_some(state))
}

/// The bytes of a file that Telethon opens, dated `now`.
pub fn write_file(session: &Telethon, now: Timestamp) -> Result<Vec<u8>, TelethonError> {
    let mut database = Connection::open_in_memory().map_err(damaged)?;
    database.execute_batch(LAYOUT).map_err(damaged)?;
    let put = |sql: &str, values: &[&dyn rusqlite::ToSql]| database.execute(sql, values).map_err(damaged);
    put("begin", &[])?;
    put("insert into version values (?)", params![VERSION])?;
    let (ip, port) = (session.address.ip().to_string(), session.address.port());
    let empty: &[u8] = &[];
    put(
        "insert into sessions values (?, ?, ?, ?, null, ?)",
        params![session.dc, ip, port, &session.auth_key[..], empty],
    )?;
    let own = session.me.map(|me| (0, me));
    for (id, hash) in session.peers.iter().filter_map(entity).chain(own) {
        let sql = "insert or replace into entities values (?, ?, null, null, null, ?)";
        put(sql, params![id, hash, now.as_second()])?;
    }
    if let Some(state) = &session.updates {
        let sql = "insert or replace into update_state values (?, ?, ?, ?, ?)";
        put(sql, params![0, state.pts, state.qts, state.date, state.seq])?;
        for channel in &state.channels {
            put(sql, params![channel.id, channel.pts, 0, now.as_second(), 0])?;
        }
    }
    put("commit", &[])?;
    Ok(database.serialize("main").map_err(damaged)?.to_vec())
}

/// A peer as Telethon keeps it; whom nothing is known of by which to write to them is left out.
fn entity(peer: &PeerInfo) -> Option<(i64, i64)> {
    let (id, hash) = match peer {
        PeerInfo::User { id, auth, .. } => (PeerId::user(*id)?, (*auth)?.hash()),
        PeerInfo::Chat { id } => (PeerId::chat(*id)?, 0),
        PeerInfo::Channel { id, auth, .. } => (PeerId::channel(*id)?, (*auth)?.hash()),
    };
    Some((id.bot_api_dialog_id()?, hash))
}
