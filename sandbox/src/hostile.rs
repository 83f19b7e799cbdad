//! What holds whatever a client sends: bodies for fuzz targets, and for a short look with a fixed seed in the tests.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;

use crate::botapi;
use crate::mtproto::{FRAME_LIMIT, Framing};

/// Polls of a future that waits for nothing but memory.
const POLLS: usize = 100_000;

/// Any bytes as a stream of frames: cut in pieces or whole, the same frames come out, and none is longer than allowed.
/// The first byte says how long the pieces are.
pub fn frames(data: &[u8]) {
    let Some((&piece, stream)) = data.split_first() else { return };
    let whole = frames_of(stream, stream.len().max(1));
    let pieces = frames_of(stream, usize::from(piece).max(1));
    assert_eq!(whole, pieces, "how a stream arrives does not change what it says");
    let length: usize = whole.iter().map(Vec::len).sum();
    assert!(length <= stream.len() && whole.iter().all(|frame| frame.len() <= FRAME_LIMIT));
}

fn frames_of(stream: &[u8], piece: usize) -> Vec<Vec<u8>> {
    let (mut framing, mut frames) = (Framing::default(), Vec::new());
    for piece in stream.chunks(piece) {
        framing.feed(piece);
        loop {
            match framing.next_frame() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                // After an error the stream is lost.
                Err(_) => return frames,
            }
        }
    }
    frames
}

/// Any bytes as the body of a Bot API request: it is read or refused. The first byte is the kind of the body.
pub fn body(data: &[u8]) {
    let Some((&kind, bytes)) = data.split_first() else { return };
    let kind = match kind % 4 {
        0 => "application/json",
        1 => "application/x-www-form-urlencoded",
        2 => "multipart/form-data; boundary=b",
        _ => "text/plain",
    };
    let request = Request::post("/bot1:A/sendMessage?chat_id=1")
        .header(CONTENT_TYPE, kind)
        .body(Body::from(bytes.to_vec()))
        .expect("a request");
    settled(botapi::read_any(request));
}

/// Any bytes as a text with markup: its entities lie within what is left of it.
pub fn markup(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for (plain, entities) in botapi::parse_any(&text) {
        let length = crate::world::utf16_len(&plain);
        let fits = |entity: &crate::world::Entity| entity.offset + entity.length <= length;
        assert!(entities.iter().all(fits), "{text:?}: {entities:?}");
    }
}

fn settled<F: Future>(future: F) -> F::Output {
    let (mut future, mut context) = (pin!(future), Context::from_waker(Waker::noop()));
    for _ in 0..POLLS {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
    panic!("reading from memory does not end");
}

#[cfg(test)]
mod tests {
    use super::*;

    const INPUTS: usize = 20_000;
    /// What noise alone would hardly hit upon.
    const PIECES: [&[u8]; 22] = [
        b"\xef",
        b"\xee\xee\xee\xee",
        b"\xdd\xdd\xdd\xdd",
        b"\x10\0\0\0",
        b"\0\0\0\0",
        b"\x01\0\0\0",
        b"\x7f",
        b"{\"chat_id\":",
        b"\"text\"",
        b"}",
        b"[",
        b"&a=%",
        b"--b\r\n",
        b"--b--\r\n",
        b"Content-Disposition: form-data; name=\"a\"; filename=\"f\"\r\n\r\n",
        b"\r\n",
        b"<b>",
        b"</b>",
        b"<a href=\"",
        b"&amp;",
        b"*_~`||",
        b"[x](http://",
    ];

    /// Marsaglia's xorshift.
    struct Noise(u64);

    impl Noise {
        fn next(&mut self) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0
        }

        fn input(&mut self) -> Vec<u8> {
            let mut input = vec![self.next().to_le_bytes()[0]];
            for _ in 0..self.next() % 12 {
                let at = usize::try_from(self.next() % 32).expect("a small number");
                match PIECES.get(at) {
                    Some(piece) => input.extend(*piece),
                    None => input.extend(self.next().to_le_bytes()),
                }
            }
            input
        }
    }

    #[test]
    fn nothing_a_client_sends_breaks_the_reading_of_it() {
        let mut noise = Noise(0x5eed);
        for _ in 0..INPUTS {
            let input = noise.input();
            frames(&input);
            body(&input);
            markup(&input[1..]);
        }
    }

    #[test]
    fn a_stream_in_pieces_is_the_same_stream() {
        let frame = [&[0xef, 2][..], &[7; 8], &[1], &[9; 4]].concat();
        assert_eq!(frames_of(&frame, 1), [vec![7; 8], vec![9; 4]]);
        assert_eq!(frames_of(&frame, 1), frames_of(&frame, 100));
    }
}
