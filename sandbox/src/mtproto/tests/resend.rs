//! A client that comes back to its session: what it did not acknowledge is sent again.

use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use grammers_crypto::{AuthKey, DequeBuffer, decrypt_data_v2, encrypt_data_v2};
use grammers_tl_types::{Deserializable, Identifiable, Serializable, enums, functions as f, types};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{AT_MOST, Sandbox};
use crate::mtproto::crypto::Message;
use crate::mtproto::envelope::unpack;
use crate::world::Draft;

/// `rpc_result`, which is in no schema.
const RPC_RESULT: u32 = 0xf35c_6d01;

/// A client that decides itself when it acknowledges and when it hangs up.
struct Client {
    key: AuthKey,
    address: SocketAddr,
    stream: TcpStream,
    frames: u32,
    salt: i64,
    session: i64,
    last_id: i64,
    sent: i32,
}

impl Client {
    async fn of(sandbox: &Sandbox, username: &str) -> Self {
        let made = sandbox.sessions.make_key(Some(sandbox.user(username).id));
        let stream = TcpStream::connect(sandbox.address).await.unwrap();
        let key = AuthKey::from_bytes(made.auth_key);
        let address = sandbox.address;
        Self { key, address, stream, frames: 0, salt: 0, session: 42, last_id: 0, sent: 0 }
    }

    /// The same session over another connection.
    async fn come_back(&mut self) {
        self.stream = TcpStream::connect(self.address).await.unwrap();
        self.frames = 0;
    }

    fn next_id(&mut self) -> i64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let id = i64::try_from(now.as_secs()).unwrap() << 32 | i64::from(now.subsec_nanos()) << 2 & !3;
        self.last_id = id.max(self.last_id + 4);
        self.last_id
    }

    async fn send(&mut self, body: &[u8], content: bool) -> i64 {
        let id = self.next_id();
        let seq_no = self.sent * 2 + i32::from(content);
        self.sent += i32::from(content);
        self.send_as(id, seq_no, body).await;
        id
    }

    async fn send_as(&mut self, id: i64, seq_no: i32, body: &[u8]) {
        let mut message = DequeBuffer::with_capacity(1024, 64);
        message.extend(self.salt.to_le_bytes());
        message.extend(self.session.to_le_bytes());
        message.extend(id.to_le_bytes());
        message.extend(seq_no.to_le_bytes());
        message.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
        message.extend(body.iter().copied());
        encrypt_data_v2(&mut message, &self.key);
        let mut frame = u32::try_from(message.len() + 12).unwrap().to_le_bytes().to_vec();
        frame.extend(self.frames.to_le_bytes());
        frame.extend(&message[..]);
        let mut crc = flate2::Crc::new();
        crc.update(&frame);
        frame.extend(crc.sum().to_le_bytes());
        self.frames += 1;
        self.stream.write_all(&frame).await.unwrap();
    }

    /// The messages of the next frame, whatever container they came in.
    async fn receive(&mut self) -> Vec<Message> {
        let mut length = [0; 4];
        let read = self.stream.read_exact(&mut length);
        tokio::time::timeout(AT_MOST, read).await.expect("nothing came").unwrap();
        let mut rest = vec![0; usize::try_from(u32::from_le_bytes(length)).unwrap() - 4];
        self.stream.read_exact(&mut rest).await.unwrap();
        let end = rest.len() - 4;
        let plain = decrypt_data_v2(&mut rest[4..end], &self.key).unwrap();
        let long = |at: usize| i64::from_le_bytes(plain[at..at + 8].try_into().unwrap());
        let int = |at: usize| i32::from_le_bytes(plain[at..at + 4].try_into().unwrap());
        let body = plain[32..32 + usize::try_from(int(28)).unwrap()].to_vec();
        unpack(Message { id: long(16), seq_no: int(24), body }).unwrap()
    }

    /// What comes until `wanted` is among it.
    async fn until(&mut self, wanted: impl Fn(&Message) -> bool) -> Vec<Message> {
        let mut all = Vec::new();
        loop {
            all.extend(self.receive().await);
            if all.iter().any(&wanted) {
                return all;
            }
        }
    }

    /// Takes the salt that a first, saltless message is told.
    async fn learn_salt(&mut self) {
        self.send(&f::Ping { ping_id: 1 }.to_bytes(), true).await;
        let told = self.until(is::<types::BadServerSalt>).await;
        let bad = enums::BadMsgNotification::from_bytes(&told.last().unwrap().body).unwrap();
        let enums::BadMsgNotification::BadServerSalt(bad) = bad else { panic!("a salt") };
        self.salt = bad.new_server_salt;
        self.sent = 0;
    }

    async fn acknowledge(&mut self, messages: &[Message]) {
        let msg_ids = messages.iter().filter(|message| message.seq_no % 2 == 1).map(|message| message.id);
        let ack: enums::MsgsAck = types::MsgsAck { msg_ids: msg_ids.collect() }.into();
        self.send(&ack.to_bytes(), false).await;
    }
}

fn is<T: Identifiable>(message: &Message) -> bool {
    message.body.starts_with(&T::CONSTRUCTOR_ID.to_le_bytes())
}

/// The answer to a request.
fn answers(request: i64) -> impl Fn(&Message) -> bool {
    let head = [&RPC_RESULT.to_le_bytes()[..], &request.to_le_bytes()].concat();
    move |message| message.body.starts_with(&head)
}

fn ping() -> Vec<u8> {
    f::Ping { ping_id: 7 }.to_bytes()
}

#[tokio::test]
async fn what_was_not_acknowledged_comes_again_and_what_was_does_not() {
    let sandbox = Sandbox::start().await;
    let alex = sandbox.user("alex_ops").id;
    let mut ely = Client::of(&sandbox, "ely_exec").await;
    ely.learn_salt().await;
    let request = ely.send(&f::updates::GetState {}.to_bytes(), true).await;
    let answer = ely.until(answers(request)).await;
    assert!(answer.iter().any(is::<types::NewSessionCreated>));
    ely.acknowledge(&answer).await;
    sandbox.world.post(alex, sandbox.group(), Draft::text("heard twice")).unwrap();
    let push = ely.until(is::<types::Updates>).await.pop().unwrap();

    ely.come_back().await;
    sandbox.world.post(alex, sandbox.group(), Draft::text("said meanwhile")).unwrap();
    ely.send(&ping(), true).await;
    let mut told = ely.until(|message| is::<types::Updates>(message) && message.id != push.id).await;
    assert!(!told.iter().any(is::<types::NewSessionCreated>), "the session is the same");
    told.retain(is::<types::Updates>);
    assert_eq!(told[0], push, "the same message, with the same numbers");
    assert!(String::from_utf8_lossy(&told[1].body).contains("said meanwhile"));
    assert_eq!(told.len(), 2);

    ely.acknowledge(&told).await;
    ely.send(&ping(), true).await;
    ely.until(is::<types::Pong>).await;
    ely.come_back().await;
    ely.send(&ping(), true).await;
    let told = ely.until(is::<types::Pong>).await;
    assert!(!told.iter().any(is::<types::Updates>), "both are acknowledged");
}

#[tokio::test]
async fn a_lost_answer_is_given_to_whoever_comes_back_and_asks_again() {
    let sandbox = Sandbox::start().await;
    let mut ely = Client::of(&sandbox, "ely_exec").await;
    ely.learn_salt().await;
    let fault = crate::world::Fault::LoseReply { method: "help.getNearestDc".to_owned(), times: 1 };
    sandbox.world.faults().add(fault);
    let id = ely.next_id();
    let request = f::help::GetNearestDc {}.to_bytes();
    ely.send_as(id, 1, &request).await;
    let mut end = Vec::new();
    let _ = ely.stream.read_to_end(&mut end).await;
    ely.come_back().await;
    ely.send_as(id, 1, &request).await;
    ely.until(answers(id)).await;
}

#[tokio::test]
async fn messages_are_sent_again_on_request_and_old_sessions_destroyed() {
    let sandbox = Sandbox::start().await;
    let mut ely = Client::of(&sandbox, "ely_exec").await;
    ely.learn_salt().await;
    let request = ely.send(&f::updates::GetState {}.to_bytes(), true).await;
    let told = ely.until(answers(request)).await;
    let answer = told.into_iter().find(|message| answers(request)(message)).unwrap();
    let ask: enums::MsgResendReq = types::MsgResendReq { msg_ids: vec![answer.id, 8] }.into();
    ely.send(&ask.to_bytes(), true).await;
    let told = ely.until(is::<types::MsgsStateInfo>).await;
    assert!(told.contains(&answer), "what is kept comes as it was, of the rest the state is told");

    let old = std::mem::replace(&mut ely.session, 43);
    ely.sent = 0;
    let destroy = |session_id| f::DestroySession { session_id }.to_bytes();
    ely.send(&destroy(old), true).await;
    ely.until(is::<types::DestroySessionOk>).await;
    ely.send(&destroy(old), true).await;
    ely.until(is::<types::DestroySessionNone>).await;
}
