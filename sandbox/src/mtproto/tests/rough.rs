//! Clients that break the rules.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{AT_MOST, Sandbox};

/// What the server says to these bytes before it hangs up.
async fn last_words(sandbox: &Sandbox, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(sandbox.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut words = Vec::new();
    let read = tokio::time::timeout(AT_MOST, stream.read_to_end(&mut words)).await;
    // A reset is a way to hang up.
    drop(read.expect("the server did not hang up"));
    words
}

fn full(payload: &[u8]) -> Vec<u8> {
    let mut frame = u32::try_from(payload.len() + 12).unwrap().to_le_bytes().to_vec();
    frame.extend([0; 4]);
    frame.extend(payload);
    let mut crc = flate2::Crc::new();
    crc.update(&frame);
    frame.extend(crc.sum().to_le_bytes());
    frame
}

#[tokio::test]
async fn nonsense_is_cut_off_and_harms_nobody_else() {
    let sandbox = Sandbox::start().await;
    let ely = sandbox.sign_in("ely_exec").await;
    let long = [&[0xee; 4][..], &[0xff, 0xff, 0xff, 0x7f]].concat();
    let zeros = [&16_u32.to_le_bytes()[..], &[0; 12]].concat();
    for nonsense in [
        &b"GET / HTTP/1.1\r\nHost: a.b\r\nAccept: */*\r\nUser-Agent: nobody in particular\r\n\r\n"[..],
        &long,
        &zeros,
    ] {
        assert!(last_words(&sandbox, nonsense).await.is_empty());
    }
    assert!(ely.client.get_me().await.is_ok());
}

#[tokio::test]
async fn an_unknown_key_is_told_404() {
    let sandbox = Sandbox::start().await;
    let minus_404: Vec<u8> = [-404_i32; 3].iter().flat_map(|word| word.to_le_bytes()).collect();
    assert_eq!(last_words(&sandbox, &full(&[7; 104])).await, minus_404);
    let out_of_turn = [&[0; 16][..], &4_u32.to_le_bytes(), &[1, 2, 3, 4]].concat();
    assert_eq!(last_words(&sandbox, &full(&out_of_turn)).await, minus_404);
}
