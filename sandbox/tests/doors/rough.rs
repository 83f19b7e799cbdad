//! Clients that break the rules: they are cut off, and the others notice nothing.

use std::time::{Duration, Instant};

use sandbox::world::{Draft, LOG_KEPT};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::Stage;
use super::stage::{AT_MOST, Person};

/// How long somebody who keeps to the rules may wait for an answer meanwhile.
const UNDISTURBED: Duration = Duration::from_secs(5);
/// How long the server may take to lose its patience with somebody who does not read.
const CUT_OFF: Duration = Duration::from_secs(40);

impl Stage {
    async fn mtproto(&self) -> TcpStream {
        TcpStream::connect(self.sandbox.ready().mtproto).await.unwrap()
    }

    async fn bot_api(&self) -> TcpStream {
        let ready = self.sandbox.ready();
        TcpStream::connect(ready.bot_api.strip_prefix("http://").unwrap()).await.unwrap()
    }

    /// The others are heard and answered as ever.
    async fn others_notice_nothing(&self, ely: &mut Person, text: &str) {
        let begun = Instant::now();
        assert!(ely.client.get_me().await.is_ok());
        assert_eq!(self.bot("getMe", json!({})).await.0, 200);
        self.world().post(self.user("alex_ops"), self.group(), Draft::text(text)).unwrap();
        while ely.hears().await != text {}
        assert!(begun.elapsed() < UNDISTURBED, "{:?}", begun.elapsed());
    }
}

/// A client whose line to the server stops reading on order.
struct SlowReader {
    /// Kept, so that it stays signed in.
    _person: Person,
    stop: watch::Sender<bool>,
    cut_off: JoinHandle<()>,
}

impl SlowReader {
    async fn connect(stage: &Stage, name: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (stop, stopped) = watch::channel(false);
        let server = stage.mtproto().await;
        let cut_off = tokio::spawn(async move {
            let (client, _) = listener.accept().await.unwrap();
            relay(client, server, stopped).await;
        });
        let person = stage.person_at(name, Some(address)).await;
        Self { _person: person, stop, cut_off }
    }

    /// From now on nothing is read.
    fn stop_reading(&self) {
        self.stop.send_replace(true);
    }

    /// Waits until the server hangs up.
    async fn await_cut(self) {
        tokio::time::timeout(CUT_OFF, self.cut_off).await.expect("the slow reader is still there").unwrap();
    }
}

/// Passes bytes on both ways until told to stop; then reads no more and waits until the server hangs up.
async fn relay(client: TcpStream, server: TcpStream, mut stopped: watch::Receiver<bool>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    tokio::select! {
        _ = tokio::io::copy(&mut from_server, &mut to_client) => panic!("the server hung up too early"),
        _ = tokio::io::copy(&mut from_client, &mut to_server) => panic!("the client hung up"),
        _ = stopped.wait_for(|stopped| *stopped) => {}
    }
    // What the client would go on sending; once the server has hung up, it can't be sent.
    let mut again = tokio::time::interval(Duration::from_millis(200));
    while to_server.write_all(&[0]).await.is_ok() {
        again.tick().await;
    }
}

/// Bytes that follow from a number.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(length).collect()
}

/// Sends, and waits until the server hangs up; what it said before.
async fn last_words(mut stream: TcpStream, bytes: &[u8]) -> Vec<u8> {
    // The server may hang up before it has read everything.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut words = Vec::new();
    let read = tokio::time::timeout(AT_MOST, stream.read_to_end(&mut words)).await;
    // A reset is a way to hang up.
    drop(read.expect("the server did not hang up"));
    words
}

fn full(number: u32, payload: &[u8]) -> Vec<u8> {
    let mut frame = u32::try_from(payload.len() + 12).unwrap().to_le_bytes().to_vec();
    frame.extend(number.to_le_bytes());
    frame.extend(payload);
    let mut crc = flate2::Crc::new();
    crc.update(&frame);
    frame.extend(crc.sum().to_le_bytes());
    frame
}

#[tokio::test]
async fn random_bytes_are_cut_off_at_every_door() {
    let stage = Stage::start().await;
    let mut ely = stage.person("Ely").await;
    for seed in 0..50 {
        let bytes = noise(seed, 40 + usize::try_from(seed).unwrap() * 37);
        last_words(stage.mtproto().await, &bytes).await;
        last_words(stage.bot_api().await, &bytes).await;
        // The same behind a tag, so that the frames are reached.
        for tag in [&[0xef][..], &[0xee; 4], &[0xdd; 4]] {
            last_words(stage.mtproto().await, &[tag, &bytes].concat()).await;
        }
    }
    stage.others_notice_nothing(&mut ely, "after the noise").await;
}

#[tokio::test]
async fn bad_frames_and_wrong_keys_are_cut_off() {
    let stage = Stage::start().await;
    let mut ely = stage.person("Ely").await;
    let mut bad_sum = full(0, &[0; 40]);
    *bad_sum.last_mut().unwrap() ^= 1;
    for frame in [
        bad_sum,
        full(7, &[0; 40]),
        full(0, &[1, 2, 3, 4]),
        [&[0xee; 4][..], &0x7fff_ffff_u32.to_le_bytes()].concat(),
        [&[0xef, 0x7f][..], &[0xff; 3]].concat(),
    ] {
        last_words(stage.mtproto().await, &frame).await;
    }
    let unknown_key = last_words(stage.mtproto().await, &full(0, &noise(9, 104))).await;
    let minus_404: Vec<u8> = [-404_i32; 3].iter().flat_map(|word| word.to_le_bytes()).collect();
    assert_eq!(unknown_key, minus_404);
    stage.others_notice_nothing(&mut ely, "after the bad frames").await;
}

#[tokio::test]
async fn half_open_connections_cost_the_others_nothing() {
    let stage = Stage::start().await;
    let mut ely = stage.person("Ely").await;
    let mut half_open = Vec::new();
    for number in 0..200 {
        let mut stream = if number % 2 == 0 { stage.mtproto().await } else { stage.bot_api().await };
        let begun: &[u8] =
            if number % 2 == 0 { &[0xee, 0xee, 0xee] } else { b"POST /bot1:A/getMe HTTP/1.1\r\nHo" };
        stream.write_all(begun).await.unwrap();
        half_open.push(stream);
    }
    stage.others_notice_nothing(&mut ely, "beside two hundred half-open connections").await;
    drop(half_open);
    stage.others_notice_nothing(&mut ely, "and without them").await;
}

#[tokio::test]
async fn a_body_of_a_hundred_megabytes_is_refused_unread() {
    let stage = Stage::start().await;
    let mut ely = stage.person("Ely").await;
    let token = stage.sandbox.ready().bots[0].token.clone();
    let head = |kind: &str| {
        format!(
            "POST /bot{token}/sendMessage HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n\
             Content-Length: 104857600\r\n\r\n"
        )
    };
    for kind in ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"] {
        let mut stream = stage.bot_api().await;
        stream.write_all(head(kind).as_bytes()).await.unwrap();
        let chunk = vec![b'x'; 64 * 1024];
        let (mut reading, mut writing) = stream.into_split();
        let send = async move {
            let mut sent = 0;
            while sent < 104_857_600 && writing.write_all(&chunk).await.is_ok() {
                sent += chunk.len();
            }
            sent
        };
        let listen = async move {
            let mut answer = Vec::new();
            let _ = reading.read_to_end(&mut answer).await;
            answer
        };
        let (accepted, answer) =
            tokio::time::timeout(AT_MOST, async { tokio::join!(send, listen) }).await.unwrap();
        let answer = String::from_utf8_lossy(&answer);
        assert!(accepted < 90_000_000, "{kind}: {accepted} bytes were taken");
        assert!(answer.is_empty() || answer.contains("413"), "{kind}: {answer}");
        stage.others_notice_nothing(&mut ely, &format!("after {kind}")).await;
    }
}

#[tokio::test]
async fn who_does_not_read_is_cut_off() {
    let stage = Stage::start().await;
    let mut ely = stage.person("Ely").await;
    let slow = SlowReader::connect(&stage, "Alex").await;
    slow.stop_reading();
    let long = "x".repeat(4096);
    let (alex, group) = (stage.user("alex_ops"), stage.group());
    // More than the buffers between the two can hold, and less than makes the others ask for what they missed.
    for _ in 0..LOG_KEPT - 96 {
        stage.world().post(alex, group, Draft::text(long.clone())).unwrap();
    }
    stage.world().post(alex, group, Draft::text("the last")).unwrap();
    while ely.hears().await != "the last" {}
    stage.others_notice_nothing(&mut ely, "beside a slow reader").await;
    slow.await_cut().await;
    stage.others_notice_nothing(&mut ely, "and without").await;
}
